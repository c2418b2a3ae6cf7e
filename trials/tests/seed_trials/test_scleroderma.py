"""The scleroderma trial (seed document 001)."""

from __future__ import annotations

from trials.models import Area
from trials.tests.seed_trials.base import SCLERODERMA, SeedTrialsCase, criteria, missing, severity, trial


class TestScleroderma(SeedTrialsCase):
    def test_keeps_its_title_in_capitals(self) -> None:
        title = trial(SCLERODERMA).title
        assert title.startswith("SUBCUTANEOUS INJECTIONS OF AUTOLOGOUS CULTURED ADIPOSE-DERIVED STROMA/ STEM CELLS")
        assert title == title.upper()

    def test_criteria_split_by_clause_with_the_statins_once(self) -> None:
        inclusion, exclusion = criteria(SCLERODERMA, "INCLUSION"), criteria(SCLERODERMA, "EXCLUSION")
        assert len(inclusion) == 5
        assert len(exclusion) == 23
        twice = [row for row in exclusion if row.stated_twice]
        assert len(twice) == 1
        assert "statin" in twice[0].text
        assert "less than 3 months" in twice[0].text

    def test_ulcer_criterion_needs_all_of_a_to_e(self) -> None:
        group = criteria(SCLERODERMA, "INCLUSION")[1]
        assert group.group_rule == "ALL"
        assert [row.label for row in group.children.all()] == ["a)", "b)", "c)", "d)", "e)"]
        assert "10±2 weeks" in group.children.get(label="e)").text

    def test_oddities_of_single_criteria_are_remarked(self) -> None:
        rows = criteria(SCLERODERMA, "EXCLUSION")
        cancer = next(row for row in rows if row.text.startswith("Cancer"))
        assert "more than 5 years" in cancer.exception
        antibiotics = next(row for row in rows if "TV" in row.text)
        assert "IV" in antibiotics.remark
        assert sum("No window stated" in row.remark for row in rows) == 2
        assert sum("never closed" in row.remark for row in rows) == 1
        assert sum("verlap" in row.remark for row in rows) == 2
        assert any("> 10 mg/day" in row.text for row in rows)

    def test_donor_conflict_keeps_both_sources(self) -> None:
        product = trial(SCLERODERMA).products.get()
        assert {term.slug for term in product.donors.all()} == {"autologous", "allogeneic"}
        assert product.evidence_state == "CONFLICTING"
        assert [(row.value, row.evidence_state) for row in product.statements.filter(field="donors")] == [
            ("Autologous", "CONFLICTING"),
            ("Allogeneic", "CONFLICTING"),
        ]
        assert severity(SCLERODERMA, "donor-conflict") == "SERIOUS"

    def test_is_registered_three_times_and_the_phases_disagree(self) -> None:
        rows = trial(SCLERODERMA).registrations.exclude(number="")
        assert [(row.registry, row.number) for row in rows] == [
            ("CTIS", "2023-508432-53-00"),
            ("EUCTR", "2019-003906-28"),
            ("CTGOV", "NCT04356755"),
        ]
        assert rows[0].number_raw == "CTIS2023-508432-53-00"
        assert rows[1].number_raw == "EUCTR2019-003906-28"
        assert (rows[0].says["phase"], rows[2].says["phase"]) == ("Phase 1", "Phase 2")
        assert trial(SCLERODERMA).phase == "PHASE1"

    def test_missing_parts_say_why(self) -> None:
        reasons = missing(SCLERODERMA)
        assert {reasons[name] for name in ("brief_summary", "detailed_description", "allocation", "masking")} == {
            "NOT_STATED"
        }
        assert (reasons["primary_outcomes"], reasons["secondary_outcomes"]) == ("BLANK", "BLANK")
        assert severity(SCLERODERMA, "no-outcomes") == "SERIOUS"
        assert (trial(SCLERODERMA).status, trial(SCLERODERMA).enrollment_count) == ("RECRUITING", 32)

    def test_therapeutic_area_is_split_into_label_and_code(self) -> None:
        area = trial(SCLERODERMA).areas.get()
        assert area.area == Area.objects.get(code="C20")
        assert str(area.area) == "Immune System Diseases"
