"""What follows when Django says that somebody signed in or out. Failures are told by `lockout`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out

from trials.accounts.audit import note
from trials.accounts.lockout import remember_browser
from trials.accounts.second_factor import needs_second_factor
from trials.accounts.sessions import begin
from trials.models import AuditKind


def listen() -> None:
    """Called once, when the program starts."""
    user_logged_in.connect(_signed_in, dispatch_uid="trials.accounts")
    user_logged_out.connect(_signed_out, dispatch_uid="trials.accounts")


def _signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    begin(request.session)
    if needs_second_factor(user):
        note(AuditKind.PASSWORD_ACCEPTED, request, by=user)
        return
    remember_browser(request, user)
    note(AuditKind.SIGNED_IN, request, by=user)


def _signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        note(AuditKind.SIGNED_OUT, request, by=user)
