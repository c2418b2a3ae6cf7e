"""Whatever writes a trial, search knows it at once: index, cards and words are what they would be if made anew."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.http import QueryDict

from trials import models
from trials.fixtures import load_fixtures
from trials.intake import adding
from trials.intake.deciding import decide, take_back
from trials.intake.importing import Import
from trials.intake.runs import lease
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models.choices import State
from trials.registries import ctgov, made
from trials.search import publishing as search_publishing
from trials.search.browse import answer
from trials.search.cards import card_row
from trials.search.index import build
from trials.search.live import reading
from trials.search.names import borne_by
from trials.search.publishing import needs_all, publish_all, publishing, trials_changed
from trials.search.rows import Rows, name_organisations, read
from trials.search.text import store
from trials.tests.admin import making
from trials.tests.admin.making import act, add_row, change_url, opened, rows_url, save
from trials.tests.intake.making import study
from trials.tests.search.making import term
from trials.tests.search.test_index import assert_alike

pytestmark = pytest.mark.django_db


def assert_search_is_true() -> None:
    """Index, cards, words and names agree with the tables."""
    public = set(models.Trial.objects.public().values_list("pk", flat=True))
    with reading() as index:
        assert set(index.public) == public
        assert_alike(index, build(index.state))
        assert {key: [value.label for value in values.values.values()] for key, values in index.values.items()} == {
            key: [value.label for value in values.values.values()] for key, values in build(index.state).values.items()
        }
    names = ("trial_id", "content", "title_key", "updated_day", "start_day", "enrolment")
    held = {card.trial_id: {name: getattr(card, name) for name in names} for card in models.Card.objects.all()}
    wanted = {pk: card_row(rows) for pk, rows in read(models.Trial.objects.public()).items()}
    assert {pk: {**card, "title_key": bytes(card["title_key"])} for pk, card in held.items()} == wanted
    assert set(store.trials()) == public
    assert set(models.TrialName.objects.values_list("trial", "kind", "key", "label")) == {
        (*borne, label) for borne, label in borne_by(read(models.Trial.objects.public()).values()).items()
    }


def imports(*studies: dict[str, Any]) -> None:
    Saver({"CTGOV": ctgov.parse}, keep_all=True).save(
        [Incoming("CTGOV", json.dumps(item).encode(), "test") for item in studies]
    )


def words_find(words: str) -> list[str]:
    """Slugs that the browse page finds for these words."""
    return [card.url.split("/")[2] for card in answer(QueryDict(f"q={words}")).cards]


@pytest.fixture
def editor():
    return making.signed_in(making.superuser())


@pytest.fixture
def trial():
    """A public trial with every list filled, published."""
    filled = making.trial("nct1", state=State.PUBLISHED)
    making.fill(filled, 2)
    publish_all()
    return filled


def test_an_import_of_new_changed_and_older_records():
    imports(study(1, "Stem cells for knees"), study(2, "Cells for hearts"))
    assert_search_is_true()
    assert words_find("knees") == ["nct00000001"]
    imports(study(1, "Stem cells for hips", updated="2024-05-01"), study(2, "Old cells", updated="2020-01-01"))
    assert_search_is_true()
    assert words_find("knees") == []
    assert words_find("hips") == ["nct00000001"]


def test_rows_that_an_import_hands_over_are_those_in_the_tables(monkeypatch):
    given: dict[int, Rows] = {}
    monkeypatch.setattr(adding, "trials_made", lambda made: given.update({rows.trial.id: rows for rows in made}))
    imports(*(made.study(place) for place in range(1, 21)), study(1, "Stem cells"))
    name_organisations(given.values())
    assert read(models.Trial.objects.all()) == given
    assert len(given) == 21


def test_an_import_of_records_with_everything_in_them():
    imports(*(made.study(place) for place in range(1, 6)))
    assert_search_is_true()
    imports(*(made.study(place, version=2) for place in range(1, 8)))
    assert_search_is_true()


def test_a_new_trial_that_changes_before_it_is_published():
    with publishing():
        imports(study(1, "Stem cells for knees"))
        pk = models.Trial.objects.get().pk
        models.Trial.objects.update(title="Stem cells for hips")
        trials_changed(pk)
    assert_search_is_true()
    assert words_find("hips") == ["nct00000001"]


def test_a_new_trial_that_goes_with_the_part_that_made_it():
    with publishing():
        with suppress(ZeroDivisionError), publishing():
            imports(study(1, "Stem cells for knees"))
            1 / 0  # noqa: B018
        imports(study(2, "Cells for hearts"))
    assert_search_is_true()
    assert [card.trial.slug for card in models.Card.objects.all()] == ["nct00000002"]


def test_two_records_of_one_trial_in_one_import():
    eudract = {"secondaryIdInfos": [{"id": "2019-000001-11", "type": "EUDRACT_NUMBER"}]}
    first, second = study(1, "Stem cells for knees"), study(2, "Cells for hearts")
    for one in (first, second):
        one["protocolSection"]["identificationModule"] |= eudract
    imports(first, second, study(1, "Stem cells for hips", updated="2024-05-01"))
    assert_search_is_true()
    assert words_find("hips") == ["nct00000001"]


@pytest.mark.parametrize("spoiled", [{"enrolment": -1}, {"title_key": None}, None])
def test_a_record_that_cannot_be_published_is_set_aside_alone(spoiled, monkeypatch):
    def fails_on_hearts(rows: Rows) -> dict[str, Any]:
        if "hearts" not in rows.trial.title:
            return card_row(rows)
        if spoiled is None:
            raise ValueError("no such card")
        return card_row(rows) | spoiled

    monkeypatch.setattr(search_publishing, "card_row", fails_on_hearts)
    records = [study(1, "Cells for knees"), study(2, "Cells for hearts"), study(3, "Cells for hips")]
    with lease("CTGOV", "test") as held:
        running = Import("CTGOV", held, Saver({"CTGOV": ctgov.parse}, keep_all=True))
        running.run(Incoming("CTGOV", json.dumps(record).encode(), "test") for record in records)
    assert held.counts == {"new": 2, "set_aside": 1}
    assert [example for reason in running.reasons.values() for example in reason.examples] == ["NCT00000002"]
    assert models.RawRecord.objects.get(verdict="SET_ASIDE").number == "NCT00000002"
    assert_search_is_true()
    assert sorted(words_find("cells")) == ["nct00000001", "nct00000003"]


def test_trials_that_are_joined_and_parted():
    imports(study(1, "Stem cells for knees"), study(2, "Cells for hearts"))
    decision = decide("NCT00000001", "NCT00000002", True, None)
    assert_search_is_true()
    assert models.Card.objects.count() == 1
    take_back(decision)
    assert_search_is_true()
    assert models.Card.objects.count() == 2


def test_an_edit_of_a_field_and_of_a_list(editor, trial):
    sent = opened(editor, change_url(trial))
    sent["title"], sent["status"] = ["Kidney cells"], ["COMPLETED"]
    add_row(sent, "sites", facility="A new hospital", city="Lyon", country="FR")
    assert save(editor, change_url(trial), sent) == []
    assert_search_is_true()
    assert words_find("kidney") == words_find("lyon") == ["nct1"]


def test_a_trial_that_an_editor_makes_and_publishes(editor):
    sent = opened(editor, "/admin/trials/trial/add/")
    sent["title"] = ["Brand new"]
    assert save(editor, "/admin/trials/trial/add/", sent) == []
    trial = models.Trial.objects.get()
    assert words_find("brand") == []
    for action, found in (("publish", ["brand-new"]), ("withdraw", [])):
        act(editor, "/admin/trials/trial/", action, [trial])
        assert_search_is_true()
        assert words_find("brand") == found


def test_a_page_of_one_list(editor, trial):
    sent = opened(editor, rows_url(trial, "sites"))
    sent["sites-0-city"] = ["Porto"]
    assert save(editor, rows_url(trial, "sites"), sent) == []
    assert_search_is_true()
    assert words_find("porto") == ["nct1"]


def test_a_trial_that_is_deleted(editor, trial):
    editor.post(f"/admin/trials/trial/{trial.pk}/delete/", {"post": "yes"})
    assert not models.Trial.objects.exists()
    assert_search_is_true()
    other = making.trial("nct2", state=State.PUBLISHED)
    publish_all()
    editor.post("/admin/trials/trial/", {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"})
    assert not models.Trial.objects.exists()
    assert_search_is_true()


def test_a_new_address(editor, trial):
    sent = opened(editor, change_url(trial))
    sent["slug"] = ["another-address"]
    assert save(editor, change_url(trial), sent) == []
    assert_search_is_true()
    assert models.Card.objects.get().content.startswith('{"url":"/trials/another-address/"')


def test_a_term_that_is_renamed_moved_and_given_a_synonym(editor, trial):
    als = models.Condition.objects.get(slug="als")
    term(models.Condition, "motor-neuron-disease")
    publish_all()
    sent = opened(editor, change_url(als))
    sent["label"], sent["synonyms"] = ["Lou Gehrig disease"], ["maladie de Charcot"]
    sent["parent"] = [str(models.Condition.objects.get(slug="motor-neuron-disease").pk)]
    assert save(editor, change_url(als), sent) == []
    assert_search_is_true()
    assert words_find("maladie de Charcot") == ["nct1"]
    with reading() as index:
        assert index.counts["condition"]["motor-neuron-disease"] == 1


def test_a_term_that_is_made_and_deleted(editor, trial):
    sent = opened(editor, "/admin/trials/target/add/")
    sent["label"], sent["slug"] = ["CD19"], ["cd19"]
    assert save(editor, "/admin/trials/target/add/", sent) == []
    assert_search_is_true()
    editor.post(f"/admin/trials/target/{models.Target.objects.get().pk}/delete/", {"post": "yes"})
    assert not models.Target.objects.exists()
    assert_search_is_true()


def test_an_organisation_that_is_renamed(editor, trial):
    hospital = models.Organisation.objects.get(name="A hospital")
    sent = opened(editor, change_url(hospital))
    sent["name"], sent["agency_class"] = ["Ospedale"], ["INDUSTRY"]
    assert save(editor, change_url(hospital), sent) == []
    assert_search_is_true()
    assert words_find("ospedale") == ["nct1"]


def test_fixtures_that_are_loaded_and_loaded_past_the_catalogue():
    folder = Path(settings.FIXTURE_DIRS[0])
    load_fixtures(folder, demo=False)
    assert_search_is_true()
    assert not needs_all()
    call_command("loaddata", str(folder / "seed_trials.json"), verbosity=0)
    assert_search_is_true()


def test_all_that_are_there_in_several_chunks(monkeypatch):
    monkeypatch.setattr(search_publishing, "_CHUNK", 2)
    imports(*map(study, range(1, 6)))
    told: list[tuple[int, int]] = []
    publish_all(lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert_search_is_true()


def test_more_changes_at_once_than_are_written_together(monkeypatch):
    imports(*map(study, range(1, 6)))
    monkeypatch.setattr(search_publishing, "_CHUNK", 2)
    with publishing():
        models.Trial.objects.update(title="Renamed")
        trials_changed(*models.Trial.objects.values_list("pk", flat=True))
    assert [card.title for card in answer(QueryDict()).cards] == ["Renamed"] * 5
    assert_search_is_true()


def test_what_was_written_past_all_is_noticed_and_mended():
    publish_all()
    making.trial("nct1", state=State.PUBLISHED)
    assert needs_all()
    publish_all()
    assert not needs_all()
    assert_search_is_true()
