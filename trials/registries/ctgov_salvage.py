"""Reading a study object whose JSON is right but for a few values, which are left out and noted."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from trials.registries.ctgov_shape import Study
from trials.registries.values import Notes, Unreadable

_DECODER = msgspec.json.Decoder(Study, strict=False)  # not strict: "100" is a number, "true" a yes
_PLACE = re.compile(r"^(?P<what>.*?) - at `\$(?P<path>.*)`$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]")
_NUMBER = re.compile(rb'"nctId"\s*:\s*"(NCT[0-9]{8})"')
# A record with more wrong values than this is not a study object.
_MOST_WRONG = 200


def decode(raw: bytes, notes: Notes) -> Study:
    """The study object of `raw`. A value of the wrong type is noted under its JSON path and left out.

    `Unreadable` says what is wrong with a text that is no JSON object, and of which trial it is where that can be seen.
    """
    try:
        try:
            return _DECODER.decode(raw)
        except msgspec.ValidationError:
            return _salvage(msgspec.json.decode(raw), notes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        number = _NUMBER.search(raw)
        whose = f"The record of {number[1].decode()}" if number else "The record, which shows no NCT number,"
        raise Unreadable(f"{whose} is not valid JSON: {error}.") from error


def _salvage(record: Any, notes: Notes) -> Study:
    for _ in range(_MOST_WRONG):
        try:
            return msgspec.convert(record, Study, strict=False)
        except msgspec.ValidationError as error:
            place = _PLACE.match(str(error))
            if place is None:
                raise Unreadable(f"The record is not a study object: {error}.") from error
            value = _leave_out(record, place["path"])
            notes.add(place["path"].lstrip("."), value, _in_words(place["what"]))
    raise Unreadable(f"The record is not a study object: more than {_MOST_WRONG} of its values have the wrong type.")


def _leave_out(record: Any, path: str) -> Any:
    """Sets the value at `path` (`.a.b[0].c`) to null and gives what stood there."""
    steps = [name or int(index) for name, index in _STEP.findall(path)]
    for step in steps[:-1]:
        record = record[step]
    value, record[steps[-1]] = record[steps[-1]], None
    return value


def _in_words(message: str) -> str:
    """`Expected `str | null`, got `int`` -> `a str was expected, but it is int`."""
    types = re.findall(r"`([^`]*)`", message)
    if len(types) == 2:
        return f"{types[0].removesuffix(' | null')} expected, {types[1]} found"
    return message
