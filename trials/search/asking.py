"""What the search box asks for: words, and the names that trials bear, as sponsor:"University of Navarra" or
intervention:"tisagenlecleucel".

A name is meant whole and as its trials write it; with a minus before it these are left out. It narrows down whatever
else is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice

from pyroaring import BitMap

from trials.models import NameKind
from trials.search.index import FacetIndex
from trials.search.text import matching
from trials.search.text.keys import key
from trials.search.text.matching import Found
from trials.search.text.terms import FIELDS

# Each takes a statement; more of them are words.
MOST_NAMES = 4
KINDS = {"sponsor": NameKind.SPONSOR, "intervention": NameKind.INTERVENTION}
_QUOTES = '"“”„«»'
_NAMED = re.compile(rf"(?<!\S)([-−]?)({'|'.join(KINDS)}):[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]", re.IGNORECASE)


@dataclass(frozen=True)
class NameAsked:
    """A name that trials must bear, or must not; `text` is what was typed."""

    kind: NameKind
    name: str
    is_excluded: bool
    text: str

    @property
    def words(self) -> str:
        """`sponsor “University of Navarra”`."""
        return f"{'not ' if self.is_excluded else ''}{self.kind.label.lower()} “{' '.join(self.name.split())}”"


@dataclass(frozen=True)
class Asked:
    """The words of the search box, and the names beside them."""

    words: str
    names: tuple[NameAsked, ...] = ()

    @property
    def text(self) -> str:
        """As it is typed."""
        return " ".join([*(name.text for name in self.names), *([self.words] if self.words else [])])

    @property
    def parts(self) -> Iterator[tuple[str, str]]:
        """(a part in words, what is typed without it) of the words together and of each name."""
        if self.words:
            yield f"“{self.words}”", replace(self, words="").text
        for name in self.names:
            yield name.words, replace(self, names=tuple(one for one in self.names if one is not name)).text


def read(text: str) -> Asked:
    """What somebody asks for who types a text."""
    names = tuple(
        NameAsked(KINDS[found[2].lower()], found[3], bool(found[1]), found[0])
        for found in islice(_NAMED.finditer(text), MOST_NAMES)
    )
    return Asked(" ".join(_NAMED.sub(" ", text, count=MOST_NAMES).split()) if names else text, names)


def named(kind: NameKind, label: str) -> str:
    """What asks for the trials that bear just this name."""
    word = next(word for word, own in KINDS.items() if own == kind)
    return f'{word}:"{re.sub(f"[{_QUOTES}]", " ", label)}"'


def find(text: str, index: FacetIndex) -> Found:
    """The public trials that a text of the search box finds, read at the moment of `index` in four statements at most,
    and in one more for a second kind of name."""
    asked = read(text)
    found = matching.find(asked.words, index) if asked.words else Found((index.public,) * len(FIELDS))
    if not asked.names:
        return found
    bearers = {name: _bearers(name, index) for name in asked.names}
    tiers = tuple(reduce(_narrowed, bearers.items(), tier) for tier in found.tiers)
    unknown = tuple(name.text for name, ids in bearers.items() if not ids and not name.is_excluded)
    better = replace(asked, words=found.suggestion).text if found.suggestion and not unknown else ""
    return replace(found, tiers=tiers, unknown=(*found.unknown, *unknown), suggestion=better)


def _bearers(name: NameAsked, index: FacetIndex) -> BitMap:
    own = key(name.name)
    return index.bearers.of(name.kind, [own]).get(own, BitMap()) if own else BitMap()


def _narrowed(trials: BitMap, bearing: tuple[NameAsked, BitMap]) -> BitMap:
    name, ids = bearing
    return trials - ids if name.is_excluded else trials & ids
