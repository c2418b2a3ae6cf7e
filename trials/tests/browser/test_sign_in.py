"""Signing in with a second factor, in a real browser."""

from __future__ import annotations

import base64
import re
import time

from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from trials.tests.browser.conftest import DESKTOP, PHONE
from trials.tests.browser.looks import accessibility_problems, faults, overflowing
from trials.tests.serving import Site

STEP = 30
NAME, PASSWORD = "second", "a long pass phrase"
MAKE = f"""
from django.contrib.auth.models import User
User.objects.create_superuser({NAME!r}, "second@example.org", {PASSWORD!r})
"""


def code_of(secret: str, steps: int = 0) -> str:
    """What an app shows that was given the secret of the page, now or `steps` half minutes later."""
    # A code given just before its half minute ends arrives in the next one: the app's clock then seems to be late,
    # which is allowed for from then on.
    while time.time() % STEP > STEP - 10:
        time.sleep(0.5)
    totp = TOTP(base64.b32decode(secret.replace(" ", "")), drift=steps)
    totp.time = time.time()
    return f"{totp.token():06}"


def give_password(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def give_code(page: Page, code: str, button: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name=button, exact=True).click()


def in_good_looks(page: Page, problems: list[str], everywhere: bool = True) -> None:
    assert problems == []
    assert (faults(page) if everywhere else accessibility_problems(page)) == []
    # axe-core tries styles on the page to measure contrast, which the policy forbids.
    problems.clear()
    page.set_viewport_size(PHONE)
    assert overflowing(page) == []
    page.set_viewport_size(DESKTOP)


def test_sign_in_with_a_second_factor(page: Page, site: Site, problems: list[str]) -> None:
    site.python(MAKE)
    page.goto("/admin/")
    in_good_looks(page, problems)
    give_password(page)
    page.get_by_role("link", name="Second factor").click()
    in_good_looks(page, problems, everywhere=False)
    page.get_by_role("link", name="Set up a second factor").click()
    picture = page.get_by_role("img", name="QR code")
    # It may still be on its way.
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")
    in_good_looks(page, problems)
    secret = page.locator(".factor__secret").inner_text()
    give_code(page, "000000" if code_of(secret) != "000000" else "111111", "Set up")
    expect(page.get_by_role("alert")).to_contain_text("not the code")
    give_code(page, code_of(secret), "Set up")
    codes = page.locator(".factor__codes li")
    expect(codes).to_have_count(10)
    in_good_looks(page, problems, everywhere=False)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the codes").click()
    assert codes.first.inner_text() in download.value.path().read_text()
    recovery = codes.first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Log out").click()

    give_password(page)
    expect(page).to_have_url(re.compile(r"/admin/second-factor/code/"))
    in_good_looks(page, problems)
    page.goto("/admin/trials/trial/")
    expect(page).to_have_url(re.compile(r"/admin/second-factor/code/"))
    # The code of setting up was used; the app's next one is good already.
    give_code(page, code_of(secret, 1), "Log in")
    expect(page).to_have_url(re.compile(r"/admin/trials/trial/$"))
    page.get_by_role("button", name="Log out").click()
    give_password(page)
    give_code(page, recovery, "Log in")
    expect(page.get_by_role("link", name="Second factor")).to_be_visible()
