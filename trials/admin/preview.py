"""What a bulk action would change, shown before anything is written: each value, old and new, then yes or no.

An action of a list hands its selection and a `Bulk` to `previewed`. The first time that shows the page; confirmed, the
same is worked out again with all of it held, and carried out only if it is what the page showed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from trials.phrases import count

# So many values are shown; more help nobody to decide.
SHOWN = 50
CHANGED = (
    "Nothing was changed: what you looked at is not so any more. Below is what would change now; look at it, then "
    "confirm again."
)


@dataclass(frozen=True)
class Change:
    """One value of a record that would change. `key` is the record's number."""

    key: int
    name: str
    url: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Plan:
    """What an action would do: the values that change, and how many records do not, each number with the reason.

    `left` counts the records that would change but are too many for one request. `data` is for who carries it out.
    """

    changes: tuple[Change, ...] = ()
    unchanged: tuple[tuple[int, str], ...] = ()
    left: int = 0
    data: Any = field(default=None, compare=False, repr=False)

    @property
    def records(self) -> list[int]:
        """The numbers of the records that change, each once."""
        return list(dict.fromkeys(change.key for change in self.changes))

    @property
    def seen(self) -> str:
        """Stands for all of it: another plan has another."""
        return hashlib.sha256(repr((self.changes, self.unchanged, self.left)).encode()).hexdigest()

    @property
    def shown(self) -> Sequence[Change]:
        return self.changes[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.changes) - SHOWN)


@dataclass(frozen=True)
class Bulk:
    """A bulk action: its words, what it would do, and doing it.

    `plan` gets the selection and what `form` asked (nothing without one); with `hold`, nobody else may write what is
    planned until the transaction ends. `carry_out` does what was planned and tells the editor. `most` is how many
    records one request changes, `notes` what else has to be known before.
    """

    title: str
    button: str
    plan: Callable[[QuerySet[Any], Any, bool], Plan]
    carry_out: Callable[[Plan], None]
    most: int
    notes: tuple[str, ...] = ()
    form: Callable[..., forms.Form] | None = None


def previewed(modeladmin: Any, request: HttpRequest, selection: QuerySet[Any], bulk: Bulk) -> HttpResponse | None:
    """The page of a bulk action; None once it is carried out. Called inside the transaction of the list's POST."""
    form = _form(request, bulk)
    if form is not None and not form.is_valid():
        return _page(modeladmin, request, bulk, None, form)
    asked = form.cleaned_data if form is not None else {}
    is_confirmed = "confirmed" in request.POST
    plan = bulk.plan(selection, asked, is_confirmed)
    if is_confirmed and plan.changes and request.POST.get("seen") == plan.seen:
        bulk.carry_out(plan)
        if plan.left:
            text = f"{count(plan.left, 'more record')} would change too: one request changes at most {bulk.most}."
            modeladmin.message_user(request, f"{text} Select them again for the next.", messages.WARNING)
        return None
    if is_confirmed:
        modeladmin.message_user(request, CHANGED, messages.WARNING)
    return _page(modeladmin, request, bulk, plan, form)


def _form(request: HttpRequest, bulk: Bulk) -> forms.Form | None:
    if bulk.form is None:
        return None
    return bulk.form(request.POST) if "asked" in request.POST else bulk.form()


def _page(
    modeladmin: Any, request: HttpRequest, bulk: Bulk, plan: Plan | None, form: forms.Form | None
) -> HttpResponse:
    context = modeladmin.admin_site.each_context(request) | {
        "title": bulk.title,
        "opts": modeladmin.opts,
        "bulk": bulk,
        "plan": plan,
        "form": form,
        "sent": _selection(request),
        "media": form.media if form is not None else "",
    }
    return TemplateResponse(request, "admin/trials/preview.html", context)


def _selection(request: HttpRequest) -> list[tuple[str, str]]:
    """What was selected, and which action, as the list sent them: to be sent again."""
    action = request.POST.getlist("action")
    try:
        chosen = action[int(request.POST.get("index", 0))]
    except (ValueError, IndexError):
        chosen = action[0] if action else ""
    keys = [(ACTION_CHECKBOX_NAME, key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)]
    return [("action", chosen), ("select_across", request.POST.get("select_across", "0")), *keys]
