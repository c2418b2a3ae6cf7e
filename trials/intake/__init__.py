"""The one door through which rows come in: fixtures, imports, and the addresses that both give to trials."""

from trials.intake.rows import Refusal, free_slug, insert, link, rename_slug, update

__all__ = ["Refusal", "free_slug", "insert", "link", "rename_slug", "update"]
