import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.registries.ictrp_text import block, distinct, indented, one_line, pieces, repaired, says_nothing, unwrapped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_x000D_<br>b", "a\nb"),
        ("a\r<br>b", "a\nb"),
        ("a<br/ ><br>b", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n\n- b"),
        ("a &lt;br&gt; b", "a\nb"),
        ("bold <b>and</b> <em class='x'>plain</em>", "bold and plain"),
        ("5 x 10<sup>6</sup>/kg", "5 x 10^6/kg"),
        ("CO<sub>2</sub>", "CO2"),
        ("SpO2 <93% and age > 60", "SpO2 <93% and age > 60"),
        ("age &lt;18 &#8805; 3", "age <18 ≥ 3"),
        ("a     b\t\tc\u00a0d", "a b c d"),
        ("a\x00b\x0bc", "ab\nc"),
        ("_x005F_", "_"),
        ("_xD800_", "_xD800_"),
        ("   \n  ", ""),
    ],
)
def test_what_exports_add_to_a_text_is_taken_away(text, expected):
    assert block(text) == expected


def test_indentation_is_kept_where_it_is_asked_for():
    assert indented("1. a<br>     -  b") == "1. a\n     -  b"


def test_one_line_is_one_line():
    assert one_line(" a <br>\n b ") == "a b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Universit√§tsklinikum M√ºnchen", "Universitätsklinikum München"),
        ("‚Ä¢ Consent", "• Consent"),
        ("7¬±1 d", "7±1 d"),
        ("UniversitÃ©", "Université"),
        ("Universität", "Universität"),
        ("√4 = 2", "√4 = 2"),
        ("√§ and Universität", "√§ and Universität"),
        ("脐带", "脐带"),
    ],
)
def test_letters_are_repaired_only_where_the_whole_text_allows_it(text, expected):
    assert repaired(text) == expected


@given(st.text(alphabet=st.characters(codec="mac_roman"), max_size=30))
def test_a_text_that_was_read_in_the_wrong_code_page_comes_back(text):
    wrong = text.encode("utf-8").decode("mac_roman")
    assert repaired(wrong) in (text, wrong)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b; c ;", ["a", "b", "c"]),
        ("pain (VAS; 0-10);swelling", ["pain (VAS; 0-10)", "swelling"]),
        ("a (never closed;b;c", ["a (never closed", "b", "c"]),
        ("a);b", ["a)", "b"]),
        (";", []),
    ],
)
def test_lists_are_cut_outside_brackets(text, expected):
    assert pieces(text) == expected


def test_words_are_kept_once_and_fillers_never():
    assert distinct(["Asthma", "N/A", "asthma", "", "Not applicable.", "Cough"]) == ("Asthma", "Cough")


@pytest.mark.parametrize(("text", "expected"), [("Nil", True), ("-", True), ("??", True), ("Nile fever", False)])
def test_a_filler_is_told_from_a_word(text, expected):
    assert says_nothing(text) is expected


def test_lines_cut_at_a_fixed_width_are_joined_and_items_are_not():
    text = "1. a line that\n   goes on\n2. another\n\nA paragraph\nthat goes on\nii. third"
    assert unwrapped(text) == "1. a line that goes on\n2. another\n\nA paragraph that goes on\nii. third"
