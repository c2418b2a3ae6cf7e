"""The pages shown when something cannot be answered; they use no database, so they work when it does not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


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
