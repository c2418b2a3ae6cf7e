"""The pages shown when something cannot be answered; all but the last use no database, so they work without it."""

from __future__ import annotations

import math
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from trials.accounts.lockout import lockout_ends
from trials.phrases import count


def _page(status: int, title: str, advice: str) -> HttpResponse:
    # No request is handed over: context processors may need the session, which may be what failed.
    return HttpResponse(render_to_string("error.html", {"title": title, "advice": advice}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(400, "This request cannot be read", "The address or the form is malformed. Go back and try again.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(403, "You may not open this page", "Sign in with an account that has the permission, or go back.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        404,
        "There is no such page",
        "The address may be mistyped. A trial is found under any of its registry numbers, or through the search.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        500,
        "Something went wrong on our side",
        "It has been noted. Try again in a moment; nothing you sent is half saved.",
    )


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """After too many failed sign-ins: the same page whether or not there is such an account."""
    seconds = max(1, math.ceil((lockout_ends(request, credentials) - timezone.now()).total_seconds()))
    minutes = count(math.ceil(seconds / 60), "minute")
    page = _page(
        429,
        "Too many failed attempts to sign in",
        f"No further attempt from here is looked at for {minutes}, not even with the right password. Try again then, "
        "or ask an administrator of the catalogue. The public pages stay open to you.",
    )
    page["Retry-After"] = str(seconds)
    page["Cache-Control"] = "no-store"
    return page
