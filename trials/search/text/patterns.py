"""What is asked of a database: phrases, any of which will do."""

from __future__ import annotations

# A phrase is one token or several side by side; a pattern is any of its phrases.
Phrase = tuple[str, ...]
Pattern = tuple[Phrase, ...]

# The letter that stands before a token for its field, in the order of `terms.FIELDS`.
LETTERS = "ntosc"
