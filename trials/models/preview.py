"""Links that show a trial to colleagues before it is public."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils import timezone

from trials.models.trial import Trial

# 128 random bits, which nobody guesses.
_BYTES = 16
_signer = Signer(salt="trials.preview", sep=".")


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def make(self, trial: Trial, by: Any, days: int) -> tuple[PreviewLink, str]:
        """A new link to `trial` for so many days, and its token, which is kept nowhere."""
        secret = secrets.token_urlsafe(_BYTES)
        until = timezone.now() + dt.timedelta(days=days)
        return self.create(trial=trial, by=by, digest=_digest(secret), until=until), _signer.sign(secret)

    def of_token(self, token: str) -> PreviewLink | None:
        """The link with this token, whatever became of it. A forged token never reaches the database."""
        try:
            secret = _signer.unsign(token)
        except BadSignature:
            return None
        return self.select_related("trial", "by").filter(digest=_digest(secret)).first()


class PreviewLink(models.Model):
    """Whoever has the link sees the trial until `until`, unless it was revoked. Only a digest of its secret is kept."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="preview_links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made", "-pk"]

    def __str__(self) -> str:
        return f"Preview of {self.trial.slug} until {self.until:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.revoked is None and timezone.now() < self.until


def _digest(secret: str) -> str:
    """SHA-256 is enough here: the secret is random, not a word that somebody chose."""
    return hashlib.sha256(secret.encode()).hexdigest()
