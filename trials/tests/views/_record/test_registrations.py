"""Several documents of one trial: who says what, without a winner."""

from __future__ import annotations

import json

import pytest

from trials.intake.deciding import decide
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import Trial
from trials.registries.readers import READERS
from trials.tests.intake.test_saving import secondary, study
from trials.tests.views._record.making import document, open_page, published

pytestmark = pytest.mark.django_db


def save(source: str, body: bytes) -> None:
    assert not Saver(READERS, keep_all=True).save([Incoming(source, body)]).aside


def test_two_imported_records_that_disagree_stand_side_by_side():
    named = secondary(("REGISTRY", "ISRCTN00000001"))
    start = {"date": "2024-01"}
    save("CTGOV", study(identificationModule__secondaryIdInfos=named, statusModule__startDateStruct=start))
    other = {
        "TrialID": "ISRCTN00000001",
        "Public title": "Stem cells",
        "Recruitment status": "Not Recruiting",
        "Phase": "Phase 2",
        "Date enrollement": "2024-03-05",
        "Target size": "40",
    }
    save("ICTRP", json.dumps(other).encode())
    text = open_page(Trial.objects.get()).section("registrations")
    assert "Where the documents differ, in the words of each" in text
    assert "Status Recruiting Not recruiting" in text
    assert "Phase Phase 1 Phase 2" in text
    assert "Start January 2024 5 March 2024" in text
    assert "Enrolment 40" in text


def test_records_that_an_editor_joined_are_compared_too():
    save("CTGOV", study("NCT00000001"))
    save("CTGOV", study("NCT00000002", statusModule__overallStatus="COMPLETED"))
    decide("NCT00000001", "NCT00000002", True, None)
    assert "Status Recruiting Completed" in open_page("nct00000001").section("registrations")


def test_what_all_say_alike_is_no_difference():
    save("CTGOV", study("NCT00000001"))
    save("CTGOV", study("NCT00000002"))
    decide("NCT00000001", "NCT00000002", True, None)
    assert "Where the documents differ" not in open_page("nct00000001").section("registrations")


@pytest.mark.parametrize(("said", "shown"), [("soon", "soon"), ("2024-13", "2024-13"), (["2024-05"], "May 2024")])
def test_a_date_that_is_none_is_shown_as_it_stands(said, shown):
    trial = published()
    document(trial, "A record", says={"start_date": said})
    assert f"Start {shown}" in open_page(trial).section("registrations")


def test_a_copy_that_leaves_things_out_is_not_taken_for_a_source_that_does_not_state_them():
    trial = published()
    for order, field in enumerate(("brief_summary", "sites", "contacts", "arms"), 1):
        trial.absences.create(order=order, field=field, reason="NOT_KEPT")
    page = open_page(trial)
    for section in ("description", "sites", "contacts", "arms"):
        assert "Not kept in this copy" in page.section(section), section


def test_imported_records_whose_products_have_other_donors_are_compared_on_them():
    save("CTGOV", study("NCT00000001"))
    save("CTGOV", study("NCT00000002"))
    save("CTGOV", study("NCT00000003"))
    decide("NCT00000001", "NCT00000002", True, None)
    decide("NCT00000001", "NCT00000003", True, None)
    trial = Trial.objects.get()
    product = trial.products.create(order=1, name="Stem cells")
    for order, (number, donor) in enumerate((("NCT00000001", "Autologous"), ("NCT00000002", "Allogeneic")), 1):
        said_by = trial.registrations.get(number=number)
        trial.statements.create(order=order, field="donors", value=donor, product=product, registration=said_by)
    grid = open_page(trial).section("registrations").partition("Where the documents differ")[2]
    assert "Autologous Allogeneic" in grid
    # The third record says nothing of donors, so it is no column that could look like an answer.
    assert "NCT00000003" not in grid
