"""The history page: what changed in a trial's records, when, and from where."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trials.models import Change, Edit, FormerSlug, RawRecord, Registration, Trial
from trials.models.choices import State
from trials.tests.admin.making import act, change_url, opened, save, signed_in, superuser
from trials.tests.views._record.making import Page, document, open_page, published

pytestmark = pytest.mark.django_db


def version(of: Registration, updated: str | None, **columns: Any) -> RawRecord:
    """A kept version of a record."""
    digest = f"{RawRecord.objects.count():064}"
    return RawRecord.objects.create(
        **{"source": "CTGOV", "number": of.number, "digest": digest, "body": b"", "verdict": "KEPT", **columns},
        updated=updated,
        registration=of,
    )


def changed(before: RawRecord, after: RawRecord, field: str, old: Any, new: Any, **columns: Any) -> Change:
    values = {"registration": after.registration, "field": field, "old": old, "new": new}
    return Change.objects.create(before=before, after=after, **values, **columns)


def record(trial: Trial, number: str = "NCT00000001", **columns: Any) -> Registration:
    name = f"ClinicalTrials.gov record {number}"
    return document(trial, name, **{"registry": "CTGOV", "number": number, **columns})


def two_versions() -> tuple[RawRecord, RawRecord]:
    """Two versions of the one record of the trial nct00000001."""
    own = record(published())
    return version(own, "2024-01-01"), version(own, "2024-06")


def open_history(query: str = "", slug: str = "nct00000001") -> Page:
    response = Client().get(f"/trials/{slug}/history/{query}")
    assert response.status_code == 200, (response.status_code, response.headers)
    return Page(response.content.decode())


# Addresses


def test_a_draft_has_no_public_history():
    published(state=State.DRAFT)
    assert Client().get("/trials/nct00000001/history/").status_code == 404


def test_another_case_and_a_former_address_have_moved_for_good():
    FormerSlug.objects.create(slug="race", trial=published("nct04034316"))
    for slug in ("race", "NCT04034316"):
        response = Client().get(f"/trials/{slug}/history/")
        assert (response.status_code, response.headers["Location"]) == (301, "/trials/nct04034316/history/")


def test_a_registry_number_leads_on_for_now():
    record(published("race"), "NCT04034316")
    response = Client().get("/trials/NCT04034316/history/")
    assert (response.status_code, response.headers["Location"]) == (302, "/trials/race/history/")


def test_the_record_page_links_to_the_history_and_back():
    published()
    assert "/trials/nct00000001/history/" in open_page("nct00000001").links
    assert "/trials/nct00000001/" in open_history().links


@pytest.mark.parametrize("query", ["?page=x", "?page=0", "?page=-1", "?page=999", "?page=" + "9" * 5000, "?page=%00"])
def test_odd_pages_are_pages_of_it(query):
    two_versions()
    assert "January 2024" in open_history(query).text


# What is said


@pytest.mark.parametrize("versions", [0, 1])
def test_a_record_that_never_changed_says_so(versions):
    own = record(published())
    for _ in range(versions):
        version(own, "2024-01-01")
    assert "Only one version of this record is held." in open_history().text


def test_two_records_with_one_version_each_say_so():
    trial = published()
    version(record(trial, "NCT00000001"), "2024-01-01")
    version(record(trial, "NCT00000002"), "2024-01-01")
    assert "Only one version of each record is held." in open_history().text


def test_a_step_names_its_record_its_date_and_the_date_before():
    before, after = two_versions()
    changed(before, after, "has_results", False, True)
    page = open_history()
    step = page.section(f"version-{after.pk}")
    assert "June 2024 ClinicalTrials.gov record NCT00000001 The version before is of 1 January 2024" in step
    assert "Results posted No Yes" in step
    assert "The first version held" in page.section(f"version-{before.pk}")


def test_the_newest_version_comes_first_whatever_came_in_first():
    own = record(published())
    newest, oldest, middle = (version(own, date) for date in ("2024-06-01", "2024-01-01", "2024-03-01"))
    anchors = [anchor for anchor in open_history().ids if anchor.startswith("version-") and anchor.count("-") == 1]
    assert anchors == [f"version-{row.pk}" for row in (newest, middle, oldest)]


def test_a_version_that_changed_nothing_of_what_is_kept_says_so():
    _, after = two_versions()
    assert "Nothing that this catalogue keeps differs" in open_history().section(f"version-{after.pk}")


def test_skipped_and_set_aside_records_are_no_versions():
    two_versions()
    version(Registration.objects.get(), "2025-01-01", verdict="SET_ASIDE")
    assert "2025" not in open_history().text


@pytest.mark.parametrize(
    ("field", "old", "new", "shown"),
    [
        ("status", "RECRUITING", {"status": "COMPLETED", "status_raw": "COMPLETED"}, "Status Recruiting Completed"),
        (
            "status",
            {"status": "RECRUITING", "status_raw": "Recruiting"},
            {"status": "TERMINATED", "status_raw": "Ended early", "why_stopped": "No funds"},
            "Status Recruiting Terminated (as written: Ended early) Reason for stopping not stated No funds",
        ),
        (
            "start_date",
            {"start_date": "2024-01", "start_date_type": "ESTIMATED"},
            {"start_date": "2024-02-03", "start_date_type": "ACTUAL"},
            "Start January 2024 (estimated) 3 February 2024 (actual)",
        ),
        ("enrollment_count", 20, {"enrollment_count": 18, "enrollment_type": "ACTUAL"}, "Enrolment 20 18 (actual)"),
        ("min_age", {"value": 18.0, "unit": "YEARS"}, None, "Minimum age 18 years not stated"),
        ("keywords", ["cells"], ["cells", "lupus"], None),
        ("masking", None, {"masking": "DOUBLE", "who_masked": ["PARTICIPANT"]}, "Who is masked not stated Participant"),
        ("phase", "PHASE_OF_THE_MOON", "PHASE2", "Phase PHASE_OF_THE_MOON Phase 2"),
        ("start_date", "soon", "2024-13-45", "Start soon 2024-13-45"),
        ("title", {"odd": [1]}, 7.5, "7.5"),
        ("a_field_of_tomorrow", "x", "y", "A field of tomorrow x y"),
    ],
)
def test_values_are_shown_in_words(field, old, new, shown):
    before, after = two_versions()
    changed(before, after, field, old, new)
    text = open_history().section(f"version-{after.pk}")
    assert (shown or "Keywords") in text


@pytest.mark.parametrize(
    ("name", "row", "line"),
    [
        (
            "sites",
            {"facility": "Hospital", "city": "Milan", "country": "IT", "status": "RECRUITING"},
            "Hospital, Milan, Italy: Recruiting",
        ),
        ("sites", {"country_raw": "Far away", "status_date": "2024-05"}, "Far away: since May 2024"),
        ("criteria", {"kind": "INCLUSION", "label": "a)", "text": "Adults"}, "Inclusion: a) Adults"),
        ("outcomes", {"kind": "PRIMARY", "measure": "Pain", "time_frame": "1 year"}, "Primary: Pain – 1 year"),
        ("arms", {"label": "A", "type": "EXPERIMENTAL", "participants": 9}, "A (Experimental): 9 participants"),
        (
            "interventions",
            {"name": "MSC", "type": "BIOLOGICAL", "other_names": ["x"]},
            "Biological: MSC – also called x",
        ),
        ("contacts", {"role": "CONTACT", "name": "A. B.", "phone": "1", "phone_ext": "2"}, "Contact: A. B., 1 ext. 2"),
        ("sponsors", {"role": "LEAD_SPONSOR", "name": "A", "agency_class": "INDUSTRY"}, "Lead sponsor: A (Industry)"),
        ("identifiers", {"kind": "OTHER", "value": "X-1", "domain": "Y"}, "Other: X-1 – issued by Y"),
        ("references", {"kind": "RESULT", "citation": "Paper", "pmid": "12"}, "Result: Paper – PubMed 12"),
        ("related", {"number": "NCT00000009", "title": "Another"}, "NCT00000009: Another"),
        ("products", {"name": "P", "role": "Test", "routes": ["IV"], "is_atmp": True}, "P (Test): IV"),
        ("conditions", "Lupus", "Lupus"),
        ("condition_meshes", {"ui": "D1", "term": "Lupus"}, "Lupus, D1"),
        ("sites", 5, "5"),
        ("sites", {"facility": "F", "status": {"odd": 1}}, 'F, {"odd": 1}'),
    ],
)
def test_a_row_that_came_in_is_a_readable_line(name, row, line):
    before, after = two_versions()
    changed(before, after, name, [], [row])
    assert f"Added: {line}" in open_history().section(f"version-{after.pk}")


def test_rows_that_went_and_rows_that_came_are_told_apart():
    before, after = two_versions()
    changed(before, after, "conditions", ["Lupus"], ["Gout"])
    page = open_history()
    assert "<del>Lupus</del>" in page.html
    assert "<ins>Gout</ins>" in page.html


def test_rows_in_another_order_are_no_rows_that_went():
    before, after = two_versions()
    changed(before, after, "conditions", [], [])
    assert "The same rows stand in another order." in open_history().text


def test_rows_that_only_point_elsewhere_are_not_shown_as_gone_and_come():
    before, after = two_versions()
    changed(before, after, "arms", [{"label": "A", "interventions": [0]}], [{"label": "A", "interventions": [0, 1]}])
    text = open_history().section(f"version-{after.pk}")
    assert "The same rows belong together differently." in text
    assert "Removed" not in text


def test_many_rows_are_folded_with_their_number():
    before, after = two_versions()
    changed(before, after, "conditions", [f"C{n}" for n in range(20)], ["D"])
    assert "Conditions: 20 removed, 1 added" in open_history().text


def test_a_long_text_is_folded_with_its_changed_words_marked():
    before, after = two_versions()
    same = "Cells are given. " * 20
    changed(before, after, "brief_summary", f"{same}Patients wait one week.", f"{same}Patients wait two weeks.")
    page = open_history()
    assert "<summary>Summary: changed</summary>" in page.html
    assert "[removed: one week. ]" in page.text
    assert "[added: two weeks. ]" in page.text
    assert page.text.count("Patients wait") == 1
    assert page.html.count("<del>") == page.html.count("<ins>") == 1


def test_what_the_newer_copy_leaves_out_still_stands():
    before, after = two_versions()
    changed(before, after, "brief_summary", "Cells for lupus.", None, kept=True)
    changed(before, after, "sites", [{"city": "Milan"}], [], kept=True)
    text = open_history().section(f"version-{after.pk}")
    assert "Summary Left out in this copy; the earlier value still stands: The earlier value Cells for lupus." in text
    assert "Sites Left out in this copy; the earlier value still stands: The earlier value Milan" in text
    assert "Removed" not in text
    assert "not stated" not in text


def test_texts_of_a_record_are_no_markup():
    before, after = two_versions()
    changed(before, after, "title", "<script>alert(1)</script>", "<b>")
    changed(before, after, "conditions", ["<i>"], ["<u>"])
    html = open_history().html
    assert all(tag not in html for tag in ("<script>", "<b>", "<i>", "<u>"))


def test_nothing_is_said_of_what_editors_locked():
    before, after = two_versions()
    changed(before, after, "title", "A", "B")
    published_trial = Trial.objects.get()
    published_trial.locks.create(name="title")
    assert "lock" not in open_history().text.casefold().replace("clock", "").replace("block", "")


# Cost


def fill(versions: int, changes: int) -> None:
    own = record(published())
    rows = [version(own, f"20{10 + at // 12}-{at % 12 + 1:02}-01") for at in range(versions)]
    for before, after in pairwise(rows):
        for at in range(changes):
            changed(before, after, f"field_{at}", "x", "y")


def test_a_long_history_is_paged_and_costs_the_same_queries():
    fill(2, 1)
    with CaptureQueriesContext(connection) as few:
        open_history()
    Trial.objects.all().delete()
    RawRecord.objects.all().delete()
    fill(25, 5)
    with CaptureQueriesContext(connection) as many:
        first = open_history()
    assert len(many) == len(few) <= 5
    assert "The first version held" not in first.text
    assert "The first version held" in open_history("?page=3").text
    assert "?page=3" in first.links


def test_the_received_text_is_never_read_for_it():
    fill(3, 1)
    with CaptureQueriesContext(connection) as queries:
        open_history()
    assert not [query for query in queries if "body" in query["sql"]]


# What editors changed


def edited(name: str, old: Any, new: Any, day: str = "2024-03-05", kind: str = "EDITED") -> None:
    trial = Trial.objects.get()
    edit = Edit.objects.create(trial=trial, name=name, kind=kind, old=old, new=new, by=superuser_once())
    Edit.objects.filter(pk=edit.pk).update(on=dt.datetime.fromisoformat(f"{day}T12:00:00+00:00"))


def superuser_once() -> Any:
    return get_user_model().objects.filter(username="editor").first() or superuser()


def test_an_edit_stands_between_the_versions_around_it_and_names_nobody():
    before, after = two_versions()
    edited("status", "RECRUITING", "COMPLETED")
    edited("enrollment_count", None, 12, kind="TAKEN_BACK")
    page = open_history()
    anchors = [anchor for anchor in page.ids if not anchor.endswith("-heading")]
    assert [anchor for anchor in anchors if anchor.startswith(("version-", "edited-"))] == [
        f"version-{after.pk}",
        "edited-2024-03-05",
        f"version-{before.pk}",
    ]
    step = page.section("edited-2024-03-05")
    assert "5 March 2024 Changed by an editor of this catalogue" in step
    assert "Status Recruiting Completed" in step
    assert "(the registry's value taken back) not stated 12" in step
    assert "editor@example.org" not in page.text


def test_rows_that_an_editor_took_away_are_counted_and_not_told():
    two_versions()
    edited("contacts", [{"name": "Dr Private"}], [])
    page = open_history()
    assert "1 row changed or removed, 0 rows changed or added." in page.section("edited-2024-03-05")
    assert "Private" not in page.text


def test_an_edit_of_the_day_of_a_version_stands_above_it():
    own = record(published())
    row = version(own, "2024-03-05")
    edited("title", "Old", "New")
    page = open_history()
    assert page.text.index("Changed by an editor") < page.text.index("The first version held")
    assert page.section(f"version-{row.pk}")


def test_what_was_edited_before_the_trial_was_first_published_is_not_public():
    trial = published(state=State.DRAFT)
    editor = signed_in(superuser())
    address = change_url(trial)

    def change(**sent: list[str]) -> None:
        save(editor, address, opened(editor, address) | sent)

    change(acronym=["INSIDE"])
    change(acronym=["FIRST"], state=["PUBLISHED"])
    assert "Changed by an editor" not in open_history().text
    change(acronym=["SEEN"])
    for action in ("withdraw", "publish"):
        act(editor, "/admin/trials/trial/", action, [trial])
        change(acronym=[f"AFTER {action}"], state=["DRAFT" if action == "withdraw" else "PUBLISHED"])
    text = open_history().text
    assert [name in text for name in ("INSIDE", "FIRST", "SEEN", "AFTER withdraw", "AFTER publish")] == [
        False,  # But as the value before the next change.
        True,
        True,
        True,
        True,
    ]
    assert "State" not in text
    states = Edit.objects.filter(name="state").order_by("pk").values_list("old", "new")
    assert list(states) == [("DRAFT", "PUBLISHED"), ("PUBLISHED", "DRAFT"), ("DRAFT", "PUBLISHED")]
