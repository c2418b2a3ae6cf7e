"""Charts: a literal table in, the shapes of a drawing out."""

from __future__ import annotations

import re
from decimal import Decimal

from trials.search.landscape import Line, Table
from trials.search.landscape_asked import Count
from trials.search.landscape_doses import DoseLine, DoseTable
from trials.views._pictures.charts import bars_chart, doses_chart, heat_chart, shade, starts_chart
from trials.views._pictures.svg import fitted, wrapped


def table(columns: tuple[str, ...], **lines: tuple[int, ...]) -> Table:
    rows = tuple(Line(name.strip("_"), tuple(map(Count, counts))) for name, counts in lines.items())
    return Table("key", "Title", "Corner", columns, rows)


def attributes(drawing: str, tag: str, css: str, name: str) -> list[float]:
    return [float(found) for found in re.findall(rf'<{tag} class="{css}"[^>]* {name}="([^"]+)"', drawing)]


def test_a_bar_of_twice_as_many_is_twice_as_long():
    drawing = bars_chart(table(("Trials",), Few=(10,), Many=(20,), None_=(0,))).inline()
    few, many = attributes(drawing, "rect", "p-bar", "width")
    assert abs(many - 2 * few) < 0.2


def test_small_charts_share_a_scale_and_years_that_are_none_have_no_bar():
    found = table(("All trials", "A", "B"), **{"2020": (9, 8, 4), "2021": (0, 0, 0), "Before 2020": (50, 50, 0)})
    drawing = starts_chart(found).inline()
    _, one, other = attributes(drawing, "rect", "p-bar", "height")
    assert one == 2 * other
    assert "2020 (50 before)" in drawing
    assert "The small charts share one scale, up to 8 a year." in drawing


def test_a_start_that_is_not_stated_is_counted_beside_the_bars():
    drawing = starts_chart(table(("All trials",), **{"2020": (1,), "Not stated": (7,)})).inline()
    assert "Year not stated: 7" in drawing


def test_the_fullest_field_has_the_strongest_shade_and_an_empty_one_none():
    drawing = heat_chart(table(("Phase 1", "Phase 2"), A=(0, 1), B=(30, 1000))).inline()
    assert re.findall(r'class="p-heat p-heat-(\d)"', drawing) == ["0", "1", "3", "5"]
    assert shade(1, 1) == 5


def test_ten_times_the_dose_is_as_far_as_ten_times_again():
    amounts = [Decimal(10) ** power for power in (5, 6, 7, 8, 9)]
    row = DoseLine("All trials", 0, Count(5), *amounts)
    drawing = doses_chart(DoseTable("doses-flat", "cells", (row,))).inline()
    [median] = attributes(drawing, "line", "p-median", "x1")
    [start], [end] = (attributes(drawing, "line", "p-range", name) for name in ("x1", "x2"))
    assert abs((start + end) / 2 - median) < 0.2
    assert "The median of all is 1 × 10⁷." in drawing


def test_a_long_name_takes_two_lines_and_is_cut_at_the_end_of_the_second():
    assert wrapped("Mesenchymal stromal cells of the umbilical cord", 100, 10) == ["Mesenchymal", "stromal cells of…"]
    assert wrapped("T cells", 100, 10) == ["T cells"]
    assert fitted("Mesenchymal", 50, 10) == "Mesenchy…"
