"""Which registrations are one trial: an editor's answers to suggestions, and words of their own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from trials.admin.base import CatalogueAdmin
from trials.admin.forms import CatalogueForm
from trials.admin.imports import ReadOnlyAdmin
from trials.admin.searching import among, found, trials_meant
from trials.intake.deciding import Unknown, decide, take_back
from trials.models import MatchDecision, MatchSuggestion, Registration

SAME, DIFFERENT = "the same trial", "not the same trial"


@admin.register(MatchSuggestion)
class MatchSuggestionAdmin(ReadOnlyAdmin):
    list_display = ("first_number", "first_title", "second_number", "second_title", "why")
    list_display_links = None
    list_filter = ("why",)
    list_select_related = ("first__trial", "second__trial")
    # Not looked in one by one: see `get_search_results`.
    search_fields = ("why",)
    search_help_text = "A registry number or words of a title of one of the two."
    ordering = ("pk",)
    fields = ("first_number", "first_title", "second_number", "second_title", "why")
    actions = ("the_same", "not_the_same")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[MatchSuggestion], search_term: str) -> Any:
        text, rows = search_term.replace("\x00", "").strip(), MatchSuggestion.objects.all()
        if not text:
            return queryset, False
        trials = trials_meant(text)
        parts = (rows.filter(**{f"{side}__trial__in": among(trials)}) for side in ("first", "second"))
        return found(queryset, *parts), False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("trials.add_matchdecision")

    @admin.action(description="They are the same trial", permissions=["decide"])
    def the_same(self, request: HttpRequest, suggestions: QuerySet[MatchSuggestion]) -> None:
        self._decide(request, suggestions, True)

    @admin.action(description="They are not the same trial", permissions=["decide"])
    def not_the_same(self, request: HttpRequest, suggestions: QuerySet[MatchSuggestion]) -> None:
        self._decide(request, suggestions, False)

    def _decide(self, request: HttpRequest, suggestions: QuerySet[MatchSuggestion], same: bool) -> None:
        """One word after the other, each for itself: a later one may fall away or fail through an earlier one."""
        for suggestion in list(suggestions.select_related("first", "second")):
            numbers = (suggestion.first.number, suggestion.second.number)
            try:
                decision = decide(*numbers, same, request.user)
            except Unknown as error:
                self.message_user(request, str(error), messages.ERROR)
                continue
            words = f"{decision.first} and {decision.second} are {SAME if same else DIFFERENT}."
            LogEntry.objects.log_actions(request.user.pk, [decision], ADDITION, change_message=words)  # type: ignore[arg-type]
            self.message_user(request, words, messages.SUCCESS)

    @admin.display(description="Number", ordering="first__number")
    def first_number(self, row: MatchSuggestion) -> str:
        return _number(row.first)

    @admin.display(description="Trial")
    def first_title(self, row: MatchSuggestion) -> str:
        return row.first.trial.title

    @admin.display(description="Other number", ordering="second__number")
    def second_number(self, row: MatchSuggestion) -> str:
        return _number(row.second)

    @admin.display(description="Other trial")
    def second_title(self, row: MatchSuggestion) -> str:
        return row.second.trial.title


def _number(registration: Registration) -> str:
    address = reverse("admin:trials_trial_change", args=[registration.trial_id])
    return format_html('<a href="{}">{}</a>', address, registration.number or registration.document)


class DecisionForm(CatalogueForm):
    """Two numbers in either order, and whether they are one trial. Saving takes effect at once."""

    same = forms.TypedChoiceField(
        label="They are",
        choices=[("yes", SAME), ("no", DIFFERENT)],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, second = cleaned.get("first"), cleaned.get("second")
        if first and second:
            cleaned["first"], cleaned["second"] = sorted((first, second))
        return cleaned

    def validate_unique(self) -> None:
        """A later word on the same two numbers replaces the earlier one."""

    def _post_clean(self) -> None:
        """The rules of the table are kept by `decide`."""
        if not self.errors:
            self.instance.first, self.instance.second = self.cleaned_data["first"], self.cleaned_data["second"]
            self.instance.same, self.instance.reason = self.cleaned_data["same"], self.cleaned_data["reason"]


@admin.register(MatchDecision)
class MatchDecisionAdmin(CatalogueAdmin):
    """Words are added and taken back, never edited: what follows from them would not be undone."""

    form = DecisionForm
    list_display = ("first", "second", "words", "by", "on", "reason")
    list_filter = ("same",)
    list_select_related = ("by",)
    search_fields = ("first", "second", "reason")
    ordering = ("-on",)
    fields = ("first", "second", "same", "reason")
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Are", ordering="same", boolean=False)
    def words(self, decision: MatchDecision) -> str:
        return SAME if decision.same else DIFFERENT

    def save_model(self, request: HttpRequest, obj: MatchDecision, form: Any, change: bool) -> None:
        try:
            made = decide(obj.first, obj.second, obj.same, request.user, obj.reason)
        except Unknown as error:
            # Shown in the form, like what the database refuses.
            raise ValidationError(str(error)) from None
        obj.pk, obj._state.adding = made.pk, False

    def delete_model(self, request: HttpRequest, obj: MatchDecision) -> None:
        take_back(obj)
