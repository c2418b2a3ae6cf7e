"""Readings into rows: what was read of a record becomes products, doses and notes, each with its evidence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from trials.intake import refreshing, rereading
from trials.intake.interpreting import Interpreter
from trials.intake.rereading import reread
from trials.intake.saving import Saver
from trials.intake.staleness import readable
from trials.intake.versions import Incoming
from trials.models import Arm, CellProduct, Dose, Lock, PlanNote, Registration, Statement, Trial, TrialReading
from trials.reading.facts import CONFLICTING, INFERRED, ProseArm, Reading
from trials.registries import ctgov, ctis
from trials.search.publishing import publishing
from trials.tests.intake.readings import NOTHING, Reader, at, dose, fact, plan, product, reading, vocabulary
from trials.tests.intake.test_saving import secondary, snapshot, study

pytestmark = pytest.mark.django_db

READERS = {"CTGOV": ctgov.parse, "CTIS": ctis.parse}
ONE = "NCT00000001"


@pytest.fixture(autouse=True)
def _vocabulary():
    vocabulary()


def save(read: Reading | Exception, *bodies: bytes) -> None:
    """Imports these records, or one of stem cells, and reads `read` out of the first."""
    found = Saver(READERS, keep_all=True, read=Reader({ONE: read})).save(
        [Incoming("CTGOV", body) for body in bodies or (study(),)]
    )
    assert not found.aside


def every(model: Any) -> list[Any]:
    return list(model.objects.all())


def one(model: Any) -> Any:
    (row,) = every(model)
    return row


def numbers(model: Any) -> list[int]:
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def stated(**of: Any) -> list[tuple[str, str, str]]:
    rows = Statement.objects.filter(**of).order_by("order")
    return list(rows.values_list("field", "value", "passage"))


def test_a_product_has_its_terms_and_the_intervention_that_it_is():
    save(reading())
    row = one(CellProduct)
    assert (row.name, row.intervention.name, row.origin) == ("Stem cells", "Stem cells", "REGISTRY_FIELD")
    terms = [[term.slug for term in many.all()] for many in (row.cell_types, row.tissues, row.donors, row.targets)]
    assert terms == [["mesenchymal"], ["bone-marrow"], ["autologous"], []]


def test_every_attribute_has_a_statement_with_its_own_passage():
    save(reading(product(expanded=fact("yes", "culture expanded"), generation=fact("2", "second generation"))))
    assert stated(product=one(CellProduct)) == [
        ("cell_types", "Mesenchymal stromal cell", "mesenchymal cells"),
        ("tissues", "Bone marrow", "from bone marrow"),
        ("donors", "Autologous", "autologous cells"),
        ("generation", "2", "second generation"),
        ("expanded", "Yes", "culture expanded"),
    ]
    row = Statement.objects.get(field="donors")
    assert (row.registration, row.source_field) == (Registration.objects.get(), "briefSummary")
    assert (row.span_start, row.span_end, row.origin, row.evidence_state) == (0, 16, "TEXT", "STATED")


def test_an_inferred_value_says_by_which_rule():
    save(reading(product(donors=(fact("autologous", "his own cells", state=INFERRED, rule="car-t-is-autologous"),))))
    row = Statement.objects.get(field="donors")
    assert (row.evidence_state, row.remark) == ("INFERRED", "Car t is autologous.")


def test_two_donors_that_disagree_are_both_kept():
    both = (fact("autologous", state=CONFLICTING), fact("allogeneic", state=CONFLICTING))
    save(reading(product(donors=both)))
    row = one(CellProduct)
    assert row.evidence_state == "CONFLICTING"
    assert {term.slug for term in row.donors.all()} == {"autologous", "allogeneic"}
    assert [state for *_, state in Statement.objects.filter(field="donors").values_list("pk", "evidence_state")] == [
        "CONFLICTING",
        "CONFLICTING",
    ]


def test_a_term_that_the_vocabulary_lacks_is_passed_over():
    save(reading(product(tissues=(fact("amber", "from amber"),))))
    assert not one(CellProduct).tissues.exists()
    assert not Statement.objects.filter(field="tissues").exists()


def test_a_dose_names_its_arm_product_and_route():
    save(reading(doses=(dose(2, days=(1, 8, 15)),)))
    row = one(Dose)
    assert (row.arm.label, row.product.name, row.route.slug) == ("A", "Stem cells", "intravenous")
    assert (row.amount_low, row.amount_high, row.basis) == (Decimal("2000000"), None, "PER_KG")
    assert (row.administrations, row.days, row.cumulative_low) == (3, [1, 8, 15], Decimal("6000000"))
    assert (row.passage, row.source_field) == ("2 x 10^6 cells/kg", "armGroups[0].description")
    assert stated(dose=row) == [
        ("route", "Intravenous", "infused into a vein"),
        ("administrations", "3", "three times"),
    ]


def test_a_lost_superscript_is_told_in_our_words():
    save(reading(doses=(dose(as_written="1 x 106 cells/kg", flags=("lost-superscript",)),)))
    assert "lost a superscript" in one(Dose).remark


@pytest.mark.parametrize(
    "parts",
    [
        {"amount_low": Decimal(0)},
        {"amount_low": Decimal(10) ** 18},
        {"basis": "PER_SPOON"},
        {"amount_low": None, "amount_high": Decimal(5)},
    ],
    ids=["nought", "more than the column holds", "a basis nobody knows", "a range without its lower end"],
)
def test_an_amount_that_cannot_be_is_no_amount(parts):
    save(reading(doses=(dose(**parts),)))
    row = one(Dose)
    assert (row.amount_low, row.amount_high, row.basis) == (None, None, "")


def test_a_range_that_runs_down_keeps_its_first_end():
    save(reading(doses=(dose(5, amount_high=Decimal(1)),)))
    assert (one(Dose).amount_low, one(Dose).amount_high) == (5_000_000, None)


def test_a_route_without_a_dose_is_a_step_without_a_dose():
    save(reading(product(routes=(fact("intravenous"), fact("intramuscular")))))
    assert [(row.route.slug, row.is_stated) for row in every(Dose)] == [
        ("intravenous", False),
        ("intramuscular", False),
    ]


def test_the_only_route_of_a_product_is_that_of_its_steps():
    save(reading(product(routes=(fact("intramuscular"),)), doses=(dose(1, route=None), dose(2, route=None))))
    assert [row.route.slug for row in every(Dose)] == ["intramuscular", "intramuscular"]


def test_a_note_of_the_plan_names_its_arm():
    save(reading(plan=(plan("LYMPHODEPLETION", "fludarabine", arm=0), plan("SENTINEL"))))
    assert [(row.kind, row.text, row.arm and row.arm.label) for row in every(PlanNote)] == [
        ("LYMPHODEPLETION", "fludarabine", "A"),
        ("SENTINEL", "", None),
    ]


def test_a_whole_sentence_is_a_passage_and_no_note():
    sentence = "The first three participants are treated two weeks apart so that everybody can watch for harm."
    save(reading(plan=(plan("SENTINEL", sentence),)))
    row = one(PlanNote)
    assert (row.text, row.passage) == ("", sentence)


def test_an_arm_that_is_its_own_control_says_so():
    save(reading(plan=(plan("WITHIN_PATIENT", arm=0),)))
    assert one(Arm).within_patient_control is True
    save(reading(), study(updated="2024-02-02"))
    assert one(Arm).within_patient_control is None


def test_arms_that_only_the_prose_names_are_marked_so():
    armless = study(armsInterventionsModule={"interventions": [{"name": "Stem cells"}]})
    save(reading(arms=(ProseArm("Arm A", at("Arm A gets cells")), ProseArm("Arm B", at("Arm B gets none")))), armless)
    assert list(Arm.objects.values_list("label", "origin")) == [("Arm A", "TEXT"), ("Arm B", "TEXT")]
    assert stated(arm__label="Arm B") == [("arms", "Arm B", "Arm B gets none")]


def test_arms_of_the_prose_stay_out_where_the_record_lists_arms():
    save(reading(arms=(ProseArm("Arm B", at("Arm B gets none")),)))
    assert list(Arm.objects.values_list("label", "origin")) == [("A", "REGISTRY_FIELD")]


def test_a_record_that_gives_no_cells_says_so():
    save(NOTHING)
    row = TrialReading.objects.get()
    assert (row.is_cell_therapy, row.why, row.is_stale) == (False, "no text speaks of living cells", False)


def test_a_fault_of_the_reader_loses_no_record(caplog):
    save(ValueError("a bracket too many"))
    assert Trial.objects.get().slug == "nct00000001"
    assert not TrialReading.objects.exists()
    assert "could not be read" in caplog.text


def test_a_fault_on_a_later_version_leaves_what_was_read_to_be_read_again():
    save(reading(doses=(dose(1),)))
    save(ValueError("a bracket too many"), study(statusModule={"overallStatus": "COMPLETED"}))
    assert [int(row.amount_low) for row in every(Dose)] == [1_000_000]
    assert TrialReading.objects.get().is_stale is True


def test_rereading_names_the_trials_on_which_the_readers_fail():
    save(reading())
    tally = reread(readable(), Interpreter(READERS, Reader({ONE: IndexError("beyond the end")})))
    assert (tally.read, tally.failed) == (0, ["nct00000001: the readers failed on its texts; the log says why"])
    assert one(CellProduct).name == "Stem cells"


def test_rereading_passes_over_a_trial_that_is_taken_away_when_it_could_not_be_read(monkeypatch):
    save(reading())
    gone = every(Trial)[0].pk
    Trial.objects.all().delete()
    monkeypatch.setattr(rereading, "_batches", lambda _: [[gone]])
    monkeypatch.setattr(rereading, "reread_batch", lambda interpreter, trials: [].pop())
    assert reread(readable(), Interpreter(READERS)).failed == []


def test_the_same_record_twice_changes_no_row():
    found = reading(doses=(dose(1), dose(2)), plan=(plan("HARVEST"),))
    save(found)
    before = snapshot()
    save(found)
    assert snapshot() == before


def test_a_changed_record_keeps_the_numbers_of_what_stays():
    save(reading(doses=(dose(1), dose(2)), plan=(plan("HARVEST"),)))
    before = {model: numbers(model) for model in (CellProduct, Dose, PlanNote, Statement)}
    more = reading(doses=(dose(1), dose(3), dose(2)), plan=(plan("HARVEST"),))
    save(more, study(updated="2024-02-02"))
    after = {model: numbers(model) for model in before}
    assert [len(after[model]) - len(before[model]) for model in before] == [0, 1, 0, 2]
    assert all(set(before[model]) <= set(after[model]) for model in before)
    assert [int(row.amount_low) for row in every(Dose)] == [1_000_000, 3_000_000, 2_000_000]


def test_what_is_no_longer_read_goes_with_its_statements():
    save(reading(product(), product("T cells", cell_types=(fact("t-cell"),)), doses=(dose(1, product=1),)))
    save(reading(product()), study(updated="2024-02-02"))
    assert [row.name for row in every(CellProduct)] == ["Stem cells"]
    assert not Dose.objects.exists()
    assert {row.product.name for row in every(Statement)} == {"Stem cells"}


def test_a_list_of_an_editor_stays_with_all_that_belongs_to_it():
    save(reading(doses=(dose(1),)))
    trial = Trial.objects.get()
    Lock.objects.create(trial=trial, name="products")
    before = {model: numbers(model) for model in (CellProduct, Statement)}
    save(reading(product(donor="allogeneic"), doses=(dose(2),)), study(updated="2024-02-02"))
    assert [term.slug for term in one(CellProduct).donors.all()] == ["autologous"]
    assert {model: numbers(model) for model in before} == before
    assert [int(row.amount_low) for row in every(Dose)] == [2_000_000]


def test_a_product_that_an_editor_deleted_stays_away():
    save(reading(doses=(dose(1),)))
    CellProduct.objects.all().delete()
    Lock.objects.create(trial=Trial.objects.get(), name="products")
    save(reading(doses=(dose(2),)), study(updated="2024-02-02"))
    assert not CellProduct.objects.exists()
    assert [row.product for row in every(Dose)] == [None]
    assert not Statement.objects.filter(field="donors").exists()


def test_a_reviewed_row_stays_as_it_is_and_its_neighbours_follow_the_record():
    save(reading(doses=(dose(1), dose(2))))
    reviewer = get_user_model().objects.create(username="vera")
    reviewed = every(Dose)[0]
    Dose.objects.filter(pk=reviewed.pk).update(reviewed_by=reviewer)
    save(reading(doses=(dose(5), dose(4))), study(updated="2024-02-02"))
    assert [int(row.amount_low) for row in every(Dose)] == [1_000_000, 4_000_000]
    assert every(Dose)[0] == reviewed


def test_a_reviewed_product_keeps_its_terms_and_statements():
    save(reading())
    CellProduct.objects.update(reviewed_on="2024-01-01")
    save(reading(product("Other cells", donor="allogeneic")), study(updated="2024-02-02"))
    row = one(CellProduct)
    assert (row.name, [term.slug for term in row.donors.all()]) == ("Stem cells", ["autologous"])
    assert stated(field="donors") == [("donors", "Autologous", "autologous cells")]


def by_product() -> dict[str, list[int]]:
    """The doses of each product, in cells per kg."""
    return {row.name: [int(step.amount_low) for step in row.doses.order_by("order")] for row in every(CellProduct)}


T_CELLS = (fact("t-cell", "T cells"),)


@pytest.mark.parametrize("name", ["Stem cells", ""], ids=["named", "nameless"])
def test_another_product_in_the_place_of_a_reviewed_one_has_doses_and_statements_of_its_own(name: str):
    save(reading(product(name), doses=(dose(1),)))
    CellProduct.objects.update(reviewed_on="2024-01-01")
    other = product("T cells" if name else "", donor="allogeneic", cell_types=T_CELLS)
    save(reading(other, doses=(dose(5),)), study(updated="2024-02-02"))
    kept, new = every(CellProduct)
    assert [[term.slug for term in row.cell_types.all()] for row in (kept, new)] == [["mesenchymal"], ["t-cell"]]
    assert [[int(step.amount_low) for step in row.doses.all()] for row in (kept, new)] == [[], [5_000_000]]
    assert [value for _, value, _ in stated(product=kept, field="donors")] == ["Autologous"]
    assert [value for _, value, _ in stated(product=new, field="donors")] == ["Allogeneic"]


def test_a_reviewed_dose_does_not_hide_that_of_another_product_nor_go_with_its_own():
    save(reading(doses=(dose(1),)))
    Dose.objects.update(reviewed_on="2024-01-01")
    save(reading(product("T cells", cell_types=T_CELLS), doses=(dose(5),)), study(updated="2024-02-02"))
    assert by_product() == {"Stem cells": [1_000_000], "T cells": [5_000_000]}


def test_doses_of_another_product_than_the_one_that_an_editor_owns_are_of_no_product():
    save(reading(doses=(dose(1),)))
    Lock.objects.create(trial=Trial.objects.get(), name="products")
    save(reading(product("T cells", cell_types=T_CELLS), doses=(dose(5),)), study(updated="2024-02-02"))
    assert by_product() == {"Stem cells": []}
    assert [(int(row.amount_low), row.product) for row in every(Dose)] == [(5_000_000, None)]


def test_a_statement_of_an_editor_stands_beside_what_was_read():
    save(reading())
    row = one(CellProduct)
    Statement.objects.create(trial=row.trial, product=row, field="donors", value="Allogeneic", origin="EDITOR")
    save(reading(), study(updated="2024-02-02"))
    assert {value for _, value, _ in stated(field="donors")} == {"Autologous", "Allogeneic"}


def european(donor: str = "allogeneic", **parts: Any) -> Reader:
    """A trial that ClinicalTrials.gov and EU CTIS have: autologous there, and `donor` here."""
    read = Reader({ONE: reading(), "2024-500001-11-00": reading(product(donor=donor, **parts))})
    us = study(identificationModule__secondaryIdInfos=secondary(("CTIS", "2024-500001-11-00")),
               identificationModule__nctId=ONE, identificationModule__briefTitle="Stem cells")  # fmt: skip
    eu = b'{"ctNumber": "2024-500001-11-00", "ctStatus": 3, "ctTitle": "Stem cells"}'
    saver = Saver(READERS, keep_all=True, read=read)
    assert not saver.save([Incoming("CTGOV", us)]).aside
    assert not saver.save([Incoming("CTIS", eu)]).aside
    assert Trial.objects.count() == 1
    return read


def test_registrations_that_disagree_on_the_donor_are_both_named():
    european()
    row = one(CellProduct)
    assert row.evidence_state == "CONFLICTING"
    assert {term.slug for term in row.donors.all()} == {"autologous", "allogeneic"}
    rows: Any = Statement.objects.filter(field="donors").select_related("registration")
    assert {(row.value, row.registration.registry, row.evidence_state) for row in rows} == {
        ("Autologous", "CTGOV", "CONFLICTING"),
        ("Allogeneic", "CTIS", "CONFLICTING"),
    }


def test_a_broader_term_of_another_registration_is_no_conflict():
    european("autologous", cell_types=(fact("stem", "stem cells"),))
    assert one(CellProduct).evidence_state == "STATED"
    assert Statement.objects.filter(evidence_state="CONFLICTING").count() == 0


def test_rereading_takes_what_the_readers_say_now():
    save(reading(doses=(dose(1),)))
    TrialReading.objects.update(is_stale=True)
    trial = Trial.objects.get()
    saver = Saver(READERS, keep_all=True, read=Reader({ONE: reading(doses=(dose(4),))}))
    with publishing():
        (target,) = refreshing.reread(saver.interpreter, [trial.pk])
    assert target.changed
    assert [int(row.amount_low) for row in every(Dose)] == [4_000_000]
    assert TrialReading.objects.get().is_stale is False
    assert Trial.objects.get().version == trial.version + 1
    with publishing():
        (target,) = refreshing.reread(saver.interpreter, [trial.pk])
    assert not target.changed


def test_a_merged_trial_leaves_nothing_that_was_read_behind():
    european()
    assert Statement.objects.filter(product=None, dose=None, arm=None).count() == 0
