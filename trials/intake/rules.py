"""Why a value was inferred, and what is odd in how a dose is written, in plain words for readers of the page."""

from __future__ import annotations

# By the names that `reading` gives them (`Fact.rule`).
RULE_WORDS: dict[str, str] = {}
# By the names of `DoseFacts.flags`.
FLAG_WORDS: dict[str, str] = {
    "lost-superscript": "The source seems to have lost a superscript: the power of ten is read from plain figures.",
}


def rule_words(rule: str) -> str:
    """A rule in words; one without words of its own is its name. Empty for no rule."""
    if not rule:
        return ""
    if rule in RULE_WORDS:
        return RULE_WORDS[rule]
    words = rule.replace("-", " ").replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
