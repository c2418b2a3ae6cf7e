import pytest

from trials.records import Problem
from trials.registries import ctgov
from trials.registries.values import Unreadable
from trials.tests.registries.studies import study


def test_a_value_of_the_wrong_type_is_told_and_the_rest_is_read():
    record = ctgov.parse(
        study(
            identification={"briefTitle": 5, "officialTitle": "Cells"},
            contactsLocations={"locations": [{"city": "Milan"}, {"city": ["Rome"], "country": "Italy"}]},
            eligibility="none",
        )
    )
    assert (record.title, record.official_title) == ("", "Cells")
    assert [(site.city, site.country) for site in record.sites] == [("Milan", ""), ("", "IT")]
    path = "protocolSection"
    assert set(record.problems) == {
        Problem(f"{path}.identificationModule.briefTitle", "5", "str expected, int found"),
        Problem(f"{path}.contactsLocationsModule.locations[1].city", "['Rome']", "str expected, array found"),
        Problem(f"{path}.eligibilityModule", "none", "object expected, str found"),
    }


def test_numbers_and_answers_written_as_text_are_understood():
    record = ctgov.parse(
        study(design={"enrollmentInfo": {"count": "53"}}, oversight={"oversightHasDmc": "true"}, top={"hasResults": 1})
    )
    assert (record.enrollment_count, record.has_dmc, record.has_results) == (53, True, True)
    assert record.problems == ()


def test_half_a_participant_is_told():
    record = ctgov.parse(study(design={"enrollmentInfo": {"count": 5.5}}))
    assert record.enrollment_count is None
    assert [problem.text for problem in record.problems] == ["5.5"]


def test_a_wrong_number_of_the_record_itself_makes_it_unreadable():
    with pytest.raises(Unreadable, match="no valid NCT number"):
        ctgov.parse(study(identification={"nctId": 5}))


def test_a_record_full_of_wrong_values_is_refused():
    with pytest.raises(Unreadable, match="more than 200"):
        ctgov.parse(study(conditions={"conditions": list(range(300))}))
