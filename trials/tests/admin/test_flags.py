"""The list of what does not fit, and dismissing it."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from trials.models import Edit, Flag, Trial
from trials.search.publishing import publishing, trials_changed
from trials.tests.admin.making import signed_in, superuser

pytestmark = pytest.mark.django_db

LIST = "/admin/trials/flag/"


@pytest.fixture
def flags() -> list[Flag]:
    """Two trials that recruit and list no outcomes, with a flag each; and one that was written by hand."""
    with publishing():
        for at in (1, 2):
            made = Trial.objects.create(slug=f"t{at}", title=f"Trial {at}", state="PUBLISHED", status="RECRUITING")
            trials_changed(made.pk)
        made.flags.create(order=1, rule="likely-typo", severity="NOTE", sentence="TV for IV.")
    return list(Flag.objects.order_by("rule", "trial__slug"))


@pytest.fixture
def editor() -> Client:
    return signed_in(superuser())


def slugs(client: Client, query: str) -> set[tuple[str, str]]:
    found = client.get(f"{LIST}?{query}").context["cl"].queryset
    return set(found.values_list("trial__slug", "rule"))


def test_the_list_shows_open_flags_by_rule_severity_and_state(flags, editor):
    hand, first, second = flags
    first.dismissed = "Right."
    first.save()
    assert slugs(editor, "") == {("t2", "likely-typo"), ("t2", "no-outcomes")}
    assert slugs(editor, "rule__exact=no-outcomes") == {("t2", "no-outcomes")}
    assert slugs(editor, "severity__exact=NOTE") == {("t2", "likely-typo")}
    assert slugs(editor, "state=dismissed") == {("t1", "no-outcomes")}
    assert slugs(editor, "rule__exact=no-outcomes&state=all") == {("t1", "no-outcomes"), ("t2", "no-outcomes")}
    page = editor.get(LIST).content.decode()
    assert "Recruiting, no outcomes" in page
    assert second.sentence in page
    assert hand.sentence in page


def test_one_is_dismissed_with_a_reason_and_opened_again_without(flags, editor):
    flag = flags[1]
    address = reverse("admin:trials_flag_change", args=[flag.pk])
    assert flag.sentence in editor.get(address).content.decode()
    assert editor.post(address, {"dismissed": "Listed in the protocol."}).status_code == 302
    flag.refresh_from_db()
    assert (flag.dismissed, str(flag.dismissed_by)) == ("Listed in the protocol.", "editor")
    assert "Listed in the protocol." in editor.get(address).content.decode()
    editor.post(address, {"dismissed": ""})
    flag.refresh_from_db()
    assert (flag.dismissed, flag.dismissed_by) == ("", None)
    assert Edit.objects.filter(trial=flag.trial, name="flags").count() == 2


def test_several_are_dismissed_for_one_reason_that_a_page_asks_for(flags, editor):
    chosen = {"action": "dismiss_selected", "_selected_action": [str(flag.pk) for flag in flags[1:]]}
    asked = editor.post(LIST, chosen)
    assert "Dismiss 2 flags" in asked.content.decode()
    assert Flag.objects.filter(dismissed="").count() == 3
    # Without a reason it is asked for again.
    assert "This field is required." in editor.post(LIST, chosen | {"reason": " "}).content.decode()
    told = editor.post(LIST, chosen | {"reason": "Asked the sponsors."}, follow=True).content.decode()
    assert "2 flags were dismissed." in told
    assert set(Flag.objects.exclude(dismissed="").values_list("dismissed", flat=True)) == {"Asked the sponsors."}
    editor.post(f"{LIST}?state=all", chosen | {"action": "reopen_selected"})
    assert Flag.objects.filter(dismissed="").count() == 3


def test_who_may_only_look_can_dismiss_nothing(flags):
    reader = get_user_model().objects.create_user("reader", password="a long pass phrase", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_flag"))
    client = signed_in(reader)
    assert client.get(LIST).status_code == 200
    chosen = {"action": "dismiss_selected", "_selected_action": [str(flags[1].pk)], "reason": "Because."}
    client.post(LIST, chosen)
    client.post(reverse("admin:trials_flag_change", args=[flags[1].pk]), {"dismissed": "Because."})
    assert not Flag.objects.exclude(dismissed="").exists()


def test_a_trials_form_holds_only_what_people_wrote(flags, editor):
    page = editor.get(reverse("admin:trials_trial_change", args=[flags[0].trial_id])).content.decode()
    assert "TV for IV." in page
    assert flags[2].sentence not in page
