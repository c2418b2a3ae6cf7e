"""Lists on the trial's own page: choices, rules across rows, places, deletion."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials import models
from trials.tests.admin.making import add_row, change_url, fill, opened, rows_url, save, trial

pytestmark = pytest.mark.page

THE_TRIAL = "nct00000001"


@pytest.fixture
def filled(db):
    made = trial(THE_TRIAL)
    fill(made, 2)
    return made


def test_an_untouched_form_saves_and_changes_no_row(editor, filled):
    before = all_rows(filled)
    assert save(editor, change_url(filled), opened(editor, change_url(filled))) == []
    assert all_rows(filled) == before


def test_a_line_break_as_browsers_send_it_is_no_change(editor, filled):
    arm = filled.arms.first()
    models.Arm.objects.filter(pk=arm.pk).update(description="one\ntwo", origin="TEXT")
    save(editor, change_url(filled), opened(editor, change_url(filled)))
    arm.refresh_from_db()
    assert (arm.description, arm.origin) == ("one\ntwo", "TEXT")
    assert LogEntry.objects.get().get_change_message() == "No fields changed."


def test_an_arm_of_another_trial_is_refused(editor, filled):
    stranger = models.Arm.objects.create(trial=trial("other"), order=1, label="Stranger")
    sent = opened(editor, change_url(filled))
    sent["doses-0-arm"] = [str(stranger.pk)]
    (problem,) = save(editor, change_url(filled), sent)
    assert problem == f"“{stranger.pk}” is not offered here: it was deleted, or it belongs to another trial."
    assert filled.doses.first().arm == filled.arms.first()


def test_interventions_of_another_trial_are_refused(editor, filled):
    stranger = models.Intervention.objects.create(trial=trial("other"), order=1, name="Stranger")
    sent = opened(editor, rows_url(filled, "arms"))
    sent["arms-0-interventions"] = [str(stranger.pk)]
    assert "not offered here" in save(editor, rows_url(filled, "arms"), sent)[0]


@pytest.mark.parametrize("nonsense", ["abc", "-1", "99999999999999999999999", "\x00", "1 OR 1=1"])
def test_a_choice_that_is_no_number_is_an_error_of_the_form(editor, filled, nonsense):
    sent = opened(editor, rows_url(filled, "doses"))
    sent["doses-0-arm"] = sent["doses-0-route"] = sent["doses-0-reviewed_by"] = [nonsense]
    assert len(save(editor, rows_url(filled, "doses"), sent)) == 3


def test_only_the_trials_own_rows_are_offered(editor, filled):
    models.Arm.objects.create(trial=trial("other"), order=1, label="Stranger")
    page = editor.get(rows_url(filled, "doses")).content.decode()
    assert "1. Arm 1" in page
    assert "Stranger" not in page


def test_a_term_is_chosen_and_kept(editor, filled):
    term = models.CellType.objects.create(slug="car-t", label="CAR-T cells")
    sent = opened(editor, rows_url(filled, "products"))
    sent["products-0-cell_types"] = [str(term.pk)]
    assert save(editor, rows_url(filled, "products"), sent) == []
    assert [cell.label for cell in filled.products.first().cell_types.all()] == ["CAR-T cells"]


def test_a_wrong_form_shows_the_label_of_a_term_that_was_just_chosen(editor, filled):
    term = models.CellType.objects.create(slug="car-t", label="CAR-T cells")
    sent = opened(editor, change_url(filled))
    sent["products-0-cell_types"] = [str(term.pk)]
    sent["title"] = [""]
    assert "CAR-T cells" in editor.post(change_url(filled), sent).content.decode()


# Places


def test_a_row_without_a_place_goes_last(editor, filled):
    sent = opened(editor, rows_url(filled, "arms"))
    add_row(sent, "arms", label="Third")
    add_row(sent, "arms", label="Fourth")
    assert save(editor, rows_url(filled, "arms"), sent) == []
    assert list(filled.arms.values_list("order", "label"))[2:] == [(3, "Third"), (4, "Fourth")]


def test_places_of_criteria_count_within_their_kind(editor, filled):
    sent = opened(editor, rows_url(filled, "criteria"))
    add_row(sent, "criteria", kind="EXCLUSION", text="First exclusion")
    add_row(sent, "criteria", kind="INCLUSION", text="Third inclusion")
    assert save(editor, rows_url(filled, "criteria"), sent) == []
    assert set(filled.criteria.values_list("kind", "order", "text")) > {
        ("EXCLUSION", 1, "First exclusion"),
        ("INCLUSION", 3, "Third inclusion"),
    }


def test_rows_move_by_their_places(editor, filled):
    sent = opened(editor, rows_url(filled, "arms"))
    sent["arms-0-order"], sent["arms-1-order"] = ["2"], ["1"]
    assert save(editor, rows_url(filled, "arms"), sent) == []
    assert list(filled.arms.values_list("label", flat=True)) == ["Arm 2", "Arm 1"]


# Where a fact comes from


def test_a_changed_fact_is_the_editors(editor, filled):
    models.Dose.objects.update(origin="TEXT")
    sent = opened(editor, rows_url(filled, "doses"))
    sent["doses-0-amount_low"] = ["2 million"]
    save(editor, rows_url(filled, "doses"), sent)
    assert list(filled.doses.values_list("amount_low", "origin")) == [(2_000_000, "EDITOR"), (1_000_000, "TEXT")]


@pytest.mark.parametrize("name", ["products", "doses", "arms", "interventions"])
def test_a_row_that_an_editor_adds_is_the_editors(editor, filled, name):
    sent = opened(editor, rows_url(filled, name))
    add_row(sent, name, label="new", name="new")
    assert save(editor, rows_url(filled, name), sent) == []
    assert getattr(filled, name).last().origin == "EDITOR"


def test_the_origin_that_an_editor_chooses_stays(editor, filled):
    sent = opened(editor, rows_url(filled, "arms"))
    sent["arms-0-label"], sent["arms-0-origin"] = ["Renamed"], ["TEXT"]
    save(editor, rows_url(filled, "arms"), sent)
    assert filled.arms.first().origin == "TEXT"


def test_moving_or_reviewing_a_fact_does_not_make_it_the_editors(editor, filled):
    models.Dose.objects.update(origin="TEXT")
    sent = opened(editor, rows_url(filled, "doses"))
    sent["doses-0-order"], sent["doses-0-reviewed_on"] = ["7"], ["2026-11-23"]
    save(editor, rows_url(filled, "doses"), sent)
    assert set(filled.doses.values_list("origin", flat=True)) == {"TEXT"}


# What may stand only once


def test_two_documents_cannot_both_lead(editor, filled):
    sent = opened(editor, rows_url(filled, "registrations"))
    sent["registrations-1-is_lead"] = ["on"]
    assert save(editor, rows_url(filled, "registrations"), sent) == [
        "Another document already leads this trial. See “Document 1”."
    ]


def test_the_lead_moves_to_another_document(editor, filled):
    # Both ways round: the row that takes the lead may be saved before the one that gives it up.
    for giving, taking in ((0, 1), (1, 0)):
        sent = opened(editor, rows_url(filled, "registrations"))
        del sent[f"registrations-{giving}-is_lead"]
        sent[f"registrations-{taking}-is_lead"] = ["on"]
        assert save(editor, rows_url(filled, "registrations"), sent) == []
        assert filled.registrations.get(is_lead=True).order == taking + 1


def test_two_documents_swap_their_numbers(editor, filled):
    sent = opened(editor, rows_url(filled, "registrations"))
    first, second = sent["registrations-0-number"], sent["registrations-1-number"]
    sent["registrations-0-number"], sent["registrations-1-number"] = second, first
    assert save(editor, rows_url(filled, "registrations"), sent) == []
    assert list(filled.registrations.values_list("number", flat=True)) == [f"{THE_TRIAL}-2", f"{THE_TRIAL}-1"]


def test_a_new_document_takes_the_number_of_one_that_is_deleted(editor, filled):
    models.Statement.objects.all().delete()
    models.Contact.objects.all().delete()
    sent = opened(editor, rows_url(filled, "registrations"))
    sent["registrations-1-DELETE"] = ["on"]
    add_row(sent, "registrations", document="New", registry="CTGOV", number=f"{THE_TRIAL}-2")
    assert save(editor, rows_url(filled, "registrations"), sent) == []
    assert filled.registrations.get(number=f"{THE_TRIAL}-2").document == "New"


def test_a_number_of_another_trial_is_refused_and_the_trial_named(editor, filled):
    models.Registration.objects.create(
        trial=trial("other"), order=1, registry="CTGOV", number="NCT1", document="Theirs"
    )
    sent = opened(editor, rows_url(filled, "registrations"))
    sent["registrations-0-number"] = ["NCT1"]
    (problem,) = save(editor, rows_url(filled, "registrations"), sent)
    assert problem.startswith("This number is already registered in the catalogue. See “Theirs”, in the trial other:")


def test_the_same_number_twice_in_one_form_is_refused(editor, filled):
    sent = opened(editor, rows_url(filled, "registrations"))
    add_row(sent, "registrations", document="A", registry="CTGOV", number="NCT7")
    add_row(sent, "registrations", document="B", registry="CTGOV", number="NCT7")
    assert save(editor, rows_url(filled, "registrations"), sent) == [
        "This number is already registered in the catalogue. See “A”."
    ]


def test_a_field_has_one_reason_for_being_empty(editor, filled):
    sent = opened(editor, rows_url(filled, "absences"))
    add_row(sent, "absences", field="Sites (list)", reason="BLANK")
    add_row(sent, "absences", field="sites", reason="NOT_STATED")
    (problem,) = save(editor, rows_url(filled, "absences"), sent)
    assert problem == "This field already has a reason for being empty. See “sites: Left blank at the source”."


def test_two_absences_swap_their_fields(editor, filled):
    sent = opened(editor, rows_url(filled, "absences"))
    first, second = sent["absences-0-field"], sent["absences-1-field"]
    sent["absences-0-field"], sent["absences-1-field"] = second, first
    before = list(filled.absences.values_list("field", flat=True))
    assert save(editor, rows_url(filled, "absences"), sent) == []
    assert list(filled.absences.values_list("field", flat=True)) == before[::-1]


# Criteria as a tree


def test_a_criterion_takes_no_parent_of_the_other_kind(editor, filled):
    sent = opened(editor, rows_url(filled, "criteria"))
    sent["criteria-1-parent"], sent["criteria-1-kind"] = sent["criteria-0-id"], ["EXCLUSION"]
    assert any("one of its own kind" in problem for problem in save(editor, rows_url(filled, "criteria"), sent))


def test_a_group_changes_its_kind_as_a_whole(editor, filled):
    first, second = filled.criteria.all()
    models.Criterion.objects.filter(pk=second.pk).update(parent=first)
    sent = opened(editor, rows_url(filled, "criteria"))
    sent["criteria-0-kind"] = sent["criteria-1-kind"] = ["EXCLUSION"]
    assert save(editor, rows_url(filled, "criteria"), sent) == []
    assert set(filled.criteria.values_list("kind", flat=True)) == {"EXCLUSION"}


def test_a_parent_does_not_leave_its_group_behind(editor, filled):
    first, second = filled.criteria.all()
    models.Criterion.objects.filter(pk=second.pk).update(parent=first)
    sent = opened(editor, rows_url(filled, "criteria"))
    sent["criteria-0-kind"] = ["EXCLUSION"]
    (problem,) = save(editor, rows_url(filled, "criteria"), sent)
    assert problem.startswith("“Inclusion criterion 2” stands below “Inclusion criterion 1”, which is of the other")


@pytest.mark.parametrize("parents", [("0", ""), ("1", "0")], ids=["itself", "in a circle"])
def test_no_criterion_stands_below_itself(editor, filled, parents):
    keys = [str(key) for key in filled.criteria.values_list("pk", flat=True)]
    sent = opened(editor, rows_url(filled, "criteria"))
    for at, parent in enumerate(parents):
        sent[f"criteria-{at}-parent"] = [keys[int(parent)] if parent else ""]
    assert "A criterion cannot stand below itself." in save(editor, rows_url(filled, "criteria"), sent)


# Deleting rows


def test_a_row_that_others_name_is_not_deleted_unseen(editor, filled):
    sent = opened(editor, rows_url(filled, "products"))
    sent["products-0-DELETE"] = ["on"]
    assert save(editor, rows_url(filled, "products"), sent) == [
        "“Product 1” cannot be deleted yet, because it is named by 1 dose of this trial. "
        "Delete those too, or let them name another."
    ]


def test_a_row_goes_together_with_those_that_name_it(editor, filled):
    sent = opened(editor, change_url(filled))
    sent["products-0-DELETE"] = sent["doses-0-DELETE"] = sent["statements-0-DELETE"] = ["on"]
    assert save(editor, change_url(filled), sent) == []
    assert (filled.products.count(), filled.doses.count(), filled.statements.count()) == (1, 1, 1)


def test_a_row_goes_once_the_others_name_another(editor, filled):
    sent = opened(editor, change_url(filled))
    sent["products-0-DELETE"] = ["on"]
    sent["doses-0-product"] = sent["doses-1-product"]
    assert save(editor, change_url(filled), sent) == []
    assert set(filled.doses.values_list("product__name", flat=True)) == {"Product 2"}


def test_a_row_cannot_newly_name_one_that_is_being_deleted(editor, filled):
    models.Dose.objects.update(product=None)
    sent = opened(editor, change_url(filled))
    sent["products-0-DELETE"] = ["on"]
    sent["doses-1-product"] = sent["products-0-id"]
    (problem,) = save(editor, change_url(filled), sent)
    assert problem == "“Product 1” is marked for deletion on this page. Choose another, or keep it."


def test_an_intervention_that_arms_list_is_not_deleted_unseen(editor, filled):
    models.CellProduct.objects.update(intervention=None)
    sent = opened(editor, change_url(filled))
    sent["interventions-0-DELETE"] = ["on"]
    assert "1 arm of this trial" in save(editor, change_url(filled), sent)[0]
    sent.pop("arms-0-interventions")
    assert save(editor, change_url(filled), sent) == []


def test_a_document_that_evidence_names_is_not_deleted_unseen(editor, filled):
    sent = opened(editor, rows_url(filled, "registrations"))
    sent["registrations-1-DELETE"] = ["on"]
    (problem,) = save(editor, rows_url(filled, "registrations"), sent)
    assert "it is named by 1 contact and 1 statement of this trial" in problem


def test_all_that_names_a_document_is_listed_as_in_a_sentence(editor, filled):
    document = filled.registrations.get(order=2)
    for rows in (filled.products, filled.doses):
        rows.filter(order=1).update(registration=document)
    sent = opened(editor, rows_url(filled, "registrations"))
    sent["registrations-1-DELETE"] = ["on"]
    (problem,) = save(editor, rows_url(filled, "registrations"), sent)
    listed = problem.partition("named by ")[2].partition(" of this trial")[0]
    assert set(listed.replace(" and ", ", ").split(", ")) == {
        "1 contact",
        "1 statement",
        "1 cell product",
        "1 dose",
    }
    assert (listed.count(", "), listed.count(" and ")) == (2, 1)


def test_a_list_with_a_mistake_is_named_on_top_and_stands_open(editor, filled):
    sent = opened(editor, change_url(filled))
    sent["products-0-DELETE"] = ["on"]
    text = editor.post(change_url(filled), sent).content.decode()
    assert '<a href="#products-group">Cell products: 1 to correct</a>' in text
    assert text.count("<details open>") == 1


# Rows that came and went meanwhile


def test_a_row_deleted_meanwhile_is_named_and_nothing_else_is_lost(editor, filled):
    sent = opened(editor, rows_url(filled, "outcomes"))
    models.Outcome.objects.filter(measure="Measure 1").delete()
    sent["outcomes-0-time_frame"] = ["six months"]
    sent["outcomes-1-time_frame"] = ["a year"]
    page = editor.post(rows_url(filled, "outcomes"), sent)
    text = page.content.decode()
    assert "“Measure 1” was deleted by somebody else after you opened this page." in text
    assert "six months" in text
    assert "a year" in text
    sent["outcomes-0-DELETE"] = ["on"]
    assert save(editor, rows_url(filled, "outcomes"), sent) == []
    assert list(filled.outcomes.values_list("measure", "time_frame")) == [("Measure 2", "a year")]


def test_a_row_added_meanwhile_stays(editor, filled):
    sent = opened(editor, rows_url(filled, "outcomes"))
    models.Outcome.objects.create(trial=filled, order=0, kind="PRIMARY", measure="Meanwhile")
    sent["outcomes-1-time_frame"] = ["a year"]
    assert save(editor, rows_url(filled, "outcomes"), sent) == []
    assert list(filled.outcomes.values_list("measure", "time_frame")) == [
        ("Meanwhile", ""),
        ("Measure 1", ""),
        ("Measure 2", "a year"),
    ]


def test_the_form_does_not_ask_more_of_the_database_for_more_rows(editor, db):
    few, many = trial("few"), trial("many")
    fill(few, 1)
    fill(many, 10)
    for made in (few, many):
        editor.get(change_url(made))  # fills the caches of permissions and content types
    asked = []
    for made in (few, many):
        with CaptureQueriesContext(connection) as queries:
            sent = opened(editor, change_url(made))
        with CaptureQueriesContext(connection) as saving:
            assert save(editor, change_url(made), sent) == []
        asked.append((len(queries), len(saving)))
    assert asked[0] == asked[1]
    assert asked[1][0] < 60


def all_rows(of):
    """Every column of every row of the trial, and of the trial itself but for when it was saved."""
    rows = {
        model.__name__: list(model.objects.filter(trial=of).order_by("pk").values())
        for model in (relation.related_model for relation in of._meta.related_objects)
        if hasattr(model, "order")
    }
    return rows, models.Trial.objects.defer("updated").values().get(pk=of.pk) | {"updated": None}
