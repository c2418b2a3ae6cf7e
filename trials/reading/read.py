"""A record -> all that the readers find in its texts."""

from __future__ import annotations

from trials.reading import making
from trials.reading.arms import prose_arms
from trials.reading.attaching import Scope, scope_of
from trials.reading.cells import find_products
from trials.reading.donors import read_donors
from trials.reading.doses import read_doses
from trials.reading.facts import ProductFacts, Reading
from trials.reading.judging import judge
from trials.reading.lexicon import Lexicon
from trials.reading.marked import mark
from trials.reading.plan import read_plan
from trials.reading.routes import read_routes
from trials.reading.tissues import read_tissues
from trials.records import TrialRecord

# The version of the rules: what was read by another one is read again.
FORM = 2


def read(record: TrialRecord, lexicon: Lexicon) -> Reading:
    """Reads whether living cells are given, and if so all that is said of them."""
    marked = mark(record, lexicon)
    verdict = judge(record, marked, lexicon)
    if not verdict.is_cell_therapy:
        return Reading(False, verdict.why, verdict.proof)
    found = find_products(record, marked, verdict.mentions, lexicon)
    products = tuple([_facts(scope_of(product, marked, lexicon, len(found) > 1), record) for product in found])
    arms = prose_arms(marked, record)
    return Reading(
        True,
        verdict.why,
        verdict.proof,
        products,
        doses=read_doses(marked, record, products, arms),
        plan=read_plan(marked, record),
        arms=arms,
    )


def _facts(scope: Scope, record: TrialRecord) -> ProductFacts:
    product = scope.product
    first = product.mentions[0]
    modification = making.read_modification(scope)
    return ProductFacts(
        name=product.name,
        passage=first.marked.at(first.match),
        intervention=product.interventions[0] if product.interventions else None,
        arms=tuple(product.arms),
        cell_types=tuple(product.cell_types),
        tissues=read_tissues(scope),
        donors=read_donors(scope),
        targets=making.read_targets(scope),
        modification=modification,
        generation=making.read_generation(scope),
        vector=making.read_vector(scope, modification),
        expanded=making.read_expanded(scope),
        preservation=making.read_preservation(scope),
        culture_passage=making.read_culture_passage(scope),
        routes=read_routes(scope, record),
    )
