"""Words and numbers for templates, as `trials.phrases` writes them."""

from __future__ import annotations

from django import template

from trials import phrases

register = template.Library()
# `{{ 4236|number }}` is 4 236, as in the pictures.
register.filter("number", phrases.number)
