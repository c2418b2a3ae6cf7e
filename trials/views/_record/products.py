"""What the patient gets: one card per cell product, and every step of its dosing plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from trials.models import CellProduct, Dose
from trials.models.choices import FindingState, Modification
from trials.models.finding import DOSE_ATTRIBUTES
from trials.phrases import count, dose_words, either, in_sentence, number, times_words
from trials.places import is_read
from trials.views._record.control import control_remark, is_of_control
from trials.views._record.evidence import Ledger, Mark, Support
from trials.views._record.facts import FactList, Gap, Value, listed, yes_no
from trials.views._record.ladder import Ladder, ladders_of
from trials.views._record.naming import cells_of
from trials.views._record.plan import Plan, plan_of
from trials.views._record.proofs import Proof
from trials.views._record.source import Section, Source, term_value

# Steps of the plan that the first screen names; the others follow in the section on the product.
MOST_LINES = 5


@dataclass(frozen=True)
class ProductCard:
    """A product with its attributes. `intervention` is what the registry lists it as."""

    anchor: str
    name: str
    intervention: str
    facts: FactList
    mark: Mark
    remark: str
    proofs: tuple[Proof, ...]

    @property
    def all_proofs(self) -> tuple[Proof, ...]:
        """Those of its attributes too."""
        return (*self.proofs, *(proof for fact in self.facts.rows for proof in fact.support.proofs))


@dataclass(frozen=True)
class DoseStep:
    """One row of the dosing plan; empty texts are not stated."""

    label: str
    arm: str
    product: str
    route: Value | None
    body_site: str
    amount: str
    as_written: str
    timing: str
    total: str
    is_repeated: bool
    participants: str
    is_conditional: bool
    condition_note: str
    remark: str
    support: Support

    @property
    def proofs(self) -> tuple[Proof, ...]:
        return self.support.proofs


@dataclass(frozen=True)
class Products:
    cards: tuple[ProductCard, ...]
    ladders: tuple[Ladder, ...]
    steps: tuple[DoseStep, ...]
    plan: Plan | None
    doses_empty: str
    gaps: tuple[Gap, ...]
    has_words_elsewhere: bool
    shows_product: bool
    shows_participants: bool
    support: Support


def products_section(source: Source) -> Section:
    products, doses = source.trial.products.all(), source.trial.doses.all()
    cards = tuple(_card(source, product) for product in products)
    steps = tuple(_step(source, dose) for dose in doses)
    proofs = [*(proof for card in cards for proof in card.all_proofs), *(one for step in steps for one in step.proofs)]
    body = Products(
        cards=cards,
        ladders=ladders_of(doses, source.ledger.names),
        steps=steps,
        plan=(plan := plan_of(source)),
        doses_empty="" if doses or not products else source.gaps.why_empty("doses", *DOSE_ATTRIBUTES),
        gaps=source.gaps.told(name for name in DOSE_ATTRIBUTES if doses and source.gaps.has(name)),
        has_words_elsewhere=any(not proof.passage for proof in proofs),
        shows_product=len(products) > 1,
        shows_participants=any(dose.participants is not None for dose in doses),
        support=source.ledger.support("products", "doses"),
    )
    empty = "" if products or doses or plan else source.gaps.why_empty("products", "doses", *DOSE_ATTRIBUTES)
    return Section("product", "Cell product and dose", "trials/_record_products.html", None if empty else body, empty)


def _card(source: Source, product: CellProduct) -> ProductCard:
    return ProductCard(
        anchor=anchor_of(product),
        name=(name := source.ledger.name_of(product)),
        intervention=_intervention(product, name),
        mark=(mark := source.ledger.finding(product, "Cell product", name)),
        facts=_attributes(source, product, mark),
        remark=product.remark,
        proofs=source.ledger.proofs(product),
    )


def _intervention(product: CellProduct, shown: str) -> str:
    """The treatment that the registry lists: its kind, and its name where the card bears another.

    Cells read elsewhere than in a treatment, and not called as this one is, may not be what is listed.
    """
    listed = product.intervention
    is_elsewhere = is_read(product.source_field) and not product.source_field.startswith("interventions")
    if product.name != shown and is_elsewhere:
        return ""
    if listed is None:
        return "" if product.name == shown else product.name
    kind = listed.get_type_display() if listed.type else listed.type_raw
    return ": ".join(part for part in (kind, "" if listed.name == shown else listed.name) if part)


def _attributes(source: Source, product: CellProduct, mark: Mark) -> FactList:
    """The product's attributes; one without a statement of its own stands where the product stands."""
    facts = source.facts()
    # Named in full beside the product's name, once.
    own = Support(marks=(replace(mark, source="", document="", where="", place_alone=""),), state=mark.state)

    def add(name: str, value: str | Iterable[Value], note: str = "") -> None:
        facts.add(name, value, note=note, of=product, otherwise=own)

    add("cell_types", _terms("cell_type", product.cell_types.all()))
    add("tissues", _terms("tissue", product.tissues.all()))
    add("donors", _terms("donor", product.donors.all()))
    add("modification", product.get_modification_display() if product.modification else "", product.modification_note)
    if product.targets.all() or product.modification not in ("", Modification.NONE):
        add("targets", _terms("target", product.targets.all()))
    if product.generation is not None:
        add("generation", str(product.generation))
    if product.vector:
        add("vector", product.vector)
    add("expanded", yes_no(product.expanded))
    add("preservation", product.get_preservation_display() if product.preservation else "")
    if product.culture_passage:
        add("culture_passage", product.culture_passage)
    if product.processing_note:
        facts.add("processing_note", product.processing_note, of=product)
    return facts.done()


def _terms(facet: str, terms: Iterable[Any]) -> tuple[Value, ...]:
    return tuple(term_value(term.label, facet, term.slug) for term in terms)


def _step(source: Source, dose: Dose) -> DoseStep:
    mark = source.ledger.finding(dose, f"Dose {dose.order}", str(dose))
    others = source.ledger.support_of_all(dose)
    product = source.ledger.name_of(dose.product) if dose.product else ""
    return DoseStep(
        label=(label := dose.label or (dose.arm.label if dose.arm else "") or product or "Dose"),
        arm=dose.arm.label if dose.arm and dose.label and dose.arm.label not in dose.label else "",
        product="" if product == label else product,
        route=term_value(dose.route.label, "route", dose.route.slug) if dose.route else None,
        body_site=dose.body_site,
        amount=dose_words(dose.amount_low, dose.amount_high, dose.basis),
        as_written=dose.as_written,
        timing=timing_words(dose),
        total=total_words(dose),
        # Without their number the amount may be that of the whole course.
        is_repeated=(dose.administrations or 0) > 1,
        participants="" if dose.participants is None else number(dose.participants),
        is_conditional=dose.is_conditional,
        condition_note=dose.condition_note,
        # Beside an inferred value the remark is its rule, and stands there.
        remark=control_remark(dose) or ("" if any(proof.rules for proof in others.proofs) else dose.remark),
        support=Support(
            (mark, *(one for one in others.marks if one != mark)),
            others.sayings,
            mark.state,
            others.proofs,
        ),
    )


def timing_words(dose: Dose) -> str:
    """How often and when: `3 times, 1 to 2 weeks apart`, `3 times, on days 1, 8 and 15`; nothing where not stated."""
    parts = []
    if dose.administrations is not None:
        parts.append(times_words(dose.administrations))
    days = listed(dose.days)
    if days:
        parts.append(f"on {'day' if len(days) == 1 else 'days'} {either(days, 'and')}")
    if dose.interval_low is not None:
        parts.append(f"{_interval(dose.interval_low, dose.interval_high, dose.interval_unit)} apart")
    return ", ".join(parts)


def _interval(low: float, high: float | None, unit: str) -> str:
    longest = low if high is None else high
    words = unit.lower().removesuffix("s") if longest == 1 else unit.lower()
    return f"{number(low)} {words}" if longest == low else f"{number(low)} to {number(longest)} {words}"


def total_words(dose: Dose) -> str:
    """All administrations together, computed; nothing where the amount or their number is not stated."""
    if dose.cumulative_low is None or dose.administrations is None:
        return ""
    high = dose.amount_high * dose.administrations if dose.amount_high is not None else None
    return dose_words(dose.cumulative_low, high, dose.basis)


def short_dose(dose: Dose) -> str:
    """A step in one line, for the arm that gets it."""
    parts = [
        dose_words(dose.amount_low, dose.amount_high, dose.basis) or "dose not stated",
        timing_words(dose),
        dose.route.label.lower() if dose.route else "",
    ]
    return ", ".join(part for part in parts if part)


def given_lines(products: Iterable[CellProduct], doses: Iterable[Dose], ledger: Ledger) -> Iterable[Value]:
    """What the patient gets, a line per product and per different step, for the first screen."""
    rows = list(products)
    for product in rows:
        made_of = cells_of(product) or ledger.name_of(product)
        tissue = either(in_sentence(term.label) for term in product.tissues.all())
        donor = either(in_sentence(term.label) for term in product.donors.all())
        whole = ", ".join(part for part in (made_of, f"from {tissue}" if tissue else "", donor) if part)
        disagree = product.evidence_state == FindingState.CONFLICTING or ledger.is_disputed(product)
        yield Value(f"{whole} (the documents disagree)" if disagree else whole, f"#{anchor_of(product)}")
    lines = []
    for dose in doses:
        if is_of_control(dose):
            continue
        of = ledger.name_of(dose.product) if dose.product and len(rows) > 1 else ""
        named = ", ".join(dict.fromkeys(part for part in (of, dose.label) if part))
        only_if = " (only if a condition is met)" if dose.is_conditional else ""
        lines.append(f"{named}: {short_dose(dose)}{only_if}" if named else f"{short_dose(dose)}{only_if}")
    lines = list(dict.fromkeys(lines))
    for line in lines[:MOST_LINES]:
        yield Value(line[:1].upper() + line[1:] if line[1:2].islower() else line)
    if len(lines) > MOST_LINES:
        yield Value(f"{count(len(lines) - MOST_LINES, 'more step')} below", "#product")


def anchor_of(product: CellProduct) -> str:
    return f"product-{product.pk}"
