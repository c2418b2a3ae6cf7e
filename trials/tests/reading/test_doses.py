"""Steps of whole records. The texts are made up, phrased as the seeds and other records phrase theirs."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.intake.lexicon import shipped_lexicon
from trials.reading.arms import prose_arms
from trials.reading.doses import read_doses
from trials.reading.facts import CONFLICTING, INFERRED, STATED
from trials.reading.marked import mark
from trials.reading.sections import sections
from trials.records import ArmRecord, CriterionRecord, InterventionRecord, OutcomeRecord, TrialRecord
from trials.tests.reading.texts import product


def record(**values):
    return TrialRecord("CTGOV", "NCT00000000", "CTGOV", **values)


def one_arm(description, **values):
    return record(arms=(ArmRecord("Cells", description=description, interventions=(0,)),), **values)


def steps(trial, *products):
    texts = mark(trial, shipped_lexicon())
    return read_doses(texts, trial, products or (product(),), prose_arms(texts, trial))


def amounts(trial):
    return [
        (float(step.amount_low), float(step.amount_high) if step.amount_high else None, step.basis)
        for step in steps(trial)
    ]


# ------------------------------------------------------------------------------------------------------- the seeds
def test_race_a_second_dose_only_if_the_first_fails():
    first, second = steps(
        one_arm(
            "In part one, 11 children get 3 intravenous infusions of CB-MSCs at the dosage of 1.5 x 10^6/kg at a time "
            "interval of 1 to 2 weeks.\n\nOnly if P ≥ 0.600 is rejected, 11 more children get 3 intravenous infusions "
            "of CB-MSCs at the dosage of 2x10^6/kg at a time interval of 1 to 2 weeks.",
            brief_summary="Children get MSC at a dose of 1.5x10^6/kg on days 0, 14, 21.",
        ),
        product("intravenous"),
    )
    assert (first.amount_low, first.basis, first.as_written) == (1_500_000, "PER_KG", "1.5 x 10^6/kg")
    assert (first.administrations.value, first.days) == ("3", (0, 14, 21))
    assert (first.interval_low, first.interval_high, first.interval_unit) == (1, 2, "WEEKS")
    assert (first.is_conditional, first.route.value, first.arm, first.product) == (False, "intravenous", 0, 0)
    assert (second.amount_low, second.administrations.value, second.days) == (2_000_000, "3", ())
    assert second.is_conditional
    assert second.condition.startswith("Only if P ≥ 0.600 is rejected")


@pytest.mark.parametrize(
    "text",
    [
        "a) first cohort: 1 million cells/kg at days 1, 8 and 15; b) second cohort: 2 million cells / kg at days 1, 8 "
        "and 15; c) third cohort: 4 million cells / kg at days 1, 8 and 15.",
        "Cohorts get 1, 2 and 4 million cells/kg on days 1, 8, 15.",
    ],
)
def test_cx611_three_steps_of_three(text):
    found = steps(record(detailed_description=text))
    assert [step.amount_low for step in found] == [1_000_000, 2_000_000, 4_000_000]
    assert {step.basis for step in found} == {"PER_KG"}
    assert {step.days for step in found} == {(1, 8, 15)}
    assert {step.administrations.value for step in found} == {"3"}


def test_cx611_steps_bear_the_names_of_their_cohorts():
    found = steps(
        record(detailed_description="First cohort: 1 million cells/kg\nSecond cohort: 2 million cells/kg on day 1")
    )
    assert [step.label for step in found] == ["First cohort", "Second cohort"]


def test_nkg2d_arms_of_the_prose_without_a_dose():
    found = steps(
        record(
            brief_summary="We look for the highest safe dose of systemic CAR T cell infusions (Arm A), and of systemic "
            "and local CAR T cell infusions (Arm B)."
        ),
        product("systemic"),
    )
    assert [(step.label, step.route.value) for step in found] == [
        ("Arm A", "systemic"),
        ("Arm B", "systemic"),
        ("Arm B", "local"),
    ]
    assert {step.amount_low for step in found} == {None}
    assert {step.basis for step in found} == {""}


def test_a_route_of_another_drug_is_none_of_an_arms_cells():
    text = "Arm 1: Patients receive cyclophosphamide IV. Arm 2: Patients receive MSC intravenously."
    found = steps(record(detailed_description=text), product("intravenous"))
    assert [(step.label, step.route.value) for step in found] == [("Arm 2", "intravenous")]


def test_tcim_elaii_a_route_without_a_dose():
    (step,) = steps(
        record(
            arms=(
                ArmRecord("MNC", description="Intramuscular injection of mononuclear cells."),
                ArmRecord("Saline", description="Injection of saline."),
            )
        ),
        product("intramuscular"),
    )
    assert (step.amount_low, step.route.value) == (None, "intramuscular")


# ----------------------------------------------------------------------------------------------------------- arms
def test_arms_with_the_same_dose_have_a_step_each():
    trial = record(
        arms=(
            ArmRecord("Early", description="2 x 10^6 MSC/kg in week 1"),
            ArmRecord("Late", description="2 x 10^6 MSC/kg in week 9"),
        )
    )
    assert [(step.arm, step.amount_low) for step in steps(trial)] == [(0, 2_000_000), (1, 2_000_000)]


def test_a_summary_adds_no_step_that_an_arm_has():
    trial = one_arm("2 x 10^6 MSC/kg", brief_summary="Patients get 2 million MSC/kg.", title="MSC at 2×10⁶ cells/kg")
    (step,) = steps(trial)
    assert step.passage.field == "armGroups[0].description"


def test_a_dose_in_a_title_counts():
    assert amounts(record(title="20 million mesenchymal stem cells for the knee")) == [(2e7, None, "FLAT")]


def test_an_intervention_of_one_arm_lends_it_the_step():
    trial = record(
        arms=(ArmRecord("A", interventions=(1,)), ArmRecord("B", interventions=(0,))),
        interventions=(
            InterventionRecord("MSC", description="1 x 10^6 MSC/kg"),
            InterventionRecord("Saline", description="20 ml"),
        ),
    )
    assert [step.arm for step in steps(trial)] == [1]


def test_an_arm_named_beside_the_amount_gets_it():
    trial = record(
        arms=(ArmRecord("Group 1"), ArmRecord("Group 2")),
        detailed_description="Group 1: 1 x 10^6 MSC/kg. Group 2: 3 x 10^6 MSC/kg.",
    )
    assert [(step.arm, float(step.amount_low)) for step in steps(trial)] == [(0, 1e6), (1, 3e6)]


def test_the_same_amount_of_two_products_is_two_steps():
    trial = record(
        arms=(ArmRecord("A", interventions=(0,)), ArmRecord("B", interventions=(1,))),
        interventions=(
            InterventionRecord("MSC", description="10 million mesenchymal stem cells"),
            InterventionRecord("NSC", description="10 million neural stem cells"),
        ),
    )
    found = steps(trial, product(intervention=0), product(intervention=1, cell_type="neural-stem"))
    assert [(step.arm, step.product) for step in found] == [(0, 0), (1, 1)]


def test_a_product_is_known_by_the_cells_named_nearest():
    trial = one_arm("1 x 10^6 mesenchymal stem cells, then 5 x 10^6 neural stem cells")
    found = steps(trial, product(), product(cell_type="neural-stem"))
    assert [step.product for step in found] == [0, 1]


def test_two_products_of_one_intervention_are_known_by_the_cells_named_nearest():
    trial = record(
        interventions=(InterventionRecord("Both", description="Neural stem cells with others.\n\nMSC: 10^6 cells/kg"),)
    )
    found = steps(trial, product(intervention=0, cell_type="neural-stem"), product(intervention=0))
    assert [step.product for step in found] == [1]


def test_an_amount_that_names_no_cells_is_of_no_certain_one_of_two_products():
    trial = record(interventions=(InterventionRecord("Both", description="600 million cells are infused"),))
    found = steps(trial, product(intervention=0, cell_type="neural-stem"), product(intervention=0))
    assert [step.product for step in found] == [None]


def test_levels_in_a_list_that_names_its_kind_once_each_get_it():
    trial = one_arm("MSC at dose levels 2 (3 x 10^6/kg), 3 (5 x 10^6/kg) and 4 (10 x 10^6/kg)")
    assert [step.label for step in steps(trial)] == ["dose level 2", "dose level 3", "dose level 4"]


# ------------------------------------------------------------------------------------------------------- controls
def two_arms(described, kind="PLACEBO_COMPARATOR", label="Placebo"):
    cells = ArmRecord("Cells", "EXPERIMENTAL", description="5 million MSC", interventions=(0,))
    return record(arms=(ArmRecord(label, kind, description=described, interventions=(1,)), cells))


@pytest.mark.parametrize("kind", ["PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION"])
def test_a_placebo_told_by_the_amount_of_the_cells_gets_none(kind):
    trial = two_arms("Placebo matching one dose of 5 million MSC, then visits", kind)
    assert [(step.arm, float(step.amount_low)) for step in steps(trial)] == [(1, 5e6)]


@pytest.mark.parametrize(
    "described",
    [
        "Saline. If not better, they cross over to one dose of 5 million MSC",
        "Either gets 5 million MSC first; at week 24 treatments will be reversed",
        "Saline on day 0 and cells on day +180. Dose: 5 million MSC",
    ],
)
def test_a_control_that_crosses_over_keeps_the_dose_of_the_cells(described):
    assert [step.arm for step in steps(two_arms(described))] == [0, 1]


def test_an_intervention_linked_to_the_wrong_arm_gives_a_control_no_dose():
    trial = record(
        arms=(ArmRecord("Control", "PLACEBO_COMPARATOR", interventions=(0,)), ArmRecord("Cells", interventions=(1,))),
        interventions=(InterventionRecord("MSC", description="5 million MSC"), InterventionRecord("Saline")),
    )
    assert [step.arm for step in steps(trial)] == [None]


def test_a_registry_that_types_every_arm_as_placebo_does_not_hide_the_cells():
    trial = two_arms("One dose of 3 million MSC", label="Low dose")
    assert [step.arm for step in steps(trial, replace(product(), arms=(0, 1)))] == [0, 1]


def test_another_comparator_keeps_the_dose_of_its_own_text():
    assert [step.arm for step in steps(two_arms("Hyaluronan and 3 million MSC", "ACTIVE_COMPARATOR", "Other"))] == [
        0,
        1,
    ]


# --------------------------------------------------------------------------------------------------------- echoes
def test_a_total_of_all_administrations_is_no_step():
    assert amounts(one_arm("Three doses of 200 million MSCs with a total of 600 million MSCs")) == [(2e8, None, "FLAT")]


def test_a_range_that_only_spans_the_steps_is_no_step():
    trial = one_arm("Level 1: 1 x 10^6 MSC/kg. Level 2: 5 x 10^6 MSC/kg.", brief_summary="Doses are 1-5 x 10^6 MSC/kg.")
    assert amounts(trial) == [(1e6, None, "PER_KG"), (5e6, None, "PER_KG")]


def test_a_number_without_unit_is_the_one_per_kg_in_short():
    trial = one_arm("MSC at 2 x 10^6/kg", title="MSC 2 x 10^6")
    assert amounts(trial) == [(2e6, None, "PER_KG")]


def test_a_volume_beside_a_stated_total_is_not_multiplied():
    assert amounts(one_arm("100 million MSC, that is 5 ml of 4 million cells/ml")) == [(1e8, None, "FLAT")]


def test_a_total_in_another_text_is_a_step_of_its_own():
    trial = record(
        arms=(ArmRecord("A", description="10 million MSCs"), ArmRecord("B", description="a total of 20 million MSCs"))
    )
    assert [(step.arm, float(step.amount_low)) for step in steps(trial)] == [(0, 1e7), (1, 2e7)]


def test_what_prose_tells_beside_an_arm_with_a_dose_is_background():
    trial = one_arm("2 x 10^6 MSC/kg", detailed_description="Twenty patients got 8 x 10^6 MSC/kg elsewhere.")
    assert amounts(trial) == [(2e6, None, "PER_KG")]


@pytest.mark.parametrize(
    "text",
    [
        "Dose level 2: 4 x 10^6 MSC/kg",
        "The dose escalation goes on to 4 x 10^6 MSC/kg.",
        "Dose level 2 (4×10^6 MSC/kg)",
    ],
)
def test_a_further_step_that_only_prose_names_counts(text):
    trial = one_arm("1 x 10^6 MSC/kg or 2 x 10^6 MSC/kg", detailed_description=text)
    assert amounts(trial) == [(1e6, None, "PER_KG"), (2e6, None, "PER_KG"), (4e6, None, "PER_KG")]


def test_two_doses_that_contradict_each_other_are_both_kept():
    trial = one_arm("1 x 10^6 MSC/kg", detailed_description="Patients will receive 1 x 10^7 MSC/kg.")
    found = steps(trial)
    assert [float(step.amount_low) for step in found] == [1e6, 1e7]
    assert {step.state for step in found} == {CONFLICTING}


def test_fractions_of_a_split_dose_are_no_steps():
    trial = one_arm(
        "2 x 10^8 CAR-T cells as a split dose\n* Day 1, 10% fraction: 2 x 10^7\n* Day 2, 90% fraction: 1.8 x 10^8"
    )
    assert amounts(trial) == [(2e8, None, "FLAT")]


# ---------------------------------------------------------------------------------------------------------- places
def test_criteria_and_outcomes_hold_no_doses():
    trial = record(
        criteria=(CriterionRecord("INCLUSION", "A harvest of 2 x 10^6 CD34 cells/kg"),),
        outcomes=(OutcomeRecord("PRIMARY", "Persistence", "1 x 10^6 CAR-T cells in blood"),),
    )
    assert steps(trial, product()) == ()


def test_cumulative_and_first_doses_keep_the_order_of_the_text():
    trial = one_arm(
        "Dose level 1: 1 x 10^5 cells/kg; dose level 2: 3 x 10^5 cells/kg; dose level -1: 5 x 10^4 cells/kg"
    )
    assert [(step.label, float(step.amount_low)) for step in steps(trial)] == [
        ("Dose level 1", 1e5),
        ("dose level 2", 3e5),
        ("dose level -1", 5e4),
    ]


def test_a_number_of_days_is_inferred_and_a_count_stated():
    (by_days,) = steps(one_arm("1 x 10^6 MSC/kg on days 1 and 8"))
    assert (by_days.administrations.value, by_days.administrations.state) == ("2", INFERRED)
    (by_count,) = steps(one_arm("two infusions of 1 x 10^6 MSC/kg"))
    assert (by_count.administrations.value, by_count.administrations.state) == ("2", STATED)


def test_an_infusion_in_the_next_sentence_counts():
    (step,) = steps(one_arm("Patients get 200 million cells. Infusions take place on days 1, 8 and 15."))
    assert step.days == (1, 8, 15)


def test_a_site_of_the_body_is_kept():
    (step,) = steps(one_arm("20 million MSCs per knee"))
    assert (step.basis, step.body_site) == ("PER_SITE", "knee")


def test_the_route_of_the_sentence_goes_before_the_only_one_of_the_product():
    trial = one_arm("1 x 10^6 MSC/kg intravenously. Then 2 x 10^7 MSC intrathecally.")
    found = steps(trial, product("intravenous", "intrathecal"))
    assert [step.route.value for step in found] == ["intravenous", "intrathecal"]


def test_a_route_of_a_drug_in_another_sentence_proves_none_of_the_cells():
    detail = "MSC are infused intravenously. Fludarabine is given intravenously. Level 1 is 10^6 MSC/kg."
    (step,) = steps(record(detailed_description=detail), product("intravenous"))
    assert step.route.passage.start == detail.index("intravenously")


_TEXTS = st.lists(
    st.sampled_from(
        ["1 x 10^6 MSC/kg ", "2-4 million cells ", "on days 1, 8 and 15 ", "Arm A ", "arm B: ", ". ", "\n", "if ",
         "three infusions ", "intravenously ", "weekly; ", "a total of 600 million cells ", "90*106 cells ", "≥ "]
    ),
    max_size=10,
).map("".join)  # fmt: skip


@given(_TEXTS, _TEXTS, _TEXTS)
def test_every_fact_stands_where_it_says(arm, intervention, summary):
    trial = record(
        arms=(ArmRecord("Cells", description=arm, interventions=(0,)), ArmRecord("None")),
        interventions=(InterventionRecord("MSC", description=intervention),),
        brief_summary=summary,
    )
    texts = {section.field: section.text for section in sections(trial)}
    for step in read_doses(mark(trial, shipped_lexicon()), trial, (product("intravenous"),)):
        facts = [fact for fact in (step.administrations, step.route) if fact is not None]
        # The stand-in's own route stands in a title that this record lacks.
        passages = [one for one in (step.passage, *(fact.passage for fact in facts)) if one.field != "briefTitle"]
        for passage in passages:
            assert texts[passage.field][passage.start : passage.end] == passage.text
        assert step.amount_low is None or step.amount_low > Decimal(0)
        assert (step.amount_low is None) == (step.basis == "")


@pytest.mark.parametrize(
    "text",
    [
        "The dose is 1 x 10^6 MSC/kg (maximum 100 x 10^6 cells)",
        "1 x 10^6 MSC/kg, up to a total of 100 x 10^6 cells",
        "1 x 10^6 cells/kg of MSC, not to exceed 100 x 10^6 cells",
    ],
)
def test_a_cap_in_cells_is_no_dose_per_kg(text):
    assert [(int(step.amount_low), step.basis) for step in steps(one_arm(text)) if step.basis == "PER_KG"] == [
        (1_000_000, "PER_KG")
    ]


# ------------------------------------------------------------------------------------------------ bounds and parts
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 x 10^6 MSC/kg, at most 1 x 10^8 cells", [("2 x 10^6 MSC/kg", ("has-maximum",))]),
        ("MSC 1-2 x 10^6/kg (not to exceed 2 x 10^8 cells)", [("1-2 x 10^6/kg", ("has-maximum",))]),
        ("One infusion of up to 2 x 10^8 MSC", [("up to 2 x 10^8 MSC", ("at-most",))]),
        ("Infusion of at least 2 x 10^6 MSC/kg", [("at least 2 x 10^6 MSC/kg", ("at-least",))]),
        ("Infusion of ≥ 2 x 10^6 MSC/kg", [("≥ 2 x 10^6 MSC/kg", ("at-least",))]),
        ("The maximum tolerated dose of 1 x 10^6 MSC/kg", [("1 x 10^6 MSC/kg", ())]),
        (
            "Dose level 1: 1 x 10^6 MSC; dose level 2: maximum 1 x 10^7 MSC",
            [("1 x 10^6 MSC", ()), ("maximum 1 x 10^7 MSC", ("at-most",))],
        ),
        ("1 x 10^8 MSC divided over two days", [("1 x 10^8 MSC", ("split-dose",))]),
        (
            "Day 0: 10% of the dose (1x10^7 MSC), day 1: 90% (9x10^7 MSC)",
            [("1x10^7 MSC", ("part-of-dose",)), ("9x10^7 MSC", ("part-of-dose",))],
        ),
    ],
)
def test_the_most_the_least_and_a_part_are_told_apart(text, wanted):
    assert [(step.as_written, step.flags) for step in steps(one_arm(text))] == wanted


def test_a_step_by_weight_is_named_by_it():
    found = steps(one_arm("MSC: < 50 kg: 1x10^8 cells; 50 kg or more: 2x10^8 cells"))
    assert [(step.label, float(step.amount_low)) for step in found] == [("< 50 kg", 1e8), ("50 kg or more", 2e8)]


def test_every_amount_of_a_long_text_keeps_its_own_label_and_day():
    found = steps(
        one_arm("".join(f"Dose level {n}: {n} x 10^6 MSC/kg intravenously on day {n}. " for n in range(1, 31)))
    )
    assert [(step.label, step.days) for step in found] == [(f"Dose level {n}", (n,)) for n in range(1, 31)]
