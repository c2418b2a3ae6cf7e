"""What of a trial can be found by words, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from trials.models.site import country_name
from trials.search.rows import Rows, SiteRow
from trials.search.text.terms import BREAK, FIELDS


@dataclass(frozen=True)
class Document:
    """The texts of a trial by field (see `terms.FIELDS`), joined by `terms.BREAK`."""

    names: str = ""
    title: str = ""
    topics: str = ""
    summary: str = ""
    criteria: str = ""

    def fields(self) -> tuple[str, ...]:
        """In the order of `terms.FIELDS`."""
        return tuple(getattr(self, name) for name in FIELDS)


# A slug made from a registry number; one made from words of the title is no name.
_NUMBER = re.compile("[0-9]{6}")


def document(rows: Rows) -> Document:
    """The texts of a trial."""
    trial = rows.trial
    numbers = (text for row in rows.registrations for text in (row.number, row.number_raw))
    interventions = (text for row in rows.interventions for text in (row.name, *row.other_names))
    arms = (text for row in rows.arms for text in row)
    criteria = (text for row in rows.criteria for text in row)
    return Document(
        names=_joined(
            trial.slug if _NUMBER.search(trial.slug) else "",
            trial.acronym,
            *numbers,
            *(row.value for row in rows.identifiers),
        ),
        title=_joined(trial.display_title, trial.title, trial.official_title),
        topics=_joined(
            *trial.keywords,
            *(row.wording for row in rows.conditions),
            *interventions,
            *(row.name for row in rows.products),
        ),
        summary=_joined(
            *(trial.brief_summary, trial.detailed_description, trial.objectives),
            *arms,
            *rows.sponsors(),
            *_places(rows.sites),
        ),
        criteria=_joined(*criteria),
    )


def _places(sites: Iterable[SiteRow]) -> Iterable[str]:
    for row in sites:
        yield from (row.facility, row.city, country_name(row.country), row.country_raw)


def _joined(*texts: Any) -> str:
    """The texts, each once: three hundred sites name few countries."""
    # A list that somebody typed as JSON may hold anything.
    return BREAK.join(dict.fromkeys(text for text in texts if text and isinstance(text, str)))
