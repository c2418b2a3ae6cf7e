"""Long facets: the few values that stand beside the results, and the whole list with words to find in it.

Works on what `browse` answers and asks nothing of the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django.urls import reverse

from trials.search.browse import Choice, FacetGroup, Results
from trials.search.question import Question
from trials.search.values import NOT_STATED
from trials.search.words import fold

# So many values stay of a facet that is cut, which is one with more than `LONG`: a list is not cut for one line.
SHOWN = 10
LONG = 15


@dataclass(frozen=True)
class ShortFacet:
    """A facet beside the results. `all_count` values are on the page `all_url`; 0 where none is left out here."""

    group: FacetGroup
    choices: tuple[Choice, ...]
    all_count: int
    all_url: str


def short_facets(results: Results) -> tuple[ShortFacet, ...]:
    """Every facet of an answer; of a long one the most frequent values, the chosen ones and “not stated”."""
    return tuple(_shortened(group, results.question) for group in results.facets)


def whole_list_url(key: str, question: Question) -> str:
    """The page with every value of a facet, counted for `question`."""
    return _address(reverse("facet", args=[key]), question.but())


def results_url(question: Question) -> str:
    """The results that a list was counted for."""
    return _address(reverse("browse"), question)


def count_values(choices: Iterable[Choice]) -> int:
    """How many values there are, at any depth."""
    return sum(1 for _ in _walk(choices))


def find_values(choices: tuple[Choice, ...], text: str) -> tuple[Choice, ...]:
    """The values that hold `text`, whatever its case and accents, below those that they stand under.

    What stands under a value that is found is found with it.
    """
    wanted = fold(text).strip()

    def found(choice: Choice) -> Choice | None:
        if wanted in fold(choice.label):
            return choice
        below = _each(choice.children, found)
        return replace(choice, children=below) if below else None

    return _each(choices, found)


def _shortened(group: FacetGroup, question: Question) -> ShortFacet:
    values = list(_walk(group.choices))
    if len(values) <= LONG:
        return ShortFacet(group, group.choices, 0, "")
    # Nothing below a value is more frequent than the value itself, so with a value those above it are among these.
    frequent = {value.slug for value in sorted(values, key=lambda value: -value.count)[:SHOWN]}

    def kept(choice: Choice) -> Choice | None:
        below = _each(choice.children, kept)
        if below or choice.is_chosen or choice.slug in frequent or choice.slug == NOT_STATED:
            return replace(choice, children=below)
        return None

    return ShortFacet(group, _each(group.choices, kept), len(values), whole_list_url(group.key, question))


def _address(path: str, question: Question) -> str:
    query = question.query_string()
    return f"{path}?{query}" if query else path


def _each(choices: Iterable[Choice], change: Callable[[Choice], Choice | None]) -> tuple[Choice, ...]:
    return tuple(changed for choice in choices if (changed := change(choice)) is not None)


def _walk(choices: Iterable[Choice]) -> Iterator[Choice]:
    for choice in choices:
        yield choice
        yield from _walk(choice.children)
