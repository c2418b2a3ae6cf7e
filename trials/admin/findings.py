"""Forms of what was read from a text: the passage that proves it stands beside it, to accept, correct or reject."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from trials.admin.forms import RowForm
from trials.admin.rowset import RowFormSet
from trials.intake.reviewing import accept_statements


class FindingForm(RowForm):
    """To correct a fact is to edit it, to reject it is to delete its row; accepting it notes who looked and when."""

    accept = forms.BooleanField(required=False, label="Accept: the passage says so")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["accept"]

    @property
    def is_accepted(self) -> bool:
        return bool(self.cleaned_data.get("accept"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("accept"):
            cleaned["reviewed_by"] = self.editor  # type: ignore[attr-defined]
            cleaned["reviewed_on"] = timezone.localdate()
        return cleaned


class FindingFormSet(RowFormSet):
    """`shows_proof`: the page shows the passage beside each row."""

    shows_proof = True
    editor: Any = None

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.editor = self.editor

    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit)
        forms: list[Any] = self.initial_forms if commit else []
        for form in forms:
            # Of rows that somebody may only see nothing counts as changed.
            if form.has_changed() and form.is_accepted and not self._is_deleted(form):
                accept_statements(type(form.instance), [form.instance.pk], form.editor, form.instance.reviewed_on)
        return saved

    save.alters_data = True  # type: ignore[attr-defined]
