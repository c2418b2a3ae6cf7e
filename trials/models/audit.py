"""Who signed in, and who changed what anybody may do: added to, never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from trials.models.fields import one_of


class AuditKind(models.TextChoices):
    """What happened."""

    SIGNED_IN = "SIGNED_IN", "Signed in"
    PASSWORD_ACCEPTED = "PASSWORD_ACCEPTED", "Password accepted, second factor awaited"
    REFUSED = "REFUSED", "Sign-in refused"
    CODE_REFUSED = "CODE_REFUSED", "Second factor refused"
    LOCKED_OUT = "LOCKED_OUT", "Locked out for a while"
    UNLOCKED = "UNLOCKED", "Unlocked"
    SIGNED_OUT = "SIGNED_OUT", "Signed out"
    PASSWORD_CHANGED = "PASSWORD_CHANGED", "Password changed"
    DEVICE_SET_UP = "DEVICE_SET_UP", "Second factor set up"
    DEVICE_RESET = "DEVICE_RESET", "Second factor taken away"
    CODES_MADE = "CODES_MADE", "Recovery codes made"
    ACCOUNT_ADDED = "ACCOUNT_ADDED", "Account added"
    ACCOUNT_CHANGED = "ACCOUNT_CHANGED", "Account changed"
    ACCOUNT_DELETED = "ACCOUNT_DELETED", "Account deleted"
    GROUP_ADDED = "GROUP_ADDED", "Group added"
    GROUP_CHANGED = "GROUP_CHANGED", "Group changed"
    GROUP_DELETED = "GROUP_DELETED", "Group deleted"


class AuditEntry(models.Model):
    """One thing that happened. Names are kept as they were, so that an entry outlives the accounts in it.

    `by`, `by_name`: who did it; empty where nobody was signed in. `about`: the account or group that it was done to.
    """

    on = models.DateTimeField("when", auto_now_add=True, db_index=True)
    kind = models.CharField("what", max_length=20, choices=AuditKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField("who", max_length=150, blank=True)
    about = models.CharField("account or group", max_length=150, blank=True)
    address = models.GenericIPAddressField("from", null=True)
    details = models.TextField(blank=True)

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name_plural = "audit entries"
        # Nobody may be given the right to change them.
        default_permissions = ("view",)
        constraints = [one_of("kind", AuditKind, optional=False)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about or self.by_name}"
