"""Which registrations are one trial.

A record that names a number of another registry says that both are one trial; one side saying so is enough. Two
numbers of one registry are never one trial by themselves. Where the names would make them so, the links that do it are
dropped and suggested to an editor instead. The answer depends on what is claimed alone, not on the order of arrival.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from trials.models import Claim, MatchDecision, Registration
from trials.records import TrialRecord

# (register, number); the register is finer than the catalogue's registries, see `register_of`.
Number = tuple[str, str]
Edge = tuple[Number, Number]

# Whose record leads when several registries have the trial: the most detailed first, copies last.
RANK = {"CTGOV": 0, "CTIS": 1, "EUCTR": 2}
COPIED_BY = "WHO ICTRP"
_PREFIX = re.compile(r"[A-Za-z]*")
_NCT = re.compile(r"NCT[0-9]{8}")
_COUNTRY = re.compile(r"^EUCTR.*-([A-Z]{2}|3rd)$")
_KIND_REGISTRY = {"CTIS": "CTIS", "EUDRACT_NUMBER": "EUCTR", "REGISTRY": "ICTRP"}
# Far above any real trial; a chain this long is a mistake in the records.
_LONGEST_CHAIN = 200


@dataclass(frozen=True)
class Links:
    """What is claimed around some numbers: `edges` from the claiming number to the claimed, and editors' words."""

    edges: frozenset[Edge]
    same: frozenset[frozenset[str]] = frozenset()
    different: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Grouping:
    """Numbers that are one trial, and pairs that only may be (contested names)."""

    groups: tuple[frozenset[Number], ...]
    contested: frozenset[Edge]


def publisher_of(record: TrialRecord) -> str:
    """Empty for a registry's own record; who copied it otherwise, and of which country the copied page is.

    The EU register has a page per country under one number; they are no versions of each other.
    """
    if record.source == record.registry:
        return ""
    country = _COUNTRY.search(record.number_raw)
    return f"{COPIED_BY} ({country[1]})" if country else COPIED_BY


def register_of(registry: str, number: str, publisher: str) -> str:
    """Which register issued a number: of those behind WHO ICTRP the one whose letters it bears; a copy is apart."""
    register = f"{registry}:{_PREFIX.match(number)[0]}" if registry == "ICTRP" else registry  # type: ignore[index]
    return f"copy of {register}{publisher.removeprefix(COPIED_BY)}" if publisher else register


def from_records() -> QuerySet[Registration]:
    """Registrations that records may be versions of: the registries' own and WHO ICTRP's copies."""
    return Registration.objects.filter(Q(publisher="") | Q(publisher__startswith=COPIED_BY))


def node_of(record: TrialRecord) -> Number:
    """The place of a record in the net of numbers."""
    return register_of(record.registry, record.number, publisher_of(record)), record.number


def claims_of(record: TrialRecord) -> list[tuple[str, str]]:
    """(registry, number) of the trial numbers of other registries that a record names as its own other numbers.

    A copy names first of all the number that it is a copy of.
    """
    found = [(record.registry, record.number)] if publisher_of(record) else []
    own = register_of(record.registry, record.number, "")
    for item in record.identifiers:
        registry = "CTGOV" if _NCT.fullmatch(item.value) else _KIND_REGISTRY.get(item.kind)
        if registry and register_of(registry, item.value, "") != own:
            found.append((registry, item.value))
    return list(dict.fromkeys(found))


def rank(number: Number) -> tuple[int, str, str]:
    """Sorts the numbers of a trial, the one that leads first; copies of one number by their country."""
    register, text = number
    return RANK.get(register, len(RANK) + register.startswith("copy")), text, register


def group(numbers: Collection[Number], links: Links) -> Grouping:
    """Splits `numbers`, and all that links lead to, into trials."""
    forced = {edge for edge in links.edges if _pair(edge) in links.same}
    edges = {edge for edge in links.edges if _pair(edge) not in links.different}
    contested = _contested(edges) - forced
    edges -= contested
    # An editor speaks of numbers; of a number and its copy, the number itself is meant.
    mentioned = sorted({number for edge in links.edges for number in edge} | set(numbers), key=rank, reverse=True)
    by_text = {number[1]: number for number in mentioned}
    for pair in links.same:
        ends = sorted(by_text[text] for text in pair if text in by_text)
        if len(ends) == 2:
            forced.add((ends[0], ends[1]))
    everything = set(numbers) | {number for edge in links.edges for number in edge}
    # A copy stays with what it is a copy of.
    certain = forced | {edge for edge in edges if edge[0][1] == edge[1][1]}
    groups = []
    for component in _components(everything, edges | certain):
        registries = [registry for registry, _ in component]
        texts = {text for _, text in component}
        is_torn = any(pair <= texts for pair in links.different)
        if len(set(registries)) == len(registries) and not is_torn:
            groups.append(component)
            continue
        # Together the links would make two numbers of one registry one trial, or two that an editor parted: only an
        # editor may do that.
        within = {edge for edge in edges | certain if edge[0] in component}
        contested |= within - certain
        groups += _components(component, within & certain)
    return Grouping(tuple(groups), frozenset(contested))


def links_around(numbers: Iterable[Number]) -> Links:
    """Every claim that leads, by however many steps, to or from `numbers`, and what editors said of them."""
    known: set[str] = set()
    frontier = {text for _, text in numbers}
    edges: set[Edge] = set()
    same: set[frozenset[str]] = set()
    different: set[frozenset[str]] = set()
    while frontier and len(known) < _LONGEST_CHAIN * max(1, len(frontier)):
        known |= frontier
        rows = Claim.objects.filter(Q(number__in=frontier) | Q(registration__number__in=frontier)).values_list(
            "registration__registry", "registration__number", "registration__publisher", "registry", "number"
        )
        edges |= {
            ((register_of(owner_registry, owner, publisher), owner), (register_of(registry, claimed, ""), claimed))
            for owner_registry, owner, publisher, registry, claimed in rows
        }
        for first, second, is_same in MatchDecision.objects.filter(
            Q(first__in=frontier) | Q(second__in=frontier)
        ).values_list("first", "second", "same"):
            (same if is_same else different).add(frozenset((first, second)))
        reached = {number[1] for edge in edges for number in edge} | {text for pair in same for text in pair}
        frontier = reached - known
    return Links(frozenset(edges), frozenset(same), frozenset(different))


def _pair(edge: Edge) -> frozenset[str]:
    return frozenset((edge[0][1], edge[1][1]))


def _contested(edges: Iterable[Edge]) -> set[Edge]:
    """Links by which two numbers of one registry would meet in one number."""
    around: defaultdict[Number, set[Edge]] = defaultdict(set)
    for edge in edges:
        around[edge[0]].add(edge)
        around[edge[1]].add(edge)
    found: set[Edge] = set()
    for number, touching in around.items():
        by_registry: defaultdict[str, dict[str, set[Edge]]] = defaultdict(lambda: defaultdict(set))
        for edge in touching:
            other = edge[1] if edge[0] == number else edge[0]
            by_registry[other[0]][other[1]].add(edge)
        for others in by_registry.values():
            if len(others) > 1:
                found.update(*others.values())
    return found


def _components(numbers: Collection[Number], edges: Iterable[Edge]) -> list[frozenset[Number]]:
    neighbours: defaultdict[Number, set[Number]] = defaultdict(set)
    for first, second in edges:
        neighbours[first].add(second)
        neighbours[second].add(first)
    found, seen = [], set()
    for start in sorted(numbers):
        if start in seen:
            continue
        component, waiting = {start}, [start]
        while waiting:
            for other in neighbours[waiting.pop()] - component:
                component.add(other)
                waiting.append(other)
        seen |= component
        found.append(frozenset(component))
    return found


def wanted_trials(grouping: Grouping, held: Mapping[Number, int]) -> list[list[Number]]:
    """The held numbers of each group, the one that leads first; groups that hold none are left out."""
    groups = [sorted((number for number in group if number in held), key=rank) for group in grouping.groups]
    return [numbers for numbers in groups if numbers]
