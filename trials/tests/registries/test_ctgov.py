import json

import pytest

from trials.records import (
    Age,
    CriterionRecord,
    IdentifierRecord,
    MeshTerm,
    PartialDate,
    Problem,
    RelatedTrialRecord,
    TrialRecord,
)
from trials.registries import ctgov
from trials.registries.values import Unreadable
from trials.tests.registries.studies import NUMBER, study


def read(**modules) -> TrialRecord:
    return ctgov.parse(study(**modules))


def problems_of(record: TrialRecord) -> list[tuple[str, str]]:
    return [(problem.field, problem.text) for problem in record.problems]


def test_a_record_that_gives_only_its_number_states_nothing_else():
    assert read() == TrialRecord(
        registry="CTGOV",
        number=NUMBER,
        source="CTGOV",
        number_raw=NUMBER,
        url=f"https://clinicaltrials.gov/study/{NUMBER}",
    )


def test_nulls_and_empty_lists_state_nothing():
    record = read(
        identification={"briefTitle": None, "secondaryIdInfos": [None, {"id": None}], "organization": None},
        status=None,
        conditions={"conditions": [None, "", "  "], "keywords": None},
        armsInterventions={"armGroups": None, "interventions": [None]},
        outcomes={"primaryOutcomes": [{"measure": None}]},
        eligibility={"eligibilityCriteria": None, "minimumAge": None},
        contactsLocations={"locations": [None, {"facility": None}], "overallOfficials": [{}]},
        references={"references": [{}], "seeAlsoLinks": [None]},
    )
    assert record == read()


def test_titles_and_texts_lose_their_escapes():
    record = read(
        identification={"briefTitle": "  Cells\nin ALS \\[pilot\\] ", "officialTitle": "A \\& B", "acronym": "CELLS"},
        description={"briefSummary": "2 x 10\\^6 cells.  \n\n\n\nThen \\>3.", "detailedDescription": "a@@@b"},
        status={"whyStopped": "\n    no funds\r\n  "},
    )
    assert (record.title, record.official_title, record.acronym) == ("Cells in ALS [pilot]", "A & B", "CELLS")
    assert record.brief_summary == "2 x 10^6 cells.\n\nThen >3."
    assert record.detailed_description == "a\nb"
    assert record.why_stopped == "no funds"


def test_status_with_the_last_one_known():
    record = read(status={"overallStatus": "UNKNOWN", "lastKnownStatus": "RECRUITING", "statusVerifiedDate": "2021-03"})
    assert (record.status, record.status_raw, record.last_known_status) == ("UNKNOWN", "UNKNOWN", "RECRUITING")
    assert record.status_verified == PartialDate(2021, 3)


def test_an_unknown_status_is_kept_as_text_and_told():
    record = read(status={"overallStatus": "PAUSED"})
    assert (record.status, record.status_raw) == ("", "PAUSED")
    assert record.problems == (Problem("status", "PAUSED", "unknown value"),)


def test_dates_keep_precision_and_type():
    record = read(
        status={
            "startDateStruct": {"date": "2019-05", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2028-04-30", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2029"},
            "studyFirstPostDateStruct": {"date": "2019-06-01", "type": "ACTUAL"},
            "lastUpdateSubmitDate": "2021-01-02",
            "lastUpdatePostDateStruct": {"date": "2021-01-05", "type": "ESTIMATED"},
        }
    )
    assert (record.start_date, record.start_date_type) == (PartialDate(2019, 5), "ACTUAL")
    assert record.primary_completion_date == PartialDate(2028, 4, 30)
    assert record.primary_completion_date_type == "ESTIMATED"
    assert (record.completion_date, record.completion_date_type) == (PartialDate(2029), "")
    assert record.first_posted == PartialDate(2019, 6, 1)
    assert record.last_update_posted == record.updated == PartialDate(2021, 1, 5)


def test_the_version_is_dated_by_its_submission_where_no_posting_is_told():
    assert read(status={"lastUpdateSubmitDate": "2021-01-02"}).updated == PartialDate(2021, 1, 2)


def test_a_date_that_is_none_is_told_and_the_rest_is_read():
    record = read(status={"startDateStruct": {"date": "2019-02-30", "type": "ACTUAL"}, "overallStatus": "COMPLETED"})
    assert record.start_date is None
    assert record.status == "COMPLETED"
    assert problems_of(record) == [("start_date", "2019-02-30")]


@pytest.mark.parametrize(
    ("phases", "phase", "raw"),
    [
        (["PHASE2"], "PHASE2", "PHASE2"),
        (["PHASE1", "PHASE2"], "PHASE1_PHASE2", "PHASE1, PHASE2"),
        (["NA"], "NA", "NA"),
        (["Unknown"], "", "Unknown"),
        ([], "", ""),
    ],
)
def test_the_list_of_phases_is_one_value(phases, phase, raw):
    record = read(design={"phases": phases})
    assert (record.phase, record.phase_raw, record.problems) == (phase, raw, ())


@pytest.mark.parametrize("phases", [["PHASE1", "PHASE3"], ["NA", "PHASE2"], ["PHASE2", "PHASE9"]])
def test_phases_that_do_not_go_together_are_kept_as_text_and_told(phases):
    record = read(design={"phases": phases})
    assert (record.phase, record.phase_raw) == ("", ", ".join(phases))
    assert [problem.field for problem in record.problems] == ["phase"]


def test_design():
    record = read(
        design={
            "studyType": "INTERVENTIONAL",
            "designInfo": {
                "allocation": "NON_RANDOMIZED",
                "interventionModel": "SEQUENTIAL",
                "interventionModelDescription": "3 \\+ 3",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {
                    "masking": "DOUBLE",
                    "maskingDescription": "sham",
                    "whoMasked": ["PARTICIPANT", "JANITOR", "INVESTIGATOR"],
                },
            },
            "enrollmentInfo": {"count": 0, "type": "ACTUAL"},
        }
    )
    assert (record.study_type, record.allocation, record.intervention_model) == (
        "INTERVENTIONAL",
        "NON_RANDOMIZED",
        "SEQUENTIAL",
    )
    assert (record.intervention_model_description, record.primary_purpose) == ("3 + 3", "TREATMENT")
    assert (record.masking, record.masking_description) == ("DOUBLE", "sham")
    assert record.who_masked == ("PARTICIPANT", "INVESTIGATOR")
    assert (record.enrollment_count, record.enrollment_type) == (0, "ACTUAL")
    assert problems_of(record) == [("who_masked", "JANITOR")]


def test_a_number_of_participants_that_cannot_be_is_told():
    record = read(design={"enrollmentInfo": {"count": 99999999999}})
    assert record.enrollment_count is None
    assert problems_of(record) == [("enrollment_count", "99999999999")]


def test_who_may_take_part():
    record = read(
        eligibility={
            "eligibilityCriteria": "Inclusion Criteria:\n\n* weight \\> 10 kg\n\nExclusion Criteria:\n\n1. HIV",
            "healthyVolunteers": False,
            "sex": "FEMALE",
            "genderBased": True,
            "genderDescription": "by own account",
            "minimumAge": "6 Months",
            "maximumAge": "18 Years",
            "stdAges": ["CHILD", "ADULT"],
        }
    )
    assert record.criteria == (
        CriterionRecord("INCLUSION", "weight > 10 kg"),
        CriterionRecord("EXCLUSION", "HIV", label="1."),
    )
    assert (record.healthy_volunteers, record.sex) == (False, "FEMALE")
    assert (record.gender_based, record.gender_description) == (True, "by own account")
    assert (record.min_age, record.max_age) == (Age(6, "MONTHS"), Age(18, "YEARS"))


@pytest.mark.parametrize("text", ["N/A", "999 Years"])
def test_no_age_limit_is_none(text):
    record = read(eligibility={"maximumAge": text})
    assert (record.max_age, record.problems) == (None, ())


def test_oversight_and_sharing():
    record = read(
        oversight={"oversightHasDmc": True, "isFdaRegulatedDrug": False, "isFdaRegulatedDevice": None},
        ipdSharingStatement={"ipdSharing": "UNDECIDED", "description": "later"},
    )
    assert (record.has_dmc, record.is_fda_regulated_drug, record.is_fda_regulated_device) == (True, False, None)
    assert record.ipd_sharing == "UNDECIDED"


@pytest.mark.parametrize(
    ("top", "has_results"),
    [
        ({"hasResults": True}, True),
        ({"hasResults": False}, False),
        ({}, None),
        ({"resultsSection": {"participantFlowModule": {}}}, True),
    ],
)
def test_whether_there_are_results(top, has_results):
    assert ctgov.parse(study(top=top)).has_results is has_results


def test_every_number_of_the_trial():
    record = read(
        identification={
            "orgStudyIdInfo": {"id": "CELL-01"},
            "secondaryIdInfos": [
                {"id": "2018-001234-42", "type": "EUDRACT_NUMBER"},
                {"id": "EudraCT: 2019-001234-11", "type": "OTHER", "domain": "EMA"},
                {"id": "2022-501234-37-00", "type": "EUDRACT_NUMBER"},
                {"id": "U1111-1234-5678", "type": "OTHER", "domain": "WHO"},
                {"id": "R01CA000001", "type": "NIH", "link": "https://example.org"},
                {"id": "IRB-77"},
                {"id": "X-1", "type": "MOON"},
                {"id": "2018-001234-42", "type": "EUDRACT_NUMBER"},
            ],
            "nctIdAliases": ["NCT00000001", "nct00000001", "none"],
        }
    )
    assert record.identifiers == (
        IdentifierRecord("ORG_STUDY_ID", "CELL-01"),
        IdentifierRecord("EUDRACT_NUMBER", "2018-001234-42"),
        IdentifierRecord("EUDRACT_NUMBER", "2019-001234-11", "EMA"),
        IdentifierRecord("CTIS", "2022-501234-37-00"),
        IdentifierRecord("REGISTRY", "U1111-1234-5678", "WHO"),
        IdentifierRecord("NIH", "R01CA000001"),
        IdentifierRecord("OTHER", "IRB-77"),
        IdentifierRecord("OTHER", "X-1"),
    )
    assert record.aliases == ("NCT00000001",)
    assert problems_of(record) == [("identifiers", "MOON"), ("aliases", "none")]


def test_a_sponsors_number_that_is_a_registrys_counts_as_both():
    record = read(identification={"orgStudyIdInfo": {"id": "2018-001234-42"}})
    assert record.identifiers == (
        IdentifierRecord("ORG_STUDY_ID", "2018-001234-42"),
        IdentifierRecord("EUDRACT_NUMBER", "2018-001234-42"),
    )


def test_another_trials_number_is_no_number_of_this_one():
    record = read(
        identification={"secondaryIdInfos": [{"id": "NCT00000002", "type": "REGISTRY"}, {"id": NUMBER}]},
        status={"expandedAccessInfo": {"hasExpandedAccess": True, "nctId": "NCT00000003"}},
    )
    assert record.identifiers == ()
    assert record.related == (RelatedTrialRecord("NCT00000002"), RelatedTrialRecord("NCT00000003"))


def test_conditions_with_their_mesh_terms_and_areas():
    derived = {
        "conditionBrowseModule": {
            "meshes": [{"id": "D000010003", "term": "Osteoarthritis"}, {"term": "Pain"}, {"id": "D010003", "term": ""}],
            "ancestors": [{"id": "D009140", "term": "Musculoskeletal Diseases"}],
            "browseBranches": [
                {"abbrev": "BC05", "name": "Musculoskeletal Diseases"},
                {"abbrev": "All", "name": "All Conditions"},
                {"abbrev": "Rare", "name": "Rare Diseases"},
                {"abbrev": "BXM", "name": "Behaviors and Mental Disorders"},
            ],
        },
        "interventionBrowseModule": {"meshes": [{"id": "D000077190", "term": "Interferon alpha-2"}]},
    }
    record = ctgov.parse(study(derived, conditions={"conditions": ["Knee \\& hip"], "keywords": ["MSC", " "]}))
    assert (record.conditions, record.keywords) == (("Knee & hip",), ("MSC",))
    assert record.condition_meshes == (MeshTerm("D010003", "Osteoarthritis"), MeshTerm("", "Pain"))
    assert record.condition_ancestors == (MeshTerm("D009140", "Musculoskeletal Diseases"),)
    assert record.areas == ("Musculoskeletal Diseases [C05]", "Behaviors and Mental Disorders [F03]")
    assert record.intervention_meshes == (MeshTerm("D000077190", "Interferon alpha-2"),)


def test_the_date_of_the_copy_is_the_registrys_data_version():
    record = ctgov.parse(study({"miscInfoModule": {"versionHolder": "2026-03-13"}}))
    assert record.copied == PartialDate(2026, 3, 13)


def test_mojibake_is_repaired():
    assert read(identification={"briefTitle": "UniversitÃ©"}).title == "Université"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not valid JSON"),
        (b"[]", "not a study object"),
        (b"{}", "no protocolSection"),
        (b'{"protocolSection": {}}', "no protocolSection.identificationModule"),
        (b'{"protocolSection": {"identificationModule": {"nctId": "NCT123"}}}', "“NCT123” at protocolSection"),
        (b'{"protocolSection": {"identificationModule": {}}}', "no valid NCT number"),
        (
            b'{"protocolSection": {"identificationModule": {"nctId": "NCT09999999", "brief',
            "record of NCT09999999 is not",
        ),
        (b'\xff\xfe{"nctId"', "not valid JSON"),
        (json.dumps({"studies": []}).encode(), "no protocolSection"),
    ],
)
def test_what_is_no_study_is_refused_with_the_reason(raw, message):
    with pytest.raises(Unreadable, match=message):
        ctgov.parse(raw)
