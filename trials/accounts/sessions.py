"""Who is signed in: nobody whose session has ended, and nobody before the second factor was given."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from trials.accounts.lockout import send_cookie
from trials.accounts.second_factor import needs_second_factor

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
# Seconds between password and code; whoever takes longer begins again.
PATIENCE = 15 * 60
# Seconds between two notes that somebody was here: a note is a write to the database.
_NOTED_EVERY = 300


class SignedInMiddleware:
    """Makes `request.user` nobody for the rest of the request where it should be.

    Pages that do not ask who it is cost nothing: the user is looked up when first asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = request.user
        request.user = SimpleLazyObject(partial(_signed_in, request, found))  # type: ignore[assignment]  # as Django's
        response = self.get_response(request)
        send_cookie(request, response)
        return response


def waiting_user(request: HttpRequest) -> Any:
    """Who gave the password and has yet to give the second factor, or None."""
    # Asked first, because the answer is found together with who is signed in.
    return None if request.user.is_authenticated else getattr(request, "waiting_user", None)


def begin(session: Any) -> None:
    """Notes that somebody signed in now."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = int(time.time())


def _signed_in(request: Any, found: Any) -> Any:
    if not found.is_authenticated:
        return found
    waits = not found.is_verified() and needs_second_factor(found)
    if _has_ended(request.session, PATIENCE if waits else settings.SESSION_COOKIE_AGE):
        request.session.flush()
        return AnonymousUser()
    if waits:
        request.waiting_user = found
        return AnonymousUser()
    return found


def _has_ended(session: Any, longest: int) -> bool:
    """Whether a session is over, by its age in seconds or because nobody was here for long; else notes the visit."""
    now = int(time.time())
    if SIGNED_IN_AT not in session:
        begin(session)
        return False
    idle = now - session.get(SEEN_AT, 0)
    if now - session[SIGNED_IN_AT] > longest or idle > settings.SESSION_IDLE_MINUTES * 60:
        return True
    if idle > _NOTED_EVERY:
        session[SEEN_AT] = now
    return False
