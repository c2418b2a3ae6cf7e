import pytest

from trials.reading.schedule import schedule_near


def read(text):
    return schedule_near(text, [(0, len(text))])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("3 intravenous infusions", 3),
        ("three infusions of cells", 3),
        ("a total of four doses", 4),
        ("a single infusion", 1),
        ("given once by vein", 1),
        ("one-time infusion", 1),
        ("injected twice", 2),
        ("repeated three times", 3),
        ("5 UC-MSC infusions", 5),
        ("2 doses", 2),
        ("on days 1, 8 and 15", 3),
        ("6 (six) intradermal vaccinations", 6),
        ("once every 4 weeks", None),
        ("twice a week", None),
        ("three dose levels", None),
        ("four doses of the cells will be tested", None),
        ("10 injection sites", None),
        ("10 million stem cells", None),
        ("on day 7 dose two groups", None),
        ("a split dose on days 0, 1 and 2", None),
    ],
)
def test_number_of_administrations(text, count):
    assert read(text).count == count


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on days 1, 8 and 15", (1, 8, 15)),
        ("on days 0, 14, 21", (0, 14, 21)),
        ("on Day 1 & Day 15", (1, 15)),
        ("on day 0 and on day 7", (0, 7)),
        ("on day 0", (0,)),
        ("D1, D3, D5", (1, 3, 5)),
        ("days 1,8,15", (1, 8, 15)),
        ("on days 28, 56 and 112 after transplantation", ()),
        ("day 30 post transplant", ()),
        ("Day 1, 10% of the dose", ()),
        ("days 8 and 1", ()),
        ("28 days of follow-up", ()),
    ],
)
def test_days(text, days):
    assert read(text).days == days


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("at a time interval of 1 to 2 weeks", (1, 2, "WEEKS")),
        ("every 4 weeks", (4, None, "WEEKS")),
        ("every 2-3 months", (2, 3, "MONTHS")),
        ("two weeks apart", (2, None, "WEEKS")),
        ("at 2-week intervals", (2, None, "WEEKS")),
        ("one-month interval", (1, None, "MONTHS")),
        ("separated by at least 21 days", (21, None, "DAYS")),
        ("every other week", (2, None, "WEEKS")),
        ("once a month", (1, None, "MONTHS")),
        ("weekly", (1, None, "WEEKS")),
        ("daily", (1, None, "DAYS")),
        ("intervals of 3 months between injections", (3, None, "MONTHS")),
        ("within 4 weeks", None),
    ],
)
def test_intervals(text, interval):
    assert read(text).interval == interval


def test_what_follows_the_cells_has_times_of_its_own():
    assert read("the cells by vein, then 15 doses of a cytokine").count is None


def test_the_first_stretch_goes_before_the_second():
    text = "two infusions; three infusions"
    assert schedule_near(text, [(15, 30), (0, 13)]).count == 3


def test_days_of_another_list_lend_no_number():
    first, second = read("on day 0"), read("on days 28 and 56")
    assert first.filled(second).count is None
