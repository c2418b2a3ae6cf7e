"""What visitors get while the database is away: a plain page that says so, and when to come back."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

# Seconds: a restart of the database takes about as long.
RETRY_AFTER = 30


class OutageMiddleware:
    """Answers 503 where a page could not reach the database, or waited for it in vain.

    It stands last, so that what a page raises comes here first and no other middleware takes it for a fault of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page, with one line in the log; nothing for any other kind of error."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("No answer from the database for %s: %s", request.path, " ".join(str(exception).split()))
        # No request is handed over: context processors would ask the database for the session.
        headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
        return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
