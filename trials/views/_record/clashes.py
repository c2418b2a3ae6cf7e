"""Criteria that repeat each other or do not fit together, found by their words and numbers alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from trials.models.choices import CriterionKind
from trials.views._record.figures import OPPOSITE, Limit, limits_of


@dataclass(frozen=True)
class Placed:
    """A criterion with its kind and its number in the list, such as `3` or `3.2`."""

    pk: int
    kind: str
    number: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.kind.lower()} {self.number}"

    @property
    def anchor(self) -> str:
        return f"{self.kind.lower()}-{self.number.replace('.', '-')}"


@dataclass(frozen=True)
class Clash:
    """What a criterion has to do with another one, which `anchor` leads to. `is_serious` of a contradiction."""

    sentence: str
    anchor: str
    is_serious: bool


def clashes_of(rows: Sequence[Placed]) -> dict[int, tuple[Clash, ...]]:
    """The clashes of each criterion by its id; both ends of a pair name each other."""
    found: defaultdict[int, dict[Clash, None]] = defaultdict(dict)
    for one, other, sentence, is_serious in (*_repeated(rows), *_limited(rows)):
        found[one.pk][Clash(sentence.format(other.name), other.anchor, is_serious)] = None
        found[other.pk][Clash(sentence.format(one.name), one.anchor, is_serious)] = None
    return {pk: tuple(clashes) for pk, clashes in found.items()}


Pair = tuple[Placed, Placed, str, bool]


def _repeated(rows: Sequence[Placed]) -> Iterable[Pair]:
    by_words: defaultdict[str, list[Placed]] = defaultdict(list)
    for row in rows:
        by_words[_words(row.text)].append(row)
    for words, alike in by_words.items():
        # A word or two, such as “or”, may stand in any number of lists.
        if len(words.split()) < 3:
            continue
        for other in alike[1:]:
            both = other.kind != alike[0].kind
            yield alike[0], other, "in the same words as {}" + (", which says the opposite" if both else ""), both


def _words(text: str) -> str:
    """The text without its stops and capitals; signs that compare stay."""
    return " ".join("".join(mark if mark.isalnum() or mark in "<>≤≥=%" else " " for mark in text.casefold()).split())


def _limited(rows: Sequence[Placed]) -> Iterable[Pair]:
    """Limits of one quantity in one unit, to enter and to be shut out."""
    by_quantity: defaultdict[tuple[str, str, str], list[tuple[Placed, Limit]]] = defaultdict(list)
    for row in rows:
        limits = limits_of(row.text)
        quantities = [(limit.what, limit.unit) for limit in limits]
        for limit, quantity in zip(limits, quantities, strict=True):
            # Two limits of one quantity in one criterion hold for different cases, or from two sides.
            if quantities.count(quantity) == 1:
                by_quantity[row.kind, *quantity].append((row, limit))
    for (kind, what, unit), asked in by_quantity.items():
        if kind == CriterionKind.INCLUSION:
            barred = by_quantity.get((CriterionKind.EXCLUSION, what, unit), ())
            for (one, limit), (other, bar) in product(asked, barred):
                sentence, is_serious = _compared(limit, bar)
                if sentence:
                    yield one, other, sentence, is_serious


def _compared(asked: Limit, barred: Limit) -> tuple[str, bool]:
    """How a limit to enter and one that shuts out fit; nothing where they bound different ends."""
    if asked.is_floor == barred.is_floor:
        gap = asked.value - barred.value if asked.is_floor else barred.value - asked.value
        only_the_limit_itself = asked.sign in "≥≤" and barred.sign in "<>"
        nobody = gap > 0 or (gap == 0 and not only_the_limit_itself)
        return ("as written, no value meets both this and {}", True) if nobody else ("", False)
    if asked.value == barred.value and barred.sign == OPPOSITE[asked.sign]:
        return "the same limit as {}, from the other side", False
    return f"{asked.words} to enter and {barred.words} to be shut out: not the same limit as {{}}", True
