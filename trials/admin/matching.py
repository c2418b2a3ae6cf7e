"""Which registrations are one trial: an editor's answers to suggestions, and words of their own."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from trials.admin.base import CatalogueAdmin
from trials.admin.forms import CatalogueForm
from trials.admin.imports import ReadOnlyAdmin
from trials.admin.logged import logged
from trials.admin.preview import Bulk, Change, Plan, previewed
from trials.admin.searching import among, found, trials_meant
from trials.intake.deciding import Unknown, decide, take_back
from trials.models import MatchDecision, MatchSuggestion, Registration

SAME, DIFFERENT = "the same trial", "not the same trial"
# How many suggestions one request answers: joining trials reads their records anew.
MOST_DECIDED = 50
JOINED = (
    "The registrations come together on one trial, whose address the other’s leads to. Your word outweighs what the "
    "records say, and can be taken back under “Match decisions”."
)
PARTED = "They are not suggested again. Your word can be taken back under “Match decisions”."


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

    @admin.action(description="They are the same trial…", permissions=["decide"])
    def the_same(self, request: HttpRequest, suggestions: QuerySet[MatchSuggestion]) -> HttpResponse | None:
        return self._decide(request, suggestions, True)

    @admin.action(description="They are not the same trial…", permissions=["decide"])
    def not_the_same(self, request: HttpRequest, suggestions: QuerySet[MatchSuggestion]) -> HttpResponse | None:
        return self._decide(request, suggestions, False)

    def _decide(self, request: HttpRequest, suggestions: QuerySet[MatchSuggestion], same: bool) -> HttpResponse | None:
        bulk = Bulk(
            title=f"They are {SAME if same else DIFFERENT}",
            button="Say so",
            plan=partial(_plan, same=same),
            carry_out=partial(self._decided, request, same),
            most=MOST_DECIDED,
            notes=(JOINED if same else PARTED,),
        )
        return previewed(self, request, suggestions, bulk)

    def _decided(self, request: HttpRequest, same: bool, plan: Plan) -> None:
        """One word after the other, each for itself: a later one may fall away or fail through an earlier one."""
        for first, second in plan.data:
            try:
                decision = decide(first, second, same, request.user)
            except Unknown as error:
                self.message_user(request, str(error), messages.ERROR)
                continue
            words = f"{decision.first} and {decision.second} are {SAME if same else DIFFERENT}."
            logged(request, [decision], words, ADDITION)
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


def _plan(suggestions: QuerySet[MatchSuggestion], asked: Any, hold: bool, same: bool) -> Plan:
    total = suggestions.count()
    rows = list(suggestions.select_related("first__trial", "second__trial").order_by("pk")[:MOST_DECIDED])
    changes = tuple(_change(row, same) for row in rows)
    return Plan(changes, (), total - len(rows), data=[(row.first.number, row.second.number) for row in rows])


def _change(row: MatchSuggestion, same: bool) -> Change:
    now = f"{row.first.trial}\n{row.second.trial}"
    if row.first.trial_id == row.second.trial_id:
        now = str(row.first.trial)
    then = "one trial, with the registrations of both" if same else "two trials, each with its own registration"
    address = reverse("admin:trials_matchsuggestion_change", args=[row.pk])
    return Change(row.pk, f"{row.first.number} and {row.second.number}", address, "Trials", now, then)


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
        take_back(obj, request.user)
