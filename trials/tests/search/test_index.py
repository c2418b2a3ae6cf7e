"""The index answers as the plain way does, after any edits: random catalogues, edits and questions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from trials.models import Area, CellType, Condition, DonorRelation, Flag, Organisation, Route, Trial
from trials.models.choices import Phase, Severity, Sex, SiteStatus, SponsorRole, State, Status
from trials.search import counting, facets, plain, plain_text, stored
from trials.search.filters import read_question
from trials.search.index import Answer, FacetIndex, build
from trials.search.live import Live
from trials.search.saved import load, save
from trials.search.text import matching
from trials.tests.drawing import over_tables
from trials.tests.search.making import publish, term

pytestmark = pytest.mark.django_db

CITIES = (
    ("IT", "Milan", 45.46, 9.19),
    ("IT", "milan", None, None),
    ("IT", "Pavia", 45.19, 9.16),
    ("DE", "Köln", 50.94, 6.96),
    ("US", "Milan", 38.0, -89.0),
    ("", "", None, None),
    ("FR", "Lyon", None, None),
)
DATES = (None, "2019", "2020-02", "2020-02-29", "2021-07-01", "2024-12")

trials = st.fixed_dictionaries(
    {
        "state": st.sampled_from([State.PUBLISHED] * 4 + [State.DRAFT]),
        "title": st.sampled_from(["Áb", "ab", "abc", "B", "b c", "Zz", "10"]),
        "display_title": st.sampled_from(["", "", "aaa"]),
        "status": st.sampled_from(["", *Status.values[:4]]),
        "phase": st.sampled_from(["", *Phase.values]),
        "sex": st.sampled_from(["", *Sex.values]),
        "start_date": st.sampled_from(DATES),
        "last_update_posted": st.sampled_from(DATES),
        "enrollment_count": st.sampled_from([None, 0, 1, 7, 8, 500]),
        "min_age": st.sampled_from([None, (0.0, "YEARS"), (18.0, "YEARS"), (6.0, "MONTHS")]),
        "max_age": st.sampled_from([None, (17.0, "YEARS"), (64.5, "YEARS"), (90.0, "DAYS")]),
        "conditions": st.lists(st.sampled_from(["als", "mnd", "lupus", "other", ""]), max_size=3),
        "cells": st.lists(st.lists(st.sampled_from(["stem", "msc", "hsc", "t-cell"]), max_size=2), max_size=2),
        "donors": st.sets(st.sampled_from(["autologous", "allogeneic"])),
        "doses": st.lists(
            st.tuples(
                st.sampled_from(["PER_KG", "PER_KG", "FLAT"]),
                st.sampled_from(["0.001", "1500000", "1500001", "2E6", "3E11"]),
                st.sampled_from([None, "3E12"]),
            ),
            max_size=2,
        ),
        "routes": st.lists(st.sampled_from(["local", "intrathecal", "intravenous"]), max_size=2),
        "sites": st.lists(
            st.tuples(st.sampled_from(CITIES), st.sampled_from(["", *SiteStatus.values[:3]])), max_size=3
        ),
        "sponsor": st.sampled_from(["", "INDUSTRY", "OTHER"]),
        "flags": st.sets(st.sampled_from(["dates-cross", "no-sites"])),
        "registered": st.lists(st.sampled_from(DATES[1:]), max_size=2),
    }
)
questions = st.lists(
    st.sampled_from(
        [
            "status=recruiting",
            "status=not-stated",
            "status=completed",
            "phase=1",
            "phase=2",
            "phase=not-stated",
            "condition=als",
            "condition=mnd",
            "condition=not-stated",
            "area=nervous",
            "area=not-stated",
            "cell_type=stem",
            "cell_type=msc",
            "cell_type=not-stated",
            "donor=autologous",
            "donor=allogeneic",
            "route=local",
            "open_in=it",
            "country=it",
            "country=de",
            "country=not-stated",
            "sex=female",
            "sex=male",
            "age_group=child",
            "age=12",
            "age=6m",
            "age=17-18",
            "age=64.5-90",
            "start_from=2020-02",
            "start_to=2020-02",
            "start_from=2021",
            "enrolment_from=1",
            "enrolment_to=7",
            "near=milan",
            "near=milan,us",
            "near=koln&within=500",
            "near=milan&within=20",
            "flag=dates-cross",
            "flag=not-stated",
            "registry=ctgov",
            "sponsor_class=industry",
            "sort=title",
            "sort=start",
            "sort=enrolment",
            "sort=dose",
            "sort=dose",
            "dose=per-kg",
            "dose=flat",
            "dose=not-stated",
            "delivery=local",
            "delivery=systemic",
            "delivery=not-stated",
            "page=2",
            "q=ab",
            "q=abc b",
            "q=als",
            "q=b -zz",
            "q=lupus OR mnd",
            "q=milan",
            "q=aaa",
        ]
    ),
    max_size=4,
)
moves = st.tuples(
    st.sampled_from(["als", "lupus", "other"]), st.sampled_from(["", "mnd"]), st.sampled_from(["zz", "abc b"])
)
edits = st.lists(st.tuples(st.integers(0, 7), trials | st.just("delete")) | moves, max_size=4)


def make_terms() -> None:
    nervous, immune = term(Area, "nervous"), term(Area, "immune")
    mnd = term(Condition, "mnd")
    als, lupus = term(Condition, "als", parent=mnd), term(Condition, "lupus")
    als.areas.set([nervous])
    lupus.areas.set([immune, nervous])
    term(Condition, "other")
    stem = term(CellType, "stem")
    for slug in ("msc", "hsc"):
        term(CellType, slug, parent=stem)
    term(CellType, "t-cell")
    for slug in ("autologous", "allogeneic"):
        term(DonorRelation, slug)
    term(Route, "intrathecal", parent=term(Route, "local"))
    term(Route, "intravenous", parent=term(Route, "systemic"))


def move(slug: str, parent: str, synonym: str) -> None:
    """Puts a condition below another, or at the top, and gives it another name."""
    Condition.objects.filter(slug=slug).update(
        parent=Condition.objects.get(slug=parent) if parent else None, synonyms=[synonym]
    )
    publish([], terms=True)


def write(number: int, drawn: dict[str, Any] | str) -> int | None:
    """Makes, replaces or takes away a trial; its id."""
    held = Trial.objects.filter(slug=f"t{number}").first()
    if drawn == "delete":
        pk = held.pk if held else None
        if held:
            held.delete()
        return pk
    assert isinstance(drawn, dict)
    plain_fields = (
        "state",
        "title",
        "display_title",
        "status",
        "phase",
        "sex",
        "start_date",
        "last_update_posted",
        "enrollment_count",
    )
    fields = {name: drawn[name] for name in plain_fields}
    for end in ("min", "max"):
        fields[f"{end}_age_value"], fields[f"{end}_age_unit"] = drawn[f"{end}_age"] or (None, "")
    if held is None:
        held = Trial.objects.create(slug=f"t{number}", **fields)
    else:
        for name, value in fields.items():
            setattr(held, name, value)
        held.save()
        for rows in (held.conditions, held.products, held.doses, held.sites, held.sponsorships, held.registrations):
            rows.all().delete()
        Flag.objects.filter(trial=held).delete()
    for order, slug in enumerate(drawn["conditions"], 1):
        mapped = Condition.objects.get(slug=slug) if slug else None
        held.conditions.create(order=order, wording=slug or "unknown", condition=mapped)
    for order, cells in enumerate(drawn["cells"], 1):
        product = held.products.create(order=order, name="p")
        product.cell_types.set(CellType.objects.filter(slug__in=cells))
        product.donors.set(DonorRelation.objects.filter(slug__in=drawn["donors"]))
    for order, slug in enumerate(drawn["routes"], 1):
        held.doses.create(order=order, route=Route.objects.get(slug=slug))
    for order, (basis, low, high) in enumerate(drawn["doses"], 11):
        held.doses.create(order=order, basis=basis, amount_low=Decimal(low), amount_high=high and Decimal(high))
    for order, ((country, city, latitude, longitude), status) in enumerate(drawn["sites"], 1):
        facility = "" if country or city else "A hospital"
        held.sites.create(
            order=order,
            country=country,
            city=city,
            facility=facility,
            latitude=latitude,
            longitude=longitude,
            status=status,
        )
    if drawn["sponsor"]:
        organisation, _ = Organisation.objects.get_or_create(name=drawn["sponsor"], agency_class=drawn["sponsor"])
        held.sponsorships.create(order=1, organisation=organisation, role=SponsorRole.LEAD_SPONSOR)
    for rule in drawn["flags"]:
        Flag.objects.create(trial=held, rule=rule, severity=Severity.values[0], sentence="x")
    for order, updated in enumerate(drawn["registered"], 1):
        held.registrations.create(
            order=order, registry="CTGOV", number=f"NCT0000000{number}{order}"[-11:], updated=updated
        )
    return held.pk


@pytest.fixture(scope="module", autouse=True)
def both_ways():
    """Longer facets are counted trial by trial, as in a large catalogue; shorter ones, as ever, value by value."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"LEAST_TRIALS": 1, "LEAST_VALUES": 4, "FORWARD": 1, "CHANGED": 1}.items():
            patch.setattr(counting, name, value)
        patch.setattr(counting, "MOST_SCATTERED", 10**6)
        yield


@dataclass
class Asked:
    """An answer without counts of nothing, to compare."""

    answer: Answer

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Asked)
        return self._told() == other._told()

    def _told(self) -> tuple[object, ...]:
        told = self.answer
        counts = {
            key: {slug: count for slug, count in of_facet.items() if count} for key, of_facet in told.counts.items()
        }
        return told.total, told.catalogue_total, told.page, told.page_count, told.ids, counts


def assert_same(index: FacetIndex, asked: list[list[str]]) -> None:
    for parts in asked:
        question, _ = read_question(QueryDict("&".join(parts)), index.values, lambda: index.gazetteer)
        tiers = matching.find(question.q, index).tiers if question.q else None
        found = index.answer(question, tiers)
        assert Asked(found) == Asked(plain.answer(question, index.values, plain_tiers(question.q, index))), parts


def plain_tiers(words: str, index: FacetIndex) -> tuple[frozenset[int], ...] | None:
    """The trials that have the words, best first, each tier with those before it; read one by one."""
    if not words:
        return None
    tier_of = plain_text.find(words, index).tiers
    return tuple(frozenset(pk for pk, tier in tier_of.items() if tier <= place) for place in range(plain_text.NOWHERE))


@over_tables(60)
@given(st.lists(trials, max_size=8), edits, st.lists(questions, min_size=1, max_size=6))
def test_the_index_agrees_with_the_plain_way_when_built_patched_and_loaded(made, edited, asked):
    with transaction.atomic():
        make_terms()
        publish([pk for number, drawn in enumerate(made) if (pk := write(number, drawn))], terms=True)
        live = Live()
        with live.reading() as index:
            assert_same(index, asked)
        for edit in edited:
            if len(edit) == 3:
                move(*edit)
                continue
            changed = write(*edit)
            if changed is not None:
                publish([changed])
        with live.reading() as index:
            assert_same(index, asked)
            assert_alike(index, build(index.state))
            save(index)
            again = load(index.state)
            assert again is not None
            assert_alike(index, again)
            assert_same(again, asked)
        transaction.set_rollback(True)


def assert_alike(one: FacetIndex, other: FacetIndex) -> None:
    """Two indexes hold the same, but for the numbers that the order of titles is kept by."""
    assert one.state == other.state
    assert one.public == other.public
    assert one.direct == other.direct
    assert one.places == other.places
    for key, members in one.members.items():
        assert {slug: set(ids) for slug, ids in members.items() if ids} == {
            slug: set(ids) for slug, ids in other.members[key].items() if ids
        }
    for key, order in one.orders.items():
        assert list(order.ids) == list(other.orders[key].ids)
    for key, spans in one.spans.items():
        assert spans.known == other.spans[key].known


def test_a_term_that_moves_takes_its_trials_along():
    make_terms()
    made = Trial.objects.create(slug="a", title="A", state=State.PUBLISHED)
    made.conditions.create(order=1, wording="Lupus", condition=Condition.objects.get(slug="lupus"))
    publish([made.pk], terms=True)
    live = Live()
    with live.reading() as index:
        assert index.counts["condition"] == {"lupus": 1, "not-stated": 0}
    Condition.objects.filter(slug="lupus").update(parent=Condition.objects.get(slug="mnd"))
    publish([], terms=True)
    with live.reading() as index:
        assert index.counts["condition"] == {"lupus": 1, "mnd": 1, "not-stated": 0}


def test_an_edit_is_read_in_one_statement_for_each_table_that_holds_values():
    with CaptureQueriesContext(connection) as captured:
        sources = [source for facet in facets.FACETS for source in facet.sources]
        list(stored.read([*sources, facets.PLACES, facets.AMOUNTS, *(item.source for item in facets.RANGES)], [1]))
    tables = {query["sql"].partition(' FROM "')[2].partition('"')[0] for query in captured}
    # Four lists of a product are read one by one: together they would multiply its rows.
    assert len(captured) == len(tables) + 3
