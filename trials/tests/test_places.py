"""Fields in words."""

import pytest

from trials.places import is_read, place_words
from trials.reading.sections import sections
from trials.records import ArmRecord, CriterionRecord, InterventionRecord, OutcomeRecord, ProductRecord, TrialRecord


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("briefTitle", "title"),
        ("armGroups[1].description", "description of arm 2"),
        ("interventions[0].otherNames[3]", "another name of treatment 1"),
        ("eligibilityCriteria[9]", "eligibility criterion 10"),
        ("protocolSection.statusModule.overallStatus", "overallStatus"),
        ("Exclusion Criteria", "Exclusion Criteria"),
        ("somethingElse[1]", "somethingElse[1]"),
        ("", ""),
    ],
)
def test_a_field_in_words(field, words):
    assert place_words(field) == words


def test_every_field_that_readers_name_has_words():
    record = TrialRecord(
        registry="CTGOV", source="CTGOV", number="NCT00000001", title="t", official_title="t", brief_summary="t",
        detailed_description="t", objectives="t", design_note="t", intervention_model_description="t",
        masking_description="t", keywords=("t",), conditions=("t",),
        interventions=(InterventionRecord("t", description="t", other_names=("t",)),),
        arms=(ArmRecord("t", description="t"),),
        products=(ProductRecord(name="t", substance="t", origin="t", routes=("t",)),),
        outcomes=(OutcomeRecord("PRIMARY", "t", "t"),), criteria=(CriterionRecord("INCLUSION", "t"),),
    )  # fmt: skip
    found = [section.field for section in sections(record)]
    assert len(found) == 22
    assert [field for field in found if not is_read(field)] == []
