"""RACE (seed document 000, and its ClinicalTrials.gov record)."""

from __future__ import annotations

from trials.tests.seed_trials.base import RACE, SeedTrialsCase, criteria, said, severity, trial


class TestRace(SeedTrialsCase):
    def test_keeps_its_mixed_case_title_and_acronym(self) -> None:
        race = trial(RACE)
        assert race.title == "Reduce Immunosuppression With Atmp in NS ChildrEn (RACE)"
        assert race.acronym == "RACE"
        assert not race.is_our_title

    def test_each_of_its_registrations_is_counted_with_the_number_once(self) -> None:
        race = trial(RACE)
        numbered = race.registrations.exclude(number="").values_list("registry", "number")
        assert list(numbered) == [("CTGOV", "NCT04034316"), ("EUCTR", "2018-001162-42")]
        assert [row.value for row in race.identifiers.all()] == ["AIFA-2016-02364896"]

    def test_has_six_inclusion_criteria_the_third_an_either_or(self) -> None:
        rows = criteria(RACE, "INCLUSION")
        assert len(rows) == 6
        assert [row.children.count() for row in rows] == [0, 0, 2, 0, 0, 0]
        assert rows[2].group_rule == "ANY"
        assert "at least 6 months" in rows[2].text
        assert "< 0.2 mg/mg" in rows[3].text
        assert "70 ml/min/1.73 m^2" in rows[4].text

    def test_has_eight_exclusion_criteria(self) -> None:
        rows = criteria(RACE, "EXCLUSION")
        assert len(rows) == 8
        assert rows[0].text == "Younger than 3 or older than 19 years."
        assert rows[3].text == "eGFR < 70 ml/min/1.73m2."

    def test_ages_keep_both_texts_and_say_that_18_to_19_is_unclear(self) -> None:
        race = trial(RACE)
        assert (race.min_age_years, race.max_age_years) == (3, 18)
        assert said(RACE, "max_age") == [("ClinicalTrials.gov record NCT04034316", "18 Years", "STATED")]
        flag = race.flags.get(rule="upper-age-unclear")
        assert "18 to 19" in flag.sentence
        assert flag.first_place
        assert flag.second_place
        assert severity(RACE, "exact-complement") == "NOTE"

    def test_doses_eleven_patients_and_eleven_more_only_under_a_condition(self) -> None:
        race = trial(RACE)
        assert (race.enrollment_count, race.enrollment_conditional_max) == (11, 22)
        first, second = race.doses.all()
        assert (first.amount_low, first.basis, first.administrations, first.participants) == (
            1_500_000,
            "PER_KG",
            3,
            11,
        )
        assert (first.interval_low, first.interval_high, first.interval_unit) == (1, 2, "WEEKS")
        assert not first.is_conditional
        assert first.cumulative_low == 4_500_000
        assert (second.amount_low, second.basis, second.administrations, second.participants) == (
            2_000_000,
            "PER_KG",
            3,
            11,
        )
        assert second.is_conditional
        assert "P ≥ 0.600" in second.condition_note
        assert second.cumulative_low == 6_000_000
        assert (first.as_written, second.as_written) == ("1.5 x 10^6/kg", "2x10^6/kg")

    def test_tapers_the_other_treatment(self) -> None:
        arm = trial(RACE).arms.get()
        assert (arm.label, arm.type) == ("MSC", "EXPERIMENTAL")
        for words in ("25 %", "50 %", "stopped"):
            assert words in arm.other_treatment

    def test_takes_its_status_from_the_registry_and_keeps_what_other_copies_say(self) -> None:
        race = trial(RACE)
        assert (race.status, str(race.status_verified)) == ("ENROLLING_BY_INVITATION", "2021-08")
        assert [value for _, value, _ in said(RACE, "status")] == ["Enrolling by invitation", "Ongoing", "Completed"]
        registry = race.registrations.get(number="NCT04034316")
        assert (str(registry.fetched), registry.is_lead) == ("2022-10-10", False)
        assert race.registrations.get(is_lead=True).publisher == "trials.co"

    def test_cells_come_from_cord_blood_and_the_registry_says_allogeneic(self) -> None:
        product = trial(RACE).products.get()
        assert [term.slug for term in product.tissues.all()] == ["cord-blood"]
        assert [term.slug for term in product.donors.all()] == ["allogeneic"]
        statement = product.statements.get(field="donors")
        assert statement.registration is not None
        assert statement.registration.number == "NCT04034316"
