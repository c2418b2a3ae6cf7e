"""What of a trial can be found by words, field by field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django_countries import countries

from trials import models
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


# The table, its column with the trial's id, and which of its columns stand in which field.
_SOURCES: tuple[tuple[type[Any], str, tuple[tuple[str, str], ...]], ...] = (
    (
        models.Trial,
        "pk",
        (
            ("slug", "names"),
            ("acronym", "names"),
            ("display_title", "title"),
            ("title", "title"),
            ("official_title", "title"),
            ("keywords", "topics"),
            ("brief_summary", "summary"),
            ("detailed_description", "summary"),
            ("objectives", "summary"),
        ),
    ),
    (models.Registration, "trial_id", (("number", "names"), ("number_raw", "names"))),
    (models.Identifier, "trial_id", (("value", "names"),)),
    (models.TrialCondition, "trial_id", (("wording", "topics"),)),
    (models.Intervention, "trial_id", (("name", "topics"), ("other_names", "topics"))),
    (models.CellProduct, "trial_id", (("name", "topics"),)),
    (models.Arm, "trial_id", (("label", "summary"), ("description", "summary"))),
    (models.Sponsorship, "trial_id", (("organisation__name", "summary"),)),
    (
        models.Site,
        "trial_id",
        (("facility", "summary"), ("city", "summary"), ("country", "summary"), ("country_raw", "summary")),
    ),
    (models.Criterion, "trial_id", (("text", "criteria"), ("exception", "criteria"))),
)

# A slug made from a registry number; one made from words of the title is no name.
_NUMBER = re.compile("[0-9]{6}")
_COUNTRIES: dict[str, str] = {}


def documents(trials: Collection[int]) -> dict[int, Document]:
    """The documents of these trials, drafts too, by id, in one query per table. A trial that is gone has none."""
    texts: defaultdict[int, dict[str, dict[str, None]]] = defaultdict(lambda: {name: {} for name in FIELDS})
    for model, trial, columns in _SOURCES:
        names, fields = zip(*columns, strict=True)
        rows = model._default_manager.filter(**{f"{trial}__in": trials}).order_by(*model._meta.ordering)
        for pk, *values in rows.values_list(trial, *names):
            own = texts[pk]
            for name, field, value in zip(names, fields, values, strict=True):
                if value:
                    # A dictionary keeps the order and drops repeats: three hundred sites name few countries.
                    own[field].update(dict.fromkeys(_texts(name, value)))
    return {pk: Document(**{name: BREAK.join(own[name]) for name in FIELDS}) for pk, own in texts.items()}


def _texts(column: str, value: Any) -> Iterable[str]:
    if column == "country":
        return (_country(str(value)),)
    if column == "slug":
        return (value,) if _NUMBER.search(value) else ()
    if isinstance(value, list):
        return tuple(part for part in value if isinstance(part, str))
    return (value,)


def _country(code: str) -> str:
    """The English name of a country, remembered: the library looks it up anew each time."""
    if code not in _COUNTRIES:
        _COUNTRIES[code] = str(countries.name(code))
    return _COUNTRIES[code]
