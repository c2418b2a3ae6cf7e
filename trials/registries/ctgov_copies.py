"""Study objects that somebody made from other forms of the registry's data, which say so in a `_note` at their top.

Such a copy may lack what its form had no column for, so what is empty in it is not known to be empty at the registry.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace

from trials.records import PartialDate, TrialRecord
from trials.registries.values import Notes

# Forms that held the whole record. Lists that did not fit together were dropped when the first was taken apart.
_WHOLE_FORMS = {
    "converted from the retired StudyFields API": ("arms", "interventions", "outcomes"),
    "converted from the legacy XML": (),
}
_DATE = re.compile(r"\bof ([0-9]{4}(?:-[0-9]{2}){0,2})\b")
# What all rows of a list may lack: the name for it, the list, and the column.
_COLUMNS = (
    ("facilities", "sites", "facility"),
    ("site_statuses", "sites", "status"),
    ("intervention_types", "interventions", "type"),
    ("agency_classes", "sponsors", "agency_class"),
)
# What a record is, not what it says.
_ABOUT_THE_RECORD = {"registry", "number", "source", "number_raw", "url", "updated", "copied", "not_kept", "problems"}


def date_of_copy(note: str, notes: Notes) -> PartialDate | None:
    """The date in `_note` of the form that leads (“a table of API fields of 2026-08-22; filled up from …”)."""
    found = _DATE.search(note.split(";")[0])
    return notes.date("copied", found[1]) if found else None


def with_gaps(record: TrialRecord, note: str) -> TrialRecord:
    """The record with `not_kept` naming what its copy may have left out; a record without a note is whole."""
    if not note:
        return record
    empty = [
        part.name
        for part in fields(record)
        if part.name not in _ABOUT_THE_RECORD and getattr(record, part.name) in ("", None, ())
    ]
    for shown, name, column in _COLUMNS:
        rows = getattr(record, name)
        if rows and not any(getattr(row, column) for row in rows):
            empty.append(shown)
    doubtful = next((names for form, names in _WHOLE_FORMS.items() if note.startswith(form)), empty)
    return replace(record, not_kept=tuple(name for name in empty if name in doubtful))
