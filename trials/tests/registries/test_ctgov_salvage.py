import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.records import Problem
from trials.registries import ctgov
from trials.registries.values import Unreadable
from trials.tests.registries.studies import NUMBER, study


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


def test_a_problem_holds_no_character_that_a_database_refuses():
    record = ctgov.parse(study(identification={"briefTitle": ["a\x00b"]}, status={"overallStatus": "ON\x00"}))
    assert all("\x00" not in problem.text for problem in record.problems)
    assert record.status_raw == "ON"


@pytest.mark.parametrize("raw", [b'{"a": ' + b"[" * 100_000, b'{"protocolSection": 1, "x": "\xff"}'])
def test_json_that_no_reader_can_hold_is_refused(raw):
    with pytest.raises(Unreadable, match="not valid JSON"):
        ctgov.parse(raw)


FULL = json.loads(
    study(
        {"conditionBrowseModule": {"meshes": [{"id": "D1", "term": "x"}], "browseBranches": [{"abbrev": "BC05"}]}},
        identification={
            "briefTitle": "t",
            "orgStudyIdInfo": {"id": "1"},
            "secondaryIdInfos": [{"id": "2", "type": "NIH"}],
            "nctIdAliases": ["NCT00000001"],
            "organization": {"fullName": "o"},
        },
        status={"overallStatus": "COMPLETED", "startDateStruct": {"date": "2020", "type": "ACTUAL"}},
        sponsorCollaborators={"leadSponsor": {"name": "s"}, "responsibleParty": {"investigatorFullName": "i"}},
        design={"phases": ["PHASE1"], "designInfo": {"maskingInfo": {"whoMasked": ["PARTICIPANT"]}}},
        armsInterventions={
            "armGroups": [{"label": "a", "interventionNames": ["Drug: d"]}],
            "interventions": [{"type": "DRUG", "name": "d", "armGroupLabels": ["a"], "otherNames": ["e"]}],
        },
        outcomes={"primaryOutcomes": [{"measure": "m", "timeFrame": "f"}]},
        eligibility={"eligibilityCriteria": "* c", "sex": "ALL", "minimumAge": "18 Years"},
        contactsLocations={
            "overallOfficials": [{"name": "n", "role": "STUDY_CHAIR"}],
            "locations": [{"city": "Milan", "country": "Italy", "geoPoint": {"lat": 1, "lon": 2}}],
        },
        references={"references": [{"pmid": "1"}], "seeAlsoLinks": [{"url": "u"}]},
    )
)


def paths(node, path=()):
    if isinstance(node, dict | list):
        for step, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield (*path, step)
            yield from paths(child, (*path, step))


IDENTITY = {("protocolSection", "identificationModule", "nctId")[:length] for length in (1, 2, 3)}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([path for path in paths(FULL) if path not in IDENTITY]), ANYTHING)
def test_whatever_stands_in_one_place_the_record_is_read(path, anything):
    record = node = copy.deepcopy(FULL)
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = anything
    assert ctgov.parse(json.dumps(record).encode()).number == NUMBER
