"""Charts of the landscape. Each is 340 units wide, so that a phone shows it at its own size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil, floor, log, log10

from django.utils.safestring import SafeString

from trials.phrases import amount, count, in_sentence, number
from trials.search.landscape import Line, Table
from trials.search.landscape_asked import Count
from trials.search.landscape_doses import DoseLine, DoseTable
from trials.views._pictures.svg import Picture, circle, fitted, label, line, link, rect, text, wrapped

WIDTH = 340
# Sizes of type, as the stylesheet has them.
SMALL, TINY = 11.0, 10.0
# Small strong letters are as wide as larger ones.
BOLD = 12.5
SHADES = 5
# From this shade on a number stands out in the other ink.
STRONG = 4


def starts_chart(table: Table) -> Picture:
    """A small chart of bars for all trials, and one for each cell type, these on one scale."""
    every, *kinds = range(len(table.columns))
    marks = list(_panel(table, every, (0, 0, WIDTH, 124), _most(table, [every])))
    missing = next((row.counts[every].total for row in table.lines if row.label == "Not stated"), 0)
    if missing:
        marks.append(text("p-small p-end", WIDTH, 16, f"Year not stated: {number(missing)}"))
    gap, height, top = 14, 100, 136
    width, most = (WIDTH - gap) / 2, _most(table, kinds)
    for place, column in enumerate(kinds):
        at = (place % 2) * (width + gap), top + (place // 2) * (height + 10)
        marks += _panel(table, column, (*at, width, height), most)
    bottom = top + -(-len(kinds) // 2) * (height + 10)
    busiest = max(_of_one_year(table), key=lambda row: row.counts[every].total, default=None)
    said = f"Most, {number(busiest.counts[every].total)}, in {busiest.label}." if busiest else ""
    scale = f"The small charts share one scale, up to {number(most)} a year." if kinds else ""
    description = f"Bars for each year, for all trials and by cell type. {said} {scale}".strip()
    return Picture(table.key, table.title, description, WIDTH, bottom, tuple(marks))


def _of_one_year(table: Table) -> list[Line]:
    return [row for row in table.lines if row.label.isdecimal()]


def _most(table: Table, columns: Sequence[int]) -> int:
    return max((row.counts[column].total for row in _of_one_year(table) for column in columns), default=0)


def _panel(table: Table, column: int, box: tuple[float, float, float, float], most: int) -> Iterator[SafeString]:
    """One chart of bars: its name above, the first and the last year below, what is in no single year beside these."""
    x, y, width, height = box
    rows, name, foot = _of_one_year(table), table.columns[column], y + height - 16
    total = sum(row.counts[column].total for row in table.lines)
    title = wrapped(f"{name}: {number(total)}", width, BOLD)
    yield from label("p-small p-strong", x, y + 6 + 6 * len(title), title, SMALL)
    step, room = width / max(1, len(rows)), foot - y - 34
    for place, row in enumerate(rows):
        found = row.counts[column]
        if found.total:
            tall = max(1.5, room * found.total / most)
            hint = f"{row.label}, {in_sentence(name)}: {count(found.total, 'trial')}"
            bar = rect("p-bar", x + place * step, foot - tall, max(1.0, step - 1.2), tall, hint)
            yield link(found.url, [bar])
    yield line("p-axis", x, foot + 0.5, x + width, foot + 0.5)
    for at, css, words, found in _feet(table, rows, column):
        yield link(found.url, [text(css, x + at * width, foot + 13, words)])


def _feet(table: Table, rows: Sequence[Line], column: int) -> Iterator[tuple[float, str, str, Count]]:
    """What stands below a chart of bars: place along it, class, words, and what they count."""
    others = [
        (row.label, row.counts[column]) for row in table.lines if not row.label.isdecimal() and row.counts[column].total
    ]
    before = next((found for words, found in others if words.startswith("Before") or words.endswith("earlier")), None)
    later = next((found for words, found in others if words.endswith("later")), None)
    if rows:
        words = f"{rows[0].label} ({number(before.total)} before)" if before else rows[0].label
        yield 0, "p-small", words, before or Count(0)
        words = f"({number(later.total)} later) {rows[-1].label}" if later else rows[-1].label
        yield 1, "p-small p-end", words, later or Count(0)


def bars_chart(table: Table) -> Picture:
    """One bar to the right for each line of a table with one column."""
    names, row_height, most = 120.0, 28, max(table.largest, 1)
    room = WIDTH - names - 46
    marks = []
    for place, row in enumerate(table.lines):
        found, y = row.counts[0], place * row_height
        long = max(1.5, room * found.total / most) if found.total else 0.0
        words = wrapped(row.label, names - 6, SMALL)
        shapes = [
            rect("p-hit", 0, y, WIDTH, row_height, f"{row.label}: {count(found.total, 'trial')}"),
            *label("p-small", 0, y + row_height / 2, words, SMALL),
        ]
        if long:
            css = "p-bar p-bar--none" if row.label.startswith("Not stated") else "p-bar"
            shapes.append(rect(css, names, y + 6, long, row_height - 12))
        shapes.append(text("p-large", names + long + 5, y + 18.5, number(found.total)))
        marks.append(link(found.url, shapes))
    biggest = max(table.lines, key=lambda row: row.counts[0].total, default=None)
    said = f"The longest is “{biggest.label}” with {count(biggest.counts[0].total, 'trial')}." if biggest else ""
    description = f"A bar for each of {len(table.lines)} groups. {said}".strip()
    return Picture(table.key, table.title, description, WIDTH, max(1, len(table.lines)) * row_height, tuple(marks))


def heat_chart(table: Table) -> Picture:
    """A field for each line and column, its colour the stronger the more trials it holds."""
    names, head, row_height = 122.0, 32, 30
    width, most = (WIDTH - names) / max(1, len(table.columns)), max(table.largest, 1)
    marks: list[SafeString] = []
    for place, column in enumerate(table.columns):
        words = _short_phase(column)
        marks += label("p-tiny p-middle", names + (place + 0.5) * width - 1, 22 - 6 * (len(words) - 1), words, TINY)
    for row, entry in enumerate(table.lines):
        y, indent = head + row * row_height, 8 * entry.depth
        marks += label("p-small", indent, y + 14, wrapped(entry.label, names - indent - 4, SMALL), SMALL)
        for place, found in enumerate(entry.counts):
            x, level = names + place * width, shade(found.total, most)
            hint = f"{entry.label}, {in_sentence(table.columns[place])}: {count(found.total, 'trial')}"
            shapes = [rect(f"p-heat p-heat-{level}", x, y, width - 2, row_height - 2, hint)]
            if found.total:
                shapes.append(
                    text(
                        "p-small p-middle p-on-strong" if level >= STRONG else "p-small p-middle",
                        x + width / 2 - 1,
                        y + 18,
                        _brief(found.total),
                    )
                )
            marks.append(link(found.url, shapes))
    height = head + len(table.lines) * row_height
    description = (
        f"A field for each of {len(table.lines)} cell types and {len(table.columns)} phases, the stronger its "
        f"colour the more trials; the strongest holds {number(table.largest)}."
    )
    return Picture(table.key, table.title, description, WIDTH, height, tuple(marks))


def shade(total: int, most: int) -> int:
    """0 for none, else 1 to `SHADES`, evenly along a logarithmic scale, as few fields hold most trials."""
    if not total:
        return 0
    return 1 + min(SHADES - 1, int(SHADES * log(total + 1) / log(most + 1) - 1e-9))


def _short_phase(label: str) -> list[str]:
    """What fits above a narrow column, in one or two lines."""
    known = {"Early phase 1": "Early 1", "Not applicable": "n/a"}
    if label.startswith("Not stated"):
        return ["Not", "stated"]
    return known.get(label, label.removeprefix("Phase ")).split()


def _brief(total: int) -> str:
    """9999 as it is, 12345 as 12k, to fit."""
    return str(total) if total < 10_000 else f"{total / 1000:.0f}k"


def doses_chart(table: DoseTable) -> Picture:
    """For each cell type a line from the smallest to the largest dose, a box for the middle half, a stroke for the
    median; each power of ten takes the same room."""
    low = floor(log10(min(row.smallest for row in table.lines)) + 1e-9)
    high = max(low + 1, ceil(log10(max(row.largest for row in table.lines)) - 1e-9))
    left, right, head, row_height = 10.0, WIDTH - 10.0, 24, 42
    height = head + len(table.lines) * row_height

    def at(value: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    marks = []
    step = -(-(high - low) // 8)
    for power in range(low, high + 1):
        marks.append(line("p-grid", at(power), head - 4, at(power), height))
        if (power - low) % step == 0:
            side = "" if power == low else "p-end" if power == high else "p-middle"
            shift = -left if power == low else left if power == high else 0
            marks.append(text(f"p-small {side}".strip(), at(power) + shift, 13, amount(10**power).removeprefix("1 × ")))
    for place, row in enumerate(table.lines):
        marks.append(_dose_row(row, head + place * row_height, row_height, at))
    every = table.lines[0]
    description = (
        f"On a scale of powers of ten, {in_sentence(table.unit)}: for each cell type a line from the smallest to the "
        "largest dose, a box for the middle half and a stroke for the median. "
        f"The median of all is {amount(every.half)}."
    )
    return Picture(table.key, table.title, description, WIDTH, height, tuple(marks))


def _dose_row(row: DoseLine, y: float, height: float, at: Callable[[float], float]) -> SafeString:
    x = [at(log10(value)) for value in row.amounts]
    middle = y + 27
    hint = (
        f"{row.label}: {count(row.count.total, 'trial')}, {amount(row.smallest)} to {amount(row.largest)}, "
        f"median {amount(row.half)}"
    )
    words = fitted(f"{row.label}: {count(row.count.total, 'trial')}", WIDTH - 8 * row.depth, SMALL)
    shapes = [
        rect("p-hit", 0, y, WIDTH, height, hint),
        text("p-small p-over", 8 * row.depth, y + 13, words),
        line("p-range", x[0], middle, x[4], middle),
        rect("p-box", x[1] - 0.75, middle - 6, x[3] - x[1] + 1.5, 12),
        line("p-median", x[2], middle - 9, x[2], middle + 9),
    ]
    if x[0] == x[4]:
        shapes.append(circle("p-median-dot", x[2], middle, 4.5))
    return link(row.count.url, shapes)
