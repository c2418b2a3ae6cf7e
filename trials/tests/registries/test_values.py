import pytest

from trials.models import choices
from trials.records import Age, Problem
from trials.registries import values
from trials.registries.values import Notes, combined_phase, date_or_none, key, phase_in_words, read_age

TABLES = [
    (values.CTGOV_STATUS, choices.Status),
    (values.CTIS_STATUS, choices.Status),
    (values.ICTRP_STATUS, choices.Status),
    (values.SITE_STATUS, choices.SiteStatus),
    (values.CTGOV_PHASE, choices.Phase),
    (values.CTIS_PHASE, choices.Phase),
    (values.ICTRP_PHASE, choices.Phase),
    (values.CTGOV_STUDY_TYPE, choices.StudyType),
    (values.ICTRP_STUDY_TYPE, choices.StudyType),
    (values.CTGOV_SEX, choices.Sex),
    (values.CTIS_SEX, choices.Sex),
    (values.ICTRP_SEX, choices.Sex),
    (values.DATE_TYPE, choices.DateType),
    (values.ALLOCATION, choices.Allocation),
    (values.INTERVENTION_MODEL, choices.InterventionModel),
    (values.PRIMARY_PURPOSE, choices.PrimaryPurpose),
    (values.MASKING, choices.Masking),
    (values.WHO_MASKED, choices.WhoMasked),
    (values.ARM_TYPE, choices.ArmType),
    (values.INTERVENTION_TYPE, choices.InterventionType),
    (values.AGENCY_CLASS, choices.AgencyClass),
    (values.CONTACT_ROLE, choices.ContactRole),
    (values.SECONDARY_ID_TYPE, choices.IdentifierKind),
    (values.REFERENCE_TYPE, choices.ReferenceKind),
]


@pytest.mark.parametrize(("table", "enum"), TABLES)
def test_every_entry_leads_to_a_value_of_the_catalogue(table, enum):
    assert set(table.values()) - {""} <= set(enum.values)
    assert all(word == key(word) for word in table)


# What each registry may send (ClinicalTrials.gov: the enums of API v2; EU CTIS: codes 1 to 12 and 1 to 11).
@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            values.CTGOV_STATUS,
            "ACTIVE_NOT_RECRUITING COMPLETED ENROLLING_BY_INVITATION NOT_YET_RECRUITING RECRUITING SUSPENDED "
            "TERMINATED WITHDRAWN AVAILABLE NO_LONGER_AVAILABLE TEMPORARILY_NOT_AVAILABLE APPROVED_FOR_MARKETING "
            "WITHHELD UNKNOWN",
        ),
        (
            values.SITE_STATUS,
            "ACTIVE_NOT_RECRUITING COMPLETED ENROLLING_BY_INVITATION NOT_YET_RECRUITING RECRUITING SUSPENDED "
            "TERMINATED WITHDRAWN AVAILABLE",
        ),
        (values.CTGOV_PHASE, "NA EARLY_PHASE1 PHASE1 PHASE2 PHASE3 PHASE4"),
        (values.CTGOV_STUDY_TYPE, "EXPANDED_ACCESS INTERVENTIONAL OBSERVATIONAL"),
        (values.CTGOV_SEX, "FEMALE MALE ALL"),
        (values.DATE_TYPE, "ACTUAL ESTIMATED"),
        (values.ALLOCATION, "RANDOMIZED NON_RANDOMIZED NA"),
        (values.INTERVENTION_MODEL, "SINGLE_GROUP PARALLEL CROSSOVER FACTORIAL SEQUENTIAL"),
        (
            values.PRIMARY_PURPOSE,
            "TREATMENT PREVENTION DIAGNOSTIC ECT SUPPORTIVE_CARE SCREENING HEALTH_SERVICES_RESEARCH BASIC_SCIENCE "
            "DEVICE_FEASIBILITY OTHER",
        ),
        (values.MASKING, "NONE SINGLE DOUBLE TRIPLE QUADRUPLE"),
        (values.WHO_MASKED, "PARTICIPANT CARE_PROVIDER INVESTIGATOR OUTCOMES_ASSESSOR"),
        (
            values.ARM_TYPE,
            "EXPERIMENTAL ACTIVE_COMPARATOR PLACEBO_COMPARATOR SHAM_COMPARATOR NO_INTERVENTION OTHER",
        ),
        (
            values.INTERVENTION_TYPE,
            "BEHAVIORAL BIOLOGICAL COMBINATION_PRODUCT DEVICE DIAGNOSTIC_TEST DIETARY_SUPPLEMENT DRUG GENETIC "
            "PROCEDURE RADIATION OTHER",
        ),
        (values.AGENCY_CLASS, "NIH FED OTHER_GOV INDIV INDUSTRY NETWORK AMBIG OTHER UNKNOWN"),
        (values.CONTACT_ROLE, "STUDY_CHAIR STUDY_DIRECTOR PRINCIPAL_INVESTIGATOR SUB_INVESTIGATOR CONTACT"),
        (
            values.SECONDARY_ID_TYPE,
            "NIH FDA VA CDC AHRQ SAMHSA OTHER_GRANT EUDRACT_NUMBER CTIS REGISTRY OTHER",
        ),
        (values.REFERENCE_TYPE, "BACKGROUND RESULT DERIVED"),
        (values.IPD_SHARING, "YES NO UNDECIDED"),
    ],
)
def test_every_word_of_the_registry_has_an_entry_of_its_own_name(table, words):
    assert {word: table.get(key(word)) for word in words.split()} == {word: word for word in words.split()}


@pytest.mark.parametrize(
    ("code", "word", "status"),
    [
        (1, "Under evaluation", "UNDER_EVALUATION"),
        (2, "Authorised, recruitment pending", "NOT_YET_RECRUITING"),
        (3, "Authorised, recruiting", "RECRUITING"),
        (4, "Ongoing, recruiting", "RECRUITING"),
        (5, "Ongoing, recruitment ended", "ACTIVE_NOT_RECRUITING"),
        (6, "Temporarily halted", "SUSPENDED"),
        (7, "Suspended", "SUSPENDED"),
        (8, "Ended", "COMPLETED"),
        (9, "Expired", "EXPIRED"),
        (10, "Revoked", "REVOKED"),
        (11, "Not authorised", "NOT_AUTHORISED"),
        (12, "Cancelled", "CANCELLED"),
    ],
)
def test_public_statuses_of_ctis_by_code_and_by_word(code, word, status):
    assert Notes().code("status", str(code), values.CTIS_STATUS) == status
    assert Notes().code("status", word, values.CTIS_STATUS) == status


@pytest.mark.parametrize(
    ("code", "phase"),
    [
        *((code, "PHASE1") for code in (1, 2, 3)),
        (4, "PHASE2"),
        (5, "PHASE3"),
        (6, "PHASE4"),
        *((code, "PHASE1_PHASE2") for code in (7, 8, 9)),
        (10, "PHASE2_PHASE3"),
        (11, "PHASE3_PHASE4"),
    ],
)
def test_phase_codes_of_ctis(code, phase):
    assert values.CTIS_PHASE[str(code)] == phase


@pytest.mark.parametrize(
    ("word", "phase"),
    [("Therapeutic confirmatory  (Phase III)", "PHASE3"), ("Human Pharmacology (Phase I)-  Other", "PHASE1")],
)
def test_phase_words_of_ctis_are_found_however_they_are_spaced(word, phase):
    assert Notes().code("phase", word, values.CTIS_PHASE) == phase


def test_not_recruiting_is_no_other_status_and_sex_is_no_substring():
    assert values.ICTRP_STATUS[key("Not Recruiting")] == "NOT_RECRUITING"
    assert values.ICTRP_SEX[key("Female: yes Male: yes")] == "ALL"
    assert values.ICTRP_SEX[key("Female: no Male: yes")] == "MALE"
    assert "male and" not in values.ICTRP_SEX


@pytest.mark.parametrize(
    ("parts", "phase"),
    [
        ([], ""),
        (["PHASE2"], "PHASE2"),
        (["PHASE2", "PHASE1"], "PHASE1_PHASE2"),
        (["PHASE2", "PHASE3"], "PHASE2_PHASE3"),
        (["PHASE3", "PHASE4"], "PHASE3_PHASE4"),
        (["PHASE1", "PHASE3"], None),
        (["PHASE1", "PHASE2", "PHASE3"], None),
        (["NA", "PHASE1"], None),
    ],
)
def test_only_neighbouring_phases_combine(parts, phase):
    assert combined_phase(parts) == phase


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Phase Ib/IIa", "PHASE1_PHASE2"),
        ("Phase 2/ Phase 3", "PHASE2_PHASE3"),
        ("Phase1/Phase2", "PHASE1_PHASE2"),
        ("II-III", "PHASE2_PHASE3"),
        ("Phase-2", "PHASE2"),
        ("IV", "PHASE4"),
        ("3", "PHASE3"),
        ("Phase 0", "EARLY_PHASE1"),
        ("Phase 1/Phase 3", None),
        ("Phase 5", None),
        ("2020-02-01", None),
        ("invasive", None),
    ],
)
def test_phases_in_words(text, phase):
    assert phase_in_words(text) == phase


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("18 Years", Age(18, "YEARS")),
        ("1 Year", Age(1, "YEARS")),
        ("6 Months", Age(6, "MONTHS")),
        ("8 Weeks", Age(8, "WEEKS")),
        ("28 Days", Age(28, "DAYS")),
        ("15 Minutes", Age(15, "MINUTES")),
        ("0 Years", Age(0, "YEARS")),
        ("1.5 Years", Age(1.5, "YEARS")),
        ("18", Age(18, "YEARS")),
        ("18Y", Age(18, "YEARS")),
        (">= 20age old", Age(20, "YEARS")),
        ("< 75age old", Age(74, "YEARS")),
        ("<= 85age old", Age(85, "YEARS")),
        ("20years-old", Age(20, "YEARS")),
        ("13 Year(s)", Age(13, "YEARS")),
        ("60(Year)", Age(60, "YEARS")),
        ("65+", Age(65, "YEARS")),
        ("18 years.", Age(18, "YEARS")),
        ("120 Years", Age(120, "YEARS")),
        ("130 Years", Age(130, "YEARS")),
        ("N/A", None),
        ("", None),
        ("No limit", None),
        ("0 N/A (No limit)", None),
        ("no maximum age", None),
        ("999 Years", None),
        ("200 Years", None),
        ("??", None),
        ("/", None),
    ],
)
def test_ages_as_registries_write_them(text, age):
    assert read_age(text) == age


@pytest.mark.parametrize("text", ["eighteen", "18 moons", "18 to 70 Years", "-3 Years"])
def test_what_is_no_age_is_told(text):
    with pytest.raises(ValueError, match="not an age"):
        read_age(text)


@pytest.mark.parametrize("run", ["-", " ", "- ", "old", "(", "1", "a", "-old", "1 "])
def test_a_very_long_text_is_no_age_and_is_told_at_once(run):
    with pytest.raises(ValueError, match="not an age"):
        read_age("18 Years, " + run * 100_000)


def test_dates_keep_their_precision():
    assert [str(date_or_none(text)) for text in ("2028", "2028-04", "2028-04-30", "2028-04-30T12:00:00")] == [
        "2028",
        "2028-04",
        "2028-04-30",
        "2028-04-30",
    ]
    assert date_or_none("2028-13") is None
    assert date_or_none("April 2028") is None


def test_what_cannot_be_read_is_noted_with_its_text():
    notes = Notes()
    assert notes.code("status", "PAUSED", values.CTGOV_STATUS) == ""
    assert notes.date("start_date", "soon") is None
    assert notes.age("min_age", "old") is None
    assert notes.code("status", "", values.CTGOV_STATUS) == ""
    assert notes.date("start_date", "") is None
    assert notes.problems == [
        Problem("status", "PAUSED", "unknown value"),
        Problem("start_date", "soon", "not a date"),
        Problem("min_age", "old", "not an age"),
    ]


def test_a_known_word_that_says_nothing_is_no_problem():
    notes = Notes()
    assert notes.code("status", "Not Available", values.ICTRP_STATUS) == ""
    assert notes.problems == []
