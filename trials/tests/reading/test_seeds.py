"""The five seed trials, read from texts of the same phrasing written for this test, beside what the fixture holds."""

import json
from pathlib import Path
from typing import Any

import pytest

from trials.reading.facts import CONFLICTING
from trials.tests.reading.records import reading

FIXTURE = Path(__file__).parents[3] / "fixtures" / "seed_trials.json"

SEEDS: dict[str, dict[str, Any]] = {
    "nct04034316": {
        "title": "Less Immunosuppression for Children Through an ATMP",
        "given": ["Cord-blood mesenchymal stromal cells"],
        "official": "A Study of Allogeneic Human Cord Blood-derived Mesenchymal Stromal Cells in Nephrotic Syndrome",
        "arms": [
            ("MSC", "EXPERIMENTAL", "", "Children receive 3 intravenous infusions of CB-MSCs at 1.5 x 10^6/kg.", (0,))
        ],
        "detail": "Thawed mesenchymal stromal cells are diluted before infusion.",
    },
    "nct01663116": {
        "given": [],
        "detail": "Cells of this kind can be isolated from many tissues. The study will assess the safety of the "
        "intravenous administration of expanded allogeneic adipose-derived mesenchymal stem cells (eASCs) to patients.",
    },
    "nct06087341": {
        "given": [],
        "summary": "A trial of systemic transduced donor-derived NKG2D-CAR memory T cell infusions (Arm "
        "A), and of dual treatment with both systemic and locally transduced donor-derived NKG2D-CAR memory T cell "
        "infusions (Arm B).",
    },
    "nct04849065": {
        "title": "Injection of Autologous Bone Marrow Cells Into Muscle",
        "given": ["MNC (Mononuclear cells)", ("Saline", "", "DRUG")],
        "summary": "Autologous bone marrow mononuclear cells (BMNC) are injected into two muscles of one side.",
        "arms": [("MNC", "EXPERIMENTAL", "", "Intramuscular injection of stem cells.", (0, 1))],
    },
}


def stored(slug):
    """The fixture's products of a trial, as sets of slugs by attribute, and the routes of its doses."""
    rows = json.loads(FIXTURE.read_text(encoding="utf-8"))
    products = [r["fields"] for r in rows if r["model"] == "trials.cellproduct" and r["fields"]["trial"] == [slug]]
    doses = [r["fields"] for r in rows if r["model"] == "trials.dose" and r["fields"]["trial"] == [slug]]
    found = {
        name: {key[0] for product in products for key in product.get(name, ())}
        for name in ("cell_types", "tissues", "donors", "targets")
    }
    return found | {"routes": {dose["route"][0] for dose in doses if dose.get("route")}}


@pytest.mark.parametrize("slug", SEEDS)
def test_readers_and_fixture_agree(slug):
    texts = dict(SEEDS[slug])
    title, given = texts.pop("title", ""), texts.pop("given")
    read = reading(title, *given, **texts)
    assert read.is_cell_therapy, read.why
    for name, expected in stored(slug).items():
        assert {fact.value for product in read.products for fact in getattr(product, name)} == expected, name


def test_a_donor_that_two_texts_disagree_on_is_shown_with_both():
    read = reading(
        "Subcutaneous Injections of Autologous Cultured Adipose-derived Stroma/Stem Cells in Scleroderma",
        ("Cultured adipose-derived stroma/stem cells", "Allogeneic adipose-derived stem cells from a donor"),
    )
    wanted = stored("2023-508432-53-00")
    (product,) = read.products
    assert {fact.value for fact in product.donors} == wanted["donors"] == {"autologous", "allogeneic"}
    assert {fact.state for fact in product.donors} == {CONFLICTING}
    assert {fact.value for fact in product.cell_types} == wanted["cell_types"]
    assert {fact.value for fact in product.tissues} == wanted["tissues"]
    assert {fact.value for fact in product.routes} == wanted["routes"]
    assert product.expanded is not None
    assert product.expanded.value == "yes"
