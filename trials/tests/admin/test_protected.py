"""Terms and organisations: who names them, and no deletion while somebody does."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trials import models
from trials.admin import CellTypeAdmin
from trials.tests.admin.making import change_url, fill, opened, save, trial

IN_USE = {
    models.CellType: "1 trial that names “MSC”",
    models.TissueSource: "1 trial that names “Marrow”",
    models.Route: "1 trial that names “Intravenous”",
    models.Condition: "1 trial that names “ALS”",
    models.Area: "1 trial that names “Nervous system”",
    models.Organisation: "1 trial that names “A hospital”",
}


@pytest.fixture
def filled(db):
    made = trial("nct00000001")
    fill(made, 1)
    return made


def address_of(model, page, *args):
    return reverse(f"admin:trials_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", IN_USE, ids=lambda model: model._meta.model_name)
def test_what_a_trial_names_is_not_deleted_and_the_page_says_by_how_many(editor, filled, model):
    thing = model.objects.get()
    address = address_of(model, "delete", thing.pk)
    text = editor.get(address).content.decode()
    assert "cannot be deleted while it is in use" in text
    assert IN_USE[model] in text
    editor.post(address, {"post": "yes"})
    sent = {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"}
    assert IN_USE[model] in editor.post(address_of(model, "changelist"), sent).content.decode()
    assert model.objects.filter(pk=thing.pk).exists()


def test_a_term_that_comes_into_use_meanwhile_stays(editor, db, monkeypatch):
    term = models.CellType.objects.create(slug="t", label="T cells")

    def refuse(*args):
        raise ProtectedError("in use", set())

    monkeypatch.setattr(CellTypeAdmin, "delete_model", refuse)
    monkeypatch.setattr(CellTypeAdmin, "delete_queryset", refuse)
    one = editor.post(address_of(models.CellType, "delete", term.pk), {"post": "yes"}, follow=True)
    sent = {"action": "delete_selected", "_selected_action": [term.pk], "post": "yes"}
    many = editor.post(address_of(models.CellType, "changelist"), sent, follow=True)
    for page in (one, many):
        assert "Nothing was deleted: somebody began to use it" in page.content.decode()


def test_a_broader_term_is_not_deleted_before_its_narrower_ones(editor, db):
    broad = models.CellType.objects.create(slug="t", label="T cells")
    models.CellType.objects.create(slug="car-t", label="CAR-T cells", parent=broad)
    text = editor.get(address_of(models.CellType, "delete", broad.pk)).content.decode()
    assert "1 cell type that stands below “T cells”" in text


def test_an_unused_term_is_deleted(editor, db):
    term = models.CellType.objects.create(slug="t", label="T cells")
    editor.post(address_of(models.CellType, "delete", term.pk), {"post": "yes"})
    assert not models.CellType.objects.exists()


@pytest.mark.parametrize("model", IN_USE, ids=lambda model: model._meta.model_name)
def test_the_number_of_trials_leads_to_them(editor, filled, model):
    trial("nobody-names-anything-here")
    text = editor.get(address_of(model, "changelist")).content.decode()
    link = text.split('class="field-trial_count"><a href="')[1].split('"')[0]
    page = editor.get(link)
    assert [found.slug for found in page.context["cl"].queryset] == ["nct00000001"]


def test_a_list_of_terms_asks_no_more_of_the_database_for_more_terms(editor, filled):
    editor.get(address_of(models.CellType, "changelist"))
    asked = []
    for at in (0, 20):
        for number in range(at):
            parent = models.CellType.objects.first()
            models.CellType.objects.create(slug=f"t-{number}", label=f"T {number}", parent=parent)
        with CaptureQueriesContext(connection) as queries:
            editor.get(address_of(models.CellType, "changelist"))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_term_is_found_by_its_synonyms_in_the_list_and_while_typing(editor, db):
    models.CellType.objects.create(slug="mesenchymal-stromal", label="Mesenchymal stromal cells", synonyms=["eASC"])
    models.CellType.objects.create(slug="car-t", label="CAR-T cells")
    found = editor.get(address_of(models.CellType, "changelist"), {"q": "easc"}).context["cl"].queryset
    assert [term.slug for term in found] == ["mesenchymal-stromal"]
    sought = {"app_label": "trials", "model_name": "cellproduct", "field_name": "cell_types", "term": "easc"}
    results = editor.get("/admin/autocomplete/", sought).json()["results"]
    assert [result["text"] for result in results] == ["Mesenchymal stromal cells"]


def test_synonyms_are_typed_one_to_a_line(editor, db):
    term = models.CellType.objects.create(slug="msc", label="MSC", synonyms=["eASC"])
    sent = opened(editor, change_url(term))
    assert sent["synonyms"] == ["eASC"]
    sent["synonyms"] = ["eASC\r\nCB-MSC"]
    assert save(editor, change_url(term), sent) == []
    term.refresh_from_db()
    assert term.synonyms == ["eASC", "CB-MSC"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"code": "CL:1"}, "A code needs its system, and a system needs a code."),
        ({"code_system": "CL"}, "A code needs its system, and a system needs a code."),
        ({"label": "Taken"}, "Cell type with this Label already exists."),
        ({"slug": "taken"}, "Cell type with this Slug already exists."),
    ],
)
def test_a_mistake_in_a_term_is_explained(editor, db, values, message):
    models.CellType.objects.create(slug="taken", label="Taken")
    term = models.CellType.objects.create(slug="msc", label="MSC")
    sent = opened(editor, change_url(term))
    sent |= {name: [value] for name, value in values.items()}
    assert save(editor, change_url(term), sent) == [message]


def test_a_term_cannot_stand_below_one_of_its_own(editor, db):
    broad = models.CellType.objects.create(slug="t", label="T cells")
    narrow = models.CellType.objects.create(slug="car-t", label="CAR-T cells", parent=broad)
    sent = opened(editor, change_url(broad))
    sent["parent"] = [str(narrow.pk)]
    (problem,) = save(editor, change_url(broad), sent)
    assert "stands below this term, so it cannot be its parent" in problem


def test_former_addresses_can_be_looked_at_and_not_changed(editor, filled):
    former = models.FormerSlug.objects.create(slug="once", trial=filled)
    assert "once" in editor.get(change_url(former)).content.decode()
    assert editor.post(change_url(former), {"slug": "twice"}).status_code == 403
    assert editor.get("/admin/trials/formerslug/add/").status_code == 403
    assert editor.post(f"/admin/trials/formerslug/{former.pk}/delete/", {"post": "yes"}).status_code == 403
    assert models.FormerSlug.objects.get().slug == "once"
