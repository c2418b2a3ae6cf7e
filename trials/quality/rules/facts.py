"""What rules look at: a trial as one frozen value, made once for all rules. No Django.

Each class names the columns that some rule needs of a table. Values are as the models hold them: dates are
`PartialDate`, enums their codes, ages a number with a unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from trials.records import PartialDate


class TrialFields(NamedTuple):
    """The trial's own columns."""

    id: int = 0
    title: str = ""
    official_title: str = ""
    status: str = ""
    status_verified: PartialDate | None = None
    start_date: PartialDate | None = None
    start_date_type: str = ""
    primary_completion_date: PartialDate | None = None
    primary_completion_date_type: str = ""
    completion_date: PartialDate | None = None
    completion_date_type: str = ""
    first_posted: PartialDate | None = None
    last_update_posted: PartialDate | None = None
    enrollment_count: int | None = None
    enrollment_conditional_max: int | None = None
    min_age_value: float | None = None
    min_age_unit: str = ""
    max_age_value: float | None = None
    max_age_unit: str = ""
    intervention_model: str = ""
    masking: str = ""
    masking_description: str = ""
    who_masked: Sequence[Any] = ()
    design_note: str = ""
    brief_summary: str = ""
    detailed_description: str = ""
    why_stopped: str = ""


class RegistrationFields(NamedTuple):
    id: int = 0
    registry: str = ""
    number: str = ""
    publisher: str = ""
    document: str = ""
    is_lead: bool = False
    says: Any = None
    fetched: PartialDate | None = None


class IdentifierFields(NamedTuple):
    kind: str = ""
    value: str = ""
    domain: str = ""


class RelatedFields(NamedTuple):
    number: str = ""


class ConditionFields(NamedTuple):
    wording: str = ""
    from_mesh: bool = False
    condition_id: int | None = None


class AreaFields(NamedTuple):
    wording: str = ""
    area_id: int | None = None


class InterventionFields(NamedTuple):
    name: str = ""
    description: str = ""


class ProductFields(NamedTuple):
    id: int = 0
    name: str = ""
    has_cell_type: bool = True


class ArmFields(NamedTuple):
    label: str = ""
    type: str = ""
    description: str = ""
    participants: int | None = None
    is_conditional: bool = False
    within_patient_control: bool | None = None


class DoseFields(NamedTuple):
    amount_low: Decimal | None = None
    amount_high: Decimal | None = None
    basis: str = ""
    as_written: str = ""
    remark: str = ""
    source_field: str = ""
    passage: str = ""


class CriterionFields(NamedTuple):
    id: int = 0
    kind: str = ""
    parent_id: int | None = None
    text: str = ""
    stated_twice: bool = False


class OutcomeFields(NamedTuple):
    kind: str = ""


class SiteFields(NamedTuple):
    facility: str = ""
    city: str = ""
    country: str = ""
    country_raw: str = ""
    latitude: float | None = None
    longitude: float | None = None


class StatementFields(NamedTuple):
    field: str = ""
    value: str = ""
    product_id: int | None = None
    registration_id: int | None = None
    evidence_state: str = ""
    source_field: str = ""
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A trial with its lists, each in its own order. `not_kept` names the fields and lists that this copy leaves out,
    or that had not loaded when it was made: nothing can be said of them."""

    trial: TrialFields
    registrations: Sequence[RegistrationFields] = ()
    identifiers: Sequence[IdentifierFields] = ()
    related: Sequence[RelatedFields] = ()
    conditions: Sequence[ConditionFields] = ()
    areas: Sequence[AreaFields] = ()
    interventions: Sequence[InterventionFields] = ()
    products: Sequence[ProductFields] = ()
    arms: Sequence[ArmFields] = ()
    doses: Sequence[DoseFields] = ()
    criteria: Sequence[CriterionFields] = ()
    outcomes: Sequence[OutcomeFields] = ()
    sites: Sequence[SiteFields] = ()
    statements: Sequence[StatementFields] = ()
    not_kept: frozenset[str] = frozenset()
    # What several rules work out of it, by name.
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def keeps(self, *names: str) -> bool:
        """Whether this copy keeps all these fields and lists."""
        return self.not_kept.isdisjoint(names)

    @property
    def criteria_in(self) -> list[CriterionFields]:
        return [row for row in self.criteria if row.kind == "INCLUSION"]

    @property
    def criteria_out(self) -> list[CriterionFields]:
        return [row for row in self.criteria if row.kind == "EXCLUSION"]


class Found(NamedTuple):
    """What a rule found: a plain sentence that quotes both places, where they stand, and the values behind it.

    A dismissal lasts until one of `values` changes.
    """

    sentence: str
    first_place: str
    second_place: str
    values: tuple[object, ...]


def quoted(text: str, longest: int = 140) -> str:
    """A text as a quotation on one line, cut where it is long."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= longest else line[: longest - 1].rstrip() + '…'}”"


def listed(texts: Sequence[str], most: int = 3) -> str:
    """The first few in a row, and how many more there are."""
    shown = ", ".join(texts[:most])
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most} more"


def place_of(trial: Facts, row: CriterionFields) -> str:
    """Where a criterion stands, numbered as on the record's page: `Inclusion criteria, item 3.2`."""
    numbers: dict[int, str] = {}
    counted: Counter[int | None] = Counter()
    for one in trial.criteria:
        if one.kind == row.kind:
            parent = one.parent_id if one.parent_id in numbers else None
            counted[parent] += 1
            numbers[one.id] = f"{numbers[parent]}.{counted[parent]}" if parent is not None else str(counted[parent])
    return f"{'Inclusion' if row.kind == 'INCLUSION' else 'Exclusion'} criteria, item {numbers.get(row.id, '')}".strip()
