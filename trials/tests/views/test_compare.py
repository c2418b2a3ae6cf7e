"""Two to four trials side by side: which addresses lead there, what the rows say, and at what cost."""

import re
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trials.models import FormerSlug
from trials.models.choices import State
from trials.tests.views._record.making import Page, document, published
from trials.tests.views.test_record import filled

pytestmark = pytest.mark.django_db


def ask(*names: str, **more: str):
    return Client().get(f"/compare/?{urlencode([('trial', name) for name in names] + list(more.items()))}")


def page_of(*names: str, **more: str) -> Page:
    response = ask(*names, **more)
    assert response.status_code == 200, (response.status_code, response.headers)
    return Page(response.content.decode())


_ROW = re.compile(r'<tr role="row" class="compare__row compare__row--(\w+)">(.*?)</tr>', re.DOTALL)
_BESIDE = re.compile(r'<span class="(?:compare__of|under)">.*?</span>|<span class="compare__verdict">.*?</span></span>')
_CELL = re.compile(r"<t[hd].*?</t[hd]>", re.DOTALL)


def rows_of(html: str) -> dict[str, list[str]]:
    """Label -> verdict and the answers of each trial, as a reader sees them."""
    found = {}
    for verdict, row in _ROW.findall(html):
        cells = [" ".join(re.sub("<.*?>", " ", cell).split()) for cell in _CELL.findall(_BESIDE.sub("", row))]
        found[cells[0]] = [verdict, *cells[1:]]
    return found


# Addresses


def test_trials_stand_in_the_order_of_the_address():
    published("nct00000001", title="One")
    published("nct00000002", title="Two")
    text = page_of("nct00000002", "nct00000001").text
    assert text.index("Two") < text.index("One")


def test_numbers_former_addresses_and_blanks_lead_to_the_trials_own_addresses():
    one, two = published("nct00000001"), published("race")
    document(two, "Record", registry="EUCTR", number="EUCTR2019-003906-28")
    FormerSlug.objects.create(slug="once", trial=one)
    for names in (("ONCE", "2019-003906-28"), ("NCT00000001", " EUCTR2019-003906-28 ", "")):
        response = ask(*names)
        assert (response.status_code, response.headers["Location"]) == (302, "/compare/?trial=nct00000001&trial=race")


def test_of_two_trials_with_one_number_the_older_is_shown_as_its_address_leads_there():
    for slug in ("zebra", "apple"):
        published(slug).identifiers.create(order=1, kind="CTIS", value="2023-508432-53-00")
    assert ask("2023-508432-53-00").headers["Location"] == "/compare/?trial=zebra"
    assert Client().get("/trials/2023-508432-53-00/").headers["Location"] == "/trials/zebra/"


def test_an_unknown_a_repeated_and_a_fifth_trial_are_told_and_the_others_shown():
    for number in range(1, 6):
        published(f"nct0000000{number}", title=f"Title {number}")
    page = page_of(
        "nct00000001", "nct99999999", "NCT00000001", "nct00000001", *(f"nct0000000{n}" for n in (2, 3, 4, 5))
    )
    assert "No trial here has the number or address “nct99999999”." in page.text
    assert "“NCT00000001” is the same trial as “nct00000001”; it stands here once." in page.text
    assert "“nct00000001” is named twice; it stands here once." in page.text
    assert "Four trials at most stand side by side; left out: nct00000005." in page.text
    assert page.html.count('class="compare__title"') == 4
    assert "Title 5" not in page.text
    assert 'name="trial"' not in page.html


def test_a_draft_is_no_trial_here():
    published("nct00000001", state=State.DRAFT)
    text = page_of("nct00000001").text
    assert "No trial here has the number or address “nct00000001”" in text
    assert "A trial of cells" not in text


@pytest.mark.parametrize("names", [(), ("nct00000001",)])
def test_fewer_than_two_ask_for_more(names):
    published("nct00000001")
    page = page_of(*names)
    assert ("One trial so far" in page.text) == bool(names)
    assert page.html.count('type="text" name="trial"') == 2 - len(names)


@pytest.mark.parametrize(
    "text", ["\x00", "x" * 5000, "'; --", "<script>alert(1)</script>", "ﬀ", "%ff", "\r\nX: y", "🧬"]
)
def test_no_name_however_odd_is_an_error_of_ours(text):
    published("nct00000001")
    page = page_of("nct00000001", text)
    assert "No trial here has" in page.text
    assert "<script>alert" not in page.html


def test_bytes_that_are_no_text_and_a_thousand_names_are_no_error_of_ours():
    assert Client().get("/compare/?trial=%ff%fe%00").status_code == 200
    assert (
        "Only the first 12 names of the address are read; 988 names left out." in page_of(*map(str, range(1000))).text
    )


def test_each_trial_can_be_taken_away_and_the_form_keeps_the_others():
    for number in (1, 2):
        published(f"nct0000000{number}")
    page = page_of("nct00000001", "nct00000002")
    assert {"/compare/?trial=nct00000001", "/compare/?trial=nct00000002"} <= set(page.links)
    assert page.html.count('<input type="hidden" name="trial"') == 2


def test_the_page_is_only_read_and_kept_out_of_search_engines():
    assert Client().post("/compare/").status_code == 405
    assert '<meta name="robots" content="noindex">' in page_of().html


# Rows


def test_what_differs_is_told_apart_from_what_some_leave_out():
    one = published("nct00000001", phase="PHASE2", sex="ALL", masking="NONE", status="RECRUITING")
    two = published("nct00000002", phase="PHASE3", sex="ALL", status="COMPLETED")
    one.absences.create(order=1, field="allocation", reason="NOT_KEPT")
    two.absences.create(order=1, field="masking", reason="NOT_KEPT")
    for trial in (one, two):
        trial.conditions.create(order=1, wording="ALS")
    page = page_of("nct00000001", "nct00000002")
    rows = rows_of(page.html)
    assert rows["Status"] == ["differs", "Recruiting", "Completed"]
    assert rows["Phase"] == ["differs", "Phase 2", "Phase 3"]
    assert rows["Sex"] == ["same", "All", "All"]
    assert rows["Conditions"] == ["same", "ALS", "ALS"]
    assert rows["Masking"] == ["partly", "None (open label)", "not kept in this copy"]
    assert "≠ differs" in page.text
    assert "? not stated by all" in page.text
    assert "Stated by none: arms, allocation, model, primary purpose." in page.text


def test_lists_in_another_order_and_case_do_not_differ():
    one, two = published("nct00000001"), published("nct00000002")
    for order, (first, second) in enumerate((("ALS", "Stroke"), ("stroke", "ALS"), ("X", "x")), 1):
        one.conditions.create(order=order, wording=first)
        two.conditions.create(order=order, wording=second)
    assert rows_of(page_of("nct00000001", "nct00000002").html)["Conditions"][0] == "same"


def test_only_the_differences_can_be_asked_for():
    published("nct00000001", phase="PHASE2", sex="ALL")
    published("nct00000002", phase="PHASE3", sex="ALL")
    page = page_of("nct00000001", "nct00000002", only="differences")
    assert list(rows_of(page.html)) == ["Phase"]
    assert "/compare/?trial=nct00000001&trial=nct00000002" in page.links


def test_bounds_sites_arms_and_outcomes_stand_aligned():
    one = published("nct00000001", min_age_value=18, min_age_unit="YEARS", enrollment_count=20)
    two = published("nct00000002", max_age_value=6, max_age_unit="MONTHS", enrollment_count=9)
    one.criteria.create(kind="INCLUSION", order=1, text="eGFR ≥ 70 ml/min")
    two.criteria.create(kind="EXCLUSION", order=1, text="eGFR < 60 ml/min")
    for order, status in enumerate(("RECRUITING", "COMPLETED"), 1):
        one.sites.create(order=order, facility=f"S{order}", country="IT", status=status)
    one.arms.create(order=1, label="Cells", type="EXPERIMENTAL", participants=12)
    one.arms.create(order=2, label="Later", is_conditional=True)
    one.outcomes.create(kind="PRIMARY", order=1, measure="Relapse", time_frame="1 year")
    one.outcomes.create(kind="SECONDARY", order=1, measure="Pain")
    rows = rows_of(page_of("nct00000001", "nct00000002").html)
    assert rows["Ages"][1:] == ["18 years and older; no upper limit stated", "up to 6 months; no lower limit stated"]
    assert rows["Participants"][1:] == ["20 participants", "9 participants"]
    assert rows["Criteria"][1:] == ["1 to enter, 0 that shut out", "0 to enter, 1 that shut out"]
    assert rows["Limits to enter"][1:] == ["eGFR ≥ 70 ml/min", "not stated"]
    assert rows["Limits that shut out"][1:] == ["not stated", "eGFR &lt; 60 ml/min"]
    assert rows["Sites"][1:] == ["2 sites in Italy 1 of 2 recruiting", "not stated"]
    assert rows["Arms"][1] == "Cells, experimental, 12 participants Later (only if a condition is met)"
    assert rows["Primary outcome"][1] == "Relapse (1 year)"


def test_a_product_on_which_the_documents_disagree_says_so():
    one = published("nct00000001")
    one.products.create(order=1, name="Cells", evidence_state="CONFLICTING")
    published("nct00000002").products.create(order=1, name="Cells")
    rows = rows_of(page_of("nct00000001", "nct00000002").html)
    assert rows["What is given"] == ["differs", "Cells (the documents disagree)", "Cells"]


# Doses


def test_doses_on_one_basis_stand_on_one_axis():
    for number, amount in ((1, 1_000_000), (2, 10_000_000)):
        published(f"nct0000000{number}").doses.create(order=1, amount_low=amount, basis="PER_KG", administrations=2)
    page = page_of("nct00000001", "nct00000002")
    rows = rows_of(page.html)
    assert rows["Dose in cells per kg body weight"] == ["differs", "1 × 10⁶ cells/kg", "1 × 10⁷ cells/kg"]
    assert rows["In all, computed"][1:] == ["2 × 10⁶ cells/kg", "2 × 10⁷ cells/kg"]
    widths = re.findall(r'<rect class="compare__bar" x="0.0" y="1" width="([0-9.]+)"', page.html)
    # From 10⁵ to 10⁷: each power takes half of the axis.
    assert widths == ["50.0", "100.0"]
    assert "These doses are not on one basis" not in page.text


def test_doses_on_two_bases_are_never_set_side_by_side():
    published("nct00000001").doses.create(order=1, amount_low=1_000_000, basis="PER_KG")
    published("nct00000002").doses.create(order=1, amount_low=70_000_000, basis="FLAT")
    published("nct00000003").doses.create(order=1)
    page = page_of("nct00000001", "nct00000002", "nct00000003")
    rows = rows_of(page.html)
    assert rows["Dose in cells per kg body weight"] == [
        "unlike",
        "1 × 10⁶ cells/kg",
        "not on this basis",
        "dose not stated",
    ]
    assert rows["Dose in cells"] == ["unlike", "not on this basis", "7 × 10⁷ cells", "dose not stated"]
    assert "These doses are not on one basis, and none is converted" in page.text
    assert "<rect" not in page.html
    assert "7 × 10⁷ cells/kg" not in page.text


def test_a_missing_dose_is_no_other_basis():
    published("nct00000001").doses.create(order=1, amount_low=1_000_000, basis="PER_KG")
    published("nct00000002")
    assert rows_of(page_of("nct00000001", "nct00000002").html)["Dose in cells per kg body weight"][0] == "partly"


# Cost


def test_four_long_records_cost_no_more_queries_than_two_short_ones():
    slugs = [filled(rows).slug for rows in (2, 3, 30, 31)]
    counts = []
    for names in (slugs[:2], slugs):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page_of(*names)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_names_are_looked_up_together():
    document(published("race"), "Record", registry="CTGOV", number="NCT00000001")
    other = published("other")
    other.identifiers.create(order=1, kind="CTIS", value="2023-508432-53-00")
    FormerSlug.objects.create(slug="once", trial=published("nct00000003"))
    with CaptureQueriesContext(connection) as queries:
        response = Client().get(f"/compare/?trial=NCT00000001&trial={quote('CTIS2023-508432-53-00')}&trial=once")
    assert response.headers["Location"] == "/compare/?trial=race&trial=other&trial=nct00000003"
    assert len(queries) == 4
