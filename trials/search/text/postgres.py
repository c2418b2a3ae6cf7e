"""Tokens in PostgreSQL: one tsvector per trial, in which a lexeme is a token behind the letter of its field."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Mapping, Sequence

import msgspec
from django.db import connection
from pyroaring import BitMap

from trials.search.bitmaps import NOTHING
from trials.search.text.patterns import LETTERS, Kept, Pattern, Phrase, Stretch
from trials.search.text.terms import COMMON, FILLER, LONGEST_RUN, common_runs

# Gathers the ids in a column.
IDS = "coalesce(string_agg(int4send({}::integer), ''::bytea), ''::bytea)"


def write(tokens: Mapping[int, Sequence[Sequence[str]]], new: Collection[int]) -> None:
    """Replaces what is kept of these trials: their tokens by field. What has not changed is left alone.

    Of those in `new` nothing is kept.
    """
    added = sorted(trial for trial in tokens if trial in new)
    replaced = sorted(trial for trial in tokens if trial not in new)
    with connection.cursor() as cursor:
        if added:
            # Django translates what `execute` raises, but does not know `copy`.
            with connection.wrap_database_errors, cursor.copy("COPY trials_text (trial_id, tokens) FROM STDIN") as copy:
                for trial in added:
                    # One by one: the server sorts the words of the one while the next is made.
                    copy.write_row((trial, _vector(tokens[trial])))
        if replaced:
            cursor.execute(
                "INSERT INTO trials_text (trial_id, tokens) SELECT * FROM unnest(%s::bigint[], %s::text[]::tsvector[])"
                " ON CONFLICT (trial_id) DO UPDATE SET tokens = excluded.tokens"
                " WHERE trials_text.tokens IS DISTINCT FROM excluded.tokens",
                [replaced, [_vector(tokens[trial]) for trial in replaced]],
            )


def remove(trials: Collection[int]) -> None:
    """Takes trials out; those that are not in are passed over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM trials_text WHERE trial_id = ANY(%s)", [sorted(trials)])


def clear() -> None:
    """Takes every trial out. TRUNCATE would make every reader wait."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM trials_text")


def tidy() -> None:
    """Sorts in what the index has put aside, after everything has been written anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('trials_text_tokens'::regclass)")
        cursor.execute("ANALYZE trials_text")


_POSTINGS = (
    "SELECT 0, place, trials_text_holding(asked::tsquery), NULL"
    " FROM unnest(%s::text[]) WITH ORDINALITY AS questions (asked, place)"
)
_WORDS = (
    "SELECT 1, place, NULL, (SELECT json_agg(json_build_array(word, stem))::text FROM (SELECT word, stem"
    " FROM trials_word WHERE word >= low AND word < high AND length(word) BETWEEN shortest AND longest"
    " ORDER BY word LIMIT most) AS kept)"
    " FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[], %s::int[]) WITH ORDINALITY"
    " AS stretches (low, high, shortest, longest, most, place)"
)


def read(asked: Sequence[str], stretches: Sequence[Stretch]) -> tuple[list[BitMap], list[Kept]]:
    """For each of several questions (see `question`) the trials that it finds, and the words of stretches."""
    columns = [[getattr(one, name) for one in stretches] for name in ("low", "high", "shortest", "longest", "most")]
    found: list[BitMap] = [NOTHING] * len(asked)
    words: list[Kept] = [[] for _ in stretches]
    with connection.cursor() as cursor:
        cursor.execute(f"{_POSTINGS} UNION ALL {_WORDS}", [list(asked), *columns])
        for is_words, place, ids, answer in cursor.fetchall():
            if is_words:
                words[place - 1] = sorted(msgspec.json.decode(answer or "[]", type=Kept))
            else:
                found[place - 1] = bitmap(ids)
    return found, words


def _vector(fields: Sequence[Sequence[str]]) -> str:
    """A tsvector as text. Positions count from 1 in each field; its letter keeps the fields apart."""
    lexemes: list[str] = []
    for letter, field in zip(LETTERS, fields, strict=True):
        lexemes += [f"{letter}{token}:{place}" for place, token in enumerate(field, 1) if token != FILLER]
        lexemes += {_run(letter, run) for run in common_runs(field)}
    return " ".join(lexemes)


def _run(letter: str, run: Sequence[str]) -> str:
    # No token has a capital.
    return letter + "X".join(run)


def question(letter: str, pattern: Pattern) -> str:
    """Which trials hold a phrase of the pattern in a field, as the text of a tsquery.

    Tokens hold no mark that means anything in it.
    """
    return " | ".join(f"({_phrase(letter, phrase)})" for phrase in pattern)


def _phrase(letter: str, phrase: Phrase) -> str:
    """The runs of common words narrow a phrase down, or settle it if it is one of them."""
    if len(phrase) == 1:
        return letter + phrase[0]
    size = min(len(phrase), LONGEST_RUN)
    runs = [run for start in range(len(phrase) - size + 1) if COMMON.issuperset(run := phrase[start : start + size])]
    if len(phrase) == size and runs:
        return _run(letter, phrase)
    return " & ".join([*(_run(letter, run) for run in runs), " <-> ".join(letter + token for token in phrase)])


def bitmap(ids: bytes) -> BitMap:
    """What `IDS` gathered."""
    numbers = array("I", bytes(ids))
    if sys.byteorder == "little":
        numbers.byteswap()
    return BitMap(numbers)
