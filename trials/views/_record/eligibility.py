"""Who may enter: criteria as a numbered list with nested groups, and the ages with their evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from trials.models import Criterion
from trials.models.choices import CriterionKind, GroupRule
from trials.phrases import count
from trials.views._record.answers import ages_of
from trials.views._record.clashes import Clash, Placed, clashes_of
from trials.views._record.evidence import Support
from trials.views._record.facts import FactList
from trials.views._record.figures import Piece, pieces_of
from trials.views._record.source import Section, Source
from trials.views._record.texts import tidy

# Deeper rows stand beside their parent, so that no chain of parents can exhaust the template engine.
DEEPEST = 5

_RULES: dict[str, str] = {GroupRule.ANY: "any one of these", GroupRule.ALL: "all of these"}


@dataclass(frozen=True)
class Item:
    """One criterion with those below it. `rule` says how these combine; `clashes` what other criteria say of it."""

    pk: int
    pieces: tuple[Piece, ...]
    label: str
    is_ours: bool
    exception: str
    stated_twice: bool
    remark: str
    rule: str
    children: tuple[Item, ...]
    anchor: str = ""
    clashes: tuple[Clash, ...] = ()

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class CriteriaList:
    """The criteria of one kind. `all_ours`: every text is in our words, said once instead of at each."""

    kind: str
    heading: str
    items: tuple[Item, ...]
    total: str
    all_ours: bool
    empty: str
    support: Support


@dataclass(frozen=True)
class Eligibility:
    facts: FactList
    lists: tuple[CriteriaList, ...]


def eligibility_section(source: Source) -> Section:
    rows = list(source.trial.criteria.all())
    facts = source.facts()
    if ages_of(source):
        facts.add("ages", ages_of(source), fields=("min_age", "max_age"))
    ages = facts.done()
    if not rows:
        empty = source.gaps.why_empty("inclusion_criteria", "exclusion_criteria")
        return Section("eligibility", "Who may enter", "trials/_record_eligibility.html", Eligibility(ages, ()), empty)
    trees = {kind: nested([row for row in rows if row.kind == kind]) for kind in CriterionKind}
    placed = [place for kind, items in trees.items() for place in places_of(items, kind)]
    clashes, anchors = clashes_of(placed), {place.pk: place.anchor for place in placed}
    lists = tuple(_list(source, kind, marked(items, anchors, clashes)) for kind, items in trees.items())
    return Section("eligibility", "Who may enter", "trials/_record_eligibility.html", Eligibility(ages, lists))


def _list(source: Source, kind: CriterionKind, items: tuple[Item, ...]) -> CriteriaList:
    name = f"{kind.value.lower()}_criteria"
    return CriteriaList(
        kind=kind.value.lower(),
        heading=f"{kind.label} criteria",
        items=items,
        total=count(len(items), "criterion", "criteria"),
        all_ours=bool(items) and all(item.is_ours for item in flat(items)),
        empty="" if items else source.gaps.why_empty(name),
        support=source.ledger.support(name),
    )


def flat(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from flat(item.children)


def places_of(items: Iterable[Item], kind: str, above: str = "") -> Iterator[Placed]:
    """Every criterion with its number: 1, 2, 2.1, 2.2, 3 …"""
    for place, item in enumerate(items, 1):
        number = f"{above}{place}"
        yield Placed(item.pk, kind, number, item.text)
        yield from places_of(item.children, kind, f"{number}.")


def marked(
    items: Iterable[Item], anchors: Mapping[int, str], clashes: Mapping[int, tuple[Clash, ...]]
) -> tuple[Item, ...]:
    """The same tree with the anchor of each criterion and its clashes."""
    return tuple(
        replace(
            item,
            anchor=anchors[item.pk],
            clashes=clashes.get(item.pk, ()),
            children=marked(item.children, anchors, clashes),
        )
        for item in items
    )


def nested(rows: list[Criterion]) -> tuple[Item, ...]:
    """The rows as a tree, in their order. A row whose parents run in a circle stands at the top: none is lost."""
    below: defaultdict[int | None, list[Criterion]] = defaultdict(list)
    known = {row.pk for row in rows}
    for row in rows:
        below[row.parent_id if row.parent_id in known else None].append(row)
    shown: set[int] = set()
    tops = [_item(row, below, shown, 1) for row in below[None]]
    tops += [_item(row, below, shown, 1) for row in rows if row.pk not in shown]
    return tuple(tops)


def _item(row: Criterion, below: dict[int | None, list[Criterion]], shown: set[int], depth: int) -> Item:
    shown.add(row.pk)
    lower = below.get(row.pk, []) if depth < DEEPEST else _all_below(row, below, shown)
    children = tuple(
        _item(child, below, shown, depth + 1) if depth < DEEPEST else _item(child, {}, shown, depth)
        for child in lower
        if child.pk not in shown
    )
    return Item(
        pk=row.pk,
        pieces=pieces_of(tidy(row.text)),
        label=row.label,
        is_ours=row.our_wording,
        exception=tidy(row.exception),
        stated_twice=row.stated_twice,
        remark=row.remark,
        rule=_RULES.get(row.group_rule, "") if children else "",
        children=children,
    )


def _all_below(row: Criterion, below: dict[int | None, list[Criterion]], shown: set[int]) -> list[Criterion]:
    """Every row below this one, however deep, as one list."""
    found: list[Criterion] = []
    waiting = list(reversed(below.get(row.pk, [])))
    while waiting:
        one = waiting.pop()
        if one.pk in shown or one in found:
            continue
        found.append(one)
        waiting += reversed(below.get(one.pk, []))
    return found
