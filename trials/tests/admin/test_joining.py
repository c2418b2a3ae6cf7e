"""The page that merges: what it tells before, who may, and that it writes only what it told."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trials import models
from trials.intake import late
from trials.tests.admin.making import as_sent, change_url, signed_in, trial

pytestmark = pytest.mark.django_db

MERGE = "/admin/trials/celltype/merge/"


def cells(slug: str, trials: int = 0, **values: Any) -> models.CellType:
    made = models.CellType.objects.create(slug=slug, **{"label": slug.upper(), **values})
    for at in range(trials):
        models.CellProduct.objects.create(trial=trial(f"{slug}-{at}"), order=1, name="Cells").cell_types.add(made)
    return made


def selected(client: Client, *things: Any) -> Any:
    sent = {"action": "merge", "_selected_action": [thing.pk for thing in things]}
    return client.post(f"/admin/trials/{things[0]._meta.model_name}/", sent, follow=True)


def merged(client: Client, page: Any) -> Any:
    return client.post(page.wsgi_request.path, as_sent(page), follow=True)


def messages(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def test_the_page_tells_what_moves_and_writes_nothing_before_it_is_confirmed(editor):
    few, many = cells("few", 1, synonyms=["a few"], code_system="CL", code="CL:1"), cells("many", 2)
    cells("below", parent=few)
    other = cells("other", code_system="CL", code="CL:2", note="A note")
    page = selected(editor, few, many, other)
    plan = page.context["plan"]
    assert (str(plan.stays.it), plan.moves) == ("MANY", "1 trial, 1 narrower term")
    assert [thing.moves for thing in plan.things] == [
        "1 trial, 1 narrower term, 1 synonym",
        "2 trials",
        "0 trials",
    ]
    assert set(plan.gains) == {
        "Synonym: FEW",
        "Synonym: a few",
        "Synonym: OTHER",
        "Code: Cell Ontology CL:1",
    }
    assert "CL:2 of “OTHER” is remembered" in plan.conflicts[0]
    assert "This cannot be undone." in page.content.decode()
    assert models.CellType.objects.count() == 4
    done = merged(editor, page)
    assert messages(done) == ["Merged “FEW”, “OTHER” into “MANY”: 1 trial, 1 narrower term moved."]
    assert set(models.CellType.objects.values_list("slug", flat=True)) == {"many", "below"}


def test_another_may_be_chosen_to_stay(editor):
    few, many = cells("few", 1), cells("many", 2)
    page = editor.get(MERGE, {"with": [few.pk, many.pk], "stays": few.pk})
    assert page.context["plan"].moves == "2 trials"
    merged(editor, page)
    assert models.CellType.objects.get() == few


def test_what_changed_since_the_page_was_shown_is_shown_again(editor):
    few, many = cells("few", 1), cells("many", 2)
    page = selected(editor, few, many)
    models.CellProduct.objects.create(trial=trial(), order=1, name="Cells").cell_types.add(few)
    again = merged(editor, page)
    assert messages(again)[0].startswith("Nothing was merged: what you looked at has changed since.")
    assert models.CellType.objects.count() == 2
    merged(editor, again)
    assert models.CellType.objects.get() == many


def test_what_is_gone_meanwhile_is_told(editor):
    few, many = cells("few"), cells("many", 1)
    page = selected(editor, few, many)
    few.delete()
    assert messages(merged(editor, page))[0].startswith("Nothing was merged:")


@pytest.mark.parametrize("total", [1, 11])
def test_one_or_a_crowd_is_not_merged(editor, total):
    (first, *others) = [cells(f"t{at}") for at in range(total)]
    assert "Select two cell types that mean the same, or up to 10." in messages(selected(editor, first, *others))


def test_from_its_own_page_a_term_asks_for_the_other(editor):
    term = cells("t")
    address = f"{MERGE}?with={term.pk}"
    assert f'href="{address}"' in editor.get(change_url(term)).content.decode()
    text = editor.get(address).content.decode()
    assert 'data-field-name="parent"' in text
    assert editor.get(f"{MERGE}?with=x&with=99999999999999999999").status_code == 200


def test_who_may_not_delete_may_not_merge(db):
    few, many = cells("few"), cells("many")
    user = get_user_model().objects.create_user("helper", password="p", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_celltype", "change_celltype"]))
    client = signed_in(user)
    assert client.get(MERGE, {"with": [few.pk, many.pk]}).status_code == 403
    assert client.post(MERGE, {"with": [few.pk, many.pk], "stays": few.pk}).status_code == 403
    assert "Merge" not in client.get(change_url(few)).content.decode()
    assert 'value="merge"' not in client.get("/admin/trials/celltype/").content.decode()


def test_organisations_say_whose_kind_stays_and_whose_cards_wait(editor, monkeypatch):
    monkeypatch.setattr(late, "MOST_PUBLISHED", 0)
    monkeypatch.setattr("trials.admin.joining.MOST_PUBLISHED", 0)
    one = models.Organisation.objects.create(name="A", agency_class="INDUSTRY")
    two = models.Organisation.objects.create(name="B", agency_class="OTHER")
    trial().sponsorships.create(order=1, organisation=two, role="LEAD_SPONSOR")
    page = editor.get("/admin/trials/organisation/merge/", {"with": [one.pk, two.pk], "stays": one.pk})
    assert page.context["plan"].conflicts == ("Kind: “Industry” is kept; “Other” of “B” goes with it.",)
    assert "Former name: B" in page.content.decode()
    done = merged(editor, page)
    assert "1 more trial still shows the former name" in messages(done)[1]
    assert models.Organisation.objects.get().former_names.get().name == "B"


def test_conditions_of_records_are_mapped_anew_after_a_merging(editor, django_capture_on_commit_callbacks):
    """Where the registry's own term says no more than the sponsor's word, a record's list holds it once."""
    from trials.tests.intake.test_remapping import BLASTS, record, run

    run(record(1, "Own", meshes=[BLASTS]))
    goes = models.Condition.objects.get()
    stays = models.Condition.objects.create(slug="own", label="Own")
    models.TrialCondition.objects.filter(wording="Own").update(condition=stays)
    page = editor.get("/admin/trials/condition/merge/", {"with": [goes.pk, stays.pk], "stays": stays.pk})
    with django_capture_on_commit_callbacks(execute=True):
        merged(editor, page)
    assert [(row.wording, row.condition) for row in models.TrialCondition.objects.all()] == [("Own", stays)]


def test_looking_at_a_large_term_asks_no_more_than_at_a_small_one(editor):
    asked = []
    for total in (1, 20):
        one, two = cells(f"a{total}", total), cells(f"b{total}", total)
        editor.get(MERGE, {"with": [one.pk, two.pk]})
        with CaptureQueriesContext(connection) as queries:
            editor.get(MERGE, {"with": [one.pk, two.pk]})
        asked.append(len(queries))
    assert asked[0] == asked[1] < 40
