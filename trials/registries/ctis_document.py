"""Tolerant access to EU CTIS answers, whose shape is undocumented and has changed with every release of the portal.

A field that is missing, null or of another type than expected reads as empty; nothing here raises but `decode`.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from trials.reading import text as tidy
from trials.records import PartialDate
from trials.registries.homes import home
from trials.registries.values import Unreadable, key

Json = dict[str, Any]

# What the portal prints where a form was left blank.
_BLANK = {"", "n a", "na", "none", "not applicable", "null"}
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def decode(raw: bytes) -> Json:
    """The JSON object in `raw`; Unreadable for anything else."""
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from None
    if not isinstance(document, dict):
        raise Unreadable("not a JSON object")
    return document


def at(node: object, path: str) -> object:
    """What stands under the names of `path` (`a.b.c`); None where a step is missing."""
    for name in path.split("."):
        if not isinstance(node, dict):
            return None
        node = node.get(name)
    return node


def branch(node: object, path: str) -> Json:
    """The object under `path`, or an empty one."""
    found = at(node, path)
    return found if isinstance(found, dict) else {}


def rows(node: object, path: str) -> list[Json]:
    """The objects in the list under `path`."""
    found = at(node, path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _written(value: object) -> str:
    """A text or a number as text; codes are numbers in some releases and texts in others."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def line(node: object, path: str) -> str:
    """The text under `path` on one line; fillers (`N/A`, `-`) are empty."""
    found = tidy.one_line(_written(at(node, path)))
    return "" if key(found) in _BLANK else found


def words(node: object, path: str) -> list[str]:
    """The texts of the list under `path`; an object counts by its name, a single text as a list of one."""
    found = at(node, path)
    listed = found if isinstance(found, list) else [found]
    texts = [tidy.one_line(_written(one.get("name") if isinstance(one, dict) else one)) for one in listed]
    return [text for text in texts if key(text) not in _BLANK]


def english(node: object, name: str) -> str:
    """The paragraph `name` of `node`: its English translation where there is one, else what the sponsor wrote.

    The first translation stands in where the field itself is empty.
    """
    own = tidy.block(_written(at(node, name)))
    told = [
        (key(_written(one.get("languageDescription"))), tidy.block(_written(one.get("attributeTranslation"))))
        for one in rows(node, f"{name}Translations")
    ]
    in_english = [text for language, text in told if language == "english" and text]
    return next((text for text in (*in_english, own, *(text for _, text in told)) if key(text) not in _BLANK), "")


def number(node: object, path: str) -> int | None:
    """The whole number from 0 up under `path`, written as a number or as digits."""
    written = _written(at(node, path)).strip().removesuffix(".0")
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= 9 else None


def flag(node: object, path: str) -> bool | None:
    found = at(node, path)
    return found if isinstance(found, bool) else None


def read_date(text: str) -> PartialDate | None:
    """`2024-06-17`, also with a time, or day first `17/06/2024`; None for an empty text, ValueError for any other."""
    plain = text.strip()
    if not plain:
        return None
    if match := _DAY_FIRST.fullmatch(plain):
        return PartialDate(int(match[3]), int(match[2]), int(match[1]))
    return PartialDate.parse(re.split(r"[T ]", plain, maxsplit=1)[0])


class Answer:
    """One `retrieve` answer, with the places that both shapes have in common. Unreadable without an EU CT number."""

    def __init__(self, document: Json) -> None:
        self.document = document
        written = line(document, "ctNumber")
        registry, self.number = home(written)
        if registry != "CTIS":
            raise Unreadable(
                f"“{written}” in ctNumber is no EU CT number" if written else "no ctNumber: no trial is named"
            )
        self.is_new = isinstance(document.get("authorizedApplication"), dict)
        self.application: Json = branch(document, "authorizedApplication") if self.is_new else document
        self.part_one = branch(self.application, "authorizedPartI")
        self.parts_two = rows(self.application, "authorizedPartsII")
        self.details = branch(self.part_one, "trialDetails")
        self.information = branch(self.details, "trialInformation")
        self.ids = branch(self.details, "clinicalTrialIdentifiers")
