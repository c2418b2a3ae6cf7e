"""What does not fit inside records: a list of it, and an editor's word that something is right as it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from trials.admin.base import CatalogueAdmin
from trials.admin.forms import CatalogueForm
from trials.admin.logged import logged
from trials.intake.flagging import LONGEST_REASON, dismiss, reopen
from trials.models import Flag
from trials.models.choices import FlagOrigin
from trials.phrases import count
from trials.quality.rules import label_of

# Flags that the page which asks for one reason names; all selected ones are dismissed.
NAMED = 20


class RuleFilter(admin.SimpleListFilter):
    """The rules of which some flag stands, and what people wrote under names of their own."""

    title, parameter_name = "rule", "rule__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        used = Flag.objects.order_by("rule").values_list("rule", flat=True).distinct()
        return sorted(((rule, label_of(rule)) for rule in used), key=lambda pair: pair[1].casefold())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(rule=self.value()) if self.value() else queryset


class OpenFilter(admin.SimpleListFilter):
    """Open ones unless others are asked for: they are what needs somebody."""

    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("dismissed", "Dismissed"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        for value, label in ((None, "Open"), *self.lookup_choices):
            query = changelist.get_query_string({self.parameter_name: value} if value else {}, [self.parameter_name])
            yield {"selected": self.value() == value, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.exclude(dismissed="") if self.value() == "dismissed" else queryset.filter(dismissed="")


class ReasonForm(forms.Form):
    """One reason for all selected flags."""

    reason = forms.CharField(
        label="Why they are right as they stand",
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class FlagForm(CatalogueForm):
    """The reason alone can be written: with one the flag is dismissed, without it is open again."""

    class Meta:
        labels = {"dismissed": "Dismissed because"}
        help_texts = {
            "dismissed": "Why the record is right as it stands. The flag then leaves the public page; it comes back "
            "when what it is about changes. Emptied, it is open again."
        }


@admin.register(Flag)
class FlagAdmin(CatalogueAdmin):
    form = FlagForm
    list_display = ("rule_name", "severity", "sentence", "trial_link", "found_by", "state")
    list_display_links = ("rule_name",)
    list_filter = (OpenFilter, RuleFilter, "severity", "origin")
    list_select_related = ("trial",)
    search_fields = ("trial__slug", "trial__title", "sentence")
    search_help_text = "Address or title of the trial, or words of the sentence."
    ordering = ("-pk",)
    fields = (
        "trial_link", "rule_name", "severity", "sentence", "first_place", "second_place", "found_by", "since",
        "dismissed", "dismissed_by", "dismissed_on",
    )  # fmt: skip
    actions = ("dismiss_selected", "reopen_selected")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("trials.dismiss_flag"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name != "dismissed")

    # What the list shows -----------------------------------------------------------------------------------------

    @admin.display(description="Rule", ordering="rule")
    def rule_name(self, flag: Flag) -> str:
        return label_of(flag.rule)

    @admin.display(description="Trial", ordering="trial__slug")
    def trial_link(self, flag: Flag) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:trials_trial_change", args=[flag.trial_id]), flag.trial
        )

    @admin.display(description="Found by", ordering="origin")
    def found_by(self, flag: Flag) -> str:
        return "A rule" if flag.origin == FlagOrigin.RULE else "Hand"

    @admin.display(description="State", ordering="dismissed")
    def state(self, flag: Flag) -> str:
        return "Open" if flag.is_open else f"Dismissed: {flag.dismissed}"

    # Dismissing --------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Flag, form: Any, change: bool) -> None:
        if "dismissed" not in form.changed_data:
            return
        reason = form.cleaned_data["dismissed"]
        # Another reason for one that is dismissed already is a new word on it.
        moved = reopen([obj.pk], request.user) if form.initial["dismissed"] else []
        moved = dismiss([obj.pk], reason, request.user) if reason.strip() else moved
        if not moved:
            raise ValidationError("This flag is gone, or somebody was faster: look at the list again.")

    @admin.action(description="Dismiss the selected flags, for one reason", permissions=["change"])
    def dismiss_selected(self, request: HttpRequest, flags: QuerySet[Flag]) -> TemplateResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            done = dismiss([flag.pk for flag in flags], form.cleaned_data["reason"], request.user)
            self._tell(request, done, f"Dismissed: {form.cleaned_data['reason']}", "dismissed")
            return None
        rows = flags.filter(dismissed="").select_related("trial")
        total = rows.count()
        if not total:
            self.message_user(request, "None of the selected flags is open.", messages.WARNING)
            return None
        context = self.admin_site.each_context(request) | {
            "title": f"Dismiss {count(total, 'flag')}",
            "opts": self.model._meta,
            "form": form,
            "flags": rows[:NAMED],
            "more": max(0, total - NAMED),
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/trials/flag/dismiss.html", context)

    @admin.action(description="Open the selected flags again", permissions=["change"])
    def reopen_selected(self, request: HttpRequest, flags: QuerySet[Flag]) -> None:
        self._tell(request, reopen([flag.pk for flag in flags], request.user), "Opened again.", "opened again")

    def _tell(self, request: HttpRequest, flags: list[Flag], words: str, done: str) -> None:
        logged(request, flags, words)
        verb = "was" if len(flags) == 1 else "were"
        self.message_user(request, f"{count(len(flags), 'flag')} {verb} {done}.", messages.SUCCESS)
