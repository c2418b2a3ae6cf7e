"""The single choices of a question, each with the question that is left without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trials.search import asking, facets
from trials.search.facets import Facet
from trials.search.groups import results_url
from trials.search.question import Question
from trials.search.values import NOT_STATED, ValueSet


@dataclass(frozen=True)
class Chip:
    """A choice in words; `rest` is the question without it, and `url` leads there."""

    label: str
    rest: Question

    @property
    def url(self) -> str:
        return results_url(self.rest)


def chips_of(question: Question, values: Mapping[str, ValueSet]) -> tuple[Chip, ...]:
    """The choices of a question: its words, the values of facets, and the ranges."""
    return (*_words(question), *_values(question, values), *_ranges(question))


def _words(question: Question) -> Iterator[Chip]:
    for label, without in asking.read(question.q).parts:
        yield Chip(label, question.but(q=without))


def _values(question: Question, values: Mapping[str, ValueSet]) -> Iterator[Chip]:
    for key, chosen in question.chosen:
        facet = facets.by_key()[key]
        for slug in chosen:
            yield Chip(f"{facet.label}: {_label(facet, values[key], slug)}", question.toggled(key, slug))


def _label(facet: Facet, values: ValueSet, slug: str) -> str:
    return facet.missing.lower() if slug == NOT_STATED else values.values[slug].label


def _ranges(question: Question) -> Iterator[Chip]:
    ranges = (
        ("age", question.age and f"Age {question.age.label}"),
        ("start_from", question.start_from and f"Started from {question.start_from.label}"),
        ("start_to", question.start_to and f"Started until {question.start_to.label}"),
        ("enrolment_from", _participants("from", question.enrolment_from)),
        ("enrolment_to", _participants("up to", question.enrolment_to)),
        ("near", question.near and f"Within {question.near.km} km of {question.near.label}"),
    )
    for name, label in ranges:
        if label:
            yield Chip(label, question.but(**{name: None}))


def _participants(word: str, number: int | None) -> str:
    return "" if number is None else f"Participants {word} {number}"
