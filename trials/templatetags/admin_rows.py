"""The inputs of a row of one of a trial's lists, drawn without a template each: a page has hundreds of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def row_fields(fieldset: Any) -> SafeString:
    """The lines of a part of a row, labels above their inputs; a part that opens and closes has its name as a summary.

    `fieldset` is the admin's own (`django.contrib.admin.helpers`).
    """
    return mark_safe("".join(_parts(fieldset)))  # noqa: S308 (every part is escaped below)


def _parts(fieldset: Any) -> Iterator[str]:
    is_folded, name = fieldset.is_collapsible, conditional_escape(fieldset.name or "")
    if is_folded:
        yield f'<details class="row-part"><summary>{name}</summary>'
    elif name:
        yield f'<p class="row-part">{name}</p>'
    for line in fieldset:
        yield '\n<div class="row-line">'
        for field in line:
            yield "\n  "
            yield from _readonly(field) if field.is_readonly else _input(field)
        yield "\n</div>"
    if is_folded:
        yield "</details>"


def _readonly(field: Any) -> Iterator[str]:
    contents = conditional_escape(field.contents())
    yield f'<div class="row-field">{field.label_tag()}<div class="readonly">{contents}</div></div>'


def _input(field: Any) -> Iterator[str]:
    bound, errors = field.field, field.field.form.errors.get(field.field.name)
    name, label, drawn = conditional_escape(bound.name), conditional_escape(bound.label), str(bound)
    is_group = bound.field.widget.use_fieldset
    classes = f"{' row-field--tick' if field.is_checkbox else ''} field-{name}{' errors' if errors else ''}"
    group = f' role="group" aria-labelledby="{bound.auto_id}_label"' if is_group else ""
    yield f'<div class="row-field{classes}"{group}>'
    if errors:
        yield str(errors)
    if field.is_checkbox:
        yield drawn
    if is_group:
        yield f'<span id="{bound.auto_id}_label" class="row-label">{label}</span>'
    else:
        required = ' class="required"' if bound.field.required else ""
        yield f'<label for="{bound.id_for_label}"{required}>{label}</label>'
    if not field.is_checkbox:
        yield drawn
    if bound.help_text:
        yield f'<div class="help" id="{bound.auto_id}_helptext">{conditional_escape(bound.help_text)}</div>'
    yield "</div>"
