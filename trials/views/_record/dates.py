"""When it runs, and when the registry heard of it: a table, drawn where there are several dates."""

from __future__ import annotations

from dataclasses import dataclass

from trials.models import Trial
from trials.records import PartialDate
from trials.views._record.facts import FactList, yes_no
from trials.views._record.source import Section, Source
from trials.views._record.timeline import Timeline, events_of, timeline_of


@dataclass(frozen=True)
class Dates:
    facts: FactList
    timeline: Timeline | None


def dates_section(source: Source) -> Section:
    trial, facts = source.trial, source.facts()
    for name in ("start_date", "primary_completion_date", "completion_date"):
        facts.add(name, _dated(trial, name), note=_precision(getattr(trial, name)))
        if getattr(trial, name) and not getattr(trial, f"{name}_type"):
            facts.miss_if_known(f"{name}_type")
    for name in ("first_posted", "last_update_posted", "status_verified"):
        date: PartialDate | None = getattr(trial, name)
        facts.add(name, date.label if date else "", note=_precision(date))
    facts.add_if_any("has_results", yes_no(trial.has_results))
    listed_facts = facts.done()
    if not listed_facts:
        empty = source.gaps.why_empty("start_date", "primary_completion_date", "completion_date")
        return Section("dates", "Dates", "trials/_record_dates.html", None, empty)
    body = Dates(listed_facts, timeline_of(events_of(trial), source.today))
    return Section("dates", "Dates", "trials/_record_dates.html", body)


def _dated(trial: Trial, name: str) -> str:
    date: PartialDate | None = getattr(trial, name)
    if date is None:
        return ""
    kind = getattr(trial, f"get_{name}_type_display")() if getattr(trial, f"{name}_type") else ""
    return f"{date.label} ({kind.lower()})" if kind else date.label


def _precision(date: PartialDate | None) -> str:
    """Says that the source gives no day, or no month."""
    if date is None or date.precision == "day":
        return ""
    return "The source gives no day" if date.precision == "month" else "The source gives only the year"
