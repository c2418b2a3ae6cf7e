"""The second factor: codes of a phone app (RFC 6238), and ten recovery codes of which each works once."""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from base64 import b32encode
from typing import Any, TypeAlias

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp import verify_token
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from trials.accounts.roles import holds_much

REQUIRED, OPTIONAL = "required", "optional"
RECOVERY_CODES = 10
# Letters and figures that nobody confuses; 10 of them are some 49 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 10
# django-otp doubles the wait after each wrong code, from a second up and without an end. At nine it stays: some four
# minutes, so that whoever guesses at a colleague's codes delays them, and cannot shut them out.
_MOST_COUNTED = 9

Device: TypeAlias = TOTPDevice | StaticDevice


class Wait(Exception):  # noqa: N818 (no error of ours: the person has to wait)
    """Too many wrong codes lately; `seconds` from now another may be tried."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Wait {seconds} seconds.")
        self.seconds = seconds


def needs_second_factor(user: Any) -> bool:
    """Whether a password alone lets this person do nothing: by what they may do, or because they set a device up."""
    return (settings.SECOND_FACTOR == REQUIRED and holds_much(user)) or has_device(user)


def has_device(user: Any) -> bool:
    return TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).exists()


def codes_left(user: Any) -> int:
    return StaticToken.objects.filter(device__user_id=user.pk).count()


def new_key() -> str:
    """A secret to share with a phone: 20 random bytes, hexadecimal."""
    return str(random_hex(20))


def written(key: str) -> str:
    """The secret as people type it into an app: base 32 in groups of four."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address_for_apps(user: Any, key: str) -> str:
    """What the QR code says: otpauth://totp/…"""
    return str(TOTPDevice(user=user, key=key).config_url)


def set_up(user: Any, key: str, typed: str) -> TOTPDevice | None:
    """The device that this secret is on, if the code typed is its code now; it replaces any other."""
    code = _plain(typed)
    totp = TOTP(bytes.fromhex(key))
    # Fixed, so that the step noted is the one that was compared.
    totp.time = time.time()
    if not _is_of_app(code) or not totp.verify(int(code), tolerance=1):
        return None
    with transaction.atomic():
        take_away(user)
        # The step is noted, so that the same code does not sign in.
        return TOTPDevice.objects.create(
            user=user, name="Phone", key=key, last_t=totp.t(), drift=totp.drift, last_used_at=timezone.now()
        )


def make_codes(user: Any) -> list[str]:
    """Ten new recovery codes in place of any old ones. Only digests are kept, so they can be shown once."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        # The device stays: the session of whoever signed in with a code of it names it.
        device = StaticDevice.objects.filter(user=user).order_by("pk").first()
        if device is None:
            device = StaticDevice.objects.create(user=user, name="Recovery codes")
        device.token_set.all().delete()
        device.throttle_reset()
        StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(device, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def are_codes_of(user: Any, codes: list[str]) -> bool:
    """Whether these are recovery codes of this person, all of them unused."""
    device = StaticDevice.objects.filter(user=user).first()
    if device is None or not codes:
        return False
    digests = {_digest(device, _plain(code)) for code in codes}
    return device.token_set.filter(token__in=digests).count() == len(digests) == len(codes)


def take_away(user: Any) -> bool:
    """Removes the device and the recovery codes; False if there was nothing."""
    with transaction.atomic():
        gone = [model.objects.filter(user=user).delete()[0] for model in (TOTPDevice, StaticDevice)]
    return any(gone)


def verify(user: Any, typed: str) -> Device | None:
    """The device that gave the code typed, of the phone or a recovery code; None for a wrong one. `Wait` is raised
    while none is tried."""
    code = _plain(typed)
    model: Any = TOTPDevice if _is_of_app(code) else StaticDevice
    device = model.objects.filter(user=user, confirmed=True).first()
    if device is None:
        return None
    allowed, why = device.verify_is_allowed()
    if not allowed:
        raise Wait(max(1, math.ceil((why["locked_until"] - timezone.now()).total_seconds())))
    token = _digest(device, code) if isinstance(device, StaticDevice) else code
    found: Device | None = verify_token(user, device.persistent_id, token)
    if found is None:
        over = model.objects.filter(pk=device.pk, throttling_failure_count__gt=_MOST_COUNTED)
        over.update(throttling_failure_count=_MOST_COUNTED)
    return found


def _plain(typed: str) -> str:
    return "".join(letter for letter in typed.lower() if letter.isalnum())


def _is_of_app(code: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isdigit()


def _digest(device: StaticDevice, code: str) -> str:
    """80 bits of SHA-256 over the device and the code, as long as the column: who reads the table has no codes."""
    return b32encode(hashlib.sha256(f"{device.pk}:{code}".encode()).digest()).decode()[:16]
