"""Tokens in SQLite: an FTS5 index over one column, in which a token stands behind the letter of its field."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection
from pyroaring import BitMap

from trials.search.bitmaps import NOTHING
from trials.search.text.patterns import LETTERS, Kept, Pattern, Stretch

# Gathers the ids in a column.
IDS = "json_group_array({})"
# Rows asked for by their numbers in one statement.
PARTS = 400


def write(tokens: Mapping[int, Sequence[Sequence[str]]], new: Collection[int]) -> None:
    """Replaces what is kept of these trials: their tokens by field. What has not changed is left alone.

    Of those in `new` nothing is kept.
    """
    wanted = {trial: _joined(fields) for trial, fields in tokens.items()}
    kept = _kept([trial for trial in wanted if trial not in new])
    remove([trial for trial, text in kept.items() if text != wanted[trial]])
    rows = [(trial, text) for trial, text in sorted(wanted.items()) if text != kept.get(trial)]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO trials_text (trial_id, tokens) VALUES (%s, %s)", rows)
        cursor.executemany("INSERT INTO trials_text_index (rowid, tokens) VALUES (%s, %s)", rows)


def remove(trials: Collection[int]) -> None:
    """Takes trials out; those that are not in are passed over."""
    rows = list(_kept(trials).items())
    with connection.cursor() as cursor:
        # The index forgets only what it is told that it holds.
        cursor.executemany(
            "INSERT INTO trials_text_index (trials_text_index, rowid, tokens) VALUES ('delete', %s, %s)", rows
        )
        cursor.executemany("DELETE FROM trials_text WHERE trial_id = %s", [(trial,) for trial, _ in rows])


def clear() -> None:
    """Takes every trial out."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO trials_text_index (trials_text_index) VALUES ('delete-all')")
        cursor.execute("DELETE FROM trials_text")


def tidy() -> None:
    """Makes the index of many small parts one, after everything has been written anew."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO trials_text_index (trials_text_index) VALUES ('optimize')")


# However many are asked for, the statement is the same: making one out of many parts takes longer than running it.
_POSTINGS = (
    "SELECT 0, asked.key, (SELECT json_group_array(rowid) FROM trials_text_index"
    " WHERE trials_text_index MATCH asked.value) FROM json_each(%s) AS asked"
)
_WORDS = (
    "SELECT 1, %s, (SELECT json_group_array(json_array(word, stem)) FROM (SELECT word, stem FROM trials_word"
    " WHERE word >= %s AND word < %s AND length(word) BETWEEN %s AND %s ORDER BY word LIMIT %s))"
)


def read(asked: Sequence[str], stretches: Sequence[Stretch]) -> tuple[list[BitMap], list[Kept]]:
    """For each of several questions (see `question`) the trials that it finds, and the words of stretches."""
    parameters: list[Any] = [msgspec.json.encode(list(asked)).decode()]
    for place, one in enumerate(stretches):
        parameters += [place, one.low, one.high, one.shortest, one.longest, one.most]
    found: list[BitMap] = [NOTHING] * len(asked)
    words: list[Kept] = [[] for _ in stretches]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_POSTINGS, *[_WORDS] * len(stretches)]), parameters)
        for is_words, place, answer in cursor.fetchall():
            if is_words:
                words[place] = sorted(msgspec.json.decode(answer, type=Kept))
            else:
                found[place] = bitmap(answer)
    return found, words


def _joined(fields: Sequence[Sequence[str]]) -> str:
    parts = [letter + f" {letter}".join(field) for letter, field in zip(LETTERS, fields, strict=True) if field]
    return " ".join(parts)


def _kept(trials: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    ids = list(trials)
    with connection.cursor() as cursor:
        for start in range(0, len(ids), PARTS):
            part = ids[start : start + PARTS]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f"SELECT trial_id, tokens FROM trials_text WHERE trial_id IN ({marks})", part)  # noqa: S608
            found.update(cursor.fetchall())
    return found


def question(letter: str, pattern: Pattern) -> str:
    """Which trials hold a phrase of the pattern in a field: `"ncar nt" OR "nknee"`.

    Tokens hold no mark that means anything to FTS5.
    """
    return " OR ".join('"' + " ".join(letter + token for token in phrase) + '"' for phrase in pattern)


def bitmap(ids: str) -> BitMap:
    """What `IDS` gathered."""
    return BitMap(array("I", msgspec.json.decode(ids, type=list[int])))
