import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.records import InterventionRecord, OutcomeRecord
from trials.registries.ictrp_lists import read_conditions, read_interventions, read_outcomes


@pytest.mark.parametrize(
    ("text", "register", "words", "areas", "codes"),
    [
        ("Asthma;Cough; asthma", "ClinicalTrials.gov", ("Asthma", "Cough"), (), ()),
        (
            "Worn knees; <br>Worn knees <br>Pain;Musculoskeletal - Osteoarthritis",
            "ANZCTR",
            ("Worn knees", "Pain"),
            ("Musculoskeletal - Osteoarthritis",),
            (),
        ),
        (
            "Worn knees <br>Musculoskeletal Diseases <br>Gonarthrosis",
            "ISRCTN",
            ("Worn knees", "Gonarthrosis"),
            ("Musculoskeletal Diseases",),
            (),
        ),
        ("Worn knees <br>Not Applicable", "ISRCTN", ("Worn knees",), (), ()),
        (
            " <br>M17.1 <br>G63;Gonarthrosis;M17.1",
            "German Clinical Trials Register",
            ("Gonarthrosis",),
            (),
            ("M17.1", "G63"),
        ),
        (";M17.1 - Gonarthrosis", "German Clinical Trials Register", ("Gonarthrosis",), (), ("M17.1",)),
        ("Health Condition 1: M171- Gonarthrosis\n", "CTRI", ("Gonarthrosis",), (), ("M171",)),
        ("-M171 Gonarthrosis_x000D_\n <br>Knee;M171", "TCTR", ("Gonarthrosis", "Knee"), (), ("M171",)),
        ("ORPHA:51 ORPHA:117", "DRKS", (), (), ("ORPHA:51", "ORPHA:117")),
        ("B12 deficiency", "ChiCTR", ("B12 deficiency",), (), ()),
        (
            "Worn knees\nof any kind, mild; or severe <br>MedDRA version: 20.0\nLevel: LLT\nClassification code 1005\n"
            "Term: Gonarthrosis\nSystem Organ Class: 100000002\n;Therapeutic area: Diseases [C] - Joint Diseases [C05]",
            "EU Clinical Trials Register",
            ("Worn knees of any kind, mild; or severe", "Gonarthrosis"),
            ("Diseases [C] - Joint Diseases [C05]",),
            ("1005",),
        ),
        (
            "-Worn knees\n-Worn hips <br>MedDRA version: 20.0Level: PTClassification code: 10000001Term: Gonarthrosis"
            "System Organ Class: 100000002;Therapeutic area: Diseases [C] - Joint Diseases [C05]",
            "Clinical Trials Information System",
            ("Worn knees", "Worn hips", "Gonarthrosis"),
            ("Diseases [C] - Joint Diseases [C05]",),
            ("10000001",),
        ),
        ("", "ChiCTR", (), (), ()),
    ],
)
def test_each_register_joins_conditions_in_its_own_way(text, register, words, areas, codes):
    found = read_conditions(text, register)
    assert (found.words, found.areas, found.codes) == (words, areas, codes)


def test_typed_interventions_are_cut_before_a_type_only():
    found, arms, unnamed = read_interventions("Drug: Saline;Biological: Cells; washed", "20", "ClinicalTrials.gov")
    assert found == (
        InterventionRecord("Saline", "DRUG", "Drug"),
        InterventionRecord("Cells; washed", "BIOLOGICAL", "Biological"),
    )
    assert (arms, unnamed) == ((), "")


def test_groups_are_arms_with_their_size_and_what_they_get():
    found, arms, _ = read_interventions(
        "Cell group:Stromal cells; 2:1 mix;Control group:stromal cells; 2:1 mix;Rest:None;",
        "Cell group:18;Control group:17;Rest:5;",
        "ChiCTR",
    )
    assert [one.name for one in found] == ["Stromal cells; 2:1 mix"]
    assert [(arm.label, arm.participants, arm.interventions) for arm in arms] == [
        ("Cell group", 18, (0,)),
        ("Control group", 17, (0,)),
        ("Rest", 5, ()),
    ]


def test_groups_that_the_sizes_do_not_name_stay_one_text():
    found, arms, _ = read_interventions("Group 1A:Cells;Group 2A:Saline", "Group A:18;Group B:17;", "ChiCTR")
    assert ([one.name for one in found], arms) == (["Group 1A:Cells;Group 2A:Saline"], ())


def test_a_groups_name_inside_what_another_gets_begins_no_group():
    found, arms, _ = read_interventions("A:cells to B:2 parts;B:Saline;", "A:18;B:17;", "ChiCTR")
    assert [one.name for one in found] == ["cells to B:2 parts", "Saline"]
    assert [arm.label for arm in arms] == ["A", "B"]


def test_one_group_is_no_arm():
    found, arms, _ = read_interventions("Case series:Stromal cells;", "Case series:9;", "ChiCTR")
    assert ([one.name for one in found], arms) == (["Stromal cells"], ())


def test_groups_without_interventions_are_arms_all_the_same():
    assert [arm.label for arm in read_interventions("", "A:1;B:2;", "ChiCTR")[1]] == ["A", "B"]


def test_products_of_the_eu_register_begin_with_a_name():
    text = (
        "<br>Product Name: KNEECELL<br>Product Code: KC1<br>Pharmaceutical Form: Suspension<br>INN or Proposed INN: N/A"
        "<br><br>Trade Name: Salt<br>Product Name: Saline<br>Pharmaceutical Form: Solution<br><br>"
    )
    found, _, unnamed = read_interventions(text, "", "EU Clinical Trials Register")
    assert found == (
        InterventionRecord(
            "KNEECELL",
            description="Product Name: KNEECELL\nProduct Code: KC1\nPharmaceutical Form: Suspension",
            other_names=("KC1",),
        ),
        InterventionRecord(
            "Saline",
            description="Trade Name: Salt\nProduct Name: Saline\nPharmaceutical Form: Solution",
            other_names=("Salt",),
        ),
    )
    assert unnamed == ""


def test_products_joined_by_commas_are_read_like_those_in_lines():
    found, _, _ = read_interventions(
        "Product Name: KNEECELL,Product Code: KC1,Other descriptive name: ,Strength: 1, 2 or 3 million", "", "CTIS"
    )
    assert [(one.name, one.other_names) for one in found] == [("KNEECELL", ("KC1",))]
    assert found[0].description.endswith("Strength: 1, 2 or 3 million")


def test_a_product_without_a_name_is_handed_back():
    found, _, unnamed = read_interventions("<br>Pharmaceutical Form: Tablet<br><br>", "", "EU Clinical Trials Register")
    assert (found, unnamed) == ((), "Pharmaceutical Form: Tablet")


def test_counted_interventions_are_names_with_descriptions_in_india():
    text = (
        "Intervention1: Cells: Once<br>into the knee<br>Control Intervention1: Nil: NIL<br>Intervention2: Saline: Once"
    )
    found, _, _ = read_interventions(text, "", "CTRI")
    assert [(one.name, one.type_raw, one.description) for one in found] == [
        ("Cells", "Intervention", "Once\ninto the knee"),
        ("Saline", "Intervention", "Once"),
    ]


def test_counted_interventions_are_arms_in_iran():
    text = "Intervention 1: Intervention group: Cells once. Intervention 2: Control group: Saline."
    found, arms, _ = read_interventions(text, "", "IRCT")
    assert [one.name for one in found] == ["Cells once.", "Saline."]
    assert [(arm.label, arm.interventions) for arm in arms] == [("Intervention group", (0,)), ("Control group", (1,))]


def test_counted_groups_are_arms_and_no_interventions():
    found, arms, _ = read_interventions("Group 1: Adults<br>Group 2: Children", "", "German Clinical Trials Register")
    assert found == ()
    assert [(arm.label, arm.description) for arm in arms] == [("Group 1", "Adults"), ("Group 2", "Children")]


def test_a_long_text_is_a_description_with_a_cut_name():
    text = "Cells are given " + "again and " * 60 + "again."
    (only,), _, _ = read_interventions(text, "", "ISRCTN")
    assert only.name.endswith(" …")
    assert text.startswith(only.name.removesuffix(" …"))
    assert only.description == text


@pytest.mark.parametrize("text", ["", "N/A", "none", "<p></p><br>"])
def test_a_filler_is_no_intervention(text):
    assert read_interventions(text, "", "ChiCTR") == ((), (), "")


@pytest.mark.parametrize(
    ("text", "register", "expected"),
    [
        ("Pain;Swelling (0;1);", "ChiCTR", [("Pain", "", ""), ("Swelling (0;1)", "", "")]),
        ("Pain; or swelling", "ISRCTN", [("Pain; or swelling", "", "")]),
        (
            "Pain[At day 1];Walking<br>[At day 2 ]",
            "ANZCTR",
            [("Pain", "", "At day 1"), ("Walking", "", "At day 2")],
        ),
        ("Pain [0 to 10]", "ChiCTR", [("Pain [0 to 10]", "", "")]),
        ("Pain.Timepoint: At day 1.", "CTRI", [("Pain", "", "At day 1")]),
        (
            "Pain. Timepoint: Day 1. Method of measurement: Ask.;Gait. Timepoint: Day 2. Method of measurement: Tape",
            "IRCT",
            [("Pain", "Ask.", "Day 1"), ("Gait", "Tape", "Day 2")],
        ),
        (
            "Pain [Time frame: day 1]<br>Walk [ Time frame: day 2]<br>",
            "SLCTR",
            [("Pain", "", "day 1"), ("Walk", "", "day 2")],
        ),
        ("<br> 1. Pain<br> 2. Walk<br>", "ISRCTN", [("Pain", "", ""), ("Walk", "", "")]),
        ("Name: Pain;Timepoints: day 1;Measure: Asking; twice", "LBCTR", [("Pain", "Asking; twice", "day 1")]),
        ("Outcome name:Pain<br>Measure:Asking<br>Timepoints:day 1", "REPEC", [("Pain", "Asking", "day 1")]),
        ("<p>Not applicable.</p>", "NL-OMON", []),
    ],
)
def test_each_register_joins_outcomes_in_its_own_way(text, register, expected):
    found, objectives = read_outcomes(text, "PRIMARY", register)
    assert [(one.measure, one.description, one.time_frame) for one in found] == expected
    assert objectives == ""


def test_the_eu_register_writes_objectives_and_times_into_its_outcomes():
    text = (
        "Main Objective: Show safety;Secondary Objective: Not applicable;Primary end point(s): Pain; and swelling;"
        "Timepoint(s) of evaluation of this end point: day 1"
    )
    found, objectives = read_outcomes(text, "PRIMARY", "EU Clinical Trials Register")
    assert found == (OutcomeRecord("PRIMARY", "Pain; and swelling", "", "day 1"),)
    assert objectives == "Main Objective: Show safety"


registers = st.sampled_from(["ChiCTR", "ClinicalTrials.gov", "IRCT", "CTRI", "ANZCTR", "ISRCTN", "PACTR", ""])
texts = st.text(alphabet=st.sampled_from("aB1:; ,.-\n[]()<br>") | st.characters(), max_size=60)


@given(texts, texts, registers)
def test_any_text_is_read(text, sizes, register):
    read_conditions(text, register)
    interventions, arms, _ = read_interventions(text, sizes, register)
    assert all(one.name for one in interventions)
    assert all(place < len(interventions) for arm in arms for place in arm.interventions)
    outcomes, _ = read_outcomes(text, "PRIMARY", register)
    assert all(one.measure for one in outcomes)
