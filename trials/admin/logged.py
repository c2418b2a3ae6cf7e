"""What somebody did, in the admin's own log."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest


def logged(request: HttpRequest, things: Collection[Any], words: str, flag: int = CHANGE) -> None:
    """Notes of each of these things that whoever asks changed it, or did what `flag` says, in these words."""
    # Django's own log takes a user's number as text or number; its types know only a user that is signed in.
    by: Any = request.user.pk
    LogEntry.objects.log_actions(by, list(things), flag, change_message=words)
