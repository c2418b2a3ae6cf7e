"""Which trials an address asks to compare, and what was wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trials.models import FormerSlug, Identifier, Registration, Trial
from trials.models.trial import REGISTRY_NUMBER_KINDS, is_public, numbers_meant
from trials.phrases import count, either

LEAST, MOST = 2, 4
# How many names are looked up at all; an address may hold thousands.
READ = 12
_SLUG = re.compile(r"[-a-z0-9_]{1,100}")


@dataclass(frozen=True)
class Asked:
    """The trials in the order asked for, at most `MOST`, as (id, slug); `problems` are sentences for the reader."""

    trials: tuple[tuple[int, str], ...]
    problems: tuple[str, ...]

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(slug for _, slug in self.trials)


def asked_for(texts: Sequence[str]) -> Asked:
    """The public trials of these addresses or registry numbers, in at most four queries."""
    named = [text.strip() for text in texts if text.strip()]
    known = _look_up(dict.fromkeys(named[:READ]))
    problems: list[str] = []
    if len(named) > READ:
        left = count(len(named) - READ, "name")
        problems.append(f"Only the first {READ} names of the address are read; {left} left out.")
    found: dict[tuple[int, str], str] = {}
    left_out: list[str] = []
    for text in named[:READ]:
        trial = known.get(text)
        if trial is None:
            problems.append(f"No trial here has the number or address “{_short(text)}”.")
        elif trial in found:
            first = found[trial]
            twice = "named twice" if first == text else f"the same trial as “{_short(first)}”"
            problems.append(f"“{_short(text)}” is {twice}; it stands here once.")
        elif len(found) == MOST:
            left_out.append(_short(text))
        else:
            found[trial] = text
    if left_out:
        problems.append(f"Four trials at most stand side by side; left out: {either(left_out, 'and')}.")
    return Asked(tuple(found), tuple(dict.fromkeys(problems)))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _look_up(texts: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Each text with the id and address of its trial: by address first, then former address, then number."""
    found: dict[str, tuple[int, str]] = {}
    waiting = {text: text.lower() for text in texts if _SLUG.fullmatch(text.lower())}
    addressed = Trial.objects.public().filter(slug__in=waiting.values())
    _match(found, waiting, ((slug, pk, slug) for pk, slug in addressed.values_list("pk", "slug")))
    waiting = {text: slug for text, slug in waiting.items() if text not in found}
    if waiting:
        former = FormerSlug.objects.filter(is_public("trial"), slug__in=waiting.values())
        _match(found, waiting, former.values_list("slug", "trial", "trial__slug"))
    numbers = {text: numbers_meant(text) for text in texts if text not in found}
    wanted = {number for meant in numbers.values() for number in meant}
    if wanted:
        registered = Registration.objects.filter(is_public("trial"), number__upper__in=wanted)
        _match_numbers(found, numbers, registered.order_by("trial_id").values_list("number", "trial", "trial__slug"))
    wanted = {number for text, meant in numbers.items() if text not in found for number in meant}
    if wanted:
        others = Identifier.objects.filter(is_public("trial"), value__upper__in=wanted, kind__in=REGISTRY_NUMBER_KINDS)
        _match_numbers(found, numbers, others.order_by("trial_id").values_list("value", "trial", "trial__slug"))
    return found


def _match(found: dict[str, tuple[int, str]], waiting: dict[str, str], rows: Iterable[tuple[str, int, str]]) -> None:
    trials = {slug: (pk, own) for slug, pk, own in rows}
    found |= {text: trials[slug] for text, slug in waiting.items() if slug in trials}


def _match_numbers(
    found: dict[str, tuple[int, str]], numbers: dict[str, tuple[str, ...]], rows: Iterable[tuple[str, int, str]]
) -> None:
    """The first trial of those that share a number, as on the record page."""
    trials: dict[str, tuple[int, str]] = {}
    for number, pk, slug in rows:
        trials.setdefault(number.upper(), (pk, slug))
    for text, meant in numbers.items():
        held = [trials[number] for number in meant if number in trials]
        if text not in found and held:
            found[text] = min(held)
