"""Labelled values of a section, and the names of those that the source leaves out, said once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trials.models import Trial
from trials.models.choices import AbsenceReason
from trials.phrases import either
from trials.views._record.evidence import NO_SUPPORT, Ledger, Owner, Support
from trials.views._record.names import heading_of, name_of


@dataclass(frozen=True)
class Value:
    """One value; `url` leads to the trials that share it."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """A value with its name. `as_written` is the source's own word where it differs; `note` is ours.

    `name` is the first of the fields that it shows.
    """

    label: str
    values: tuple[Value, ...]
    as_written: str = ""
    note: str = ""
    support: Support = NO_SUPPORT
    is_list: bool = False
    name: str = ""


@dataclass(frozen=True)
class Gap:
    """Values that are missing for the same reason."""

    reason: str
    names: str


@dataclass(frozen=True)
class FactList:
    rows: tuple[Fact, ...]
    gaps: tuple[Gap, ...]

    def __bool__(self) -> bool:
        return bool(self.rows)


class Gaps:
    """Why fields and lists of a trial are empty. A reason is given in one place only."""

    def __init__(self, trial: Trial) -> None:
        self._absences = {row.field: row for row in trial.absences.all()}
        self._told: set[str] = set()

    def told(self, names: Iterable[str]) -> tuple[Gap, ...]:
        """The missing among a section's fields, gathered by reason; a field without a known reason is not stated."""
        by_reason: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for name in dict.fromkeys(names):
            row = self._absences.get(name)
            reason = AbsenceReason(row.reason) if row else AbsenceReason.NOT_STATED
            by_reason[str(reason.label)][row.remark.rstrip(".") if row else ""].append(name_of(name))
            self._told.add(name)
        return tuple(Gap(reason, _with_remarks(by_remark)) for reason, by_remark in by_reason.items())

    def why_empty(self, *names: str) -> str:
        """One sentence on why a whole section has nothing."""
        rows = [self._absences[name] for name in names if name in self._absences]
        self._told.update(names)
        if not rows:
            return f"{AbsenceReason.NOT_STATED.label}."
        by_reason: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            by_reason[row.get_reason_display(), row.remark.rstrip(".")].append(name_of(row.field))
        one = len(by_reason) == 1
        sentences = []
        for (reason, remark), listed in by_reason.items():
            sentence = reason if one else f"{reason}: {either(listed, 'and')}"
            sentences.append(f"{sentence}. {remark}." if remark else f"{sentence}.")
        return " ".join(sentences)

    def word(self, name: str) -> str:
        """What stands in the place of one value: `not stated`, or `not kept in this copy`."""
        self._told.add(name)
        return "not kept in this copy" if self.is_not_kept(name) else "not stated"

    def sentence(self, name: str) -> str:
        """`Not stated by the source: funder type.`"""
        return " ".join(f"{gap.reason}: {gap.names}." for gap in self.told([name]))

    def is_not_kept(self, name: str) -> bool:
        """Whether the source may have it and this copy leaves it out."""
        row = self._absences.get(name)
        return row is not None and row.reason == AbsenceReason.NOT_KEPT

    def has(self, name: str) -> bool:
        """Whether a reason is known for this field."""
        return name in self._absences

    def rest(self) -> tuple[Gap, ...]:
        """The reasons that no section has given."""
        return self.told(name for name in self._absences if name not in self._told)


class Facts:
    """Gathers the facts of one section."""

    def __init__(self, ledger: Ledger, gaps: Gaps) -> None:
        self._ledger = ledger
        self._gaps = gaps
        self._rows: list[Fact] = []
        self._missing: list[str] = []

    def add(
        self,
        name: str,
        value: str | Iterable[Value] | None,
        *,
        label: str = "",
        as_written: str = "",
        note: str = "",
        fields: tuple[str, ...] = (),
        of: Owner = None,
        otherwise: Support = NO_SUPPORT,
        is_list: bool = False,
    ) -> None:
        """Adds a value with its evidence, or remembers that there is none.

        `fields` are those the evidence is of; `otherwise` is the evidence of a value that has none of its own.
        """
        names = fields or (name,)
        values = _values(value) or _values(as_written)
        support = self._ledger.support(*names, of=of, is_told=bool(values), told=[one.text for one in values])
        if not values and not support:
            self.miss(*([one for one in names if self._gaps.has(one)] or [name]))
            return
        shown = " ".join(one.text for one in values)
        written = if_different(as_written, shown)
        self._rows.append(Fact(label or heading_of(name), values, written, note, support or otherwise, is_list, name))

    def add_if_any(self, name: str, value: str | Iterable[Value] | None, *, label: str = "", note: str = "") -> None:
        """Adds a value that nobody misses when it is not there."""
        values = _values(value)
        if values or self._ledger.support(name) or self._gaps.has(name):
            self.add(name, values, label=label, note=note)

    def miss(self, *names: str) -> None:
        """Remembers values that are missing."""
        self._missing += names

    def miss_if_known(self, *names: str) -> None:
        """Remembers missing values for which a reason is known; nobody misses the others."""
        self._missing += [name for name in names if self._gaps.has(name)]

    def done(self) -> FactList:
        """The section's facts; its missing ones are told only if there is any fact at all."""
        return FactList(tuple(self._rows), self._gaps.told(self._missing) if self._rows else ())


def _with_remarks(by_remark: Mapping[str, list[str]]) -> str:
    """`sex, phase; allocation, masking (the block has nothing under its heading)`."""
    plain = sorted(by_remark.items(), key=lambda item: item[0] != "")
    return "; ".join(f"{', '.join(names)} ({remark})" if remark else ", ".join(names) for remark, names in plain)


def _values(value: str | Iterable[Value] | None) -> tuple[Value, ...]:
    if not value:
        return ()
    return (Value(value),) if isinstance(value, str) else tuple(value)


def listed(value: object) -> list[str]:
    """The texts of a JSON list that editors write by hand; whatever else they wrote is no list."""
    return [str(one) for one in value] if isinstance(value, list) else []


def if_different(written: str, shown: str) -> str:
    """The source's own word, unless it says the same as what is shown: PHASE2 is Phase 2."""
    same = _letters(written) == _letters(shown)
    return "" if same else written


def _letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def yes_no(value: bool | None) -> str:
    """`Yes`, `No`, or nothing where it is not stated."""
    return "" if value is None else "Yes" if value else "No"
