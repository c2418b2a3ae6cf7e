"""SQL by hand: SQLite, PostgreSQL and DuckDB, each with the indexes that serve it best."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from benchmarks.answers import Answer, Ask
from benchmarks.data import Data
from benchmarks.peers import HALF_A_MILLION, AbsentError
from benchmarks.sql import answer, statement


class SqlPeer:
    """What the three have in common."""

    name = ""
    note = ""
    most = most_for_words = HALF_A_MILLION
    knows_places = False
    # Ids of the trials that hold a word.
    word_set = ""

    data: Data

    def ask(self, ask: Ask) -> Answer:
        word_set = self.word_set.format(word=ask.word)
        return answer(self.rows(statement(ask, self.data, word_set)), self.data)

    def rows(self, sql: str) -> Iterable[Sequence[int]]:
        raise NotImplementedError

    def ignores(self, ask: Ask) -> frozenset[str]:
        return frozenset()


class Sqlite(SqlPeer):
    name = f"SQL by hand, SQLite {sqlite3.sqlite_version}"
    word_set = "SELECT rowid AS id FROM words WHERE words MATCH '{word}'"

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        self.data = data
        self.connection = sqlite3.connect(folder / "by_hand.sqlite3", isolation_level=None)
        run = self.connection.execute
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000", "temp_store=MEMORY"):
            run(f"PRAGMA {pragma}")
        run("BEGIN")
        run("CREATE TABLE trial (id INTEGER PRIMARY KEY, place INTEGER NOT NULL)")
        columns = "value INTEGER, trial INTEGER, facet INTEGER"
        run(f"CREATE TABLE member ({columns}, PRIMARY KEY (value, trial)) WITHOUT ROWID")
        run("CREATE VIRTUAL TABLE words USING fts5(tokens, tokenize='ascii', content='', detail=none)")
        many = self.connection.executemany
        many("INSERT INTO trial VALUES (?, ?)", ((pk, place) for place, pk in enumerate(data.order)))
        many("INSERT INTO member VALUES (?, ?, ?)", data.rows())
        many("INSERT INTO words (rowid, tokens) VALUES (?, ?)", data.texts())
        run("CREATE UNIQUE INDEX trial_place ON trial (place)")
        run("CREATE INDEX member_trial ON member (trial, facet, value)")
        run("COMMIT")
        run("ANALYZE")

    def rows(self, sql: str) -> Iterable[Sequence[int]]:
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        self.connection.close()


class Postgres(SqlPeer):
    name = "SQL by hand, PostgreSQL"
    word_set = "SELECT trial AS id FROM words WHERE tokens @@ '{word}'::tsquery"

    def __init__(self, url: str) -> None:
        if not url:
            raise AbsentError(self.name, "see the sections on tests in docs/operations.md")
        self.connection = psycopg.connect(url, autocommit=True)
        self.name = f"SQL by hand, PostgreSQL {self.connection.info.server_version // 10_000}"

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        self.data = data
        run = self._run
        # Compiling takes longer than most of these statements.
        for setting in ("work_mem = '512MB'", "maintenance_work_mem = '1GB'", "jit = off"):
            run(f"SET {setting}")
        run("DROP TABLE IF EXISTS trial, member, words")
        run("CREATE TABLE trial (id integer, place integer NOT NULL)")
        run("CREATE TABLE member (value integer, trial integer, facet smallint)")
        # Which trials hold a word is then read without their texts.
        run("CREATE TABLE words (trial integer, tokens tsvector) WITH (toast_tuple_target = 128)")
        run("ALTER TABLE words ALTER COLUMN tokens SET STORAGE EXTERNAL")
        with self.connection.cursor() as cursor:
            with cursor.copy("COPY trial FROM STDIN") as copy:
                for place, pk in enumerate(data.order):
                    copy.write_row((pk, place))
            with cursor.copy("COPY member FROM STDIN (FORMAT csv)") as copy, data.rows_file().open("rb") as file:
                while block := file.read(1 << 20):
                    copy.write(block)
            with cursor.copy("COPY words FROM STDIN") as copy:
                for pk, tokens in data.texts():
                    # Each token once and in order is how a tsvector is written.
                    copy.write_row((pk, tokens.strip()))
        run("ALTER TABLE trial ADD PRIMARY KEY (id), ADD UNIQUE (place)")
        run("ALTER TABLE member ADD PRIMARY KEY (value, trial)")
        run("CREATE INDEX ON member (trial, facet, value)")
        run("ALTER TABLE words ADD PRIMARY KEY (trial)")
        run("CREATE INDEX ON words USING gin (tokens)")
        run("VACUUM ANALYZE")

    def _run(self, sql: str) -> psycopg.Cursor[Any]:
        return self.connection.execute(sql.encode())

    def rows(self, sql: str) -> Iterable[Sequence[int]]:
        return self._run(sql).fetchall()

    def close(self) -> None:
        self._run("DROP TABLE IF EXISTS trial, member, words")
        self.connection.close()


class DuckDb(SqlPeer):
    name = f"SQL by hand, DuckDB {duckdb.__version__}"
    note = "words are found by reading all texts: its full-text search is not part of the package"
    word_set = "SELECT trial AS id FROM words WHERE contains(tokens, ' {word} ')"

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        self.data = data
        self.connection = duckdb.connect(folder / "by_hand.duckdb")
        run = self.connection.execute
        places = folder / "places.csv"
        places.write_text("".join(f"{pk},{place}\n" for place, pk in enumerate(data.order)), encoding="ascii")
        run(f"CREATE TABLE trial AS FROM read_csv('{places}', columns={{'id': 'INTEGER', 'place': 'INTEGER'}})")
        columns = "{'value': 'INTEGER', 'trial': 'INTEGER', 'facet': 'SMALLINT'}"
        run(f"CREATE TABLE member AS FROM read_csv('{data.rows_file()}', columns={columns})")
        columns = "{'trial': 'INTEGER', 'tokens': 'VARCHAR'}"
        run(f"CREATE TABLE words AS FROM read_csv('{data.words}', delim='\\t', quote='', columns={columns})")

    def rows(self, sql: str) -> Iterable[Sequence[int]]:
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        self.connection.close()
