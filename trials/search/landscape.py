"""What the landscape pictures, counted for a question: starts by year, phases, status and enrolment.

Each is a table of trials; a trial with several cell types, or of a combined phase, counts under each of them, as on the
browse page. Doses are in `landscape_doses`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

from pyroaring import BitMap

from trials.phrases import count, number
from trials.records import PartialDate
from trials.search import facets
from trials.search.bitmaps import Sliced
from trials.search.groups import in_tree_order
from trials.search.landscape_asked import Asked, Count, remembered
from trials.search.values import NOT_STATED, Value

# So many cell types a picture shows at most.
MOST_CELLS = 10
ABOUT_CELLS = (
    "The most frequent cell types are shown; each holds the kinds below it, and a trial with several is in each."
)
# So many years have a bar of their own; earlier ones share one.
MOST_YEARS = 30
# The years that are told apart at all, counted from this one.
EARLIEST, LATEST = -60, 3
# Participants, where each bar begins; each ends just before the next begins.
SIZES = (0, 1, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Line:
    """A row of a table: `depth` says how many broader ones stand above it."""

    label: str
    counts: tuple[Count, ...]
    depth: int = 0


@dataclass(frozen=True)
class Table:
    """Counts of trials, one per line and column. `corner` says what lines are, `note` what must be known to read them.

    `is_exclusive` where each trial is in one line only.
    """

    key: str
    title: str
    corner: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    is_exclusive: bool = False

    @property
    def largest(self) -> int:
        return max((one.total for line in self.lines for one in line.counts), default=0)

    def column(self, place: int) -> tuple[Count, ...]:
        return tuple(line.counts[place] for line in self.lines)


@dataclass(frozen=True)
class Kind:
    """A value of a facet as a picture lists it."""

    slug: str
    label: str
    depth: int = 0


def cell_types(asked: Asked, among: BitMap | None = None) -> tuple[Kind, ...]:
    """The cell types that most of the found trials have, in the vocabulary's order; “not stated” last.

    Without a choice these are the broad ones and those just below them, with one it and what stands below it.
    """
    values, chosen = asked.index.values["cell_type"].values, asked.question.values("cell_type")
    base = asked.found if among is None else asked.found & among
    sizes = {slug: asked.members("cell_type", slug).intersection_cardinality(base) for slug in values}
    above = {slug: list(_above(slug, values)) for slug, size in sizes.items() if size}
    shown = [
        slug for slug, broader in above.items() if (set(chosen) & {slug, *broader} if chosen else len(broader) < 2)
    ]
    kept = nlargest(MOST_CELLS, shown, key=lambda slug: sizes[slug])
    in_order = in_tree_order(kept, facets.by_key()["cell_type"], asked.index.values["cell_type"], sizes)
    kinds = [Kind(slug, values[slug].label, len(set(kept) & {*above[slug]})) for slug in in_order if slug in kept]
    if asked.members("cell_type", NOT_STATED).intersect(base) and (not chosen or NOT_STATED in chosen):
        kinds.append(Kind(NOT_STATED, facets.by_key()["cell_type"].missing))
    return tuple(kinds)


def _above(slug: str, values: Mapping[str, Value]) -> Iterator[str]:
    passed = {slug}
    while (slug := values[slug].parent) in values and slug not in passed:
        passed.add(slug)
        yield slug


def starts(asked: Asked, today: date) -> Table:
    """Trials by the year of their start, all and by cell type."""
    stated = asked.index.spans["start"].low
    # A date is of one year, however precise it is.
    by_year = remembered(stated, f"starts {today.year}", lambda: years(stated, today.year))
    # What all of them are would be drawn twice.
    kinds = [kind for kind in cell_types(asked) if not asked.found.issubset(asked.members("cell_type", kind.slug))]
    choices = [{}, *({"cell_type": kind.slug} for kind in kinds)]
    lines = [
        Line(label, tuple(asked.count(choice, ids, **_dates(asked, first, last)) for choice in choices))
        for label, first, last, ids in shown_years(by_year, asked.found)
    ]
    unknown = asked.found - stated.known
    if unknown:
        lines.append(Line("Not stated", tuple(_unlinked(asked.count(choice, unknown)) for choice in choices)))
    columns = ("All trials", *(kind.label for kind in kinds))
    note = f"By the year in which a trial started or is to start. {ABOUT_CELLS}"
    return Table("starts", "Starts per year", "Year", columns, tuple(lines), note)


# First and last year of a bar (None: and all before, or after), and its trials.
_Years = tuple[int | None, int | None, BitMap]


def years(stated: Sliced, this_year: int) -> tuple[_Years, ...]:
    """The trials of each year that has some; those far off come together at each end."""
    found: list[_Years] = []
    before = BitMap()
    for year in range(this_year + EARLIEST, this_year + LATEST + 1):
        until = stated.at_most(date(year, 12, 31).toordinal())
        if len(until) > len(before):
            found.append((None if year == this_year + EARLIEST else year, year, until - before))
        before = until
    if len(stated.known) > len(before):
        found.append((this_year + LATEST + 1, None, stated.known - before))
    return tuple(found)


def shown_years(by_year: Sequence[_Years], base: BitMap) -> Iterator[tuple[str, int | None, int | None, BitMap]]:
    """(label, first year, last year, trials) of each bar, years without a start too, so that the axis is even."""
    held = [entry for entry in by_year if entry[2].intersect(base)]
    ends = [last or first or 0 for first, last, _ in held]
    if not held:
        return
    newest = ends[-1]
    oldest = max(ends[0], newest - MOST_YEARS + 1)
    earlier = [ids for (_, last, ids) in held if last is not None and last < oldest]
    if earlier:
        yield f"Before {oldest}", None, oldest - 1, BitMap.union(*earlier)
    of_year = {last or first: (first, last, ids) for first, last, ids in held}
    for year in range(oldest, newest + 1):
        first, last, ids = of_year.get(year, (year, year, BitMap()))
        label = f"{year} or earlier" if first is None else f"{year} or later" if last is None else str(year)
        yield label, first, last, ids


def _dates(asked: Asked, first: int | None, last: int | None) -> dict[str, PartialDate | None]:
    """The parts of a question that ask for these years, no wider than it asks already."""
    start_from, start_to = asked.question.start_from, asked.question.start_to
    if first is not None and (start_from is None or start_from.first_day < date(first, 1, 1)):
        start_from = PartialDate.parse(str(first))
    if last is not None and (start_to is None or start_to.last_day > date(last, 12, 31)):
        start_to = PartialDate.parse(str(last))
    return {"start_from": start_from, "start_to": start_to}


def _unlinked(found: Count) -> Count:
    """The browse page cannot ask for trials without a date or a number."""
    return Count(found.total)


def phases(asked: Asked) -> Table:
    """Trials by cell type and phase."""
    columns = kinds_of("phase", asked)
    lines = [
        Line(
            kind.label,
            tuple(asked.count({"cell_type": kind.slug, "phase": phase.slug}) for phase in columns),
            kind.depth,
        )
        for kind in cell_types(asked)
    ]
    note = f"A combined phase counts for both of its parts. {ABOUT_CELLS}"
    labels = tuple(kind.label for kind in columns)
    return Table("phases", "Phase by cell type", "Cell type", labels, tuple(lines), note)


def statuses(asked: Asked) -> Table:
    """Trials by status, as the registry states it."""
    lines = [Line(kind.label, (asked.count({"status": kind.slug}),)) for kind in kinds_of("status", asked)]
    note = "As the registry states it for the whole trial. “Recruiting” holds no trial that is not yet recruiting."
    return Table("status", "Status", "Status", ("Trials",), tuple(lines), note, is_exclusive=True)


def kinds_of(key: str, asked: Asked) -> tuple[Kind, ...]:
    """The values of a facet that some of the found trials have, in its own order; “not stated” last."""
    labels = {slug: value.label for slug, value in asked.index.values[key].values.items()}
    labels[NOT_STATED] = facets.by_key()[key].missing
    return tuple(Kind(slug, label) for slug, label in labels.items() if asked.members(key, slug).intersect(asked.found))


def enrolments(asked: Asked) -> Table:
    """Trials by how many participants they have or plan."""
    stated = asked.index.spans["enrolment"].low
    by_size = remembered(stated, "enrolments", lambda: tuple(sizes(stated)))
    lines = [
        Line(label, (asked.count({}, ids, **_participants(asked, first, last)),)) for label, first, last, ids in by_size
    ]
    missing = len(asked.found - stated.known)
    if missing:
        lines.append(Line("Not stated", (Count(missing),)))
    note = f"Participants planned or enrolled. {_middle(stated, asked.found)}".strip()
    return Table("enrolment", "Enrolment", "Participants", ("Trials",), tuple(lines), note, is_exclusive=True)


def sizes(stated: Sliced) -> Iterator[tuple[str, int, int | None, BitMap]]:
    """(label, fewest, most participants, trials) of each bar; the last has no upper end."""
    for first, following in zip(SIZES, (*SIZES[1:], None), strict=True):
        if following is None:
            yield f"{number(first)} or more", first, None, stated.at_least(first)
            continue
        last = following - 1
        label = number(first) if last == first else f"{number(first)} to {number(last)}"
        yield label, first, last, stated.at_least(first) & stated.at_most(last)


def _participants(asked: Asked, first: int, last: int | None) -> dict[str, int | None]:
    """The parts of a question that ask for so many participants, no more widely than it asks already."""
    least, most = asked.question.enrolment_from, asked.question.enrolment_to
    bounds = [bound for bound in (most, last) if bound is not None]
    return {"enrolment_from": max(least or 0, first), "enrolment_to": min(bounds) if bounds else None}


def _middle(stated: Sliced, found: BitMap) -> str:
    """The median and the middle half in words; empty where no number is stated."""
    base = found & stated.known
    if not base:
        return ""
    quarter, half, three = (ranked(stated, base, place) for place in quartiles(len(base)))
    middle = f"half have {number(half)} or fewer; the middle half {number(quarter)} to {number(three)}"
    return f"Of {count(len(base), 'trial')} with a number, {middle}."


def quartiles(total: int) -> tuple[int, int, int]:
    """The places, from 0, of the lower quartile, the median and the upper quartile among so many: the nearest ranks."""
    return (-(-total // 4) - 1, -(-total // 2) - 1, -(-3 * total // 4) - 1)


def ranked(stated: Sliced, base: BitMap, place: int) -> int:
    """The number that stands at a place (from 0) among those of `base`, smallest first; all of `base` have one."""
    answer = 0
    for bit in reversed(range(len(stated.digits))):
        low = base - stated.digits[bit]
        if place < len(low):
            base = low
        else:
            place -= len(low)
            base = base & stated.digits[bit]
            answer |= 1 << bit
    return answer


def tables(asked: Asked, today: date) -> Iterable[Table]:
    """Every picture of this module."""
    return (starts(asked, today), phases(asked), statuses(asked), enrolments(asked))
