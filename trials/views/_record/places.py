"""Where it runs, whom to call, and who is behind it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Contact, Site, Sponsorship
from trials.models.choices import SiteStatus
from trials.phrases import count
from trials.search.cards import status_kind
from trials.views._record.documents import Document
from trials.views._record.evidence import Support
from trials.views._record.facts import if_different
from trials.views._record.sitemap import SiteMap, site_map
from trials.views._record.source import Section, Source

# How many sites a country may have before its table starts folded.
UNFOLDED = 40
_OPEN_FIRST = (SiteStatus.RECRUITING, SiteStatus.ENROLLING_BY_INVITATION, SiteStatus.NOT_YET_RECRUITING)


@dataclass(frozen=True)
class Person:
    """A contact as the source publishes it, with the document that says so."""

    name: str
    role: str
    affiliation: str
    phone: str
    phone_ext: str
    email: str
    document: Document | None

    @property
    def phone_link(self) -> str:
        """The number as a telephone dials it, without the extension; empty where it holds no digits."""
        digits = "".join(mark for mark in self.phone if mark.isascii() and (mark.isdigit() or mark == "+"))
        return f"tel:{digits}" if digits.strip("+") else ""


@dataclass(frozen=True)
class SiteRow:
    facility: str
    place: str
    status: str
    status_kind: str
    status_raw: str
    status_date: str
    remark: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Town:
    """Sites of one place of which nothing tells them apart. `times` counts them where there are several."""

    place: str
    status: str
    status_kind: str
    remark: str
    times: str


@dataclass(frozen=True)
class Country:
    """The sites of one country, open ones first. `country_raw` is the source's word where it differs.

    Where the copy keeps no facility, `towns` says all that `rows` would.
    """

    name: str
    country_raw: str
    rows: tuple[SiteRow, ...]
    towns: tuple[Town, ...]
    total: str
    open_count: int
    is_folded: bool


@dataclass(frozen=True)
class Sites:
    countries: tuple[Country, ...]
    stated_count: str
    support: Support
    shows_status: bool
    has_unstated_status: bool
    has_towns: bool
    facility_missing: str
    status_word: str
    status_missing: str
    map: SiteMap | None


@dataclass(frozen=True)
class People:
    people: tuple[Person, ...]
    support: Support


@dataclass(frozen=True)
class Sponsor:
    name: str
    role: str
    wording: str
    kind: str
    document: Document | None


@dataclass(frozen=True)
class Sponsors:
    rows: tuple[Sponsor, ...]
    support: Support
    kind_missing: str


def sites_section(source: Source) -> Section:
    trial = source.trial
    rows = list(trial.sites.all())
    stated = "" if trial.site_count is None else f"{count(trial.site_count, 'site')}, as the source counts them"
    if not rows:
        why = source.gaps.why_empty("sites")
        empty = f"{stated}. The sites themselves: {why[:1].lower()}{why[1:]}" if stated else why
        return Section("sites", "Sites", "trials/_record_sites.html", None, empty)
    staff: defaultdict[int, list[Person]] = defaultdict(list)
    for contact in trial.contacts.all():
        if contact.site_id is not None:
            staff[contact.site_id].append(person(source, contact))
    by_country: defaultdict[str, list[Site]] = defaultdict(list)
    for row in rows:
        by_country[row.country_name or "Country not stated"].append(row)
    countries = tuple(_country(name, by_country[name], staff) for name in sorted(by_country))
    support = source.ledger.support("sites", "site_count")
    body = Sites(
        countries,
        stated,
        support,
        shows_status=any(row.status or row.status_raw for row in rows),
        has_unstated_status=any(not row.status for row in rows),
        has_towns=any(country.towns for country in countries),
        facility_missing=f"Facility {source.gaps.word('facilities')}",
        status_word=source.gaps.word("site_statuses") if any(not row.status for row in rows) else "",
        status_missing=source.gaps.sentence("site_statuses"),
        map=site_map(rows),
    )
    return Section("sites", "Sites", "trials/_record_sites.html", body)


def _country(name: str, rows: list[Site], staff: dict[int, list[Person]]) -> Country:
    raw = {row.country_raw for row in rows if row.country_raw and row.country_raw != name}
    shown = tuple(_site(row, tuple(staff.get(row.pk, ()))) for row in sorted(rows, key=_openness))
    return Country(
        name=name,
        country_raw=", ".join(sorted(raw)),
        rows=shown,
        towns=_towns(shown),
        total=count(len(rows), "site"),
        open_count=sum(row.status == SiteStatus.RECRUITING for row in rows),
        is_folded=len(rows) > UNFOLDED,
    )


def _towns(rows: tuple[SiteRow, ...]) -> tuple[Town, ...]:
    """The rows by place and status; none if any row has more to say than that."""
    if any(row.facility or row.status_raw or row.status_date or row.people for row in rows):
        return ()
    alike = Counter((row.place, row.status, row.status_kind, row.remark) for row in rows)
    return tuple(Town(*key, count(times, "site") if times > 1 else "") for key, times in alike.items())


def _openness(site: Site) -> int:
    return _OPEN_FIRST.index(SiteStatus(site.status)) if site.status in _OPEN_FIRST else len(_OPEN_FIRST)


def _site(row: Site, people: tuple[Person, ...]) -> SiteRow:
    status = row.get_status_display() if row.status else ""
    return SiteRow(
        facility=row.facility,
        place=", ".join(part for part in (row.city, row.state, row.zip) if part),
        status=status,
        status_kind=status_kind(row.status),
        status_raw=if_different(row.status_raw, status),
        status_date=row.status_date.label if row.status_date else "",
        remark=row.remark,
        people=people,
    )


def person(source: Source, row: Contact) -> Person:
    return Person(
        name=row.name,
        role=row.get_role_display(),
        affiliation=row.affiliation,
        phone=row.phone,
        phone_ext=row.phone_ext,
        email=row.email,
        document=source.ledger.document(row.registration_id),
    )


def contacts_section(source: Source) -> Section:
    rows = list(source.trial.contacts.all())
    people = tuple(person(source, row) for row in rows if row.site_id is None)
    empty = ""
    if not rows:
        empty = source.gaps.why_empty("contacts")
    elif not people:
        empty = "The source names contacts only for single sites; they stand with the sites."
    body = People(people, source.ledger.support("contacts")) if people else None
    return Section("contacts", "Contacts", "trials/_record_contacts.html", body, empty)


def sponsors_section(source: Source) -> Section:
    rows = source.trial.sponsorships.all()
    # Two names that a record has may be one organisation since an editor merged them.
    sponsors = tuple(dict.fromkeys(_sponsors(source, rows)))
    body = Sponsors(
        rows=sponsors,
        support=source.ledger.support("sponsorships"),
        kind_missing="" if any(row.kind for row in sponsors) else source.gaps.sentence("agency_classes"),
    )
    empty = "" if sponsors else source.gaps.why_empty("sponsorships")
    return Section("sponsors", "Sponsors and funders", "trials/_record_sponsors.html", None if empty else body, empty)


def _sponsors(source: Source, rows: Iterable[Sponsorship]) -> Iterable[Sponsor]:
    for row in rows:
        yield Sponsor(
            name=row.organisation.name,
            role=row.get_role_display(),
            wording=if_different(row.wording, row.get_role_display()),
            kind=row.organisation.get_agency_class_display() if row.organisation.agency_class else "",
            document=source.ledger.document(row.registration_id),
        )
