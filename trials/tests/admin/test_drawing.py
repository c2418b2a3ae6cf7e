"""Inputs that are drawn without templates, beside Django's own."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from trials.admin.drawing import _DRAWN, RENDERER

NASTY = "<b> & \"quoted\" 'text' é"
CHOICES = [("", "---"), ("a&b", NASTY), ("Group <1>", [(1, "One"), (None, mark_safe("<i>"))]), (1000000, 1234567)]
WIDGETS = {
    "text": forms.TextInput(attrs={"class": NASTY, "maxlength": 1000000, "required": True, "disabled": False}),
    "number": forms.NumberInput(attrs={"step": "any"}),
    "email": forms.EmailInput(),
    "url": forms.URLInput(),
    "hidden": forms.HiddenInput(),
    "checkbox": forms.CheckboxInput(),
    "date": forms.DateInput(),
    "textarea": forms.Textarea(attrs={"rows": 3}),
    "select": forms.Select(choices=CHOICES, attrs={"id": "x"}),
    "several": forms.SelectMultiple(choices=CHOICES),
    "yes or no": forms.NullBooleanSelect(),
}
VALUES = (None, "", NASTY, mark_safe("<i>safe</i>"), 0, 1234567.5, True, "a&b", "\nfirst line empty")


@pytest.mark.parametrize("name", WIDGETS)
def test_an_input_is_drawn_as_django_draws_it(name):
    widget = WIDGETS[name]
    for value in (None, ["a&b", 1], []) if name == "several" else VALUES:
        context = widget.get_context("a-<name>", value, {"id": "id_1"})
        ours, theirs = (each.render(str(widget.template_name), context) for each in (RENDERER, DjangoTemplates()))
        if isinstance(widget, forms.Select):
            # There are empty lines between its options.
            theirs = theirs.replace("\n\n", "\n")
        assert ours == theirs, value


def test_every_template_that_is_drawn_is_compared():
    assert {widget.template_name for widget in WIDGETS.values()} == set(_DRAWN)
