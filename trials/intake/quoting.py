"""A passage in the text that it was read from, so that an editor sees what stands around it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from trials.intake.versions import state_of, versions_of
from trials.models.finding import Finding
from trials.reading.sections import sections
from trials.registries.readers import READERS

# Characters that are shown on either side.
BESIDE = 240


@dataclass(frozen=True)
class Quote:
    """The passage with the words before and after it; both are empty where the text is not stored."""

    before: str
    passage: str
    after: str


def quoted(finding: Finding) -> Quote:
    """The passage of a finding within its text, if the stored record still holds it at that place."""
    alone = Quote("", finding.passage, "")
    start, end = finding.span_start, finding.span_end
    if not finding.passage or start is None or end is None or not finding.registration_id:
        return alone
    text = _text(finding.registration_id, finding.source_field)
    if text[start:end] != finding.passage:
        return alone
    first, last = max(0, start - BESIDE), min(len(text), end + BESIDE)
    before, after = text[first:start], text[end:last]
    # Cut between words.
    before = f"… {before.partition(' ')[2]}" if first else before
    after = f"{after.rpartition(' ')[0]} …" if last < len(text) else after
    return Quote(before, finding.passage, after)


def _text(registration: int, field: str) -> str:
    """The text of a field, as the stored versions of a document have it now; nothing where there is none."""
    versions = versions_of([registration], READERS)[registration]
    try:
        record = state_of(versions) if versions else None
    except (ValueError, zlib.error):
        return ""
    return next((section.text for section in sections(record) if section.field == field), "") if record else ""
