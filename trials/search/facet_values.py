"""The values of facets whose stored values are no plain choices or terms: `trials/search/facets.py` names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from django_countries import countries

from trials import models
from trials.models import choices
from trials.models.trial import is_public
from trials.quality.rules import FOR_EDITORS, label_of
from trials.search.values import Value, ValueSet, from_groups, from_terms, merged, value_set

_PHASE_LABELS = {
    "early-1": "Early phase 1",
    "1": "Phase 1",
    "2": "Phase 2",
    "3": "Phase 3",
    "4": "Phase 4",
    "na": "Not applicable",
}
_PHASE_PARTS: dict[str, tuple[str, ...]] = {
    choices.Phase.NA: ("na",),
    choices.Phase.EARLY_PHASE1: ("early-1",),
    choices.Phase.PHASE1: ("1",),
    choices.Phase.PHASE1_PHASE2: ("1", "2"),
    choices.Phase.PHASE2: ("2",),
    choices.Phase.PHASE2_PHASE3: ("2", "3"),
    choices.Phase.PHASE3: ("3",),
    choices.Phase.PHASE3_PHASE4: ("3", "4"),
    choices.Phase.PHASE4: ("4",),
}


def phases() -> ValueSet:
    return from_groups(_PHASE_LABELS, _PHASE_PARTS)


def sexes() -> ValueSet:
    # A trial open to all is open to each.
    return from_groups(
        {"female": "Open to women and girls", "male": "Open to men and boys"},
        {"ALL": ("female", "male"), "FEMALE": ("female",), "MALE": ("male",)},
    )


# ClinicalTrials.gov StandardAge: years from (inclusive) and to (exclusive).
_AGE_GROUPS = {"child": (0.0, 18.0), "adult": (18.0, 65.0), "older-adult": (65.0, float("inf"))}
_AGE_GROUP_LABELS = {
    "child": "Children (0 to 17)",
    "adult": "Adults (18 to 64)",
    "older-adult": "Older adults (65 and over)",
}


def age_groups() -> ValueSet:
    def expand(bounds: tuple[float | None, float | None]) -> Iterable[str]:
        youngest, oldest = bounds
        # One missing limit is no limit; without either, nothing is stated.
        if youngest is None and oldest is None:
            return
        low, high = youngest or 0.0, float("inf") if oldest is None else oldest
        for slug, (start, end) in _AGE_GROUPS.items():
            if low < end and high >= start:
                yield slug

    return value_set((Value(slug, label) for slug, label in _AGE_GROUP_LABELS.items()), expand)


def countries_of_sites() -> ValueSet:
    values = (Value(code.lower(), str(name)) for code, name in countries)
    return value_set(values, lambda code: (code.lower(),) if code else ())


def open_country(country: str, of_site: str, of_trial: str) -> str:
    """The country of a site that recruits, and nothing of another. One whose own status is not stated counts as the
    trial's."""
    return country if (of_site or of_trial) == choices.SiteStatus.RECRUITING else ""


def areas() -> ValueSet:
    """An area counts as every vocabulary's terms do; a condition counts for the areas that it belongs to."""
    areas = from_terms(models.Area)
    of_condition: defaultdict[int, set[str]] = defaultdict(set)
    for condition, area in models.Condition.areas.through.objects.values_list("condition_id", "area_id"):
        of_condition[condition].update(areas.expand(area))
    of_condition |= {pk: of_condition.get(into, set()) for pk, into, _ in merged(models.Condition)}

    def expand(stored: tuple[str, int]) -> Iterable[str]:
        kind, pk = stored
        return areas.expand(pk) if kind == "area" else of_condition.get(pk, ())

    return replace(areas, expand=expand)


def deliveries() -> ValueSet:
    """The roots of the tree of routes; a route counts for the one that it stands under.

    A root with nothing under it, “Other route”, is neither local nor systemic.
    """
    routes = from_terms(models.Route)
    parents = {value.parent for value in routes.values.values()}
    roots = {slug: value for slug, value in routes.values.items() if not value.parent and slug in parents}
    return value_set(roots.values(), lambda route: (slug for slug in tuple(routes.expand(route))[-1:] if slug in roots))


def flags() -> ValueSet:
    """The rules with a flag that the public sees."""
    shown = models.Flag.objects.filter(is_public("trial"), dismissed="").exclude(rule__in=FOR_EDITORS)
    return flags_of(shown.order_by().values_list("rule", flat=True).distinct())


def flags_of(rules: Iterable[str]) -> ValueSet:
    """The same from the rules by name, in any order."""
    return value_set((Value(rule, label_of(rule)) for rule in sorted(rules)), lambda rule: (rule,) if rule else ())
