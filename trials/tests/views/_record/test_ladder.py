"""Doses as bars: where they stand, what is written beside them, never two bases on one axis."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.models import Arm, Dose
from trials.tests.views._record.making import open_page, published
from trials.views._record.ladder import LEFT, RIGHT, decades, ladders_of


def step(low: float | Decimal, high: float | None = None, basis: str = "PER_KG", **fields: object) -> Dose:
    amounts = {"amount_low": Decimal(low), "amount_high": None if high is None else Decimal(high)}
    return Dose(basis=basis, **amounts, **fields)


@pytest.mark.parametrize(
    ("amounts", "ends"),
    [
        ([1_000_000], (5, 7)),
        ([1_000_000, 1_000_000], (5, 7)),
        ([100_000, 1_000_000], (4, 6)),
        ([1_000_000, 4_000_000], (5, 7)),
        ([1_500_000], (6, 7)),
        ([300, 90_000_000], (2, 8)),
        ([1], (-1, 1)),
    ],
    ids=[
        "a power of ten",
        "one amount twice",
        "between powers of ten",
        "from a power of ten",
        "within a decade",
        "over six decades",
        "a single cell",
    ],
)
def test_every_amount_stands_right_of_the_left_end(amounts, ends):
    assert decades(map(Decimal, amounts)) == ends


@given(st.lists(st.decimals(min_value=Decimal("0.001"), max_value=Decimal(10) ** 16, places=3), min_size=1, max_size=6))
def test_bars_stay_on_the_axis_and_grow_with_their_amounts(amounts):
    (ladder,) = ladders_of([step(one) for one in amounts])
    assert all(bar.x == LEFT and LEFT < bar.x + bar.width <= RIGHT + 0.1 for bar in ladder.bars)
    widths = [bar.width for bar in ladder.bars]
    assert all((one < other) <= (w <= v) for one, w in zip(amounts, widths, strict=True)
               for other, v in zip(amounts, widths, strict=True))  # fmt: skip


def test_a_range_runs_from_its_low_end_to_its_high_end():
    (ladder,) = ladders_of([step(10**6, 10**7)])
    (bar,) = ladder.bars
    assert [tick.label for tick in ladder.ticks] == ["10⁵", "10⁶", "10⁷"]
    assert (bar.x, bar.x + bar.width, bar.is_range) == (ladder.ticks[1].x, ladder.ticks[2].x, True)


def test_bases_never_share_an_axis():
    ladders = ladders_of([step(10**6), step(10**8, basis="FLAT"), step(2 * 10**6)])
    assert [ladder.title for ladder in ladders] == [
        "Dose in cells per kg body weight",
        "Dose in cells",
    ]
    assert [len(ladder.bars) for ladder in ladders] == [2, 1]


def test_a_step_without_an_amount_is_not_drawn():
    assert ladders_of([Dose(label="Route only")]) == ()


def test_a_bar_says_how_often_and_how_much_that_is():
    (ladder,) = ladders_of([step(1_500_000, label="First part", administrations=3), step(2_000_000, administrations=1)])
    assert [(bar.label, bar.lines) for bar in ladder.bars] == [
        ("First part", ("1.5 × 10⁶ cells/kg, 3 times, 4.5 × 10⁶ cells/kg in all",)),
        ("Dose", ("2 × 10⁶ cells/kg, once",)),
    ]
    assert "First part 1.5 × 10⁶ cells/kg, 3 times, 4.5 × 10⁶ cells/kg in all" in ladder.description


def test_words_too_long_for_the_drawing_take_a_second_line_above_their_own_bar():
    (ladder,) = ladders_of([step(1_500_000, 2_500_000, administrations=3), step(4_000_000)])
    long, short = ladder.bars
    assert long.lines == ("1.5 × 10⁶ to 2.5 × 10⁶ cells/kg", "3 times, 4.5 × 10⁶ to 7.5 × 10⁶ cells/kg in all")
    (first, _), (second, _) = long.placed_lines
    assert 0 < long.label_y < first < second < long.y
    assert long.y + ladder.bar_height < short.label_y - 8
    assert short.y + ladder.bar_height < ladder.axis_y


def test_steps_of_one_label_are_told_apart_by_their_arms():
    arms = [Arm(label="Cohort 1"), Arm(label="Cohort 2")]
    (ladder,) = ladders_of([*(step(10**6, label="First", arm=arm) for arm in arms), step(10**7, label="Next")])
    assert [bar.label for bar in ladder.bars] == ["First, Cohort 1", "First, Cohort 2", "Next"]


def test_steps_of_two_products_share_no_axis():
    steps = [step(10**6, product_id=7), step(10**8, product_id=8), step(2 * 10**6, product_id=7)]
    ladders = ladders_of(steps, {7: "CAR-T cells", 8: "T cells"})
    assert [(ladder.title, len(ladder.bars)) for ladder in ladders] == [
        ("CAR-T cells: dose in cells per kg body weight", 2),
        ("T cells: dose in cells per kg body weight", 1),
    ]


@pytest.mark.django_db
def test_the_drawing_has_a_title_a_description_and_the_table_beside_it():
    trial = published()
    for order, (million, conditional) in enumerate([(1, False), (2, True)], 1):
        trial.doses.create(
            order=order, amount_low=million * 10**6, basis="PER_KG", is_conditional=conditional, label=f"Step {order}"
        )
    page = open_page(trial)
    assert 'aria-labelledby="ladder-1-title ladder-1-desc"' in page.html
    assert page.html.count("ladder__bar--conditional") == 1
    assert "a dashed bar is given only if a condition is met" in page.section("product")
    assert "Dose, step by step" in page.section("product")
    assert " style=" not in page.html


@pytest.mark.django_db
def test_numbers_of_the_drawing_have_points_whatever_the_language(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    trial = published()
    trial.doses.create(order=1, amount_low=1_500_000, basis="PER_KG")
    drawing = open_page(trial).html.partition('class="ladder"')[2].partition("</svg>")[0]
    assert 'x="10"' in drawing
    assert "," not in drawing.partition("<rect")[2].partition("/>")[0]
