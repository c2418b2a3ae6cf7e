"""Free text the plain way: every word must begin, or be, a word of the trial's own text or of its terms."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from django_countries import countries

from trials import models

# “RA” and “ALS” are names, not the beginnings of radiation and also.
SHORT = 3

_NOT_A_WORD = re.compile(r"[^\w]+")

# Where a trial's words stand: the table, its text columns, and how the row leads to the trial.
_OWN_TEXT: tuple[tuple[type, tuple[str, ...], str], ...] = (
    (
        models.Trial,
        (
            "slug",
            "title",
            "official_title",
            "display_title",
            "acronym",
            "keywords",
            "brief_summary",
            "detailed_description",
        ),
        "pk",
    ),
    (models.Registration, ("number", "number_raw"), "trial_id"),
    (models.Identifier, ("value",), "trial_id"),
    (models.TrialCondition, ("wording", "condition__label", "condition__synonyms"), "trial_id"),
    (models.Intervention, ("name", "other_names"), "trial_id"),
    (models.Arm, ("label", "description"), "trial_id"),
    (
        models.CellProduct,
        ("name", "cell_types__label", "cell_types__synonyms", "tissues__label", "tissues__synonyms", "donors__label"),
        "trial_id",
    ),
    (models.Sponsorship, ("organisation__name",), "trial_id"),
    (models.Site, ("facility", "city", "country_raw"), "trial_id"),
    (models.Criterion, ("text",), "trial_id"),
)


def fold(text: str) -> str:
    """Lower case without accents; whatever is no letter or digit becomes one blank, with a blank at each end."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return f" {_NOT_A_WORD.sub(' ', plain.casefold()).strip()} "


def find(text: str) -> set[int]:
    """Ids of trials, drafts too, that hold every word of `text` (see `_pattern`)."""
    wanted = [_pattern(word) for word in text.split() if fold(word).strip()]
    return {trial for trial, own in _texts().items() if all(word in own for word in wanted)}


def _pattern(word: str) -> str:
    """What a word must be found as: `CAR-T` as a phrase, up to three letters whole, longer ones from their start."""
    phrase = fold(word)
    return phrase if len(phrase.split()[-1]) <= SHORT else phrase.rstrip()


def _texts() -> dict[int, str]:
    """Folded text by trial id."""
    parts: defaultdict[int, list[str]] = defaultdict(list)
    for model, columns, trial in _OWN_TEXT:
        rows = model._default_manager.order_by().values_list(trial, *columns)  # type: ignore[attr-defined]
        for pk, *texts in rows.iterator():
            parts[pk] += _flat(texts)
    for pk, country in models.Site.objects.exclude(country="").order_by().values_list("trial_id", "country").distinct():
        parts[pk].append(countries.name(country))
    return {pk: fold(" ".join(texts)) for pk, texts in parts.items()}


def _flat(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _flat(value)
