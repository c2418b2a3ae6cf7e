"""Words and terms in any order of arrival: the catalogue is the same in the end."""

from __future__ import annotations

import datetime as dt
import zlib
from functools import cache

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from trials.intake import remapping
from trials.intake.conditions import ConditionTerms
from trials.intake.digest import catalogue_digest
from trials.intake.importing import Import
from trials.intake.remapping import Remapped, note_changes, remap
from trials.intake.runs import holder, lease
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import (
    Area,
    Condition,
    ConditionChange,
    FixtureFile,
    FixtureRow,
    ImportRun,
    Lock,
    RawRecord,
    Trial,
    TrialCondition,
)
from trials.registries import ctgov
from trials.search.browse import answer
from trials.search.publishing import publishing
from trials.tests.fixtures.making import load, term
from trials.tests.intake.making import compact, study

pytestmark = pytest.mark.django_db

READERS = {"CTGOV": ctgov.parse}


def record(number, *words, meshes=(), ancestors=(), kind="OTHER", updated="2024-01-01"):
    """A study of a hospital, with MeSH terms given as (id, name)."""
    made = study(
        number,
        updated=updated,
        conditionsModule={"conditions": list(words)},
        sponsorCollaboratorsModule={"leadSponsor": {"name": "A hospital", "class": kind}},
    )
    browse = {
        "meshes": [{"id": ui, "term": term} for ui, term in meshes],
        "ancestors": [{"id": "", "term": term} for term in ancestors],
    }
    return made | {"derivedSection": {"conditionBrowseModule": browse}}


def run(*records, batch=1):
    """An import from its first record to its last."""
    with lease("CTGOV", "records") as held:
        importing = Import("CTGOV", held, Saver(READERS), batch)
        importing.run(Incoming("CTGOV", body) for body in compact(*records))
    assert not importing.reasons


BLASTS, LUPUS = ("D000001", "Disease, Blast"), ("D000002", "Lupus")
RECORDS = (
    record(1, "Blast disease"),
    record(2, "Relapsed Blast Disease", "Lupus", kind="NIH"),
    record(3, "Blasts everywhere", meshes=[BLASTS, LUPUS], ancestors=["Blood", "Skin"]),
    record(4, "Blasts", meshes=[BLASTS], ancestors=["Blood"], kind="UNKNOWN"),
    record(4, "Blasts", "Healthy", meshes=[("", "Rash")], updated="2024-05-01"),
    record(5, "Refractory rash", "Blasts", meshes=[BLASTS], ancestors=["Skin"]),
    record(6, "Scleroderma", meshes=[("D000002", "Lupus"), ("D000003", "Disease, blast")]),
)


@cache
def after(order):
    """The digest, and every word with its term, after two imports of the records in this order."""
    with transaction.atomic():
        for name in ("Blood", "Skin"):
            Area.objects.create(slug=name.lower(), label=name)
        run(*(RECORDS[place] for place in order[:3]))
        run(*(RECORDS[place] for place in order[3:]), batch=3)
        found = catalogue_digest(), words()
        transaction.set_rollback(True)
    return found


def words(**of):
    rows = TrialCondition.objects.filter(**of).order_by("trial__slug", "order")
    return [(row.trial.slug[-1], row.wording, row.condition and row.condition.slug) for row in rows]


def saved(own):
    """A condition as an editor leaves it who saves it in the admin."""
    own.save()
    LogEntry.objects.log_actions(get_user_model().objects.get_or_create(username="editor")[0].pk, [own], CHANGE)
    note_changes([own.pk])
    return own


IN_ORDER = tuple(range(len(RECORDS)))


def test_words_find_terms_that_came_later():
    assert after(IN_ORDER)[1] == [
        ("1", "Blast disease", "disease-blast"),
        ("2", "Relapsed Blast Disease", "disease-blast"),
        ("2", "Lupus", "lupus"),
        ("3", "Blasts everywhere", None),
        ("3", "Disease, Blast", "disease-blast"),
        ("3", "Lupus", "lupus"),
        ("4", "Blasts", None),
        ("4", "Healthy", None),
        ("4", "Rash", "rash"),
        ("5", "Refractory rash", "rash"),
        ("5", "Blasts", None),
        ("5", "Disease, Blast", "disease-blast"),
        ("6", "Scleroderma", None),
        ("6", "Lupus", "lupus"),
        ("6", "Disease, blast", "disease-blast"),
    ]


@settings(max_examples=12)
@given(order=st.permutations(IN_ORDER))
def test_the_order_of_records_does_not_matter(order):
    assert after(tuple(order)) == after(IN_ORDER)


def test_a_trial_that_is_mapped_anew_is_found_under_its_term():
    run(record(1, "Blast disease"))
    run(record(2, "Blasts", meshes=[BLASTS]))
    found = answer(QueryDict("condition=disease-blast"))
    assert found.total == found.counts["condition"]["disease-blast"] == 2
    assert Trial.objects.get(slug="nct00000001").version == 2


def test_a_second_time_there_is_nothing_to_do():
    run(*RECORDS)
    assert remap().changed == 0
    note_changes(Condition.objects.values_list("pk", flat=True))
    assert remap() == Remapped(0)


def test_a_list_that_an_editor_owns_is_not_touched():
    run(record(1, "Blast disease"))
    Lock.objects.create(trial=Trial.objects.get(), name="conditions")
    run(record(2, "Blasts", meshes=[BLASTS]))
    assert words(trial__slug="nct00000001") == [("1", "Blast disease", None)]


def test_a_trial_that_only_people_wrote_is_not_touched():
    own = Trial.objects.create(slug="own-1", title="Ours")
    own.conditions.create(order=1, wording="Lupus")
    Condition.objects.create(slug="lupus", label="Lupus")
    assert remap().changed == 0
    assert words() == [("1", "Lupus", None)]


def test_a_word_of_a_fixture_gets_its_term_but_never_loses_one():
    other = Condition.objects.create(slug="other", label="Other")
    shipped = Trial.objects.create(slug="shipped-1", title="Shipped")
    file = FixtureFile.objects.create(name="demo.json.gz")
    for order, held in enumerate((None, other), 1):
        row = shipped.conditions.create(order=order, wording="Lupus", condition=held)
        FixtureRow.objects.create(file=file, model="trials.trialcondition", key=f"[{order}]", object_pk=row.pk)
    Condition.objects.create(slug="lupus", label="Lupus")
    assert remap().changed == 1
    assert words() == [("1", "Lupus", "lupus"), ("1", "Lupus", "other")]


def test_a_record_that_cannot_be_read_again_keeps_its_terms():
    run(record(1, "Blast disease"))
    RawRecord.objects.update(body=zlib.compress(b"no record"))
    Condition.objects.create(slug="blasts", label="Blast disease")
    assert remap().changed == 0


def test_an_editor_gives_a_term_the_code_of_one_that_an_import_made():
    run(record(1, "Blasts", meshes=[BLASTS]))
    assert words() == [("1", "Blasts", "disease-blast")]
    saved(Condition(slug="blasts", label="Own", code_system="MESH", code="D000001"))
    assert remap().changed == 1
    assert words() == [("1", "Blasts", "blasts")]


def test_a_term_that_an_editor_saves_while_an_import_runs_counts_for_its_records():
    with lease("CTGOV", "records") as held:
        importing = Import("CTGOV", held, Saver(READERS))
        saved(Condition(slug="blasts", label="Own", code_system="MESH", code="D000001"))
        importing.run(Incoming("CTGOV", body) for body in compact(record(1, "Blasts", meshes=[BLASTS])))
    assert words() == [("1", "Blasts", "blasts")]


def test_a_term_that_comes_while_another_is_mapped_keeps_its_words():
    run(record(1, "Lupus", "Rash"))
    own = Condition.objects.create(slug="lupus", label="Lupus")

    def meanwhile():
        Condition.objects.get_or_create(slug="rash", label="Rash")

    note_changes([own.pk])
    remap(begin=meanwhile)
    assert words() == [("1", "Lupus", "lupus"), ("1", "Rash", "rash")]


def test_an_area_gets_another_name():
    with publishing():
        area = Area.objects.create(slug="blood", label="Blood")
    run(record(1, "Blasts", meshes=[BLASTS], ancestors=["Blood"]))
    row = Trial.objects.get().areas.get()
    row.area = None
    row.save()
    assert remap().changed == 1
    assert Trial.objects.get().areas.get().area == area


@pytest.mark.parametrize("owned", ["conditions", "areas"])
def test_what_people_wrote_or_own_is_no_work(owned):
    blood = Area.objects.create(slug="blood", label="Blood")
    Condition.objects.create(slug="lupus", label="Lupus")
    by_hand = Trial.objects.create(slug="own-1", title="Ours")
    run(record(1))
    from_record = Trial.objects.get(slug="nct00000001")
    Lock.objects.create(trial=from_record, name=owned)
    for trial in (by_hand, from_record) if owned == "areas" else (by_hand,):
        trial.areas.create(order=1, wording="How we call it", area=blood)
        trial.areas.create(order=2, wording="Blood")
    for trial in (by_hand, from_record) if owned == "conditions" else (by_hand,):
        trial.conditions.create(order=1, wording="Lupus")
    assert remapping._waiting(ConditionTerms.load(), Condition.objects.values_list("pk", flat=True)) == []
    assert remap() == Remapped(0)


# What a run leaves for the next


def test_of_many_trials_the_rest_is_left_to_the_next_run():
    run(*(record(number, "Lupus") for number in (1, 2, 3)))
    Condition.objects.create(slug="lupus", label="Lupus")
    assert remap(most=2) == Remapped(2, left=1)
    assert words() == [("1", "Lupus", "lupus"), ("2", "Lupus", "lupus"), ("3", "Lupus", None)]
    assert remap() == Remapped(1)


def test_trials_found_by_a_code_are_not_forgotten_when_they_are_too_many():
    run(*(record(number, meshes=[BLASTS]) for number in (1, 2, 3)))
    saved(Condition(slug="blasts", label="Own", code_system="MESH", code="D000001"))
    assert remap(most=2) == Remapped(2, left=1)
    assert remap() == Remapped(1)
    assert words() == [(number, "Disease, Blast", "blasts") for number in "123"]
    assert not ConditionChange.objects.exists()


def test_a_code_that_an_editor_gave_before_an_import_died_is_found_by_the_next():
    run(record(1, meshes=[BLASTS]))
    saved(Condition(slug="blasts", label="Own", code_system="MESH", code="D000001"))
    LogEntry.objects.update(action_time=timezone.now() - dt.timedelta(hours=2))
    run(record(2, "Rash"))
    assert words() == [("1", "Disease, Blast", "blasts"), ("2", "Rash", None)]


def test_what_was_noted_stays_noted_while_another_imports():
    saved(Condition(slug="blasts", label="Own"))
    with lease("CTGOV", "records"):
        remap()
    assert ConditionChange.objects.exists()
    run(record(1, "Own"))
    assert not ConditionChange.objects.exists()


def test_an_import_whose_process_is_gone_keeps_nothing_noted():
    saved(Condition(slug="blasts", label="Own"))
    gone = f"4194999@{holder().partition('@')[2]}"
    ImportRun.objects.create(source="CTGOV", holder=gone, lease_until=timezone.now())
    remap()
    assert not ConditionChange.objects.exists()


# What fixtures bring


def test_a_name_that_a_release_takes_away_leaves_its_words(tmp_path):
    load(tmp_path, vocabulary=[term("condition", "blasts", synonyms=["Blast disease"])])
    run(record(1, "Blast disease"))
    assert words() == [("1", "Blast disease", "blasts")]
    load(tmp_path, vocabulary=[term("condition", "blasts")])
    assert remap() == Remapped(1)
    assert words() == [("1", "Blast disease", None)]


def test_what_is_noted_of_a_condition_keeps_no_fixture_from_taking_it_away(tmp_path):
    load(tmp_path, vocabulary=[term("condition", "blasts")])
    assert ConditionChange.objects.exists()
    load(tmp_path, vocabulary=[])
    assert not Condition.objects.exists()


@pytest.mark.parametrize("by", ["fixtures", "an editor"])
def test_a_term_that_comes_between_two_batches_is_not_made_again(tmp_path, by):
    saver = Saver(READERS)
    saver.save([Incoming("CTGOV", body) for body in compact(record(1, "Rash"))])
    if by == "fixtures":
        load(tmp_path, vocabulary=[term("condition", "blasts", code_system="MESH", code="D000001")])
    else:
        saved(Condition(slug="blasts", label="Own", code_system="MESH", code="D000001"))
    saver.save([Incoming("CTGOV", body) for body in compact(record(2, meshes=[BLASTS]))])
    assert words() == [("1", "Rash", None), ("2", "Disease, Blast", "blasts")]
    assert Condition.objects.count() == 1
