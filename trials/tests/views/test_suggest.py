"""Suggestions as a browser gets them."""

from __future__ import annotations

import pytest

from trials.models import Trial
from trials.search.publishing import publish_all
from trials.tests.search.making import publish, trial

pytestmark = pytest.mark.django_db


def test_they_come_in_groups_by_kind(client):
    trial("a", conditions=("lupus",), title="Lupus and cells")
    publish_all()
    assert client.get("/trials/suggest/?q=lup").json() == {
        "groups": [
            {
                "kind": "Condition",
                "suggestions": [
                    {
                        "label": "Lupus",
                        "also": "",
                        "hint": "",
                        "count": 1,
                        "url": "/trials/?condition=lupus",
                    }
                ],
            },
            {
                "kind": "Trial",
                "suggestions": [
                    {
                        "label": "Lupus and cells",
                        "also": "",
                        "hint": "",
                        "count": 1,
                        "url": "/trials/a/",
                    }
                ],
            },
        ]
    }


def test_nothing_typed_suggests_nothing(client):
    assert client.get("/trials/suggest/").json() == {"groups": []}


def test_a_browser_asks_whether_they_changed_and_an_edit_changes_them(client):
    made = trial("a", conditions=("lupus",))
    publish_all()
    first = client.get("/trials/suggest/?q=lup")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/trials/suggest/?q=lup", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Trial.objects.filter(pk=made.pk).update(state="DRAFT")
    publish([made.pk])
    changed = client.get("/trials/suggest/?q=lup", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.json() == {"groups": []}


def test_they_set_no_cookie_are_only_read_and_are_kept_from_search_engines(client):
    assert not client.get("/trials/suggest/?q=lup").cookies
    assert client.post("/trials/suggest/", {"q": "lup"}).status_code == 405
    assert "Disallow: /trials/suggest/\n" in client.get("/robots.txt").content.decode()
