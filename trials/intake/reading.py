"""What was read from a record's texts, as rows: products, doses, plan notes, and a statement for every attribute.

The lists follow from the record and are kept like its other lists: `applying` writes what differs. A row's evidence is
the passage that proves it; each attribute of a product, and the route and number of a dose, has a statement of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from typing import Any

from django.db.models import Model

from trials import models
from trials.intake.content import CELL_TYPES, NAMELESS, Content, Row, fitted, in_order
from trials.intake.lexicon import load_lexicon
from trials.intake.rules import FLAG_WORDS, rule_words
from trials.models import Arm, CellProduct, Dose, PlanNote, Statement
from trials.models.choices import DoseBasis, FindingState, IntervalUnit, Modification, Origin, PlanKind, Preservation
from trials.reading.facts import CONFLICTING, TEXT, DoseFacts, Fact, Passage, ProductFacts, Reading
from trials.reading.passages import Passages
from trials.reading.read import read
from trials.records import Problem, TrialRecord

ReadTexts = Callable[[TrialRecord], Reading]

# What a fault of the readers may look like. The trial is kept all the same, and stays to be read again.
_FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_log = logging.getLogger(__name__)

# Many-to-many fields of a product, with the vocabulary and the model of their terms.
PRODUCT_TERMS: dict[str, type[Model]] = {
    "cell_types": models.CellType,
    "tissues": models.TissueSource,
    "donors": models.DonorRelation,
    "targets": models.Target,
}
_SINGLE = ("modification", "generation", "vector", "expanded", "preservation", "culture_passage")
# Django makes these lists anew whenever they are asked for.
_PLAN_KINDS, _MODIFICATIONS, _PRESERVATIONS, _BASES, _INTERVAL_UNITS = (
    frozenset(kind.values) for kind in (PlanKind, Modification, Preservation, DoseBasis, IntervalUnit)
)
_SHORT = 80
_MILLI = Decimal("0.001")
_MOST = Decimal(10) ** 17


@dataclass(frozen=True)
class Terms:
    """The terms that facts name: number, label, the slug of the broader term and the place in the vocabulary, by model
    and slug."""

    known: Mapping[type[Model], Mapping[str, tuple[int, str, str | None, int]]]

    @classmethod
    def load(cls) -> Terms:
        known: dict[type[Model], dict[str, tuple[int, str, str | None, int]]] = {}
        vocabularies: tuple[type[Model], ...] = (*PRODUCT_TERMS.values(), models.Route)
        for model in vocabularies:
            rows = model._default_manager.values_list("slug", "pk", "label", "parent__slug")
            known[model] = {slug: (pk, label, parent, place) for place, (slug, pk, label, parent) in enumerate(rows)}
        return cls(known)

    def number(self, model: type[Model], slug: str) -> int | None:
        return self.known[model][slug][0] if slug in self.known[model] else None

    def numbers(self, model: type[Model], slugs: Iterable[str]) -> list[int]:
        """The numbers of these terms, each once, in the order of the vocabulary."""
        found = {self.known[model][slug] for slug in slugs if slug in self.known[model]}
        return [pk for pk, _, _, _ in sorted(found, key=itemgetter(3))]

    def label(self, model: type[Model], slug: str) -> str:
        return self.known[model][slug][1] if slug in self.known[model] else ""

    def are_related(self, model: type[Model], one: str, other: str) -> bool:
        """Whether two terms are the same, or one of them stands above the other."""
        return other in self._path(model, one) or one in self._path(model, other)

    def _path(self, model: type[Model], slug: str | None) -> list[str]:
        path: list[str] = []
        while slug and slug in self.known[model] and slug not in path:
            path.append(slug)
            slug = self.known[model][slug][2]
        return path


def load_reader() -> ReadTexts:
    """The reader with the words that the vocabularies hold now."""
    lexicon = load_lexicon()
    return lambda record: read(record, lexicon)


def read_or_none(read_texts: ReadTexts, record: TrialRecord) -> Reading | None:
    """What the reader says of a record; None where it failed."""
    try:
        return read_texts(record)
    except _FAULTS:
        _log.exception("The texts of %s could not be read", record.number)
        return None


def add_reading(
    content: Content,
    record: TrialRecord,
    reading: Reading,
    registration: int | None,
    terms: Terms,
    others: Sequence[tuple[int, Reading]] = (),
    passages: Passages | None = None,
) -> None:
    """Adds the rows of a reading to those of its record.

    `registration` is the document that was read; `others` are further registrations of the trial with what was read
    of their records: where they name other donors or cells, both are kept as conflicting.
    """
    rows = _Rows(passages or Passages(record), record, registration, terms, content.problems)
    rows.products(reading, tuple(others))
    rows.doses(reading)
    rows.plan(reading)
    _add_arms(content, record, reading, rows)
    content.reading = reading
    content.product_terms = rows.terms_of
    for model, found in rows.lists.items():
        in_order(model, found, content.problems)
        content.lists[model] = found


def _add_arms(content: Content, record: TrialRecord, reading: Reading, rows: _Rows) -> None:
    """Arms that only the prose names, where the record lists none; and which arms are their own control."""
    own = {fact.arm for fact in reading.plan if fact.kind == PlanKind.WITHIN_PATIENT}
    if not record.arms:
        for place, arm in enumerate(reading.arms):
            row: Row = {"label": arm.label, "type": "", "type_raw": "", "description": "", "participants": None}
            content.lists[Arm].append(fitted(Arm, row | {"order": place + 1, "origin": str(Origin.TEXT)}, []))
            rows.state("arms", arm.label, Fact(arm.label, arm.passage), "@arm_id", place)
    for place, row in enumerate(content.lists[Arm]):
        row["within_patient_control"] = True if place in own else None


class _Rows:
    """Gathers the rows of one reading."""

    def __init__(
        self,
        passages: Passages,
        record: TrialRecord,
        registration: int | None,
        terms: Terms,
        problems: list[Problem],
    ) -> None:
        self.passages = passages
        self.record = record
        self.registration = registration
        self.terms = terms
        self.problems = problems
        self.lists: dict[type[Model], list[Row]] = {CellProduct: [], Dose: [], PlanNote: [], Statement: []}
        self.terms_of: list[dict[str, list[int]]] = []

    # Evidence --------------------------------------------------------------------------------------------------

    def evidence(self, passage: Passage, state: str, rule: str = "", origin: str = TEXT) -> Row:
        passage = self.passages.around(passage)
        return {
            "origin": origin,
            "evidence_state": state,
            "registration_id": self.registration,
            "source_field": passage.field,
            "passage": passage.text,
            "span_start": passage.start,
            "span_end": max(passage.start, passage.end),
            "remark": rule_words(rule),
        }

    def state(self, name: str, value: str, fact: Fact, link: str, place: int, registration: int | None = None) -> None:
        """A statement of one attribute; `link` names the list (`@product_id`) and `place` the row in it."""
        row = {"field": name, "value": value, "@product_id": None, "@dose_id": None, "@arm_id": None, link: place}
        row |= self.evidence(fact.passage, fact.state, fact.rule, fact.origin)
        if registration is not None:
            row["registration_id"] = registration
        self.lists[Statement].append(row)

    # Products --------------------------------------------------------------------------------------------------

    def products(self, reading: Reading, others: tuple[tuple[int, Reading], ...]) -> None:
        for place, facts in enumerate(reading.products):
            many = {name: list(getattr(facts, name)) for name in PRODUCT_TERMS}
            foreign = _disagreeing(facts, others, self.terms) if len(reading.products) == 1 else {}
            for name, said in foreign.items():
                many[name] = [_conflicting(fact) for fact in many[name]]
                for registration, fact in said:
                    self._state_term(name, fact, place, registration)
            for name, listed in many.items():
                for fact in listed:
                    self._state_term(name, fact, place)
            linked = {name: [*listed, *(fact for _, fact in foreign.get(name, ()))] for name, listed in many.items()}
            terms = {name: self._numbers(name, listed) for name, listed in linked.items()}
            self.terms_of.append(terms)
            row = self._product(facts, many, place)
            self.lists[CellProduct].append(row | {CELL_TYPES: sorted(terms["cell_types"])})

    def _state_term(self, name: str, fact: Fact, place: int, registration: int | None = None) -> None:
        if label := self.terms.label(PRODUCT_TERMS[name], fact.value):
            self.state(name, label, fact, "@product_id", place, registration)

    def _numbers(self, name: str, facts: Iterable[Fact]) -> list[int]:
        return self.terms.numbers(PRODUCT_TERMS[name], (fact.value for fact in facts))

    def _product(self, facts: ProductFacts, many: Mapping[str, Sequence[Fact]], place: int) -> Row:
        row: Row = {"name": facts.name or NAMELESS, "@intervention_id": self._intervention(facts)}
        row |= {"modification": "", "generation": None, "vector": "", "expanded": None}
        row |= {"preservation": "", "culture_passage": ""}
        for name in _SINGLE:
            fact: Fact | None = getattr(facts, name)
            found = _single(name, fact.value) if fact else None
            if fact and found:
                row[name], words = found
                self.state(name, words, fact, "@product_id", place)
        disagree = any(fact.state == CONFLICTING for listed in many.values() for fact in listed)
        state = FindingState.CONFLICTING if disagree else FindingState.STATED
        is_field = facts.intervention is not None and facts.passage.field == f"interventions[{facts.intervention}].name"
        origin = Origin.REGISTRY_FIELD if is_field else Origin.TEXT
        return row | self.evidence(facts.passage, str(state), origin=str(origin))

    def _intervention(self, facts: ProductFacts) -> int | None:
        place = facts.intervention
        return place if place is not None and 0 <= place < len(self.record.interventions) else None

    # Doses -----------------------------------------------------------------------------------------------------

    def doses(self, reading: Reading) -> None:
        for facts in _with_routes(reading):
            place = len(self.lists[Dose])
            route = self.terms.number(models.Route, facts.route.value) if facts.route else None
            if route is not None and facts.route is not None:
                label = self.terms.label(models.Route, facts.route.value)
                self.state("route", label, facts.route, "@dose_id", place)
            times = _whole(facts.administrations)
            if times and facts.administrations:
                self.state("administrations", str(times), facts.administrations, "@dose_id", place)
            self.lists[Dose].append(self._dose(facts, route, times))

    def _dose(self, facts: DoseFacts, route: int | None, times: int | None) -> Row:
        low, high, basis = _amount(facts)
        row: Row = {
            "@arm_id": facts.arm,
            "@product_id": facts.product,
            "label": facts.label,
            "route_id": route,
            "body_site": facts.body_site,
            "amount_low": low,
            "amount_high": high,
            "basis": basis,
            "as_written": facts.as_written,
            "administrations": times,
            "days": list(facts.days),
            "is_conditional": facts.is_conditional,
            "condition_note": facts.condition,
        }
        row |= _interval(facts) | self.evidence(facts.passage, facts.state, facts.rule)
        oddities = [FLAG_WORDS.get(flag) or rule_words(flag) for flag in facts.flags]
        # What is odd in the writing says more than the rule that it was read by.
        row["remark"] = " ".join(oddities) or row["remark"]
        return row

    # The rest of the plan --------------------------------------------------------------------------------------

    def plan(self, reading: Reading) -> None:
        for found in reading.plan:
            if found.kind in _PLAN_KINDS:
                fact = found.fact
                # Whole sentences are the source's: they stand in the passage, and nowhere else.
                text = fact.value if len(fact.value) <= _SHORT else ""
                row = {"kind": found.kind, "text": text, "@arm_id": found.arm}
                row |= self.evidence(fact.passage, fact.state, fact.rule, fact.origin)
                self.lists[PlanNote].append(row)


def _conflicting(fact: Fact) -> Fact:
    return replace(fact, state=CONFLICTING)


def _disagreeing(
    facts: ProductFacts, others: Sequence[tuple[int, Reading]], terms: Terms
) -> dict[str, list[tuple[int, Fact]]]:
    """What other registrations say of donors and cell types that is neither the same nor a broader or narrower term."""
    found: dict[str, list[tuple[int, Fact]]] = {}
    for name in ("donors", "cell_types"):
        own = {fact.value for fact in getattr(facts, name)}
        for registration, reading in others:
            for fact in (fact for product in reading.products for fact in getattr(product, name)):
                known = terms.label(PRODUCT_TERMS[name], fact.value)
                if own and known and not any(terms.are_related(PRODUCT_TERMS[name], fact.value, one) for one in own):
                    found.setdefault(name, []).append((registration, _conflicting(fact)))
    return found


def _single(name: str, value: str) -> tuple[Any, str] | None:
    """The column's value and the same in words; None for one that the catalogue does not know."""
    if name == "modification":
        return (value, str(Modification(value).label)) if value in _MODIFICATIONS else None
    if name == "preservation":
        return (value, str(Preservation(value).label)) if value in _PRESERVATIONS else None
    if name == "expanded":
        return {"yes": (True, "Yes"), "no": (False, "No")}.get(value)
    if name == "generation":
        return (int(value), value) if value in ("1", "2", "3", "4", "5") else None
    longest = getattr(CellProduct._meta.get_field(name), "max_length", None) or 80
    return (value[:longest], value[:longest]) if value else None


def _with_routes(reading: Reading) -> Iterator[DoseFacts]:
    """The steps, and one without a dose for every route of a product that no step of it has.

    Where a product has one route and none of its steps says how, all of them take it.
    """
    steps: list[DoseFacts] = list(reading.doses)
    alone = len(reading.products) == 1
    for place, product in enumerate(reading.products):
        own = [at for at, step in enumerate(steps) if step.product == place or (alone and step.product is None)]
        told = {step.route.value for at in own if (step := steps[at]).route}
        missing = [route for route in product.routes if route.value not in told]
        if len(missing) == 1 and own and not told:
            for at in own:
                steps[at] = replace(steps[at], route=missing[0])
            continue
        steps += [
            DoseFacts(route.passage, state=route.state, rule=route.rule, product=place, route=route)
            for route in missing
        ]
    yield from steps


def _amount(facts: DoseFacts) -> tuple[Decimal | None, Decimal | None, str]:
    """Amount and basis as the columns take them: both or neither, above 0 and upward."""
    low, high = _cells(facts.amount_low), _cells(facts.amount_high)
    if low is None or facts.basis not in _BASES:
        return None, None, ""
    return low, high if high is not None and high > low else None, facts.basis


def _cells(amount: Decimal | None) -> Decimal | None:
    try:
        found = amount.quantize(_MILLI) if amount is not None else None
    except InvalidOperation:
        return None
    return found if found is not None and 0 < found < _MOST else None


def _interval(facts: DoseFacts) -> Row:
    low, high = facts.interval_low, facts.interval_high
    if low is None or low < 0 or facts.interval_unit not in _INTERVAL_UNITS:
        return {"interval_low": None, "interval_high": None, "interval_unit": ""}
    high = high if high is not None and high >= low else None
    return {"interval_low": low, "interval_high": high, "interval_unit": facts.interval_unit}


def _whole(fact: Fact | None) -> int | None:
    """A number of administrations that the column takes."""
    if fact is None or not (fact.value.isascii() and fact.value.isdecimal()):
        return None
    return int(fact.value) if 1 <= int(fact.value) < 2**15 else None
