"""The first screen: what, for whom, is it open, where, and whom to call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Trial
from trials.models.choices import Status
from trials.phrases import age_range, count, either, number
from trials.search.cards import status_kind
from trials.search.values import enum_slug
from trials.views._record.evidence import Support
from trials.views._record.facts import FactList, Facts, Value, listed, yes_no
from trials.views._record.links import registry_url, web_url
from trials.views._record.places import Person, person
from trials.views._record.products import given_lines
from trials.views._record.source import Source, term_value
from trials.views._record.texts import Text, texts_of

# A status that nobody has confirmed for this long may no longer hold.
UNVERIFIED_AFTER = dt.timedelta(days=2 * 365)
_MAY_ENROL = (Status.RECRUITING, Status.NOT_YET_RECRUITING, Status.ENROLLING_BY_INVITATION)


@dataclass(frozen=True)
class StatusLine:
    """The recruitment status: `kind` picks its badge, `warnings` say why it may be out of date."""

    word: str
    kind: str
    verified: str
    unverified: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Title:
    """The page's heading, and the source's own titles below it where they differ."""

    text: str
    note: str
    source_title: str
    official: str
    official_is_ours: bool
    acronym: str
    support: Support
    acronym_support: Support
    official_support: Support


@dataclass(frozen=True)
class Copied:
    """The document that leads the page, its address, and when it was copied: `on 22 August 2026`, `in 2026`."""

    document: str
    url: str
    when: str


@dataclass(frozen=True)
class Overview:
    title: Title
    status: StatusLine
    phase: str
    copied: Copied | None
    summary: str
    facts: FactList
    why_stopped: tuple[Text, ...]
    contacts: tuple[Person, ...]


def overview_of(source: Source, today: dt.date) -> Overview:
    trial = source.trial
    return Overview(
        title=_title(source),
        status=_status(source, today),
        phase=trial.get_phase_display() if trial.phase else "",
        copied=_copied(source),
        summary=summary_of(source),
        facts=_facts(source),
        why_stopped=texts_of(trial, source.ledger, ("why_stopped",)),
        contacts=tuple(person(source, row) for row in trial.contacts.all() if row.site_id is None)[:2],
    )


def _title(source: Source) -> Title:
    trial = source.trial
    if trial.display_title:
        note = "Title in our words"
    elif trial.is_our_title:
        note = "Working title in our words: the source gives none"
    else:
        note = ""
    return Title(
        text=trial.display_title or trial.title,
        note=note,
        source_title="" if not trial.display_title or trial.is_our_title else trial.title,
        official=trial.official_title,
        official_is_ours="official_title" in listed(trial.our_wording),
        acronym=trial.acronym,
        support=source.ledger.support("title", is_told=not trial.is_our_title),
        acronym_support=source.ledger.support("acronym"),
        official_support=source.ledger.support("official_title"),
    )


def _status(source: Source, today: dt.date) -> StatusLine:
    trial = source.trial
    return StatusLine(
        word=trial.get_status_display() if trial.status else "Status not stated",
        kind=status_kind(trial.status),
        verified=trial.status_verified.label if trial.status_verified else "",
        unverified=source.gaps.word("status_verified"),
        warnings=freshness_warnings(trial, today),
    )


def _copied(source: Source) -> Copied | None:
    row = next((row for row in source.trial.registrations.all() if row.is_lead), None)
    if row is None:
        return None
    date = row.fetched
    when = f"{'on' if date.precision == 'day' else 'in'} {date.label}" if date else ""
    return Copied(row.document, web_url(row.url) or registry_url(row.number), when)


def freshness_warnings(trial: Trial, today: dt.date) -> tuple[str, ...]:
    """Why a status that promises enrolment may be out of date; nothing for one that promises none."""
    if trial.status not in _MAY_ENROL:
        return ()
    warnings = []
    verified = trial.status_verified
    copied = next((row.fetched for row in trial.registrations.all() if row.is_lead), None)
    # An old copy cannot know who has confirmed the status since.
    if copied is not None and today - copied.last_day > UNVERIFIED_AFTER:
        warnings.append(f"This copy is of {copied.label}: look at the registry before referring.")
    elif verified is not None and today - verified.last_day > UNVERIFIED_AFTER:
        warnings.append(f"Nobody has confirmed this status since {verified.label}: ask the contact before referring.")
    completion = trial.completion_date
    if completion is not None and completion.last_day < today:
        warnings.append(f"The stated completion, {completion.label}, has passed.")
    return tuple(warnings)


def summary_of(source: Source) -> str:
    """The trial in one line: phase, kind, status, participants, ages, countries."""
    trial = source.trial
    kind = (trial.get_study_type_display() or "clinical").lower()
    parts = [f"{trial.get_phase_display()}, {kind} trial" if trial.phase else f"{kind} trial"]
    if trial.status:
        parts.append(f"status: {trial.get_status_display().lower()}")
    if trial.enrollment_count is not None:
        parts.append(count(trial.enrollment_count, "participant"))
    ages = _age_limits(source)
    parts += [ages] if ages else []
    countries = list(dict.fromkeys(site.country_name for site in trial.sites.all() if site.country_name))
    if countries:
        parts.append(either(countries, "and") if len(countries) <= 3 else count(len(countries), "country", "countries"))
    line = "; ".join(parts)
    return f"{line[:1].upper()}{line[1:]}."


def ages_of(source: Source) -> str:
    """The ages that may enter, and which limit is not stated."""
    trial, gaps, ages = source.trial, source.gaps, _age_limits(source)
    for end, value in (("upper", trial.max_age_value), ("lower", trial.min_age_value)):
        if ages and value is None:
            is_cut = gaps.is_not_kept("max_age" if end == "upper" else "min_age")
            return f"{ages}; {end} limit not kept in this copy" if is_cut else f"{ages}; no {end} limit stated"
    return ages


def _age_limits(source: Source) -> str:
    trial = source.trial
    is_cut = source.gaps.is_not_kept("min_age") or source.gaps.is_not_kept("max_age")
    limits = (trial.min_age_value, trial.min_age_unit, trial.max_age_value, trial.max_age_unit)
    return age_range(*limits, is_cut=is_cut)


def _facts(source: Source) -> FactList:
    trial, facts = source.trial, source.facts()
    facts.add("conditions", _conditions(trial), note=_terms_note(trial))
    facts.add_if_any("areas", _areas(trial))
    facts.add(
        "products",
        given_lines(trial.products.all(), trial.doses.all(), source.ledger),
        label="What is given",
        is_list=True,
    )
    _add_who(source, facts)
    # Why there is none is told once, with the sites.
    facts.add(
        "sites", _where(trial) or source.gaps.word("sites").capitalize(), label="Where", fields=("sites", "site_count")
    )
    status = trial.get_status_display() if trial.status else ""
    facts.add("status", status, as_written=trial.status_raw)
    # Only an unknown status makes a reader ask for the last known one.
    add = facts.add if trial.status == Status.UNKNOWN else facts.add_if_any
    add("last_known_status", trial.get_last_known_status_display() if trial.last_known_status else "")
    facts.add("phase", _phase(trial), as_written=trial.phase_raw)
    facts.add("study_type", trial.get_study_type_display(), as_written=trial.study_type_raw)
    facts.add_if_any("keywords", tuple(Value(word) for word in listed(trial.keywords)))
    facts.miss_if_known(
        *(name for name in ("official_title", "acronym", "status_verified") if not getattr(trial, name))
    )
    return facts.done()


def _add_who(source: Source, facts: Facts) -> None:
    """For whom: ages, sex, whether healthy people may enter, and how many."""
    trial = source.trial
    facts.add("ages", ages_of(source), fields=("min_age", "max_age"))
    facts.miss_if_known(*(f"{end}_age" for end in ("min", "max") if getattr(trial, f"{end}_age_value") is None))
    facts.add("sex", trial.get_sex_display() if trial.sex else "")
    facts.add_if_any("gender_based", yes_no(trial.gender_based))
    facts.add_if_any("gender_description", trial.gender_description)
    facts.add("healthy_volunteers", "Accepted" if trial.healthy_volunteers else _no(trial.healthy_volunteers))
    facts.add("enrollment_count", _enrolment(trial))
    facts.add_if_any("enrollment_conditional_max", _conditional_enrolment(trial), label="More, if a condition is met")
    note = "In our words" if "enrollment_note" in listed(trial.our_wording) else ""
    facts.add_if_any("enrollment_note", trial.enrollment_note, note=note)


def _conditions(trial: Trial) -> Iterable[Value]:
    for row in trial.conditions.all():
        term = row.condition
        wording = f"{row.wording} (added by the registry)" if row.from_mesh else row.wording
        yield term_value(wording, "condition", term.slug) if term else Value(wording)


def _terms_note(trial: Trial) -> str:
    rows = trial.conditions.all()
    terms = [
        row.condition.label
        for row in rows
        if row.condition and not row.from_mesh and row.condition.label != row.wording
    ]
    return f"Found here under {either(dict.fromkeys(terms), 'and')}" if terms else ""


def _areas(trial: Trial) -> Iterable[Value]:
    for row in trial.areas.all():
        yield term_value(row.wording, "area", row.area.slug) if row.area else Value(row.wording)


def _no(value: bool | None) -> str:
    return "" if value is None else "Not accepted"


def _enrolment(trial: Trial) -> str:
    if trial.enrollment_count is None:
        return ""
    kind = f" ({trial.get_enrollment_type_display().lower()})" if trial.enrollment_type else ""
    return f"{count(trial.enrollment_count, 'participant')}{kind}"


def _conditional_enrolment(trial: Trial) -> str:
    most = trial.enrollment_conditional_max
    return f"at most {number(most)} in all" if most is not None else ""


def _phase(trial: Trial) -> tuple[Value, ...]:
    """The phase; it leads to trials of the same phase, except a combined one, which has no value of its own."""
    if not trial.phase:
        return ()
    words = str(trial.get_phase_display())
    if trial.phase.count("PHASE") > 1:
        return (Value(words),)
    return (term_value(words, "phase", enum_slug(trial.phase.removeprefix("PHASE").replace("_PHASE", "_"))),)


def _where(trial: Trial) -> str:
    sites = trial.sites.all()
    if not sites:
        return f"{count(trial.site_count, 'site')}, not named" if trial.site_count else ""
    countries = list(dict.fromkeys(site.country_name for site in sites if site.country_name))
    if len(sites) == 1:
        return str(sites[0])
    return f"{count(len(sites), 'site')} in {either(countries, 'and')}" if countries else count(len(sites), "site")
