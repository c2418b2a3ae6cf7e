"""Counting failed sign-ins and locking out who goes on, without a way to lock out a colleague.

What is locked is one name from one address, and, after many more failures, one address for all names. The right
person still signs in from anywhere else; and from there, too, in a browser in which they signed in before: a signed
cookie tells it, and its failures are counted apart, since colleagues often share an address. Counted are keyed digests
of names: people type passwords into the wrong box.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.backends import AxesStandaloneBackend
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db.models import Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from trials.accounts.audit import note
from trials.models import AuditKind

Credentials = dict[str, Any]
# No user name has a blank, so that codes are counted apart from passwords: a right password does not forgive them.
OF_CODES = "{} (second factor)"
# Tells a browser in which somebody signed in before; it lets nobody in.
COOKIE = "known_browser"
_COOKIE_AGE = 365 * 24 * 3600


def key_of(request: HttpRequest | None, credentials: Credentials | None) -> str:
    """How the counted rows name who tried: the digest of the name, and of a browser that knows the name a sign."""
    name = str((credentials or {}).get("username") or "")
    return _digest(name) + _sign_of_browser(request, name)


def remember_browser(request: Any, user: Any) -> None:
    """Called when somebody is wholly signed in; the answer to this request takes a cookie along."""
    request.known_browser = f"{_digest(user.get_username())}:{secrets.token_hex(8)}"


def send_cookie(request: HttpRequest, response: HttpResponse) -> None:
    value = getattr(request, "known_browser", "")
    if value:
        how: Any = {"secure": settings.SESSION_COOKIE_SECURE, "httponly": True, "samesite": "Lax"}
        response.set_signed_cookie(COOKIE, value, salt=COOKIE, max_age=_COOKIE_AGE, path="/admin/", **how)


def _sign_of_browser(request: HttpRequest | None, name: str) -> str:
    """What the cookie adds to the name's digest, if it was given to who bears this name; else nothing."""
    value = request.get_signed_cookie(COOKIE, "", salt=COOKIE, max_age=_COOKIE_AGE) if request is not None else ""
    whom, _, sign = str(value).partition(":")
    return f":{sign}" if sign and whom == _digest(name.removesuffix(OF_CODES.format(""))) else ""


def _digest(name: str) -> str:
    return salted_hmac("trials.accounts.lockout", name, algorithm="sha256").hexdigest()


class StaffBackend(ModelBackend):
    """Accounts are for editing alone, so one without staff rights signs in nowhere, like one that is not active."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and user.is_staff


class LockoutBackend(AxesStandaloneBackend):
    """Refuses who is locked out before the password is looked at."""

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **kwargs: Any) -> None:
        # Without a request there is no address to count by; no page signs anybody in that way.
        if request is not None:
            super().authenticate(request, username, password, **kwargs)


class Lockout(AxesDatabaseHandler):
    """The counter of django-axes with a second, higher limit for all names from one address, and with the log."""

    def get_failures(self, request: Any, credentials: Credentials | None = None) -> int:
        """Failures of this name from this address; the limit where the address has reached its own."""
        own = super().get_failures(request, credentials)
        if own >= settings.AXES_FAILURE_LIMIT or ":" in key_of(request, credentials):
            return int(own)
        total = _counted(request).aggregate(total=Sum("failures_since_start"))["total"] or 0
        return int(settings.AXES_FAILURE_LIMIT if total >= settings.LOCKOUT_ADDRESS_FAILURES else own)

    def user_login_failed(self, sender: Any, credentials: Credentials, request: Any = None, **kwargs: Any) -> None:
        was_locked = request is None or request.axes_locked_out
        super().user_login_failed(sender, credentials, request, **kwargs)
        if was_locked:
            # Told once: whoever is locked out could fill the log otherwise.
            return
        of_codes = kwargs.get("person")
        name = of_codes.get_username() if of_codes else _if_known(str(credentials.get("username") or ""))
        note(AuditKind.CODE_REFUSED if of_codes else AuditKind.REFUSED, request, about=name)
        if request.axes_locked_out:
            note(AuditKind.LOCKED_OUT, request, about=name, details=f"For {settings.LOCKOUT_MINUTES} minutes.")

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Forgets what is too old, and the failures of this name from this address."""
        key = key_of(request, {"username": user.get_username()})
        own = Q(username=key, ip_address=request.axes_ip_address)
        AccessAttempt.objects.filter(own | Q(attempt_time__lte=get_cool_off_threshold(request))).delete()

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Nothing is counted here."""


def lockout_ends(request: Any, credentials: Credentials | None) -> dt.datetime:
    """When at the latest this name may try again from this address."""
    counted = _counted(request)
    own = counted.filter(username=key_of(request, credentials))
    own_total = own.aggregate(total=Sum("failures_since_start"))["total"] or 0
    deciding = own if own_total >= settings.AXES_FAILURE_LIMIT else counted
    last = deciding.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    return last + dt.timedelta(minutes=settings.LOCKOUT_MINUTES)


def unlock(name: str) -> int:
    """Forgets the failures counted for a name, of passwords and of codes, from every address; how many rows went."""
    mine = Q(username__startswith=_digest(name)) | Q(username__startswith=_digest(OF_CODES.format(name)))
    return AccessAttempt.objects.filter(mine).delete()[0]


def forget_old() -> None:
    """Takes away counted failures that no longer count."""
    over = timezone.now() - dt.timedelta(minutes=settings.LOCKOUT_MINUTES)
    AccessAttempt.objects.filter(attempt_time__lte=over).delete()


def _counted(request: Any) -> Any:
    """The failures from an address that count still."""
    threshold = get_cool_off_threshold(request)
    return AccessAttempt.objects.filter(ip_address=request.axes_ip_address, attempt_time__gte=threshold)


def _if_known(name: str) -> str:
    """A name that an account has; what else was typed is not kept."""
    return name if name and get_user_model().objects.filter(username=name).exists() else ""
