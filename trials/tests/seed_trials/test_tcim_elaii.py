"""TCIM-ELAII (seed document 004)."""

from __future__ import annotations

from trials.models import Route
from trials.tests.seed_trials.base import ALS, SeedTrialsCase, criteria, missing, said, trial


class TestTcimElaii(SeedTrialsCase):
    def test_status_unknown_is_a_value(self) -> None:
        als = trial(ALS)
        assert (als.status, als.phase, als.acronym) == ("UNKNOWN", "PHASE2", "TCIM-ELAII")
        assert [value for _, value, _ in said(ALS, "status")] == ["Unknown", "Unknown", "Not yet recruiting"]

    def test_arms_add_up_and_the_treated_are_their_own_control(self) -> None:
        cells, saline = trial(ALS).arms.all()
        assert (cells.participants, saline.participants, trial(ALS).enrollment_count) == (74, 26, 100)
        assert [row.name for row in cells.interventions.all()] == ["MNC (Mononuclear cells)", "Placebo / Saline"]
        assert [row.name for row in saline.interventions.all()] == ["Placebo / Saline"]
        assert (cells.within_patient_control, saline.within_patient_control) == (True, False)

    def test_cells_are_typed_as_a_drug_and_given_into_muscle_without_a_stated_dose(self) -> None:
        product, dose = trial(ALS).products.get(), trial(ALS).doses.get()
        assert product.intervention is not None
        assert product.intervention.type == "DRUG"
        assert [term.slug for term in product.cell_types.all()] == ["mononuclear"]
        assert dose.route == Route.objects.get(slug="intramuscular")
        assert not dose.is_stated

    def test_numbers_sponsor_and_predecessor(self) -> None:
        als = trial(ALS)
        assert als.identifiers.get().value == "IMB-TCIM/ELAII-2019-01"
        assert als.sponsorships.get().organisation.agency_class == "OTHER"
        earlier = als.relatedrecords.get()
        assert (earlier.kind, earlier.number, earlier.phase_raw) == ("PREDECESSOR", "NCT02286011", "phase I")

    def test_counts_one_site_whose_list_was_not_loaded(self) -> None:
        assert trial(ALS).site_count == 1
        assert not trial(ALS).sites.exists()
        assert missing(ALS)["sites"] == "NOT_LOADED"

    def test_criteria_and_ages(self) -> None:
        als = trial(ALS)
        assert (len(criteria(ALS, "INCLUSION")), len(criteria(ALS, "EXCLUSION"))) == (5, 11)
        assert (als.min_age_years, als.max_age_years, als.healthy_volunteers) == (18, 70, False)
