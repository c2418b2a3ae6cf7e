"""The form set behind every list of a trial: shared choices, rules across rows, places, safe deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, Q, prefetch_related_objects
from django.forms.models import BaseInlineFormSet

from trials.admin.chosen import was_named
from trials.admin.forms import name_of
from trials.admin.known import KnownAutocomplete, KnownChoiceField, Offer
from trials.admin.shown import LOST
from trials.intake.fact_lists import READ
from trials.models import Dose, Statement
from trials.models.trial import TrialRow
from trials.phrases import count, either

# A row's words may need another row; asked for with the list, they cost no query each.
_WITH_WORDS: dict[type[models.Model], tuple[str, ...]] = {Dose: ("route",)}


class Submitted:
    """What a sent page says of one list: which rows it deletes, and which values its rows name."""

    def __init__(self, data: Any, prefix: str) -> None:
        self.data, self.prefix = data, prefix
        total = data.get(f"{prefix}-TOTAL_FORMS", "") if data else ""
        self.rows = min(int(total), 2000) if total.isascii() and total.isdecimal() and len(total) < 9 else 0
        self.place = {data.get(f"{prefix}-{at}-id", ""): at for at in range(self.rows)}

    @property
    def deleted(self) -> frozenset[str]:
        """Primary keys, as text."""
        return frozenset(key for key, at in self.place.items() if key and f"{self.prefix}-{at}-DELETE" in self.data)

    def values(self, name: str) -> Iterator[str]:
        """Everything that the field `name` holds in any row."""
        for at in range(self.rows):
            yield from self.data.getlist(f"{self.prefix}-{at}-{name}")

    def still_names(self, row: str, field: str, target: str) -> bool:
        """Whether `row` will name `target` once the page is saved; true for a row that is not on the page."""
        if row not in self.place:
            return True
        return row not in self.deleted and target in self.data.getlist(f"{self.prefix}-{self.place[row]}-{field}")


class GoneRow:
    """Stands in for a row that was deleted after the page was opened."""

    def __init__(self) -> None:
        self.pk = object()  # no primary key is equal to it

    def __str__(self) -> str:
        return "deleted meanwhile"


class RowIdField(forms.Field):
    """The hidden primary key; Django's own asks the database once per row."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class RowFormSet(BaseInlineFormSet):
    """Rows of one list of a trial.

    `order_scope`: the field within whose values places count. `claims`: which unique constraint a row has a claim
    on. `parked`: values that claim nothing, which rows take for a moment while others take over their claims.
    """

    model: type[Any]
    prefix: str
    order_scope: ClassVar[str] = ""
    shows_proof: ClassVar[bool] = False
    claims: ClassVar[dict[str, Callable[[Any], bool]]] = {}
    parked: ClassVar[dict[str, Any]] = {}

    # Rows as sent ------------------------------------------------------------------------------------------

    def get_queryset(self) -> Any:
        """The rows in the order of the page that was sent, whatever came or went in the list since."""
        if not self.is_bound:
            return super().get_queryset()
        if not hasattr(self, "_sent_rows"):
            by_key = {str(row.pk): row for row in super().get_queryset()}
            sent = min(self.initial_form_count(), self.total_form_count())
            keys = (self.data.get(f"{self.add_prefix(at)}-id") for at in range(sent))
            self._sent_rows = [by_key.get(str(key)) or GoneRow() for key in keys]
        return self._sent_rows

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["id"] = RowIdField(required=False, initial=form.fields["id"].initial)
        form.is_gone = (
            self.is_bound and index is not None and index < self.initial_form_count() and form.instance._state.adding
        )
        form.lost = self.data.get(f"{form.prefix}-{LOST}", "") if self.is_bound and index is not None else ""
        for name, field in form.fields.items():
            if isinstance(field, KnownChoiceField):
                field.take(self.offers[name])

    @cached_property
    def empty_form(self) -> Any:
        """Made once for a page, which asks for it five times."""
        return super().empty_form

    # Choices -----------------------------------------------------------------------------------------------

    @cached_property
    def offers(self) -> dict[str, Offer]:
        """For each field that chooses among rows, people or terms: what it may choose or has chosen."""
        fields = self.form.base_fields.items()
        return {name: self._offer(name, field) for name, field in fields if isinstance(field, KnownChoiceField)}

    def _offer(self, name: str, field: Any) -> Offer:
        model = field.queryset.model
        if issubclass(model, TrialRow):
            found = self._own_rows(model)
        elif isinstance(getattr(field.widget, "widget", field.widget), KnownAutocomplete):
            found = self._chosen(name, field)
        else:
            found = list(field.queryset)
        return Offer({str(row.pk): row for row in found}, self._doomed(model))

    def _own_rows(self, model: type[TrialRow]) -> list[Any]:
        """The trial's rows of that list, fetched once for all lists of the request: they share one trial."""
        if self.instance._state.adding:
            return []
        accessor = accessor_of(model)
        rows = model._default_manager.select_related(*_WITH_WORDS.get(model, ()))
        prefetch_related_objects([self.instance], models.Prefetch(accessor, queryset=rows))
        return list(getattr(self.instance, accessor).all())

    def _chosen(self, name: str, field: Any) -> list[Any]:
        """The terms that any row of the page names, now or as sent."""
        column = self.model._meta.get_field(name)
        rows = [row for row in self.get_queryset() if isinstance(row, models.Model)]
        if column.many_to_many:
            keys = {str(term.pk) for row in rows for term in getattr(row, name).all()}
        else:
            keys = {str(getattr(row, column.attname)) for row in rows}
        if self.is_bound:
            keys |= set(Submitted(self.data, self.prefix).values(name)) | set(was_named(self.data, self.prefix, name))
        numbers = [key for key in keys if key.isascii() and key.isdecimal() and len(key) < 19]
        return list(field.queryset.filter(pk__in=numbers)) if numbers else []

    def _doomed(self, model: type[models.Model]) -> frozenset[str]:
        """Rows of another list that the sent page deletes."""
        if not self.is_bound or not issubclass(model, TrialRow):
            return frozenset()
        return self._submitted(accessor_of(model)).deleted

    def _submitted(self, accessor: str) -> Submitted:
        if accessor not in self._submitted_lists:
            self._submitted_lists[accessor] = Submitted(self.data, accessor)
        return self._submitted_lists[accessor]

    @cached_property
    def _submitted_lists(self) -> dict[str, Submitted]:
        return {}

    # Rules across rows -------------------------------------------------------------------------------------

    def clean(self) -> None:
        super().clean()
        self._refuse_silent_losses()

    def validate_unique(self) -> None:
        """Checks what may stand only once among the rows as they will be, so that two rows may swap values."""
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                self._check_claims(constraint)

    def _check_claims(self, constraint: models.UniqueConstraint) -> None:
        claimed: dict[tuple[Any, ...], str] = {}
        asked: dict[tuple[Any, ...], Any] = {}
        for form in self._staying_forms():
            if not self.claims[constraint.name](form.instance):
                continue
            key = self._key(constraint, form.instance)
            if key in claimed:
                form.add_error(None, f"{constraint.violation_error_message} See “{claimed[key]}”.")
            claimed.setdefault(key, name_of(form.instance))
            if form.has_changed():
                asked.setdefault(key, form)
        for key, other in self._claimed_elsewhere(constraint, list(asked)):
            if key in asked:
                where = "" if other.trial_id == self.instance.pk else f", in the trial {other.trial}"
                asked[key].add_error(None, f"{constraint.violation_error_message} See “{other}”{where}.")

    def _claimed_elsewhere(self, constraint: models.UniqueConstraint, keys: list[Any]) -> Iterator[tuple[Any, Any]]:
        """Rows that are not on this page and already have one of the claims."""
        wanted = [Q(**dict(zip(constraint.fields, key, strict=True))) for key in keys if None not in key]
        if not wanted:
            return
        here = [form.instance.pk for form in self.initial_forms if form.instance.pk]
        rows = self.model._default_manager.filter(constraint.condition or Q()).filter(Q(*wanted, _connector=Q.OR))
        for row in rows.exclude(pk__in=here).select_related("trial"):
            yield self._key(constraint, row), row

    def _key(self, constraint: models.UniqueConstraint, row: Any) -> tuple[Any, ...]:
        """What the constraint compares; the trial of a trial that is not saved yet is None."""
        return tuple(getattr(row, self.model._meta.get_field(name).attname) for name in constraint.fields)

    def _staying_forms(self) -> Iterator[Any]:
        """Forms of rows that will exist once the page is saved and are right in themselves."""
        for form in self.forms:
            is_row = not form.instance._state.adding or form.has_changed()
            if is_row and not form.errors and not self._is_deleted(form):
                yield form

    def _refuse_silent_losses(self) -> None:
        """Refuses to delete a row that others name: with it they would go, or lose what they say, unseen."""
        doomed = {str(form.instance.pk): form.instance for form in self._deleted_rows()}
        losses: dict[str, list[str]] = {}
        for field in naming_fields(self.model) if doomed else ():
            submitted = self._submitted(accessor_of(field.model))
            rows = field.model._default_manager.filter(**{f"{field.name}__in": doomed})
            # What was read of a row's attributes goes with it; an editor sees it beside the row.
            pairs = (rows.exclude(READ) if field.model is Statement else rows).values_list("pk", field.name)
            naming: dict[str, int] = {}
            for row, target in pairs:
                if str(target) in doomed and submitted.still_names(str(row), field.name, str(target)):
                    naming[str(target)] = naming.get(str(target), 0) + 1
            for target, total in naming.items():
                names = field.model._meta
                losses.setdefault(target, []).append(count(total, names.verbose_name, names.verbose_name_plural))
        if losses:
            raise ValidationError(
                [
                    f"“{name_of(doomed[target])}” cannot be deleted yet, because it is named by {either(named, 'and')} "
                    "of this trial. Delete those too, or let them name another."
                    for target, named in losses.items()
                ]
            )

    def _deleted_rows(self) -> list[Any]:
        forms: list[Any] = self.initial_forms
        return [form for form in forms if self._is_deleted(form) and not form.is_gone]

    def _is_deleted(self, form: Any) -> bool:
        return bool(self.can_delete and self._should_delete_form(form))  # type: ignore[attr-defined]

    # Saving ------------------------------------------------------------------------------------------------

    def save(self, commit: bool = True) -> Any:
        if commit and self.parked:
            leaving = [form.instance.pk for form in self.initial_forms if form.has_changed() and form.instance.pk]
            self.model._default_manager.filter(pk__in=leaving).update(**self.parked)
        self._place_last()
        return super().save(commit)

    save.alters_data = True  # type: ignore[attr-defined]

    def _place_last(self) -> None:
        """Rows without a place go to the end of the list, in the order in which they stand on the page."""
        placeless = [form.instance for form in self._staying_forms() if form.instance.order is None]
        if not placeless:
            return
        scope = self.order_scope
        rows = self.model._default_manager.filter(trial=self.instance).order_by()
        taken = {row[0]: row[1] for row in rows.values_list(scope or "trial").annotate(Max("order"))}
        for form in self._staying_forms():
            key = getattr(form.instance, scope or "trial_id")
            taken[key] = max(taken.get(key) or 0, form.instance.order or 0)
        for row in placeless:
            key = getattr(row, scope or "trial_id")
            taken[key] += 1
            row.order = taken[key]


def accessor_of(model: type[models.Model]) -> str:
    """The name of a list: `sites` for Site."""
    return str(model._meta.get_field("trial").remote_field.get_accessor_name())  # type: ignore[union-attr]


def naming_fields(model: type[models.Model]) -> list[Any]:
    """Fields of the trial's lists that link to a row of `model`."""
    links: list[Any] = [field for field in model._meta.get_fields(include_hidden=True) if field.auto_created]
    return [link.field for link in links if not link.concrete and issubclass(link.related_model, TrialRow)]
