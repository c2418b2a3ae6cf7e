"""The audit log: who signed in or failed to, who changed what anybody may do. Nobody changes the log."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from trials.accounts.roles import Role
from trials.models import AuditEntry
from trials.tests.accounts.making import CODE, PASSWORD, code_of, person, sign_in, with_phone

HERE: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.1"}

pytestmark = pytest.mark.django_db


def entries():
    """(kind, who, about whom, from where, details), the oldest first."""
    rows = AuditEntry.objects.order_by("pk")
    return list(rows.values_list("kind", "by_name", "about", "address", "details"))


@pytest.fixture
def boss():
    """A superuser's browser; what signing in left in the log is gone."""
    client = Client(**HERE)
    client.force_login(person("boss", is_superuser=True))
    AuditEntry.objects.all().delete()
    return client


def test_signing_in_failing_and_signing_out_are_noted():
    person("ada")
    client = Client(**HERE)
    sign_in(client, "ada", "wrong")
    sign_in(client, "nobody-of-that-name")
    sign_in(client, "ada")
    client.post("/admin/logout/")
    assert entries() == [
        ("REFUSED", "", "ada", "192.0.2.1", ""),
        ("REFUSED", "", "", "192.0.2.1", ""),
        ("SIGNED_IN", "ada", "", "192.0.2.1", ""),
        ("SIGNED_OUT", "ada", "", "192.0.2.1", ""),
    ]


def test_a_lockout_is_noted_once_and_fills_no_log():
    person("ada")
    for _ in range(9):
        sign_in(Client(**HERE), "ada", "wrong")
    assert [kind for kind, *_ in entries()] == ["REFUSED"] * 5 + ["LOCKED_OUT"]
    assert entries()[-1] == ("LOCKED_OUT", "", "ada", "192.0.2.1", "For 30 minutes.")


def test_the_second_factor_is_noted(roles):
    with_phone(person("ada", Role.EDITOR))
    client = Client(**HERE)
    sign_in(client, "ada")
    client.post(CODE, {"code": "nonsense"})
    client.post(CODE, {"code": code_of()})
    client.post("/admin/second-factor/codes/")
    assert entries() == [
        ("PASSWORD_ACCEPTED", "ada", "", "192.0.2.1", ""),
        ("CODE_REFUSED", "", "ada", "192.0.2.1", ""),
        ("SIGNED_IN", "ada", "", "192.0.2.1", "With a code of the phone."),
        ("CODES_MADE", "ada", "ada", "192.0.2.1", ""),
    ]


def test_a_new_account_is_noted_with_its_role_and_may_sign_in(boss, roles):
    sent = {"username": "ben", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    editors = Group.objects.get(name="Editor")
    assert boss.post("/admin/auth/user/add/", {**sent, "groups": [editors.pk]}).status_code == 302
    assert entries() == [("ACCOUNT_ADDED", "boss", "ben", "192.0.2.1", "Groups added: Editor.")]
    assert User.objects.get(username="ben").is_staff


def form_of(user, **changed):
    """What the form of an account sends."""
    joined = timezone.localtime(user.date_joined)
    sent = {
        "username": user.username,
        "email": user.email,
        "is_active": "on" if user.is_active else "",
        "is_staff": "on",
        "groups": [group.pk for group in user.groups.all()],
        "date_joined_0": f"{joined:%Y-%m-%d}",
        "date_joined_1": f"{joined:%H:%M:%S}",
    } | changed
    return {name: value for name, value in sent.items() if value != ""}


def test_another_role_and_a_blocked_account_are_noted(boss, roles):
    ben = person("ben", Role.EDITOR)
    keepers = Group.objects.get(name="Vocabulary keeper")
    sent = form_of(ben, groups=[keepers.pk], is_active="", email="ben@example.org")
    assert boss.post(f"/admin/auth/user/{ben.pk}/change/", sent).status_code == 302
    assert entries() == [
        (
            "ACCOUNT_CHANGED",
            "boss",
            "ben",
            "192.0.2.1",
            "Email address changed. Active: True → False. Groups added: Vocabulary keeper. Groups removed: Editor.",
        )
    ]


def test_passwords_are_noted_as_changed_and_never_told(boss):
    ben = person("ben")
    new = {"password1": "some new pass phrase", "password2": "some new pass phrase", "usable_password": "true"}
    own = {"old_password": PASSWORD, "new_password1": "some new pass phrase", "new_password2": "some new pass phrase"}
    assert boss.post(f"/admin/auth/user/{ben.pk}/password/", new).status_code == 302
    assert boss.post("/admin/password_change/", own).status_code == 302
    assert entries() == [
        ("PASSWORD_CHANGED", "boss", "ben", "192.0.2.1", ""),
        ("PASSWORD_CHANGED", "boss", "boss", "192.0.2.1", ""),
    ]


def test_a_second_factor_that_an_administrator_takes_away_is_noted(boss):
    ben = with_phone(person("ben"))
    address = f"/admin/auth/user/{ben.pk}/second-factor/"
    assert "Take it away" in boss.get(address).content.decode()
    assert boss.post(address).status_code == 302
    assert boss.post(address).status_code == 302
    assert entries() == [("DEVICE_RESET", "boss", "ben", "192.0.2.1", "")]


def test_groups_and_deletions_are_noted(boss):
    permission = Permission.objects.get(codename="view_trial")
    assert boss.post("/admin/auth/group/add/", {"name": "Guests", "permissions": [permission.pk]}).status_code == 302
    guests = Group.objects.get(name="Guests")
    assert boss.post(f"/admin/auth/group/{guests.pk}/change/", {"name": "Visitors"}).status_code == 302
    assert boss.post(f"/admin/auth/group/{guests.pk}/delete/", {"post": "yes"}).status_code == 302
    action = {"action": "delete_selected", "_selected_action": [person("ben").pk], "post": "yes"}
    assert boss.post("/admin/auth/user/", action).status_code == 302
    name = str(permission)
    assert entries() == [
        ("GROUP_ADDED", "boss", "Guests", "192.0.2.1", f"Permissions added: {name}."),
        ("GROUP_CHANGED", "boss", "Visitors", "192.0.2.1", f"Name: Guests → Visitors. Permissions removed: {name}."),
        ("GROUP_DELETED", "boss", "Visitors", "192.0.2.1", ""),
        ("ACCOUNT_DELETED", "boss", "ben", "192.0.2.1", ""),
    ]


def test_an_entry_outlives_its_account_and_nobody_changes_it(boss):
    ben = person("ben")
    sign_in(Client(**HERE), "ben")
    ben.delete()
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.by_name) == (None, "ben")
    page = boss.get(f"/admin/trials/auditentry/{entry.pk}/change/").content.decode()
    assert "Signed in" in page
    assert 'name="_save"' not in page
    assert boss.post(f"/admin/trials/auditentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert boss.post(f"/admin/trials/auditentry/{entry.pk}/change/", {"about": "x"}).status_code == 403


def test_old_entries_go_when_their_time_is_over(settings, capsys):
    settings.AUDIT_DAYS = 30
    sign_in(Client(), "nobody")
    sign_in(Client(), "nobody")
    AuditEntry.objects.filter(pk=AuditEntry.objects.earliest("pk").pk).update(on=timezone.now() - dt.timedelta(days=31))
    call_command("tidy_accounts")
    assert capsys.readouterr().out == "1 old entry of the audit log removed.\n"
    assert AuditEntry.objects.count() == 1


def test_the_shell_lets_somebody_try_again(capsys):
    person("ada")
    for _ in range(5):
        sign_in(Client(**HERE), "ada", "wrong")
    call_command("unlock_sign_in", "ada")
    assert sign_in(Client(**HERE), "ada").status_code == 302
    assert [kind for kind, *_ in entries()][-2:] == ["UNLOCKED", "SIGNED_IN"]
