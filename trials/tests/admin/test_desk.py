"""The editors' first page: what waits, for whom, for how long, and the way from one to the next."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.utils import timezone

from trials.admin.desk import queue as queue_module
from trials.admin.desk import sources
from trials.admin.desk.kinds import KINDS
from trials.admin.desk.lines import Line
from trials.admin.desk.queue import Queue, counted
from trials.admin.desk.sources import Counted, written
from trials.models import (
    CellProduct,
    Condition,
    Dose,
    Flag,
    Lock,
    MatchSuggestion,
    PlanNote,
    RawRecord,
    Registration,
    Trial,
    TrialCondition,
    TrialReading,
)
from trials.tests.admin import making

FACTS, WORDS = (next(kind for kind in KINDS if kind.slug == slug) for slug in ("facts", "words"))
TODAY = timezone.localdate()


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def read(model, trial: Trial, **values):
    """A fact that was read."""
    own = {"kind": "HARVEST"} if model is PlanNote else {}
    return model.objects.create(trial=trial, origin="TEXT", **own, **values)


def some_of_each(trial: Trial) -> None:
    """One thing of every kind."""
    read(CellProduct, trial, name="Cells", found_on=ago(10))
    read(Dose, trial, evidence_state="CONFLICTING")
    Flag.objects.create(trial=trial, rule="a-rule", sentence="Something does not fit.")
    Flag.objects.create(trial=trial, rule="a-rule", sentence="Only a note.", severity="NOTE")
    Lock.objects.create(trial=trial, name="status", moved_on=ago(40))
    first, second = (Registration.objects.create(trial=trial, document=f"Document {at}") for at in (1, 2))
    MatchSuggestion.objects.create(first=first, second=second, why="TITLE")
    RawRecord.objects.create(source="CTGOV", digest="x", body=b"", verdict="SET_ASIDE", reason="no JSON")
    TrialReading.objects.create(trial=trial, form=1, is_cell_therapy=True)
    TrialCondition.objects.create(trial=trial, wording="Lupus")
    Trial.objects.create(slug="reviewed", title="Reviewed", state="IN_REVIEW")


def shown(client) -> str:
    return client.get("/admin/").content.decode()


def test_nothing_waits(editor):
    assert "Nothing waits." in shown(editor)


def test_every_kind_stands_there_with_number_age_and_address(editor, trial):
    some_of_each(trial)
    page = shown(editor)
    for kind in KINDS:
        assert f'<a href="/admin/trials/trial/work/{kind.slug}/">{kind.label}</a>' in page
        assert counted(kind).total == 1, kind.slug
    assert 'work/facts/?older=7">1<' in page
    assert "work/facts/?older=30" not in page
    assert 'work/moved/?older=30">1<' in page


def test_the_lists_below_stay(editor, trial):
    assert "/admin/trials/celltype/" in shown(editor)


def test_what_is_reviewed_or_the_editors_does_not_wait(editor, trial):
    CellProduct.objects.create(trial=trial, name="Hers", origin="EDITOR")
    CellProduct.objects.create(trial=trial, name="Seen", origin="TEXT", reviewed_on=TODAY)
    assert counted(FACTS).total == 0


def test_a_kind_that_somebody_may_not_work_on_is_not_shown(trial):
    some_of_each(trial)
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_trialcondition"))
    client = making.signed_in(user)
    page = shown(client)
    assert WORDS.label in page
    assert FACTS.label not in page
    assert client.get("/admin/trials/trial/work/facts/").status_code == 403
    assert client.get("/admin/trials/trial/work/words/").status_code == 200
    assert client.get("/admin/trials/trial/work/nothing/").status_code == 404


def test_a_kind_more_is_one_entry_more(editor, trial, monkeypatch):
    ours = sources.Source(lambda: Trial.objects.filter(state="DRAFT"), since="created")
    drafts = replace(
        FACTS, slug="drafts", label="Drafts", sources=(ours,), permissions=("trials.change_trial",), is_facts=False,
        address=making.change_url, line=lambda row: Line(row.title),
    )  # fmt: skip
    monkeypatch.setattr(queue_module, "KINDS", (*KINDS, drafts))
    assert "Drafts</a>" in shown(editor)
    page = editor.get("/admin/trials/trial/work/drafts/").content.decode()
    address = f"{making.change_url(trial)}?work=drafts&amp;at=0~{trial.pk}"
    assert address in page
    form = editor.get(address.replace("&amp;", "&")).content.decode()
    assert "1 of 1" in form
    assert "Save and next" in form


def test_the_page_asks_a_bounded_number_of_queries(editor, trial, django_assert_max_num_queries):
    some_of_each(trial)
    # The session, the account, its second factor, recent actions, one per table that is counted.
    tables = sum(len(kind.sources) for kind in KINDS)
    with django_assert_max_num_queries(tables + 4):
        shown(editor)


@pytest.mark.parametrize(
    ("slug", "at"),
    [
        ("words", "a%00b~0~0"),
        ("review", "0001-01-01T00:00:00%2B14:00~0~1"),
        ("review", "2026-01-01T00:00:00~0~1"),
        ("facts", "never~0~1"),
        ("facts", "2026-01-01~1~0~99999999999999999999"),
    ],
)
def test_a_place_that_is_none_is_the_beginning(editor, trial, slug, at):
    some_of_each(trial)
    assert editor.get(f"{making.change_url(trial)}?work={slug}&at={at}").status_code == 200
    assert editor.get(f"/admin/trials/trial/work/{slug}/?at={at}").status_code == 200


def test_a_word_that_no_trial_bears_is_no_synonym(editor, trial):
    term = Condition.objects.create(slug="lupus", label="Lupus erythematosus")
    TrialCondition.objects.create(trial=trial, wording="SLE")
    for word in ("", "Gout", "SLE"):
        editor.post(f"/admin/trials/trial/work/word/?word={word}", {"condition": term.pk})
    term.refresh_from_db()
    assert term.synonyms == ["SLE"]


def test_counting_stops(trial, monkeypatch):
    monkeypatch.setattr(sources, "MOST", 3)
    for _ in range(5):
        read(PlanNote, trial, found_on=ago(8))
    assert counted(FACTS) == Counted(4, (4, 0))


def test_words_count_once_however_many_trials_bear_them(trial):
    for wording in ("Lupus", "Lupus", "Gout"):
        TrialCondition.objects.create(trial=trial, wording=wording)
    assert (counted(WORDS).total, Queue(WORDS).total()) == (2, 2)
    assert [item.row.wording for item in Queue(WORDS).page(None, 9)] == ["Gout", "Lupus"]


# From one to the next --------------------------------------------------------------------------------------------


@pytest.fixture
def facts(db):
    """Facts of two trials, found on different days."""
    trials = [making.trial(f"nct0000000{at}") for at in (1, 2)]
    doses, products, notes = [(3, 0), (9, 1), (3, 0)], [(3, 0)], [(3, 1), (40, 0), (3, 0)]
    for model, made in ((Dose, doses), (CellProduct, products), (PlanNote, notes)):
        for days, of in made:
            read(model, trials[of], found_on=ago(days))
    return Queue(FACTS)


def in_order(days: int = 0) -> list[tuple]:
    """The slow way: all facts, the longest waiting first, trial by trial, list by list."""
    lists: tuple[Any, ...] = (CellProduct, Dose, PlanNote)
    rows = [
        (row.found_on, row.trial_id, rank, row.pk)
        for rank, model in enumerate(lists)
        for row in model._default_manager.all()
        if not days or row.found_on < ago(days)
    ]
    return sorted(rows)


def test_stepping_meets_each_once_and_back(facts):
    wanted, met, item = in_order(), [], facts.first()
    while item:
        met.append(item.key)
        item = facts.after(item.key)
    assert met == wanted
    assert [facts.place(key) for key in wanted] == list(range(len(wanted)))
    assert [facts.before(key).key for key in wanted[1:]] == wanted[:-1]
    assert facts.before(wanted[0]) is None


def test_the_old_ones_alone(facts):
    old = replace(facts, older=7)
    assert [item.key for item in old.page(None, 9)] == in_order(7)
    assert old.total() == 2


def test_a_place_survives_its_row(facts):
    wanted = in_order()
    CellProduct.objects.all().delete()
    gone = next(key for key in wanted if key[2] == 0)
    at = wanted.index(gone)
    assert not facts.still_has(gone)
    assert facts.after(gone).key == wanted[at + 1]
    assert facts.before(gone).key == wanted[at - 1]


def test_a_place_in_an_address(facts):
    for key in in_order():
        assert FACTS.sources[0].parse(written(key).split("~")) == key
    assert WORDS.sources[0].parse(written(("a~b", 0, 0)).split("~")) == ("a~b", 0, 0)


@pytest.mark.parametrize("at", ["", "x", "~~~", "2026-01-01~1~0", "2026-13-01~1~0~1", f"2026-01-01~{10**30}~0~1"])
def test_nonsense_is_no_place(facts, editor, at):
    assert FACTS.sources[0].parse(at.split("~")) is None
    assert editor.get("/admin/trials/trial/work/facts/", {"at": at}).status_code == 200


def test_steps_and_counts_read_an_index_alone(facts):
    """Of two thousand facts the next one is found without sorting any."""
    trial = Trial.objects.first()
    PlanNote.objects.bulk_create(PlanNote(trial=trial, kind="HARVEST", origin="TEXT") for _ in range(2000))
    source, key = FACTS.sources[2], in_order()[2]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for rows in (source.waiting(7), source.beyond(0, key, 2, True), source.beyond(0, key, 0, True)):
        plan = rows.order_by(*source.columns)[:1].explain()
        assert "plannote_to_review" in plan
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan


# The list --------------------------------------------------------------------------------------------------------


def test_a_long_list_goes_on_where_it_stopped(editor, trial):
    for at in range(60):
        read(PlanNote, trial, text=f"Note {at:02}")
    first = editor.get("/admin/trials/trial/work/facts/")
    assert first.context["total"] == "60"
    assert len(first.context["rows"]) == 50
    second = editor.get("/admin/trials/trial/work/facts/" + first.context["more"])
    assert [row["line"].title[-7:] for row in second.context["rows"]] == [f"Note {at}" for at in range(50, 60)]
    assert second.context["more"] == ""
