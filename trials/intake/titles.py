"""When two titles are the same."""

from __future__ import annotations

import hashlib

from trials.intake.conditions import folded

# Fewer words are shared by chance: “Stem Cells in Stroke”.
_TELLING_WORDS = 5


def title_key(title: str) -> str:
    """Equal for titles that differ only in case, accents, punctuation and spaces; empty for one that tells too little.

    The first 16 hexadecimal figures of a SHA-256.
    """
    words = folded(title)
    return hashlib.sha256(words.encode()).hexdigest()[:16] if words.count(" ") >= _TELLING_WORDS - 1 else ""
