"""Why a value was inferred, and what is odd in how a dose is written, in plain words for readers of the page."""

from __future__ import annotations

# By the names that `reading` gives them (`Fact.rule`).
RULE_WORDS: dict[str, str] = {
    "known-product": "The record names a product of which this is known.",
    "donor-is-another": "The record speaks of a donor who is somebody else than the patient.",
    "given-back": "The cells are given back to whom they came from, and no other text speaks of a donor.",
    "taken-from-patient": "The cells or their tissue are taken from the patients, and no other text speaks of a donor.",
    "cell-type-implies-donor": "Cells of this type come from such a donor, and the record says nothing else.",
    "cell-type-implies-tissue": "Cells of this type are taken from this tissue, and the record says nothing else.",
    "number of days": "Counted from the days that the record names.",
    "volume times concentration": "The record gives a volume and a concentration, which were multiplied.",
    "power of ten": "The power of ten is read from an unusual way of writing.",
    "collected-by-apheresis": "The cells are collected by apheresis, which takes them from circulating blood.",
}
# By the names of `DoseFacts.flags`.
FLAG_WORDS: dict[str, str] = {
    "lost-superscript": "The source seems to have lost a superscript: the power of ten was read from plain figures.",
    "odd-power": "The power of ten is written in an unusual way; it was read as a power all the same.",
    "ten-e": "The source writes 10 and then E, strictly ten times as much; it was read as a power of ten.",
    "dots-for-commas": "Full stops were read as marks between thousands.",
    "lost-sign": "The source leaves out the sign of multiplication before the power of ten; it was read as a product.",
    "implausible": "This is far more than other trials give: a mistake of the source or of the reading is likely.",
    "units-for-cells": "The source counts in units; they were read as cells, which are named just before.",
    "at-most": "The source states this as the most that is given.",
    "at-least": "The source states this as the least that is given.",
    "has-maximum": "The source also states the most that is given, whatever this amount comes to.",
    "has-minimum": "The source also states the least that is given.",
    "split-dose": "The source says that this dose is given in parts.",
    "part-of-dose": "This is one part of a dose that is given in parts; the source does not state the whole.",
    "two-values": "The source writes this dose in two ways that do not agree; both are kept.",
}


def rule_words(rule: str) -> str:
    """A rule in words; one without words of its own is its name. Empty for no rule."""
    if not rule:
        return ""
    if rule in RULE_WORDS:
        return RULE_WORDS[rule]
    words = rule.replace("-", " ").replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
