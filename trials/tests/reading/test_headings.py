import pytest

from trials.reading.headings import (
    EXCLUSION,
    INCLUSION,
    Heading,
    announces_exclusion,
    names_a_group,
    read_heading,
    split_headings,
)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Inclusion Criteria:", INCLUSION),
        ("Exclusion Criteria", EXCLUSION),
        ("EXCLUSION CRITERIA :", EXCLUSION),
        ("**Key Inclusion Criteria:**", INCLUSION),
        ("## Main exclusion criteria", EXCLUSION),
        ("INCLUSION", INCLUSION),
        ("Exclusion:", EXCLUSION),
        ("Excluded:", EXCLUSION),
        ("Non-inclusion criteria", EXCLUSION),
        ("Main criteria for exclusion", EXCLUSION),
        ("Criteria for inclusion:", INCLUSION),
        ("List of exclusion criteria:", EXCLUSION),
        ("The exclusion criteria are as follows:", EXCLUSION),
        ("III.6 EXCLUSION CRITERIA", EXCLUSION),
        ("EXCLUSION CRITIERIA:", EXCLUSION),
        ("Inclusion criteria：", INCLUSION),
        ("Inlcusion criteria", INCLUSION),
        ("Inclusion criteria for the study:", INCLUSION),
        ("Eligibility Criteria:", ""),
        ("Summary of inclusion and exclusion criteria.", ""),
    ],
)
def test_a_plain_heading_leaves_no_row(line, kind):
    assert read_heading(line, False, INCLUSION) == Heading(kind)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Donor Inclusion Criteria:", INCLUSION),
        ("Treatment Exclusion Criteria", EXCLUSION),
        ("Inclusion Criteria for Groups 1-3:", INCLUSION),
        ("Exclusion criteria for study population and controls", EXCLUSION),
        ("INCLUSION CRITERIA: Stratum 1", INCLUSION),
        ("EXCLUSION CRITERIA - DONOR:", EXCLUSION),
        ("Exclusion Criteria (healthy control group)", EXCLUSION),
        ("EXCLUSION CRITERIA AUTOLOGOUS DONORS", EXCLUSION),
        ("Exclusion criteria specific to patients with cirrhosis", EXCLUSION),
        ("Generic exclusion criteria that apply to both groups", EXCLUSION),
        ("Cohort B (second line) - Specific Exclusion Criteria:", EXCLUSION),
        ("Other exclusions:", EXCLUSION),
        ("Patients are required to meet the following inclusion criteria:", INCLUSION),
        ("Patients who meet any of the following exclusion criteria may not enter:", EXCLUSION),
        ("Absence of exclusion criteria:", EXCLUSION),
    ],
)
def test_a_heading_that_says_for_whom_stays_as_a_row(line, kind):
    assert read_heading(line, False, INCLUSION) == Heading(kind, line)


@pytest.mark.parametrize(
    ("line", "kind", "rest"),
    [
        ("Exclusion criteria: none", EXCLUSION, "none"),
        ("Inclusion Criteria: 1. adults", INCLUSION, "1. adults"),
        ("Inclusion criteria: patient with a wound", INCLUSION, "patient with a wound"),
        ("Inclusion criteria. Age over 18. English speaking.", INCLUSION, "Age over 18. English speaking."),
    ],
)
def test_a_criterion_may_stand_on_the_line_of_its_heading(line, kind, rest):
    assert read_heading(line, False, INCLUSION) == Heading(kind, "", rest)


@pytest.mark.parametrize(
    "line",
    [
        "Other protocol-defined inclusion/exclusion criteria may apply",
        "Not fulfilling inclusion criteria",
        "Patients not meeting the following inclusion criteria:",
        "In addition to patient exclusion criteria as defined above",
        "Any condition that is an exclusion",
        "Measurable disease per RECIST 1.1 criteria",
        "History of cancer including melanoma",
        "Pregnancy is not a criterion for exclusion.",
        "Note for Inclusion Criterion #7:",
        "Children under the age of 18 will be excluded",
        "excluded",
    ],
)
def test_a_criterion_that_speaks_of_criteria_is_no_heading(line):
    assert read_heading(line, False, INCLUSION) is None


def test_an_item_of_a_list_is_a_heading_only_where_the_kind_changes():
    assert read_heading("Meets these inclusion criteria:", True, INCLUSION) is None
    assert read_heading("Meets these inclusion criteria:", True, EXCLUSION) is not None
    assert read_heading("Inclusion", True, EXCLUSION) is None


@pytest.mark.parametrize(
    "line",
    [
        "Women were ineligible if they:",
        "Patients with any of these will be excluded from the study if they have:",
        "The presence of any of the following will exclude a subject from enrollment:",
        "The following diagnoses are not eligible:",
        "Participants will not be eligible to participate in this study if:",
    ],
)
def test_a_line_may_announce_what_keeps_people_out(line):
    assert announces_exclusion(line)


@pytest.mark.parametrize(
    "line",
    [
        "Ineligible for allogeneic transplant because of:",
        "Must be ineligible:",
        "Other causes have been excluded by a specialist:",
        "Patients who are ineligible to receive chemotherapy and have one of the following:",
        "Participants with bulky tumours are ineligible. Bulky is defined as:",
        "Patients are eligible if:",
        "Smokers are excluded",
    ],
)
def test_being_unfit_for_something_else_keeps_nobody_out(line):
    assert not announces_exclusion(line)


def test_a_heading_in_the_middle_of_a_line_gets_a_line_of_its_own():
    text = "Adults with a wound. Exclusion Criteria: smokers. No other exclusion criteria: none."
    assert split_headings(text).split("\n") == [
        "Adults with a wound.",
        "Exclusion Criteria: smokers. No other exclusion criteria: none.",
    ]


@pytest.mark.parametrize(
    ("line", "does"),
    [
        ("MSC donors", True),
        ("Part B:", True),
        ("Healthy volunteers.", False),
        ("Signed consent", False),
        ("Patients with a long list of things that no title would ever hold", False),
    ],
)
def test_a_short_line_may_name_a_group(line, does):
    assert names_a_group(line) is does
