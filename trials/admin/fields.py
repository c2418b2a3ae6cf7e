"""Form fields that read what an editor types, where the column holds a list, a code or a long number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

_no_null = ProhibitNullCharactersValidator()


class JSONTextField(forms.Field):
    """A JSON column written as text. Subclasses say how with `to_text` and `from_text`."""

    widget = forms.Textarea

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        # A model field whose default is a callable asks for a second, hidden input. The form knows the row instead.
        super().__init__(**{**kwargs, "show_hidden_initial": False})

    def to_text(self, value: Any) -> str:
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        return self.to_text(value or self.from_text("")) if not isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        if self.disabled:
            # What stands, not a text that was sent.
            return value
        text = value or ""
        _no_null(text)
        return self.from_text(text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _has_changed(self, initial, data)


class LinesField(JSONTextField):
    """A list of texts, one to a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**{**kwargs, "help_text": "One to a line."})

    def to_text(self, value: Any) -> str:
        return "\n".join(map(str, value))

    def from_text(self, text: str) -> list[str]:
        return [line.strip() for line in text.splitlines() if line.strip()]


class DaysField(JSONTextField):
    """A list of trial days: 1, 8, 15. Days before the first treatment are negative."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "vTextField"}))
        super().__init__(**{**kwargs, "help_text": "Trial days as the source counts them: 1, 8, 15."})

    def to_text(self, value: Any) -> str:
        return ", ".join(map(str, value))

    def from_text(self, text: str) -> list[int]:
        days = []
        for word in re.split(r"[,;\s]+", text.strip().replace("−", "-")):
            if not re.fullmatch(r"-?[0-9]{1,5}", word) and word:
                raise ValidationError(f"“{word}” is no day. Write whole numbers with commas between: 1, 8, 15.")
            if word:
                days.append(int(word))
        return days


class SaysField(JSONTextField):
    """A few named values, one to a line: `phase: Phase 2`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        help_text = "Where registrations of this trial disagree. Field and value, a pair to a line: phase: Phase 2"
        super().__init__(**{**kwargs, "help_text": help_text})

    def to_text(self, value: Any) -> str:
        return "\n".join(f"{name}: {said}" for name, said in value.items())

    def from_text(self, text: str) -> dict[str, str]:
        said: dict[str, str] = {}
        for line in filter(str.strip, text.splitlines()):
            name, colon, value = (part.strip() for part in line.partition(":"))
            if not (name and colon and value):
                raise ValidationError(f"“{line.strip()}” lacks a field or a value. Write them as phase: Phase 2")
            if name in said:
                raise ValidationError(f"“{name}” stands on two lines. One document says one thing of a field.")
            said[name] = value
        return said


class TickedField(forms.MultipleChoiceField):
    """A list of values out of a closed list, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, tells: str = "", encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "show_hidden_initial": False, "help_text": tells})


class NamedValueField(forms.CharField):
    """One of many known values, typed with suggestions: the value itself or its name in any case.

    A select with some hundred options in each of fifty rows would weigh megabytes; this is one short input per
    row, and one list of suggestions per page (`suggestions` names its element).
    """

    def __init__(
        self, *, names: Callable[[], Mapping[str, str]], suggestions: str, unknown: str, **kwargs: Any
    ) -> None:
        self.names, self.unknown = names, unknown
        kwargs.pop("max_length", None)
        kwargs["help_text"] = "Type a few letters and pick."
        kwargs["widget"] = forms.TextInput(attrs={"list": suggestions, "class": "vTextField", "autocomplete": "off"})
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return self.names().get(str(value), value) if value else ""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        names = self.names()
        if not text or text in names:
            return text
        wanted = text.casefold()
        for known, name in names.items():
            if wanted in (known.casefold(), name.casefold()):
                return known
        raise ValidationError(self.unknown.format(text))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _has_changed(self, initial, data)


class LineField(forms.CharField):
    """Text of one line. Blanks around it, which forms cut off, are no change by themselves."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _has_changed(self, initial, data)


class ProseField(forms.CharField):
    """Text of several lines. Browsers send CR LF for a line break; that alone changes nothing."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _has_changed(self, initial, data)


_CELLS = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e\+?([0-9]{1,2})|[x×*]10\^([0-9]{1,2}))?")
_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class CellCountField(forms.DecimalField):
    """A number of cells: 1500000, 1,500,000, 1.5e6, 1.5 x 10^6, 1.5 × 10⁶ or 1.5 million."""

    default_error_messages = {"invalid": "Write the number of cells as 1500000, 1.5e6 or 1.5 million."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "widget": forms.TextInput(attrs={"inputmode": "text"})})

    def prepare_value(self, value: Any) -> Any:
        # 1500000.000 as the column holds it reads badly.
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        text = _GROUPS.sub(lambda group: group[0].replace(",", ""), str(value).lower())
        text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: f"^{power[0].translate(_RAISED)}", text)
        text = re.sub(r"\s", "", text).replace("million", "e6").replace("billion", "e9")
        match = _CELLS.fullmatch(text)
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number, exponent, power = match.groups()
        try:
            return Decimal(number).scaleb(int(exponent or power or 0))
        except InvalidOperation:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class PlainNumberField(forms.FloatField):
    """A number that shows as 18, not as 18.0."""

    def prepare_value(self, value: Any) -> Any:
        return int(value) if isinstance(value, float) and value.is_integer() else value


class StatedSelect(forms.NullBooleanSelect):
    """Yes, no, or nothing stated."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", "Not stated"), ("true", "Yes"), ("false", "No")]


def _has_changed(field: forms.Field, initial: Any, data: Any) -> bool:
    """Whether an input means something else than what was stored, whatever its spaces and line ends."""
    try:
        return bool(field.to_python(field.prepare_value(initial)) != field.to_python(data))
    except ValidationError:
        return True
