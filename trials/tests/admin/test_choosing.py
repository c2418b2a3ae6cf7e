"""Choosing mine or theirs where two changed the same: what one save then writes, and that nothing typed is lost."""

from __future__ import annotations

import pytest

from trials.admin import trial
from trials.models import CellType
from trials.tests.admin.importing import ONE, THREE, TWO, cities, imported, locks
from trials.tests.admin.making import as_sent, change_url, opened, problems, rows_url, save

pytestmark = pytest.mark.page


@pytest.fixture
def study(db, monkeypatch):
    """An imported trial; its form holds its sites alone, as drawing nineteen lists takes a second."""
    monkeypatch.setattr(trial, "short_lists", lambda sizes: {"sites"})
    return imported()


def asked(editor, address, sent):
    """Sends a page that is out of date; what the answer would send back, and what stands chosen on it."""
    page = editor.post(address, sent)
    assert problems(page)[0].startswith("Nothing was saved")
    again = as_sent(page)
    chosen = {key.removeprefix("choice:"): value[0] for key, value in again.items() if key.startswith("choice:")}
    # What an import brings besides.
    return again, {key: choice for key, choice in chosen.items() if key not in ("last_update_posted", "status_raw")}


def of_two(editor, study, mine, theirs):
    """The page of an editor who typed `mine` and was slower than an import of `theirs`."""
    sent = opened(editor, change_url(study)) | mine
    imported("2024-06-01", **theirs)
    return asked(editor, change_url(study), sent)


def row_of(sent, place):
    """At which row of the page a site stands, by its facility."""
    return next(name.split("-")[1] for name, value in sent.items() if name.endswith("-facility") and value == [place])


# Fields


@pytest.mark.parametrize(
    ("title", "status", "saved", "locked"),
    [
        ("mine", "theirs", ("Mine", "COMPLETED"), {"title"}),
        ("theirs", "theirs", ("Theirs", "COMPLETED"), set()),
        ("mine", "mine", ("Mine", "RECRUITING"), {"title", "status"}),
        ("theirs", "mine", ("Theirs", "RECRUITING"), {"status"}),
    ],
)
def test_each_field_is_saved_as_chosen(editor, study, title, status, saved, locked):
    theirs = {"title": "Theirs", "status": "COMPLETED"}
    again, chosen = of_two(editor, study, {"title": ["Mine"]}, theirs)
    assert chosen == {"title": "mine", "status": "theirs"}
    assert save(editor, change_url(study), again | {"choice:title": [title], "choice:status": [status]}) == []
    study.refresh_from_db()
    assert (study.title, study.status) == saved
    assert locks(study) == locked


def test_an_age_is_chosen_with_its_unit(editor, study):
    mine = {"min_age_value": ["30"], "min_age_unit": ["DAYS"]}
    again, chosen = of_two(editor, study, mine, {"age": "6 Months"})
    assert chosen == {"min_age": "mine"}
    assert save(editor, change_url(study), again | {"choice:min_age": ["theirs"]}) == []
    study.refresh_from_db()
    assert (study.min_age_value, study.min_age_unit) == (6, "MONTHS")


def test_a_third_change_asks_again_and_keeps_the_choice_and_both_texts(editor, study):
    again, _ = of_two(editor, study, {"title": ["Mine"]}, {"title": "Theirs", "status": "COMPLETED"})
    imported("2024-07-01", title="Third", status="TERMINATED")
    again["choice:title"], again["choice:status"] = ["theirs"], ["mine"]
    third, chosen = asked(editor, change_url(study), again)
    assert chosen == {"title": "theirs", "status": "mine"}
    assert (third["title"], third["was:title:title"], third["status"]) == (["Third"], ["Mine"], ["RECRUITING"])
    assert save(editor, change_url(study), third | {"choice:title": ["mine"]}) == []
    study.refresh_from_db()
    assert (study.title, study.status) == ("Mine", "RECRUITING")


def test_a_third_change_elsewhere_does_not_forget_a_choice(editor, study):
    again, _ = of_two(editor, study, {"title": ["Mine"]}, {"title": "Theirs"})
    imported("2024-07-01", title="Theirs", status="TERMINATED")
    third, chosen = asked(editor, change_url(study), again | {"choice:title": ["theirs"]})
    assert chosen == {"title": "theirs", "status": "theirs"}
    assert save(editor, change_url(study), third) == []
    study.refresh_from_db()
    assert (study.title, study.status) == ("Theirs", "TERMINATED")


@pytest.mark.parametrize(("name", "choice"), [("title", "theirs"), ("acronym", "mine")])
def test_what_was_typed_into_the_form_below_is_not_lost_to_the_button(editor, study, name, choice):
    study.acronym = "OLD"
    study.save()
    sent = opened(editor, change_url(study)) | {"title": ["Mine"]}
    first = opened(editor, change_url(study)) | {"title": ["Theirs"], "acronym": ["NEW"]}
    assert save(editor, change_url(study), first) == []
    again, _ = asked(editor, change_url(study), sent)
    third, chosen = asked(editor, change_url(study), again | {name: ["Typed"], f"choice:{name}": [choice]})
    assert (third[name], chosen[name]) == (["Typed"], "mine")
    assert save(editor, change_url(study), third) == []
    study.refresh_from_db()
    assert getattr(study, name) == "Typed"


def test_what_was_typed_over_theirs_needs_no_second_page(editor, study):
    again, _ = of_two(editor, study, {"title": ["Mine"]}, {"status": "COMPLETED"})
    assert save(editor, change_url(study), again | {"status": ["TERMINATED"]}) == []
    study.refresh_from_db()
    assert study.status == "TERMINATED"


def test_an_error_elsewhere_leaves_the_choice_open(editor, study):
    again, _ = of_two(editor, study, {"title": ["Mine"]}, {"title": "Theirs"})
    page = editor.post(change_url(study), again | {"choice:title": ["theirs"], "start_date": ["soon"]})
    assert "“soon” is not a date" in problems(page)[0]
    third = as_sent(page)
    assert (third["title"], third["choice:title"], third["was:title:title"]) == (["Theirs"], ["theirs"], ["Mine"])
    fixed = third | {"start_date": [""], "choice:title": ["mine"]}
    assert save(editor, change_url(study), fixed) == []
    study.refresh_from_db()
    assert study.title == "Mine"


@pytest.mark.parametrize("held", ["", "title", "title=theirs:", "no.such=mine:0", "sites.9=theirs:x title=mine:00"])
@pytest.mark.parametrize("choice", ["theirs", "both"])
def test_a_forged_choice_neither_breaks_the_page_nor_writes_over_the_other_editor(editor, study, held, choice):
    again, _ = of_two(editor, study, {"title": ["Mine"]}, {"title": "Theirs", "status": "COMPLETED"})
    editor.post(change_url(study), again | {"held": [held], "choice:title": [choice], "choice:sites.9": ["mine"]})
    study.refresh_from_db()
    assert study.title in ("Mine", "Theirs")
    assert (study.status, cities(study)) == ("COMPLETED", ["Milan", "Paris"])


# Rows


@pytest.mark.parametrize("page", ["form", "rows"])
@pytest.mark.parametrize(("choice", "saved"), [("mine", ("Turin", "")), ("theirs", ("Milan", "COMPLETED"))])
def test_a_row_that_both_changed_is_saved_as_chosen(editor, study, page, choice, saved):
    address = change_url(study) if page == "form" else rows_url(study, "sites")
    sent = opened(editor, address) | {"sites-0-city": ["Turin"]}
    imported("2024-06-01", sites=[ONE | {"status": "COMPLETED"}, TWO])
    key = f"sites.{study.sites.first().pk}"
    again, chosen = asked(editor, address, sent)
    assert chosen == {key: "mine"}
    assert save(editor, address, again | {f"choice:{key}": [choice]}) == []
    assert study.sites.values_list("city", "status").first() == saved


@pytest.mark.parametrize(("choice", "saved"), [("mine", ["Paris"]), ("theirs", ["Milan", "Paris"])])
def test_a_row_marked_for_deletion_that_another_changed(editor, study, choice, saved):
    sent = opened(editor, change_url(study)) | {"sites-0-DELETE": ["on"]}
    imported("2024-06-01", sites=[ONE | {"status": "COMPLETED"}, TWO])
    key = f"sites.{study.sites.first().pk}"
    again, chosen = asked(editor, change_url(study), sent)
    assert chosen == {key: "mine"}
    assert save(editor, change_url(study), again | {f"choice:{key}": [choice]}) == []
    assert cities(study) == saved


@pytest.mark.parametrize("is_typed", [True, False])
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_row_deleted_meanwhile_is_brought_back_or_left_out(editor, study, is_typed, is_kept):
    sent = opened(editor, change_url(study)) | ({"sites-0-city": ["Turin"]} if is_typed else {})
    key = f"sites.{study.sites.first().pk}"
    imported("2024-06-01", sites=[TWO])
    again, chosen = asked(editor, change_url(study), sent)
    assert chosen[key] == ("mine" if is_typed else "theirs")
    assert save(editor, change_url(study), again | {f"choice:{key}": ["mine" if is_kept else "theirs"]}) == []
    assert cities(study) == (["Paris", "Turin" if is_typed else "Milan"] if is_kept else ["Paris"])


def test_a_row_brought_back_keeps_its_choice_through_a_third_change(editor, study):
    sent = opened(editor, change_url(study)) | {"sites-0-city": ["Turin"]}
    key = f"sites.{study.sites.first().pk}"
    imported("2024-06-01", sites=[TWO])
    again, _ = asked(editor, change_url(study), sent)
    imported("2024-07-01", sites=[TWO, THREE])
    third, chosen = asked(editor, change_url(study), again | {f"choice:{key}": ["theirs"]})
    assert chosen[key] == "theirs"
    assert third[f"was:{key}:city"] == ["Turin"]
    assert save(editor, change_url(study), third | {f"choice:{key}": ["mine"]}) == []
    assert sorted(cities(study)) == ["Paris", "Rome", "Turin"]


def test_a_row_taken_out_of_the_form_by_hand_stays_out(editor, study):
    sent = opened(editor, change_url(study)) | {"sites-0-city": ["Turin"]}
    imported("2024-06-01", sites=[TWO])
    again, _ = asked(editor, change_url(study), sent)
    at = row_of(again, "One")
    again = {name: value for name, value in again.items() if not name.startswith(f"sites-{at}-")}
    again["sites-TOTAL_FORMS"] = ["1"]
    assert save(editor, change_url(study), again) == []
    assert cities(study) == ["Paris"]


def test_a_row_added_meanwhile_is_kept_and_needs_no_choice(editor, study):
    sent = opened(editor, change_url(study)) | {"title": ["Mine"]}
    imported("2024-06-01", sites=[ONE, TWO, THREE])
    again, chosen = asked(editor, change_url(study), sent)
    assert chosen == {}
    assert save(editor, change_url(study), again) == []
    assert cities(study) == ["Milan", "Paris", "Rome"]


def test_a_term_that_only_the_version_left_out_names_is_told_by_its_label(editor, study):
    product = study.products.create(order=1, name="A product")
    product.cell_types.add(CellType.objects.create(slug="treg", label="Regulatory T cells"))
    address = rows_url(study, "products")
    mine, theirs = (opened(editor, address) for _ in range(2))
    at = next(name.split("-")[1] for name, value in mine.items() if name.endswith("-name") and value == ["A product"])
    assert save(editor, address, theirs | {f"products-{at}-DELETE": ["on"]}) == []
    again, chosen = asked(editor, address, mine)
    assert chosen == {f"products.{product.pk}": "theirs"}
    page = editor.post(address, again | {"version": ["1"]})
    told = [dict(side.sent).get("Cell types") for side in page.context["meanwhile"].sides]
    assert "Regulatory T cells" in told
