"""What imports did, to look at in the admin."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from trials.admin import imports
from trials.models import ImportRun, Lock, MatchDecision, MatchSuggestion, RawRecord, Registration, Trial
from trials.tests.admin.making import act, change_url, opened, problems, signed_in, trial
from trials.tests.intake.test_deciding import APART, N1, N2, save
from trials.tests.intake.test_saving import study, trials

pytestmark = [pytest.mark.django_db, pytest.mark.page]

RECORDS = reverse("admin:trials_rawrecord_changelist")
SUGGESTIONS = reverse("admin:trials_matchsuggestion_changelist")
NEW_WORD = reverse("admin:trials_matchdecision_add")


def received(text: bytes, **columns: Any) -> RawRecord:
    values = {"source": "CTGOV", "digest": f"{RawRecord.objects.count()}", "verdict": "SET_ASIDE", **columns}
    return RawRecord.objects.create(body=zlib.compress(text), **values)


def page_of(client: Client, row: Any) -> str:
    response = client.get(change_url(row))
    assert response.status_code == 200
    return response.content.decode()


# Received records


def test_a_record_set_aside_is_found_with_its_reason_and_its_problems(editor):
    row = received(
        b"{", number="NCT00000001", reason="ends in the middle", problems=[{"field": "phase", "what": "odd"}]
    )
    received(b"[]", number="NCT00000002", verdict="KEPT")
    listed = editor.get(f"{RECORDS}?verdict__exact=SET_ASIDE").content.decode()
    assert "ends in the middle" in listed
    assert "NCT00000002" not in listed
    assert "<li>phase: odd</li>" in page_of(editor, row)


def test_the_received_text_is_shown_as_text_and_never_as_a_page(editor):
    text = page_of(editor, received(b"<script>alert(1)</script>"))
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert(1)" not in text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'{"a":[1]}', "{\n &quot;a&quot;: [\n  1\n ]\n}"),
        (b'{"a":1}\n', "{&quot;a&quot;:1}"),
        (b"[" * 9000, "[" * 9000),
        (b"\xff\x00", "\ufffd\x00"),
        (b"", "</pre>"),
    ],
)
def test_any_received_bytes_can_be_looked_at(editor, raw, shown):
    assert shown in page_of(editor, received(raw))


def test_a_damaged_body_is_said_to_be_so(editor):
    row = received(b"{}")
    RawRecord.objects.update(body=b"no zlib")
    assert "are damaged" in page_of(editor, row)


def test_of_a_long_record_the_beginning_is_shown_and_all_can_be_downloaded(editor, monkeypatch):
    monkeypatch.setattr(imports, "SHOWN", 10)
    row = received(b"0123456789ABC")
    text = page_of(editor, row)
    assert "Shown are the first 10 of 13 characters" in text
    assert "0123456789A" not in text
    answer = editor.get(reverse("admin:trials_rawrecord_raw", args=[row.pk]))
    assert answer.content == b"0123456789ABC"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_downloading_needs_the_permission_to_look():
    row = received(b"{}")
    staff = get_user_model().objects.create_user("staff", password="p", is_staff=True)
    assert signed_in(staff).get(reverse("admin:trials_rawrecord_raw", args=[row.pk])).status_code == 403


def test_a_record_leads_to_its_trial(editor):
    save(study(N1))
    assert change_url(Trial.objects.get()) in page_of(editor, RawRecord.objects.get())


def test_the_list_of_records_does_not_read_their_text(editor, django_assert_max_num_queries):
    for _ in range(5):
        received(b"{}")
    with django_assert_max_num_queries(12) as queries:
        editor.get(RECORDS)
    assert not [query for query in queries if '"body"' in query["sql"]]


def test_nobody_changes_or_deletes_what_came_in(editor):
    row = received(b"{}")
    assert editor.post(change_url(row), {"reason": "x"}).status_code == 403
    assert editor.post(reverse("admin:trials_rawrecord_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_run_shows_its_counts_and_notes_line_by_line(editor):
    run = ImportRun.objects.create(
        source="CTGOV",
        holder="1@here",
        lease_until="2026-01-01T00:00Z",
        new=12,
        notes=["one.json: broken", "Ended <b>"],
    )
    text = page_of(editor, run)
    assert "<li>one.json: broken</li><li>Ended &lt;b&gt;</li>" in text
    assert "Running, or broken off" in editor.get(reverse("admin:trials_importrun_changelist")).content.decode()


def test_a_change_shows_both_values_as_stored(editor):
    save(study(N1))
    save(study(N1, updated="2024-06-01", statusModule__overallStatus="COMPLETED"))
    change = Registration.objects.get().changes.get(field="status")
    text = page_of(editor, change)
    assert "&quot;RECRUITING&quot;" in text
    assert "&quot;COMPLETED&quot;" in text
    assert "1 January 2024" in text


# One trial or two


def suggested() -> MatchSuggestion:
    save(study(N1), study(N2))
    first, second = Registration.objects.order_by("number")
    return MatchSuggestion.objects.create(first=first, second=second, why="TITLE")


def answer(client: Client, action: str, suggestion: MatchSuggestion) -> str:
    return str(act(client, SUGGESTIONS, action, [suggestion]).content.decode())


def test_a_suggestion_shows_both_numbers_and_titles(editor):
    suggested()
    text = editor.get(SUGGESTIONS).content.decode()
    assert all(words in text for words in (N1, N2, f"Stem cells {N2}", "the same title"))


def test_they_are_the_same_trial(editor):
    text = answer(editor, "the_same", suggested())
    assert f"{N1} and {N2} are the same trial." in text
    assert trials() == {"nct00000001": {N1, N2}}
    assert str(MatchDecision.objects.get().by) == "editor"
    assert not MatchSuggestion.objects.exists()
    assert LogEntry.objects.get().change_message == f"{N1} and {N2} are the same trial."


def test_they_are_not_the_same_trial(editor):
    answer(editor, "not_the_same", suggested())
    assert trials() == APART
    assert MatchDecision.objects.get().same is False
    assert not MatchSuggestion.objects.exists()


def test_who_may_only_look_at_suggestions_answers_none():
    suggestion = suggested()
    user = get_user_model().objects.create_user("reader", password="p", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_matchsuggestion"))
    answer(signed_in(user), "the_same", suggestion)
    assert trials() == APART
    assert not MatchDecision.objects.exists()


def decided(client: Client, first: str, second: str, same: str) -> list[str]:
    page = client.post(NEW_WORD, {"first": first, "second": second, "same": same, "reason": "Seen both"})
    return problems(page)


def test_an_editor_joins_two_trials_and_parts_them_again_by_a_later_word(editor):
    save(study(N1), study(N2))
    assert decided(editor, N2, N1, "yes") == []
    assert trials() == {"nct00000001": {N1, N2}}
    assert decided(editor, N1, N2, "no") == []
    assert trials() == APART
    made = MatchDecision.objects.get()
    assert (made.first, made.second, made.same, made.reason, str(made.by)) == (N1, N2, False, "Seen both", "editor")


def test_a_word_taken_back_parts_what_it_joined(editor):
    save(study(N1), study(N2))
    decided(editor, N1, N2, "yes")
    made = MatchDecision.objects.get()
    editor.post(reverse("admin:trials_matchdecision_delete", args=[made.pk]), {"post": "yes"})
    assert trials() == APART
    assert not MatchDecision.objects.exists()


@pytest.mark.parametrize(
    ("first", "second", "same", "said"),
    [
        (N1, "NCT99999999", "yes", "no registration “NCT99999999”"),
        (N1, N1, "yes", "on both sides"),
        (N1, "", "yes", "This field is required."),
        (N1, N2, "perhaps", "Select a valid choice"),
        (N1, "x" * 100, "yes", "at most 60 characters"),
        (N1, "\x00", "yes", "Null characters"),
    ],
)
def test_a_word_that_cannot_be_kept_is_refused_with_the_form(editor, first, second, same, said):
    save(study(N1), study(N2))
    assert said in " ".join(decided(editor, first, second, same))
    assert not MatchDecision.objects.exists()
    assert trials() == APART


def test_the_form_asks_for_both_numbers_and_the_answer(editor):
    assert set(opened(editor, NEW_WORD)) >= {"first", "second", "reason"}


# Locks


def test_a_lock_names_its_field_and_deleting_it_unlocks(editor):
    made = trial("nct00000001")
    lock = Lock.objects.create(trial=made, name="why_stopped", by=get_user_model().objects.get())
    text = editor.get(reverse("admin:trials_lock_changelist")).content.decode()
    assert "Why stopped" in text
    assert "nct00000001" in text
    editor.post(reverse("admin:trials_lock_delete", args=[lock.pk]), {"post": "yes"})
    assert not Lock.objects.exists()
    assert Trial.objects.filter(pk=made.pk).exists()


def test_a_lock_of_a_trial_that_is_being_written_stays_with_a_word_why(editor, monkeypatch):
    lock = Lock.objects.create(trial=trial("nct00000001"), name="why_stopped")
    monkeypatch.setattr("trials.admin.owning.take_back", busy)
    address = reverse("admin:trials_lock_delete", args=[lock.pk])
    page = editor.post(address, {"post": "yes"}, follow=True)
    assert "somebody else was writing the same trial" in page.content.decode()
    assert Lock.objects.exists()


def busy(*_: object) -> None:
    raise OperationalError("deadlock detected")


def test_who_may_not_change_trials_gives_nothing_back_to_a_registry():
    lock = Lock.objects.create(trial=trial("nct00000001"), name="why_stopped")
    helper = get_user_model().objects.create_user("helper", password="x", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename__in=["view_lock", "delete_lock"]))
    address = reverse("admin:trials_lock_delete", args=[lock.pk])
    assert signed_in(helper).post(address, {"post": "yes"}).status_code == 403
    assert Lock.objects.exists()
