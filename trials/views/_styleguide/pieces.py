"""Every component once, from its own partial, with values made up for this page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from trials.models import Dose
from trials.models.choices import DoseBasis, FindingState
from trials.records import PartialDate
from trials.search.cards import ProductLine, ResultCard
from trials.search.cells import cells_of, listed
from trials.search.columns import OF_CARD, chosen_columns
from trials.search.groups import Choice, FacetGroup
from trials.search.text.marking import Segment
from trials.views._record.evidence import Mark
from trials.views._record.ladder import ladders_of
from trials.views._record.timeline import Event, timeline_of


@dataclass(frozen=True)
class Piece:
    """A component: what it is for, and its partial with what that is given, once per state worth showing."""

    title: str
    use: str
    template: str
    states: tuple[Mapping[str, Any], ...]

    def drawn(self) -> tuple[SafeString, ...]:
        """The partial in each state."""
        return tuple(render_to_string(self.template, dict(state)) for state in self.states)


def pieces() -> Iterator[Piece]:
    yield Piece("Badge", "A status: colour, word and shape.", "trials/_status.html", tuple(_statuses()))
    yield Piece("Chip", "A choice that a click takes away.", "trials/_chips.html", (_CHIPS,))
    yield Piece("Facet", "A way to narrow the results, folded or not.", "trials/_facet.html", ({"group": _FACET},))
    yield Piece(
        "Card", "A trial among results.", "trials/_card.html", ({"card": CARD, "cells": listed(CARD, OF_CARD)},)
    )
    columns = chosen_columns(())
    table = {"rows": ((CARD, cells_of(CARD, columns)),), "columns": columns}
    yield Piece("Table", "Trials in rows, with the columns that are chosen.", "trials/_table.html", (table,))
    marks = tuple({"mark": mark, "full": True} for mark in _marks())
    yield Piece("Evidence mark", "Leads to the place that says so.", "trials/_record_mark.html", marks)
    ladders = tuple({"ladder": ladder} for ladder in ladders_of(_doses()))
    yield Piece("Dose ladder", "Steps of a dose on one axis, per basis.", "trials/_record_ladder.html", ladders)
    line = {"line": timeline_of(_EVENTS, dt.date(2025, 6, 1))}
    yield Piece("Timeline", "Dates as days or bands, stated or estimated.", "trials/_record_timeline.html", (line,))
    notes = tuple({"kind": kind} for kind in ("", "warning", "serious"))
    yield Piece("Note", "What a reader must not miss.", "styleguide/_note.html", notes)
    yield Piece("Buttons and fields", "Forms.", "styleguide/_form.html", ({},))


def colours() -> tuple[str, ...]:
    """The colours of the tokens, by name."""
    return (
        *("ink", "ink-soft", "surface", "surface-sunk", "line", "line-strong", "accent", "accent-soft", "focus"),
        *("open", "soon", "shut", "stopped", "warn", "alarm"),
        *(f"series-{number}" for number in range(1, 7)),
        *(f"heat-{number}" for number in range(6)),
        "sea",
    )


def _statuses() -> Iterator[Mapping[str, Any]]:
    yield {"kind": "open", "word": "Recruiting", "verified": "May 2026"}
    late = ("not confirmed for over two years", "stated completion, December 2022, has passed")
    yield {"kind": "open", "word": "Recruiting", "verified": "May 2021", "warnings": late}
    yield {"kind": "soon", "word": "Not yet recruiting", "verified_missing": "not stated"}
    yield {"kind": "soon", "word": "Enrolling by invitation"}
    yield {"kind": "shut", "word": "Completed"}
    yield {"kind": "stopped", "word": "Terminated"}
    yield {"kind": "unknown", "word": "Unknown"}


def _choice(label: str, count: int, *children: Choice, is_chosen: bool = False) -> Choice:
    slug = label.lower().replace(" ", "-")
    return Choice(slug, label, count, is_chosen, "#facet", children, path=f"sample.{slug}")


_CHIPS = {
    "chips": ({"label": "Status: Recruiting", "url": "#chip"}, {"label": "Age 12 to 18", "url": "#chip"}),
    "clear_url": "#chip",
}
_EVENTS = (
    Event("Start", PartialDate(2024, 3, 15), "actual"),
    Event("Primary completion", PartialDate(2026, 1), "estimated"),
    Event("Completion", PartialDate(2027), "estimated"),
)
_FACET = FacetGroup(
    key="sample",
    label="Sample facet",
    help="What the values mean, in one sentence.",
    is_open=True,
    chosen_count=1,
    choices=(_choice("Broader value", 12, _choice("Narrower value", 7, is_chosen=True)), _choice("Another value", 3)),
    value_count=40,
    all_url="#facet",
)
CARD = ResultCard(
    pk=0,
    url="#card",
    title="A made-up trial of cells for this page",
    is_our_title=False,
    acronym="",
    numbers="NUMBER-1, NUMBER-2",
    status="Recruiting",
    status_kind="open",
    status_verified="May 2021",
    verified_missing="",
    phase="Phase 1/2",
    conditions=("A condition", "Another condition"),
    products=(ProductLine("Mesenchymal stromal cells", "umbilical cord", "allogeneic", is_conflicting=True),),
    doses=("1 × 10⁶, 2 × 10⁶ or 4 × 10⁶ cells/kg, 3 times",),
    dose_missing="",
    routes="Intravenous",
    ages="3 to 18 years",
    sex="all sexes",
    enrolment="24 participants estimated",
    places="5 sites in Italy, Spain and France",
    open="2 of 5 sites, in Italy",
    sponsor="A university hospital",
    updated="2 May 2021",
    not_kept=(),
    warnings=("not confirmed for over two years",),
    title_parts=(Segment("A made-up trial of ", False), Segment("cells", True), Segment(" for this page", False)),
    condition_parts=((Segment("A condition", False),), (Segment("Another condition", False),)),
)


def _marks() -> Iterator[Mark]:
    states = (FindingState.STATED, FindingState.INFERRED, FindingState.CONFLICTING)
    for number, state in enumerate(states, 1):
        yield Mark(number, str(state), "", "Registry record", "arms")


def _doses() -> Iterator[Dose]:
    for place, (million, is_conditional) in enumerate(((1, False), (2, False), (4, True)), 1):
        yield Dose(
            order=place,
            label=f"Cohort {place}",
            amount_low=Decimal(million * 10**6),
            basis=DoseBasis.PER_KG,
            is_conditional=is_conditional,
        )
