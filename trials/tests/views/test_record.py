"""The page of one trial: what a reader finds on it, and at what cost."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials.models import Area, CellType, Condition, Organisation, Trial
from trials.tests.views._record.making import document, open_page, published, term

pytestmark = pytest.mark.django_db


# Truth


def test_text_of_a_source_is_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    trial = published(title=evil, brief_summary=evil, acronym=evil, keywords=[evil], phase="PHASE1", phase_raw=evil)
    row = document(trial, evil, url="javascript:alert(1)", says={evil: evil}, publisher=evil, note=evil)
    trial.criteria.create(kind="INCLUSION", order=1, text=evil, remark=evil, exception=evil)
    trial.outcomes.create(kind="PRIMARY", order=1, measure=evil, time_frame=evil, description=evil)
    trial.sites.create(order=1, facility=evil, country="IT", remark=evil)
    trial.contacts.create(order=1, name=evil, phone=evil, email='a"b@example.org')
    trial.statements.create(order=1, field="status", value=evil, registration=row, passage=evil, source_field=evil)
    trial.flags.create(order=1, rule="x", sentence=evil, first_place=evil)
    trial.absences.create(order=1, field="sites", reason="BLANK", remark=evil)
    trial.references.create(order=1, kind="LINK", citation=evil, url="javascript:alert(1)", pmid="<b>1</b>", doi=evil)
    page = open_page(trial)
    assert "<script>alert" not in page.html
    assert "<b>1" not in page.html
    assert not [link for link in page.links if link.startswith("javascript")]


@pytest.mark.parametrize(("ours", "label"), [(["brief_summary"], "In our words"), ([], "In the source's words")])
def test_a_summary_says_whose_words_it_is_in_and_is_no_quotation(ours, label):
    page = open_page(published(brief_summary="Cells are given.", our_wording=ours))
    assert f"Summary {label} Cells are given." in page.section("description")
    assert "<blockquote" not in page.html


def test_only_a_kept_passage_is_quoted():
    trial = published()
    row = document(trial, "A page")
    said = {"registration": row, "passage": "Sex: All", "remark": "Clear.", "origin": "REGISTRY_FIELD"}
    trial.statements.create(order=1, field="sex", value="All", **said)
    page = open_page(trial)
    assert "<blockquote><p>Sex: All</p></blockquote>" in page.html
    assert "Our remark: Clear." in page.section("sources")


def test_an_easier_title_of_ours_stands_above_the_sources_own():
    page = open_page(published(title="SUBCUTANEOUS INJECTIONS", display_title="Fat cells under the skin"))
    assert '<h1 id="title">Fat cells under the skin</h1>' in page.html
    assert "Title in our words. Title at the source: SUBCUTANEOUS INJECTIONS" in page.section("")


def test_a_working_title_says_that_the_source_gives_none():
    page = open_page(published(title="Fat cells by vein", our_wording=["title"]))
    assert "Working title in our words: the source gives none." in page.section("")
    assert "Title at the source" not in page.text


def test_a_value_of_another_document_names_it_and_leads_to_where_it_stands():
    trial = published(status="COMPLETED")
    document(trial, "A copy", publisher="trials.co")
    registry = document(trial, "The registry's record", registry="CTGOV", number="NCT1", updated="2021-08-26")
    trial.statements.create(
        order=1, field="status", value="Completed", registration=registry, source_field="statusModule.overallStatus"
    )
    page = open_page(trial)
    assert "Status Completed Evidence: ClinicalTrials.gov 1" in page.section("")
    assert "#evidence-1" in page.links
    assert "evidence-1" in page.ids
    assert "Status: Completed The registry's record, statusModule.overallStatus" in page.section("sources")
    assert "this page follows the A copy. Other documents" in page.section("")
    assert "ClinicalTrials.gov (26 August 2021)" in page.section("")


def test_a_path_into_a_registrys_record_is_shown_without_its_modules_and_kept_whole_in_the_evidence():
    trial = published()
    row = document(trial, "A record", publisher="Registry")
    path = "protocolSection.descriptionModule.briefSummary and resultsSection.moreInfoModule"
    trial.products.create(order=1, name="ASC", registration=row, source_field=path)
    page = open_page(trial)
    assert "stated Registry, briefSummary and moreInfoModule 1" in page.section("product")
    assert path in page.section("sources")


def test_a_value_that_only_another_copy_gives_is_not_taken_as_the_trials():
    trial = published()
    document(trial, "A page")
    other = document(trial, "Another copy", publisher="Others")
    trial.statements.create(order=1, field="enrollment_count", value="18", registration=other)
    text = open_page(trial).section("")
    assert "Enrolment Not stated by the document that leads The documents say: 18 Evidence: Others 1" in text


def test_two_documents_of_one_publisher_are_told_apart_by_their_dates():
    trial = published(sex="ALL")
    document(trial, "Old", registry="CTGOV", number="NCT1", updated="2020-01")
    document(trial, "New", registry="CTGOV", number="NCT1", publisher="ClinicalTrials.gov", updated="2021-02")
    for order, row in enumerate(trial.registrations.all(), 1):
        trial.statements.create(order=order, field="sex", value=f"All {order}", registration=row)
    text = open_page(trial).section("")
    assert "All 1 Evidence: ClinicalTrials.gov, January 2020 1" in text
    assert "All 2 Evidence: ClinicalTrials.gov, February 2021 2" in text


def test_a_statement_that_no_section_shows_still_stands_in_the_evidence():
    trial = published()
    trial.statements.create(order=1, field="slug", value="odd but stated", registration=document(trial, "A page"))
    assert "odd but stated" in open_page(trial).section("sources")


def test_documents_that_differ_stand_side_by_side():
    trial = published()
    document(trial, "A", publisher="Site A", says={"phase": "Phase 1", "status": "Recruiting"})
    document(trial, "B", publisher="Site B", says={"phase": "Phase 2"})
    document(trial, "C", publisher="Site C", says={"status": "recruiting"})
    text = open_page(trial).section("registrations")
    assert "Field Site A Site B Phase Phase 1 Phase 2" in text
    assert text.count("Phase 1") == 1


# Gaps


def test_an_empty_section_says_once_why_it_is_empty():
    trial = published()
    for order, field in enumerate(["primary_outcomes", "secondary_outcomes"], 1):
        trial.absences.create(order=order, field=field, reason="BLANK", remark="Headings and no rows.")
    page = open_page(trial)
    assert page.section("outcomes") == "What is measured Left blank at the source. Headings and no rows."
    assert page.section("sites") == "Sites Not stated by the source."


def test_missing_values_of_a_filled_section_are_named_in_one_line():
    trial = published(primary_purpose="TREATMENT")
    trial.absences.create(order=1, field="masking", reason="NOT_LOADED")
    text = open_page(trial).section("design")
    assert "Not stated by the source: allocation, model." in text
    assert "Not loaded at the source when it was copied: masking." in text
    assert text.count("ot stated") == 1


def test_a_reason_that_no_section_tells_stands_with_the_sources():
    trial = published()
    trial.absences.create(order=1, field="site_count", reason="NOT_KEPT", remark="Left out by us.")
    text = open_page(trial).section("sources")
    assert "Not kept in this copy: number of sites (Left out by us)." in text


# Status, dates, ages


@pytest.mark.parametrize(("status", "is_missed"), [("UNKNOWN", True), ("RECRUITING", False)])
def test_only_an_unknown_status_misses_the_last_known_one(status, is_missed):
    assert ("last known status" in open_page(published(status=status)).section("")) == is_missed


def test_the_last_known_status_stands_beside_an_unknown_one():
    text = open_page(published(status="UNKNOWN", last_known_status="RECRUITING")).section("")
    assert "Status Unknown Last known status Recruiting" in text


def test_a_month_never_becomes_a_day():
    page = open_page(published(completion_date="2028-04", completion_date_type="ESTIMATED", start_date="2024-01-10"))
    assert "Completion April 2028 (estimated) The source gives no day" in page.section("dates")
    assert "Start 10 January 2024" in page.section("dates")
    assert "30 April" not in page.text


@pytest.mark.parametrize(
    ("status", "verified", "completion", "warnings"),
    [
        ("RECRUITING", "2021-08", None, ["Nobody has confirmed this status since August 2021"]),
        ("RECRUITING", "2025-01", "2026-03", ["The stated completion, March 2026, has passed."]),
        ("RECRUITING", "2024-11", "2026-11", []),
        ("NOT_YET_RECRUITING", "2019-01", None, ["Nobody has confirmed this status since January 2019"]),
        ("AVAILABLE", "2020-02", None, ["Nobody has confirmed this status since February 2020"]),
        ("COMPLETED", "2012-08", "2011", []),
        ("UNKNOWN", None, None, []),
    ],
)
def test_a_status_that_may_be_out_of_date_warns_and_is_not_relabelled(status, verified, completion, warnings):
    with time_machine.travel(dt.datetime(2026, 11, 22, tzinfo=dt.UTC)):
        page = open_page(published(status=status, status_verified=verified, completion_date=completion))
    assert page.html.count("note--warning") == len(warnings)
    assert all(warning in page.section("") for warning in warnings)
    assert f'<span class="badge badge--{kind_of(status)}">' in page.html


def kind_of(status: str) -> str:
    return {"RECRUITING": "open", "AVAILABLE": "open", "NOT_YET_RECRUITING": "soon", "UNKNOWN": "unknown"}.get(
        status, "shut"
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"min_age_value": 3, "max_age_value": 18}, "Ages 3 to 18 years"),
        ({"min_age_value": 18}, "Ages 18 years and older; no upper limit stated"),
        ({"max_age_value": 70}, "Ages up to 70 years; no lower limit stated"),
    ],
)
def test_a_missing_age_limit_is_named(fields, words):
    units = {name.replace("value", "unit"): "YEARS" for name in fields}
    assert words in open_page(published(**fields, **units)).section("")


def test_the_conditional_maximum_is_kept_apart_from_the_planned_number():
    text = open_page(
        published(enrollment_count=11, enrollment_type="ESTIMATED", enrollment_conditional_max=22)
    ).section("")
    assert "Enrolment 11 participants (estimated)" in text
    assert "More, if a condition is met at most 22 in all" in text


# Flags, arms, sites, people


def test_a_contradiction_stands_with_what_it_speaks_of_and_a_dismissed_one_nowhere():
    trial = published()
    for order, (rule, place, why) in enumerate(
        [
            ("upper-age-unclear", "", ""),
            ("exact-complement", "Inclusion Criteria, fifth item", ""),
            ("donor-conflict", "", ""),
            ("something-else", "", ""),
            ("no-outcomes", "", "Checked by hand."),
        ],
        1,
    ):
        trial.flags.create(order=order, rule=rule, sentence=f"Sentence of {rule}.", first_place=place, dismissed=why)
    page = open_page(trial)
    assert "Warning: Sentence of upper-age-unclear." in page.section("eligibility")
    assert "Sentence of exact-complement. Inclusion Criteria, fifth item" in page.section("eligibility")
    assert "Sentence of donor-conflict." in page.section("product")
    assert "Sentence of something-else." in page.section("")
    assert "Sentence of no-outcomes." not in page.text


def test_what_rules_find_follows_what_people_wrote_in_words_for_readers():
    trial = published()
    found = {"origin": "RULE", "facts": "x", "order": 0}
    trial.flags.create(
        **found, rule="dose-power-odd", sentence="By a rule.", severity="NOTE", first_place="armGroups[1].description"
    )
    trial.flags.create(order=1, rule="dose-step-differs", sentence="By hand.", severity="NOTE")
    # Said beside the status on every day anew; and what is for editors alone.
    trial.flags.create(**found, rule="status-past-completion", sentence="Past.")
    trial.flags.create(**found, rule="condition-unmapped", sentence="No term.")
    page = open_page(trial)
    assert "Note: By hand. Note: By a rule. Description of arm 2" in page.section("product")
    assert "Past." not in page.text
    assert "No term." not in page.text


@pytest.mark.parametrize(
    ("enrolment", "sizes", "sentence"),
    [
        (100, (74, 26), "The arms add up to the enrolment: 74 + 26 = 100."),
        (100, (74, 20), "The arms add up to 94; the stated enrolment is 100."),
        (100, (74, None), ""),
        (None, (74, 26), ""),
    ],
)
def test_arm_sizes_are_checked_against_the_enrolment(enrolment, sizes, sentence):
    trial = published(enrollment_count=enrolment)
    for order, size in enumerate(sizes, 1):
        trial.arms.create(order=order, label=f"Arm {order}", participants=size)
    text = open_page(trial).section("arms")
    assert sentence in text
    assert ("add up" in text) == bool(sentence)


def test_an_arm_says_what_it_gets_and_what_happens_to_other_treatment():
    trial = published()
    drug = trial.interventions.create(order=1, type="DRUG", name="MNC", other_names=["cells"])
    arm = trial.arms.create(
        order=1,
        label="Cells",
        type="EXPERIMENTAL",
        other_treatment="Steroids are tapered.",
        within_patient_control=True,
        control_note="the other leg",
        origin="TEXT",
    )
    arm.interventions.add(drug)
    text = open_page(trial).section("arms")
    assert "Cells Experimental Each participant is also their own control Drug: MNC" in text
    assert "Other treatment: Steroids are tapered. Control: the other leg Read from the source's text" in text
    assert "MNC Drug also called: cells" in text


def test_sites_stand_by_country_open_ones_first_and_an_unstated_status_says_so():
    trial = published()
    trial.sites.create(order=1, facility="Closed", country="IT", status="COMPLETED")
    trial.sites.create(order=2, facility="Silent", country="IT")
    trial.sites.create(order=3, facility="Open", city="Milan", zip="20122", country="IT", status="RECRUITING")
    trial.sites.create(order=4, facility="Far", country_raw="Atlantis", status="RECRUITING", status_date="2026-05")
    text = open_page(trial).section("sites")
    assert "Atlantis (1 site, 1 recruiting)" in text
    assert "Far not stated Recruiting as of May 2026" in text
    assert "Italy (3 sites, 1 recruiting)" in text
    assert text.index("Open Milan, 20122 Recruiting") < text.index("Closed") < text.index("Silent")
    assert "Silent not stated not stated" in text


def test_sites_of_which_none_has_a_status_say_it_once():
    trial = published()
    for order in (1, 2, 3):
        trial.sites.create(order=order, facility=f"Unit {order}", city="Milan", country="IT")
    text = open_page(trial).section("sites")
    assert text.count("ot stated") == 1
    assert "Not stated by the source: the sites' own status." in text


def test_a_number_of_sites_without_the_sites_is_kept_as_stated():
    trial = published(site_count=1)
    trial.absences.create(order=1, field="sites", reason="NOT_LOADED")
    page = open_page(trial)
    assert "1 site, as the source counts them. The sites themselves: not loaded at the source" in page.section("sites")
    assert "Where 1 site, not named" in page.section("")


def test_a_contact_can_be_called_and_says_who_published_it_when():
    trial = published()
    row = document(trial, "A page", publisher="A site", fetched="2026-01")
    trial.contacts.create(
        order=1, name="Ana Pérez", phone="+34 917 27 75 76", phone_ext="12", email="ana@example.org", registration=row
    )
    page = open_page(trial)
    assert "tel:+34917277576" in page.links
    assert "mailto:ana@example.org" in page.links
    assert "+34 917 27 75 76 ext. 12" in page.section("contacts")
    assert "as published by A site, January 2026" in page.section("contacts")
    assert "Ana Pérez" in page.section("")


def test_the_contact_of_one_site_stands_with_that_site():
    trial = published()
    site = trial.sites.create(order=1, facility="Unit", country="IT")
    trial.contacts.create(order=1, name="Bo Lind", site=site)
    page = open_page(trial)
    assert "Unit Bo Lind Contact" in page.section("sites")
    assert page.section("contacts") == (
        "Contacts The source names contacts only for single sites; they stand with the sites."
    )


# Robustness and cost


def test_json_that_an_editor_got_wrong_is_no_error():
    trial = published(keywords=5, our_wording={"a": 1}, who_masked="PARTICIPANT")
    document(trial, "A page", says=["phase"])
    document(trial, "B page", says={"phase": ["1", None, {"x": 2}]})
    trial.interventions.create(order=1, name="Cells", other_names="none")
    trial.doses.create(order=1, days={"a": 1})
    assert "A trial of cells" in open_page(trial).text


def filled(rows: int) -> Trial:
    """A published trial with that many rows in every list."""
    trial = published(f"nct{rows:08}", status="RECRUITING")
    area, cells = term(Area, "immune"), term(CellType, "mononuclear")
    for order in range(1, rows + 1):
        row = document(trial, f"Page {order}", registry="CTGOV", number=f"NCT{rows}{order}")
        condition = term(Condition, f"condition-{rows}-{order}")
        trial.conditions.create(order=order, wording=f"C{order}", condition=condition)
        trial.areas.create(order=order, wording=f"A{order}", area=area)
        drug = trial.interventions.create(order=order, name=f"I{order}")
        arm = trial.arms.create(order=order, label=f"Arm {order}")
        arm.interventions.add(drug)
        product = trial.products.create(order=order, name=f"P{order}", intervention=drug, registration=row)
        product.cell_types.add(cells)
        dose = trial.doses.create(order=order, arm=arm, product=product, amount_low=1000, basis="FLAT")
        trial.criteria.create(kind="INCLUSION", order=order, text=f"K{order}")
        trial.outcomes.create(kind="PRIMARY", order=order, measure=f"M{order}")
        site = trial.sites.create(order=order, facility=f"S{order}", country="IT")
        trial.contacts.create(order=order, name=f"N{order}", site=site, registration=row)
        organisation = Organisation.objects.create(name=f"O{rows}-{order}")
        trial.sponsorships.create(order=order, organisation=organisation, role="COLLABORATOR", registration=row)
        trial.identifiers.create(order=order, kind="OTHER", value=f"V{order}", registration=row)
        trial.references.create(order=order, kind="RESULT", citation=f"R{order}")
        trial.relatedrecords.create(order=order, kind="LISTED", number=f"NCT{order:08}", related=trial)
        trial.statements.create(order=order, field="donors", value=f"D{order}", product=product, registration=row)
        trial.statements.create(order=order, field="days", value="1", dose=dose, registration=row)
        trial.statements.create(order=order, field="arms", value="1", arm=arm, registration=row)
        trial.flags.create(order=order, rule="x", sentence=f"F{order}")
    published(f"kin-of-{rows}").conditions.create(order=1, wording="C1", condition=condition)
    return trial


def test_a_long_record_costs_no_more_queries_than_a_short_one():
    counts = []
    for trial in (filled(2), filled(100)):
        with CaptureQueriesContext(connection) as queries:
            page = open_page(trial)
        assert "Related trials" in page.section("related")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    # Some twenty of them make the search index, which in a test's transaction nobody keeps: two for each vocabulary.
    assert counts[0] <= 50
