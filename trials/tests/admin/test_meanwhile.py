"""Saving over a change made meanwhile: refused, both versions shown, nothing typed lost, and a way to go on."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError, connection, connections

from trials import models
from trials.admin import editing
from trials.intake.editing import grow, hold
from trials.search.publishing import publishing
from trials.tests.admin import making
from trials.tests.admin.importing import ONE, THREE, TWO, cities, imported, locks
from trials.tests.admin.making import add_row, as_sent, change_url, opened, problems, rows_url, save

REFUSED = "Nothing was saved: the trial was changed after you opened this page"


@pytest.fixture
def study(db):
    return imported()


def refused(editor, address, sent):
    """Sends a page that is out of date; what the answer would send back, and what it says in words."""
    page = editor.post(address, sent)
    assert problems(page)[0].startswith(REFUSED)
    sides = page.context["meanwhile"].sides
    return as_sent(page), {side.name: (side.sent, side.now) for side in sides}


def test_an_import_of_the_field_that_an_editor_typed_into(editor, study):
    sent = opened(editor, change_url(study))
    imported("2024-06-01", title="By the registry")
    again, sides = refused(editor, change_url(study), sent | {"title": ["By the editor"]})
    assert sides["Title"] == ((("", "By the editor"),), (("", "By the registry"),))
    assert again["title"] == ["By the editor"]
    study.refresh_from_db()
    assert (study.title, locks(study)) == ("By the registry", set())
    assert save(editor, change_url(study), again) == []
    study.refresh_from_db()
    assert (study.title, locks(study)) == ("By the editor", {"title"})


def test_an_import_of_another_field_than_the_editors(editor, study):
    sent = opened(editor, change_url(study))
    imported("2024-06-01", status="COMPLETED")
    again, sides = refused(editor, change_url(study), sent | {"title": ["By the editor"]})
    assert sides["Status"] == ((("", "Recruiting"),), (("", "Completed"),))
    assert again["status"] == ["COMPLETED"]
    assert save(editor, change_url(study), again) == []
    study.refresh_from_db()
    assert (study.title, study.status) == ("By the editor", "COMPLETED")
    assert locks(study) == {"title"}


def test_who_has_to_wait_too_long_is_not_shown_the_version_of_others_with_old_inputs(editor, study, monkeypatch):
    """A deadlock, or a lock that is held for long, ends the first try; the trial was changed meanwhile."""
    sent = opened(editor, change_url(study))
    imported("2024-06-01", status="COMPLETED")
    waits = iter([OperationalError("deadlock detected")])

    def held(pk):
        for error in waits:
            raise error
        return hold(pk)

    monkeypatch.setattr(editing, "hold", held)
    again, sides = refused(editor, change_url(study), sent | {"title": ["By the editor"]})
    assert sides["Status"] == ((("", "Recruiting"),), (("", "Completed"),))
    assert save(editor, change_url(study), again) == []
    study.refresh_from_db()
    assert (study.title, study.status) == ("By the editor", "COMPLETED")
    assert locks(study) == {"title"}


def test_two_editors_at_once_on_one_form(editor, study):
    first, second = (opened(editor, change_url(study)) for _ in range(2))
    assert save(editor, change_url(study), first | {"title": ["First"]}) == []
    again, sides = refused(editor, change_url(study), second | {"title": ["Second"], "acronym": ["TWO"]})
    assert sides["Title"] == ((("", "Second"),), (("", "First"),))
    assert again["acronym"] == ["TWO"]
    study.refresh_from_db()
    assert (study.title, study.acronym) == ("First", "")


def test_the_same_value_typed_by_two_is_no_difference(editor, study):
    first, second = (opened(editor, change_url(study)) for _ in range(2))
    assert save(editor, change_url(study), first | {"title": ["Alike"]}) == []
    page = editor.post(change_url(study), second | {"title": ["Alike"]})
    assert "Title" not in {side.name for side in page.context["meanwhile"].sides}


def test_a_page_that_does_not_say_truly_what_it_showed_is_refused(editor, study):
    sent = opened(editor, change_url(study)) | {"title": ["By the editor"]}
    sent.pop("version")
    for version in ({"version": [text]} for text in ("", "x", "0", "-1", "9" * 40)):
        again, _ = refused(editor, change_url(study), sent | version)
        assert again["title"] == ["By the editor"], version
    again, _ = refused(editor, change_url(study), sent)
    assert again["title"] == ["By the editor"]
    assert save(editor, change_url(study), again) == []


def test_without_digests_everything_that_was_sent_is_kept_and_shown(editor, study):
    sent = opened(editor, change_url(study)) | {"acronym": ["TYPED"]}
    imported("2024-06-01", title="By the registry", status="COMPLETED")
    for shown in ("", "nonsense", "title= =x sites.1", "sites.99999999999999999999=ab"):
        again, sides = refused(editor, change_url(study), sent | {"shown": [shown]})
        assert {"Title", "Status", "Acronym"} <= sides.keys(), shown
        kept = again["title"], again["status"], again["acronym"]
        assert kept == (["Stem cells"], ["RECRUITING"], ["TYPED"]), shown


# Lists


def test_a_stale_form_keeps_the_rows_that_were_typed_and_takes_the_others_anew(editor, study):
    sent = opened(editor, change_url(study))
    sent["sites-0-city"] = ["Turin"]
    add_row(sent, "sites", city="Bern")
    imported("2024-06-01", sites=[ONE, TWO | {"status": "COMPLETED"}, THREE])
    again, sides = refused(editor, change_url(study), sent)
    held = [again[f"sites-{at}-city"][0] for at in range(int(again["sites-TOTAL_FORMS"][0]))]
    assert held == ["Turin", "Paris", "Rome", "Bern"]
    assert {name for name in sides if name.startswith("Site")} == {
        "Site: Two, Paris, France",
        "Site: Three, Rome, Italy",
    }
    assert save(editor, change_url(study), again) == []
    assert cities(study) == ["Turin", "Paris", "Rome", "Bern"]
    assert locks(study) == {"sites"}


def test_a_row_that_both_changed_shows_both_and_keeps_what_was_typed(editor, study):
    sent = opened(editor, change_url(study))
    sent["sites-0-state"] = ["Lombardy"]
    imported("2024-06-01", sites=[ONE | {"status": "RECRUITING"}, TWO])
    again, sides = refused(editor, change_url(study), sent)
    ours, theirs = sides["Site: One, Milan, Italy"]
    assert ("State or province", "Lombardy") in ours
    assert ("Status", "Recruiting") in theirs
    assert again["sites-0-state"] == ["Lombardy"]


def test_a_row_deleted_meanwhile_goes_and_one_that_was_typed_into_comes_back_as_new(editor, study):
    sent = opened(editor, change_url(study))
    sent["sites-0-city"] = ["Turin"]
    other = opened(editor, change_url(study))
    other |= {"sites-0-DELETE": ["on"], "sites-1-DELETE": ["on"]}
    assert save(editor, change_url(study), other) == []
    again, sides = refused(editor, change_url(study), sent)
    assert again["sites-TOTAL_FORMS"] == ["1"]
    assert (again["sites-0-city"], again["sites-0-id"]) == (["Turin"], [""])
    assert sides.keys() == {"Site: One", "Site: Two"}
    assert save(editor, change_url(study), again) == []
    assert cities(study) == ["Turin"]


def test_a_row_marked_for_deletion_stays_marked(editor, study):
    sent = opened(editor, change_url(study)) | {"sites-0-DELETE": ["on"]}
    imported("2024-06-01", sites=[ONE | {"status": "RECRUITING"}, TWO])
    again, sides = refused(editor, change_url(study), sent)
    assert again["sites-0-DELETE"] == ["on"]
    assert "Site: One, Milan, Italy" in sides
    assert save(editor, change_url(study), again) == []
    assert cities(study) == ["Paris"]


def test_a_stale_page_of_rows_is_refused_and_kept(editor, study):
    address = rows_url(study, "sites")
    sent = opened(editor, address)
    sent["sites-0-city"] = ["Turin"]
    imported("2024-06-01", sites=[ONE, TWO | {"status": "COMPLETED"}])
    again, sides = refused(editor, address, sent)
    assert sides.keys() == {"Site: Two, Paris, France"}
    assert (again["sites-0-city"], again["sites-1-status"]) == (["Turin"], ["COMPLETED"])
    assert save(editor, address, again) == []
    assert list(study.sites.values_list("city", "status")) == [("Turin", ""), ("Paris", "COMPLETED")]


def test_a_page_on_which_nothing_changed_says_so_and_is_saved_the_second_time(editor, study):
    address = rows_url(study, "sites")
    sent = opened(editor, address) | {"sites-0-city": ["Turin"]}
    imported("2024-06-01", status="COMPLETED")
    page = editor.post(address, sent)
    assert "Nothing that this page shows is different." in problems(page)[0]
    assert save(editor, address, as_sent(page)) == []
    assert cities(study) == ["Turin", "Paris"]


def test_a_registration_that_an_import_updated_meanwhile_is_not_set_back(editor, study):
    sent = opened(editor, change_url(study)) | {"acronym": ["TYPED"]}
    imported("2024-06-01")
    again, _ = refused(editor, change_url(study), sent)
    assert again["registrations-0-updated"] == ["2024-06-01"]
    assert save(editor, change_url(study), again) == []
    assert str(study.registrations.get().updated) == "2024-06-01"


def test_a_fixture_that_was_loaded_meanwhile(editor, db, tmp_path):
    from trials.tests.fixtures.making import load, site, trial

    load(tmp_path, trial(title="Before"), site(1, "Bari"))
    made = models.Trial.objects.get()
    sent = opened(editor, change_url(made)) | {"sites-0-state": ["Typed"]}
    load(tmp_path, trial(title="After"), site(1, "Rome"))
    again, sides = refused(editor, change_url(made), sent)
    assert (again["title"], again["sites-0-state"]) == (["After"], ["Typed"])
    assert {"Title", "Site: Rome"} <= sides.keys()


def test_markup_that_was_typed_is_shown_as_text(editor, study):
    sent = opened(editor, change_url(study)) | {"title": ["<script>alert(1)</script>"]}
    imported("2024-06-01", title="<b>bold</b>")
    text = editor.post(change_url(study), sent).content.decode()
    assert "<script>alert" not in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text


def test_a_trial_with_every_list_filled_comes_back_as_it_was_sent(editor, trial):
    making.fill(trial, 3)
    sent = opened(editor, change_url(trial))
    with publishing():
        grow(trial.pk)
    page = editor.post(change_url(trial), sent)
    assert page.context["meanwhile"].sides == []
    again = as_sent(page)
    for name in ("version", "csrfmiddlewaretoken"):
        assert again.pop(name) != sent.pop(name)
    assert again == sent


# At the same moment


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory, as in tests, has one connection")
def test_who_saves_while_another_holds_the_trial_waits_and_is_refused():
    editor = making.signed_in(making.superuser())
    study = imported()
    sent = opened(editor, change_url(study)) | {"title": ["Second"]}
    answers = []

    def save_second():
        answers.append(problems(editor.post(change_url(study), sent)))
        connections.close_all()

    with publishing():
        hold(study.pk)
        thread = threading.Thread(target=save_second)
        thread.start()
        time.sleep(0.5)
        assert answers == []
        models.Trial.objects.filter(pk=study.pk).update(title="First")
        grow(study.pk)
    thread.join()
    assert answers[0][0].startswith(REFUSED)
    study.refresh_from_db()
    assert study.title == "First"


@pytest.mark.django_db
def test_on_sqlite_a_save_holds_the_only_right_to_write():
    """Which is why two editors cannot both see the same version there."""
    options = connection.settings_dict.get("OPTIONS", {})
    assert connection.vendor != "sqlite" or options["transaction_mode"] == "IMMEDIATE"
