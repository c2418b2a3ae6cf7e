"""What a result card shows: written with the trial as one small text, and read twenty at a time."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import msgspec
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone

from trials.models import Card, Trial
from trials.models.choices import AbsenceReason, DateType, FindingState, Phase, Sex, SponsorRole, Status
from trials.models.trial import is_public
from trials.phrases import age_range, count, either, labels_in_line, number
from trials.quality.rules.conduct import MAY_ENROL
from trials.quality.rules.freshness import Dates, Day, warnings_of
from trials.records import PartialDate
from trials.search.card_lines import dose_lines, in_countries, open_line
from trials.search.columns import BY_KEY
from trials.search.folding import fold
from trials.search.rows import ProductRow, Rows, TrialRow, read
from trials.search.text.marking import Segment, segments
from trials.search.text.patterns import Phrase
from trials.search.values import ValueSet

_STATUS_KIND = {
    Status.RECRUITING: "open",
    Status.AVAILABLE: "open",
    Status.NOT_YET_RECRUITING: "soon",
    Status.ENROLLING_BY_INVITATION: "soon",
    Status.SUSPENDED: "stopped",
    Status.TERMINATED: "stopped",
    Status.WITHDRAWN: "stopped",
    Status.UNKNOWN: "unknown",
    Status.AUTHORISED: "unknown",
    "": "unknown",
}

_AGES = ("min_age", "max_age")
_SEXES: dict[str, str] = {Sex.ALL: "all sexes", Sex.FEMALE: "female only", Sex.MALE: "male only"}


class Product(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cell product; its terms by id, so that a card need not change when a term is renamed."""

    name: str = ""
    cell_types: tuple[int, ...] = ()
    tissues: tuple[int, ...] = ()
    donors: tuple[int, ...] = ()
    is_conflicting: bool = False


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a card says of a trial. Empty texts are not stated; status, dose, ages and places say so themselves."""

    url: str
    title: str
    is_our_title: bool = False
    acronym: str = ""
    numbers: str = ""
    status: str = ""
    status_kind: str = ""
    status_verified: str = ""
    verified_missing: str = ""
    phase: str = ""
    conditions: tuple[str, ...] = ()
    products: tuple[Product, ...] = ()
    doses: tuple[str, ...] = ()
    dose_missing: str = ""
    routes: tuple[int, ...] = ()
    ages: str = ""
    sex: str = ""
    enrolment: str = ""
    places: str = ""
    open: str = ""
    sponsor: str = ""
    updated: str = ""
    # Columns (`search.columns`) without a value because this copy leaves it out; the source may state it.
    not_kept: tuple[str, ...] = ()
    # Only of a status that promises enrolment, which time may overtake.
    dates: Dates = Dates()


@dataclass(frozen=True)
class ProductLine:
    """A cell product in one line. `is_conflicting` where sources disagree on it."""

    cells: str
    tissue: str
    donor: str
    is_conflicting: bool


@dataclass(frozen=True)
class ResultCard:
    """A trial among results: what `Content` says, with its terms in words.

    `warnings` say why its status may no longer hold today. `title_parts` and `condition_parts` are cut where words of
    the question stand; `found_in` says where they stand if the card does not show it.
    """

    pk: int
    url: str
    title: str
    is_our_title: bool
    acronym: str
    numbers: str
    status: str
    status_kind: str
    status_verified: str
    verified_missing: str
    phase: str
    conditions: tuple[str, ...]
    products: tuple[ProductLine, ...]
    doses: tuple[str, ...]
    dose_missing: str
    routes: str
    ages: str
    sex: str
    enrolment: str
    places: str
    open: str
    sponsor: str
    updated: str
    not_kept: tuple[str, ...]
    warnings: tuple[str, ...]
    title_parts: tuple[Segment, ...]
    condition_parts: tuple[tuple[Segment, ...], ...]
    found_in: str = ""

    @property
    def gaps(self) -> Mapping[str, str]:
        """What to say in place of each value that is missing, by column."""
        return _ALL_NOT_STATED | dict.fromkeys(self.not_kept, "Not kept in this copy") | {"dose": self.dose_missing}


_ALL_NOT_STATED = dict.fromkeys(BY_KEY, "Not stated") | {"open": "None stated"}
# What a copy may leave out, and the columns that are empty then.
_NOT_KEPT = {
    "conditions": ("condition",),
    "phase": ("phase",),
    "interventions": ("product", "route"),
    "doses": ("dose", "route"),
    "enrollment_count": ("enrolment",),
    "sponsorships": ("sponsor",),
    "last_update_posted": ("updated",),
}


def marked(card: ResultCard, marks: Iterable[Phrase], found_in: str) -> ResultCard:
    """The card with these phrases marked."""
    phrases = tuple(marks)
    return replace(
        card,
        title_parts=segments(card.title, phrases),
        condition_parts=tuple(segments(words, phrases) for words in card.conditions),
        found_in=found_in,
    )


def status_kind(status: str) -> str:
    """`open`, `soon`, `shut`, `stopped` or `unknown`: which badge a status wears."""
    return _STATUS_KIND.get(status, "shut")


# Another number for cards with other fields; count the last one up where only the words of a field change.
CARD_FORM = zlib.crc32(repr((Content.__annotations__, Product.__annotations__, Dates.__annotations__, 2)).encode())
_decode = msgspec.json.Decoder(Content).decode
_encode = msgspec.json.Encoder().encode


def read_cards(ids: Sequence[int], values: Mapping[str, ValueSet]) -> tuple[ResultCard, ...]:
    """Cards of public trials in the order of `ids`, in one query; a trial no longer public is left out."""
    rows = Card.objects.filter(is_public("trial"), pk__in=ids)
    content: dict[int, Content] = {}
    others: list[int] = []
    for pk, text in rows.values_list("pk", "content"):
        try:
            content[pk] = _decode(text)
        except msgspec.ValidationError:
            # Written by another release, whose cards `prepare` is about to write anew.
            others.append(pk)
    if others:
        content |= {pk: _content(own) for pk, own in read(Trial.objects.public().filter(pk__in=others)).items()}
    return tuple(_shown(pk, content[pk], values) for pk in ids if pk in content)


def _shown(pk: int, content: Content, values: Mapping[str, ValueSet]) -> ResultCard:
    def words(key: str, terms: Iterable[int], lower: bool = False) -> list[str]:
        # Once each: of two terms one may have become the other.
        labels = list(dict.fromkeys(label for term in terms if (label := values[key].label(term))))
        return [label.lower() for label in labels] if lower else labels

    products = tuple(
        ProductLine(
            cells=labels_in_line(words("cell_type", product.cell_types)) or product.name,
            tissue=either(words("tissue", product.tissues, lower=True)),
            donor=either(words("donor", product.donors, lower=True)),
            is_conflicting=product.is_conflicting,
        )
        for product in content.products
    )
    own = {name: getattr(content, name) for name in Content.__struct_fields__ if name != "dates"}
    in_words = {
        "products": products,
        "routes": labels_in_line(words("route", content.routes)),
        "warnings": warnings_of(content.dates, timezone.localdate()),
        "title_parts": (Segment(content.title, False),),
        "condition_parts": tuple((Segment(wording, False),) for wording in content.conditions),
    }
    return ResultCard(pk=pk, **(own | in_words))


def card_row(rows: Rows) -> dict[str, Any]:
    """The columns of the `Card` of a public trial."""
    trial = rows.trial
    content = _content(rows)
    updated = trial.last_update_posted or max((row.updated for row in rows.registrations if row.updated), default=None)
    return {
        "trial_id": trial.id,
        "content": _encode(content).decode(),
        "title_key": title_key(content.title),
        "updated_day": updated.first_day.toordinal() if updated else None,
        "start_day": trial.start_date.first_day.toordinal() if trial.start_date else None,
        "enrolment": trial.enrollment_count,
    }


def title_key(title: str) -> bytes:
    """What titles are sorted by: without accents, case and marks."""
    return fold(title).strip().encode()[:2400]


def _content(rows: Rows) -> Content:
    trial = rows.trial
    not_kept = dict.fromkeys(row.field for row in rows.absences if row.reason == AbsenceReason.NOT_KEPT)

    def missing(*fields: str) -> str:
        return "not kept in this copy" if any(name in not_kept for name in fields) else "not stated"

    return Content(
        url=_address(trial.slug),
        title=trial.display_title or trial.title,
        is_our_title=bool(trial.display_title) or "title" in trial.our_wording,
        acronym=trial.acronym,
        numbers=", ".join(_unique(row.number for row in rows.registrations)),
        status=_label(Status, trial.status) or f"Status {missing('status')}",
        status_kind=status_kind(trial.status),
        status_verified=trial.status_verified.label if trial.status_verified else "",
        verified_missing=missing("status_verified") if trial.status and not trial.status_verified else "",
        phase=_label(Phase, trial.phase),
        conditions=tuple(row.wording for row in rows.conditions if not row.from_mesh),
        products=tuple(_product(product, rows.terms) for product in rows.products),
        doses=dose_lines(rows.doses),
        dose_missing=missing("doses").capitalize(),
        routes=tuple(dict.fromkeys(dose.route_id for dose in rows.doses if dose.route_id)),
        ages=_ages(trial, not_kept) or f"Ages {missing(*_AGES)}",
        sex=_SEXES.get(trial.sex, ""),
        enrolment=_enrolment(trial),
        places=_places(rows) or f"Sites {missing('sites')}",
        open=open_line(rows.sites, trial.status, missing("site_statuses")),
        sponsor=either(_unique(rows.sponsors(SponsorRole.LEAD_SPONSOR)), "and"),
        updated=trial.last_update_posted.label if trial.last_update_posted else "",
        not_kept=tuple(dict.fromkeys(key for name in not_kept for key in _NOT_KEPT.get(name, ()))),
        dates=dates_of(trial, next((row.fetched for row in rows.registrations if row.is_lead), None)),
    )


def dates_of(trial: TrialRow | Trial, copied: PartialDate | None) -> Dates:
    """The dates that time may overtake, of a status that promises enrolment; `copied` is of the leading document."""
    if trial.status not in MAY_ENROL:
        return Dates()
    return Dates(
        verified=Day.of(trial.status_verified),
        copied=Day.of(copied),
        completion=Day.of(trial.completion_date),
        updated=None if trial.status_verified else Day.of(trial.last_update_posted),
    )


def _address(slug: str) -> str:
    """`Trial.get_absolute_url`, which would look through all addresses each time."""
    before, after = _around_slug()
    return f"{before}{slug}{after}"


@cache
def _around_slug() -> tuple[str, str]:
    before, _, after = reverse("trial", args=["-"]).rpartition("-")
    return before, after


def _label(choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label) if value else ""


def _ages(trial: TrialRow, not_kept: Collection[str]) -> str:
    limits = (trial.min_age_value, trial.min_age_unit, trial.max_age_value, trial.max_age_unit)
    return age_range(*limits, is_cut=any(name in not_kept for name in _AGES))


def _product(product: ProductRow, terms: Mapping[tuple[int, str], Sequence[int]]) -> Product:
    return Product(
        name=product.name,
        cell_types=tuple(terms.get((product.id, "cell_types"), ())),
        tissues=tuple(terms.get((product.id, "tissues"), ())),
        donors=tuple(terms.get((product.id, "donors"), ())),
        is_conflicting=product.evidence_state == FindingState.CONFLICTING,
    )


def _enrolment(trial: TrialRow) -> str:
    if trial.enrollment_count is None:
        return ""
    kind = f" {_label(DateType, trial.enrollment_type).lower()}" if trial.enrollment_type else ""
    more = trial.enrollment_conditional_max
    only_if = f", up to {number(more)} if a condition is met" if more is not None else ""
    return f"{count(trial.enrollment_count, 'participant')}{kind}{only_if}"


def _places(rows: Rows) -> str:
    sites, stated = len(rows.sites), rows.trial.site_count
    if not sites:
        return f"{count(stated, 'site')}, not named" if stated else ""
    countries = in_countries(rows.sites)
    return f"{count(sites, 'site')} in {countries}" if countries else count(sites, "site")


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))
