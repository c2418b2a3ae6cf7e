import pytest

from trials.reading.marks import inline_items, read_mark, roman


@pytest.mark.parametrize(
    ("line", "label", "style", "place", "words"),
    [
        ("* Age over 18", "", "*", 0, "Age over 18"),
        ("- Age over 18", "", "-", 0, "Age over 18"),
        ("-Age over 18", "", "-", 0, "Age over 18"),
        ("• Age", "", "•", 0, "Age"),
        ("o Age over 18", "", "o", 0, "Age over 18"),
        ("1. Age", "1.", "1.", 1, "Age"),
        ("2.Age", "2.", "1.", 2, "Age"),
        ("12) Age", "12)", "1)", 12, "Age"),
        ("(3) Age", "(3)", "(1)", 3, "Age"),
        ("（3）Age", "（3）", "（1）", 3, "Age"),
        ("4、Age", "4、", "1、", 4, "Age"),
        ("a. Age", "a.", "a.", 1, "Age"),
        ("c)Age", "c)", "a)", 3, "Age"),
        ("(i) Age", "(i)", "(i)", 1, "Age"),
        ("iv) Age", "iv)", "i)", 4, "Age"),
        ("1.1. Age", "1.1.", "1.1", 1, "Age"),
    ],
)
def test_the_mark_of_a_list_item(line, label, style, place, words):
    mark = read_mark(line, {})
    assert mark is not None
    assert (mark.label, mark.style, mark.place, line[mark.end :]) == (label, style, place, words)


@pytest.mark.parametrize(
    "line",
    [
        "Age over 18",
        "*Not including bevacizumab",  # a footnote
        "1.5 x upper limit of normal",
        "18 years or older",
        "1:1 ratio",
        "24: the hour",
        "E. coli infection",
        "A. fumigatus in sputum",
        "e.g. pneumonia",
        "i.v. access",
        "b. the second letter without the first",
        "v. the fifth numeral without the fourth",
        "-2 standard deviations",
        "or another reason",
        "* ",
        "3.",
        "(HLA) matched",
    ],
)
def test_what_only_looks_like_a_mark_stays_text(line):
    assert read_mark(line.strip() or line, {}) is None


@pytest.mark.parametrize(
    ("line", "last", "label", "style"),
    [
        ("b. second", {"a.": 1}, "b.", "a."),
        ("i. ninth letter", {"a.": 8}, "i.", "a."),
        ("v. fifth numeral", {"i.": 4}, "v.", "i."),
        ("2.1 Age", {"1.": 2}, "2.1", "2.1"),
        ("2.2 Sex", {"1.": 2, "2.1": 1}, "2.2", "2.1"),
    ],
)
def test_a_mark_that_counts_on_from_the_one_before(line, last, label, style):
    mark = read_mark(line, last)
    assert mark is not None
    assert (mark.label, mark.style) == (label, style)


def test_a_decimal_number_does_not_count_on():
    assert read_mark("2.5 mg/dl", {"1.": 1}) is None


@pytest.mark.parametrize(("text", "value"), [("i", 1), ("IV", 4), ("xiv", 14), ("iiii", 0), ("vx", 0), ("c", 0)])
def test_roman_numerals(text, value):
    assert roman(text) == value


@pytest.mark.parametrize(
    ("line", "before", "items"),
    [
        ("i. one ii. two iii. three", "", [("i.", "one"), ("ii.", "two"), ("iii.", "three")]),
        ("ii. two iii. three", "", [("ii.", "two"), ("iii.", "three")]),
        ("both: (1) one; (2) two", "both:", [("(1)", "one;"), ("(2)", "two")]),
        ("two of three: (1) one；(2) two", "two of three:", [("(1)", "one；"), ("(2)", "two")]),
        ("the following criteria; i) one, ii) two", "the following criteria;", [("i)", "one,"), ("ii)", "two")]),
        ("1. one 2. two 3. three", "", [("1.", "one"), ("2.", "two"), ("3.", "three")]),
        ("A. one B. two C. three", "", [("A.", "one"), ("B.", "two"), ("C.", "three")]),
    ],
)
def test_a_list_within_one_line(line, before, items):
    assert inline_items(line) == (before, items)


@pytest.mark.parametrize(
    "line",
    [
        "1. cancer of stage 2. No metastases",
        "hepatitis b. or c. carrier",
        "as published (1) and again (2)",
        "(1) one (3) three",
        "(1) (2)",
        "a long line without any list in it: nothing",
        "",
    ],
)
def test_what_is_no_certain_list_stays_one_line(line):
    assert inline_items(line) == (line, [])
