"""Steps of treatment: which amount of which product goes to which arm, how often and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trials.reading.arms import arms_named
from trials.reading.clauses import matches_in, sentence_at
from trials.reading.counted import Counted, counted
from trials.reading.facts import INFERRED, STATED, DoseFacts, Fact, ProductFacts
from trials.reading.lexicon import CELL_TYPE, ROUTE, Match
from trials.reading.marked import Marked
from trials.reading.notations import fold
from trials.reading.schedule import Schedule, schedule_near
from trials.reading.sections import ARM, DETAIL, INTERVENTION, NAME, PRODUCT, SUMMARY, TITLE
from trials.reading.units import FLAT, PER_EYE, PER_KG, PER_M2, PER_SITE
from trials.reading.unstated import unstated
from trials.records import TrialRecord

# Where doses are looked for, in the order in which a place is believed: never in criteria and outcomes.
_RANKS = {ARM: 0, INTERVENTION: 1, NAME: 2, PRODUCT: 2, TITLE: 3, SUMMARY: 4, DETAIL: 5}

_LABEL = re.compile(
    r"(?:\b(?:first|second|third|fourth|fifth|sixth|1st|2nd|3rd|4th|5th|low(?:est)?|mid(?:dle|dium)?|intermediate|high(?:est)?|starting|initial|"
    r"expansion)[\s-](?:dose[\s-])?(?:cohort|group|level|dose|tier|arm|part|stage|step|phase)\b"
    r"|\b(?:dos(?:e|age)\s)?(?:levels?|cohort|group|tier|step|arm|stage|part|DL|dose)\s?[-#]?\s?(?:-?\d{1,2}[A-Za-z]?|(?-i:[A-H]|I{1,3}|IV|V))(?![\w.]))",
    re.IGNORECASE,
)
# How far from an amount its times may stand, in characters.
_BEFORE, _BEHIND = 200, 300
_TOTAL = re.compile(
    r"\b(?:total|cumulative|altogether|in\sall)\b[^.;\d]{0,25}$|^[^.;\d]{0,40}\bin\stotal\b", re.IGNORECASE
)


@dataclass(slots=True)
class _Step:
    """An amount with what is known of its giving; `arm` and `product` are places."""

    found: Counted
    arm: int | None
    schedule: Schedule
    schedule_of: Counted
    label: str = ""
    condition: str = ""


def read_doses(texts: Sequence[Marked], record: TrialRecord, products: Sequence[ProductFacts]) -> tuple[DoseFacts, ...]:
    """The steps that a record's texts state, arm by arm and in the order of the text.

    Where no amount is stated, one step per product and route, or per arm that only prose names, says so without amount.
    """
    found: list[Counted] = []
    for marked in texts:
        if marked.section.kind in _RANKS:
            found.extend(counted(marked))
    steps = _steps(_without_echoes(found), found, record)
    if steps:
        return tuple(_fact(step, products) for step in steps)
    return tuple(unstated(texts, record, products))


# ------------------------------------------------------------------------------------------------------- echoes
def _without_echoes(found: list[Counted]) -> list[Counted]:
    """Without amounts that only say others again: totals, spans of steps, volumes, per kg in short."""
    by_basis: dict[str, set[Decimal]] = {}
    for one in found:
        if one.high is None:
            by_basis.setdefault(one.basis, set()).add(one.low.normalize())
    stated_fields = {one.marked.section.field for one in found if not one.rule.startswith("volume")}
    return [one for one in found if not _is_echo(one, found, by_basis, stated_fields)]


def _is_echo(one: Counted, found: list[Counted], by_basis: dict[str, set[Decimal]], stated_fields: set[str]) -> bool:
    if one.rule.startswith("volume"):
        return one.marked.section.field in stated_fields
    singles = by_basis.get(one.basis, set())
    if one.high is not None:
        return one.low.normalize() in singles and one.high.normalize() in singles
    if one.is_plain_cells and any(
        other.basis in (PER_KG, PER_M2) and (other.low, other.high) == (one.low, one.high) for other in found
    ):
        return True
    text = one.marked.section.text
    says_total = _TOTAL.search(text[max(0, one.start - 60) : one.start]) or _TOTAL.match(text[one.end : one.end + 50])
    return bool(says_total) and any(
        other < one.low and one.low % other == 0 and one.low / other <= 60 for other in singles
    )


# -------------------------------------------------------------------------------------------------------- steps
def _steps(kept: list[Counted], found: list[Counted], record: TrialRecord) -> list[_Step]:
    steps: dict[tuple[object, ...], _Step] = {}
    for one in sorted(
        kept,
        key=lambda one: (
            _RANKS[one.marked.section.kind],
            one.marked.section.arm or 0,
            one.marked.section.field.endswith(".label"),
        ),
    ):
        arms = _arms(one, record)
        same = [step for step in steps.values() if _says_the_same(step.found, one)]
        schedule, condition = _schedule(one, found), _condition(one)
        if (
            one.marked.section.kind == ARM
            or not same
            or (arms != [None] and all(step.arm not in arms for step in same) and _is_other_product(same, one))
        ):
            for arm in arms:
                key = (arm, *_key(one))
                if key in steps:
                    _fill(steps[key], one, schedule, condition)
                else:
                    steps[key] = _Step(one, arm, schedule, one, _label(one, found), condition)
        else:
            for step in same:
                if len(same) == 1 or arms == [None] or step.arm in arms:
                    _fill(step, one, schedule, condition)
    return sorted(steps.values(), key=lambda step: 99 if step.arm is None else step.arm)


def _key(one: Counted) -> tuple[object, ...]:
    low, high, basis = one.key
    return low, high, FLAT if basis in (PER_SITE, PER_EYE) else basis


def _says_the_same(one: Counted, other: Counted) -> bool:
    return _key(one) == _key(other)


def _is_other_product(same: list[_Step], one: Counted) -> bool:
    """Whether an intervention of its own gives the same amount: ten million of each of two products."""
    theirs = {step.found.marked.section.intervention for step in same}
    mine = one.marked.section.intervention
    return mine is not None and None not in theirs and mine not in theirs


def _fill(step: _Step, one: Counted, schedule: Schedule, condition: str) -> None:
    if step.schedule == Schedule():
        step.schedule_of = one
    if step.schedule_of is one or step.schedule_of.marked is one.marked:
        step.schedule = step.schedule.filled(schedule)
    elif schedule != Schedule():
        # From another text: only what stands nowhere in the first, and never its place.
        filled = step.schedule.filled(schedule)
        step.schedule = replace(filled, count_at=step.schedule.count_at, days_at=step.schedule.days_at)
    step.condition = step.condition or condition


def _arms(one: Counted, record: TrialRecord) -> list[int | None]:
    """The arms that get an amount: that of its own text, those named beside it, or the only one there is."""
    section = one.marked.section
    if section.arm is not None:
        return [section.arm]
    if section.intervention is not None:
        linked = [place for place, arm in enumerate(record.arms) if section.intervention in arm.interventions]
        if len(linked) == 1:
            return [linked[0]]
    start, _ = one.sentence
    named = arms_named(section.text, start, one.start, record)
    if named:
        return [named[-1]]
    return [0] if len(record.arms) == 1 else [None]


def _label(one: Counted, found: Iterable[Counted]) -> str:
    """The name of a step as written before or right behind its amount: “second cohort”, “dose level 1”."""
    text = one.marked.section.text
    near = [other for other in found if other.marked is one.marked and other is not one]
    floor = max((other.end for other in near if other.end <= one.start), default=0)
    before = [
        match
        for match in _LABEL.finditer(text, max(floor, one.start - 70), one.start)
        if "\n\n" not in text[match.end() : one.start]
    ]
    if before:
        return " ".join(before[-1][0].split())
    limit = min((other.start for other in near if other.start >= one.end), default=len(text))
    after = _LABEL.match(text, one.end + len(re.match(r"[\s(,]*(?:for\s)?", text[one.end : limit])[0]))  # type: ignore[index]
    return " ".join(after[0].split()) if after and after.end() <= limit else ""


def _schedule(one: Counted, found: Iterable[Counted]) -> Schedule:
    """Times in the words around an amount: behind it up to the next amount, before it, then in its whole text."""
    text = fold(one.marked.section.text)
    near = [other for other in found if other.marked is one.marked]
    start, end = one.sentence
    if end < len(text):  # one sentence more: "… at 200 million cells. Infusions will occur on days 1 and 8."
        end = sentence_at(one.marked.section.text, min(end + 1, len(text) - 1))[1]
    floor = max((other.end for other in near if other.end <= one.start), default=0)
    limit = min((other.start for other in near if other.start >= one.end), default=len(text))
    stretches = [
        (max(start, floor, one.start - _BEFORE), one.start),
        (one.end, min(end, limit, one.end + _BEHIND)),
    ]
    is_one_of_several = floor > start or limit < end
    if is_one_of_several and (
        len({other.key for other in near}) == 1 or one.marked.section.kind in (ARM, INTERVENTION)
    ):
        stretches.append((max(start, one.start - 2 * _BEFORE), min(end, one.end + 2 * _BEHIND)))
    return schedule_near(text, stretches)


def _condition(one: Counted) -> str:
    """The sentence that makes a step depend on something, where it stands before the amount."""
    start, end = one.sentence
    cues = matches_in(one.marked.matches, start, one.start, "CONDITIONAL")
    return one.marked.section.text[cues[0].start : end].strip() if cues else ""


# -------------------------------------------------------------------------------------------------------- facts
def _fact(step: _Step, products: Sequence[ProductFacts]) -> DoseFacts:
    one, schedule = step.found, step.schedule
    product = _product(one, step.arm, products)
    low, high, unit = schedule.interval or (None, None, "")
    return DoseFacts(
        passage=one.marked.passage(one.start, one.end),
        amount_low=one.low,
        amount_high=one.high,
        basis=one.basis,
        as_written=" ".join(one.written.split())[:200],
        state=one.state,
        rule=one.rule,
        arm=step.arm,
        product=product,
        label=step.label,
        route=_route(one, product, products),
        body_site=one.site,
        administrations=_administrations(step),
        days=schedule.days,
        interval_low=low,
        interval_high=high,
        interval_unit=unit,
        is_conditional=bool(step.condition),
        condition=step.condition,
        flags=one.flags,
    )


def _administrations(step: _Step) -> Fact | None:
    schedule = step.schedule
    if schedule.count is None:
        return None
    marked = step.schedule_of.marked
    span = schedule.count_at
    passage = marked.passage(*span) if span else marked.passage(step.schedule_of.start, step.schedule_of.end)
    is_counted = span is not None and span == schedule.days_at
    return Fact(
        str(schedule.count), passage, INFERRED if is_counted else STATED, "number of days" if is_counted else ""
    )


def _product(one: Counted, arm: int | None, products: Sequence[ProductFacts]) -> int | None:
    """The product that is meant: that of the intervention, the one whose cells are named nearest, or the only one."""
    if len(products) == 1:
        return 0
    intervention = one.marked.section.intervention
    if intervention is not None:
        of_it = [place for place, product in enumerate(products) if product.intervention == intervention]
        if of_it:
            return of_it[0]
    named = _nearest_types(one)
    for slug in named:
        for place, product in enumerate(products):
            if slug in {fact.value for fact in product.cell_types}:
                return place
    of_arm = [place for place, product in enumerate(products) if arm is not None and arm in product.arms]
    return of_arm[0] if len(of_arm) == 1 else None


def _nearest_types(one: Counted) -> list[str]:
    """Cell types named in the sentence of an amount, the nearest first."""
    start, end = one.sentence
    matches = [match for match in one.marked.matches.of(CELL_TYPE) if start <= match.start < end]
    matches.sort(key=lambda match: _distance(one, match))
    return [match.slug for match in matches]


def _route(one: Counted, product: int | None, products: Sequence[ProductFacts]) -> Fact | None:
    """The route at hand: the nearest in the sentence of the amount, else in its text, else the only one."""
    facts = [
        route
        for place in ([product] if product is not None else range(len(products)))
        for route in products[place].routes
    ]
    values = {fact.value for fact in facts}
    start, end = one.sentence
    text = one.marked.section.text
    for low, high in ((start, end), (0, len(text))):
        named = [match for match in matches_in(one.marked.matches, low, high, ROUTE) if match.slug in values]
        if named and (low > 0 or high < len(text) or len({match.slug for match in named}) == 1):
            nearest = min(named, key=lambda match: _distance(one, match))
            return Fact(nearest.slug, one.marked.at(nearest))
    return facts[0] if len(values) == 1 else None


def _distance(one: Counted, match: Match) -> int:
    """Characters between an amount with its unit and a name; 0 where the name stands in it."""
    return max(match.start - one.end, one.start - match.end, 0)
