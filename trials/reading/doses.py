"""Steps of treatment: which amount of which product goes to which arm, how often and when."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from trials.reading.arms import arms_named
from trials.reading.clauses import matches_in, sentence_at
from trials.reading.controls import control_arms, gets_cells_later
from trials.reading.counted import Counted, counted
from trials.reading.echoes import RANKS, own_steps, step_label
from trials.reading.facts import INFERRED, DoseFacts, Fact, ProductFacts, ProseArm
from trials.reading.lexicon import CELL_TYPE, ROUTE, Match
from trials.reading.marked import Marked
from trials.reading.neighbours import Amounts
from trials.reading.schedule import Schedule, schedule_near
from trials.reading.sections import ARM, INTERVENTION
from trials.reading.units import CELLS, FLAT, PER_EYE, PER_SITE
from trials.reading.unstated import unstated
from trials.records import TrialRecord

# How far from an amount its times may stand, in characters.
_BEFORE, _BEHIND = 200, 300


@dataclass(frozen=True, slots=True)
class _Times:
    """How often and when, with the words that say how often. `interval` is low, high and unit."""

    count: Fact | None = None
    days: tuple[int, ...] = ()
    interval: tuple[float, float | None, str] | None = None

    def filled(self, other: _Times) -> _Times:
        """These, with what they lack from another text; days that were only counted go with their own list."""
        takes = self.count is None and not (self.days and other.count is not None and other.count.rule)
        return _Times(other.count if takes else self.count, self.days or other.days, self.interval or other.interval)


@dataclass(slots=True)
class _Step:
    """An amount with what is known of its giving; `arm` is a place in the record's arms."""

    found: Counted
    arm: int | None
    times: _Times
    label: str = ""
    condition: str = ""

    def add(self, other: _Step) -> None:
        self.times = self.times.filled(other.times)
        self.condition = self.condition or other.condition


def read_doses(
    texts: Sequence[Marked], record: TrialRecord, products: Sequence[ProductFacts], arms: Sequence[ProseArm] = ()
) -> tuple[DoseFacts, ...]:
    """The steps that a record's texts state, arm by arm and in the order of the text.

    Where no amount is stated, one step per product and route, or per arm that only prose names (`arms`), says so.
    """
    found = [one for marked in texts if marked.section.kind in RANKS for one in counted(marked)]
    amounts = Amounts(found)
    steps = _steps(own_steps(amounts), amounts, record, control_arms(record, products))
    if steps:
        return tuple(_fact(step, products) for step in steps)
    return tuple(unstated(texts, record, products, arms))


# -------------------------------------------------------------------------------------------------------- steps
def _steps(kept: list[Counted], found: Amounts, record: TrialRecord, controls: frozenset[int]) -> list[_Step]:
    steps: list[_Step] = []
    by_key: dict[object, list[_Step]] = {}
    of_control = [_is_of_control(one, record, controls) for one in kept]
    for is_of_control, one in sorted(zip(of_control, kept, strict=True), key=lambda pair: (pair[0], *_rank(pair[1]))):
        arm = None if is_of_control else _arm(one, record)
        told = _Step(one, arm, _times(one, found), step_label(one, found), _condition(one))
        same = by_key.setdefault(_key(one), [])
        own = [step for step in same if step.arm == told.arm]
        is_of_arm = one.marked.section.kind == ARM and arm is not None
        is_new = not own if is_of_arm else not same or (not own and _is_other_product(told, same))
        if is_new:
            steps.append(told)
            same.append(told)
        else:
            for step in own or (same if told.arm is None or len(same) == 1 else ()):
                step.add(told)
    return sorted(steps, key=lambda step: len(record.arms) if step.arm is None else step.arm)


def _is_of_control(one: Counted, record: TrialRecord, controls: frozenset[int]) -> bool:
    """Whether an amount stands beside a control that gets no cells: it is the cells' amount, of no known arm."""
    arm = _arm(one, record)
    if arm is None or arm not in controls:
        return False
    return one.marked.section.kind != ARM or not gets_cells_later(one.marked.section.text, one.start)


def _rank(one: Counted) -> tuple[int, int, bool]:
    """Arms first, in their order, and what describes an arm before its label."""
    section = one.marked.section
    return RANKS[section.kind], section.arm or 0, section.field.endswith(".label")


def _key(one: Counted) -> tuple[object, ...]:
    """What makes two amounts the same: per site and per eye are cells to one who writes in short."""
    low, high, basis = one.key
    return low, high, FLAT if basis in (PER_SITE, PER_EYE) else basis


def _is_other_product(told: _Step, same: list[_Step]) -> bool:
    """Whether an intervention of its own gives the same amount to its own arm: ten million of each of two products."""
    theirs = {step.found.marked.section.intervention for step in same}
    mine = told.found.marked.section.intervention
    return told.arm is not None and mine is not None and None not in theirs and mine not in theirs


def _arm(one: Counted, record: TrialRecord) -> int | None:
    """The arm that gets an amount: that of its own text, the one named last before it, or the only one there is."""
    section = one.marked.section
    if section.arm is not None:
        return section.arm
    if section.intervention is not None:
        linked = [place for place, arm in enumerate(record.arms) if section.intervention in arm.interventions]
        if len(linked) == 1:
            return linked[0]
    named = arms_named(section.text, one.sentence[0], one.start, record)
    if named:
        return named[-1]
    return 0 if len(record.arms) == 1 else None


def _times(one: Counted, found: Amounts) -> _Times:
    """Times in the words around an amount: behind it up to the next amount, before it, then in its whole text."""
    near = found.beside(one)
    text = near.folded
    start, end = one.sentence
    if end < len(text):  # one sentence more: "… at 200 million cells. Infusions will occur on days 1 and 8."
        end = sentence_at(one.marked.section.text, min(end + 1, len(text) - 1))[1]
    last = near.last_before(one.start)
    floor, limit = last.end if last else 0, near.next_start(one.end)
    stretches = [
        (max(start, floor, one.start - _BEFORE), one.start),
        (one.end, min(end, limit, one.end + _BEHIND)),
    ]
    is_one_of_several = floor > start or limit < end
    if is_one_of_several and (near.is_one_amount or one.marked.section.kind in (ARM, INTERVENTION)):
        stretches.append((max(start, one.start - 2 * _BEFORE), min(end, one.end + 2 * _BEHIND)))
    schedule = schedule_near(text, stretches)
    return _Times(_count(one, schedule), schedule.days, schedule.interval)


def _count(one: Counted, schedule: Schedule) -> Fact | None:
    """The number of administrations as a fact; the length of a list of days is inferred."""
    if schedule.count is None or schedule.count_at is None:
        return None
    passage = one.marked.passage(*schedule.count_at)
    if schedule.count_at == schedule.days_at:
        return Fact(str(schedule.count), passage, INFERRED, "number of days")
    return Fact(str(schedule.count), passage)


def _condition(one: Counted) -> str:
    """The sentence that makes a step depend on something, where it stands before the amount."""
    start, end = one.sentence
    cues = matches_in(one.marked.matches, start, one.start, "CONDITIONAL")
    return one.marked.section.text[cues[0].start : end].strip() if cues else ""


# -------------------------------------------------------------------------------------------------------- facts
def _fact(step: _Step, products: Sequence[ProductFacts]) -> DoseFacts:
    one, times = step.found, step.times
    product = _product(one, step.arm, products)
    low, high, unit = times.interval or (None, None, "")
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
        administrations=times.count,
        days=times.days,
        interval_low=low,
        interval_high=high,
        interval_unit=unit,
        is_conditional=bool(step.condition),
        condition=step.condition,
        flags=one.flags,
    )


def _product(one: Counted, arm: int | None, products: Sequence[ProductFacts]) -> int | None:
    """The product that is meant: that of the intervention, the one whose cells are named nearest, or the only one."""
    if len(products) == 1:
        return 0
    intervention = one.marked.section.intervention
    own = [n for n, product in enumerate(products) if intervention is not None and product.intervention == intervention]
    if len(own) == 1:
        return own[0]
    for slug in _nearest_types(one):
        for place in own or range(len(products)):
            if slug in {fact.value for fact in products[place].cell_types}:
                return place
    of_arm = [place for place, product in enumerate(products) if arm is not None and arm in product.arms]
    return of_arm[0] if len(of_arm) == 1 else None


def _nearest_types(one: Counted) -> list[str]:
    """Cell types named in the sentence of an amount, the nearest first."""
    start, end = one.sentence
    named = one.marked.matches.of(CELL_TYPE)
    matches = named[bisect_left(named, (start,)) : bisect_left(named, (end,))]
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
        if (low, high) != (start, end) and len(values) == 1:
            # Nearer than that of the cells may stand a drug's: “cyclophosphamide intravenously. 10^6 cells/kg”.
            named = [match for match in named if _is_beside_cells(one, match)]
        if named and (low > 0 or high < len(text) or len({match.slug for match in named}) == 1):
            nearest = min(named, key=lambda match: _distance(one, match))
            return Fact(nearest.slug, one.marked.at(nearest))
    return facts[0] if len(values) == 1 else None


def _is_beside_cells(one: Counted, route: Match) -> bool:
    """Whether cells are named in the sentence of a route."""
    return bool(matches_in(one.marked.matches, *sentence_at(one.marked.section.text, route.start), *CELLS))


def _distance(one: Counted, match: Match) -> int:
    """Characters between an amount with its unit and a name; 0 where the name stands in it."""
    return max(match.start - one.end, one.start - match.end, 0)
