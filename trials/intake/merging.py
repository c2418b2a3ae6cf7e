"""Versions of one record: what the newest state is, and what changed from one to the next. Pure functions.

Fields that only make sense together are one unit: a date with its type, arms with the interventions they point to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import reduce
from typing import Any

from trials.records import Age, PartialDate, TrialRecord

# The first name of a unit is the one that history shows.
FIELD_UNITS: tuple[tuple[str, ...], ...] = (
    ("title",),
    ("official_title",),
    ("acronym",),
    ("keywords",),
    # A new status comes with its own last-known status and reason, or with none.
    ("status", "status_raw", "last_known_status", "why_stopped"),
    ("status_verified",),
    ("phase", "phase_raw"),
    ("study_type", "study_type_raw"),
    ("start_date", "start_date_type"),
    ("primary_completion_date", "primary_completion_date_type"),
    ("completion_date", "completion_date_type"),
    ("first_posted",),
    ("last_update_posted",),
    ("has_results",),
    ("enrollment_count", "enrollment_type", "enrollment_note"),
    ("sex", "gender_based", "gender_description"),
    ("healthy_volunteers",),
    ("min_age",),
    ("max_age",),
    ("primary_purpose",),
    ("allocation",),
    ("intervention_model", "intervention_model_description"),
    ("masking", "masking_description", "who_masked"),
    ("brief_summary",),
    ("detailed_description",),
    ("objectives",),
    ("design_note",),
    ("has_dmc",),
    ("is_fda_regulated_drug",),
    ("is_fda_regulated_device",),
    ("ipd_sharing",),
    ("url",),
)
LIST_UNITS: tuple[tuple[str, ...], ...] = (
    ("identifiers", "aliases"),
    ("conditions", "condition_meshes", "condition_ancestors"),
    ("areas",),
    ("arms", "interventions"),
    ("products",),
    ("criteria",),
    ("outcomes",),
    ("sites", "contacts"),
    ("sponsors",),
    ("references",),
    ("related",),
)
UNITS = FIELD_UNITS + LIST_UNITS


@dataclass(frozen=True)
class Difference:
    """One unit that two versions state differently; values are plain JSON, of lists only the rows that differ.

    `kept` where the newer copy leaves out what the older one states, so that the older value goes on standing.
    """

    field: str
    old: Any
    new: Any
    kept: bool


def merged(versions: Sequence[TrialRecord]) -> TrialRecord:
    """The state after all versions, oldest first: the newest, and for what its copy left out, the one before.

    What a whole record leaves empty is empty: the registry took it back, and history says so.
    """
    return reduce(_newer_over_older, versions)


def differences(before: TrialRecord, after: TrialRecord) -> Iterator[Difference]:
    """What the later of two versions states differently, in the order of `UNITS`."""
    for unit in FIELD_UNITS:
        if _of(before, unit) != _of(after, unit):
            yield Difference(unit[0], _plain_unit(before, unit), _plain_unit(after, unit), _left_out(after, unit))
    for unit in LIST_UNITS:
        if _of(before, unit) == _of(after, unit):
            continue
        kept = _left_out(after, unit)
        for name in unit:
            gone, come = _rows_that_differ(getattr(before, name), getattr(after, name))
            if gone or come or getattr(before, name) != getattr(after, name):
                yield Difference(name, gone, come, kept)


def _newer_over_older(older: TrialRecord, newer: TrialRecord) -> TrialRecord:
    left_out = {name for unit in UNITS for name in unit if set(unit) & set(newer.not_kept) and _is_empty(newer, unit)}
    held = {name: getattr(older, name) for name in left_out if not _blank(getattr(older, name))}
    return replace(newer, **held, not_kept=tuple(name for name in newer.not_kept if name not in held))


def _of(record: TrialRecord, unit: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in unit)


def _left_out(record: TrialRecord, unit: tuple[str, ...]) -> bool:
    return bool(set(unit) & set(record.not_kept)) and _is_empty(record, unit)


def _is_empty(record: TrialRecord, unit: tuple[str, ...]) -> bool:
    return all(_blank(value) for value in _of(record, unit))


def _blank(value: Any) -> bool:
    return value is None or value == "" or value == ()


def _plain_unit(record: TrialRecord, unit: tuple[str, ...]) -> Any:
    values = {name: plain(getattr(record, name)) for name in unit if not _blank(getattr(record, name))}
    return values.get(unit[0]) if set(values) <= {unit[0]} else values


def _rows_that_differ(before: Iterable[Any], after: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Rows of the one that the other lacks, and the reverse, as plain values; order alone is no difference."""
    old, new = Counter(before), Counter(after)
    return [plain(row) for row in (old - new).elements()], [plain(row) for row in (new - old).elements()]


def plain(value: Any) -> Any:
    """A value of a record as JSON has it; a date as its text, a row as its stated parts."""
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, Age):
        return {"value": value.value, "unit": value.unit}
    if hasattr(value, "__dataclass_fields__"):
        ours = {each.name for each in fields(value) if not each.compare}
        return {name: plain(part) for name, part in asdict(value).items() if name not in ours and not _blank(part)}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value
