"""One fact on a page of its own: accepted, corrected or rejected, and on to the next."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User

from trials.intake import interpreting
from trials.models import CellProduct, DonorRelation, Dose, PlanNote, Trial
from trials.tests.admin import making
from trials.tests.admin.importing import imported, locks
from trials.tests.intake.readings import Reader, dose, plan, product, reading, vocabulary

pytestmark = pytest.mark.page

NUMBER = "NCT00000001"
LIST = "/admin/trials/trial/work/facts/"


@pytest.fixture
def study(db, monkeypatch):
    """A trial of which a product, a dose of it and a note were read; the title holds the product's passage."""
    named = product(tissues=())
    found = Reader({NUMBER: reading(named, doses=(dose(1),), plan=(plan("HARVEST", "bone marrow"),))})
    monkeypatch.setattr(interpreting, "load_reader", lambda: found)
    vocabulary()
    return imported(interventions=["Stem cells of the patient"])


def begin(editor) -> str:
    """The first fact of the worklist."""
    return str(editor.get(LIST).context["first"])


def post(editor, address, *pressed, **values):
    """Presses a button of the page; the page that comes."""
    sent = making.opened(editor, address) | {button: ["1"] for button in pressed}
    return editor.post(address, sent | {name: [v] for name, v in values.items()}, follow=True)


def texts(page) -> str:
    return " ".join(str(message) for message in page.context["messages"])


def test_the_page_quotes_the_passage_in_its_text_and_says_where_it_stands(editor, study):
    CellProduct.objects.update(passage="of the", span_start=11, span_end=17)
    page = editor.get(begin(editor)).content.decode()
    assert "<blockquote>Stem cells <mark>of the</mark> patient</blockquote>" in page
    assert "name of treatment 1" in page
    assert "<b>1 of 3</b>" in page
    assert "<q>autologous cells</q>" in page


def test_accepting_goes_on_to_the_next(editor, study):
    page = post(editor, begin(editor), "_accept")
    assert "was accepted" in texts(page)
    assert CellProduct.objects.filter(reviewed_by__username="editor").exists()
    assert locks(study) == set()
    assert page.request["PATH_INFO"] == f"/admin/trials/trial/{study.pk}/facts/doses/{Dose.objects.get().pk}/"
    assert "<b>1 of 2</b>" in page.content.decode()


def test_a_wrong_donor_is_corrected(editor, study):
    other = DonorRelation.objects.get(slug="allogeneic")
    page = post(editor, begin(editor), "_save", **{"products-0-donors": str(other.pk)})
    row = CellProduct.objects.get()
    assert ([str(term) for term in row.donors.all()], row.origin, row.reviewed_on) == (["Allogeneic"], "EDITOR", None)
    assert locks(study) == {"products"}
    assert "Allogeneic" in texts(page)
    assert "/facts/doses/" in page.request["PATH_INFO"]


def test_a_wrong_dose_keeps_the_page_until_it_is_right(editor, study):
    address = f"/admin/trials/trial/{study.pk}/facts/doses/{Dose.objects.get().pk}/"
    page = post(editor, address, "_save", **{"doses-0-amount_low": "much"})
    assert "Write the number of cells" in page.content.decode()
    assert 'value="much"' in page.content.decode()
    post(editor, address, "_save", **{"doses-0-amount_low": "3 million"})
    assert Dose.objects.get().amount_low == 3_000_000


def test_a_product_is_rejected_with_its_dose_and_the_reason_is_kept(editor, study):
    page = post(editor, begin(editor), "_reject", reason="no cells at all")
    assert "with 1 of its doses. Because: no cells at all" in texts(page)
    assert (CellProduct.objects.count(), Dose.objects.count()) == (0, 0)
    assert locks(study) == {"products", "doses"}
    assert "no cells at all" in LogEntry.objects.get().change_message
    assert "/facts/plannotes/" in page.request["PATH_INFO"]


def test_enter_in_the_reason_rejects_and_elsewhere_saves(editor, study):
    address = f"/admin/trials/trial/{study.pk}/facts/plannotes/{PlanNote.objects.get().pk}/"
    post(editor, address, "_enter", **{"plannotes-0-text": "blood"})
    assert PlanNote.objects.get().text == "blood"
    post(editor, address, "_enter", reason="no such thing")
    assert not PlanNote.objects.exists()


@pytest.mark.parametrize("button", ["_accept", "_save", "_reject"])
def test_nothing_is_saved_over_a_change_meanwhile_and_nothing_typed_is_lost(editor, study, button):
    address = begin(editor)
    sent = making.opened(editor, address)
    CellProduct.objects.update(name="By a colleague")
    Trial.objects.update(version=99)
    page = editor.post(address, sent | {button: ["1"], "products-0-vector": ["typed"], "reason": ["as I said"]})
    shown = page.content.decode()
    assert "Nothing was saved" in shown
    assert "By a colleague" in shown
    assert 'value="typed"' in shown
    assert 'value="as I said"' in shown
    row = CellProduct.objects.get()
    assert (row.name, row.vector, row.reviewed_on) == ("By a colleague", "", None)


def test_a_fact_that_vanished_leads_on(editor, study):
    address = begin(editor)
    CellProduct.objects.all().delete()
    page = editor.get(address, follow=True)
    assert "no longer in the catalogue" in texts(page)
    assert "/facts/plannotes/" in page.request["PATH_INFO"]


def test_after_the_last_one_the_list_says_that_nothing_waits(editor, study):
    page = editor.get(LIST)
    for _ in range(3):
        page = post(editor, begin(editor), "_accept")
    assert page.request["PATH_INFO"] == LIST
    assert "Nothing waits." in page.content.decode()


def test_many_are_accepted_after_one_more_look(editor, study):
    boxes = [row["box"] for row in editor.get(LIST).context["rows"]]
    asked = editor.post(LIST, {"fact": [*boxes[:2], "nonsense"]}).content.decode()
    assert "Accept 2 facts?" in asked
    assert CellProduct.objects.get().reviewed_on is None
    page = editor.post(LIST, {"fact": boxes[:2], "confirm": "1"}, follow=True)
    assert "2 facts were accepted." in texts(page)
    assert page.context["total"] == "1"
    assert "tick the facts first" in texts(editor.post(LIST, follow=True))


def test_who_may_not_change_facts_may_not_decide(study):
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_trial", "view_plannote"]))
    client = making.signed_in(user)
    address = f"/admin/trials/trial/{study.pk}/facts/plannotes/{PlanNote.objects.get().pk}/"
    page = client.get(address)
    assert "Accept" not in page.content.decode()
    assert client.post(address, {"_reject": "1"}).status_code == 403
    assert client.post(address, {"_accept": "1"}).status_code == 403
    assert PlanNote.objects.get().reviewed_on is None
    dose = f"/admin/trials/trial/{study.pk}/facts/doses/{study.doses.first().pk}/"
    assert client.get(dose).status_code == 403


@pytest.mark.parametrize("address", ["1/facts/sites/1/", "999/facts/doses/1/", f"{10**20}/facts/doses/1/"])
def test_nonsense_is_not_found(editor, study, address):
    assert editor.get(f"/admin/trials/trial/{address}").status_code == 404


def test_a_passage_that_its_text_no_longer_holds_stands_alone(editor, study):
    CellProduct.objects.update(passage="Other words", span_start=0, span_end=11)
    assert "<blockquote><mark>Other words</mark></blockquote>" in editor.get(begin(editor)).content.decode()
