"""Long lists on pages of their own."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials import models
from trials.admin.rows import LISTS, PAGE_SIZE, ROWS_TOGETHER, short_lists
from trials.tests.admin.making import add_row, change_url, criteria, opened, rows_url, save, sites

pytestmark = pytest.mark.page

# A trial's history asks for its twenty lists as they were, as they were last kept, and as they are, and writes what
# differs: of a first edit all rows, a few dozen to a statement.
OF_HISTORY = 90
# The rules read the lists that they look at, one statement each.
OF_RULES = 15


@pytest.fixture
def long_trial(trial):
    """As long as real trials get."""
    sites(trial, 300)
    criteria(trial, 60)
    criteria(trial, 40, "EXCLUSION")
    models.Arm.objects.create(trial=trial, order=1, label="Cells")
    return trial


def facts(of):
    return (
        list(of.sites.values_list("pk", "order", "facility", "city")),
        list(of.criteria.values_list("pk", "kind", "order", "text")),
    )


def test_a_long_list_is_linked_from_the_trial_and_not_drawn_there(editor, long_trial):
    text = editor.get(change_url(long_trial)).content.decode()
    assert 'name="sites-TOTAL_FORMS"' not in text
    assert 'name="criteria-TOTAL_FORMS"' not in text
    assert 'name="arms-0-label"' in text
    assert f'href="{rows_url(long_trial, "sites")}"' in text


def test_saving_a_trial_with_300_sites_and_100_criteria_keeps_them_all(editor, long_trial):
    before = facts(long_trial)
    sent = opened(editor, change_url(long_trial))
    sent["title"] = ["Renamed"]
    with CaptureQueriesContext(connection) as queries:
        assert save(editor, change_url(long_trial), sent) == []
    assert facts(long_trial) == before
    # Some hundred, for locks, history and search, however many rows there are.
    assert len(queries) < 125 + OF_HISTORY + OF_RULES
    long_trial.refresh_from_db()
    assert long_trial.title == "Renamed"


def test_all_300_sites_can_be_sent_with_the_trial_itself(editor, long_trial):
    """An editor had the page open while somebody else made the list grow."""
    sent = opened(editor, change_url(long_trial))
    keys = long_trial.sites.values_list("pk", flat=True)
    sent |= {"sites-TOTAL_FORMS": ["300"], "sites-INITIAL_FORMS": ["300"]}
    for at, key in enumerate(keys):
        sent |= {f"sites-{at}-id": [str(key)], f"sites-{at}-order": [str(at + 1)], f"sites-{at}-city": [f"City {at}"]}
    assert save(editor, change_url(long_trial), sent) == []
    assert list(long_trial.sites.values_list("city", flat=True)) == [f"City {at}" for at in range(300)]


def test_a_page_holds_fifty_rows_in_the_order_of_their_places(editor, long_trial):
    sent = opened(editor, rows_url(long_trial, "sites", "?p=2"))
    shown = [sent[f"sites-{at}-facility"][0] for at in range(int(sent["sites-INITIAL_FORMS"][0]))]
    assert shown == [f"Hospital {at}" for at in range(51, 101)]


def test_a_page_is_saved_without_touching_the_others(editor, long_trial):
    address = rows_url(long_trial, "sites", "?p=6")
    before = facts(long_trial)[0]
    sent = opened(editor, address)
    sent["sites-0-city"] = ["Rome"]
    with CaptureQueriesContext(connection) as queries:
        assert save(editor, address, sent) == []
    after = facts(long_trial)[0]
    assert [row for row in after if row not in before] == [(before[250][0], 251, "Hospital 251", "Rome")]
    assert len(after) == 300
    assert len(queries) < 60 + OF_HISTORY + OF_RULES


def test_every_row_of_a_page_can_change_at_once(editor, long_trial):
    address = rows_url(long_trial, "criteria", "?p=2")
    sent = opened(editor, address)
    for at in range(PAGE_SIZE):
        sent[f"criteria-{at}-remark"] = [f"remark {at}"]
    assert save(editor, address, sent) == []
    assert long_trial.criteria.exclude(remark="").count() == PAGE_SIZE


def test_a_page_asks_no_more_of_the_database_for_more_rows(editor, long_trial):
    editor.get(rows_url(long_trial, "criteria"))
    asked = []
    for query in ("?q=Inclusion criterion 1", "?p=1"):
        with CaptureQueriesContext(connection) as queries:
            sent = opened(editor, rows_url(long_trial, "criteria", query))
        asked.append((len(queries), int(sent["criteria-INITIAL_FORMS"][0])))
    assert asked[0][1] < asked[1][1] == PAGE_SIZE
    assert asked[0][0] == asked[1][0] < 20


def test_the_log_of_the_trial_names_the_row(editor, long_trial):
    address = rows_url(long_trial, "sites")
    sent = opened(editor, address)
    sent["sites-0-city"] = ["Rome"]
    sent["sites-1-DELETE"] = ["on"]
    add_row(sent, "sites", facility="New unit")
    save(editor, address, sent)
    entry = LogEntry.objects.get()
    assert entry.object_id == str(long_trial.pk)
    assert entry.get_change_message() == (
        "Added site “New unit”. Changed City for site “Hospital 1, Rome, Italy”. "
        "Deleted site “Hospital 2, Milan, Italy”."
    )


def test_a_new_row_goes_to_the_end_of_the_whole_list(editor, long_trial):
    address = rows_url(long_trial, "sites", "?p=1")
    sent = opened(editor, address)
    add_row(sent, "sites", facility="New unit")
    save(editor, address, sent)
    assert long_trial.sites.get(facility="New unit").order == 301


def test_empty_rows_are_there_for_who_has_no_javascript(editor, trial):
    sent = opened(editor, rows_url(trial, "arms"))
    assert sent["arms-TOTAL_FORMS"] == ["2"]
    sent["arms-0-label"] = ["By hand"]
    assert save(editor, rows_url(trial, "arms"), sent) == []
    assert list(trial.arms.values_list("label", "order", "origin")) == [("By hand", 1, "EDITOR")]


@pytest.mark.parametrize(("sought", "found"), [("Hospital 77", 3), ("milan 30", 4), ("italy", 300), ("Rome", 0)])
def test_the_search_box_finds_rows(editor, long_trial, sought, found):
    page = editor.get(rows_url(long_trial, "sites"), {"q": sought})
    assert page.context["page"].paginator.count == found


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_searched(editor, trial, name):
    assert editor.get(rows_url(trial, name), {"q": "two words"}).status_code == 200


def test_rows_that_were_found_by_a_search_are_saved(editor, long_trial):
    address = rows_url(long_trial, "sites", "?q=Hospital+77")
    sent = opened(editor, address)
    sent["sites-0-facility"] = ["No longer found"]
    assert save(editor, address, sent) == []
    assert long_trial.sites.filter(facility="No longer found", order=77).count() == 1
    assert long_trial.sites.count() == 300


def test_rows_that_moved_to_another_page_meanwhile_are_saved(editor, long_trial):
    address = rows_url(long_trial, "sites", "?p=2")
    sent = opened(editor, address)
    long_trial.sites.filter(order__lte=20).delete()
    sent["sites-0-city"] = ["Rome"]
    assert save(editor, address, sent) == []
    assert list(long_trial.sites.filter(city="Rome").values_list("order", flat=True)) == [51]


def test_a_row_deleted_meanwhile_is_named_and_the_rest_is_kept(editor, long_trial):
    address = rows_url(long_trial, "sites", "?p=2")
    sent = opened(editor, address)
    long_trial.sites.filter(order=51).delete()
    sent["sites-0-city"], sent["sites-1-city"] = ["Turin"], ["Rome"]
    page = editor.post(address, sent)
    text = page.content.decode()
    assert "“Hospital 51, Turin, Italy” was deleted by somebody else after you opened this page." in text
    assert 'value="Turin"' in text
    assert 'value="Rome"' in text
    sent["sites-0-DELETE"] = ["on"]
    assert save(editor, address, sent) == []
    assert long_trial.sites.get(order=52).city == "Rome"


def test_the_row_of_another_trial_is_not_touched(editor, long_trial):
    other = models.Trial.objects.create(slug="other", title="Other")
    sites(other, 1)
    sent = opened(editor, rows_url(long_trial, "sites"))
    sent["sites-0-id"], sent["sites-0-city"] = [str(other.sites.get().pk)], ["Stolen"]
    assert "was deleted by somebody else" in save(editor, rows_url(long_trial, "sites"), sent)[0]
    assert other.sites.get().city == "Milan"


def test_saving_rows_leaves_the_trials_own_fields_alone(editor, long_trial):
    sent = opened(editor, rows_url(long_trial, "sites"))
    before = models.Trial.objects.get(pk=long_trial.pk)
    sent["sites-0-city"] = ["Rome"]
    save(editor, rows_url(long_trial, "sites"), sent)
    after = models.Trial.objects.get(pk=long_trial.pk)
    assert after.updated > before.updated
    assert after.title == before.title


def test_saving_leads_back_to_the_trial_or_stays_on_the_page(editor, long_trial):
    address = rows_url(long_trial, "sites", "?p=2&q=Hospital")
    sent = opened(editor, address)
    assert editor.post(address, sent)["Location"] == change_url(long_trial)
    assert editor.post(address, sent | {"_continue": ["1"]})["Location"] == address


@pytest.mark.parametrize(
    ("sizes", "held"),
    [
        ({"sites": 50, "arms": 2}, {"sites", "arms"}),
        ({"sites": 51, "arms": 2}, {"arms"}),
        ({"a": 50, "b": 50, "c": 50, "d": 49, "e": 10}, {"e", "d", "a", "b"}),
    ],
    ids=["fifty rows", "one more", "many lists that are too much together"],
)
def test_which_lists_the_trials_own_page_holds(sizes, held):
    assert short_lists(sizes) == held
    assert sum(sizes[name] for name in held) <= ROWS_TOGETHER
