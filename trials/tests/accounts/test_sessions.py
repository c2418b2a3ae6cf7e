"""Sessions end: after a while without a visit, after a day, with the browser, and with a new password."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from trials.tests.accounts.making import PASSWORD, is_in, person, sign_in

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
NEW = "another long pass phrase"

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    person("ada", is_superuser=True)
    return Client()


def test_a_session_ends_when_nobody_was_here_for_eight_hours(client):
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "ada")
        for hours in (7, 7, 7):
            clock.shift(dt.timedelta(hours=hours))
            assert is_in(client)
        clock.shift(dt.timedelta(hours=2))
        assert is_in(client)
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "ada")
        clock.shift(dt.timedelta(hours=8, minutes=1))
        assert not is_in(client)
        clock.shift(-dt.timedelta(hours=8))
        assert not is_in(client)


def test_a_session_ends_a_day_after_signing_in_however_busy(client):
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "ada")
        for _ in range(24):
            clock.shift(dt.timedelta(hours=1))
            assert is_in(client)
        clock.shift(dt.timedelta(minutes=1))
        assert not is_in(client)


def test_its_cookie_goes_with_the_browser_and_no_script_reads_it(client):
    sign_in(client, "ada")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"], cookie["httponly"], cookie["samesite"]) == ("", "", True, "Lax")


def test_a_new_password_ends_the_other_sessions(client):
    other = Client()
    sign_in(client, "ada")
    sign_in(other, "ada")
    sent = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/admin/password_change/", sent).status_code == 302
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize("password", ["elevenchars", "password1234", "ada.lovelace@", "123456789012"])
def test_a_password_that_can_be_guessed_is_refused(client, password):
    sign_in(client, "ada")
    person("ada.lovelace", email="ada.lovelace@example.org")
    sent = {"username": "ada.lovelac", "usable_password": "true", "password1": password, "password2": password}
    page = client.post("/admin/auth/user/add/", sent)
    assert page.context["adminform"].form.errors.keys() == {"password2"}
