"""The second factor: nobody is signed in before it was given; codes work once; there is a way back."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from trials.accounts import second_factor
from trials.accounts.roles import Role
from trials.models import AuditEntry
from trials.tests.accounts.making import CODE, SET_UP, code_of, is_in, person, sign_in, with_phone

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(roles, required):
    """A vocabulary keeper with a phone."""
    return with_phone(person("keeper", Role.KEEPER))


def answer(client, code, **more):
    return client.post(CODE, {"code": code, "next": "/admin/trials/trial/"}, **more)


def text(page):
    return page.content.decode()


@pytest.mark.parametrize("role", [Role.KEEPER, Role.ADMINISTRATOR, "superuser"])
def test_who_may_do_much_is_led_to_set_a_phone_up(roles, required, role):
    if role == "superuser":
        person("ada", is_superuser=True)
    else:
        person("ada", role)
    client = Client()
    page = client.post("/admin/login/", {"username": "ada", "password": "a long pass phrase"}, follow=True)
    assert [address for address, _ in page.redirect_chain][-1] == f"{SET_UP}?next=%2Fadmin%2F"
    assert not is_in(client)
    [secret] = re.findall(r"factor__secret\">([A-Z2-7 ]+)<", text(page))
    key = client.session["second_factor_key"]
    assert second_factor.written(key) == secret
    picture = client.get("/admin/second-factor/qr.svg")
    assert (picture["Content-Type"], picture.content[:5]) == ("image/svg+xml", b"<?xml")
    assert "no-store" in picture["Cache-Control"]
    assert "not the code" in text(client.post(SET_UP, {"code": code_of(key, 20)}))
    before = client.session.session_key
    page = client.post(SET_UP, {"code": code_of(key), "next": "/admin/trials/trial/"})
    assert len(re.findall(r"<li><code>[a-z2-9]{5}-[a-z2-9]{5}</code>", text(page))) == 10
    assert 'href="/admin/trials/trial/"' in text(page)
    assert is_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR])
def test_readers_and_editors_need_none_but_may_have_one(roles, required, role):
    user = person("ada", role)
    client = Client()
    sign_in(client, "ada")
    assert is_in(client)
    with_phone(user)
    assert not is_in(client)


def test_on_a_desk_a_password_is_enough(roles):
    person("ada", is_superuser=True)
    client = Client()
    sign_in(client, "ada")
    assert is_in(client)
    assert "with your password alone" in text(client.get("/admin/second-factor/"))


def test_a_code_of_the_phone_signs_in_once(keeper):
    with time_machine.travel(NOON, tick=False):
        first, second = Client(), Client()
        assert sign_in(first, "keeper").status_code == 302
        assert first.get("/admin/", follow=True).redirect_chain[-1][0] == f"{CODE}?next=%2Fadmin%2F"
        assert answer(first, code_of())["Location"] == "/admin/trials/trial/"
        assert is_in(first)
        sign_in(second, "keeper")
        assert "was used before" in text(answer(second, code_of()))
        assert not is_in(second)


def test_each_recovery_code_signs_in_once_and_the_others_stay(keeper):
    codes = second_factor.make_codes(keeper)
    assert not StaticToken.objects.filter(token__in=codes).exists()
    client, other = Client(), Client()
    sign_in(client, "keeper")
    assert answer(client, codes[3].upper().replace("-", " ")).status_code == 302
    assert is_in(client)
    sign_in(other, "keeper")
    assert answer(other, codes[3]).status_code == 200
    assert not is_in(other)
    assert second_factor.codes_left(keeper) == 9
    assert "9 recovery codes" in text(client.get("/admin/second-factor/"))


def test_new_codes_sign_nobody_out_who_came_in_with_an_old_one(keeper):
    old, client = second_factor.make_codes(keeper), Client()
    sign_in(client, "keeper")
    answer(client, old[0])
    new = second_factor.make_codes(keeper)
    assert is_in(client)
    assert not second_factor.are_codes_of(keeper, old[1:2])
    assert second_factor.are_codes_of(keeper, new)


def test_wrong_codes_must_wait_for_each_other_and_the_wait_has_an_end(keeper):
    device = TOTPDevice.objects.get()
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(30):
            assert second_factor.verify(keeper, "000000") is None
            with pytest.raises(second_factor.Wait) as wait:
                second_factor.verify(keeper, code_of())
            clock.shift(dt.timedelta(seconds=wait.value.seconds))
        assert wait.value.seconds == 256
        assert second_factor.verify(keeper, code_of()) == device


def test_who_guesses_codes_is_locked_out_there_though_the_password_is_right(keeper):
    """Also when the password is given anew each time; the owner signs in from elsewhere."""
    here, there = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "198.51.100.7"}
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            guesser = Client()
            assert sign_in(guesser, "keeper", **here).status_code == 302
            last = answer(guesser, "000000", **here)
            clock.shift(dt.timedelta(seconds=60))
        assert last.status_code == 429
        assert answer(guesser, code_of(), **here).status_code == 429
        owner = Client()
        sign_in(owner, "keeper", **there)
        assert answer(owner, code_of(), **there).status_code == 302
        assert is_in(owner)
        assert answer(guesser, "000000", **here).status_code == 429


def test_half_way_one_may_do_nothing_and_not_for_long(keeper):
    client = Client()
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, "keeper")
        for address in ("/admin/", "/admin/trials/trial/", "/admin/second-factor/", "/admin/password_change/"):
            assert client.get(address)["Location"] == f"/admin/login/?next={address}"
        assert client.post("/admin/password_change/", {}).status_code == 302
        # Who has a phone cannot set up another half way.
        assert client.get(SET_UP)["Location"] == "/admin/login/"
        clock.shift(dt.timedelta(minutes=16))
        assert client.get(CODE)["Location"] == "/admin/"
        assert client.get("/admin/login/").status_code == 200


def test_one_may_sign_in_as_somebody_else_half_way(keeper):
    client = Client()
    sign_in(client, "keeper")
    assert client.post("/admin/second-factor/leave/")["Location"] == "/admin/login/"
    assert client.get("/admin/login/").status_code == 200


def test_who_is_promoted_while_signed_in_must_set_a_phone_up(roles, required):
    user, client = person("ada", Role.EDITOR), Client()
    sign_in(client, "ada")
    assert is_in(client)
    user.is_superuser = True
    user.save()
    assert client.get("/admin/login/")["Location"] == CODE
    assert client.get(CODE)["Location"] == SET_UP


def test_the_code_of_setting_up_does_not_sign_in(keeper):
    with time_machine.travel(NOON, tick=False):
        second_factor.set_up(keeper, "42" * 20, code_of("42" * 20))
        assert second_factor.verify(keeper, code_of("42" * 20)) is None


def test_another_phone_replaces_the_one_before_and_its_codes(keeper):
    old = second_factor.make_codes(keeper)
    client = Client()
    sign_in(client, "keeper")
    answer(client, code_of())
    client.get(SET_UP)
    key = client.session["second_factor_key"]
    assert "recovery codes" in text(client.post(SET_UP, {"code": code_of(key)}))
    assert TOTPDevice.objects.get().key == key
    assert second_factor.verify(keeper, old[0]) is None
    assert is_in(client)


def test_the_file_of_codes_holds_what_the_page_showed_and_nothing_else(keeper):
    client = Client()
    sign_in(client, "keeper")
    answer(client, code_of())
    page = text(client.post("/admin/second-factor/codes/"))
    [codes] = re.findall(r'name="codes" value="([^"]+)"', page)
    file = client.post("/admin/second-factor/codes.txt", {"codes": codes})
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert text(file).split()[-10:] == codes.split()
    assert client.post("/admin/second-factor/codes.txt", {"codes": "aaaaa-bbbbb"}).status_code == 302


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_foreign_address_to_go_on_to_is_not_followed(keeper, wanted):
    client = Client()
    sign_in(client, "keeper")
    assert client.post(CODE, {"code": code_of(), "next": wanted})["Location"] == "/admin/"


def test_the_shell_takes_a_lost_phone_away(keeper, capsys):
    second_factor.make_codes(keeper)
    call_command("reset_second_factor", "keeper")
    assert capsys.readouterr().out == "keeper has no second factor any more.\n"
    assert not second_factor.has_device(keeper)
    assert second_factor.codes_left(keeper) == 0
    assert AuditEntry.objects.get().details == "At the server's shell."
    with pytest.raises(CommandError, match="no account called “nobody”"):
        call_command("reset_second_factor", "nobody")
