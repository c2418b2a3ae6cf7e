"""The question as one SQL statement, the same for SQLite, PostgreSQL and DuckDB.

Tables: trial(id, place), place being the rank in the default order; member(value, trial, facet) with ancestors worked
in, its values numbered so that those of a facet follow each other. A first set, `hit`, holds the trials that meet every
choice, and those that meet all but one, with the facet that they miss: a facet's counts ignore its own choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.answers import Answer, Ask, Value
from benchmarks.data import Data
from trials.search.browse import PAGE_SIZE

TOTAL, PAGE, COUNT = 0, 1, 2


def statement(ask: Ask, data: Data, word_set: str) -> str:
    """Rows (kind, number, amount): the total, ids with their place, values with their counts.

    `word_set` is a query for the ids (column `id`) of the trials that hold the word, in the dialect of the engine.
    """
    chosen = {data.facet_number[key]: data.number_of[key, slug] for key, slug in ask.values}
    parts = []
    if ask.word:
        parts.append(f"word AS MATERIALIZED ({word_set})")
    base = "word" if ask.word else "trial"
    if chosen:
        parts.append(f"hit AS MATERIALIZED ({_hits(chosen, bool(ask.word))})")
        full = f"(SELECT trial AS id FROM hit WHERE met = {len(chosen)})"
    else:
        full = base
    counts = [_counts("" if full == "trial" else full, "")]
    if len(chosen) == 1:
        (facet,) = chosen
        # Nothing else is asked for, so this facet is counted over all that is left.
        first, last = _range(data, facet)
        own = f"m.facet = {facet}" if ask.word else f"m.value BETWEEN {first} AND {last}"
        counts = [_counts(full, f"m.facet <> {facet}"), _counts("word" if ask.word else "", own)]
    elif chosen:
        near = f"(SELECT trial AS id, missed FROM hit WHERE met = {len(chosen) - 1})"
        counts.append(_counts(near, "m.facet = h.missed"))
    page = f"SELECT t.id, t.place FROM {full} f JOIN trial t ON t.id = f.id ORDER BY t.place LIMIT {PAGE_SIZE}"
    if full == "trial":
        page = f"SELECT id, place FROM trial ORDER BY place LIMIT {PAGE_SIZE}"
    parts.append(f"page AS ({page})")
    selects = [
        f"SELECT {TOTAL} AS kind, 0 AS number, COUNT(*) AS amount FROM {full} f",
        f"SELECT {PAGE}, id, place FROM page",
        *counts,
    ]
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(selects)}"


def _range(data: Data, facet: int) -> tuple[int, int]:
    """First and last number of the values of a facet."""
    key = data.facets[facet - 1]
    numbers = [number for (other, _), number in data.number_of.items() if other == key]
    return numbers[0], numbers[-1]


def _hits(chosen: dict[int, int], has_word: bool) -> str:
    numbers = ", ".join(map(str, chosen.values()))
    only = " AND trial IN (SELECT id FROM word)" if has_word else ""
    if len(chosen) == 1:
        return f"SELECT trial, 1 AS met, 0 AS missed FROM member WHERE value = {numbers}{only}"
    return (
        f"SELECT trial, COUNT(*) AS met, {sum(chosen)} - SUM(facet) AS missed FROM member "
        f"WHERE value IN ({numbers}){only} GROUP BY trial HAVING COUNT(*) >= {len(chosen) - 1}"
    )


def _counts(source: str, condition: str) -> str:
    """Counts by value over the trials of `source` (empty for all)."""
    where = f" WHERE {condition}" if condition else ""
    joined = f"{source} h JOIN member m ON m.trial = h.id" if source else "member m"
    return f"SELECT {COUNT}, m.value, COUNT(*) FROM {joined}{where} GROUP BY m.value"


def answer(rows: Iterable[Sequence[int]], data: Data) -> Answer:
    """The rows of a statement as an answer."""
    total = 0
    page: list[tuple[int, int]] = []
    counts: dict[Value, int] = {}
    for kind, number, amount in rows:
        if kind == TOTAL:
            total = amount
        elif kind == PAGE:
            page.append((amount, number))
        else:
            value = data.values[number]
            counts[value] = counts.get(value, 0) + amount
    return Answer(total, tuple(pk for _, pk in sorted(page)), counts)
