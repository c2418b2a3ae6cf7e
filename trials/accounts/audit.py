"""Writing to the audit log."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from trials.accounts.address import client_address
from trials.models import AuditEntry, AuditKind


def note(kind: AuditKind, request: HttpRequest | None, *, by: Any = None, about: str = "", details: str = "") -> None:
    """Adds an entry. Without `by` it is whoever is signed in; without a request it was done at the server's shell."""
    if by is None and request is not None:
        user = getattr(request, "user", None)
        by = user if user is not None and user.is_authenticated else None
    AuditEntry.objects.create(
        kind=kind,
        by_id=by.pk if by else None,
        by_name=by.get_username() if by else "",
        about=about,
        address=client_address(request) if request is not None else None,
        details=details if request is not None else f"{details} At the server's shell.".strip(),
    )
