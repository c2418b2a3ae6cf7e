"""Which cells, from what, whose, and how given: made-up texts, one oddity each."""

import pytest

from trials.reading.facts import CONFLICTING, INFERRED, STATED
from trials.tests.reading.records import reading, slugs


@pytest.mark.parametrize(
    ("title", "given", "expected"),
    [
        ("Relief", ["hUC-MSC"], ["mesenchymal-stromal"]),
        ("Relief", ["Adipose-derived stem cells"], ["mesenchymal-stromal"]),
        ("Relief", ["CD22-CART"], ["car-t"]),
        ("Relief", ["CD19 CAR T-cells"], ["car-t"]),
        ("Relief", ["GD2-CAR virus-specific T cells"], ["virus-specific-t", "car-t"]),
        ("Relief", ["CAR-engineered natural killer cells"], ["car-nk"]),
        ("Relief", ["hESC-derived mesenchymal stem cells"], ["ipsc-esc-derived", "mesenchymal-stromal"]),
        ("Relief", ["CD34-derived natural killer cells"], ["nk"]),
        ("Relief", ["DC vaccine", "CIK cells"], ["dendritic", "cytokine-induced-killer"]),
        ("Relief", ["Donor lymphocyte infusion"], ["donor-lymphocytes"]),
        ("Relief", ["Stromal vascular fraction"], ["fat-graft-svf"]),
        ("Relief", ["Bone marrow mononuclear cells"], ["mononuclear"]),
        ("Relief", ["Autologous stem cell transplantation"], ["hematopoietic-stem-progenitor"]),
        ("Mesenchymal Stem Cells for Relief", ["Stem cells"], ["mesenchymal-stromal"]),
        ("Relief", [("Stem cells", "The stem cells are dental pulp stem cells")], ["mesenchymal-stromal"]),
        ("Relief", ["Keratinocyte suspension"], ["keratinocyte"]),
        ("Relief", ["MACI"], ["chondrocyte"]),
        ("Relief", ["Tisagenlecleucel"], ["car-t"]),
        ("Relief", ["Anythingcabtagene autoleucel"], ["car-t"]),
        ("Relief", ["Autologous plasmablasts"], ["b-cells"]),
        ("Relief", ["TCR-T cells"], ["tcr-t"]),
        ("Relief", ["NK cells, CAR-NK cells"], ["nk", "car-nk"]),
        ("NK Cells for Relief", ["CAR-NK cells"], ["car-nk"]),
        ("Bone Marrow Stem Cells for Relief", ["BM-MSC"], ["mesenchymal-stromal"]),
        ("Bone Marrow Stem Cells for Relief", ["Marrow"], ["bone-marrow-cells"]),
        ("Relief", ["CAR.BiTE allogeneic γδ T cells"], ["car-t", "gamma-delta-t"]),
        ("Relief", ["Sipuleucel-T"], ["dendritic"]),
        ("Relief", ["Infusion of allogeneic umbilical cord blood", "MSC"], ["mononuclear", "mesenchymal-stromal"]),
        ("Effect of MSC on the T Cell Repertoire", ["MSC"], ["mesenchymal-stromal"]),
    ],
    ids=str,
)
def test_cell_types(title, given, expected):
    assert sorted(slugs(reading(title, *given), "cell_types")) == sorted(expected)


def test_other_names_of_a_registry_do_not_add_cells_to_a_name_that_says_which():
    from trials.intake.lexicon import shipped_lexicon
    from trials.reading.read import read
    from trials.records import InterventionRecord, TrialRecord

    item = InterventionRecord("Donor lymphocytes", "BIOLOGICAL", other_names=("Tumor-Derived Lymphocyte", "TIL"))
    record = TrialRecord("CTGOV", "NCT00000001", "CTGOV", title="Relief", interventions=(item,))
    assert slugs(read(record, shipped_lexicon()), "cell_types") == ["donor-lymphocytes"]


@pytest.mark.parametrize(
    ("title", "given", "more", "expected"),
    [
        ("Relief", ["Adipose-derived MSC"], {}, {"adipose": ""}),
        ("Relief", ["WJ-MSC"], {}, {"umbilical-cord": ""}),
        ("Relief", ["Umbilical cord blood mononuclear cells"], {}, {"cord-blood": ""}),
        ("Relief", ["MSC from bone marrow"], {}, {"bone-marrow": ""}),
        ("Relief", ["MSC"], {"summary": "The MSC are taken from the placenta."}, {"placenta": ""}),
        ("Relief", ["MSC"], {"summary": "Bone marrow function is normal. MSC are given."}, {}),
        ("Tumors", ["CAR-T"], {}, {}),
        (
            "Relief",
            ["CAR-T"],
            {"criteria": "Inclusion Criteria:\n- Fit for leukapheresis"},
            {"peripheral-blood": "collected-by-apheresis"},
        ),
        ("Relief", ["MSC"], {"criteria": "Inclusion Criteria:\n- Fit for leukapheresis"}, {}),
        ("Relief", ["Autologous chondrocytes"], {}, {"cartilage": "cell-type-implies-tissue"}),
        ("Relief", ["Islets"], {}, {"pancreas": "cell-type-implies-tissue"}),
        ("Relief", ["Darvadstrocel"], {}, {"adipose": "known-product"}),
        ("Relief", ["NK cells"], {"summary": "NK cells are made from cord blood."}, {"cord-blood": ""}),
        ("Knee Cartilage Repair", ["MSC"], {}, {}),
        ("Adipose-derived MSC and Human Amniotic Membrane Composite", ["MSC"], {}, {"adipose": ""}),
        ("Relief", ["NK cells"], {"summary": "Tumor tissues are looked at after administration of NK cells."}, {}),
        ("MSC for Skin Defects", ["MSC"], {}, {}),
        ("MSC Infusion in Adult Liver Cirrhosis", ["MSC"], {}, {}),
        ("Skin Graft With or Without Stem Cells", ["MSC"], {}, {}),
        (
            "Relief",
            ["CAR-T"],
            {"criteria": "Inclusion Criteria:\n- Collection of peripheral blood mononuclear cells is possible"},
            {"peripheral-blood": "collected-by-apheresis"},
        ),
    ],
    ids=str,
)
def test_tissues(title, given, more, expected):
    products = reading(title, *given, **more).products
    assert {fact.value: fact.rule for product in products for fact in product.tissues} == expected


@pytest.mark.parametrize(
    ("title", "given", "more", "expected"),
    [
        ("Relief", ["Autologous MSC"], {}, {"autologous": STATED}),
        ("Relief", ["Allogenic MSC"], {}, {"allogeneic": STATED}),
        ("Relief", ["MSC"], {}, {}),
        (
            "Relief",
            ["MSC"],
            {"summary": "Patients receive MSC made of the patient's own bone marrow."},
            {"autologous": STATED},
        ),
        ("CAR-T After Allogeneic Stem Cell Transplantation", ["CAR-T"], {}, {}),
        ("Relief", ["Donor-derived CAR-T"], {}, {"allogeneic": INFERRED}),
        ("Relief", ["Universal CAR-T"], {}, {"allogeneic": INFERRED}),
        ("Relief", ["Haploidentical NK cells"], {}, {"haploidentical": STATED}),
        ("Relief", ["Third-party virus-specific T cells"], {}, {"allogeneic-unrelated": STATED}),
        ("Relief", ["Lifileucel"], {}, {"autologous": INFERRED}),
        ("Relief", ["Anycabtagene autoleucel"], {}, {"autologous": STATED}),
        ("Relief", ["Autologous or allogeneic MSC"], {}, {"autologous": STATED, "allogeneic": STATED}),
        (
            "Autologous MSC",
            [("MSC", "Allogeneic MSC are given")],
            {},
            {"autologous": CONFLICTING, "allogeneic": CONFLICTING},
        ),
        ("MSC With Autologous Serum", ["MSC"], {}, {}),
        ("Relief", ["Autologus MSC"], {}, {"autologous": STATED}),
        ("Mesenchymal Stem Cells for Relief", ["Autologous bone marrow stem cells"], {}, {"autologous": STATED}),
        ("Relief", ["DC vaccine"], {"summary": "They get their own dendritic cells back."}, {"autologous": STATED}),
        ("Dendritic Cells With Allogeneic Tumor Cell Lysate", ["DC vaccine"], {}, {}),
        ("Relief", ["Autologous bone marrow mononuclear cells"], {}, {"autologous": STATED}),
        (
            "Relief",
            ["Umbilical cord MSC"],
            {"detail": "The umbilical cords are donated by healthy donors."},
            {"allogeneic": INFERRED},
        ),
    ],
    ids=str,
)
def test_donors(title, given, more, expected):
    products = reading(title, *given, **more).products
    assert {fact.value: fact.state for product in products for fact in product.donors} == expected


@pytest.mark.parametrize(
    ("given", "more", "rule"),
    [
        (["PBSC rescue"], {"detail": "PBSC are collected. PBSC are reinfused on day 0."}, "given-back"),
        (["MSC"], {"summary": "The MSC are cultured and injected back into the knee."}, "given-back"),
        (["CAR-T"], {"summary": "The modified cells are grown and then given back to the patient."}, "given-back"),
        (["PBSC"], {"detail": "Donors undergo leukapheresis. PBSC are reinfused on day 0."}, ""),
        (["PBSC"], {"detail": "Blood is reinfused. PBSC follow on day 0."}, ""),
        (["CAR-T"], {"detail": "Patients undergo leukapheresis before CAR-T cells are made."}, "taken-from-patient"),
        (["CAR-T"], {"detail": "Leukapheresis comes before CAR-T cells are made."}, ""),
        (["CAR-T"], {"criteria": "Inclusion Criteria:\n- Patients can undergo leukapheresis"}, ""),
        ([("Adipose MSC", "Liposuction, culture of MSC, injection")], {}, "taken-from-patient"),
        (["Umbilical cord MSC"], {"detail": "Patients undergo bone marrow aspiration."}, ""),
    ],
    ids=str,
)
def test_cells_taken_from_the_patient_or_given_back_are_the_patients(given, more, rule):
    products = reading("Relief by Transplantation", *given, **more).products
    donors = [(fact.value, fact.state, fact.rule) for product in products for fact in product.donors]
    wanted = [("autologous", INFERRED, rule)] if rule else []
    assert [donor for donor in donors if donor[0] == "autologous"] == wanted


def test_two_products_of_different_donors_are_no_conflict():
    read = reading("MSC and Marrow", "Autologous bone marrow mononuclear cells", "Allogeneic umbilical cord MSC")
    assert [[fact.value for fact in product.donors] for product in read.products] == [["autologous"], ["allogeneic"]]
    assert {fact.state for product in read.products for fact in product.donors} == {STATED}


def test_two_arms_of_different_donors_are_no_conflict():
    arms = [("Autologous MSC", "", "", "", (0,)), ("Allogeneic MSC", "", "", "", (0,))]
    (product,) = reading("Relief", "MSC", arms=arms).products
    assert [(fact.value, fact.state) for fact in product.donors] == [("autologous", STATED), ("allogeneic", STATED)]


def test_interventions_that_differ_in_donor_are_two_products():
    read = reading("MSC", "Autologous MSC", "Allogeneic MSC")
    assert [(p.name, [d.value for d in p.donors]) for p in read.products] == [
        ("Autologous MSC", ["autologous"]),
        ("Allogeneic MSC", ["allogeneic"]),
    ]


def test_a_drug_beside_cells_that_only_an_arm_gives_is_not_the_product():
    read = reading(
        "High-dose Chemotherapy",
        ("filgrastim", ""),
        ("PBSC transplantation", "", "PROCEDURE"),
        arms=[("A", "", "", "PBSC are reinfused. Filgrastim follows after infusion of the stem cells.")],
    )
    assert [product.name for product in read.products] == ["PBSC transplantation"]


def test_two_doses_of_the_same_cells_are_one_product():
    read = reading("MSC", "MSC low dose", "MSC high dose", arms=[("A", "", "", "", (0,)), ("B", "", "", "", (1,))])
    assert [(product.name, product.arms) for product in read.products] == [("MSC low dose", (0, 1))]


@pytest.mark.parametrize(
    ("title", "given", "more", "expected"),
    [
        ("Intravenous MSC", ["MSC"], {}, ["intravenous"]),
        ("Relief", [("MSC", "One intrathecal injection")], {}, ["intrathecal"]),
        ("Relief", ["MSC"], {"summary": "MSC will be infused intravenously."}, ["intravenous"]),
        ("Relief", ["MSC"], {"summary": "Patients receive an intravenous infusion of MSC."}, ["intravenous"]),
        ("Relief", ["MSC"], {"summary": "IL-2 is given by subcutaneous injection, then MSC follow."}, []),
        ("Relief", ["MSC", ("Melphalan", "", "DRUG")], {"summary": "Melphalan IV and MSC are given."}, []),
        ("Relief", ["CAR-T"], {"summary": "CAR-T cells are infused."}, []),
        ("Relief", [("MSC", "Stage IV disease is treated")], {}, []),
        ("Relief", [("MSC", "III. Assess pain. IV. Assess function.")], {}, []),
        ("Relief", [("MSC", "Intravenous and intra-articular injections")], {}, ["intravenous", "intra-articular"]),
        ("Relief", ["MSC"], {"criteria": "Exclusion Criteria:\n- Intra-articular steroids"}, []),
        ("Relief", [("MSC", "MSC are implanted on a scaffold by intramyocardial injection")], {}, ["intramyocardial"]),
        (
            "Locoregional CAR-T",
            ["CAR-T"],
            {"criteria": "Inclusion Criteria:\n- An Ommaya reservoir"},
            ["intracerebral"],
        ),
        ("Relief", [("MSC", "Injected through the portal vein")], {}, ["intraportal"]),
        ("Relief", [("MSC", "Injection of MSC into perianal fistula(s)")], {}, ["intralesional"]),
        ("Relief", [("MSC", "Injected into the degenerative discs")], {}, ["intradiscal"]),
        ("Relief", [("MSC", "Injected into the submandibular glands")], {}, ["local-injection"]),
        ("Relief", [("MSC", "Spread over the wound")], {}, ["topical"]),
        ("Relief", ["MSC on a fistula plug"], {}, ["intralesional"]),
        ("Relief", ["SC-CAR.ABC T cells"], {}, []),
        ("Relief", [("DC vaccine", "given intratumorally (IT)")], {}, ["intratumoral"]),
        ("Relief", [("PBSC", "PBSC are harvested after daily subcutaneous injections")], {}, []),
        ("Relief", ["MSC"], {"summary": "Direct injection to the fistula tract(s) with MSC."}, ["intralesional"]),
        ("Relief", [("MSC", "One knee will be injected")], {}, ["intra-articular"]),
        (
            "Peripheral Blood Stem Cell Transplantation",
            [("PBSC", "", "PROCEDURE")],
            {"detail": "PBSC are reinfused on day 0 and then G-CSF may be given subcutaneously."},
            [],
        ),
        (
            "Peripheral Blood Stem Cell Transplantation",
            [("PBSC", "", "PROCEDURE")],
            {"detail": "Filgrastim is given SC daily until blood counts recover."},
            [],
        ),
        (
            "Relief",
            ["MSC"],
            {"detail": "MSC are washed and the cells are injected intravenously."},
            ["intravenous"],
        ),
        ("Relief", ["MSC"], {"detail": "MSC are loaded with iron and administered subcutaneously."}, ["subcutaneous"]),
        ("Relief", ["MSC"], {"summary": "Group 1 was the intraperitoneal route."}, ["intraperitoneal"]),
        ("Relief", [("Vaccine of MSC", "10 subcutaneous injections of the vaccine")], {}, ["subcutaneous"]),
    ],
    ids=str,
)
def test_routes(title, given, more, expected):
    assert slugs(reading(title, *given, **more), "routes") == expected


@pytest.mark.parametrize(
    ("given", "name", "value", "words"),
    [
        ("Anti-tumour CAR-T cells", "modification", "CAR", "CAR-T cells"),
        ("TCR-T cells", "modification", "TCR", "TCR-T cells"),
        ("Gene-modified MSC", "modification", "GENE_ADDED", "Gene-modified"),
        ("CRISPR-edited CD34+ cells", "modification", "GENE_EDITED", "CRISPR"),
        ("Fourth-generation CAR-T cells", "generation", "4", "Fourth-generation"),
        ("2nd generation CAR-T cells", "generation", "2", "2nd generation"),
        ("CAR-T cells made with a lentiviral vector", "vector", "lentiviral vector", "lentiviral vector"),
        ("Ex vivo expanded MSC", "expanded", "yes", "Ex vivo expanded"),
        ("Non-expanded bone marrow mononuclear cells", "expanded", "no", "Non-expanded"),
        ("Cryopreserved MSC", "preservation", "FROZEN", "Cryopreserved"),
        ("Freshly isolated bone marrow mononuclear cells", "preservation", "FRESH", "Freshly"),
        ("MSC at passage 3 to 5", "culture_passage", "at passage 3 to 5", "at passage 3 to 5"),
    ],
)
def test_making(given, name, value, words):
    (product,) = reading("Relief", given).products
    fact = getattr(product, name)
    assert (fact.value, fact.passage.text) == (value, words)


@pytest.mark.parametrize(
    ("title", "given", "expected"),
    [
        ("Relief", "CD19/CD22 CAR-T", ["cd19", "cd22"]),
        ("CD19-positive Leukemia", "BCMA CAR-T", ["bcma"]),
        ("CAR-T Targeting GD2", "CAR-T", ["gd2"]),
        ("CD19 Leukemia", "MSC", []),
        ("Relief", "CART22", ["cd22"]),
        ("Relief", "Idecabtagene vicleucel", ["bcma"]),
    ],
)
def test_targets(title, given, expected):
    assert slugs(reading(title, given), "targets") == expected
