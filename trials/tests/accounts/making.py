"""Accounts for the tests: one per role, and signing in as a browser does."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from trials.accounts.roles import Role

PASSWORD = "a long pass phrase"
LOGIN = "/admin/login/"
CODE = "/admin/second-factor/code/"
SET_UP = "/admin/second-factor/set-up/"
KEY = "31" * 20


def person(name: str = "ada", role: Role | None = None, **values: Any) -> User:
    """An account of the staff, in the group of the role if one is given; `settle_roles` gives groups their rights."""
    user = User.objects.create_user(name, password=PASSWORD, **{"is_staff": True, **values})
    if role is not None:
        user.groups.add(Group.objects.get(name=role.group_name))
    return user


def with_phone(user: User) -> User:
    TOTPDevice.objects.create(user=user, name="Phone", key=KEY)
    return user


def code_of(key: str = KEY, steps: int = 0) -> str:
    """The code that an app shows now, or `steps` half minutes later."""
    totp = TOTP(bytes.fromhex(key), drift=steps)
    totp.time = time.time()
    return f"{totp.token():06}"


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: Any) -> Any:
    """Sends the form of the sign-in page."""
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"}, **more)


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200
