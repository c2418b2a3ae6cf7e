"""Groonga's drilldown: one table, a vector of references per facet. One `select` for each count base."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.answers import Answer, Ask
from benchmarks.data import Data
from benchmarks.peers import HALF_A_MILLION, AbsentError
from trials.search.browse import PAGE_SIZE

_LOAD = 1_000


class Groonga:
    """Talks to a `groonga` process through its standard input and output."""

    name = "Groonga, drilldown"
    note = "counts of a chosen facet take a further command each"
    most = most_for_words = HALF_A_MILLION
    knows_places = False

    def build(self, data: Data, folder: Path, asks: Sequence[Ask]) -> None:
        program = shutil.which("groonga")
        if not program:
            raise AbsentError("Groonga, drilldown", "on Debian and Ubuntu, apt install groonga-bin")
        version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.split()[1]
        self.name = f"Groonga {version}, drilldown"
        self.facets = data.facets
        (folder / "groonga").mkdir()
        self.process = subprocess.Popen(
            [program, "-n", folder / "groonga" / "db"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        # It would otherwise remember whole replies.
        self._tell("cache_limit 0")
        self._make_tables()
        self._load(data)
        self._make_indexes()

    def _make_tables(self) -> None:
        self._tell("table_create Trial TABLE_PAT_KEY UInt32")
        self._tell("column_create Trial place COLUMN_SCALAR UInt32")
        self._tell("column_create Trial tokens COLUMN_SCALAR Text")
        for key in self.facets:
            self._tell(f"table_create facet_{key} TABLE_PAT_KEY ShortText")
            self._tell(f"column_create Trial {key} COLUMN_VECTOR facet_{key}")

    def _make_indexes(self) -> None:
        self._tell("table_create Words TABLE_PAT_KEY ShortText --default_tokenizer TokenDelimit")
        self._tell("column_create Words trial COLUMN_INDEX Trial tokens")
        self._tell("table_create Places TABLE_PAT_KEY UInt32")
        self._tell("column_create Places trial COLUMN_INDEX Trial place")
        for key in self.facets:
            self._tell(f"column_create facet_{key} trial COLUMN_INDEX Trial {key}")

    def _load(self, data: Data) -> None:
        batch: list[dict[str, Any]] = []
        for row in _rows(data):
            batch.append(row)
            if len(batch) == _LOAD:
                self._tell(f"load --table Trial --values '{json.dumps(batch)}'")
                batch.clear()
        if batch:
            self._tell(f"load --table Trial --values '{json.dumps(batch)}'")

    def ask(self, ask: Ask) -> Answer:
        others = [key for key in self.facets if key not in ask.chosen]
        total, ids, counts = self._select(ask.chosen, ask.word, others, PAGE_SIZE)
        for key in ask.chosen:
            rest = {other: slug for other, slug in ask.chosen.items() if other != key}
            counts |= self._select(rest, ask.word, [key], 0)[2]
        return Answer(total, ids, counts)

    def _select(
        self, chosen: Mapping[str, str], word: str, drilldown: Sequence[str], size: int
    ) -> tuple[int, tuple[int, ...], dict[tuple[str, str], int]]:
        conditions = [f'{key} @ "{slug}"' for key, slug in chosen.items()]
        if word:
            conditions.append(f'tokens @ "{word}"')
        command = f"select Trial --output_columns _key --sort_keys place --limit {size}"
        command += f" --drilldown {','.join(drilldown)} --drilldown_output_columns _key,_nsubrecs --drilldown_limit -1"
        if conditions:
            command += f" --filter '{' && '.join(conditions)}'"
        hits, *groups = self._tell(command)
        counts = {
            (key, slug): count for key, (_, _, *rows) in zip(drilldown, groups, strict=True) for slug, count in rows
        }
        return hits[0][0], tuple(row[0] for row in hits[2:]), counts

    def _tell(self, command: str) -> Any:
        """Sends a command and returns the body of the reply. RuntimeError if Groonga refuses it."""
        assert self.process.stdin is not None  # noqa: S101 (both are pipes)
        assert self.process.stdout is not None  # noqa: S101
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        (status, _, _, *message), *body = json.loads(self.process.stdout.readline())
        if status:
            raise RuntimeError(f"Groonga refused {command[:200]}: {message}")
        return body[0]

    def ignores(self, ask: Ask) -> frozenset[str]:
        return frozenset()

    def close(self) -> None:
        self.process.communicate("quit\n")


def _rows(data: Data) -> Iterator[dict[str, Any]]:
    slugs: dict[str, defaultdict[int, list[str]]] = {key: defaultdict(list) for key in data.facets}
    for (key, slug), ids in data.members.items():
        for pk in ids:
            slugs[key][pk].append(slug)
    place = {pk: number for number, pk in enumerate(data.order)}
    for pk, tokens in data.texts():
        lists = {key: slugs[key].get(pk, []) for key in data.facets}
        yield {"_key": pk, "place": place[pk], "tokens": tokens.strip(), **lists}
