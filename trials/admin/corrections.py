"""Rows of a sheet that came back: what each would change, what is wrong with it, and the change itself.

A row is checked by the form on which an editor would make the same change, so the two refuse the same things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest

from trials.admin.logged import logged
from trials.admin.words import lock_name
from trials.intake.editing import hold, note, state_of
from trials.intake.sheets import BY_NAME, CORRECTABLE, TERM_COLUMNS, Row, normal, shown, term_text, with_rows
from trials.models import CellProduct, FormerSlug, Trial
from trials.models.choices import AgeUnit, Origin
from trials.phrases import count
from trials.search.publishing import publishing

_AGES = ("min_age_value", "min_age_unit", "max_age_value", "max_age_unit")
_DATES = ("start_date", "primary_completion_date", "completion_date")
_AGE = re.compile(r"(\d{1,6}(?:[.,]\d{1,4})?)\s*(\w+)")
_CHUNK = 200


@dataclass(frozen=True)
class Wrong:
    """What is wrong in one cell, and what to do."""

    column: str
    says: str


@dataclass(frozen=True)
class Cell:
    """What a cell would change."""

    column: str
    words: str
    old: str
    new: str


@dataclass
class Correction:
    """A row with what it would change. With anything wrong nothing of it is applied; with neither it is unchanged."""

    row: Row
    trial: int | None = None
    title: str = ""
    cells: list[Cell] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


class _Refused(Exception):  # noqa: N818 (says what happened to a cell)
    """A cell that says nothing usable. The message is for its sender."""


@dataclass
class Checker:
    """Checks and applies rows on behalf of who sent them. `admin` is that of trials."""

    admin: Any
    request: HttpRequest
    _names: dict[str, dict[str, Any]] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)

    def check(self, rows: Sequence[Row]) -> Iterator[Correction]:
        """What each row would do. Writes nothing."""
        self._seen.clear()
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            wanted = {row.cells["slug"].strip().lower() for row in part}
            trials = {trial.slug: trial for trial in with_rows(Trial.objects.filter(slug__in=wanted))}
            for row in part:
                yield self._checked(row, trials.get(row.cells["slug"].strip().lower()))[0]

    def apply(self, row: Row) -> Correction:
        """Checks a row once more and makes its change, in one transaction that holds the trial."""
        slug = row.cells["slug"].strip().lower()
        pk = Trial.objects.filter(slug=slug).values_list("pk", flat=True).first()
        try:
            with publishing():
                trial = hold(pk) if pk else None
                correction, form, terms = self._checked(row, trial)
                if trial is not None and correction.cells and not correction.wrong:
                    self._write(trial, form, terms)
        except DatabaseError:
            says = "Somebody else was writing this trial, or the database refused the row. Send it again."
            return Correction(row, pk, wrong=[Wrong("slug", says)])
        return correction

    def _write(self, trial: Trial, form: Any, terms: Mapping[str, Sequence[Any]]) -> None:
        lists = ("products",) if terms else ()
        before = state_of(trial.pk, lists)
        if form is not None:
            form.save()
        for name, chosen in terms.items():
            product = trial.products.get()
            getattr(product, name).set(chosen)
            CellProduct.objects.filter(pk=product.pk).update(origin=Origin.EDITOR)
        note(trial.pk, before, state_of(trial.pk, lists), self.request.user)
        said = "Corrected by a sheet."
        logged(self.request, [trial], said)

    # One row ---------------------------------------------------------------------------------------------------

    def _checked(self, row: Row, trial: Trial | None) -> tuple[Correction, Any, dict[str, Sequence[Any]]]:
        """What a row would do, the form that would do it (None where no field changes), and terms by column."""
        found = Correction(row)
        form, terms = None, dict[str, Sequence[Any]]()
        if trial is None:
            found.wrong.append(Wrong("slug", _unknown(row.cells["slug"].strip())))
            return found, form, terms
        found.trial, found.title = trial.pk, trial.display_title or trial.title
        now = {name: shown(BY_NAME[name].text(trial)) for name in CORRECTABLE if name in row.cells}
        changed = [name for name in now if normal(row.cells[name]) != normal(now[name])]
        found.cells = [Cell(name, _words(name), now[name], normal(row.cells[name])) for name in changed]
        if not changed:
            return found, form, terms
        found.wrong += self._standing(row, trial)
        if not found.wrong:
            terms = self._terms(trial, row, changed, found.wrong)
            form = self._form(trial, row, [name for name in changed if name not in TERM_COLUMNS], found.wrong)
        return found, form, terms

    def _standing(self, row: Row, trial: Trial) -> Iterator[Wrong]:
        first = self._seen.setdefault(trial.slug, row.number)
        if first != row.number:
            yield Wrong("slug", f"Row {first} is of the same trial. Keep one of the two.")
        version = row.cells["version"].strip()
        if version != str(trial.version):
            yield Wrong(
                "version",
                f"The trial was changed since the sheet was exported (version {version or 'missing'}, now "
                f"{trial.version}). Export it anew and make the correction there.",
            )

    def _terms(self, trial: Trial, row: Row, changed: Iterable[str], wrong: list[Wrong]) -> dict[str, Sequence[Any]]:
        found: dict[str, Sequence[Any]] = {}
        for name in changed:
            if name not in TERM_COLUMNS:
                continue
            try:
                found[name] = self._chosen(trial, name, row.cells[name])
            except _Refused as error:
                wrong.append(Wrong(name, str(error)))
        return found

    def _chosen(self, trial: Trial, name: str, text: str) -> list[Any]:
        if not self.request.user.has_perm("trials.change_cellproduct"):
            raise _Refused("You may not change cell products.")
        products = len(trial.products.all())
        if products != 1:
            raise _Refused(
                f"The trial has {count(products, 'cell product')}, so a sheet cannot say which is meant. Correct it on "
                "the trial’s own page."
            )
        terms = {}
        for word in filter(None, (normal(part) for part in text.split(";"))):
            term = self._known(name).get(word.casefold())
            if term is None:
                what = _words(name).lower()
                raise _Refused(f"“{word}” is none of the catalogue’s {what}. Write the name or the slug of a term.")
            terms[term.pk] = term
        return list(terms.values())

    def _known(self, name: str) -> dict[str, Any]:
        """The terms of a column by everything that they are called, their own names first."""
        if name not in self._names:
            model: Any = CellProduct._meta.get_field(name).related_model
            terms = list(model.objects.all())
            names = {alias.casefold(): term for term in terms for alias in term.synonyms if "*" not in alias}
            names |= {term.slug: term for term in terms} | {normal(term.label).casefold(): term for term in terms}
            self._names[name] = names | {term_text(term).casefold(): term for term in terms}
        return self._names[name]

    def _form(self, trial: Trial, row: Row, changed: Sequence[str], wrong: list[Wrong]) -> Any:
        """The form of the fields that change and of those that are judged with them, its faults noted in `wrong`."""
        given: dict[str, Any] = {}
        for name in changed:
            try:
                given |= _given(name, normal(row.cells[name]))
            except _Refused as error:
                wrong.append(Wrong(name, str(error)))
        if not given:
            return None
        names = list(given)
        for group in (_AGES, _DATES):
            names += [name for name in group if set(group) & set(given) and name not in given]
        form_class = self.admin.get_form(self.request, trial, change=True, fields=names)
        form = form_class({name: _sent(trial, name) for name in names} | given, instance=trial)
        for name, errors in form.errors.items():
            column = name if name in BY_NAME else re.sub(r"_(value|unit)$", "", name)
            wrong.append(Wrong(column if column in BY_NAME else "slug", " ".join(map(str, errors))))
        return form


def _words(name: str) -> str:
    """What a column is called in a sentence."""
    return name.replace("_", " ").capitalize() if name in TERM_COLUMNS else lock_name(name)


def _unknown(slug: str) -> str:
    former = FormerSlug.objects.filter(slug=slug.lower()).exclude(trial=None).select_related("trial").first()
    if former is not None and former.trial is not None:
        return f"This trial’s address is “{former.trial.slug}” now. Write that."
    return f"No trial has the address “{slug}”. Correct it, or take the row out."


def _sent(trial: Trial, name: str) -> str:
    value = getattr(trial, name)
    return "" if value is None else str(value)


def _given(name: str, text: str) -> dict[str, str]:
    """What a cell sends to the form."""
    if name in ("min_age", "max_age"):
        return _age(name, text)
    if len(text) >= 32_000:
        raise _Refused("The text is longer than a cell may be. Correct it on the trial’s own page.")
    column: Any = Trial._meta.get_field(name)
    choices = column.choices
    if not choices or not text:
        return {name: text}
    for value, label in choices:
        if text.casefold() in (str(value).casefold(), normal(str(label)).casefold()):
            return {name: str(value)}
    allowed = ", ".join(str(label) for _, label in choices)
    raise _Refused(f"“{text}” is not known here. Write one of: {allowed}.")


def _age(name: str, text: str) -> dict[str, str]:
    if not text:
        return {f"{name}_value": "", f"{name}_unit": ""}
    match = _AGE.fullmatch(text)
    unit = match[2].casefold() if match else ""
    for value, label in AgeUnit.choices:
        if match and unit in (value.casefold(), label.casefold(), label.casefold().removesuffix("s")):
            return {f"{name}_value": match[1].replace(",", "."), f"{name}_unit": value}
    units = ", ".join(label.lower() for label in AgeUnit.labels)
    raise _Refused(f"“{text}” is no age. Write a number and a unit ({units}), for example 18 years.")
