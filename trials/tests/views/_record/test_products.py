"""What the patient gets: doses in words, computed totals, and products on which documents disagree."""

from decimal import Decimal

import pytest

from trials.models import CellType, DonorRelation, Dose, Route
from trials.phrases import dose_words
from trials.tests.views._record.making import document, open_page, published, term
from trials.views._record.products import timing_words, total_words


@pytest.mark.parametrize(
    ("low", "high", "basis", "words"),
    [
        (1_500_000, None, "PER_KG", "1.5 × 10⁶ cells/kg"),
        (1_000_000, 2_000_000, "PER_KG", "1 × 10⁶ to 2 × 10⁶ cells/kg"),
        (2_000_000, 2_000_000, "PER_KG", "2 × 10⁶ cells/kg"),
        (40_000_000, None, "FLAT", "4 × 10⁷ cells"),
        (5_000_000, None, "PER_M2", "5 × 10⁶ cells/m²"),
        (250_000, None, "PER_EYE", "2.5 × 10⁵ cells per eye"),
        (100_000, None, "PER_SITE", "1 × 10⁵ cells per injection site"),
        (1_000, None, "PER_CM2", "1 × 10³ cells/cm²"),
        (None, None, "", ""),
    ],
)
def test_a_dose_reads_in_powers_of_ten_with_what_it_counts_per(low, high, basis, words):
    lowest, highest = (None if value is None else Decimal(value) for value in (low, high))
    assert dose_words(lowest, highest, basis) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"administrations": 1}, "once"),
        ({"administrations": 3}, "3 times"),
        ({"administrations": 3, "days": [1, 8, 15]}, "3 times, on days 1, 8 and 15"),
        ({"days": [0]}, "on day 0"),
        (
            {"administrations": 3, "interval_low": 1, "interval_high": 2, "interval_unit": "WEEKS"},
            "3 times, 1 to 2 weeks apart",
        ),
        ({"interval_low": 1, "interval_unit": "MONTHS"}, "1 month apart"),
        ({"interval_low": 14, "interval_high": 14, "interval_unit": "DAYS"}, "14 days apart"),
        ({}, ""),
        ({"days": "Monday"}, ""),  # no list: an editor's slip in a JSON field
    ],
)
def test_how_often_reads_in_words(fields, words):
    assert timing_words(Dose(**fields)) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount_low": Decimal(1_500_000), "basis": "PER_KG", "administrations": 3}, "4.5 × 10⁶ cells/kg"),
        (
            {"amount_low": Decimal(10**6), "amount_high": Decimal(2 * 10**6), "basis": "FLAT", "administrations": 2},
            "2 × 10⁶ to 4 × 10⁶ cells",
        ),
        ({"amount_low": Decimal(1_500_000), "basis": "PER_KG"}, ""),
        ({"administrations": 3}, ""),
    ],
)
def test_the_total_is_computed_only_from_what_is_stated(fields, words):
    assert total_words(Dose(**fields)) == words


@pytest.mark.django_db
def test_a_conditional_step_says_so_and_its_condition_wherever_it_stands():
    trial = published()
    product = trial.products.create(order=1, name="CB-MSCs")
    trial.doses.create(
        order=1,
        product=product,
        label="Second part",
        amount_low=2_000_000,
        basis="PER_KG",
        as_written="2x10^6/kg",
        is_conditional=True,
        condition_note="Only if the first part fails.",
    )
    page = open_page(trial)
    assert "Second part: 2 × 10⁶ cells/kg (only if a condition is met)" in page.section("")
    assert "Second part only if Only if the first part fails." in page.section("product")
    assert "as written: 2x10^6/kg" in page.section("product")


@pytest.mark.django_db
def test_a_route_without_an_amount_says_that_the_dose_is_not_stated():
    trial = published()
    trial.doses.create(order=1, route=term(Route, "subcutaneous"))
    assert "Subcutaneous dose not stated" in open_page(trial).section("product")


@pytest.mark.django_db
def test_a_conflict_shows_both_values_and_who_says_which():
    trial = published()
    lead = document(trial, "Page A", publisher="Site A")
    other = document(trial, "Page B", publisher="Site B")
    product = trial.products.create(order=1, name="ASC", registration=lead, source_field="Title")
    product.donors.set([term(DonorRelation, "autologous"), term(DonorRelation, "allogeneic")])
    for order, (value, row) in enumerate([("Autologous", lead), ("Allogeneic", other)], 1):
        trial.statements.create(
            order=order,
            product=product,
            field="donors",
            value=value,
            registration=row,
            evidence_state="CONFLICTING",
            source_field="Title",
        )
    page = open_page(trial)
    assert "Conflicting The documents say: Autologous" in page.section("product")
    assert "Autologous Evidence: Site A, Title 2 Allogeneic Evidence: Site B, Title 3" in page.section("product")
    assert "(the documents disagree)" in page.section("")


@pytest.mark.django_db
def test_an_inferred_attribute_is_marked_and_a_missing_one_is_named_once():
    trial = published()
    lead = document(trial, "Page A", publisher="Site A")
    product = trial.products.create(order=1, name="ASC", registration=lead)
    product.cell_types.set([term(CellType, "mesenchymal-stromal")])
    trial.statements.create(
        order=1, product=product, field="cell_types", value="ASC", registration=lead, evidence_state="INFERRED"
    )
    text = open_page(trial).section("product")
    assert "Cell type Mesenchymal stromal Evidence: inferred Site A 2" in text
    assert (
        text.count("Not stated by the source: tissue, donor, modification, cultured or expanded, fresh or frozen") == 1
    )


@pytest.mark.django_db
def test_one_passage_of_two_values_is_shown_once_with_the_rule_of_the_inferred_one():
    trial = published()
    lead = document(trial, "Record 1", publisher="Registry")
    product = trial.products.create(order=1, name="Cells", registration=lead)
    product.cell_types.set([term(CellType, "t-cells"), term(CellType, "regulatory-t")])
    for order, (value, state) in enumerate([("T cells", "STATED"), ("Regulatory T", "INFERRED")], 1):
        trial.statements.create(
            order=order,
            product=product,
            field="cell_types",
            value=value,
            registration=lead,
            evidence_state=state,
            origin="TEXT",
            source_field="briefTitle",
            passage="Cells that keep the peace.",
            remark="A rule." if state == "INFERRED" else "",
        )
    text = open_page(trial).section("product")
    assert text.count("Passage Cells that keep the peace. Title, Registry") == 1
    assert "Inferred (Regulatory T): A rule." in text


@pytest.mark.django_db
def test_what_is_said_of_every_dose_is_one_line_of_the_evidence():
    trial = published()
    lead = document(trial, "Record 1", publisher="Registry")
    vein = term(Route, "intravenous")
    for order in (1, 2, 3):
        dose = trial.doses.create(order=order, route=vein, registration=lead, label=f"Step {order}")
        trial.statements.create(
            order=order, dose=dose, field="route", value="Vein", registration=lead, source_field="briefSummary"
        )
    text = open_page(trial).section("sources")
    assert text.count("Vein") == 1
    assert "Route of doses 1, 2 and 3: Vein" in text


@pytest.mark.django_db
def test_each_time_is_said_only_of_a_dose_that_is_given_more_than_once():
    trial = published()
    for order, times in enumerate([3, 1, None], 1):
        trial.doses.create(order=order, amount_low=order * 10**6, basis="FLAT", administrations=times)
    text = open_page(trial).section("product")
    assert text.count("each time") == 1
    assert "1 × 10⁶ cells each time" in text


@pytest.mark.django_db
def test_the_first_screen_names_the_product_of_a_dose_and_says_nothing_twice():
    trial = published()
    for order, slug in enumerate(["dendritic", "t-cells"], 1):
        product = trial.products.create(order=order, name="Vaccine")
        product.cell_types.set([term(CellType, slug)])
        for step in (2 * order - 1, 2 * order):
            trial.doses.create(order=step, product=product, route=term(Route, "intravenous"))
    text = open_page(trial).section("")
    assert text.count("Dendritic: dose not stated, intravenous") == 1
    assert text.count("T cells: dose not stated, intravenous") == 1


@pytest.mark.django_db
def test_where_no_words_are_kept_the_field_is_named_once_and_a_link_leads_to_it():
    trial = published()
    lead = document(trial, "Record 1", publisher="Registry", url="https://registry.example/1")
    source = {"registration": lead, "origin": "TEXT", "source_field": "briefTitle"}
    product = trial.products.create(order=1, name="Cells", **source)
    product.cell_types.set([term(CellType, "t-cells")])
    trial.statements.create(order=1, product=product, field="cell_types", value="T cells", **source)
    trial.doses.create(order=1, amount_low=10**6, basis="FLAT", **source)
    page = open_page(trial)
    text = page.section("product")
    assert text.count("words are not kept in this copy") == 1
    assert "T cells Evidence: stated in the title 1 see Registry" in text
    assert "read from the title: see Registry" in text  # the dose, whose mark is a number alone
    assert page.links.count("https://registry.example/1") >= 3


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "is_doubted"), [("TEXT", True), ("EDITOR", False)])
def test_a_dose_read_beside_a_placebo_arm_is_doubted_and_not_drawn(origin, is_doubted):
    trial = published()
    placebo = trial.arms.create(order=1, label="Saline", type="PLACEBO_COMPARATOR")
    trial.doses.create(order=1, arm=placebo, amount_low=10**6, basis="FLAT", origin=origin)
    page = open_page(trial)
    assert ("may be what it is compared with" in page.section("product")) == is_doubted
    assert ("<svg" in page.html.partition('id="product"')[2].partition("</section>")[0]) != is_doubted
    assert ("1 × 10⁶ cells" in page.section("")) != is_doubted
    assert ("1 × 10⁶ cells" in page.section("arms")) != is_doubted


@pytest.mark.django_db
def test_what_an_editor_corrected_is_not_passed_off_as_the_documents_word():
    trial = published()
    lead = document(trial, "Registry record", registry="CTGOV", number="NCT00000001")
    product = trial.products.create(order=1, name="Cells", registration=lead, origin="EDITOR")
    product.donors.set([term(DonorRelation, "allogeneic")])
    trial.statements.create(
        order=1, product=product, field="donors", value="Autologous", registration=lead, origin="TEXT",
        source_field="briefTitle", passage="own cells", span_start=0, span_end=9,
    )  # fmt: skip
    assert "The documents say: Autologous" in open_page(trial).section("product")
    product.donors.set([term(DonorRelation, "autologous")])
    assert "The documents say" not in open_page(trial).section("product")


@pytest.mark.django_db
def test_a_step_that_an_editor_corrected_tells_how_often_the_documents_say():
    trial = published()
    lead = document(trial, "Registry record", registry="CTGOV", number="NCT00000001")
    dose = trial.doses.create(order=1, label="Step", administrations=4, registration=lead, origin="EDITOR")
    trial.statements.create(
        order=1, dose=dose, field="administrations", value="3", registration=lead, origin="TEXT",
        source_field="briefSummary", passage="three times", span_start=0, span_end=11,
    )  # fmt: skip
    assert "The documents say" in open_page(trial).section("product")
    trial.doses.update(administrations=3)
    assert "The documents say" not in open_page(trial).section("product")


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "is_quoted"), [("TEXT", True), ("EDITOR", False)])
def test_the_words_behind_a_dose_are_not_quoted_for_what_an_editor_put_in_its_place(origin, is_quoted):
    trial = published()
    lead = document(trial, "Registry record", registry="CTGOV", number="NCT00000001")
    trial.doses.create(
        order=1, label="Step", amount_low=10**6, basis="FLAT", registration=lead, origin=origin,
        source_field="briefSummary", passage="two million cells", span_start=0, span_end=17,
    )  # fmt: skip
    assert ("two million cells" in open_page(trial).html) == is_quoted
