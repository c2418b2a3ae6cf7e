"""Which trials are to be read again after a word changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry

from trials.fixtures import loading
from trials.intake.saving import Saver
from trials.intake.staleness import mark_changed, mark_stale, names_of, waiting
from trials.intake.versions import Incoming
from trials.models import CellType, Cue, Trial, TrialReading
from trials.reading.lexicon import Entry, Words
from trials.registries import ctgov
from trials.search.publishing import publishing
from trials.tests.admin.making import superuser
from trials.tests.fixtures.making import load, row, term
from trials.tests.intake.readings import Reader
from trials.tests.intake.test_saving import study

pytestmark = pytest.mark.django_db


@pytest.fixture
def _three():
    """One: an exosome title; two: a Wharton's jelly description; three: neither."""
    bodies = [
        study("NCT00000001", identificationModule={"nctId": "NCT00000001", "briefTitle": "Stem-cell exosomes"}),
        study(
            "NCT00000002",
            armsInterventionsModule={"interventions": [{"name": "Cells", "description": "From Wharton's jelly"}]},
        ),
        study("NCT00000003"),
    ]  # fmt: skip
    Saver({"CTGOV": ctgov.parse}, keep_all=True, read=Reader()).save([Incoming("CTGOV", body) for body in bodies])


def raising(error: type[BaseException]) -> Any:
    def raise_it(*_: Any) -> None:
        raise error

    return raise_it


def stale(*names: str) -> set[str]:
    """The last figure of the trials that these names mark."""
    with publishing():
        mark_stale(names)
    return {slug[-1] for slug in TrialReading.objects.filter(is_stale=True).values_list("trial__slug", flat=True)}


@pytest.mark.usefixtures("_three")
@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("Exosome", {"1"}),
        ("exosom*", {"1"}),
        ("stem cell exosomes", {"1"}),
        ("wharton's jelly", {"2"}),
        ("nothing of this", set()),
        ("*", set()),
        ("", set()),
    ],
    ids=["another ending", "the beginning of a word", "words tied together", "only in a description", "nowhere",
         "a star alone", "no name"],
)  # fmt: skip
def test_the_trials_that_hold_a_name_are_marked(name, marked):
    assert stale(name) == marked


@pytest.mark.usefixtures("_three")
def test_a_word_costs_few_statements_however_many_names_it_has(django_assert_max_num_queries):
    with django_assert_max_num_queries(8), publishing():
        mark_stale([f"name {number}" for number in range(30)])


@pytest.mark.usefixtures("_three")
@pytest.mark.parametrize(
    ("entry", "cue", "marked"),
    [
        ("Wharton's jelly", "exosom*", set()),
        ("Umbilical cord", "exosom*", {"2"}),
        ("Wharton's jelly", "lysate", {"1"}),
    ],
    ids=["the same", "a term by another name", "another cue"],
)
def test_words_of_a_new_release_mark_their_trials(entry, cue, marked):
    before, after = (
        Words((Entry("tissue", "umbilical-cord", (name,)),), (), {"LOOKALIKE": (phrase,)})
        for name, phrase in (("Wharton's jelly", "exosom*"), (entry, cue))
    )
    with publishing():
        mark_changed(before, after)
    stale_now = TrialReading.objects.filter(is_stale=True).values_list("trial__slug", flat=True)
    assert {slug[-1] for slug in stale_now} == marked


@pytest.mark.usefixtures("_three")
def test_more_names_than_one_condition_may_have_parts():
    assert stale("wharton's jelly", *(f"name {number}" for number in range(1200))) == {"2"}


@pytest.mark.parametrize("state", ["DRAFT", "IN_REVIEW"])
@pytest.mark.usefixtures("_three")
def test_what_is_not_public_is_always_marked(state):
    Trial.objects.filter(slug="nct00000003").update(state=state)
    assert stale("nothing of this") == {"3"}


@pytest.mark.usefixtures("_three")
def test_never_read_or_read_by_older_readers_counts_as_waiting():
    assert not waiting().exists()
    TrialReading.objects.filter(trial__slug="nct00000001").delete()
    TrialReading.objects.filter(trial__slug="nct00000002").update(form=0)
    assert {trial.slug for trial in waiting()} == {"nct00000001", "nct00000002"}


@pytest.mark.usefixtures("_three")
def test_a_trial_without_a_stored_record_waits_for_nothing():
    Trial.objects.create(slug="by-hand", title="Made by hand")
    assert not waiting().exists()


def test_the_names_of_a_term_are_its_label_synonyms_and_exclusions():
    term = CellType(label="Stem cell", synonyms=["SC"], exclusions=["stem cell factor"])
    assert names_of(term) == {"Stem cell", "SC", "stem cell factor"}
    assert names_of(Cue(kind="LOOKALIKE", phrase="exosom*")) == {"exosom*"}


@pytest.mark.usefixtures("_three")
def test_words_of_a_new_release_mark_their_trials_in_the_same_transaction(tmp_path, monkeypatch):
    load(tmp_path, vocabulary=[row("cue", phrase="lysate", kind="LOOKALIKE")])
    assert not TrialReading.objects.filter(is_stale=True).exists()
    new = [row("cue", phrase="exosom*", kind="LOOKALIKE")]
    # The last step inside the transaction.
    monkeypatch.setattr(loading, "mark_changed", raising(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        load(tmp_path, vocabulary=new)
    monkeypatch.undo()
    assert Cue.objects.get().phrase == "lysate"
    load(tmp_path, vocabulary=new)
    assert [reading.trial.slug for reading in TrialReading.objects.filter(is_stale=True)] == ["nct00000001"]


@pytest.mark.parametrize("by", ["an editor", "fixtures"])
def test_an_import_that_runs_reads_on_with_a_word_that_has_just_come(by, tmp_path):
    Cue.objects.create(phrase="formerly", kind="PRIOR")
    own = CellType.objects.create(slug="stem", label="Stem cells", order=1)
    saver, editor = Saver({"CTGOV": ctgov.parse}, keep_all=True), superuser()
    bodies = [
        study(number, armsInterventionsModule={"interventions": [{"name": "Zorbocytes", "type": "BIOLOGICAL"}]})
        for number in ("NCT00000001", "NCT00000002")
    ]
    for body in bodies:
        saver.save([Incoming("CTGOV", body)])
        if by == "fixtures":
            load(tmp_path, vocabulary=[term("celltype", "zorbo", label="Zorbocytes")])
        else:
            CellType.objects.update(synonyms=["Zorbocytes"])
            LogEntry.objects.log_actions(editor.pk, [own], CHANGE)
    why = TrialReading.objects.order_by("trial__slug").values_list("why", flat=True)
    assert list(why) == ["the title says “Stem cells”", "an intervention says “Zorbocytes”"]
