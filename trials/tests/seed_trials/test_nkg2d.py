"""The NKG2D-CAR trial (seed document 003)."""

from __future__ import annotations

from trials.records import PartialDate
from trials.tests.seed_trials.base import NKG2D, SeedTrialsCase, missing, said, trial


class TestNkg2d(SeedTrialsCase):
    def test_completion_stays_a_month(self) -> None:
        nkg2d = trial(NKG2D)
        assert nkg2d.start_date == PartialDate(2024, 1, 10)
        assert nkg2d.completion_date == PartialDate(2028, 4)

    def test_arms_are_read_from_prose_and_give_no_dose(self) -> None:
        nkg2d = trial(NKG2D)
        assert [(arm.label, arm.origin) for arm in nkg2d.arms.all()] == [("Arm A", "TEXT"), ("Arm B", "TEXT")]
        assert all(not dose.is_stated for dose in nkg2d.doses.all())
        assert list(nkg2d.doses.values_list("arm__label", "route__slug")) == [
            ("Arm A", "systemic"),
            ("Arm B", "systemic"),
            ("Arm B", "local"),
        ]

    def test_product_is_an_allogeneic_car_memory_t_cell_by_inference(self) -> None:
        product = trial(NKG2D).products.get()
        assert {term.slug for term in product.cell_types.all()} == {"car-t", "memory-t"}
        assert [term.slug for term in product.targets.all()] == ["nkg2d-ligands"]
        assert [term.slug for term in product.donors.all()] == ["allogeneic"]
        assert (product.modification, product.evidence_state) == ("CAR", "INFERRED")

    def test_contact_and_organisations_as_published(self) -> None:
        contact = trial(NKG2D).contacts.get()
        assert (contact.name, contact.phone, contact.email) == (
            "Antonio Pérez Martínez",
            "917 27 75 76",
            "aperezmartinez@salud.madrid.org",
        )
        assert [(row.role, row.organisation.name) for row in trial(NKG2D).sponsorships.all()] == [
            ("SOURCE", "Instituto de Investigación Hospital Universitario La Paz"),
            ("EARLIER_FUNDER", "Asociación Española Contra el Cáncer (AECC)"),
        ]

    def test_see_also_keeps_six_trials_with_status_and_phase(self) -> None:
        rows = [(row.number, row.status_raw, row.phase_raw) for row in trial(NKG2D).relatedrecords.all()]
        assert rows == [
            ("NCT05448820", "Active, not recruiting", "Phase 1/Phase 2"),
            ("NCT04784247", "Active, not recruiting", "Phase 2"),
            ("NCT03652298", "Terminated", "Phase 2"),
            ("NCT05238831", "Withdrawn", "Early Phase 1"),
            ("NCT04242238", "Active, not recruiting", "Phase 1"),
            ("NCT00439686", "Completed", "Phase 1/Phase 2"),
        ]
        assert all(row.reason for row in trial(NKG2D).relatedrecords.all())

    def test_values_of_other_copies_are_not_the_trial_s(self) -> None:
        nkg2d = trial(NKG2D)
        assert (nkg2d.enrollment_count, nkg2d.max_age_value) == (None, None)
        assert [value for _, value, _ in said(NKG2D, "max_age")] == ["30 Years", "< 30", "≤ 40"]
        assert missing(NKG2D)["primary_purpose"] == missing(NKG2D)["areas"] == "BLANK"

    def test_background_keeps_its_figures(self) -> None:
        text = trial(NKG2D).detailed_description
        for fact in ("about 10 %", "70-80 %", "only 30 %", "2016", "two children", "osteosarcoma", "compassionate use"):
            assert fact in text
