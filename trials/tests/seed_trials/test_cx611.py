"""Cx611 (seed document 002, and its ClinicalTrials.gov record)."""

from __future__ import annotations

from trials.models import Dose
from trials.tests.seed_trials.base import CX611, SeedTrialsCase, criteria, said, severity, trial


class TestCx611(SeedTrialsCase):
    def test_has_a_working_title_marked_as_ours_beside_the_registry_title(self) -> None:
        assert trial(CX611).is_our_title
        assert said(CX611, "title")[0][1].startswith("Cx611-0101, eASCs")

    def test_phase_ib_iia_counts_for_both_phases(self) -> None:
        assert (trial(CX611).phase, trial(CX611).phase_raw) == ("PHASE1_PHASE2", "phase Ib/IIa")

    def test_three_dose_steps_on_days_1_8_and_15(self) -> None:
        steps = Dose.objects.filter(trial__slug=CX611)
        assert [(step.amount_low, step.cumulative_low) for step in steps] == [
            (1_000_000, 3_000_000),
            (2_000_000, 6_000_000),
            (4_000_000, 12_000_000),
        ]
        assert all(step.days == [1, 8, 15] and step.administrations == 3 and step.basis == "PER_KG" for step in steps)
        assert all(step.participants is None for step in steps)

    def test_plans_53_patients_and_the_published_groups_stay_apart(self) -> None:
        assert trial(CX611).enrollment_count == 53
        assert ("Published result, Ann Rheum Dis 2017;76(1):196-202 (reported second-hand)", "STATED") in [
            (document, state) for document, value, state in said(CX611, "enrollment_count") if "7 on placebo" in value
        ]
        assert "first three patients" in trial(CX611).safety_rules

    def test_names_no_comparator_in_the_seed_and_one_in_the_registry(self) -> None:
        assert severity(CX611, "comparator-not-stated") == "WARNING"
        assert [(arm.label, arm.type) for arm in trial(CX611).arms.all()] == [
            ("Treatment", "EXPERIMENTAL"),
            ("Placebo", "PLACEBO_COMPARATOR"),
        ]
        assert said(CX611, "arms")[0][0] == "ClinicalTrials.gov record NCT01663116"

    def test_registry_facts(self) -> None:
        cx611 = trial(CX611)
        assert cx611.sites.count() == 23
        assert set(cx611.sites.values_list("country", flat=True)) == {"ES"}
        assert (cx611.status, str(cx611.completion_date), cx611.completion_date_type) == (
            "COMPLETED",
            "2013-01",
            "ACTUAL",
        )
        assert (cx611.allocation, cx611.masking, cx611.who_masked) == ("RANDOMIZED", "SINGLE", ["PARTICIPANT"])
        assert cx611.references.get().pmid == "27269294"
        sponsors = {(row.role, row.organisation.name) for row in cx611.sponsorships.all()}
        assert sponsors == {("LEAD_SPONSOR", "Tigenix S.A.U."), ("RECORD_HOLDER", "Takeda")}
        assert str(cx611.registrations.get(number="NCT01663116").fetched) == "2022-10-07"

    def test_criteria_come_from_the_registry_with_their_groups(self) -> None:
        exclusion = criteria(CX611, "EXCLUSION")
        assert len(criteria(CX611, "INCLUSION")) == 13
        assert [row.children.count() for row in exclusion if row.group_rule == "ANY"] == [6, 10]
        assert said(CX611, "inclusion_criteria")[0][0] == "ClinicalTrials.gov record NCT01663116"
