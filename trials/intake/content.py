"""A record as rows: the columns of the trial and of each of its lists, as plain values that go straight to a table.

A row here is a dict of column attributes. Links between rows of one record are places in the list they point to,
under a name that starts with `@`: `applying` turns them into numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import models

from trials.models import (
    Absence,
    Arm,
    Contact,
    Criterion,
    Identifier,
    Intervention,
    Outcome,
    Reference,
    RelatedRecord,
    Site,
    Trial,
)
from trials.reading.facts import Reading
from trials.records import PartialDate, Problem, TrialRecord

Row = dict[str, Any]
# The numbers of a product's cell types, in order, which tell products apart; no column.
CELL_TYPES = "@cell_types"
# What a product without a name is called.
NAMELESS = "Cell product"


@dataclass
class Content:
    """What a trial and its lists should hold. `lists` by model; `arm_interventions` pairs places of both lists."""

    columns: Row
    lists: dict[type[models.Model], list[Row]]
    arm_interventions: list[tuple[int, int]]
    problems: list[Problem] = field(default_factory=list)
    # What was read from the texts, if they were; the terms of each product, by its many-to-many fields.
    reading: Reading | None = None
    product_terms: list[dict[str, list[int]]] = field(default_factory=list)


# Columns of the trial that a record fills under the same name.
SAME_NAME = (
    "title", "official_title", "acronym", "status", "status_raw", "last_known_status", "why_stopped", "phase",
    "phase_raw", "study_type", "study_type_raw", "start_date_type", "primary_completion_date_type",
    "completion_date_type", "has_results", "enrollment_count", "enrollment_type", "sex", "gender_based",
    "gender_description", "healthy_volunteers", "primary_purpose", "allocation", "intervention_model",
    "intervention_model_description", "masking", "masking_description", "brief_summary", "detailed_description",
    "objectives", "enrollment_note", "design_note", "has_dmc", "is_fda_regulated_drug", "is_fda_regulated_device",
    "ipd_sharing",
)  # fmt: skip
DATES = (
    "start_date",
    "primary_completion_date",
    "completion_date",
    "status_verified",
    "first_posted",
    "last_update_posted",
)
# Rows of these lists are told apart by these columns when one changed in part, so that it keeps its number.
IDENTITY: dict[type[models.Model], tuple[str, ...]] = {
    Arm: ("label",),
    Intervention: ("name",),
    Criterion: ("kind", "text"),
    Outcome: ("kind", "measure"),
    Site: ("facility", "city", "zip", "country"),
    Contact: ("role", "name"),
    Identifier: ("kind", "value"),
    Reference: ("pmid", "citation", "url"),
    RelatedRecord: ("number",),
    Absence: ("field",),
}

# A part of a record that a copy left out -> the names under which a page tells so.
_GAPS: dict[str, tuple[str, ...]] = {
    name: (name,)
    for name in (
        *DATES, "title", "official_title", "status", "phase", "study_type", "enrollment_count", "sex",
        "healthy_volunteers", "min_age", "max_age", "primary_purpose", "allocation", "intervention_model", "masking",
        "brief_summary", "detailed_description", "conditions", "arms", "interventions", "sites", "contacts",
        "identifiers", "references", "facilities", "site_statuses", "intervention_types", "agency_classes",
    )
} | {
    "criteria": ("inclusion_criteria", "exclusion_criteria"),
    "outcomes": ("primary_outcomes", "secondary_outcomes"),
    "sponsors": ("sponsorships",),
    "related": ("related_records",),
}  # fmt: skip


def content(record: TrialRecord) -> Content:
    """The rows of a record, cut to what the columns hold; what was cut is a problem of the record."""
    problems: list[Problem] = []
    columns = fitted(Trial, _columns(record), problems)
    lists: dict[type[models.Model], list[Row]] = {
        Intervention: [_intervention(row) for row in record.interventions],
        Arm: [_arm(row) for row in record.arms],
        Criterion: list(_criteria(record)),
        Outcome: [_same(row, ("kind", "measure", "description", "time_frame")) for row in record.outcomes],
        Site: [_site(row) for row in record.sites],
        Contact: [_contact(row) for row in record.contacts],
        Identifier: [_same(row, ("kind", "value", "domain")) for row in record.identifiers],
        Reference: [_same(row, ("kind", "citation", "pmid", "url", "label")) for row in record.references],
        RelatedRecord: [{"kind": "LISTED", "number": row.number, "title": row.title} for row in record.related],
        Absence: [{"field": name, "reason": "NOT_KEPT"} for name in _gaps(record.not_kept)],
    }
    for model, rows in lists.items():
        # The order of criteria runs within their kind, as pages number them.
        in_order(model, rows, problems)
    links = [(place, linked) for place, arm in enumerate(record.arms) for linked in dict.fromkeys(arm.interventions)]
    return Content(columns, lists, links, problems)


def in_order(model: type[models.Model], rows: Sequence[Row], problems: list[Problem]) -> None:
    """Numbers the rows of a list from 1 and cuts their texts as `fitted` does."""
    for order, row in enumerate(rows, 1):
        row["order"] = order
    _cut(model, rows, problems)


def fitted(model: type[models.Model], row: Row, problems: list[Problem]) -> Row:
    """Cuts texts that are longer than their column; nothing is lost, the whole record is kept as received."""
    _cut(model, (row,), problems)
    return row


def _cut(model: type[models.Model], rows: Sequence[Row], problems: list[Problem]) -> None:
    for name, longest in _lengths(model):
        for row in rows:
            text = row.get(name)
            if text and len(text) > longest:
                what = f"is {len(text)} characters long; shown are the first {longest}"
                problems.append(Problem(name, text[:80], what))
                row[name] = text[: longest - 1] + "…"


@cache
def _lengths(model: type[models.Model]) -> list[tuple[str, int]]:
    return [
        (column.attname, column.max_length)
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField) and column.max_length and not column.choices
    ]


def _gaps(not_kept: Iterable[str]) -> Iterable[str]:
    """What pages call the parts that a copy left out; parts that nobody misses are passed over."""
    return dict.fromkeys(shown for name in not_kept for shown in _GAPS.get(name, ()))


def _columns(record: TrialRecord) -> Row:
    columns = _same(record, SAME_NAME)
    columns |= {name: _date(getattr(record, name)) for name in DATES}
    columns["title"] = record.title or record.official_title or record.number
    columns["keywords"] = list(record.keywords)
    columns["who_masked"] = list(record.who_masked)
    for end, age in (("min", record.min_age), ("max", record.max_age)):
        columns[f"{end}_age_value"] = age.value if age else None
        columns[f"{end}_age_unit"] = age.unit if age else ""
    return columns


def _date(date: PartialDate | None) -> str | None:
    return str(date) if date else None


def _same(row: object, names: tuple[str, ...]) -> Row:
    return dict(zip(names, _getter(names)(row), strict=True))


@cache
def _getter(names: tuple[str, ...]) -> attrgetter[tuple[Any, ...]]:
    """Reads several attributes in one step: records have dozens of rows."""
    return attrgetter(*names)


def _intervention(row: Any) -> Row:
    return _same(row, ("type", "type_raw", "name", "description")) | {"other_names": list(row.other_names)}


def _arm(row: Any) -> Row:
    columns = _same(row, ("label", "type", "type_raw", "description", "participants"))
    return columns | {"origin": "REGISTRY_FIELD", "within_patient_control": None}


def _criteria(record: TrialRecord) -> Iterable[Row]:
    for row in record.criteria:
        yield _same(row, ("kind", "text", "label", "group_rule")) | {"@parent_id": row.parent}


def _site(row: Any) -> Row:
    names = (
        "facility",
        "city",
        "state",
        "zip",
        "country",
        "country_raw",
        "status",
        "status_raw",
        "latitude",
        "longitude",
        "remark",
    )
    return _same(row, names) | {"status_date": _date(row.status_date)}


def _contact(row: Any) -> Row:
    names = ("role", "name", "affiliation", "phone", "phone_ext", "email")
    return _same(row, names) | {"@site_id": row.site}
