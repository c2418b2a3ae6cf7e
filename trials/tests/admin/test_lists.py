"""The admin's lists: counted to their last page and no further, wide rows read for one page, the same work for more."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trials import models
from trials.admin import base, naming, paging
from trials.search.publishing import publish_all
from trials.tests.admin.making import as_sent, fill, trial
from trials.tests.admin.registered import REGISTERED, imported

pytestmark = pytest.mark.django_db
LIST = reverse("admin:trials_trial_changelist")


@pytest.fixture
def short(monkeypatch):
    """Lists have pages for two rows."""
    for module in (paging, base):
        monkeypatch.setattr(module, "MOST", 2)


def address_of(model, query=""):
    return reverse(f"admin:trials_{model._meta.model_name}_changelist") + query


def statements(client, address):
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    assert page.status_code == 200
    return [query["sql"] for query in queries]


# Counting


def test_a_list_that_goes_on_says_so_and_ends_with_its_last_page(editor, short):
    for at in range(4):
        trial(f"t-{at}")
    page = editor.get(LIST)
    assert "more than 2 trials" in page.content.decode()
    assert page.context["cl"].paginator.num_pages == 1
    assert "across all pages" not in page.content.decode()


def test_a_list_that_ends_is_counted_to_its_end(editor, short):
    trial("one")
    trial("two")
    text = editor.get(LIST).content.decode()
    assert "2 trials" in text
    assert "more than" not in text


def test_all_rows_of_a_list_that_goes_on_are_no_selection(editor, short):
    made = [trial(f"t-{at}") for at in range(4)]
    sent = {"action": "publish", "select_across": "1", "_selected_action": [made[0].pk]}
    page = editor.post(LIST, sent, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "Nothing was done: these are more than 2 rows. Narrow the list with a filter or the search."
    ]
    assert not models.Trial.objects.public().exists()
    made[2].flags.create(order=1, rule="a-rule", sentence="Something does not fit.")
    for narrower in ("?q=t-1", "?flag=WARNING"):
        page = editor.post(LIST + narrower, sent)
        editor.post(LIST + narrower, {**as_sent(page), "confirmed": "1"})
    assert [trial.slug for trial in models.Trial.objects.public()] == ["t-1", "t-2"]


QUERIES = ("", "?q=cells", "?o=1")
ADDRESSES = [address_of(model, query) for model in REGISTERED for query in QUERIES]


def test_no_list_counts_a_whole_table_or_asks_more_of_the_database_for_more_rows(editor):
    first = trial("one", title="Cells", state="PUBLISHED")
    fill(first, 1)
    imported(first)
    models.FormerSlug.objects.create(slug="once", trial=first)
    fill(trial("zero"), 1)
    publish_all()
    few = asked(editor)
    for at in range(4):
        fill(trial(f"more-{at}", title=f"Cells {at}", state="PUBLISHED" if at % 2 else "DRAFT"), 2)
    _double(first)
    publish_all()
    many = asked(editor)
    assert {address: len(many[address]) for address in ADDRESSES if len(many[address]) > len(few[address])} == {}
    assert max(map(len, many.values())) < 35
    for address in ADDRESSES:
        counts = [sql for sql in many[address] if sql.startswith("SELECT COUNT(")]
        assert counts, address
        assert [sql for sql in counts if not re.search(r"LIMIT 10001\)? subquery$", sql)] == [], address


def asked(client):
    """The statements of every list, by its address, once what is kept between requests is there."""
    client.get(ADDRESSES[0], {"q": "cells"})
    for address in ADDRESSES[:: len(QUERIES)]:
        client.get(address)
    return {address: statements(client, address) for address in ADDRESSES}


def _double(of):
    """More of what an import and an editor leave beside a trial."""
    record = of.registrations.get()
    before, after = models.RawRecord.objects.order_by("pk")[:2]
    for at in range(5):
        kept = {"source": "CTGOV", "number": record.number, "body": b"", "verdict": "KEPT", "registration": record}
        models.RawRecord.objects.create(digest=f"more-{at}", **kept)
        models.Change.objects.create(registration=record, before=before, after=after, field=f"field-{at}")
        models.Lock.objects.create(trial=of, name=f"field-{at}")
        models.Edit.objects.create(trial=of, name="sites", kind="EDITED", old=[], new=[])
        models.FormerSlug.objects.create(slug=f"former-{at}", trial=of)


def test_the_page_of_a_list_reads_no_text_of_its_trials(editor):
    trial("one", detailed_description="Long")
    assert not [sql for sql in statements(editor, LIST) if "detailed_description" in sql]


def test_equal_rows_go_in_one_direction_with_their_column(editor):
    made = [trial(slug, status="RECRUITING") for slug in ("b", "a", "c")]

    def order(query):
        return [row.pk for row in editor.get(LIST + query).context["cl"].result_list]

    keys = [one.pk for one in made]
    assert order("?o=2") == keys
    assert order("?o=-2") == keys[::-1]


# Searching


@pytest.fixture
def several():
    """Two public trials, of which one has a number, and two drafts."""
    first = trial("nct01234567", title="Knee cells", state="PUBLISHED")
    first.registrations.create(order=1, registry="CTGOV", number="NCT01234567", document="A record")
    trial("other", title="Cells that NCT01234567 gave, for hips", state="PUBLISHED")
    draft = trial("draft", title="Hip and knee cells")
    draft.registrations.create(order=1, registry="CTGOV", number="NCT01239999", document="A record")
    trial("other-draft", title="Hips", brief_summary="knee")
    models.FormerSlug.objects.create(slug="once", trial=draft)
    publish_all()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("NCT01234567", {"nct01234567"}),
        ("nct 01234567", {"nct01234567"}),
        ("NCT0123", {"nct01234567", "draft"}),
        ("once", {"draft"}),
        ("other", {"other"}),
        ("knee", {"nct01234567", "draft"}),
        ("knees", {"nct01234567"}),
        ("cells hip", {"other", "draft"}),
        ("nothing", set()),
        ("-", {"other-draft"}),
        ("%", set()),
        ("a " * 5000, {"draft", "other-draft"}),
    ],
)
def test_a_number_goes_before_its_beginning_and_that_before_words(editor, several, typed, found):
    page = editor.get(LIST, {"q": typed})
    assert {row.slug for row in page.context["cl"].result_list} == found


def test_suggestions_of_trials_find_what_the_list_finds(editor, several):
    asked = {"app_label": "trials", "model_name": "relatedrecord", "field_name": "related", "term": "NCT0123"}
    results = editor.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert {result["text"].partition(":")[0] for result in results} == {"nct01234567", "draft"}


@pytest.mark.parametrize(
    ("model", "typed", "total"),
    [
        (models.RawRecord, "NCT0000", 2),
        (models.RawRecord, "broken", 1),
        (models.Change, "title", 1),
        (models.Change, "NCT00000001", 1),
        (models.Lock, "title", 1),
        (models.Lock, "a trial called", 1),
        (models.Edit, "sites", 1),
        (models.FormerSlug, "onc", 1),
        (models.MatchSuggestion, "nct00000001", 1),
        (models.MatchSuggestion, "title", 0),
    ],
)
def test_what_stands_beside_a_trial_is_found_by_it_or_by_its_own_words(editor, model, typed, total):
    made = trial("nct00000001", state="PUBLISHED")
    made.registrations.create(order=1, registry="CTGOV", number="NCT00000001", document="A record")
    models.FormerSlug.objects.create(slug="once", trial=made)
    imported(made)
    models.RawRecord.objects.create(source="CTIS", digest="c", body=b"", verdict="SET_ASIDE", reason="It is broken.")
    publish_all()
    assert len(editor.get(address_of(model), {"q": typed}).context["cl"].result_list) == total


# Terms and their trials


@pytest.mark.parametrize("most_read", [2_000, 0], ids=["from the index", "from the tables"])
def test_a_term_counts_its_trials_as_the_list_of_trials_finds_them(editor, monkeypatch, most_read):
    monkeypatch.setattr(naming, "MOST_READ", most_read)
    for slug, state in (("one", "PUBLISHED"), ("two", "PUBLISHED"), ("draft", "DRAFT")):
        fill(trial(slug, state=state), 2)
    publish_all()
    for model in (models.CellType, models.TissueSource, models.Route, models.Condition, models.Area):
        page = editor.get(address_of(model)).content.decode()
        shown = re.search(r'field-trial_count"><a href="([^"]+)">(\d+)', page)
        assert shown, model
        link, total = shown.groups()
        assert (model, int(total), len(editor.get(link).context["cl"].result_list)) == (model, 3, 3)


def test_an_area_counts_the_trials_of_its_conditions(editor):
    fill(trial("one", state="PUBLISHED"), 1)
    models.TrialArea.objects.all().delete()
    models.Condition.objects.get().areas.add(models.Area.objects.get())
    publish_all()
    assert 'area=nervous">1</a>' in editor.get(address_of(models.Area)).content.decode()


def test_terms_are_put_in_the_order_of_their_trials(editor):
    fill(trial("one"), 1)
    models.CellType.objects.create(slug="a", label="A")
    found = [editor.get(address_of(models.CellType, f"?o={way}4")).context["cl"].result_list for way in ("", "-")]
    assert [[term.slug for term in rows] for rows in found] == [["a", "msc"], ["msc", "a"]]


def test_a_long_vocabulary_is_no_filter_but_for_the_term_that_is_asked_for(editor, monkeypatch):
    monkeypatch.setattr("trials.admin.filters.MOST_LISTED", 0)
    fill(trial("one"), 1)
    assert "By condition" not in editor.get(LIST).content.decode()
    page = editor.get(LIST + "?condition=als")
    assert "ALS" in page.content.decode()
    assert [row.slug for row in page.context["cl"].result_list] == ["one"]


def test_every_list_is_one_that_is_counted_so(db):
    for model in REGISTERED:
        assert admin.site._registry[model].paginator is paging.BoundedPaginator, model
