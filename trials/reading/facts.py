"""What is read out of a record's texts: facts, each with the passage that proves it. Plain values, no Django.

A value that is a term is its slug. Nothing read is “not stated”.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

STATED, INFERRED, CONFLICTING = "STATED", "INFERRED", "CONFLICTING"
# What `Fact.origin` says: a field that holds nothing else, or a text in which the value was found.
FIELD, TEXT = "REGISTRY_FIELD", "TEXT"


@dataclass(frozen=True, slots=True)
class Passage:
    """Words as they stand: what `field` (see `sections.Section`) holds from `start` to `end`, in characters."""

    field: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, where it stands, and how sure it is. `rule` names why an inferred value is inferred."""

    value: str
    passage: Passage
    state: str = STATED
    rule: str = ""
    origin: str = TEXT


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product of living cells. `intervention` is a place in `TrialRecord.interventions`, `arms` in its arms.

    Several values of one attribute are all true (two cell types), or CONFLICTING each.
    """

    name: str
    passage: Passage
    intervention: int | None = None
    arms: tuple[int, ...] = ()
    cell_types: tuple[Fact, ...] = ()
    tissues: tuple[Fact, ...] = ()
    donors: tuple[Fact, ...] = ()
    targets: tuple[Fact, ...] = ()
    modification: Fact | None = None  # a Modification of the catalogue
    generation: Fact | None = None  # 1 to 5, as text
    vector: Fact | None = None
    expanded: Fact | None = None  # "yes" or "no"
    preservation: Fact | None = None  # FRESH or FROZEN
    culture_passage: Fact | None = None  # as written: "P3", "passage 3 to 5"
    routes: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class DoseFacts:
    """One step of a product's plan, in the order of escalation; `amount_low` is None where no amount is stated.

    `arm` and `product` are places in the record's arms and in `Reading.products`. `basis` is a DoseBasis of the
    catalogue. `flags` name what is odd in the writing, such as `lost-superscript`; such an amount is never corrected
    in silence. Route facts stand here for the arm and product that the step is of.
    """

    passage: Passage
    amount_low: Decimal | None = None
    amount_high: Decimal | None = None
    basis: str = ""
    as_written: str = ""
    state: str = STATED
    rule: str = ""
    arm: int | None = None
    product: int | None = None
    label: str = ""
    route: Fact | None = None
    body_site: str = ""
    administrations: Fact | None = None
    days: tuple[int, ...] = ()
    interval_low: float | None = None
    interval_high: float | None = None
    interval_unit: str = ""  # DAYS, WEEKS or MONTHS
    is_conditional: bool = False
    condition: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanFact:
    """What else a plan says of an arm, or of the trial where `arm` is None; `kind` is a PlanKind of the catalogue."""

    kind: str
    fact: Fact
    arm: int | None = None


@dataclass(frozen=True, slots=True)
class ProseArm:
    """An arm that only the prose names, as it is named there."""

    label: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read. `why` proves or refutes that living cells are given, in words for a person."""

    is_cell_therapy: bool
    why: str
    proof: Passage | None = None
    products: tuple[ProductFacts, ...] = ()
    doses: tuple[DoseFacts, ...] = ()
    plan: tuple[PlanFact, ...] = ()
    arms: tuple[ProseArm, ...] = ()
