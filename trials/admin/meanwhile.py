"""A page that was sent after somebody else had changed the trial: what was typed and what stands now, side by side.

Three values tell what to do with an input: what the page showed, what came back, and what stands now. What the editor
did not touch becomes what stands now; what the editor typed stays, and is shown beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst

from trials.admin.forms import name_of
from trials.admin.known import KnownChoiceField
from trials.admin.shown import OF_THE_ROW, Sent, as_sent, digest, row_as_sent, same

KEPT = "The form below keeps what you sent."
TAKEN = "You had not changed it: the form below now holds what stands now."
# More rows than this help nobody to decide; the form below holds them all.
MOST_SHOWN = 50


@dataclass(frozen=True)
class Side:
    """One input, or one row: what it is called, what came back and what stands now, as (label, text)."""

    name: str
    sent: tuple[tuple[str, str], ...]
    now: tuple[tuple[str, str], ...]
    outcome: str


@dataclass
class Differences:
    """What changed meanwhile of what the page shows; `more` counts those that are not listed."""

    sides: list[Side] = field(default_factory=list)
    more: int = 0

    def add(self, side: Side) -> None:
        if len(self.sides) < MOST_SHOWN:
            self.sides.append(side)
        else:
            self.more += 1


class Merger:
    """Brings a page that was sent up to date: `data` is what it sends then, `found` what had changed."""

    def __init__(self, sent: QueryDict, shown: Mapping[str, str]) -> None:
        self.data = sent.copy()
        self.shown = shown
        self.found = Differences()

    # The trial's own fields ----------------------------------------------------------------------------------

    def merge_fields(self, now: forms.BaseForm) -> None:
        """Goes through the inputs of `now`, a form that shows what stands now."""
        for name, input_ in now.fields.items():
            mine, theirs, base = self.data.getlist(name), as_sent(now, name), self.shown.get(name)
            if base == digest(theirs) or same(mine, theirs):
                continue
            untouched = base == digest(mine)
            if untouched:
                self.data.setlist(name, theirs)
            label = str(capfirst(input_.label or name))
            sides = [(("", words(input_, values)),) for values in (mine, theirs)]
            self.found.add(Side(label, sides[0], sides[1], TAKEN if untouched else KEPT))

    # Lists ---------------------------------------------------------------------------------------------------

    def merge_rows(self, mine: Any, now: Any, is_whole: bool) -> None:
        """Goes through a list: `mine` is its form set with what was sent, `now` one that shows what stands now.

        `is_whole`: the page showed all rows of the list, so that any other has come since.
        """
        sent = self._rows(now.prefix)
        places = {row["id"][0]: at for at, row in sent.items() if row.get("id", [""])[0]}
        inputs = _Inputs(_of_a_row(now), _of_a_row(mine), str(now.model._meta.verbose_name))
        rows: list[dict[str, Sent]] = []
        for form in now.initial_forms:
            key = str(form.instance.pk)
            if key in places:
                rows.append(self._met(f"{now.prefix}.{key}", sent.pop(places.pop(key)), form, inputs))
            elif is_whole:
                rows.append(row_as_sent(form) | {"id": [key]})
                self.found.add(inputs.came(form))
        initial = len(rows)
        for key, at in places.items():
            rows += self._lost(f"{now.prefix}.{key}", sent.pop(at), inputs)
        self._write(now.prefix, [*rows, *sent.values()], initial)

    def _met(self, place: str, mine: dict[str, Sent], form: Any, inputs: _Inputs) -> dict[str, Sent]:
        """A row that was on the page and still stands."""
        theirs, base = row_as_sent(form), self.shown.get(place)
        own = {name: mine.get(name, []) for name in theirs}
        is_same = all(same(own[name], theirs[name]) for name in theirs)
        if base == digest(theirs) or (is_same and "DELETE" not in mine):
            return mine
        untouched = base == digest(own)
        outcome = TAKEN if untouched else KEPT
        if "DELETE" in mine:
            outcome = "You marked it for deletion, and the form below still does."
        self.found.add(inputs.differ(form, own, theirs, outcome))
        return theirs | {name: mine[name] for name in OF_THE_ROW if name in mine} if untouched else mine

    def _lost(self, place: str, mine: dict[str, Sent], inputs: _Inputs) -> Iterator[dict[str, Sent]]:
        """A row that was on the page and was deleted since: what was typed into it becomes a new row."""
        if "DELETE" in mine:
            return
        row = {name: mine.get(name, []) for name in inputs.mine}
        is_typed = self.shown.get(place) != digest(row)
        self.found.add(inputs.gone(row, is_typed))
        if is_typed:
            yield row

    def _rows(self, prefix: str) -> dict[int, dict[str, Sent]]:
        """What was sent of each row of a list, by its place on the page."""
        found: dict[int, dict[str, Sent]] = {}
        for key in self.data:
            list_name, _, rest = key.partition("-")
            at, _, name = rest.partition("-")
            if list_name == prefix and name and at.isascii() and at.isdecimal() and len(at) < 6:
                found.setdefault(int(at), {})[name] = self.data.getlist(key)
        return dict(sorted(found.items()))

    def _write(self, prefix: str, rows: list[dict[str, Sent]], initial: int) -> None:
        for at, row in self._rows(prefix).items():
            for name in row:
                del self.data[f"{prefix}-{at}-{name}"]
        for at, row in enumerate(rows):
            for name, values in row.items():
                self.data.setlist(f"{prefix}-{at}-{name}", values)
        self.data[f"{prefix}-TOTAL_FORMS"], self.data[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), str(initial)


Inputs = Mapping[str, forms.Field]


def _of_a_row(formset: Any) -> Inputs:
    return {name: field for name, field in formset.empty_form.fields.items() if name not in OF_THE_ROW}


@dataclass(frozen=True)
class _Inputs:
    """The inputs of a list's rows, which know the words for their choices: those that stand now, and those sent."""

    now: Inputs
    mine: Inputs
    kind: str

    def differ(self, form: Any, mine: Mapping[str, Sent], theirs: Mapping[str, Sent], outcome: str) -> Side:
        """Both versions of a row, in the inputs in which they differ."""
        names = [name for name in theirs if not same(mine[name], theirs[name])] or list(theirs)
        now = self._lines(self.now, {name: theirs[name] for name in names})
        sent = self._lines(self.mine, {name: mine[name] for name in names})
        return Side(self._name(name_of(form.instance)), sent, now, outcome)

    def came(self, form: Any) -> Side:
        """A row that was not on the page."""
        now = self._lines(self.now, row_as_sent(form), with_empty=False)
        return Side(self._name(name_of(form.instance)), (), now, "It was added meanwhile, and is in the form below.")

    def gone(self, row: Mapping[str, Sent], is_typed: bool) -> Side:
        """A row that is no more."""
        lines = self._lines(self.mine, row, with_empty=False)
        title = next((text for label, text in lines if label != "Place"), "")
        outcome = "It was deleted meanwhile, and is not in the form below."
        if is_typed:
            outcome = "It was deleted meanwhile. What you sent stands below as a new row, to keep or to leave out."
        return Side(self._name(title), lines, (), outcome)

    def _name(self, text: str) -> str:
        return f"{capfirst(self.kind)}: {text}"

    def _lines(self, fields: Inputs, row: Mapping[str, Sent], with_empty: bool = True) -> tuple[tuple[str, str], ...]:
        lines = [(fields[name].label or name, words(fields[name], sent)) for name, sent in row.items()]
        return tuple((str(capfirst(label)), text) for label, text in lines if text or with_empty)


def words(field: Any, sent: Sent) -> str:
    """What was sent for an input, as its page words it; nothing where it is empty."""
    widget = getattr(field.widget, "widget", field.widget)
    if isinstance(widget, forms.CheckboxInput):
        return "Yes" if sent else "No"
    if isinstance(field, KnownChoiceField):
        known = {key: str(row) for key, row in field.offer.known.items()}
    else:
        known = {str(key): str(label) for key, label in getattr(widget, "choices", ()) if isinstance(key, str | int)}
    return "; ".join(str(known.get(value, value)) for value in sent if value not in ("", "unknown"))
