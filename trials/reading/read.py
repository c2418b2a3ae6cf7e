"""A record -> all that the readers find in its texts."""

from __future__ import annotations

from trials.reading import making
from trials.reading.arms import prose_arms
from trials.reading.cells import Product, find_products
from trials.reading.donors import read_donors
from trials.reading.doses import read_doses
from trials.reading.facts import ProductFacts, Reading
from trials.reading.judging import judge
from trials.reading.lexicon import Lexicon
from trials.reading.marked import Marked, mark
from trials.reading.plan import read_plan
from trials.reading.routes import read_routes
from trials.reading.tissues import read_tissues
from trials.records import TrialRecord

# The version of the rules: what was read by another one is read again.
FORM = 1


def read(record: TrialRecord, lexicon: Lexicon) -> Reading:
    """Reads whether living cells are given, and if so all that is said of them."""
    marked = mark(record, lexicon)
    verdict = judge(record, marked, lexicon)
    if not verdict.is_cell_therapy:
        return Reading(False, verdict.why, verdict.proof)
    found = find_products(record, marked, verdict.mentions, lexicon)
    products = tuple(_facts(product, record, marked, lexicon, len(found) > 1) for product in found)
    return Reading(
        True,
        verdict.why,
        verdict.proof,
        products,
        doses=read_doses(marked, record, products),
        plan=read_plan(marked, record),
        arms=prose_arms(marked, record),
    )


def _facts(
    product: Product, record: TrialRecord, marked: tuple[Marked, ...], lexicon: Lexicon, others: bool
) -> ProductFacts:
    first = product.mentions[0]
    modification = making.read_modification(product, marked, lexicon, others)
    return ProductFacts(
        name=product.name,
        passage=first.marked.at(first.match),
        intervention=product.interventions[0] if product.interventions else None,
        arms=tuple(product.arms),
        cell_types=tuple(product.cell_types),
        tissues=read_tissues(product, marked, lexicon, others),
        donors=read_donors(product, marked, lexicon, others),
        targets=making.read_targets(product, marked, lexicon, others),
        modification=modification,
        generation=making.read_generation(product, marked, lexicon, others),
        vector=making.read_vector(product, modification, marked, lexicon, others),
        expanded=making.read_expanded(product, marked, lexicon, others),
        preservation=making.read_preservation(product, marked, lexicon, others),
        culture_passage=making.read_culture_passage(product, marked, lexicon, others),
        routes=read_routes(product, record, marked, lexicon, others),
    )
