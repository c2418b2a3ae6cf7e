"""Datasette with facets: one wide table, a JSON list per facet."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette as Application
from datasette.version import __version__

from benchmarks.answers import Answer, Ask
from benchmarks.data import Data
from benchmarks.peers import HALF_A_MILLION
from trials.search.browse import PAGE_SIZE

# More than any facet has values.
MANY = 10_000


class Datasette:
    """Asked for the JSON of its table page, in its own process, without a socket between."""

    name = f"Datasette {__version__}, facets"
    note = "a facet counts only what its own choice leaves, so the counts of chosen facets differ and are not compared"
    most = most_for_words = HALF_A_MILLION
    knows_places = False

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        self.facets = data.facets
        path = folder / "wide.sqlite3"
        connection = sqlite3.connect(path)
        run = connection.execute
        run("PRAGMA journal_mode=OFF")
        columns = ", ".join(f'"{key}" TEXT' for key in self.facets)
        run(f"CREATE TABLE trial (id INTEGER PRIMARY KEY, place INTEGER, {columns})")
        marks = ", ".join("?" * (len(self.facets) + 2))
        connection.executemany(f"INSERT INTO trial VALUES ({marks})", self._rows(data))
        run("CREATE INDEX trial_place ON trial (place)")
        # Apart from the trials: Datasette's statement for a facet reads whole rows.
        run("CREATE VIRTUAL TABLE words USING fts5(tokens, tokenize='ascii', content='', detail=none)")
        connection.executemany("INSERT INTO words (rowid, tokens) VALUES (?, ?)", data.texts())
        connection.commit()
        run("ANALYZE")
        connection.close()
        settings = {
            "sql_time_limit_ms": 3_600_000,
            "facet_time_limit_ms": 3_600_000,
            "max_returned_rows": MANY,
            "suggest_facets": False,
            "default_cache_ttl": 0,
        }
        self.application = Application(immutables=[str(path)], settings=settings)
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self.application.invoke_startup())

    def _rows(self, data: Data) -> Iterator[list[Any]]:
        slugs: dict[str, defaultdict[int, list[str]]] = {key: defaultdict(list) for key in self.facets}
        for (key, slug), ids in data.members.items():
            for pk in ids:
                slugs[key][pk].append(slug)
        place = {pk: number for number, pk in enumerate(data.order)}
        for pk in sorted(data.order):
            yield [pk, place[pk], *(json.dumps(slugs[key].get(pk, [])) for key in self.facets)]

    def ask(self, ask: Ask) -> Answer:
        query = [("_shape", "objects"), ("_col", "id"), ("_sort", "place"), ("_size", str(PAGE_SIZE))]
        query += [("_facet_size", "max"), *(("_facet_array", key) for key in self.facets)]
        query += [(f"{key}__arraycontains", slug) for key, slug in ask.values]
        if ask.word:
            query += [("_search", ask.word), ("_fts_table", "words"), ("_fts_pk", "id")]
        return self.loop.run_until_complete(self._get(f"/wide/trial.json?{urlencode(query)}"))

    async def _get(self, address: str) -> Answer:
        reply = (await self.application.client.get(address)).json()
        counts = {
            (facet["name"], result["value"]): result["count"]
            for facet in reply["facet_results"].values()
            for result in facet["results"]
        }
        return Answer(reply["filtered_table_rows_count"], tuple(row["id"] for row in reply["rows"]), counts)

    def ignores(self, ask: Ask) -> frozenset[str]:
        return frozenset(ask.chosen)

    def close(self) -> None:
        self.loop.close()
