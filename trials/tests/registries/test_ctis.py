"""EU CTIS answers: small ones of our own making, one oddity each."""

import contextlib
import copy

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.records import CriterionRecord, OutcomeRecord, PartialDate
from trials.registries import ctis
from trials.registries.values import Unreadable
from trials.tests.registries.ctis_answers import NUMBER, answer, read, site, state


# ----------------------------------------------------------------------------------------------------------- identity
def test_a_thin_answer_gives_a_thin_record():
    record = read({"ctNumber": NUMBER})
    assert (record.registry, record.number, record.source, record.status, record.title) == (
        "CTIS",
        NUMBER,
        "CTIS",
        "",
        "",
    )
    assert record.problems == ()


def test_part_one_is_found_in_both_shapes():
    assert read(answer(new=True)).title == read(answer(new=False)).title == "Cells for knees"


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b"not json", b'{"ctNumber": "NCT01234567"}', b'{"ctNumber": 5}', b"\xff\xfe", b"[" * 100_000],
)
def test_what_names_no_trial_is_unreadable(raw):
    with pytest.raises(Unreadable):
        ctis.parse(raw)


def test_all_other_numbers_are_kept_each_with_its_issuer():
    record = read(
        answer(
            ids={
                "shortTitle": "KNEE-7",
                "secondaryIdentifyingNumbers": {
                    "nctNumber": {"number": "NCT01234567"},
                    "additionalRegistries": [{"number": "IND 123", "otherRegistryName": "IND"}],
                },
            },
            application={"eudraCt": {"eudraCtCode": "2019-001234-28"}},
        )
    )
    assert [(one.kind, one.value, one.domain) for one in record.identifiers] == [
        ("ORG_STUDY_ID", "KNEE-7", ""),
        ("EUDRACT_NUMBER", "2019-001234-28", ""),
        ("REGISTRY", "NCT01234567", "ClinicalTrials.gov"),
        ("OTHER", "IND 123", "IND"),
    ]


def test_an_associated_trial_is_related_and_never_a_number_of_this_one():
    other = {"ctNumber": "2019-009999-11", "fullTitle": "An earlier trial"}
    record = read(answer(details={"associatedClinicalTrials": [other, {"id": 4}]}))
    assert [(one.number, one.title) for one in record.related] == [("2019-009999-11", "An earlier trial")]
    assert record.identifiers == ()


def test_an_english_translation_is_preferred_and_the_original_kept_where_there_is_none():
    translated = [
        {"languageDescription": "Dutch", "attributeTranslation": "Cellen"},
        {"languageDescription": "English", "attributeTranslation": "Cells for hips"},
    ]
    assert (
        read(answer(ids={"publicTitle": "Cellules", "publicTitleTranslations": translated})).title == "Cells for hips"
    )
    assert read(answer(ids={"publicTitle": "Cellules", "publicTitleTranslations": translated[:1]})).title == "Cellules"
    assert read(answer(ids={"publicTitle": None, "publicTitleTranslations": translated[:1]})).title == "Cellen"


# ------------------------------------------------------------------------------------------------------------- status
def test_the_public_code_counts_and_the_applications_status_does_not():
    record = read(answer(top={"ctStatus": "Authorised", "ctPublicStatusCode": 5}))
    assert (record.status, record.status_raw) == ("ACTIVE_NOT_RECRUITING", "Ongoing, recruitment ended")


@pytest.mark.parametrize("application", ["Authorised", 4, "4", "Ended"])
def test_an_applications_status_alone_is_reported_and_never_shown(application):
    record = read(answer(top={"ctStatus": application}))
    assert (record.status, record.status_raw) == ("", "")
    assert [problem.field for problem in record.problems] == ["status"]


def test_copies_of_the_first_shape_hold_the_overviews_words():
    record = read(answer(new=False, top={"ctStatus": "Authorised, not started"}))
    assert (record.status, record.status_raw) == ("NOT_YET_RECRUITING", "Authorised, not started")


@pytest.mark.parametrize("word", ["Authorised", 3])
def test_in_the_first_shape_too_an_applications_status_is_never_shown(word):
    assert read(answer(new=False, top={"ctStatus": word})).status == ""


def test_a_status_code_nobody_has_seen_is_kept_and_reported():
    record = read(answer(top={"ctPublicStatusCode": 13}))
    assert (record.status, record.status_raw) == ("", "13")
    assert record.problems[0].what == "unknown value"


def ended(*states):
    told = [
        {
            "mscName": name,
            "events": [{"notificationType": kind, "date": "2024-05-01"}],
            "earlyTerminationReason": reason,
        }
        for name, kind, reason in states
    ]
    members = [{"mscName": name} for name, _, _ in states]
    return answer(
        top={"ctPublicStatusCode": 8, "events": {"trialEvents": told}}, application={"memberStatesConcerned": members}
    )


def test_an_end_that_every_state_calls_early_is_a_termination_with_its_reason():
    record = read(
        ended(("Spain", "EARLY_TERMINATION", {"name": "Slow recruitment"}), ("Italy", "EARLY_TERMINATION", None))
    )
    assert (record.status, record.status_raw, record.why_stopped) == ("TERMINATED", "Ended", "Slow recruitment")


def test_an_early_end_in_one_of_two_states_is_no_termination():
    record = read(ended(("Spain", "EARLY_TERMINATION", None), ("Italy", "END_OF_TRIAL", None)))
    assert record.status == "COMPLETED"


# -------------------------------------------------------------------------------------------------------------- dates
def test_dates_are_read_day_first_and_as_iso():
    record = read(answer(top={"lastUpdated": "08/04/2024", "publishDate": "2024-04-10T01:02:03.123456789"}))
    assert (record.updated, record.last_update_posted) == (PartialDate(2024, 4, 8), PartialDate(2024, 4, 10))


def test_a_date_that_is_none_is_reported():
    record = read(answer(top={"lastUpdated": "soon"}))
    assert record.updated is None
    assert [(problem.field, problem.text) for problem in record.problems] == [("updated", "soon")]


def test_the_first_notified_start_is_actual_and_a_plan_is_estimated():
    plan = {"trialDuration": {"estimatedRecruitmentStartDate": "2022-01-01", "estimatedEndDate": "2026-12-31"}}
    events = [
        {"mscName": name, "events": [{"notificationType": "START_OF_TRIAL", "date": date}]}
        for name, date in (("Spain", "2022-06-02"), ("Italy", "2022-05-01"))
    ]
    planned = read(answer(information=plan))
    begun = read(answer(information=plan, top={"events": {"trialEvents": events}}))
    assert (planned.start_date, planned.start_date_type) == (PartialDate(2022, 1, 1), "ESTIMATED")
    assert (begun.start_date, begun.start_date_type) == (PartialDate(2022, 5, 1), "ACTUAL")
    assert (begun.completion_date, begun.completion_date_type) == (PartialDate(2026, 12, 31), "ESTIMATED")


def test_the_end_in_europe_is_not_the_end_of_a_trial_that_runs_elsewhere_too():
    plan = {"trialDuration": {"estimatedGlobalEndDate": "2027-01-01"}}
    top = {"endDateEU": "2024-02-03"}
    assert read(answer(information=plan, top=top)).completion_date == PartialDate(2024, 2, 3)
    elsewhere = {"rowCountriesInfo": [{"name": "Japan", "isoAlpha2Code": "JP"}]}
    abroad = read(answer(information=plan, top=top, part_one=elsewhere))
    assert (abroad.completion_date, abroad.completion_date_type) == (PartialDate(2027, 1, 1), "ESTIMATED")


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ({}, None),
        ({"resultsFirstReceived": "No"}, False),
        ({"resultsFirstReceived": "Yes"}, True),
        ({"resultsFirstReceived": "No", "results": {"summaryResults": [{"id": 1}]}}, True),
        ({"results": {"summaryResults": []}}, None),
    ],
)
def test_results_are_there_stated_absent_or_not_told(top, expected):
    assert read(answer(top=top)).has_results is expected


# ----------------------------------------------------------------------------------------------------------- criteria
def eligibility(kind, *items):
    name = f"principal{kind}Criteria"
    return {"eligibilityCriteria": {name: [{"number": number, name: text} for number, text in items]}}


def test_criteria_stand_in_the_order_of_their_numbers_not_of_their_digits():
    items = [("1", "Age over 18"), ("10", "Consent"), ("2", "Knee pain")]
    record = read(answer(information=eligibility("Inclusion", *items)))
    assert [(row.label, row.text) for row in record.criteria] == [
        ("1.", "Age over 18"),
        ("2.", "Knee pain"),
        ("10.", "Consent"),
    ]


def test_a_heading_in_one_item_stands_above_the_items_after_it():
    items = [("1", "INCLUSION CRITERIA FOR COHORT B 1. Failed surgery"), ("2", "2. Able to walk")]
    record = read(answer(information=eligibility("Inclusion", *items)))
    assert [(row.text, row.parent) for row in record.criteria] == [
        ("INCLUSION CRITERIA FOR COHORT B", None),
        ("Failed surgery", 0),
        ("Able to walk", 0),
    ]


def test_bullets_inside_an_item_become_rows_below_it():
    items = [("1", "One of the following:\t•\tpain •\tswelling"), ("2", "Consent")]
    record = read(answer(information=eligibility("Exclusion", *items)))
    assert [(row.kind, row.text, row.parent) for row in record.criteria] == [
        ("EXCLUSION", "One of the following:", None),
        ("EXCLUSION", "pain", 0),
        ("EXCLUSION", "swelling", 0),
        ("EXCLUSION", "Consent", None),
    ]


def test_a_heading_typed_into_the_wrong_field_does_not_turn_the_items_after_it():
    items = [("1", "Exclusion criteria: none"), ("2", "Consent")]
    record = read(answer(information=eligibility("Inclusion", *items)))
    assert {row.kind for row in record.criteria} == {"INCLUSION"}


def test_exclusion_rows_keep_their_parents_behind_inclusion_rows():
    included = eligibility("Inclusion", ("1", "Consent"))["eligibilityCriteria"]
    excluded = eligibility("Exclusion", ("1", "Any of: • a cold • a cough"))["eligibilityCriteria"]
    record = read(answer(information={"eligibilityCriteria": included | excluded}))
    assert record.criteria[2] == CriterionRecord("EXCLUSION", "a cold", "", 1, "")


# ------------------------------------------------------------------------------------------------------ other sections
def test_objectives_and_end_points_keep_their_order_and_kind():
    information = {
        "trialObjective": {
            "mainObjective": "Show safety",
            "secondaryObjectives": [
                {"number": 10, "secondaryObjective": "Tenth"},
                {"number": 2, "secondaryObjective": "Second"},
            ],
        },
        "endPoint": {
            "primaryEndPoints": [{"number": 1, "endPoint": "Adverse events"}],
            "secondaryEndPoints": [{"number": 1, "endPoint": "Pain"}],
        },
    }
    record = read(answer(information=information))
    assert record.objectives == "Main objective:\nShow safety\n\nSecondary objectives:\n2. Second\n10. Tenth"
    assert record.outcomes == (OutcomeRecord("PRIMARY", "Adverse events"), OutcomeRecord("SECONDARY", "Pain"))


def test_conditions_are_the_sponsors_words_and_the_meddra_terms_once_each():
    condition = {
        "partIMedicalConditions": [{"medicalCondition": "Worn knees"}],
        "meddraConditionTerms": [{"termName": "Osteoarthritis"}, {"termName": "worn knees"}],
    }
    areas = [{"name": "Diseases [C] - Musculoskeletal Diseases [C05]"}]
    record = read(answer(information={"medicalCondition": condition}, part_one={"therapeuticAreas": areas}))
    assert record.conditions == ("Worn knees", "Osteoarthritis")
    assert record.areas == ("Diseases [C] - Musculoskeletal Diseases [C05]",)


@pytest.mark.parametrize(
    ("code", "phase"),
    [("1", "PHASE1"), (3, "PHASE1"), ("4", "PHASE2"), ("6", "PHASE4"), ("9", "PHASE1_PHASE2"), (11, "PHASE3_PHASE4")],
)
def test_phase_codes_are_looked_up(code, phase):
    record = read(answer(information={"trialCategory": {"trialPhase": code}}))
    assert record.phase == phase
    assert "Phase" in record.phase_raw


def test_an_unknown_phase_code_is_kept_and_reported():
    record = read(answer(information={"trialCategory": {"trialPhase": "12"}}))
    assert (record.phase, record.phase_raw) == ("", "12")
    assert record.problems[0].field == "phase"


def test_an_overview_that_names_another_phase_than_the_protocol_is_reported():
    information = {"trialCategory": {"trialPhase": "4"}}
    record = read(answer(information=information, top={"trialPhase": "Therapeutic use (Phase IV)"}))
    assert (record.phase, [problem.field for problem in record.problems]) == ("PHASE2", ["phase"])


def test_codes_without_a_published_meaning_are_reported_and_not_read():
    design = {"studyDesign": {"periodDetails": [{"blindingMethodCode": "3", "allocationMethod": "1"}]}}
    record = read(answer(details={"protocolInformation": design}))
    assert (record.masking, record.allocation) == ("", "RANDOMIZED")
    assert [(problem.field, problem.text) for problem in record.problems] == [("masking", "3")]


def test_arms_are_those_of_the_periods():
    arms = [{"title": "Cells", "description": "Once"}, {"title": "Saline", "description": ""}]
    design = {"studyDesign": {"periodDetails": [{"title": "Only period", "armDetails": arms}]}}
    record = read(answer(details={"protocolInformation": design}))
    assert [(arm.label, arm.description) for arm in record.arms] == [("Cells", "Once"), ("Saline", "")]
    assert record.design_note == "Only period"


# ----------------------------------------------------------------------------------------------------------- products
CELLS = {
    "productName": "KNEECELL",
    "mpRoleInTrial": "1",
    "part1MpRoleTypeCode": "3",
    "routes": ["INTRAARTICULAR USE"],
    "maxDailyDoseAmount": "500000",
    "doseUom": "Other",
    "productDictionaryInfo": {
        "activeSubstanceName": "ALLOGENEIC STROMAL CELLS",
        "pharmForm": "SUSPENSION FOR INJECTION",
        "productSubstances": [{"substanceOrigin": "Structurally Diverse Substance - Cell therapy"}],
    },
}


def test_a_cell_product_has_its_origin_role_and_routes():
    record = read(answer(part_one={"products": [CELLS]}))
    product, intervention = record.products[0], record.interventions[0]
    assert (product.name, product.origin, product.role) == (
        "KNEECELL",
        "Structurally Diverse Substance - Cell therapy",
        "Test",
    )
    assert (product.routes, product.is_atmp) == (("INTRAARTICULAR USE",), None)
    assert (intervention.type, intervention.other_names) == ("BIOLOGICAL", ("ALLOGENEIC STROMAL CELLS",))
    assert "Maximum daily dose: 500000 Other" in intervention.description


def test_a_cell_therapy_that_is_not_marked_as_an_advanced_therapy_is_reported():
    record = read(answer(part_one={"products": [CELLS | {"anAdvancedTherapyMedicinalProduct": False}]}))
    assert record.products[0].is_atmp is False
    assert [problem.field for problem in record.problems] == ["products"]


def test_the_order_of_products_does_not_depend_on_the_answer():
    placebo = {"productName": "Saline", "mpRoleInTrial": "3"}
    first = read(answer(part_one={"products": [placebo, CELLS]}))
    second = read(answer(part_one={"products": [CELLS, placebo]}))
    assert first == second
    assert [product.name for product in first.products] == ["KNEECELL", "Saline"]


def test_a_device_beside_a_product_is_an_intervention_of_its_own():
    record = read(
        answer(part_one={"products": [CELLS | {"devices": [{"tradeName": "CATH", "description": "A catheter"}]}]})
    )
    assert [(one.name, one.type) for one in record.interventions] == [("KNEECELL", "BIOLOGICAL"), ("CATH", "DEVICE")]


def test_fillers_are_no_names():
    nameless = {"productName": "N/A", "evCode": "PRD1", "productDictionaryInfo": {"activeSubstanceName": "-"}}
    record = read(answer(part_one={"products": [nameless]}))
    assert record.products == record.interventions == ()
    assert record.problems[0].text == "PRD1"


# ----------------------------------------------------------------------------------------------------------- overview
OVERVIEW = {
    "ctNumber": NUMBER,
    "ctStatus": 4,
    "ctTitle": "Cells for knees",
    "lastUpdated": "09/07/2026",
    "lastPublicationUpdate": "15/07/2026",
    "trialCountries": ["Spain:4"],
}


def test_an_overview_tells_the_public_status_and_when_it_changed():
    overview = ctis.parse_overview(msgspec.json.encode(OVERVIEW))
    assert (overview.number, overview.status, overview.status_raw) == (NUMBER, "RECRUITING", "Ongoing, recruiting")
    assert (overview.updated, overview.published) == (PartialDate(2026, 7, 9), PartialDate(2026, 7, 15))


def test_joined_to_its_overview_an_answer_keeps_its_own_fields_and_gains_the_public_status():
    own = {"ctStatus": "Authorised", "startDateEU": "2021-02-03"}
    retrieved = answer(top=own, parts_two=[state("Spain", 1, site("Clinic"))])
    overview = OVERVIEW | {"startDateEU": "04/05/2022"}
    record = ctis.parse(ctis.join(msgspec.json.encode(retrieved), msgspec.json.encode(overview)))
    assert record.start_date == PartialDate(2021, 2, 3)
    assert (record.status, record.updated) == ("RECRUITING", PartialDate(2026, 7, 9))
    assert record.sites[0].status == "RECRUITING"


def test_an_overview_of_another_trial_is_not_joined():
    other = copy.deepcopy(OVERVIEW) | {"ctNumber": "2023-509999-11-00"}
    with pytest.raises(Unreadable, match="does not belong"):
        ctis.join(msgspec.json.encode(answer()), msgspec.json.encode(other))


# ---------------------------------------------------------------------------------------------------------- hypothesis
scalars = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(max_size=12)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

RICH = answer(
    top=OVERVIEW
    | {
        "events": {
            "trialEvents": [{"mscName": "Spain", "events": [{"notificationType": "START_OF_TRIAL", "date": "x"}]}]
        },
        "results": {"summaryResults": []},
        "totalNumberEnrolled": "3",
        "ageGroup": "18-64 years",
        "gender": "Female",
    },
    application={"memberStatesConcerned": [{"mscName": "Spain", "mscPublicStatusCode": 4}], "trialGlobalEnd": []},
    part_one={"products": [CELLS], "sponsors": [{"primary": True}], "rowSubjectCount": 1, "therapeuticAreas": []},
    parts_two=[state("Spain", 1, site("Clinic", "Madrid", "Spain"))],
    information={
        **eligibility("Inclusion", ("1", "a"), ("2", "b")),
        "trialDuration": {"estimatedEndDate": "2024"},
        "populationOfTrialSubjects": {"ageRanges": [{"ageRangeCategory": "3"}]},
    },
    details={"protocolInformation": {"studyDesign": {"periodDetails": [{"armDetails": [{"title": "A"}]}]}}},
)


def paths(node, before=()):
    """Every place in a document, as the steps that lead there."""
    yield before
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in children:
        yield from paths(child, (*before, step))


@given(st.sampled_from([path for path in paths(RICH) if path and path != ("ctNumber",)]), values)
def test_a_field_of_any_other_shape_never_stops_the_reader(path, value):
    document = copy.deepcopy(RICH)
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert read(document).number == NUMBER


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_read_or_unreadable(raw):
    with contextlib.suppress(Unreadable):
        assert ctis.parse(raw).number
