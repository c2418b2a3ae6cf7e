"""The first screen: what, for whom, is it open, where, and whom to call."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from trials.models import Trial
from trials.phrases import count, either
from trials.quality.rules.freshness import Doubt, doubts_of
from trials.search.cards import dates_of, status_kind
from trials.views._record.answers import Answer, age_limits, answers_of
from trials.views._record.evidence import Support
from trials.views._record.facts import FactList, listed
from trials.views._record.links import registry_url, web_url
from trials.views._record.places import Person, person
from trials.views._record.source import Source
from trials.views._record.texts import Text, texts_of

# What to do about each doubt, for who reads the record.
_DOUBTS = {
    Doubt.OLD_COPY: "This copy is of {}: look at the registry before referring.",
    Doubt.NOT_CONFIRMED: "Nobody has confirmed this status since {}: ask the contact before referring.",
    Doubt.NOT_CHANGED: "The record has not changed since {}: ask the contact before referring.",
    Doubt.PAST_COMPLETION: "The stated completion, {}, has passed.",
}


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
    answers: tuple[Answer, ...]
    facts: FactList
    why_stopped: tuple[Text, ...]
    contacts: tuple[Person, ...]
    call: str


def overview_of(source: Source) -> Overview:
    trial = source.trial
    answers, further = answers_of(source)
    contacts = tuple(person(source, row) for row in trial.contacts.all() if row.site_id is None)[:2]
    return Overview(
        title=_title(source),
        status=_status(source),
        phase=trial.get_phase_display() if trial.phase else "",
        copied=_copied(source),
        summary=summary_of(source),
        answers=answers,
        facts=further,
        why_stopped=texts_of(trial, source.ledger, ("why_stopped",)),
        contacts=contacts,
        call="" if contacts else _whom_else(source),
    )


def _whom_else(source: Source) -> str:
    """Where to ask if the trial as a whole has no contact."""
    of_sites = len(source.trial.contacts.all())
    return f"{count(of_sites, 'contact')} at single sites" if of_sites else f"Contact {source.gaps.word('contacts')}"


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


def _status(source: Source) -> StatusLine:
    trial = source.trial
    return StatusLine(
        word=trial.get_status_display() if trial.status else "Status not stated",
        kind=status_kind(trial.status),
        verified=trial.status_verified.label if trial.status_verified else "",
        unverified=source.gaps.word("status_verified"),
        warnings=freshness_warnings(trial, source.today),
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
    copied = next((row.fetched for row in trial.registrations.all() if row.is_lead), None)
    return tuple(_DOUBTS[doubt].format(label) for doubt, label in doubts_of(dates_of(trial, copied), today))


def summary_of(source: Source) -> str:
    """The trial in one line: phase, kind, status, participants, ages, countries."""
    trial = source.trial
    kind = (trial.get_study_type_display() or "clinical").lower()
    parts = [f"{trial.get_phase_display()}, {kind} trial" if trial.phase else f"{kind} trial"]
    if trial.status:
        parts.append(f"status: {trial.get_status_display().lower()}")
    if trial.enrollment_count is not None:
        parts.append(count(trial.enrollment_count, "participant"))
    ages = age_limits(source)
    parts += [ages] if ages else []
    countries = list(dict.fromkeys(site.country_name for site in trial.sites.all() if site.country_name))
    if countries:
        parts.append(either(countries, "and") if len(countries) <= 3 else count(len(countries), "country", "countries"))
    line = "; ".join(parts)
    return f"{line[:1].upper()}{line[1:]}."
