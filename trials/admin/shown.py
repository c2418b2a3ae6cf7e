"""What a form showed, in a few characters per value, so that a later save can tell what its editor touched.

A page carries the trial's version and, for every input of a field and every row of a list, a short digest of what a
browser sends back when nobody touches it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest

# Names of the two hidden inputs.
VERSION, SHOWN = "version", "shown"
# In a new row: the number of the deleted row that it brings back.
LOST = "lost"
# Inputs of a row that say which row it is or what becomes of it, not what it holds.
OF_THE_ROW = ("id", "trial", "DELETE", "accept", LOST)

Sent = list[str]


def as_sent(form: forms.BaseForm, name: str) -> Sent:
    """What a browser sends back for an input that shows the stored value."""
    field = form.fields[name]
    widget: Any = getattr(field.widget, "widget", field.widget)
    value = field.prepare_value(form.get_initial_for_field(field, name))
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = widget.format_value(value)
    return [str(part) for part in shown] if isinstance(shown, list | tuple) else [str("" if shown is None else shown)]


def row_as_sent(form: forms.BaseForm, with_disabled: bool = False) -> dict[str, Sent]:
    """The same for all inputs of a row that hold anything of it, and that an editor can type into."""
    names = [name for name, field in form.fields.items() if with_disabled or not field.disabled]
    return {name: as_sent(form, name) for name in names if name not in OF_THE_ROW}


def same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two inputs mean the same, whatever their line ends, spaces and order."""
    return _normal(one) == _normal(other)


def digest(sent: Sequence[str] | Mapping[str, Sequence[str]]) -> str:
    """Eight characters that stand for an input, or for all inputs of a row."""
    parts = {name: _normal(values) for name, values in sent.items()} if isinstance(sent, Mapping) else _normal(sent)
    # An input that a form lacks is the same as an empty one.
    text = repr(sorted(part for part in parts.items() if part[1]) if isinstance(parts, dict) else parts)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8]


def _normal(sent: Sequence[str]) -> list[str]:
    plain = (value.replace("\r\n", "\n").strip() for value in sent)
    # An empty input, an unticked box and “not stated” are the same.
    return sorted(value for value in plain if value not in ("", "unknown"))


def written(form: forms.BaseForm, formsets: Sequence[Any]) -> str:
    """The digests of a page: `title=0f3c…` for a field, `sites.12=…` for row 12 of a list."""
    return " ".join(f"{key}={value}" for key, value in _digests(form, formsets))


def _digests(form: forms.BaseForm, formsets: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for name in form.fields:
        yield name, digest(as_sent(form, name))
    for formset in formsets:
        for row in formset.initial_forms:
            if row.instance.pk and not getattr(row, "is_gone", False):
                yield f"{formset.prefix}.{row.instance.pk}", digest(row_as_sent(row))


def shown_by(request: HttpRequest) -> dict[str, str]:
    """The digests that a page brought back; none where it brings nonsense."""
    parts = (word.partition("=") for word in request.POST.get(SHOWN, "").split())
    return {key: value for key, _, value in parts}


def version_of(request: HttpRequest) -> int | None:
    """The version of the trial that a page showed, as it says itself; None where it says none."""
    text = request.POST.get(VERSION, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def why_of(request: HttpRequest) -> str:
    """Why an editor makes the change, in the words that the page sent; empty where none were given."""
    return request.POST.get("why", "").replace("\x00", "").strip()[:300]
