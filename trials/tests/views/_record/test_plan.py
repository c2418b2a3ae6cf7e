"""What else the plan says, and the passages beside what was read."""

from __future__ import annotations

import pytest

from trials.models import CellType
from trials.tests.views._record.making import document, open_page, published, term

pytestmark = pytest.mark.django_db


def test_notes_stand_by_kind_and_name_their_arm():
    trial = published()
    arm = trial.arms.create(order=1, label="High dose")
    trial.plannotes.create(order=1, kind="FOLLOW_UP", text="2 years")
    trial.plannotes.create(order=2, kind="LYMPHODEPLETION", text="fludarabine", arm=arm)
    text = open_page(trial).section("product")
    assert "Lymphodepletion fludarabine (High dose)" in text
    assert "Follow-up 2 years" in text
    assert text.index("Lymphodepletion") < text.index("Follow-up")
    assert "Harvest of cells Not stated" in text
    assert "Conditioning or lymphodepletion" not in text


def test_a_trial_that_was_read_says_what_is_not_stated():
    trial = published()
    trial.products.create(order=1, name="Cells", origin="TEXT", source_field="briefSummary")
    text = open_page(trial).section("product")
    assert "Harvest of cells Not stated" in text
    assert "Conditioning or lymphodepletion Not stated" in text


def test_a_trial_that_was_never_read_says_nothing_of_the_plan():
    trial = published("nct00000002")
    trial.products.create(order=1, name="Cells", source_field="Title of the page")
    assert "What else the plan says" not in open_page(trial).text
    assert "What else the plan says" not in open_page(published()).text


def test_a_passage_is_folded_beside_its_value_and_says_where_it_stands():
    trial = published()
    lead = document(trial, "Registry record", registry="CTGOV", number="NCT00000001")
    product = trial.products.create(order=1, name="Cells", registration=lead, origin="TEXT", source_field="briefTitle")
    product.cell_types.set([term(CellType, "t-cell")])
    trial.statements.create(
        order=1, product=product, field="cell_types", value="T cell", registration=lead, origin="TEXT",
        source_field="armGroups[1].description", passage="autologous <T cells>", span_start=0, span_end=20,
    )  # fmt: skip
    page = open_page(trial)
    assert "<summary>Passage</summary><blockquote><p>autologous &lt;T cells&gt;</p></blockquote>" in page.html
    assert "Description of arm 2, ClinicalTrials.gov" in page.section("product")


def test_where_no_words_are_kept_the_registry_is_one_click_away():
    trial = published()
    lead = document(trial, "Registry record", registry="CTGOV", number="NCT00000001")
    product = trial.products.create(order=1, name="Cells", registration=lead, origin="TEXT")
    product.cell_types.set([term(CellType, "t-cell")])
    trial.statements.create(
        order=1, product=product, field="cell_types", value="T cell", registration=lead, origin="TEXT",
        source_field="officialTitle",
    )  # fmt: skip
    page = open_page(trial)
    assert "stated in the scientific title 2 see ClinicalTrials.gov" in page.text
    assert "words are not kept in this copy: the links lead to them" in page.text
    assert "https://clinicaltrials.gov/study/NCT00000001" in page.links
    assert "<summary>Passage" not in page.html


def test_an_inferred_value_says_why():
    trial = published()
    product = trial.products.create(order=1, name="Cells", origin="TEXT", passage="Cells")
    product.cell_types.set([term(CellType, "t-cell")])
    trial.statements.create(
        order=1, product=product, field="cell_types", value="T cell", origin="TEXT", passage="tisagenlecleucel",
        evidence_state="INFERRED", remark="The product is known by its name.",
    )  # fmt: skip
    assert "Inferred: The product is known by its name." in open_page(trial).section("product")


def test_two_cell_types_of_one_document_are_no_disagreement():
    trial = published()
    lead = document(trial, "Registry record")
    product = trial.products.create(order=1, name="Cells", registration=lead, origin="TEXT")
    for order, slug in enumerate(("t-cell", "nk-cell"), 1):
        product.cell_types.add(term(CellType, slug))
        trial.statements.create(
            order=order, product=product, field="cell_types", value=slug, registration=lead, origin="TEXT",
            passage=f"some {slug}s",
        )  # fmt: skip
    text = open_page(trial).section("product")
    assert "The documents say" not in text
    assert "Passage for t-cell some t-cells" in text
