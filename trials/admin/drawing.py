"""Draws the commonest inputs without a template each: a trial's form has a thousand, and templates took half its time.

What is drawn is what Django's own templates draw, `trials/tests/admin/test_drawing.py` compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]


class DrawingRenderer(DjangoTemplates):
    """Django's renderer of forms but for the templates that are drawn here."""

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        draw = _DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)


def _text(value: Any) -> SafeString:
    """A value as it stands in HTML, however large a number: no separators, no places of its own language."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def _attributes(widget: Widget) -> str:
    given = ((name, value) for name, value in widget["attrs"].items() if value is not False)
    return "".join(f" {name}" if value is True else f' {name}="{_text(value)}"' for name, value in given)


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{_text(widget["name"])}"{value}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    text = _text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(widget: Widget) -> str:
    groups = "".join(
        f'\n  <optgroup label="{_text(name)}">{_options(options)}\n  </optgroup>' if name else _options(options)
        for name, options, _ in widget["optgroups"]
    )
    return f'<select name="{_text(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _options(options: Any) -> str:
    return "".join(
        f'\n  <option value="{_text(option["value"])}"{_attributes(option)}>{_text(option["label"])}</option>'
        for option in options
    )


_INPUTS = ("text", "number", "email", "url", "hidden", "checkbox", "date")
_DRAWN: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in _INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}

# Made once: it keeps the templates that it loads.
RENDERER = DrawingRenderer()
