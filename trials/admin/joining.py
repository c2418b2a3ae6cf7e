"""Merging terms or organisations that mean the same: a page that tells all that would happen, and then does it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from trials.admin.joining_words import facts_of, gains, kept_and_dropped
from trials.intake.editing import wait_for_import
from trials.intake.joining import Moved, NotJoined, hold, join, look
from trials.intake.late import MOST_PUBLISHED
from trials.models import Organisation, Sponsorship
from trials.phrases import count
from trials.search.publishing import publishing

# So many are merged at once; who selects more has hardly looked at each.
MOST_JOINED = 10
CHANGED = (
    "Nothing was merged: what you looked at has changed since. Below is what would happen now; look at it, then "
    "merge again."
)


@dataclass(frozen=True)
class Thing:
    """A term or an organisation on the page: what it is, and what moves if it goes."""

    it: Any
    facts: tuple[str, ...]
    moves: str
    trials: int


@dataclass(frozen=True)
class Plan:
    """What merging would do. `seen` stands for all of it: another plan has another."""

    stays: Thing
    goes: tuple[Thing, ...]
    moved: Moved
    gains: tuple[str, ...]
    conflicts: tuple[str, ...]
    late: int

    @property
    def things(self) -> list[Thing]:
        return sorted((self.stays, *self.goes), key=lambda thing: int(thing.it.pk))

    @property
    def moves(self) -> str:
        return in_words(self.moved)

    @property
    def seen(self) -> str:
        things = [(thing.it.pk, thing.facts, thing.moves) for thing in self.things]
        told = (self.stays.it.pk, things, self.moved, self.gains, self.conflicts)
        return hashlib.sha256(repr(told).encode()).hexdigest()


def plan_of(stays: Any, goes: Sequence[Any]) -> Plan:
    """What merging these would do: a few queries for each."""
    moved = look(goes)
    return Plan(
        stays=_thing(stays),
        goes=tuple(map(_thing, goes)),
        moved=moved,
        gains=gains(stays, goes),
        conflicts=kept_and_dropped(stays, goes),
        late=max(0, moved.trials - MOST_PUBLISHED) if isinstance(stays, Organisation) else 0,
    )


def _thing(thing: Any) -> Thing:
    moved = look([thing])
    names = count(len(thing.synonyms), "synonym") if getattr(thing, "synonyms", None) else ""
    return Thing(thing, facts_of(thing), ", ".join(filter(None, (in_words(moved), names))), moved.trials)


def in_words(moved: Moved) -> str:
    """23 trials, 2 narrower terms."""
    return ", ".join([count(moved.trials, "trial"), *(count(total, one, many) for total, one, many in moved.others)])


class JoiningAdmin(admin.ModelAdmin):
    """Adds merging to the list and to the page of each thing. Who merges changes one and deletes the others."""

    actions: Any = ("merge",)
    change_form_template = "admin/trials/joinable_change_form.html"

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @admin.action(description="Merge the selected %(verbose_name_plural)s…", permissions=["merge"])
    def merge(self, request: HttpRequest, things: QuerySet[Any]) -> HttpResponse | None:
        """Leads to the page; nothing is written here."""
        keys = sorted(things.order_by().values_list("pk", flat=True)[: MOST_JOINED + 1])
        if 2 <= len(keys) <= MOST_JOINED:
            return HttpResponseRedirect(f"{self.merge_url()}?{urlencode({'with': keys}, doseq=True)}")
        text = f"Select two {self.opts.verbose_name_plural} that mean the same, or up to {MOST_JOINED}."
        self.message_user(request, text, messages.ERROR)
        return None

    def merge_url(self) -> str:
        return reverse(f"admin:trials_{self.opts.model_name}_merge")

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        view = self.admin_site.admin_view(self.merge_view)
        return [path("merge/", view, name=f"trials_{self.opts.model_name}_merge"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        thing = kwargs.get("obj")
        if thing is not None and self.has_merge_permission(request):
            context["merge_url"] = f"{self.merge_url()}?{urlencode({'with': thing.pk})}"
        return super().render_change_form(request, context, *args, **kwargs)

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """The page (GET), or the merging of what it showed (POST)."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._show(request, self._asked(request.GET))
        try:
            with publishing():
                wait_for_import()
                return self._confirmed(request)
        except NotJoined as error:
            self.message_user(request, str(error), messages.ERROR)
        except (ProtectedError, IntegrityError, OperationalError):
            text = "Nothing was merged: somebody was writing the same things at that moment. Look again, then merge."
            self.message_user(request, text, messages.ERROR)
        return HttpResponseRedirect(reverse(f"admin:trials_{self.opts.model_name}_changelist"))

    def _confirmed(self, request: HttpRequest) -> HttpResponse:
        asked = self._asked(request.POST)
        stays = next((thing.pk for thing in asked if str(thing.pk) == request.POST.get("stays")), 0)
        things = list(hold(self.model, stays, {thing.pk for thing in asked} - {stays}).values()) if stays else []
        plan = self._plan(request.POST, things)
        if plan is None or request.POST.get("seen") != plan.seen:
            self.message_user(request, CHANGED, messages.WARNING)
            return self._show(request, things or asked, request.POST)
        kept, goes = plan.stays.it, [thing.it for thing in plan.goes]
        late = join(kept, goes, request.user)
        names = ", ".join(f"“{thing}”" for thing in goes)
        text = f"Merged {names} into “{kept}”: {plan.moves} moved."
        self.message_user(request, text, messages.SUCCESS)
        if late:
            self.message_user(request, late_cards(late), messages.WARNING)
        self.joined(request, kept)
        return HttpResponseRedirect(reverse(f"admin:trials_{self.opts.model_name}_change", args=[kept.pk]))

    def joined(self, request: HttpRequest, stays: Any) -> None:
        """What else follows from a merging, in its transaction."""

    def _asked(self, query: Any) -> list[Any]:
        """The things that are asked for, in the order of their numbers; those that there are no more are left out."""
        keys = {key for key in query.getlist("with") if key.isascii() and key.isdecimal() and len(key) < 19}
        if len(keys) > MOST_JOINED:
            return []
        return list(self.model._default_manager.filter(pk__in=keys).order_by("pk"))

    def _plan(self, query: Any, things: Sequence[Any]) -> Plan | None:
        """With the one that is said to stay, else with that which most trials name."""
        if len(things) < 2:
            return None
        chosen = [thing for thing in things if str(thing.pk) == query.get("stays")]
        stays = chosen[0] if chosen else max(things, key=lambda thing: (look([thing]).trials, -thing.pk))
        return plan_of(stays, [thing for thing in things if thing != stays])

    def _show(self, request: HttpRequest, things: Sequence[Any], query: Any = None) -> HttpResponse:
        plan = self._plan(query or request.GET, things)
        context = self.admin_site.each_context(request) | {
            "title": f"Merge {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "things": things,
            "plan": plan,
            "is_term": self.model is not Organisation,
            "form": None if plan else _picker(self, things),
            "merge_url": self.merge_url(),
        }
        context["media"] = context["form"].media if context["form"] else ""
        return TemplateResponse(request, "admin/trials/merge.html", context)


def late_cards(late: int) -> str:
    """That so many trials go on showing a former name for a while."""
    verb = "shows" if late == 1 else "show"
    return (
        f"{count(late, 'more trial')} still {verb} the former name, as writing so many cards would take too long here. "
        "The next import does it by itself; the command “manage.py prepare” does it at once."
    )


def _picker(modeladmin: Any, things: Iterable[Any]) -> forms.Form:
    """Asks for another thing to merge with, found by typing as everywhere in the admin."""
    known = [thing.pk for thing in things]
    # Django's autocomplete asks for a column that holds such things.
    column: Any = (Sponsorship if modeladmin.model is Organisation else modeladmin.model)._meta.get_field(
        "organisation" if modeladmin.model is Organisation else "parent"
    )
    field = forms.ModelChoiceField(
        modeladmin.model._default_manager.exclude(pk__in=known),
        label=f"The other {modeladmin.opts.verbose_name}",
        widget=AutocompleteSelect(column, modeladmin.admin_site),
    )
    # `with` is no name that Python takes.
    made: Any = type("Picker", (forms.Form,), {"with": field})
    return made()
