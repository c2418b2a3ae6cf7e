"""Takes away what of sign-ins is kept for a time only."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from trials.accounts.lockout import forget_old
from trials.models import AuditEntry


def tidy_accounts() -> int:
    """Removes sessions that ended, counted failures that no longer count, and entries of the audit log older than
    AUDIT_DAYS; how many entries went."""
    SessionStore.clear_expired()
    forget_old()
    return AuditEntry.objects.filter(on__lt=timezone.now() - dt.timedelta(days=settings.AUDIT_DAYS)).delete()[0]
