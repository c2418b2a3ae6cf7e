"""What the landscape and the map show, counted the plain way: trial by trial, from the tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

from trials.models import Trial
from trials.models.choices import Status
from trials.models.vocabulary import Term
from trials.search.facets import by_key
from trials.search.landscape import SIZES

Pairs = Counter[tuple[str, str]]
MISSING = "Not stated"


def found(ids: Iterable[int]) -> list[Trial]:
    return list(Trial.objects.filter(pk__in=list(ids)))


def cell_types(trial: Trial) -> set[str]:
    """The labels of a trial's cell types and of what these stand under."""
    labels = set()
    for product in trial.products.all():
        for term in product.cell_types.all():
            above: Term | None = term
            while above is not None:
                labels.add(above.label)
                above = above.parent
    return labels or {by_key()["cell_type"].missing}


def starts(trials: Iterable[Trial]) -> Pairs:
    """Trials by (year, cell type), and of all types."""
    counts: Pairs = Counter()
    for trial in trials:
        year = str(trial.start_date.year) if trial.start_date else MISSING
        counts.update((year, label) for label in {"All trials", *cell_types(trial)})
    return counts


PARTS = {
    "": (),
    "NA": ("Not applicable",),
    "EARLY_PHASE1": ("Early phase 1",),
    "PHASE1": ("Phase 1",),
    "PHASE1_PHASE2": ("Phase 1", "Phase 2"),
    "PHASE2": ("Phase 2",),
    "PHASE2_PHASE3": ("Phase 2", "Phase 3"),
    "PHASE3": ("Phase 3",),
    "PHASE3_PHASE4": ("Phase 3", "Phase 4"),
    "PHASE4": ("Phase 4",),
}


def phases(trials: Iterable[Trial]) -> Pairs:
    """Trials by (cell type, phase)."""
    counts: Pairs = Counter()
    for trial in trials:
        parts = PARTS[trial.phase] or (by_key()["phase"].missing,)
        counts.update((cell, part) for cell in cell_types(trial) for part in parts)
    return counts


def statuses(trials: Iterable[Trial]) -> Counter[str]:
    return Counter(Status(trial.status).label if trial.status else by_key()["status"].missing for trial in trials)


def enrolments(trials: Iterable[Trial]) -> Counter[str]:
    """Trials by the fewest participants of their bar."""
    counts: Counter[str] = Counter()
    for trial in trials:
        number = trial.enrollment_count
        counts[MISSING if number is None else str(max(size for size in SIZES if size <= number))] += 1
    return counts


def largest_doses(trials: Iterable[Trial]) -> dict[tuple[str, str], list[Decimal]]:
    """By (basis, cell type) the largest dose of each trial, the smallest first."""
    doses: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for trial in trials:
        largest: dict[str, Decimal] = {}
        for dose in trial.doses.exclude(basis=""):
            amount = dose.amount_high or dose.amount_low or Decimal(0)
            largest[dose.basis] = max(amount, largest.get(dose.basis, Decimal(0)))
        for basis, amount in largest.items():
            for label in {"All trials", *cell_types(trial)}:
                doses[basis, label].append(amount)
    return {key: sorted(amounts) for key, amounts in doses.items()}
