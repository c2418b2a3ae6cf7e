"""One trial, many registrations: every number, what each document says, and where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Registration, Trial
from trials.models.fields import PartialDateField
from trials.records import PartialDate
from trials.views._record.documents import Document
from trials.views._record.evidence import Support
from trials.views._record.links import registry_url, web_url
from trials.views._record.names import heading_of
from trials.views._record.source import Section, Source
from trials.views._record.texts import tidy

_DATES = frozenset(column.name for column in Trial._meta.concrete_fields if isinstance(column, PartialDateField))
_TITLE, _TEMPLATE = "Registrations and numbers", "trials/_record_registrations.html"


@dataclass(frozen=True)
class Registered:
    """A document with its number. `says` are its values of fields on which the documents do not differ."""

    document: Document
    registry: str
    publisher: str
    number: str
    number_raw: str
    number_url: str
    url: str
    updated: str
    fetched: str
    fetched_note: str
    note: str
    says: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OtherNumber:
    value: str
    kind: str
    domain: str
    url: str
    document: Document | None


@dataclass(frozen=True)
class Difference:
    """One field on which documents differ; `values` has a text per column of the grid, empty where it says nothing."""

    field: str
    values: tuple[tuple[Document, str], ...]


@dataclass(frozen=True)
class Registrations:
    documents: tuple[Registered, ...]
    others: tuple[OtherNumber, ...]
    columns: tuple[Document, ...]
    differences: tuple[Difference, ...]
    support: Support


def registrations_section(source: Source) -> Section:
    trial, ledger = source.trial, source.ledger
    columns, differences = differences_of(source)
    differing = {difference.field for difference in differences}
    body = Registrations(
        documents=tuple(_registered(ledger.documents[row.pk], row, differing) for row in trial.registrations.all()),
        others=tuple(_others(source)),
        columns=columns,
        differences=differences,
        support=ledger.support("identifiers"),
    )
    if not body.documents and not body.others:
        return Section("registrations", _TITLE, _TEMPLATE, None, source.gaps.why_empty("identifiers"))
    return Section("registrations", _TITLE, _TEMPLATE, body)


def _registered(document: Document, row: Registration, differing: set[str]) -> Registered:
    says = ((heading_of(field), value) for field, value in _says(row))
    return Registered(
        document=document,
        registry=row.get_registry_display() if row.registry else "",
        publisher=row.publisher,
        number=row.number,
        number_raw=row.number_raw if row.number_raw != row.number else "",
        number_url=registry_url(row.number),
        url=web_url(row.url),
        updated=row.updated.label if row.updated else "",
        fetched=row.fetched.label if row.fetched else "",
        fetched_note=row.fetched_note,
        note=tidy(row.note),
        says=tuple((field, value) for field, value in says if field not in differing),
    )


def _says(row: Registration) -> Iterable[tuple[str, str]]:
    """What the document says, as texts: the field is free JSON that editors write."""
    if isinstance(row.says, dict):
        for field, value in row.says.items():
            listed = value if isinstance(value, list) else [value]
            yield str(field), ", ".join(_in_words(str(field), str(one)) for one in listed)


def _in_words(field: str, value: str) -> str:
    """A date as people write it, which is how other documents state it; any other text as it is."""
    if field not in _DATES:
        return value
    try:
        return PartialDate.parse(value).label
    except ValueError:
        return value


def _others(source: Source) -> Iterable[OtherNumber]:
    for row in source.trial.identifiers.all():
        yield OtherNumber(
            value=row.value,
            kind=row.get_kind_display(),
            domain=row.domain,
            url=registry_url(row.value),
            document=source.ledger.document(row.registration_id),
        )


def differences_of(source: Source) -> tuple[tuple[Document, ...], tuple[Difference, ...]]:
    """The columns and rows of the grid: fields on which two documents or more say different things."""
    said: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for field, document, value in _all_said(source):
        before = said[field].get(document, "")
        values = dict.fromkeys(part for part in (*before.split(" / "), value) if part)
        said[field][document] = " / ".join(values)
    differing = {field: by for field, by in said.items() if len({value.casefold() for value in by.values()}) > 1}
    documents = source.ledger.documents
    columns = [pk for pk in documents if any(pk in by for by in differing.values())]
    return tuple(documents[pk] for pk in columns), tuple(
        Difference(field, tuple((documents[pk], by.get(pk, "")) for pk in columns)) for field, by in differing.items()
    )


def _all_said(source: Source) -> Iterable[tuple[str, int, str]]:
    """(field, document's id, value) for whatever a document states, first as the document as a whole says it."""
    for row in source.trial.registrations.all():
        for field, value in _says(row):
            yield heading_of(field), row.pk, value
    for statement in source.trial.statements.all():
        if statement.registration_id in source.ledger.documents:
            yield source.ledger.about(statement), statement.registration_id, statement.value
