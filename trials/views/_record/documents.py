"""The registrations and copies of a trial, and what each is called on its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Registration
from trials.views._record.links import registry_url, web_url


@dataclass(frozen=True)
class Document:
    """A registration or copy. `short` names it beside a value; `date` is when it was updated, or else copied."""

    number: int
    name: str
    short: str
    date: str
    is_lead: bool
    url: str = ""


def documents_of(rows: Iterable[Registration]) -> dict[int, Document]:
    """Documents by the registration's id. Two of one name are told apart by their date, or else named in full."""
    names = {row.pk: (row.publisher or row.get_registry_display() or row.document) for row in rows}
    dated = {row.pk: f"{names[row.pk]}, {date.label}" for row in rows if (date := row.updated or row.fetched)}
    for found in (dated, {row.pk: row.document for row in rows}):
        times = Counter(names.values())
        names = {pk: found.get(pk, name) if times[name] > 1 else name for pk, name in names.items()}
    return {
        row.pk: Document(
            number=number,
            name=row.document,
            short=names[row.pk],
            date=date.label if (date := row.updated or row.fetched) else "",
            is_lead=row.is_lead,
            url=web_url(row.url) or registry_url(row.number),
        )
        for number, row in enumerate(rows, start=1)
    }
