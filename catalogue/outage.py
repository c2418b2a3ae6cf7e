"""What visitors get while the database is away: a plain page that says so, and when to come back."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

# Seconds: a restart of the database takes about as long.
RETRY_AFTER = 30


# What is the server's or the disk's doing, not that of a mistake in a statement, which SQLite reports as the same kind
# of error: https://www.sqlite.org/rescode.html, primary codes.
_SQLITE = {
    5: "locked by another connection",
    6: "locked within this process",
    10: "disk I/O",
    13: "disk full",
    14: "cannot be opened",
    15: "locks fail",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html: connections, rolled back for the sake of another,
# resources, stopped by an operator or a time limit, system.
_POSTGRESQL_CLASSES = ("08", "40", "53", "57", "58")
_LOCK_NOT_AVAILABLE = "55P03"
# A statement that took longer than it may: which one it was is worth knowing.
_QUERY_CANCELED = "57014"


def is_outage(error: BaseException) -> bool:
    """Whether the database could not be reached or was waited for in vain, so that coming back later helps."""
    if getattr(error, "is_passing", False):
        return True
    if isinstance(error, InterfaceError):
        # Other errors of the interface are wrong calls, that of a closed cursor among them.
        return "connection" in str(error) and "closed" in str(error)
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorcode & 0xFF in _SQLITE
    if cause is None or not hasattr(cause, "sqlstate"):
        return False
    # Without a code the server said nothing: it was not reached, or fell silent.
    state = cause.sqlstate
    return state is None or state.startswith(_POSTGRESQL_CLASSES) or state == _LOCK_NOT_AVAILABLE


def _without_secrets(request: HttpRequest) -> str:
    """The path, without the token by which whoever has it may look at a trial before it is public."""
    match = request.resolver_match
    token = str(match.kwargs.get("token") or "") if match else ""
    return request.path.replace(token, "…") if token else request.path


class OutageMiddleware:
    """Answers 503 where a page could not reach the database, or waited for it in vain.

    It stands last, so that what a page raises comes here first and no other middleware takes it for a fault of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page, with one line in the log, and where it happened for a statement that took too long; nothing for
        any other kind of error."""
        if not is_outage(exception):
            return None
        where = exception if getattr(exception.__cause__, "sqlstate", None) == _QUERY_CANCELED else None
        said = " ".join(str(exception).split())
        logger.error("No answer from the database for %s: %s", _without_secrets(request), said, exc_info=where)
        # No request is handed over: context processors would ask the database for the session.
        headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
        answer = HttpResponse(render_to_string("503.html"), status=503, headers=headers)
        # Django would log the path once more, and as it is.
        answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's own
        return answer
