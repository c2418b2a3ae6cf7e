import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.reading.criteria import group_rule, read_criteria


def tree(text: str, **options) -> list[str]:
    """The rows as lines: kind, indentation by depth, mark, text and rule."""
    rows = read_criteria(text, **options)
    depth: list[int] = []
    lines = []
    for row in rows:
        depth.append(0 if row.parent is None else depth[row.parent] + 1)
        mark = f"[{row.label}] " if row.label else ""
        rule = f" <{row.group_rule}>" if row.group_rule else ""
        lines.append(f"{row.kind[:2]} {'  ' * depth[-1]}{mark}{row.text}{rule}")
    return lines


def test_bullets_under_two_headings():
    text = "Inclusion Criteria:\n\n* Adults\n* Consent\n\nExclusion Criteria:\n\n* Smokers"
    assert tree(text) == ["IN Adults", "IN Consent", "EX Smokers"]


def test_lines_without_bullets_are_a_row_each():
    text = "Inclusion Criteria:\n\nadults\nwritten consent\n\nExclusion criteria\n\nsmokers"
    assert tree(text) == ["IN adults", "IN written consent", "EX smokers"]


def test_text_before_any_heading_counts_as_inclusion():
    assert tree("Adults only.\n\nExclusion Criteria:\n\n* Smokers") == ["IN Adults only.", "EX Smokers"]
    assert tree("Adults only.\n\nNo smokers.") == ["IN Adults only.", "IN No smokers."]


def test_a_field_of_exclusion_criteria_starts_as_such():
    assert tree("1. Smokers\n2. Pregnancy", kind="EXCLUSION") == ["EX [1.] Smokers", "EX [2.] Pregnancy"]


def test_indentation_nests():
    text = "* Adults\n\n  * over 18\n  * under 70\n\n    1. or 75 where fit\n* Consent"
    assert tree(text) == ["IN Adults", "IN   over 18", "IN   under 70", "IN     [1.] or 75 where fit", "IN Consent"]


def test_letters_below_numbers_nest_without_indentation():
    text = "1. Function:\na. heart\nb. liver\n2. Consent"
    assert tree(text) == ["IN [1.] Function:", "IN   [a.] heart", "IN   [b.] liver", "IN [2.] Consent"]


def test_equal_bullets_after_an_opening_line_stay_flat():
    text = "* Remission with either:\n* two drugs\n* one drug\n* Consent"
    assert tree(text) == ["IN Remission with either:", "IN two drugs", "IN one drug", "IN Consent"]


def test_other_bullets_nest_only_below_a_line_that_opens_a_list():
    assert tree("1. One of the following:\n- a\n- b\n2. c") == [
        "IN [1.] One of the following: <ANY>",
        "IN   a",
        "IN   b",
        "IN [2.] c",
    ]
    assert tree("1. Adults\n- smokers\n- others") == ["IN [1.] Adults", "IN smokers", "IN others"]


def test_an_opening_line_without_a_mark_stands_above_its_bullets_until_the_next_such_line():
    text = (
        "Inclusion Criteria:\n\nAll of the following:\n\n* a\n* b\n\nAnd two of the following:\n\n* c\n* d\n\nConsent."
    )
    assert tree(text) == [
        "IN All of the following: <ALL>",
        "IN   a",
        "IN   b",
        "IN And two of the following:",
        "IN   c",
        "IN   d",
        "IN Consent.",
    ]


def test_lines_in_capitals_stand_above_titles_and_these_above_bullets():
    text = "PATIENT CHARACTERISTICS:\n\nAge:\n\n* adults\n\nRenal:\n\n* normal\n\nPRIOR THERAPY: none\n\nSex: any"
    assert tree(text) == [
        "IN PATIENT CHARACTERISTICS:",
        "IN   Age:",
        "IN     adults",
        "IN   Renal:",
        "IN     normal",
        "IN PRIOR THERAPY: none",
        "IN Sex: any",
    ]


def test_headings_for_donors_and_recipients_stand_above_their_criteria():
    text = "Donor Inclusion Criteria:\n* healthy\n\nRecipient Inclusion Criteria:\n* ill\n\nExclusion Criteria:\n* HIV"
    assert tree(text) == [
        "IN Donor Inclusion Criteria:",
        "IN   healthy",
        "IN Recipient Inclusion Criteria:",
        "IN   ill",
        "EX HIV",
    ]


def test_a_group_named_before_plain_headings_is_told_for_both_kinds():
    text = (
        "MSC donors\n\nInclusion Criteria:\n\n* healthy\n\nExclusion Criteria:\n\n* HIV\n\n"
        "MSC recipients\n\nInclusion Criteria:\n\n* ill"
    )
    assert tree(text) == [
        "IN MSC donors",
        "IN   healthy",
        "EX MSC donors",
        "EX   HIV",
        "IN MSC recipients",
        "IN   ill",
    ]


def test_a_criterion_before_the_other_heading_is_no_name_of_a_group():
    text = "Inclusion Criteria:\n\nhealthy volunteers\n\nExclusion Criteria:\n\n* HIV"
    assert tree(text) == ["IN healthy volunteers", "EX HIV"]


def test_rows_that_keep_people_out_are_exclusion_criteria_wherever_they_stand():
    text = "Adults.\n\nPatients will be excluded if they have:\n\n* HIV\n* hepatitis\n\nConsent."
    assert tree(text) == [
        "IN Adults.",
        "EX Patients will be excluded if they have:",
        "EX   HIV",
        "EX   hepatitis",
        "IN Consent.",
    ]


def test_being_unfit_for_another_treatment_is_an_inclusion_criterion():
    text = "1. Leukaemia\n   1. Ineligible for transplant because of:\n\n      * age\n      * no donor"
    assert {line[:2] for line in tree(text)} == {"IN"}


def test_a_continuation_joins_its_item():
    text = "1. Adults\n\n   who consent\n2. Weight over\nfifty kilograms\n3. Good health."
    assert [row.text for row in read_criteria(text)] == [
        "Adults\nwho consent",
        "Weight over fifty kilograms",
        "Good health.",
    ]


def test_a_continuation_after_sub_items_is_a_row_below_their_parent():
    text = "1. Relapse:\n   1. first\n   2. second\n\n   OR primary failure\n2. Consent"
    assert tree(text) == [
        "IN [1.] Relapse:",
        "IN   [1.] first",
        "IN   [2.] second",
        "IN   OR primary failure",
        "IN [2.] Consent",
    ]


def test_a_note_between_bullets_is_a_row_of_its_own():
    assert tree("* a\n\nNote: b\n\n* c") == ["IN a", "IN Note: b", "IN c"]


def test_a_list_in_one_line_makes_rows():
    assert tree("* Both of the following criteria: i) eGFR over 25, ii) UACR over 30\n* Consent") == [
        "IN Both of the following criteria: <ALL>",
        "IN   [i)] eGFR over 25,",
        "IN   [ii)] UACR over 30",
        "IN Consent",
    ]


def test_a_list_in_one_line_may_hold_another():
    assert tree("a. heart group: i. first ii. second b. liver c. lung") == [
        "IN [a.] heart group:",
        "IN   [i.] first",
        "IN   [ii.] second",
        "IN [b.] liver",
        "IN [c.] lung",
    ]


def test_the_number_inside_a_bullet_is_its_mark():
    assert tree("* 1) Adults\n* 2) Consent") == ["IN [1)] Adults", "IN [2)] Consent"]


def test_the_number_of_a_qualified_heading_is_kept():
    assert tree("(i)Inclusion Criteria Treatment group\nAdults") == [
        "IN [(i)] Inclusion Criteria Treatment group",
        "IN   Adults",
    ]


def test_everything_in_one_paragraph():
    text = "Inclusion criteria. Adults with a wound. Exclusion criteria. Smokers. Pregnancy."
    assert tree(text) == ["IN Adults with a wound.", "EX Smokers. Pregnancy."]


def test_a_numbered_list_on_the_line_of_its_heading():
    assert tree("Exclusion Criteria: 1. HIV 2. Smokers 3. Pregnancy") == [
        "EX [1.] HIV",
        "EX [2.] Smokers",
        "EX [3.] Pregnancy",
    ]


def test_a_second_heading_that_says_no_kind_stays_as_a_row():
    text = "Eligibility Criteria:\n\nInclusion Criteria:\n1. Adults\n\nEligibility Criteria:\n1. Pregnancy"
    assert tree(text) == ["IN [1.] Adults", "IN Eligibility Criteria:", "IN   [1.] Pregnancy"]


def test_repeated_criteria_are_all_kept():
    assert tree("* HIV\n* HIV") == ["IN HIV", "IN HIV"]


@pytest.mark.parametrize("text", ["", "\n\n", "-", "* \n* -\n***", "Inclusion Criteria:\n\nExclusion Criteria:"])
def test_a_text_without_words_has_no_rows(text):
    assert read_criteria(text) == ()


@pytest.mark.parametrize(
    ("parent", "rows", "rule"),
    [
        ("One of the following:", ["a", "b"], "ANY"),
        ("At least one (1) of the following criteria:", ["a"], "ANY"),
        ("1 or more of the following:", ["a"], "ANY"),
        ("Any of the following", ["a"], "ANY"),
        ("maintained by either:", ["a", "b"], "ANY"),
        ("All of the following three criteria:", ["a"], "ALL"),
        ("who meet both of the following:", ["a", "b"], "ALL"),
        ("Two of the following:", ["a", "b"], ""),
        ("More than one of the following:", ["a", "b"], ""),
        ("None of the following:", ["a"], ""),
        ("Must not have any of the following:", ["a"], ""),
        ("No smoker meets this. Any of the following:", ["a"], "ANY"),
        ("All patients have one of the following:", ["a"], "ANY"),
        ("All of the following or any of the following:", ["a"], ""),
        ("at least 1 week since one treatment:", ["a", "b"], ""),
        ("Disease:", ["first OR", "second, or", "third"], "ANY"),
        ("Disease:", ["first", "or second"], "ANY"),
        ("Disease:", ["first; and", "second"], "ALL"),
        ("Disease:", ["first or", "second and", "third"], ""),
        ("Disease:", ["first"], ""),
    ],
)
def test_the_rule_of_a_group_is_what_the_words_say(parent, rows, rule):
    assert group_rule(parent, rows) == rule


PLAIN = ["weight", "HIV", "kg", "18", "2", "b", "i.", "(a)", "or", "and;", "x10", "50%", "e.g.", "E.", "following"]
MARK = st.sampled_from(["", "", "* ", "- ", "• ", "1. ", "2) ", "(3) ", "a. ", "b) ", "i. ", "  * ", "    1. ", "   "])
HEADING = st.sampled_from(["Inclusion Criteria:", "Key Exclusion Criteria", "", "", ""])


def lines_of(words: list[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda mark, line: mark + " ".join(line), MARK, st.lists(st.sampled_from(words), max_size=6))


def sections_of(words: list[str]) -> st.SearchStrategy[list[tuple[str, list[str]]]]:
    return st.lists(st.tuples(HEADING, st.lists(lines_of(words), max_size=5)), max_size=5)


def letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text))


def given_and_read(sections: list[tuple[str, list[str]]]) -> tuple[str, str]:
    """The letters of the lines under the headings, and those of the rows."""
    text = "\n".join("\n".join([heading, *lines]) for heading, lines in sections)
    words = "".join(line for _, lines in sections for line in lines)
    return letters(words), "".join(letters(row.label + row.text) for row in read_criteria(text))


@given(sections_of(PLAIN))
def test_no_word_is_lost_moved_or_added(sections):
    given_letters, read_letters = given_and_read(sections)
    assert read_letters == given_letters


@given(sections_of([*PLAIN, "adults", "or:", "donors:", "either:"]))
def test_no_word_is_lost_where_groups_are_named(sections):
    given_letters, read_letters = given_and_read(sections)
    rest = iter(read_letters)  # the name of a group may be told twice
    assert all(letter in rest for letter in given_letters)


@given(st.text(alphabet=st.sampled_from(" \n*-•().:;123abixA,/étn"), max_size=200))
def test_any_text_becomes_a_sound_tree(text):
    rows = read_criteria(text)
    assert "".join(letters(row.label + row.text) for row in rows) == letters(text)
    for place, row in enumerate(rows):
        assert row.text.strip()
        assert len(row.label) <= 12
        if row.parent is not None:
            assert row.parent < place
            assert rows[row.parent].kind == row.kind
        assert not row.group_rule or any(other.parent == place for other in rows)
