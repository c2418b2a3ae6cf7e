"""What was measured at one size, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.tables import duration, size, table


@dataclass
class PeerRow:
    """Seconds to build, and seconds per question (empty where the peer did not take part)."""

    name: str
    notes: list[str] = field(default_factory=list)
    build: float | None = None
    seconds: list[float | None] = field(default_factory=list)


@dataclass
class PageRow:
    """A question's page through gunicorn; see `serving.Load`."""

    served: str
    question: str
    p50: float
    p95: float
    per_second: float
    size: int


@dataclass
class Report:
    """A catalogue of `trials` and how everything did with it. Times in seconds, memory in bytes."""

    trials: int
    making: float = 0.0
    made: int = 0
    values: int = 0
    memberships: int = 0
    questions: list[str] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    peers: list[PeerRow] = field(default_factory=list)
    pages: list[PageRow] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    edits: dict[str, float] = field(default_factory=dict)
    suggesting: dict[str, float] = field(default_factory=dict)
    whole_list: float = 0.0
    start_up: float = 0.0
    memory: dict[str, dict[str, int | None]] = field(default_factory=dict)
    same_bytes: bool = False

    @classmethod
    def read(cls, values: dict[str, object]) -> Report:
        """From its JSON."""
        report = cls(**values)  # type: ignore[arg-type]
        report.peers = [PeerRow(**row) for row in report.peers]  # type: ignore[arg-type]
        report.pages = [PageRow(**row) for row in report.pages]  # type: ignore[arg-type]
        return report

    @property
    def differs(self) -> bool:
        """Whether a peer answered otherwise than it should."""
        return any(note.startswith("DIFFERS") for row in self.peers for note in row.notes)

    def page(self, served: str, question: str) -> PageRow:
        return next(row for row in self.pages if (row.served, row.question) == (served, question))


def as_markdown(report: Report, machine: str) -> str:
    """Both tables of a size, its further figures, and whatever there is to note. `machine` says what measured it."""
    parts = [
        f"### {report.trials:,} trials",
        machine,
        f"{report.values:,} values of facets, {report.memberships:,} memberships.",
        _answers(report),
        _pages(report),
        _figures(report),
        *_notes(report.peers),
    ]
    return "\n\n".join(parts)


def _answers(report: Report) -> str:
    head = ["ids + all counts", *report.questions, "built in"]
    rows = [["trials found", *(f"{hits:,}" for hits in report.hits), ""]]
    rows += [
        [
            row.name,
            *(duration(seconds) for seconds in row.seconds or [None] * len(report.questions)),
            duration(row.build),
        ]
        for row in report.peers
    ]
    return table(head, rows)


def _pages(report: Report) -> str:
    head = [
        "whole page through gunicorn",
        "p50",
        "p95",
        "pages/s",
        "constant: p50",
        "p95",
        "pages/s",
        "p95 ratio",
        "kB",
    ]
    rows = []
    for question in [*report.questions, "all in turn"]:
        own, constant = report.page("this project", question), report.page("constant", question)
        rows.append(
            [
                question,
                *(duration(own.p50), duration(own.p95), f"{own.per_second:,.0f}"),
                *(duration(constant.p50), duration(constant.p95), f"{constant.per_second:,.0f}"),
                f"{own.p95 / constant.p95:.1f}",
                f"{own.size / 1000:,.0f}",
            ]
        )
    return table(head, rows)


def _figures(report: Report) -> str:
    made = f"in {report.making:,.0f} s for {report.made:,} trials, search included" if report.made else "earlier"
    same = "byte for byte the same" if report.same_bytes else "NOT the same bytes"
    return "\n".join(
        [
            f"- Memory of a worker: {_memory(report.memory['this project'])}; with constant data "
            f"{_memory(report.memory['constant'])}.",
            f"- Start-up with the saved index: {duration(report.start_up)}.",
            f"- An edit: {duration(report.edits['published'])} to publish, {duration(report.edits['taken in'])} at the "
            "next request of a worker.",
            f"- Suggestions for what is typed: median {duration(report.suggesting['median'])}, slowest "
            f"{duration(report.suggesting['slowest'])}. A page of the list of all conditions: "
            f"{duration(report.whole_list)}.",
            f"- SQL statements per page: {', '.join(map(str, report.statements))}.",
            f"- Pages from constant data are {same}.",
            f"- Made {made}.",
        ]
    )


def _memory(held: Mapping[str, int | None]) -> str:
    own, resident = held["proportional"], f"{size(held['resident'] or 0)} resident"
    return f"{size(own)} of its own and its share of what workers share ({resident})" if own else resident


def _notes(peers: Sequence[PeerRow]) -> list[str]:
    notes = [f"- {row.name}: {note}." for row in peers for note in row.notes]
    return ["\n".join(notes)] if notes else []
