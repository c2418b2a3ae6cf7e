"""Two versions of a field or a row in words, side by side, with a choice between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.text import capfirst

from trials.admin.chosen import MINE, THEIRS, WAS, Values, held_word
from trials.admin.forms import name_of
from trials.admin.known import KnownChoiceField
from trials.admin.shown import OF_THE_ROW, Sent, row_as_sent, same

TYPED = "You changed it too: yours is chosen, unless you choose theirs."
AGAIN = "You were asked before: your choice is kept, unless you choose otherwise now."
UNCLEAR = "You chose one version and typed another into the form below: what you typed is chosen now."
UNTOUCHED = "You had not changed it: theirs is chosen, unless you choose yours, which is what stood before."
DELETED = "You marked it for deletion; somebody changed it since."
CAME = "It was added meanwhile and is kept. It is in the form below, where you can mark it for deletion."
GONE = "It was deleted meanwhile, and you had not changed it: it is left out, unless you bring it back."
GONE_TYPED = "It was deleted meanwhile. What you typed is brought back as a new row, unless you leave it out."
# More rows that nobody typed into help nobody to decide; the form below holds them all.
MOST_SHOWN = 50

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Side:
    """One field or row: what it is called, what came back and what stands now, as (label, text).

    `choice`: which version is taken unless the editor says otherwise; empty where there is nothing to choose.
    `was`: hidden inputs that carry the editor's version where the form holds theirs. `offers`: the words of the choice.
    """

    name: str
    sent: Lines
    now: Lines
    outcome: str
    key: str = ""
    choice: str = ""
    held: str = ""
    was: tuple[tuple[str, str], ...] = ()
    offers: tuple[str, str] = ("Keep mine", "Take theirs")

    @property
    def options(self) -> tuple[tuple[str, str, Lines, bool], ...]:
        """(value, words, lines, whether chosen) of the two radio buttons."""
        sides = zip((MINE, THEIRS), self.offers, (self.sent, self.now), strict=True)
        return tuple((value, words, lines, value == self.choice) for value, words, lines in sides)


@dataclass
class Differences:
    """What changed meanwhile of what the page shows; `more` counts those that are not listed."""

    sides: list[Side] = field(default_factory=list)
    more: int = 0

    def add(self, side: Side) -> None:
        if len(self.sides) < MOST_SHOWN or side.outcome not in (UNTOUCHED, CAME, GONE):
            self.sides.append(side)
        else:
            self.more += 1

    @property
    def held(self) -> str:
        """What the form holds of each choice."""
        return " ".join(side.held for side in self.sides if side.held)

    @property
    def is_choice(self) -> bool:
        return any(side.choice for side in self.sides)


def chosen_side(key: str, name: str, mine: Values, choice: str, put: Values, **told: Any) -> Side:
    """A difference between which an editor chooses; `put` is what the form holds of it."""
    own = mine if choice == THEIRS else {}
    was = tuple((f"{WAS}{key}:{input_}", value) for input_, values in own.items() for value in values)
    return Side(name, key=key, choice=choice, held=held_word(key, choice, put), was=was, **told)


Inputs = Mapping[str, forms.Field]


@dataclass(frozen=True)
class RowInputs:
    """The inputs of a list's rows, which know the words for their choices: those that stand now, and those sent."""

    now: Inputs
    mine: Inputs
    kind: str

    @classmethod
    def of(cls, now: Any, mine: Any) -> RowInputs:
        return cls(_of_a_row(now), _of_a_row(mine), str(now.model._meta.verbose_name))

    def differ(self, key: str, form: Any, mine: Values, theirs: Values, choice: str, outcome: str) -> Side:
        """Both versions of a row, in the inputs in which they differ."""
        is_deleted = "DELETE" in mine
        outcome = DELETED if is_deleted and outcome == TYPED else outcome
        names = [name for name in theirs if not same(mine.get(name, []), theirs[name])] or list(theirs)
        now = self._lines(self.now, {name: theirs[name] for name in names})
        sent = self._lines(self.mine, {name: mine.get(name, []) for name in names})
        offers = ("Delete it", "Keep it as it stands now") if is_deleted else Side.offers
        sent = (("", "Marked for deletion"),) if is_deleted else sent
        told = {"sent": sent, "now": now, "outcome": outcome, "offers": offers}
        put = mine if choice == MINE else theirs
        return chosen_side(key, self._name(name_of(form.instance)), mine, choice, put, **told)

    def came(self, form: Any) -> Side:
        """A row that was not on the page."""
        now = self._lines(self.now, row_as_sent(form, with_disabled=True), with_empty=False)
        return Side(self._name(name_of(form.instance)), (), now, CAME)

    def gone(self, key: str, mine: Values, choice: str, outcome: str) -> Side:
        """A row that is no more."""
        outcome = {TYPED: GONE_TYPED, UNTOUCHED: GONE}.get(outcome, outcome)
        lines = self._lines(self.mine, mine, with_empty=False)
        title = next((text for label, text in lines if label != "Place"), "")
        told = {"sent": lines, "now": (), "outcome": outcome, "offers": ("Bring it back", "Leave it out")}
        return chosen_side(key, self._name(title), mine, choice, mine if choice == MINE else {}, **told)

    def _name(self, text: str) -> str:
        return f"{capfirst(self.kind)}: {text}"

    def _lines(self, fields: Inputs, row: Values, with_empty: bool = True) -> Lines:
        lines = [
            (fields[name].label or name, words(fields[name], sent)) for name, sent in row.items() if name in fields
        ]
        return tuple((str(capfirst(label)), text) for label, text in lines if text or with_empty)


def _of_a_row(formset: Any) -> Inputs:
    return {name: field for name, field in formset.empty_form.fields.items() if name not in OF_THE_ROW}


def words(field: Any, sent: Sent) -> str:
    """What was sent for an input, as its page words it; nothing where it is empty."""
    widget = getattr(field.widget, "widget", field.widget)
    if isinstance(widget, forms.CheckboxInput):
        return "Yes" if sent else "No"
    if isinstance(field, KnownChoiceField):
        known = {key: str(row) for key, row in field.offer.known.items()}
    elif isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        keys = [value for value in sent if value.isascii() and value.isdecimal() and len(value) < 19]
        known = {str(row.pk): str(row) for row in field.queryset.filter(pk__in=keys)} if keys else {}
    else:
        known = {str(key): str(label) for key, label in getattr(widget, "choices", ()) if isinstance(key, str | int)}
    return "; ".join(str(known.get(value, value)) for value in sent if value not in ("", "unknown"))
