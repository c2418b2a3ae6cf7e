import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.models.choices import Phase
from trials.records import Age, PartialDate
from trials.registries import ictrp_values
from trials.registries.ictrp_design import read_design
from trials.registries.values import Notes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240408", "2024-04-08"),
        ("2024-04-08", "2024-04-08"),
        ("2024-04-08 00:00:00", "2024-04-08"),
        ("2016/12/06", "2016-12-06"),
        ("08/04/2024", "2024-04-08"),
        ("04/25/2024", "2024-04-25"),
        ("April 25, 2024", "2024-04-25"),
        ("20 May 2024", "2024-05-20"),
        ("3 Sept. 2021", None),
        ("3-Sep-2021", "2021-09-03"),
        ("May 2021", "2021-05"),
        ("05/2021", "2021-05"),
        ("2021", "2021"),
    ],
)
def test_dates_come_in_many_forms(text, expected):
    if expected is None:
        with pytest.raises(ValueError, match="is not a date"):
            ictrp_values.read_date(text)
    else:
        assert str(ictrp_values.read_date(text)) == expected


@pytest.mark.parametrize("text", ["", "N/A", "00/00/0000", "1900-01-01 00:00:00", "1899-12-30"])
def test_what_stands_for_no_date_is_none(text):
    assert ictrp_values.read_date(text) is None


@pytest.mark.parametrize("text", ["soon", "31/02/2024", "43922", "8 April 8, 2024", "2024-13-01"])
def test_what_is_no_date_is_reported(text):
    notes = Notes()
    assert ictrp_values.date("start_date", text, notes) is None
    assert [(problem.field, problem.text, problem.what) for problem in notes.problems] == [
        ("start_date", text, "not a date")
    ]


@pytest.mark.parametrize(
    ("text", "is_ctgov", "expected", "problems"),
    [
        ("2020-04-01 00:00:00", True, "2020-04", 1),
        ("2020-04-01 00:00:00", False, "2020-04-01", 0),
        ("2020-04-02 00:00:00", True, "2020-04-02", 0),
        ("April 1, 2020", True, "2020-04-01", 0),
    ],
)
def test_a_month_that_a_spreadsheet_turned_into_a_day_is_a_month(text, is_ctgov, expected, problems):
    notes = Notes()
    assert str(ictrp_values.start_date(text, is_ctgov, notes)) == expected
    assert len(notes.problems) == problems


@pytest.mark.parametrize(
    ("text", "refreshed", "expected"),
    [
        ("06/09/2024 10:20:30", None, "2024-06-09"),
        ("4/29/2020 1:20:30 PM", None, "2020-04-29"),
        ("29/04/2020", None, "2020-04-29"),
        ("2020-06-07 10:20:30", PartialDate(2020, 7, 1), "2020-07-06"),
        ("2020-06-07 10:20:30", PartialDate(2020, 5, 1), "2020"),
        ("2020-06-07 10:20:30", None, "2020"),
        ("2020-12-06 10:20:30", PartialDate(2020, 8, 1), "2020-12-06"),
        ("2020-06-17 10:20:30", PartialDate(2020, 5, 1), "2020-06-17"),
        ("2020-06-06 10:20:30", None, "2020-06-06"),
    ],
)
def test_the_date_of_the_copy_is_month_first_unless_a_spreadsheet_turned_it(text, refreshed, expected):
    assert str(ictrp_values.export_date(text, refreshed, Notes())) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Phase 1/Phase 2", "PHASE1_PHASE2"),
        ("Phase 2/ Phase 3", "PHASE2_PHASE3"),
        ("II-III", "PHASE2_PHASE3"),
        ("Phase-3", "PHASE3"),
        ("IV", "PHASE4"),
        ("N/A", "NA"),
        ("Early Phase 1", "EARLY_PHASE1"),
        ("Not selected", ""),
        ("", ""),
    ],
)
def test_phases_are_read_from_words_and_numbers(text, expected):
    notes = Notes()
    assert ictrp_values.phase(text, notes) == expected
    assert notes.problems == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2-Mar", "PHASE2_PHASE3"),
        ("Mar-02", "PHASE2_PHASE3"),
        ("02-Jan-2020", "PHASE1_PHASE2"),
        ("2020-03-02 00:00:00", "PHASE2_PHASE3"),
        ("2020-02-03", "PHASE2_PHASE3"),
        ("2020-02-01 00:00:00", "PHASE1_PHASE2"),
    ],
)
def test_a_phase_that_a_spreadsheet_took_for_a_date_is_recovered_and_reported(text, expected):
    notes = Notes()
    assert ictrp_values.phase(text, notes) == expected
    assert [problem.text for problem in notes.problems] == [text]


@pytest.mark.parametrize("text", ["2020-07-05 00:00:00", "1-Apr", "1-Mar", "Phase X", "0"])
def test_a_phase_that_cannot_be_told_is_reported_and_never_guessed(text):
    notes = Notes()
    assert ictrp_values.phase(text, notes) == ""
    assert [problem.field for problem in notes.problems] == ["phase"]


def eu_phases(*answers):
    names = ("I", "II", "III", "IV")
    return "<br>".join(f"Something (Phase {name}): {answer}" for name, answer in zip(names, answers, strict=True))


@pytest.mark.parametrize(
    ("answers", "expected", "problems"),
    [
        (("no", "yes", "no", "no"), "PHASE2", 0),
        (("no", "yes", "yes", "no"), "PHASE2_PHASE3", 0),
        (("no", "no", "no", "no"), "", 0),
        (("", "", "", ""), "", 0),
        (("yes", "no", "yes", "no"), "", 1),
    ],
)
def test_the_eu_registers_four_answers_make_one_phase(answers, expected, problems):
    notes = Notes()
    assert ictrp_values.phase(eu_phases(*answers), notes) == expected
    assert len(notes.problems) == problems


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("18 Years", "65 Years", (Age(18, "YEARS"), Age(65, "YEARS"))),
        ("18Y", "75Y", (Age(18, "YEARS"), Age(75, "YEARS"))),
        (">= 20age old", "<= 85age old", (Age(20, "YEARS"), Age(85, "YEARS"))),
        (">= 20age old", "< 75age old", (Age(20, "YEARS"), Age(74, "YEARS"))),
        ("16years-old", "60(Year)", (Age(16, "YEARS"), Age(60, "YEARS"))),
        ("6 Months", "28 Days", (Age(6, "MONTHS"), Age(28, "DAYS"))),
        ("0.5 Years", "18 years.", (Age(0.5, "YEARS"), Age(18, "YEARS"))),
        ("18", "65+", (Age(18, "YEARS"), None)),
        ("18", "999", (Age(18, "YEARS"), None)),
        ("18", "120 Years", (Age(18, "YEARS"), None)),
        ("18", "No limit", (Age(18, "YEARS"), None)),
        ("no minimum age", "0 N/A (No limit)", (None, None)),
        ("N/A", "??", (None, None)),
        ("0", "18", (Age(0, "YEARS"), Age(18, "YEARS"))),
    ],
)
def test_ages_come_in_many_forms(low, high, expected):
    notes = Notes()
    assert ictrp_values.ages(low, high, notes) == expected
    assert notes.problems == []


@pytest.mark.parametrize(
    ("low", "high", "expected", "fields"),
    [
        ("18", "0", (Age(18, "YEARS"), None), ["max_age"]),
        ("0", "0", (None, None), ["max_age"]),
        ("adults", "", (None, None), ["min_age"]),
        ("", "> 18 years", (None, None), ["max_age"]),
        ("< 3 years", "", (None, None), ["min_age"]),
    ],
)
def test_an_age_that_cannot_be_meant_is_reported(low, high, expected, fields):
    notes = Notes()
    assert ictrp_values.ages(low, high, notes) == expected
    assert [problem.field for problem in notes.problems] == fields


FORM = (
    "\nAre the trial subjects under 18? {}\nNumber of subjects for this age range: \nF.1.2 Adults (18-64 years) {}\n"
    "F.1.2.1 Number of subjects for this age range 30\nF.1.3 Elderly (>=65 years) {}\n"
    "F.1.3.1 Number of subjects for this age range "
)


@pytest.mark.parametrize(
    ("answers", "low", "high"),
    [
        (("no", "yes", "no"), Age(18, "YEARS"), Age(64, "YEARS")),
        (("no", "yes", "yes"), Age(18, "YEARS"), None),
        (("yes", "yes", "no"), None, Age(64, "YEARS")),
        (("yes", "no", "no"), None, Age(17, "YEARS")),
        (("no", "no", "yes"), Age(65, "YEARS"), None),
        (("no", "no", "no"), None, None),
    ],
)
def test_the_eu_registers_form_is_cut_from_the_criteria_and_read_as_ages(answers, low, high):
    text, form = ictrp_values.without_age_form("1. Consent" + FORM.format(*answers))
    assert (text, form) == ("1. Consent", ictrp_values.AgeForm(low, high, "18-64 years: 30"))


def test_criteria_without_the_form_stay_whole():
    assert ictrp_values.without_age_form("1. Consent") == ("1. Consent", ictrp_values.AgeForm())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100", (100, "")),
        ("1,200", (1200, "")),
        ("30.0", (30, "")),
        ("0", (0, "")),
        ("", (None, "")),
        ("Group A:50;Group B:50;", (None, "Group A:50;Group B:50;")),
        ("Case series:70;", (70, "Case series:70;")),
        ("400 (200 in each arm)", (None, "400 (200 in each arm)")),
        ("about 50", (None, "about 50")),
    ],
)
def test_sizes_are_never_added_up(text, expected):
    assert ictrp_values.enrollment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Allocation: Randomized. Intervention model: Parallel Assignment. Primary purpose: Treatment. "
            "Masking: Quadruple (Participant, Care Provider, Investigator, Outcomes Assessor). ",
            {
                "allocation": "RANDOMIZED",
                "intervention_model": "PARALLEL",
                "primary_purpose": "TREATMENT",
                "masking": "QUADRUPLE",
                "who_masked": ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"),
            },
        ),
        (
            "Purpose: Prevention; Allocation: Non-randomised trial; Masking: Open (masking not used);"
            "Assignment: Single group;",
            {
                "allocation": "NON_RANDOMIZED",
                "intervention_model": "SINGLE_GROUP",
                "primary_purpose": "PREVENTION",
                "masking": "NONE",
            },
        ),
        (
            "Randomization: Randomized, Blinding: Double blinded, Placebo: Used, Assignment: Crossover, "
            "Purpose: Treatment",
            {
                "allocation": "RANDOMIZED",
                "intervention_model": "CROSSOVER",
                "primary_purpose": "TREATMENT",
                "masking": "DOUBLE",
            },
        ),
        (
            "Controlled: yes<br>Randomised: yes<br>Open: no<br>Single blind: no<br>Double blind: yes<br>"
            "Parallel group: yes",
            {"allocation": "RANDOMIZED", "masking": "DOUBLE", "intervention_model": "PARALLEL"},
        ),
        ("Controlled: no Randomised: no Open: no Single blind: no Double blind: no Parallel group: no", {}),
        (
            "single arm study, open(masking not used), uncontrolled control, single assignment, treatment purpose",
            {
                "allocation": "NA",
                "masking": "NONE",
                "intervention_model": "SINGLE_GROUP",
                "primary_purpose": "TREATMENT",
            },
        ),
        ("Masking: Blinded (masking used)", {}),
        ("A study of cells", {}),
        ("Single", {}),
    ],
)
def test_designs_are_read_where_their_words_are_certain(text, expected):
    notes = Notes()
    found = read_design(text, notes)
    assert found.pop("design_note")
    assert found == expected
    assert notes.problems == []


def test_a_design_in_unknown_words_is_kept_and_reported():
    notes = Notes()
    assert read_design("Allocation: By the moon. Masking: None.", notes) == {
        "design_note": "Allocation: By the moon. Masking: None.",
        "masking": "NONE",
    }
    assert [(problem.field, problem.text) for problem in notes.problems] == [("allocation", "By the moon")]


@pytest.mark.parametrize("text", ["", "N/A", "-"])
def test_no_design_is_no_note(text):
    assert read_design(text, Notes()) == {}


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_read_or_reported(text, other):
    notes = Notes()
    date = ictrp_values.date("start_date", text, notes)
    assert date is None or not notes.problems
    ictrp_values.export_date(text, PartialDate(2020), notes)
    ictrp_values.start_date(text, True, notes)
    assert ictrp_values.phase(text, notes) in ("", *Phase.values)
    assert all(age is None or age.value >= 0 for age in ictrp_values.ages(text, other, notes))
    total, _ = ictrp_values.enrollment(text)
    assert total is None or total >= 0
    ictrp_values.without_age_form(text)
    read_design(text, notes)
