import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.intake.lexicon import shipped_lexicon
from trials.reading.facts import FIELD, TEXT
from trials.reading.lexicon import Lexicon, Words
from trials.reading.marked import mark
from trials.reading.plan import read_plan
from trials.reading.sections import sections
from trials.records import ArmRecord, CriterionRecord, InterventionRecord, TrialRecord


def record(**values):
    return TrialRecord("CTGOV", "NCT00000000", "CTGOV", **values)


def read(trial):
    return read_plan(mark(trial, shipped_lexicon()), trial)


def said(text):
    return {fact.kind: fact.fact.value for fact in read(record(detailed_description=text))}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (
            "Lymphodepletion with fludarabine and cyclophosphamide comes first.",
            "LYMPHODEPLETION",
            "fludarabine, cyclophosphamide",
        ),
        ("Lymphodepleting chemotherapy is given.", "LYMPHODEPLETION", "Lymphodepleting"),
        ("Conditioning consists of busulfan, melphalan and ATG.", "CONDITIONING", "busulfan, melphalan, ATG"),
        ("The conditioning contains:\n\nThiotepa 10 mg/kg, Treosulfan", "CONDITIONING", "thiotepa, treosulfan"),
        ("Bridging therapy is allowed.", "BRIDGING", "Bridging therapy"),
        ("Immunosuppression with tacrolimus and prednisone.", "IMMUNOSUPPRESSION", "tacrolimus, prednisone"),
        (
            "Steroids are tapered:\n25% less after infusion 1;\n50% less after infusion 2;\nstopped after the last.",
            "TAPER",
            "25 %, 50 %, stop",
        ),
        ("Prednisone will be tapered.", "TAPER", "tapered"),
        ("Cells come from a bone marrow aspiration.", "HARVEST", "bone marrow aspiration"),
        ("Fat is taken by liposuction.", "HARVEST", "liposuction"),
        ("Leukapheresis takes place on day -28.", "HARVEST", "Leukapheresis"),
        ("Patients are hospitalized for 3 days and then seen for 2 weeks.", "STAY", "3 days"),
        ("Patients are followed for 2 years.", "FOLLOW_UP", "2 years"),
        ("Follow-up at 1, 3 and 6 months and 1 year.", "FOLLOW_UP", "1 year"),
        ("followed up for twelve months", "FOLLOW_UP", "12 months"),
        ("A 3+3 dose escalation is used.", "ESCALATION", "3+3"),
        ("The dose escalation follows the MTD.", "ESCALATION", "dose escalation"),
        (
            "The first patient of each cohort is observed for 14 days before the next.",
            "SENTINEL",
            "The first patient of each cohort is observed for 14 days before the next.",
        ),
        ("Each patient is their own control.", "WITHIN_PATIENT", "own control"),
        ("The other side of the body gets saline.", "WITHIN_PATIENT", "other side of the body"),
        ("Cells are compared with standard of care.", "STANDARD_CARE", "standard of care"),
        ("Half of the patients get placebo.", "PLACEBO", "placebo"),
        ("A sham injection is given.", "SHAM", "sham"),
    ],
)
def test_what_a_plan_says(text, kind, value):
    assert said(text)[kind] == value


@pytest.mark.parametrize(
    "text",
    [
        "No lymphodepletion is given.",
        "Cells are given without prior conditioning.",
        "There is no placebo.",
        "previous leukapheresis",
        "Cells are added to standard of care.",
        "Infusion is followed by rest.",
        "Follow-up visits are planned.",
    ],
)
def test_what_is_denied_past_or_empty_is_no_plan(text):
    assert said(text) == {}


def test_an_arm_says_it_for_itself():
    trial = record(
        arms=(
            ArmRecord("Cells", description="Cyclophosphamide lymphodepletion, then cells."),
            ArmRecord("Cells alone", description="Cells without lymphodepletion."),
        ),
        brief_summary="Lymphodepletion is studied.",
    )
    assert [(fact.kind, fact.arm, fact.fact.value) for fact in read(trial)] == [
        ("LYMPHODEPLETION", 0, "cyclophosphamide")
    ]


def test_the_kind_of_an_arm_is_a_field():
    trial = record(
        arms=(
            ArmRecord("Cells", "EXPERIMENTAL"),
            ArmRecord("Saline", "PLACEBO_COMPARATOR", description="Placebo infusion."),
            ArmRecord("Needle", "SHAM_COMPARATOR"),
            ArmRecord("Hyaluronic acid", "ACTIVE_COMPARATOR"),
            ArmRecord("Standard care", "NO_INTERVENTION"),
        )
    )
    found = [(fact.kind, fact.arm, fact.fact.origin) for fact in read(trial)]
    assert found == [
        ("PLACEBO", 1, FIELD),
        ("SHAM", 2, FIELD),
        ("OTHER_TREATMENT", 3, FIELD),
        ("STANDARD_CARE", 4, TEXT),
    ]


def test_active_arms_of_cells_compare_nothing_but_cells():
    trial = record(arms=(ArmRecord("Low", "ACTIVE_COMPARATOR"), ArmRecord("High", "ACTIVE_COMPARATOR")))
    assert read(trial) == ()


def test_a_better_told_mention_takes_the_place_of_a_bare_one():
    trial = record(
        brief_summary="After lymphodepletion cells are given.",
        detailed_description="Lymphodepletion: fludarabine 30 mg/m2.",
    )
    (fact,) = read(trial)
    assert (fact.fact.value, fact.fact.passage.field) == ("fludarabine", "detailedDescription")


def test_criteria_are_no_plan():
    assert read(record(criteria=(CriterionRecord("INCLUSION", "Lymphodepletion with fludarabine"),))) == ()


_PIECES = st.lists(
    st.sampled_from(
        ["lymphodepletion ", "with fludarabine ", "no ", "placebo ", ". ", ":\n", "follow-up ", "2 years ", "tapered ",
         "25% ", "stop ", "3+3 ", "dose escalation ", "sentinel ", "hospitalized for ", "3 days ", "own control "]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(_PIECES, _PIECES)
def test_every_fact_stands_where_it_says(arm, description):
    trial = record(
        arms=(ArmRecord("Cells", "EXPERIMENTAL", description=arm), ArmRecord("None", "PLACEBO_COMPARATOR")),
        interventions=(InterventionRecord("Cells"),),
        detailed_description=description,
    )
    texts = {section.field: section.text for section in sections(trial)}
    for fact in read(trial):
        passage = fact.fact.passage
        assert texts[passage.field][passage.start : passage.end] == passage.text
        assert fact.fact.value


def test_the_names_of_drugs_are_the_vocabularys():
    text = "Lymphodepletion with examplarabine and anothermycin."
    words = Words((), (), {"LYMPHODEPLETION": ("lymphodeplet*",), "DRUG": ("*mycin",)})
    trial = record(detailed_description=text)
    assert [fact.fact.value for fact in read_plan(mark(trial, Lexicon.of(words)), trial)] == ["anothermycin"]


def test_a_denial_reaches_on_in_its_clause_and_with_or_without_denies_nothing():
    far = "Cells are given without the need to give any preparative drugs or lymphodepletion."
    either = "Cells are given with or without lymphodepletion."
    assert (list(said(far)), list(said(either))) == ([], ["LYMPHODEPLETION"])
