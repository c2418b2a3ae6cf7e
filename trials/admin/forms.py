"""What every form of the admin does, and what the form of a list's row does besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models

from trials.admin.drawing import RENDERER
from trials.admin.fields import JSONTextField, LineField, NamedValueField, ProseField, TickedField
from trials.admin.known import KnownChoiceField
from trials.models import choices
from trials.models.rules import together

# Fields that may write an untouched value differently from how it was stored.
_REWRITING = (JSONTextField, LineField, NamedValueField, ProseField, TickedField)

# Moving or reviewing a fact does not make it the editor's.
_NOT_THE_FACT = {"order", "reviewed_by", "reviewed_on", "accept"}


class CatalogueForm(forms.ModelForm):
    """Keeps what an editor did not touch as it was stored, and shows what the database refused (`refusal`)."""

    refusal = ""
    default_renderer = RENDERER

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, _REWRITING) and name in self.initial and name not in self.changed_data:
                cleaned[name] = self.initial[name]
        if self.refusal:
            raise ValidationError(self.refusal)
        return cleaned


class RowForm(CatalogueForm):
    """A row of one of a trial's lists. `is_gone`: the row stood on the page that was sent, but was deleted since."""

    is_gone = False
    # Classes are made for each request, and all rows of a list have the same inputs.
    _media: ClassVar[forms.Media | None] = None

    @property
    def media(self) -> forms.Media:
        kind = type(self)
        if kind._media is None:
            kind._media = super().media
        return kind._media

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["order"] = None
            if "origin" in self.fields:
                self.initial["origin"] = choices.Origin.EDITOR

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, field in self.fields.items():
            if isinstance(field, KnownChoiceField) and self.has_changed():
                self._refuse_doomed(name, field)
        touched = set(self.changed_data) - _NOT_THE_FACT
        if "origin" in self.fields and touched and "origin" not in touched:
            cleaned["origin"] = choices.Origin.EDITOR
        return cleaned

    def _refuse_doomed(self, name: str, field: KnownChoiceField) -> None:
        """Refuses to name a row that the same form deletes."""
        chosen = self.cleaned_data.get(name) or []
        for row in [chosen] if isinstance(chosen, models.Model) else chosen:
            if str(row.pk) in field.offer.doomed:
                self.add_error(name, f"“{row}” is marked for deletion on this page. Choose another, or keep it.")

    def _post_clean(self) -> None:
        if not self.is_gone and not self.instance._state.adding and not self.has_changed():
            # It came out of the database like this, so it breaks no rule. Checking it would cost a query per rule.
            return
        # What may stand only once is checked for the whole list, where rows may swap values.
        self.instance.get_constraints = lambda: [(type(self.instance), _checks_of(self.instance))]
        super()._post_clean()  # type: ignore[misc]
        if self.is_gone:
            self.add_error(
                None,
                f"“{name_of(self.instance)}” was deleted by somebody else after you opened this page. Tick “Delete” "
                "here to leave it out; to keep it, copy what you need into a new row.",
            )


def name_of(row: models.Model) -> str:
    """The row in words, even while a link that its words need is missing."""
    try:
        return str(row) or f"an empty {row._meta.verbose_name}"
    except ObjectDoesNotExist:
        return f"a {row._meta.verbose_name}"


def _checks_of(row: models.Model) -> Sequence[models.BaseConstraint]:
    """The constraints that one row can break by itself."""
    return together([rule for rule in row._meta.constraints if not isinstance(rule, models.UniqueConstraint)])
