"""Every address of the admin, opened and sent to by every role and by nobody: who may is declared here.

A page that somebody adds fails this test until it stands in `PAGES`, a model until it stands in `MODELS`, an action
until it stands in `ACTIONS`. Letters: N anybody signed in, R reader, E editor, K vocabulary keeper, A administrator,
* even nobody, - no one at all, . nothing is ever sent there. Whoever holds a role may what the roles before it may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver

from trials.accounts.roles import Role, settle_roles
from trials.accounts.site import CatalogueSite
from trials.models import AuditEntry, Trial
from trials.tests.accounts.making import person

pytestmark = pytest.mark.page

# For each model on the site: who may look at it, add, change, delete.
MODELS = {
    "trials.area": "RKKK",
    "trials.auditentry": "A---",
    "trials.celltype": "RKKK",
    "trials.change": "R---",
    "trials.condition": "RKKK",
    "trials.cue": "RKKK",
    "trials.donorrelation": "RKKK",
    "trials.edit": "R---",
    "trials.flag": "R-E-",
    "trials.formerslug": "R---",
    "trials.importrun": "R---",
    "trials.job": "RE--",
    "trials.knownproduct": "RKKK",
    "trials.lock": "R--E",
    "trials.matchdecision": "RE-E",
    "trials.matchsuggestion": "R---",
    "trials.organisation": "RKKK",
    "trials.rawrecord": "R---",
    "trials.route": "RKKK",
    "trials.scheduledfetch": "REEE",
    "trials.target": "RKKK",
    "trials.tissuesource": "RKKK",
    "trials.trial": "REEE",
    "trials.trialcondition": "R---",
    "auth.group": "AAAA",
    "auth.user": "AAAA",
}
# The pages of every model: which of its four letters is asked for when it is opened, and when something is sent.
OF_EVERY_MODEL: dict[str, tuple[int, int | None]] = {
    "": (0, 0),
    "add/": (1, 1),
    "<path:object_id>/change/": (0, 2),
    "<path:object_id>/delete/": (3, 3),
    "<path:object_id>/history/": (0, None),
    # Of two terms or organisations one goes.
    "merge/": (3, 3),
}
# All other pages: who may open them, and who may send something.
PAGES = {
    "": "N.",
    "login/": "**",
    "logout/": "**",
    "password_change/": "NN",
    "password_change/done/": "N.",
    "autocomplete/": "R.",
    "jsi18n/": "N.",
    "r/<path:content_type_id>/<path:object_id>/": "N.",
    "^(?P<app_label>)/$": "N.",
    "(?P<url>.*)$": "N.",
    # These see for themselves whom they have before them.
    "second-factor/code/": "**",
    "second-factor/set-up/": "**",
    "second-factor/qr.svg": "*.",
    "second-factor/leave/": "**",
    "second-factor/": "N.",
    "second-factor/codes/": "NN",
    "second-factor/codes.txt": "NN",
    "auth/user/<id>/password/": "AA",
    "auth/user/<path:object_id>/second-factor/": "AA",
    "trials/rawrecord/<int:pk>/raw/": "R.",
    "trials/trial/<path:object_id>/rows/<str:name>/": "RE",
    "trials/trial/<path:object_id>/locks/": "RE",
    "trials/trial/<path:object_id>/history/<int:moment>/": "EE",
    "trials/trial/deleted/": "RE",
    "trials/trial/<int:object_id>/facts/<str:name>/<int:pk>/": "RE",
    "trials/trial/work/<slug:slug>/": "EE",
    "trials/trial/work/match/<int:pk>/": "EE",
    "trials/trial/work/word/": "RK",
    "trials/trial/export/<str:form>/": "R.",
    "trials/trial/corrections/": "EE",
    "trials/trial/corrections/left-out/": "E.",
    "trials/job/<int:pk>/again/": ".E",
    "trials/job/<int:pk>/discard/": ".E",
    "trials/job/<int:pk>/import/": ".E",
    "trials/job/<int:pk>/progress/": "R.",
}
# Actions on lists, beside deleting and merging, which ask for the letter of deleting.
ACTIONS = {
    "trials.trial": {
        **dict.fromkeys(("send_to_review", "withdraw", "add_term", "take_term", "accept"), "E"),
        "publish": "K",
    },
    "trials.lock": {"give_back": "E"},
    "trials.flag": {"dismiss_selected": "E", "reopen_selected": "E"},
    "trials.scheduledfetch": {"run_now": "E"},
    "trials.matchsuggestion": {"the_same": "E", "not_the_same": "E"},
}
# What stands in an address, where it is not the number of an object, and what is asked there.
PARTS = {"name": "products", "app_label": "trials", "url": "nowhere", "moment": "1", "slug": "conflicts", "form": "csv"}
ASKED = {"autocomplete/": "?app_label=trials&model_name=dose&field_name=route"}

RANKS = {"*": 0, "N": 1, "R": 2, "E": 3, "K": 4, "A": 5, "-": 9}
WHO = {"nobody": 0, "half-way": 0, "newcomer": 1, "reader": 2, "editor": 3, "keeper": 4, "administrator": 5, "super": 6}


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    """The address of each page as it is declared; the list of apps is left open, because it grows."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield re.sub(r"(?<=\(\?P<app_label>)[^)]+", "", route)


ROUTES = sorted(set(routes(admin.site.get_urls())))


def needed(route: str) -> str | None:
    """The two letters of a page, for opening it and for sending; None for one that nobody decided on."""
    if route in PAGES:
        return PAGES[route]
    app, _, rest = route.partition("/")
    model, _, page = rest.partition("/")
    letters = MODELS.get(f"{app}.{model}")
    if letters is None:
        return None
    if page == "<path:object_id>/":
        # An old address of a form, which only leads to the new one.
        return "N."
    if page not in OF_EVERY_MODEL:
        return None
    opened, sent = OF_EVERY_MODEL[page]
    return letters[opened] + ("." if sent is None else letters[sent])


def test_somebody_decided_on_every_page_and_every_model():
    assert [route for route in ROUTES if needed(route) is None] == []
    assert {model._meta.label_lower for model in admin.site._registry} - set(MODELS) == set()


@pytest.fixture
def things(everything) -> dict[str, Any]:
    """One object of each model on the site, by its label."""
    settle_roles()
    found = {model._meta.label_lower: thing for model, thing in everything.items()}
    found["auth.group"] = Group.objects.create(name="Guests")
    found["auth.user"] = person("somebody")
    return found


def addresses(things: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(route, address) of every page."""
    for route in ROUTES:
        app, _, rest = route.partition("/")
        thing = things.get(f"{app}.{rest.partition('/')[0]}", things["trials.trial"])

        def part(found: re.Match[str], thing: Any = thing) -> str:
            return PARTS.get(found[1], str(thing.pk))

        filled = re.sub(r"\(\?P<(\w+)>[^)]*\)", part, route.strip("^$"))
        yield route, "/admin/" + re.sub(r"<(?:\w+:)?(\w+)>", part, filled) + ASKED.get(route, "")


def account(who: str) -> Any:
    if who == "nobody":
        return None
    if who in ("super", "half-way"):
        return person(who, is_superuser=True)
    return person(who, Role(WHO[who] - 1) if WHO[who] > 1 else None)


def may(answer: Any) -> bool:
    """Whether the page was there for who asked: not refused, and not the way to the sign-in page."""
    away = answer.status_code == 302 and answer["Location"].startswith("/admin/login/?next=")
    assert answer.status_code < 500
    return answer.status_code != 403 and not away


@pytest.fixture
def plain(settings, monkeypatch) -> None:
    """What a page looks like is not asked here, and takes nearly all of the time."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    monkeypatch.setattr("trials.views.errors.render_to_string", lambda *args: "")
    monkeypatch.setattr(CatalogueSite, "get_app_list", lambda *args: [])
    who = ("sessions", "auth", "otp", "accounts", "messages", "outage")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if any(part in name for part in who)]


@pytest.mark.parametrize("who", WHO)
def test_each_page_is_for_who_it_is_meant_for(things, settings, plain, who):
    settings.SECOND_FACTOR = "required" if who == "half-way" else "optional"
    client, user = Client(), account(who)
    wrong = []
    if user:
        client.force_login(user)
    for route, address in addresses(things):
        for method, letter in zip(("get", "post"), needed(route) or "", strict=True):
            if letter != "." and may(getattr(client, method)(address)) != (WHO[who] >= RANKS[letter]):
                wrong.append((method, route))
        if user and route in ("logout/", "second-factor/leave/"):
            client.force_login(user)
    assert wrong == []
    assert Trial.objects.count() == 1


@pytest.mark.parametrize("who", [who for who in WHO if WHO[who]])
def test_each_action_on_a_list_is_for_who_it_is_meant_for(things, who):
    request = RequestFactory().get("/")
    request.user = account(who)
    for model, model_admin in admin.site._registry.items():
        label = model._meta.label_lower
        letters = dict.fromkeys(("delete_selected", "merge"), MODELS[label][3]) | ACTIONS.get(label, {})
        offered = set(model_admin.get_actions(request)) if model_admin.has_view_permission(request) else set()
        assert offered <= set(letters), "Nobody decided who may do this: add it to ACTIONS."
        allowed = {name for name, letter in letters.items() if WHO[who] >= RANKS[letter]}
        own = {action if isinstance(action, str) else action.__name__ for action in model_admin.actions or ()}
        assert own & allowed <= offered <= allowed, label


def test_an_action_that_is_not_offered_is_not_done(things):
    client = Client()
    client.force_login(account("reader"))
    trial = things["trials.trial"]
    client.post("/admin/trials/trial/", {"action": "withdraw", "_selected_action": [trial.pk]})
    trial.refresh_from_db()
    assert trial.state == "PUBLISHED"


def test_an_administrator_can_neither_become_a_superuser_nor_touch_one(things):
    client, boss = Client(), person("boss", is_superuser=True)
    ann = account("administrator")
    client.force_login(ann)
    for page in ("password", "delete", "second-factor"):
        assert client.post(f"/admin/auth/user/{boss.pk}/{page}/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/auth/user/{boss.pk}/change/", {"is_superuser": "on"}).status_code == 403
    page = client.get(f"/admin/auth/user/{ann.pk}/change/").content.decode()
    assert 'name="groups"' in page
    assert 'name="is_superuser"' not in page
    assert 'name="user_permissions"' not in page
    # Nor does anybody delete the account that they use.
    assert client.post(f"/admin/auth/user/{ann.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_account_that_did_something_is_not_deleted_but_closed(things):
    client, boss, ann = Client(), person("boss", is_superuser=True), person("ann")
    client.force_login(boss)
    entry = LogEntry.objects.create(user=ann, action_flag=2, object_repr="A trial", change_message="Changed Title.")
    chosen = {"action": "delete_selected", "_selected_action": [ann.pk], "post": "yes"}
    for page in (
        client.post(f"/admin/auth/user/{ann.pk}/delete/", {"post": "yes"}),
        client.post("/admin/auth/user/", chosen),
    ):
        assert "take “Active” away instead" in page.content.decode()
        assert "ann is named in the log" in page.content.decode()
    assert LogEntry.objects.filter(pk=entry.pk, user=ann).exists()
    entry.delete()
    client.post(f"/admin/auth/user/{ann.pk}/delete/", {"post": "yes"})
    assert not type(ann).objects.filter(pk=ann.pk).exists()


def test_the_four_roles_are_not_edited_by_hand(things):
    client = Client()
    client.force_login(account("super"))
    for group in Group.objects.exclude(name="Guests"):
        assert client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_second_factor_half_way_leaves_no_trace_but_in_the_log(things, settings):
    settings.SECOND_FACTOR = "required"
    client = Client()
    client.force_login(account("half-way"))
    before = AuditEntry.objects.count()
    client.post("/admin/trials/trial/", {"action": "withdraw", "_selected_action": [things["trials.trial"].pk]})
    assert Trial.objects.get().state == "PUBLISHED"
    assert AuditEntry.objects.count() == before
