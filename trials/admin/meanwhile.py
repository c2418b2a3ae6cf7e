"""A page that was sent after somebody else had changed the same: both versions side by side, and a choice of each.

Three values tell what to do with an input: what the page showed, what came back, and what stands now. What the editor
did not touch becomes what stands now; what the editor typed stays; beside each stands the other, to be chosen instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst

from trials.admin.chosen import MINE, Chosen, Values
from trials.admin.shown import LOST, OF_THE_ROW, Sent, as_sent, digest, row_as_sent, same
from trials.admin.sides import AGAIN, TYPED, UNCLEAR, UNTOUCHED, Differences, RowInputs, chosen_side, words
from trials.intake.editing import fields

MIXED = (
    "Nothing was saved: for some of the differences you chose one version and typed another into the form below. What "
    "you typed is chosen now; look at it, then save again."
)

Row = dict[str, Sent]


class Merger:
    """Brings a page that was sent up to date: `data` is what it sends then, `found` what had changed."""

    def __init__(self, sent: QueryDict, shown: Mapping[str, str]) -> None:
        self.data = sent.copy()
        self.shown = shown
        self.found = Differences()
        self.chosen = Chosen(sent)

    # Fields --------------------------------------------------------------------------------------------------

    def merge_fields(self, now: forms.BaseForm) -> None:
        """Goes through the inputs of `now`, a form that shows what stands now."""
        for key, names in _together(now).items():
            theirs = {name: as_sent(now, name) for name in names}
            if key not in self.chosen.held and all(self.shown.get(name) == digest(theirs[name]) for name in names):
                continue
            current = {name: self.data.getlist(name) for name in names}
            is_untouched = all(self.shown.get(name) == digest(current[name]) for name in names)
            mine, choice = self.chosen.settle(key, current, is_untouched)
            put = mine if choice == MINE else theirs
            for name in names:
                self.data.setlist(name, put.get(name, []))
            if not _alike(mine, theirs):
                sides = {"sent": _lines(now, names, mine), "now": _lines(now, names, theirs)}
                told = sides | {"outcome": self._outcome(key, is_untouched)}
                self.found.add(chosen_side(key, _label(now, names), mine, choice, put, **told))

    def _outcome(self, key: str, is_untouched: bool) -> str:
        """Why one version is chosen beforehand."""
        if key in self.chosen.held:
            return UNCLEAR if key in self.chosen.unclear else AGAIN
        return UNTOUCHED if is_untouched else TYPED

    # Lists ---------------------------------------------------------------------------------------------------

    def merge_rows(self, mine: Any, now: Any, is_whole: bool) -> None:
        """Goes through a list: `mine` is its form set with what was sent, `now` one that shows what stands now.

        `is_whole`: the page showed all rows of the list, so that any other has come since.
        """
        prefix = now.prefix
        sent = self._rows(prefix)
        places = {row["id"][0]: at for at, row in sent.items() if row.get("id", [""])[0]}
        again = {row[LOST][0]: at for at, row in sent.items() if LOST in row and not row.get("id", [""])[0]}
        inputs = RowInputs.of(now, mine)
        left_out = {key.partition(".")[2] for key in self.chosen.rows_of(prefix)} - places.keys() - again.keys()
        rows: list[Row] = []
        for form in now.initial_forms:
            key = str(form.instance.pk)
            left_out.discard(key)
            if key in places:
                rows.append(self._met(f"{prefix}.{key}", sent.pop(places.pop(key)), form, inputs))
            elif is_whole:
                rows.append(row_as_sent(form) | {"id": [key]})
                self.found.add(inputs.came(form))
        initial = len(rows)
        for key, at in (*places.items(), *again.items()):
            rows += self._lost(prefix, key, sent.pop(at), inputs)
        for key in sorted(left_out):
            rows += self._lost(prefix, key, {}, inputs)
        self._write(prefix, [*rows, *sent.values()], initial)

    def _met(self, key: str, sent: Row, form: Any, inputs: RowInputs) -> Row:
        """A row that was on the page and still stands."""
        theirs, base = row_as_sent(form), self.shown.get(key)
        if base == digest(theirs) and key not in self.chosen.held:
            return sent
        current = {name: sent.get(name, []) for name in theirs}
        is_untouched = base == digest(current)
        if "DELETE" in sent:
            current["DELETE"], is_untouched = sent["DELETE"], False
        mine, choice = self.chosen.settle(key, current, is_untouched)
        put = mine if choice == MINE else theirs
        if "DELETE" in mine or not _alike(mine, theirs):
            self.found.add(inputs.differ(key, form, mine, theirs, choice, self._outcome(key, is_untouched)))
        return {name: sent[name] for name in OF_THE_ROW if name in sent and name != "DELETE"} | dict(put)

    def _lost(self, prefix: str, pk: str, sent: Row, inputs: RowInputs) -> Iterator[Row]:
        """A row that was on the page and was deleted since: the editor's version of it can only be a new row."""
        if "DELETE" in sent:
            return
        key = f"{prefix}.{pk}"
        current = {name: sent.get(name, []) for name in inputs.mine} if sent else {}
        is_untouched = self.shown.get(key) == digest(current)
        mine, choice = self.chosen.settle(key, current, is_untouched)
        mine = {name: values for name, values in mine.items() if name != "DELETE"}
        if not mine:
            return
        self.found.add(inputs.gone(key, mine, choice, self._outcome(key, is_untouched)))
        if choice == MINE:
            yield dict(mine) | {LOST: [pk]}

    def _rows(self, prefix: str) -> dict[int, Row]:
        """What was sent of each row of a list, by its place on the page."""
        found: dict[int, Row] = {}
        for key in self.data:
            list_name, _, rest = key.partition("-")
            at, _, name = rest.partition("-")
            if list_name == prefix and name and at.isascii() and at.isdecimal() and len(at) < 6:
                found.setdefault(int(at), {})[name] = self.data.getlist(key)
        return dict(sorted(found.items()))

    def _write(self, prefix: str, rows: list[Row], initial: int) -> None:
        for at, row in self._rows(prefix).items():
            for name in row:
                del self.data[f"{prefix}-{at}-{name}"]
        for at, row in enumerate(rows):
            for name, values in row.items():
                self.data.setlist(f"{prefix}-{at}-{name}", values)
        self.data[f"{prefix}-TOTAL_FORMS"], self.data[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), str(initial)


def _alike(mine: Values, theirs: Values) -> bool:
    return all(same(mine.get(name, []), theirs[name]) for name in theirs)


# Inputs that are chosen together ---------------------------------------------------------------------------------


@cache
def _keys() -> dict[str, str]:
    """The field of a trial that an input belongs to: an age has two inputs, its number and its unit."""
    return {column: name for name, columns in fields().items() for column in columns}


def _together(form: forms.BaseForm) -> dict[str, list[str]]:
    """The names of the inputs that can be typed into, by what they are chosen as."""
    found: dict[str, list[str]] = {}
    for name, input_ in form.fields.items():
        if not input_.disabled:
            found.setdefault(_keys().get(name, name), []).append(name)
    return found


def _label(form: forms.BaseForm, names: list[str]) -> str:
    return str(capfirst(form.fields[names[0]].label or names[0]))


def _lines(form: forms.BaseForm, names: list[str], values: Values) -> tuple[tuple[str, str], ...]:
    """The inputs of one field as a single line without a label."""
    texts = (words(form.fields[name], values.get(name, [])) for name in names)
    return (("", " ".join(text for text in texts if text)),)
