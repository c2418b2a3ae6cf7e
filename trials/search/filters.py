"""The query string of the browse page, cleaned into a `Question`. Whatever cannot be used is named, never an error."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from trials.models import Trial
from trials.records import YEARS_PER_UNIT, PartialDate
from trials.search import facets
from trials.search.columns import BY_KEY as COLUMNS
from trials.search.columns import USUAL
from trials.search.places import Gazetteer
from trials.search.question import DEFAULT_WITHIN, AgeRange, Near, Question
from trials.search.values import NOT_STATED, ValueSet

MAX_QUERY_LENGTH = 200
MAX_VALUES = 50
MAX_WITHIN = 20_000
SORTS = {
    "relevance": "Relevance",
    "updated": "Last updated",
    "start": "Start date",
    "title": "Title",
    "enrolment": "Enrolment",
    "dose": "Largest dose",
}

# How results can be shown; the first comes anyway.
VIEWS = ("cards", "table")

_AGE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)([ymwd]?)")
_AGE_UNITS = {"": "YEARS", "y": "YEARS", "m": "MONTHS", "w": "WEEKS", "d": "DAYS"}


@dataclass(frozen=True)
class Remark:
    """A part of the address that was not used: which, as given, and why; or, if it `is_used`, how."""

    parameter: str
    given: str
    why: str
    is_used: bool = False

    @classmethod
    def of(cls, parameter: str, given: str, why: str) -> Remark:
        """With what was given made fit to print."""
        return cls(printable(parameter), printable(given), why)


def printable(text: str) -> str:
    """What somebody gave, fit to print: control characters become blanks, and runs of blanks one."""
    return " ".join("".join(" " if unicodedata.category(mark)[0] == "C" else mark for mark in text).split())


class SlugsField(forms.Field):
    """Every value given for one parameter, in order, without repeats."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word.strip() for word in value or () if word.strip()))


class WordsField(forms.CharField):
    """Free text: control characters become blanks and runs of blanks one."""

    def to_python(self, value: Any) -> str:
        text = printable(str(value or ""))
        if text and not any(mark.isalnum() for mark in text):
            raise ValidationError("has no letter or figure to look for")
        if len(text) > MAX_QUERY_LENGTH:
            raise ValidationError(f"the search takes at most {MAX_QUERY_LENGTH} characters")
        return text


class AgeField(forms.Field):
    """`12` years, `12-18` an interval, `6m` months (also w, d and y); an empty text is no age."""

    def to_python(self, value: Any) -> AgeRange | None:
        text = "".join(str(value or "").split()).lower().replace("–", "-")
        if not text:
            return None
        parts = [_AGE.fullmatch(part) for part in text.split("-")]
        if len(parts) > 2 or not all(parts):
            raise ValidationError("write an age as 12, an interval as 12-18, months as 6m")
        bounds = [(float(part[1]), YEARS_PER_UNIT[_AGE_UNITS[part[2]]], "." in part[1]) for part in parts if part]
        low, low_unit, _ = bounds[0]
        high, high_unit, exact = bounds[-1]
        # A whole number stands for everyone of that age, so it ends just before the next one.
        last = high if exact else high + 0.999
        if low * low_unit > last * high_unit:
            raise ValidationError("the interval runs backwards: write the lower age first")
        return AgeRange(low * low_unit, last * high_unit, text)


class DateField(forms.Field):
    """A year, month or day."""

    def to_python(self, value: Any) -> PartialDate | None:
        text = str(value or "").strip()
        try:
            return PartialDate.parse(text) if text else None
        except ValueError:
            raise ValidationError("write a year, a month or a day: 2024, 2024-05 or 2024-05-31") from None


class CountField(forms.Field):
    """A whole number of at most nine figures; an empty text is none. `unit` says of what."""

    def __init__(self, unit: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = unit

    def to_python(self, value: Any) -> int | None:
        text = "".join(str(value or "").split())
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise ValidationError(f"write a whole number of {self.unit}")
        return int(text)


class CountFilter(django_filters.Filter):
    field_class = CountField


class SlugsFilter(django_filters.Filter):
    field_class = SlugsField


class WordsFilter(django_filters.Filter):
    field_class = WordsField


class AgeFilter(django_filters.Filter):
    field_class = AgeField


class DateFilter(django_filters.Filter):
    field_class = DateField


class QuestionFilterSet(django_filters.FilterSet):
    """Declares every parameter of the browse page; the facets come from `FACETS`. Used to clean, not to query."""

    q = WordsFilter()
    age = AgeFilter()
    start_from = DateFilter()
    start_to = DateFilter()
    enrolment_from = CountFilter(unit="participants")
    enrolment_to = CountFilter(unit="participants")
    near = WordsFilter()
    within = CountFilter(unit="kilometres")
    sort = WordsFilter()
    page = WordsFilter()
    view = WordsFilter()
    columns = SlugsFilter()

    class Meta:
        model = Trial
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters |= {facet.key: SlugsFilter() for facet in facets.FACETS}


def read_question(
    query: QueryDict, values: Mapping[str, ValueSet], cities: Callable[[], Gazetteer]
) -> tuple[Question, tuple[Remark, ...]]:
    """The question that a query string asks, and what of it was not used.

    `values` are the value sets by facet key; a slug that is in none is named and left out. `cities` gives the places
    that a question can be near to, and is asked only then.
    """
    filterset = QuestionFilterSet(query, queryset=Trial.objects.none())
    remarks = [
        Remark.of(name, query.get(name, ""), "is not something that this page can ask for")
        for name in query
        if name not in filterset.filters
    ]
    form = filterset.form
    form.is_valid()
    for name, errors in form.errors.items():
        remarks += [Remark.of(name, query.get(name, ""), str(error)) for error in errors]
    clean = form.cleaned_data
    chosen = []
    for facet in facets.FACETS:
        known, unknown = _known(clean.get(facet.key, ()), values[facet.key], bool(facet.missing))
        known, cut = known[:MAX_VALUES], known[MAX_VALUES:]
        if cut:
            why = f"is left out: of one facet {MAX_VALUES} values may be chosen"
            remarks.append(Remark.of(facet.key, ", ".join(cut), why))
        remarks += [Remark.of(facet.key, slug, f"is no {facet.label.lower()} of this catalogue") for slug in unknown]
        if known:
            chosen.append((facet.key, known))
    sort, page = clean.get("sort", ""), clean.get("page", "")
    if sort and sort not in SORTS:
        remarks.append(Remark.of("sort", sort, f"is no order; there are {', '.join(SORTS)}"))
    if page and not page_number(page):
        remarks.append(Remark.of("page", page, "is no page number"))
    view, columns, view_remarks = _shown_as(clean.get("view", ""), clean.get("columns", ()))
    remarks += view_remarks
    start_from, start_to = clean.get("start_from"), clean.get("start_to")
    if start_from and start_to and start_from.first_day > start_to.last_day:
        remarks.append(Remark.of("start_to", str(start_to), "is before the start of the interval"))
        start_to = None
    enrolment_from, enrolment_to = clean.get("enrolment_from"), clean.get("enrolment_to")
    if enrolment_from is not None and enrolment_to is not None and enrolment_from > enrolment_to:
        remarks.append(Remark.of("enrolment_to", str(enrolment_to), "is below the lower end"))
        enrolment_to = None
    near = None
    if clean.get("near"):
        near, near_remarks = _near(clean["near"], clean.get("within"), cities())
        remarks += near_remarks
    elif clean.get("within") is not None:
        remarks.append(Remark.of("within", query.get("within", ""), "needs a city to measure from: near=milan"))
    question = Question(
        q=clean.get("q", ""),
        chosen=tuple(chosen),
        age=clean.get("age"),
        start_from=start_from,
        start_to=start_to,
        enrolment_from=enrolment_from,
        enrolment_to=enrolment_to,
        near=near,
        sort=_sort(sort, bool(clean.get("q"))),
        page=page_number(page) or 1,
        view=view,
        columns=columns,
    )
    if question.order == "dose":
        remarks += _basis_remarks(question, values[facets.DOSE])
    return question, tuple(remarks)


def _shown_as(view: str, columns: tuple[str, ...]) -> tuple[str, tuple[str, ...], list[Remark]]:
    """The view and the columns asked for, without what comes anyway, and what was no view and no column."""
    remarks = [Remark.of("columns", key, f"is no column; there are {', '.join(COLUMNS)}")
               for key in columns if key not in COLUMNS][:1]  # fmt: skip
    if view and view not in VIEWS:
        remarks.append(Remark.of("view", view, f"is no view; there are {' and '.join(VIEWS)}"))
    chosen = tuple(key for key in COLUMNS if key in columns)
    if view != "table":
        return "", (), remarks
    return view, () if chosen == USUAL else chosen, remarks


def _basis_remarks(question: Question, bases: ValueSet) -> list[Remark]:
    """Which doses are compared, unless just one kind is asked for."""
    chosen = [slug for slug in question.values(facets.DOSE) if slug != NOT_STATED]
    if len(chosen) == 1:
        return []
    used = bases.values.get(question.basis or facets.USUAL_BASIS)
    if used is None:
        return []
    why = f"Sorted by the largest dose in {used.label}; choose another kind under “Stated dose”"
    return [Remark("sort", "dose", why, is_used=True)]


def _known(slugs: tuple[str, ...], values: ValueSet, may_be_missing: bool) -> tuple[tuple[str, ...], list[str]]:
    # A link to a term that was merged into another leads to that one.
    slugs = tuple(dict.fromkeys(values.former.get(slug, slug) for slug in slugs))
    known = [slug for slug in slugs if slug in values.values or (slug == NOT_STATED and may_be_missing)]
    used = set(known)
    return tuple(known), [slug for slug in slugs if slug not in used]


def _sort(sort: str, has_words: bool) -> str:
    """The order asked for; nothing where it is none, or what would come anyway."""
    usual = "relevance" if has_words else "updated"
    return "" if sort not in SORTS or sort == usual or (sort == "relevance" and not has_words) else sort


def _near(text: str, km: int | None, cities: Gazetteer) -> tuple[Near | None, list[Remark]]:
    """The city meant and what to say of it. Of several with one name, the one with most trials is taken."""
    found = cities.named(text)
    if not found:
        return None, [Remark.of("near", text, "is no city in which a trial of this catalogue has a site")]
    remarks = []
    if km is not None and not 1 <= km <= MAX_WITHIN:
        remarks.append(Remark.of("within", str(km), f"write kilometres from 1 to {MAX_WITHIN}"))
        km = None
    near = found[0].near(km or DEFAULT_WITHIN)
    if len(found) > 1:
        others = ", ".join(f"{city.label} (near={city.near(1).text})" for city in found[1:4])
        remarks.append(Remark.of("near", text, f"is {found[0].label} here; there is also {others}"))
    return near, remarks


def page_number(text: str) -> int:
    """A page from 1 up, or 0 for anything else. Longer numbers than any catalogue has pages are cut short."""
    return int(text[:9]) if text.isascii() and text.isdecimal() else 0
