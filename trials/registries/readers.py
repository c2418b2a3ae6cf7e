"""Every registry that can be read: a further one is a module beside this and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

import msgspec

from trials.records import TrialRecord
from trials.registries import ctgov, ctis, ictrp


@dataclass(frozen=True)
class Form:
    """How the records of a registry come.

    `label` is its name for people, `parse` reads one record, `mark` is a name at the top of each of its JSON objects
    that no other registry uses. `split` takes a file that is no JSON apart into the raw texts of its records; empty
    ones cannot be read, for the reason beside them.
    """

    label: str
    parse: Callable[[bytes], TrialRecord]
    mark: str
    split: Callable[[BufferedReader[Any]], Iterator[tuple[bytes, str]]] | None = None


def _split_ictrp(stream: BufferedReader[Any]) -> Iterator[tuple[bytes, str]]:
    is_xml = _is_xml(stream.peek(ictrp.CHUNK))
    for raw, read in ictrp.parse_xml(stream) if is_xml else ictrp.parse_csv(stream):
        yield raw, "" if isinstance(read, TrialRecord) else str(read)


def _is_xml(beginning: bytes) -> bool:
    """Whether a text is XML, also in UTF-16 and with junk before the declaration."""
    plain = beginning.replace(b"\x00", b"").lower()
    return b"<?xml" in plain or b"<trial" in plain


FORMS = {
    "CTGOV": Form("ClinicalTrials.gov", ctgov.parse, "protocolSection"),
    "CTIS": Form("EU CTIS", ctis.parse, "ctNumber"),
    "ICTRP": Form("WHO ICTRP", ictrp.parse, "TrialID", _split_ictrp),
}
READERS: dict[str, Callable[[bytes], TrialRecord]] = {registry: form.parse for registry, form in FORMS.items()}


def recognise(raw: bytes) -> str:
    """The registry whose record this looks like, a key of `FORMS`, or nothing. Broken JSON is judged by its text."""
    if raw.lstrip()[:6].lower() == b"<trial":
        return "ICTRP"
    try:
        names = set(msgspec.json.decode(raw, type=dict[str, msgspec.Raw]))
    except msgspec.ValidationError:
        return ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return next((registry for registry, form in FORMS.items() if f'"{form.mark}"'.encode() in raw), "")
    return next((registry for registry, form in FORMS.items() if form.mark in names), "")
