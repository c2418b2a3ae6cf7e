"""Steps of treatment of which no amount is stated: that a product is given, by which route, to which arm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trials.reading.clauses import matches_in, sentence_at
from trials.reading.facts import DoseFacts, Fact, Passage, ProductFacts, ProseArm
from trials.reading.lexicon import ROUTE, Match
from trials.reading.marked import Marked
from trials.reading.units import CELLS
from trials.records import TrialRecord

# Routes that say only so much, which an exact one of the product does not contradict.
_WIDE = {"systemic", "local"}
_ARM_FIELD = re.compile(r"armGroups\[(\d+)\]")


def unstated(
    texts: Sequence[Marked], record: TrialRecord, products: Sequence[ProductFacts], arms: Sequence[ProseArm]
) -> Iterator[DoseFacts]:
    """Steps without amount: for arms that only prose names by the routes told of each, else per product and route."""
    if not products:
        return
    product = 0 if len(products) == 1 else None
    known = {route.value for facts in products for route in facts.routes} | _WIDE
    by_arms = [step for one in texts for step in _of_prose_arms(one, arms, product, known)]
    if by_arms:
        yield from by_arms
        return
    seen: set[tuple[int | None, int, str]] = set()
    for place, facts in enumerate(products):
        for route in facts.routes:
            arm = _arm_of(route.passage, record, facts)
            if (arm, place, route.value) not in seen:
                seen.add((arm, place, route.value))
                yield DoseFacts(passage=route.passage, product=place, route=route, arm=arm)


def _of_prose_arms(
    marked: Marked, arms: Sequence[ProseArm], product: int | None, known: set[str]
) -> Iterator[DoseFacts]:
    """Steps by what is said of each arm: “by vein (arm A), by vein and locally (arm B)”, “arm A: by vein; arm B: …”."""
    here = sorted((arm for arm in arms if arm.passage.field == marked.section.field), key=lambda arm: arm.passage.start)
    if not here:
        return
    text = marked.section.text
    is_behind = text[: here[0].passage.start].rstrip().endswith("(")
    for place, arm in enumerate(here):
        if is_behind:
            start = here[place - 1].passage.end if place else max(0, _line_start(text, arm.passage.start))
            end = arm.passage.start
        else:
            start = arm.passage.end
            end = here[place + 1].passage.start if place + 1 < len(here) else _line_end(text, start)
        routes: dict[str, Match] = {}
        for match in matches_in(marked.matches, start, end, ROUTE):
            if match.slug in known and _is_of_cells(marked, match, start, end):
                routes.setdefault(match.slug, match)
        for match in sorted(routes.values()):
            fact = Fact(match.slug, marked.at(match))
            yield DoseFacts(passage=arm.passage, product=product, route=fact, label=arm.label)


def _is_of_cells(marked: Marked, route: Match, start: int, end: int) -> bool:
    """Whether cells are named in the sentence of a route, within what is said of the arm; else it is another drug's."""
    low, high = sentence_at(marked.section.text, route.start)
    return bool(matches_in(marked.matches, max(low, start), min(high, end), *CELLS))


def _line_start(text: str, place: int) -> int:
    return max(text.rfind("\n", 0, place), text.rfind(". ", 0, place)) + 1


def _line_end(text: str, place: int) -> int:
    ends = [end for end in (text.find("\n", place), text.find(". ", place)) if end >= 0]
    return min(ends, default=len(text))


def _arm_of(passage: Passage, record: TrialRecord, product: ProductFacts) -> int | None:
    if match := _ARM_FIELD.match(passage.field):
        return int(match[1])
    if len(record.arms) == 1:
        return 0
    return product.arms[0] if len(product.arms) == 1 else None
