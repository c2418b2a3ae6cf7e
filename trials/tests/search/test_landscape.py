"""The landscape's numbers: each leads to just so many trials, and agrees with a count of trials one by one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from trials.models import CellType
from trials.search import plain
from trials.search.bitmaps import Sliced
from trials.search.filters import read_question
from trials.search.landscape import Table, enrolments, phases, quartiles, ranked, starts, statuses, tables
from trials.search.landscape_asked import Asked, Count, asking
from trials.search.landscape_doses import amount_of, doses
from trials.search.orders import dose_rank
from trials.search.publishing import publish_all
from trials.tests.search import plain_landscape
from trials.tests.search.making import publish, term, trial
from trials.tests.search.test_index import make_terms, plain_tiers, questions, trials, write

pytestmark = pytest.mark.django_db
TODAY = date(2024, 6, 1)


def plain_answer(query: str, asked: Asked) -> plain.Answer:
    """What the browse page finds, worked out the plain way."""
    index = asked.index
    question, remarks = read_question(QueryDict(query), index.values, lambda: index.gazetteer)
    assert [remark for remark in remarks if not remark.is_used] == []
    return plain.answer(question, index.values, plain_tiers(question.q, index))


def assert_leads_to_so_many(counts: Iterable[Count], asked: Asked) -> None:
    for one in counts:
        if one.url:
            path, query = urlsplit(one.url).path, urlsplit(one.url).query
            assert (path, plain_answer(query, asked).total) == ("/trials/", one.total), one.url


def assert_same_as_one_by_one(asked: Asked, found: list[plain_landscape.Trial]) -> None:
    by_status, by_size = statuses(asked), enrolments(asked)
    assert {row.label: row.counts[0].total for row in by_status.lines} == plain_landscape.statuses(found)
    assert {row.label.split(" ")[0]: row.counts[0].total for row in by_size.lines if row.counts[0].total} == {
        label.split(" ")[0]: size for label, size in plain_landscape.enrolments(found).items()
    }
    table = starts(asked, TODAY)
    assert cells_of(table) == {
        key: size for key, size in plain_landscape.starts(found).items() if key[1] in table.columns
    }
    table = phases(asked)
    labels = {row.label for row in table.lines}
    assert cells_of(table) == {key: size for key, size in plain_landscape.phases(found).items() if key[0] in labels}
    plain_doses = plain_landscape.largest_doses(found)
    for basis, unit in (("PER_KG", "cells per kg body weight"), ("FLAT", "cells")):
        rows = next((one.lines for one in doses(asked).tables if one.unit == unit), ())
        for row in rows:
            amounts = plain_doses[basis, row.label]
            quarter, half, three = quartiles(len(amounts))
            assert row.count.total == len(amounts)
            assert row.amounts == (amounts[0], amounts[quarter], amounts[half], amounts[three], amounts[-1])
        assert bool(rows) == ((basis, "All trials") in plain_doses)


def cells_of(table: Table) -> dict[tuple[str, str], int]:
    return {
        (row.label, column): one.total
        for row in table.lines
        for column, one in zip(table.columns, row.counts, strict=True)
        if one.total
    }


@settings(max_examples=25)
@given(st.lists(trials, max_size=8), questions)
def test_every_number_leads_to_so_many_trials_and_agrees_with_a_count_one_by_one(made, parts):
    with transaction.atomic():
        make_terms()
        publish([pk for number, drawn in enumerate(made) if (pk := write(number, drawn))], terms=True)
        query = "&".join(part for part in parts if not part.startswith("page="))
        with asking(QueryDict(query)) as asked:
            found = plain_landscape.found(plain_answer(urlencode(asked.question.parameters()), asked).ids)
            assert asked.total == len(found)
            every = [one for table in tables(asked, TODAY) for row in table.lines for one in row.counts]
            of_doses = doses(asked)
            every += [row.count for table in of_doses.tables for row in table.lines] + [of_doses.missing]
            assert_leads_to_so_many(every, asked)
            assert_same_as_one_by_one(asked, found)
        transaction.set_rollback(True)


def pictured(query: str) -> Asked:
    publish_all()
    with asking(QueryDict(query)) as asked:
        return asked


def lines(table: Table) -> dict[str, list[int]]:
    return {row.label: [one.total for one in row.counts] for row in table.lines}


def test_years_between_two_starts_are_there_so_that_the_axis_is_even():
    for year in ("2018", "2020-03"):
        trial(f"of-{year}", start_date=year)
    assert lines(starts(pictured(""), TODAY)) == {
        "2018": [1],
        "2019": [0],
        "2020": [1],
    }


def test_a_cell_type_that_all_trials_have_is_not_drawn_beside_all_trials():
    trial("one", start_date="2020", cells=("msc",))
    assert starts(pictured("cell_type=msc"), TODAY).columns == ("All trials",)
    trial("two", start_date="2020", cells=("msc", "nk"))
    assert starts(pictured(""), TODAY).columns == ("All trials", "Nk")


def test_old_starts_are_counted_together_and_a_missing_one_is_not_stated():
    for number, year in enumerate(("1960", "1993", "2024", "")):
        trial(f"t{number}", start_date=year or None)
    table = starts(pictured(""), TODAY)
    assert [table.lines[0].label, table.lines[-1].label] == ["Before 1995", "Not stated"]
    assert [table.lines[0].counts[0].total, table.lines[-1].counts[0]] == [2, Count(1)]
    assert table.lines[0].counts[0].url == "/trials/?start_to=1994"


def test_a_year_asks_for_no_more_months_than_the_question_does():
    trial("early", start_date="2020-02")
    trial("late", start_date="2020-11")
    table = starts(pictured("start_from=2020-06"), TODAY)
    assert lines(table) == {"2020": [1]}
    assert table.lines[0].counts[0].url == "/trials/?start_from=2020-06&start_to=2020"


def test_a_combined_phase_is_in_both_and_the_half_that_was_not_asked_for_leads_nowhere():
    trial("both", phase="PHASE1_PHASE2", cells=("msc",))
    trial("first", phase="PHASE1", cells=("msc",))
    table = phases(pictured("phase=2"))
    assert lines(table) == {"Msc": [1, 1]}
    assert [one.url for one in table.lines[0].counts] == ["", "/trials/?phase=2&cell_type=msc"]


def test_a_choice_of_cells_shows_what_stands_below_it_and_no_other_cells():
    stem = term(CellType, "stem")
    term(CellType, "msc", parent=stem)
    trial("one", phase="PHASE1", cells=("msc", "t-cell"))
    assert lines(phases(pictured("cell_type=stem"))) == {"Stem": [1], "Msc": [1]}


def test_the_middle_of_enrolment_is_in_words():
    for number in (10, 20, 30, 40):
        trial(f"t{number}", enrollment_count=number)
    trial("none")
    note = enrolments(pictured("")).note
    assert note.endswith("Of 4 trials with a number, half have 20 or fewer; the middle half 10 to 30.")


def test_doses_of_two_bases_are_in_two_tables():
    for number, (basis, low) in enumerate((("PER_KG", 2_000_000), ("PER_KG", 1_000_000), ("FLAT", 5_000))):
        trial(f"t{number}").doses.create(order=1, basis=basis, amount_low=Decimal(low))
    trial("none")
    found = doses(pictured(""))
    told = {table.unit: (table.lines[0].count.total, table.lines[0].half) for table in found.tables}
    assert told == {"cells": (1, 5_000), "cells per kg body weight": (2, 1_000_000)}
    assert found.missing == Count(1, "/trials/?dose=not-stated")


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=30), st.data())
def test_a_ranked_number_is_the_one_that_sorting_gives(numbers, data):
    sliced = Sliced.of(enumerate(numbers))
    place = data.draw(st.integers(0, len(numbers) - 1))
    assert ranked(sliced, sliced.known, place) == sorted(numbers)[place]


@pytest.mark.parametrize("amount", ["0.001", "1", "999.5", "1500000", "12345678", "3E17"])
def test_an_amount_comes_back_from_its_rank(amount):
    assert amount_of(dose_rank(Decimal(amount))) == Decimal(amount)
