"""Facts accepted and rejected outside of the trial's form: it means the same."""

from __future__ import annotations

import pytest

from trials.intake import interpreting
from trials.intake.registry import Meanwhile
from trials.intake.reviewing import FactId, Named, accept_all, reject
from trials.models import CellProduct, Dose, Edit, PlanNote, Statement
from trials.tests.admin.importing import imported, locks
from trials.tests.admin.making import superuser
from trials.tests.intake.readings import Reader, dose, plan, reading, vocabulary

NUMBER = "NCT00000001"


@pytest.fixture
def reader(monkeypatch):
    found = Reader({NUMBER: reading(doses=(dose(1), dose(2)), plan=(plan("HARVEST", "bone marrow"),))})
    monkeypatch.setattr(interpreting, "load_reader", lambda: found)
    return found


@pytest.fixture
def study(db, reader):
    vocabulary()
    return imported()


def ids(*models):
    names = {CellProduct: "products", Dose: "doses", PlanNote: "plannotes"}
    return [FactId(names[model], row.pk) for model in models for row in model.objects.all()]


def test_all_kinds_of_facts_are_accepted_at_once_with_what_is_stated_of_them(study):
    editor, before = superuser(), study.version
    assert accept_all(ids(CellProduct, Dose, PlanNote), editor) == 4
    for model in (CellProduct, Dose, PlanNote, Statement):
        assert set(model.objects.values_list("reviewed_by__username", flat=True)) == {"editor"}
    study.refresh_from_db()
    assert (locks(study), study.version) == (set(), before + 1)
    assert CellProduct.objects.get().origin == "REGISTRY_FIELD"


def test_what_is_reviewed_or_gone_or_the_editors_is_passed_over(study):
    editor = superuser()
    first, second = ids(Dose)
    assert accept_all([first], editor) == 1
    Dose.objects.filter(pk=second.pk).update(origin="EDITOR")
    assert accept_all([first, second, FactId("doses", 999)], editor) == 0


def test_what_was_accepted_stays_when_the_record_is_read_otherwise(study, reader):
    accept_all(ids(CellProduct), superuser())
    reader.by_number[NUMBER] = reading()
    imported("2024-06-01")
    assert CellProduct.objects.get().reviewed_by is not None


def test_a_rejected_note_never_comes_back(study, reader):
    (note,) = ids(PlanNote)
    assert reject(note, superuser(), study.version) == 1
    assert locks(study) == {"plannotes"}
    assert list(Edit.objects.values_list("name", "new")) == [("plannotes", [])]
    imported("2024-06-01")
    assert not PlanNote.objects.exists()


def test_a_product_is_rejected_with_its_doses(study):
    (product,) = ids(CellProduct)
    assert reject(product, superuser(), study.version) == 3
    assert locks(study) == {"products", "doses"}
    assert not Dose.objects.exists()
    assert not Statement.objects.exists()


def test_nothing_is_rejected_over_a_change_meanwhile(study):
    (product,) = ids(CellProduct)
    with pytest.raises(Meanwhile):
        reject(product, superuser(), study.version - 1)
    assert CellProduct.objects.exists()


def test_a_fact_that_is_gone_cannot_be_rejected(study):
    with pytest.raises(Meanwhile):
        reject(FactId("doses", 999), superuser(), study.version)


def test_an_editors_statement_does_not_go_unseen(study):
    (product,) = ids(CellProduct)
    Statement.objects.create(trial=study, order=9, field="donors", value="Both", product_id=product.pk, origin="EDITOR")
    with pytest.raises(Named, match="Donors: Both"):
        reject(product, superuser(), study.version)
    assert CellProduct.objects.exists()


@pytest.mark.parametrize("text", ["", "products", "products.", "products.x", "arms.1", "doses.-1", f"doses.{10**19}"])
def test_nonsense_names_no_fact(text):
    assert FactId.parse(text) is None


def test_a_fact_is_named_in_addresses():
    assert FactId.parse(str(FactId("doses", 12))) == ("doses", 12)
