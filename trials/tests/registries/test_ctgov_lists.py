import pytest

from trials.records import ArmRecord, InterventionRecord, OutcomeRecord, ReferenceRecord
from trials.registries import ctgov
from trials.registries.ctgov_lists import mesh_ui
from trials.tests.registries.studies import study


def read(**modules):
    return ctgov.parse(study(**modules))


def arms(groups, interventions):
    return read(armsInterventions={"armGroups": groups, "interventions": interventions})


def test_interventions_and_arms():
    record = arms(
        [
            {
                "label": "MSC",
                "type": "EXPERIMENTAL",
                "description": "2 x 10\\^6/kg",
                "interventionNames": ["Biological: MSC", "Dietary Supplement: Salt"],
            }
        ],
        [
            {"type": "BIOLOGICAL", "name": "MSC", "description": "cells", "otherNames": ["eASC", ""]},
            {"type": "DIETARY_SUPPLEMENT", "name": "Salt"},
        ],
    )
    assert record.interventions == (
        InterventionRecord("MSC", "BIOLOGICAL", "BIOLOGICAL", "cells", ("eASC",)),
        InterventionRecord("Salt", "DIETARY_SUPPLEMENT", "DIETARY_SUPPLEMENT"),
    )
    assert record.arms == (ArmRecord("MSC", "EXPERIMENTAL", "EXPERIMENTAL", "2 x 10^6/kg", (0, 1)),)
    assert record.problems == ()


def test_a_link_counts_whichever_side_states_it():
    record = arms(
        [{"label": "A", "interventionNames": ["Drug: Salt"]}, {"label": "B"}],
        [{"type": "DRUG", "name": "Salt", "armGroupLabels": ["B"]}, {"name": "Cells", "armGroupLabels": ["A", "B"]}],
    )
    assert [arm.interventions for arm in record.arms] == [(0, 1), (0, 1)]


def test_the_type_tells_interventions_of_one_name_apart():
    record = arms(
        [{"label": "A", "interventionNames": ["Procedure: Cells: frozen"]}],
        [{"type": "DRUG", "name": "Cells: frozen"}, {"type": "PROCEDURE", "name": "Cells: frozen"}],
    )
    assert record.arms[0].interventions == (1,)


def test_a_name_without_its_type_is_found():
    record = arms([{"label": "A", "interventionNames": ["Cells: frozen"]}], [{"type": "DRUG", "name": "Cells: frozen"}])
    assert (record.arms[0].interventions, record.problems) == ((0,), ())


def test_arms_of_one_label_keep_what_they_name_themselves():
    record = arms(
        [{"label": "A", "interventionNames": ["Drug: x"]}, {"label": "A", "interventionNames": ["Drug: y"]}],
        [
            {"type": "DRUG", "name": "x", "armGroupLabels": ["A"]},
            {"type": "DRUG", "name": "y", "armGroupLabels": ["A"]},
        ],
    )
    assert [arm.interventions for arm in record.arms] == [(0,), (1,)]


def test_a_link_that_leads_nowhere_is_told():
    record = arms([{"label": "A", "interventionNames": ["Drug: gone"]}], [{"name": "Cells", "armGroupLabels": ["Z"]}])
    assert [(problem.field, problem.text) for problem in record.problems] == [("arms", "Drug: gone"), ("arms", "Z")]


def test_unknown_types_are_kept_as_text_and_told():
    record = arms([{"label": "A", "type": "MAGIC"}], [{"type": "SPELL", "name": "Cells"}])
    assert (record.arms[0].type, record.arms[0].type_raw) == ("", "MAGIC")
    assert (record.interventions[0].type, record.interventions[0].type_raw) == ("", "SPELL")
    assert [problem.text for problem in record.problems] == ["SPELL", "MAGIC"]


def test_an_intervention_without_a_type_is_no_problem():
    record = arms(None, [{"name": "Cells"}])
    assert (record.interventions, record.problems) == ((InterventionRecord("Cells"),), ())


def test_outcomes_in_order_of_their_kind():
    record = read(
        outcomes={
            "secondaryOutcomes": [{"measure": "Pain", "timeFrame": "1 year"}],
            "primaryOutcomes": [{"measure": "Deaths", "description": "all \\[any cause\\]", "timeFrame": "30 days"}],
            "otherOutcomes": [{"measure": "Costs"}],
        }
    )
    assert record.outcomes == (
        OutcomeRecord("PRIMARY", "Deaths", "all [any cause]", "30 days"),
        OutcomeRecord("SECONDARY", "Pain", "", "1 year"),
        OutcomeRecord("OTHER", "Costs"),
    )


def test_an_outcome_without_a_measure_is_told():
    record = read(outcomes={"primaryOutcomes": [{"timeFrame": "30 days"}]})
    assert record.outcomes == ()
    assert [(problem.field, problem.text) for problem in record.problems] == [("outcomes", "30 days")]


def test_references_links_and_data_sets():
    record = read(
        references={
            "references": [
                {"pmid": "12345", "type": "RESULT", "citation": "A \\& B. 2020."},
                {"citation": "Old paper."},
                {"pmid": "6", "type": "DERIVED", "citation": "C."},
                {"pmid": "7", "type": "RUMOUR", "citation": "D."},
                {"citation": "Old paper."},
            ],
            "seeAlsoLinks": [{"label": "Home page", "url": "https://example.org/?a=1\\&b=2"}],
            "availIpds": [{"id": "x", "type": "Study Protocol", "url": "https://example.org/ipd"}],
        }
    )
    assert record.references == (
        ReferenceRecord("RESULT", "A & B. 2020.", "12345"),
        ReferenceRecord("BACKGROUND", "Old paper."),
        ReferenceRecord("DERIVED", "C.", "6"),
        ReferenceRecord("BACKGROUND", "D.", "7"),
        ReferenceRecord("LINK", url="https://example.org/?a=1&b=2", label="Home page"),
        ReferenceRecord("LINK", url="https://example.org/ipd", label="Study Protocol"),
    )
    assert [problem.text for problem in record.problems] == ["RUMOUR"]


@pytest.mark.parametrize(
    ("written", "ui"),
    [
        ("D000010003", "D010003"),
        ("D010003", "D010003"),
        ("D000086382", "D000086382"),
        ("C000657245", "C000657245"),
        ("", ""),
    ],
)
def test_mesh_ids_of_both_generations_are_one(written, ui):
    assert mesh_ui(written) == ui
