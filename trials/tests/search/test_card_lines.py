"""Doses in one line, and which sites recruit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trials.search.card_lines import dose_lines, in_countries, open_line
from trials.search.rows import DoseRow, SiteRow


def dose(low, high=None, *, times=None, basis="FLAT", only_if=False) -> DoseRow:
    low, high = (None if end is None else Decimal(end) for end in (low, high))
    return DoseRow(low, high, basis, times, None, only_if)


def site(country: str, status: str = "") -> SiteRow:
    return SiteRow("", "", country, "", status)


@pytest.mark.parametrize(
    ("doses", "lines"),
    [
        ([], ()),
        ([dose(None, times=3)], ()),
        ([dose(1_000_000, 2_000_000, times=1)], ("1 × 10⁶ to 2 × 10⁶ cells, once",)),
        ([dose(2_000_000), dose(1_000_000), dose(2_000_000)], ("1 × 10⁶ or 2 × 10⁶ cells",)),
        ([dose(1000, times=2), dose(2000, times=3)], ("1 × 10³ or 2 × 10³ cells",)),
        ([dose(size) for size in (1000, 9000, 2000, 5000)], ("1 × 10³ to 9 × 10³ cells (4 different doses)",)),
        ([dose(1000, 2000), dose(5000)], ("1 × 10³ to 5 × 10³ cells (2 different doses)",)),
        ([dose(1000), dose(1000, basis="PER_KG")], ("1 × 10³ cells", "1 × 10³ cells/kg")),
        ([dose(1000), dose(2000, only_if=True)], ("1 × 10³ cells", "2 × 10³ cells (only if a condition is met)")),
    ],
)
def test_doses_of_one_basis_share_a_line(doses, lines):
    assert dose_lines(doses) == lines


OPEN, DONE = "RECRUITING", "COMPLETED"


@pytest.mark.parametrize(
    ("sites", "status", "line"),
    [
        ([], OPEN, ""),
        ([site("IT", OPEN), site("ES", DONE)], OPEN, "1 of 2 sites, in Italy"),
        ([site("IT", DONE)], OPEN, "No site is stated to recruit"),
        ([site("IT", DONE), site("ES")], DONE, ""),
        ([site("IT")], OPEN, "1 of 1 site, in Italy (by the trial's status; their own is not kept)"),
        (
            [site("IT", OPEN), site("ES")],
            OPEN,
            "2 of 2 sites, in Italy and Spain (1 by the trial's status; their own is not kept)",
        ),
        ([site("IT", "NOT_YET_RECRUITING")], "NOT_YET_RECRUITING", ""),
        (
            [site("IT", OPEN), site("ES")],
            "UNKNOWN",
            "1 of 2 sites, in Italy, marked as recruiting though the trial's own status is “unknown”",
        ),
    ],
)
def test_a_trial_speaks_for_its_sites_only_where_they_say_nothing(sites, status, line):
    assert open_line(sites, status, "not kept") == line


def test_of_many_countries_three_are_named():
    assert in_countries(map(site, ("IT", "ES", "FR", "DE"))) == "Italy, Spain, France and Germany"
    assert in_countries(map(site, ("IT", "ES", "FR", "DE", "IT", "PT"))) == "Italy, Spain, France and 2 more countries"
