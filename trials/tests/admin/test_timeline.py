"""The timeline of a trial in the admin, and the ways back that it offers."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trials import models
from trials.intake.deciding import decide
from trials.tests.admin.importing import ONE, THREE, TWO, cities, imported
from trials.tests.admin.making import act, change_url, criteria, fill, opened, rows_url, save, signed_in


def history(of):
    return reverse("admin:trials_trial_history", args=[of if isinstance(of, int) else of.pk])


def restoring(of, query=""):
    """The address that restores from the newest moment of a trial."""
    moment = models.Moment.objects.filter(trial=of.pk).latest("pk")
    return reverse("admin:trials_trial_restore", args=[of.pk, moment.pk]) + query


def entries(client, of):
    page = client.get(history(of))
    assert page.status_code == 200
    assert "style=" not in page.content.decode()
    return page.context["timeline"].entries


def edit(client, of, rows="", why="", **values):
    """Changes inputs of the trial's form, or of one list's page."""
    address = rows_url(of, rows) if rows else change_url(of)
    sent = opened(client, address) | {name.replace("__", "-"): [value] for name, value in values.items()}
    assert save(client, address, sent | {"why": [why]}) == []


def restore(client, of, query="", why=""):
    """Presses the button of the preview; the messages that follow."""
    address = restoring(of, query)
    page = client.get(address)
    assert page.status_code == 200, page.get("Location")
    answer = client.post(address, {"version": page.context["version"], "why": why}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def person(name, *codenames):
    user = get_user_model().objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return signed_in(user)


def test_people_and_registries_stand_in_one_line_the_newest_first(editor):
    study = imported(sites=[ONE, TWO])
    edit(editor, study, title="By an editor", why="clearer")
    imported("2024-06-01", title="By the registry", sites=[ONE, TWO, THREE])
    edit(editor, study, acronym="CELLS")
    told = [(entry.what, entry.who, entry.why) for entry in entries(editor, study)]
    document = "ClinicalTrials.gov record NCT00000001"
    nobody = "Nobody (the catalogue’s own work)"
    assert told == [
        ("Edited", "editor", ""),
        ("Changed by imports, fixtures or terms", nobody, ""),
        ("A version of the record came in (1 June 2024)", document, ""),
        ("Edited", "editor", "clearer"),
        ("As it was before the first edit", nobody, ""),
        ("A version of the record came in (1 January 2024)", document, ""),
    ]


def test_an_entry_tells_fields_and_rows_before_and_after(editor):
    study = imported(sites=[ONE, TWO])
    edit(editor, study, "sites", sites__0__city="Turin", sites__1__DELETE="on")
    edit(editor, study, min_age_value="6", min_age_unit="MONTHS")
    newest, before, *_ = entries(editor, study)
    assert [(field.words, field.old, field.new) for field in newest.difference.fields] == [
        ("Minimum age", "18 years", "6 months")
    ]
    (listed,) = before.difference.lists
    assert listed.words == "Sites"
    changed, removed = sorted(listed.rows, key=lambda row: row.verb)
    assert (changed.title, changed.old, changed.new) == ("One", (("City", "Milan"),), (("City", "Turin"),))
    assert (removed.verb, removed.title) == ("removed", "Two")


def test_a_changed_version_of_the_record_tells_what_it_changed(editor):
    study = imported(sites=[ONE])
    imported("2024-06-01", title="By the registry", sites=[TWO])
    newest = entries(editor, study)[0]
    told = {told.words: (told.old, told.new) for told in newest.told}
    assert told["Title"] == (("Stem cells",), ("By the registry",))
    assert told["Sites"] == (
        ("Facility: One; City: Milan; Country: Italy; Country as written: Italy",),
        ("Facility: Two; City: Paris; Country: France; Country as written: France",),
    )


def test_a_deleted_criterion_is_restored_by_itself(editor):
    study = models.Trial.objects.create(slug="nct00000001", title="A trial")
    criteria(study, 2)
    gone = study.criteria.earliest("pk")
    edit(editor, study, "criteria", criteria__0__DELETE="on", criteria__1__text="Changed")
    assert restore(editor, study, f"?item=criteria&row={gone.pk}", "needed")[0].startswith(
        "Restored a row of criteria as"
    )
    assert list(study.criteria.values_list("pk", "text")) == [(gone.pk, gone.text), (gone.pk + 1, "Changed")]
    newest = entries(editor, study)[0]
    assert newest.what.startswith("Restored from the history: a row of criteria as before ")
    assert (newest.who, newest.why) == ("editor", "needed")


def test_undoing_a_change_puts_all_of_it_back(editor):
    study = imported(sites=[ONE, TWO])
    edit(editor, study, title="Ours", sites__0__city="Turin")
    restore(editor, study, "?undo=1")
    study.refresh_from_db()
    assert (study.title, cities(study)) == ("Stem cells", ["Milan", "Paris"])


def test_the_preview_writes_nothing_and_a_page_out_of_date_neither(editor):
    study = imported()
    edit(editor, study, title="Ours")
    page = editor.get(restoring(study, "?item=title"))
    assert "Flags written by hand stay as they are" in page.content.decode()
    (field,) = page.context["difference"].fields
    assert (field.old, field.new) == ("Ours", "Stem cells")
    models.Trial.objects.update(version=99)
    answer = editor.post(restoring(study, "?item=title"), {"version": page.context["version"]}, follow=True)
    assert "Nothing was restored: the trial was changed" in str(next(iter(answer.context["messages"])))
    study.refresh_from_db()
    assert study.title == "Ours"


@pytest.mark.parametrize(("query", "status"), [("?item=nonsense", 302), ("?item=criteria&row=x", 302), ("", 404)])
def test_nonsense_is_refused_in_words(editor, query, status):
    study = imported()
    edit(editor, study, title="Ours")
    moment = models.Moment.objects.latest("pk").pk if query else 10**30
    assert editor.get(f"{history(study)}{moment}/{query}").status_code == status


def test_restoring_needs_the_right_to_change_what_changes(editor):
    study = imported(sites=[ONE, TWO])
    edit(editor, study, "sites", sites__0__city="Turin")
    reader = person("reader", "view_trial")
    assert not [entry for entry in entries(reader, study) if b"Restore" in reader.get(history(study)).content]
    assert reader.get(restoring(study, "?undo=1")).status_code == 403
    writer = person("writer", "view_trial", "change_trial")
    page = writer.get(restoring(study, "?undo=1"))
    assert (page.status_code, page.context["may_restore"]) == (200, False)
    assert writer.post(restoring(study, "?undo=1"), {"version": page.context["version"]}).status_code == 403
    assert cities(study) == ["Turin", "Paris"]
    assert person("nobody").get(history(study)).status_code == 403


def test_a_page_costs_as_many_queries_however_much_happened(editor):
    study = models.Trial.objects.create(slug="nct00000001", title="A trial")
    fill(study, 2)
    edit(editor, study, acronym="A0")
    editor.get(history(study))
    with CaptureQueriesContext(connection) as few:
        editor.get(history(study))
    for at in range(1, 4):
        edit(editor, study, acronym=f"A{at}", sites__0__city=f"City {at}")
    with CaptureQueriesContext(connection) as many:
        editor.get(history(study))
    assert len(many) == len(few) < 70


def test_the_reason_is_kept_in_a_page_that_is_refused(editor):
    study = imported()
    sent = opened(editor, change_url(study)) | {"title": [""], "why": ["to be clearer"]}
    page = editor.post(change_url(study), sent)
    assert 'name="why" value="to be clearer"' in page.content.decode()


# Deleting


def test_a_deleted_trial_is_listed_with_who_and_why_and_comes_back(editor):
    study = imported()
    address = reverse("admin:trials_trial_delete", args=[study.pk])
    editor.post(address, {"post": "yes", "why": "a mistake"})
    assert not models.Trial.objects.exists()
    deleted = reverse("admin:trials_trial_deleted")
    assert f'href="{deleted}"' in editor.get(reverse("admin:trials_trial_changelist")).content.decode()
    text = editor.get(deleted).content.decode()
    assert "nct00000001: deleted by editor" in text
    assert "Why: a mistake" in text
    assert entries(editor, study.pk)[0].what == "Deleted"
    answer = editor.post(deleted, {"deleted": models.DeletedTrial.objects.get().pk}, follow=True)
    assert "is back with all that belonged to it" in str(next(iter(answer.context["messages"])))
    assert models.Trial.objects.get().pk == study.pk
    assert [entry.what for entry in entries(editor, study)][:2] == ["Brought back after it was deleted", "Deleted"]


def test_bringing_back_needs_the_rights_to_add_and_delete(editor):
    study = imported()
    editor.post(reverse("admin:trials_trial_delete", args=[study.pk]), {"post": "yes"})
    deleted = reverse("admin:trials_trial_deleted")
    sent = {"deleted": models.DeletedTrial.objects.get().pk}
    for name, codenames in (("one", ["view_trial", "add_trial"]), ("two", ["view_trial", "delete_trial"])):
        client = person(name, *codenames)
        assert b"Bring back" not in client.get(deleted).content
        assert client.post(deleted, sent).status_code == 403
    assert not models.Trial.objects.exists()


def test_bringing_back_says_what_is_not_as_it_was(editor):
    study = models.Trial.objects.create(slug="nct00000001", title="A trial", state="PUBLISHED")
    fill(study, 1)
    editor.post(reverse("admin:trials_trial_delete", args=[study.pk]), {"post": "yes"})
    models.Condition.objects.all().delete()
    client = person("robin", "view_trial", "add_trial", "delete_trial")
    sent = {"deleted": models.DeletedTrial.objects.get().pk}
    answer = client.post(reverse("admin:trials_trial_deleted"), sent, follow=True)
    assert [(message.level_tag, str(message)) for message in answer.context["messages"]] == [
        ("success", "“nct00000001: A trial” is back, but not all is as it was."),
        ("warning", "“ALS” is no longer there; conditions of a trial stand without it."),
        (
            "warning",
            "The trial was public and is now in review: only who may publish trials can make it public again.",
        ),
    ]


# Other doors


def test_publishing_many_trials_is_kept_for_each(editor):
    study, other = (models.Trial.objects.create(slug=slug, title=slug) for slug in ("one", "two"))
    act(editor, reverse("admin:trials_trial_changelist"), "publish", [study, other])
    for one in (study, other):
        (field,) = entries(editor, one)[0].difference.fields
        assert (field.words, field.old, field.new, field.can_return) == ("State", "Draft", "Published", False)


def test_a_decision_that_joins_trials_is_told_on_the_one_that_stays(editor, django_user_model):
    first, second = imported(), imported(number="NCT00000002")
    edit(editor, second, title="Worked on")
    decide("NCT00000001", "NCT00000002", True, django_user_model.objects.get(), "the same protocol")
    stays = models.Trial.objects.get()
    told = [(entry.what, entry.why) for entry in entries(editor, stays)]
    assert ("Decided: NCT00000001 and NCT00000002 are one trial", "the same protocol") in told
    assert ("Documents moved after a decision on a match", "the same protocol") in told
    gone = {first.pk, second.pk} - {stays.pk}
    assert models.Moment.objects.get(kind="JOINED").trial == gone.pop()
