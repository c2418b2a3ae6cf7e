import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.reading.text import block, one_line, repair_mojibake, unescape


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"1.5 x 10\^6 cells/kg", "1.5 x 10^6 cells/kg"),
        (r"age \> 18 and \<70", "age > 18 and <70"),
        (r"white cells \[WBC\]", "white cells [WBC]"),
        (r"Senl\_1904A \~5 mL \* \# 1\. \- \+ a\|b \\", "Senl_1904A ~5 mL * # 1. - + a|b \\"),
        (r"and\or 1\2", r"and\or 1\2"),
        (r"albumin \&gt; 30 &lt;40 g/L", "albumin > 30 <40 g/L"),
        ("Sjögren&#39;s &Amp; Co", "Sjögren's & Co"),
        ("R&D; Q&A; &regular;", "R&D; Q&A; &regular;"),
    ],
)
def test_escapes_of_the_registry_are_undone_and_nothing_else(written, meant):
    assert unescape(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  two\n lines\tand\u00a0a\u2009half ", "two lines and a half"),
        ("soft\u00adhyphen\u200b, mark\ufeff, nul\x00", "softhyphen, mark, nul"),
        ("before@@@after", "before after"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("10\u2009µm – 5\u202fkg", "10 µm – 5 kg"),
    ],
)
def test_a_name_is_one_line_of_visible_characters(written, meant):
    assert one_line(written) == meant


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("one  \r\ntwo\r\rthree", "one\ntwo\n\nthree"),
        ("a\n\n\n\n* b\n  * c\n", "a\n\n* b\n  * c"),
        ("shared:@@@@@@data", "shared:\n\ndata"),
        ("\n\n  text \n", "text"),
    ],
)
def test_a_block_keeps_its_lines_and_indentation(written, kept):
    assert block(written) == kept


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("UniversitÃ© Catholique", "Université Catholique"),
        ("KÃ¶ln – a dash", "KÃ¶ln – a dash"),  # the dash is right, so the text was not misread as a whole
        ("SÃO PAULO", "SÃO PAULO"),
        ("Université", "Université"),
        ("patientâ€™s", "patient’s"),
        ("Â", "Â"),
    ],
)
def test_mojibake_is_repaired_only_where_the_whole_text_was_misread(shown, meant):
    assert repair_mojibake(shown) == meant


def as_windows_1252(data: bytes) -> str:
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)


@given(st.text(alphabet="éüñßíÉà–’“”™…µ abc<1"))
def test_misread_text_comes_back_whole(text):
    assert repair_mojibake(as_windows_1252(text.encode())) == text


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    plain = text.replace("\\", "").replace("&", "")
    assert block(block(plain)) == block(plain)
    assert one_line(one_line(plain)) == one_line(plain)
