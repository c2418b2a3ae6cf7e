"""What was read from a record's texts, in the hands of an editor: accepted, corrected or rejected."""

from __future__ import annotations

from typing import Any

import pytest

from trials.intake import interpreting
from trials.intake.registry import Outcome, take_back
from trials.models import CellProduct, Dose, PlanNote, Statement
from trials.tests.admin.importing import imported, locks
from trials.tests.admin.making import change_url, opened, save
from trials.tests.intake.readings import Reader, dose, plan, product, reading, vocabulary

NUMBER = "NCT00000001"


@pytest.fixture
def reader(monkeypatch):
    """Reads one product with two doses and a note out of the record."""
    found = Reader({NUMBER: reading(doses=(dose(1), dose(2)), plan=(plan("HARVEST", "bone marrow"),))})
    monkeypatch.setattr(interpreting, "load_reader", lambda: found)
    return found


@pytest.fixture
def study(db, reader):
    vocabulary()
    return imported()


def read_anew(reader, **donor):
    """The next version of the record, of which everything is read otherwise."""
    reader.by_number[NUMBER] = reading(
        product("Other cells", donor="allogeneic"), doses=(dose(8), dose(9)), plan=(plan("HARVEST", "blood"),)
    )
    imported("2024-06-01")


def edited(editor, trial, **values):
    sent = opened(editor, change_url(trial))
    assert save(editor, change_url(trial), sent | {name.replace("__", "-"): [v] for name, v in values.items()}) == []


def every(model: Any) -> list[Any]:
    return list(model.objects.all())


def one(model: Any) -> Any:
    (row,) = every(model)
    return row


def amounts() -> list[int]:
    return [int(row.amount_low or 0) for row in every(Dose)]


def test_the_passage_stands_beside_the_row_and_its_attributes(editor, study):
    page = editor.get(change_url(study)).content.decode()
    for words in ("<q>from bone marrow</q>", "<q>2 x 10^6 cells/kg</q>", "<q>three times</q>", "<q>bone marrow</q>"):
        assert words in page
    assert "Accept: the passage says so" in page


def test_an_accepted_product_is_nobodys_and_stays(editor, study, reader):
    edited(editor, study, products__0__accept="on")
    row = one(CellProduct)
    assert row.reviewed_by.username == "editor"
    assert row.reviewed_on is not None
    assert set(Statement.objects.filter(product=row).values_list("reviewed_by__username", flat=True)) == {"editor"}
    assert (locks(study), row.origin) == (set(), "REGISTRY_FIELD")
    read_anew(reader)
    row = one(CellProduct)
    assert (row.name, [term.slug for term in row.donors.all()]) == ("Stem cells", ["autologous"])
    assert amounts() == [8_000_000, 9_000_000]


def test_an_accepted_row_can_be_accepted_no_more(editor, study):
    edited(editor, study, doses__1__accept="on")
    page = editor.get(change_url(study)).content.decode()
    assert 'name="doses-0-accept"' in page
    assert 'name="doses-1-accept"' not in page
    assert "reading again leaves it as it is" in page


def test_accepting_makes_an_open_form_out_of_date(editor, study):
    before = study.version
    edited(editor, study, doses__0__accept="on")
    study.refresh_from_db()
    assert study.version == before + 1


def test_a_corrected_dose_is_the_editors_with_its_list(editor, study, reader):
    edited(editor, study, doses__0__amount_low="3000000")
    assert locks(study) == {"doses"}
    assert every(Dose)[0].origin == "EDITOR"
    read_anew(reader)
    assert amounts() == [3_000_000, 2_000_000]
    assert one(CellProduct).name == "Other cells"


def test_a_rejected_note_never_comes_back(editor, study, reader):
    edited(editor, study, plannotes__0__DELETE="on")
    assert locks(study) == {"plannotes"}
    read_anew(reader)
    assert not PlanNote.objects.exists()


def test_a_product_is_rejected_with_all_that_was_read_of_it(editor, study, reader):
    edited(editor, study, products__0__DELETE="on", doses__0__DELETE="on", doses__1__DELETE="on")
    assert locks(study) == {"products", "doses"}
    read_anew(reader)
    assert not CellProduct.objects.exists()
    assert not Statement.objects.exists()


def test_a_statement_that_an_editor_corrects_takes_its_product_along(editor, study, reader):
    at = list(Statement.objects.values_list("field", flat=True)).index("donors")
    edited(editor, study, **{f"statements__{at}__value": "Allogeneic"})
    assert locks(study) == {"products"}
    read_anew(reader)
    assert Statement.objects.get(field="donors").value == "Allogeneic"


def test_what_was_read_can_be_taken_back_with_its_terms(editor, study):
    sent = opened(editor, change_url(study))
    del sent["products-0-donors"]
    assert save(editor, change_url(study), sent | {"products-0-name": ["By an editor"]}) == []
    page = editor.get(f"/admin/trials/trial/{study.pk}/locks/").content.decode()
    assert "By an editor" in page
    assert "Autologous" in page
    assert take_back(study.pk, "products", None, None) is Outcome.RESTORED
    row = one(CellProduct)
    assert (row.name, [term.slug for term in row.donors.all()], row.origin) == (
        "Stem cells",
        ["autologous"],
        "REGISTRY_FIELD",
    )


def test_rows_with_passages_cost_no_query_each(editor, study, reader, django_assert_max_num_queries):
    with django_assert_max_num_queries(200) as few:
        editor.get(change_url(study))
    more = tuple(dose(number) for number in range(1, 12))
    reader.by_number[NUMBER] = reading(doses=more, plan=(plan("HARVEST"), plan("STAY"), plan("TAPER")))
    imported("2024-06-01")
    with django_assert_max_num_queries(len(few)):
        editor.get(change_url(study))
