"""Choices that a whole list of form rows shares, so that a row more costs no query more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe


class KnownAutocomplete(AutocompleteSelect):
    """Django's autocomplete, which finds the label of its choice in `known` instead of asking the database."""

    known: Mapping[str, models.Model] = {}

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        chosen = [str(key) for key in value if str(key) in self.known]
        options = [self.create_option(name, key, str(self.known[key]), True, at) for at, key in enumerate(chosen)]
        if not self.is_required and not self.allow_multiple_selected:
            options.insert(0, self.create_option(name, "", "", False, 0))
        return [(None, options, 0)]


class KnownAutocompleteMultiple(KnownAutocomplete, AutocompleteSelectMultiple):
    """The same for several choices."""


class KnownSelect(forms.Select):
    """A select whose options are `written` once (key, escaped label) for all rows: 50 contacts may offer 300 sites."""

    written: Sequence[tuple[str, str]] = ()

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = self.format_value(value)
        tags = "".join(
            f'<option value="{key}"{" selected" if key in chosen else ""}>{label}</option>'
            for key, label in self.written
        )
        given = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(given), mark_safe(tags))  # noqa: S308 (labels are escaped)


@dataclass(frozen=True)
class Offer:
    """What the rows of a list may choose, by primary key as text; `doomed` are being deleted by the same form."""

    known: Mapping[str, models.Model]
    doomed: frozenset[str] = frozenset()

    @cached_property
    def labels(self) -> list[tuple[str, str]]:
        return [(key, label_of(row)) for key, row in self.known.items()]

    @cached_property
    def options(self) -> list[tuple[str, str]]:
        """Escaped, for a `KnownSelect`; the empty choice first."""
        return [("", "---------"), *((key, conditional_escape(label)) for key, label in self.labels)]


class KnownChoiceField(forms.ModelChoiceField):
    """One of the objects that its form set has fetched."""

    offer = Offer({})

    def take(self, offer: Offer) -> None:
        """Makes `offer` what may be chosen."""
        self.offer = offer
        widget = getattr(self.widget, "widget", self.widget)
        if isinstance(widget, KnownAutocomplete):
            widget.known = offer.known
        elif isinstance(widget, KnownSelect):
            widget.written = offer.options
        else:
            self.choices = offer.labels

    def to_python(self, value: Any) -> Any:
        return None if value in self.empty_values else self._find(value)

    def _find(self, key: Any) -> models.Model:
        found = self.offer.known.get(str(key))
        if found is None:
            raise ValidationError(
                f"“{key}” is not offered here: it was deleted, or it belongs to another trial.", code="invalid_choice"
            )
        return found


class KnownMultipleChoiceField(KnownChoiceField, forms.ModelMultipleChoiceField):
    """Several of the objects that its form set has fetched."""

    def clean(self, value: Any) -> Any:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        return [self._find(key) for key in dict.fromkeys(value or [])]


def label_of(row: models.Model) -> str:
    """A row's place and words, to tell apart rows that say the same; its kind too, as each kind counts anew."""
    text = str(row)
    text = text if len(text) <= 70 else f"{text[:69]}…"
    place = getattr(row, "order", None)
    if not place:
        return text
    kind = f"{row.get_kind_display()} " if hasattr(row, "get_kind_display") else ""
    return f"{kind}{place}. {text}"
