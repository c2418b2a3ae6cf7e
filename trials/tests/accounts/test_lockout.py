"""Who fails again and again is locked out for a while; a colleague never is. What one fails for is not told."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trials.accounts.tidying import tidy_accounts
from trials.tests.accounts.making import PASSWORD, is_in, person, sign_in, with_phone

HERE = {"REMOTE_ADDR": "192.0.2.1"}
THERE = {"REMOTE_ADDR": "198.51.100.7"}
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def fail(name, times, where=HERE):
    return [sign_in(Client(), name, "wrong", **where).status_code for _ in range(times)]


def test_after_five_failures_not_even_the_right_password_helps_from_there():
    person("ada")
    assert fail("ada", 5) == [200, 200, 200, 200, 429]
    page = sign_in(Client(), "ada", **HERE)
    assert page.status_code == 429
    assert "for 30 minutes" in page.content.decode()
    assert 0 < int(page["Retry-After"]) <= 1800


def test_the_right_person_signs_in_from_elsewhere_while_an_attacker_is_locked_out():
    person("ada")
    fail("ada", 12)
    elsewhere = Client()
    assert sign_in(elsewhere, "ada", **THERE).status_code == 302
    assert is_in(elsewhere)
    assert sign_in(Client(), "ada", **HERE).status_code == 429


def test_a_colleague_behind_the_same_address_still_signs_in():
    person("ada")
    person("ben")
    fail("ada", 6)
    assert sign_in(Client(), "ben", **HERE).status_code == 302


def test_a_colleague_at_the_same_address_cannot_lock_out_a_browser_that_signed_in_before(settings):
    """Neither the name nor, with many names, the whole address; the browser has tries of its own, as few as others."""
    settings.LOCKOUT_ADDRESS_FAILURES = 8
    person("ada")
    known = Client()
    sign_in(known, "ada", **HERE)
    known.post("/admin/logout/")
    fail("ada", 5)
    fail("ben", 4)
    assert sign_in(Client(), "ada", **HERE).status_code == 429
    assert [sign_in(known, "ada", "wrong", **HERE).status_code for _ in range(4)] == [200] * 4
    assert sign_in(known, "ada", **HERE).status_code == 302
    known.post("/admin/logout/")
    assert [sign_in(known, "ada", "wrong", **HERE).status_code for _ in range(5)][-1] == 429
    # It was ada's browser: for other names it is like any other.
    assert sign_in(known, "ben", **HERE).status_code == 429


def test_a_browser_s_cookie_that_was_made_up_counts_for_nothing():
    person("ada")
    fail("ada", 5)
    forger = Client()
    forger.cookies["known_browser"] = "0" * 64 + ":11:made-up"
    assert sign_in(forger, "ada", **HERE).status_code == 429


def test_many_names_from_one_address_lock_that_address(settings):
    settings.LOCKOUT_ADDRESS_FAILURES = 8
    person("ada")
    assert [fail(f"guess-{at}", 1)[0] for at in range(8)] == [200] * 7 + [429]
    assert sign_in(Client(), "ada", **HERE).status_code == 429
    assert sign_in(Client(), "ada", **THERE).status_code == 302


def test_trying_on_does_not_prolong_it_and_old_rows_go():
    person("ada")
    with time_machine.travel(NOON, tick=False) as clock:
        fail("ada", 5)
        clock.shift(dt.timedelta(minutes=29))
        assert "for 1 minute," in sign_in(Client(), "ada", **HERE).content.decode()
        clock.shift(dt.timedelta(minutes=2))
        assert sign_in(Client(), "ada", **HERE).status_code == 302
        assert not AccessAttempt.objects.exists()
        fail("ben", 1)
        clock.shift(dt.timedelta(minutes=31))
        tidy_accounts()
    assert not AccessAttempt.objects.exists()


def test_signing_in_forgets_the_failures_before():
    person("ada")
    fail("ada", 4)
    assert sign_in(Client(), "ada", **HERE).status_code == 302
    assert fail("ada", 4) == [200] * 4


def test_a_header_that_anybody_can_write_opens_no_way_around():
    person("ada")
    for at in range(5):
        last = sign_in(Client(), "ada", "wrong", **HERE, HTTP_X_FORWARDED_FOR=f"203.0.113.{at}")
    assert last.status_code == 429


def test_what_was_typed_as_a_name_is_not_kept():
    """It may be a password, typed into the wrong box."""
    fail("MyS3cret-Passw0rd", 1)
    row = AccessAttempt.objects.get()
    assert "MyS3cret" not in f"{row.username} {row.get_data} {row.post_data}"


@pytest.fixture
def hashed(monkeypatch):
    """How often a password was hashed so far."""
    seen: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(*args):
        seen.append("once")
        return encode(*args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return seen


def test_all_refusals_look_alike_and_take_the_same_work(hashed):
    """No such account, one that is not active, one without staff rights, a wrong password with and without a second
    factor: the same page, as many passwords hashed, as many statements."""
    person("gone", is_active=False)
    person("guest", is_staff=False)
    person("ada")
    with_phone(person("keeper"))
    tries = [("nobody", PASSWORD), ("gone", PASSWORD), ("guest", PASSWORD), ("ada", "wrong"), ("keeper", "wrong")]
    answers, work = set(), set()
    for at, (name, password) in enumerate(tries):
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            page = sign_in(Client(), name, password, REMOTE_ADDR=f"192.0.2.{at + 10}")
        answers.add((page.status_code, tuple(page.context["form"].non_field_errors())))
        work.add((len(hashed), len(queries)))
    assert len(answers) == len(work) == 1
    assert answers.pop()[0] == 200
    assert work.pop()[0] == 1


def test_an_account_that_lost_its_staff_rights_is_signed_out_at_once():
    user, client = person("ada"), Client()
    client.force_login(user)
    assert is_in(client)
    user.is_staff = False
    user.save()
    assert client.get("/admin/").status_code == 302
