"""Texts are tidied for display, and for display only."""

import pytest

from trials.views._record.texts import tidy


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("In children. ;", "In children."),
        ("In children ; ,", "In children"),
        ("muscle. . The results", "muscle. The results"),
        ("  with blanks around \n", "with blanks around"),
        ("First.\r\n\r\nSecond.", "First.\n\nSecond."),
        ("First.\n   \n\n\nSecond.", "First.\n\nSecond."),
        ("a short line\nanother", "a short line\nanother"),
        ("P ≤ 0.2; P ≥ 0.6", "P ≤ 0.2; P ≥ 0.6"),
        ("", ""),
    ],
)
def test_traces_of_the_making_go(written, shown):
    assert tidy(written) == shown


def test_lines_broken_at_a_fixed_width_are_joined():
    written = (
        "      Mesenchymal stem cells (MSCs) are nonhematopoietic stromal cells that are able to\n"
        "      differentiate into mesenchymal tissues such as bone, cartilage and muscle."
    )
    assert tidy(written) == (
        "Mesenchymal stem cells (MSCs) are nonhematopoietic stromal cells that are able to "
        "differentiate into mesenchymal tissues such as bone, cartilage and muscle."
    )


def test_a_list_of_long_lines_stays_a_list():
    written = "\n".join(
        f"- item {number} that is long enough to look as if it had been broken by hand" for number in (1, 2)
    )
    assert tidy(written) == written
