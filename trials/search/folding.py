"""Text without what does not matter for finding and sorting it. No Django."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^\w]+")


def fold(text: str) -> str:
    """Lower case without accents; whatever is no letter or digit becomes one blank, with a blank at each end."""
    plain = text
    if not text.isascii():
        plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return f" {_NOT_A_WORD.sub(' ', plain.casefold()).strip()} "
