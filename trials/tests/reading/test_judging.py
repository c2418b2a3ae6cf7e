"""Is it a cell therapy? Made-up titles and interventions, one oddity each."""

import pytest

from trials.tests.reading.records import reading, slugs


@pytest.mark.parametrize(
    "case",
    [
        {"title": "MSC for Knee Pain", "given": ["Mesenchymal stem cells"]},
        {"title": "A Study of Relief", "given": ["Autologous CAR-T"]},
        {
            "title": "Expanded access to tisagenlecleucel",
            "given": ["tisagenlecleucel"],
            "study_type": "EXPANDED_ACCESS",
        },
        {"title": "Dendritic Cells Pulsed With Tumor Lysate", "given": ["DC vaccine"]},
        {"title": "MSC Enhanced With Platelet Rich Plasma", "given": ["Mesenchymal stem cells", "PRP"]},
        {
            "title": "Chemotherapy Followed by Peripheral Stem Cell Transplantation",
            "given": [("PBSC transplantation", "", "PROCEDURE")],
        },
        {"title": "Relief of Lung Injury", "given": [("ABC-12", "ABC-12 holds mesenchymal stem cells, infused once")]},
        {
            "title": "Allogeneic Transplantation of Haematopoietic Stem Cells in Multiple Sclerosis",
            "given": [("Transplant", "", "PROCEDURE")],
        },
        {"title": "NK Cell Infusion After Stem Cell Transplantation", "given": ["NK cells"]},
        {"title": "Safety After Intravenous Transplantation of Umbilical Cord MSC", "given": ["XY-1"]},
        {"title": "With or Without MSC", "given": ["Surgery with or without MSC"]},
        {"title": "CAR-T in Myeloma", "given": [], "study_type": ""},
        {"title": "Islet Transplantation in Diabetes", "given": [("Islet transplantation", "", "PROCEDURE")]},
        {"title": "XY-1 in Pleural Tumours", "given": [("XY-1 suspension", "XY-1: edited allogeneic CAR-T cells")]},
        {"title": "XY-B68 in Myeloma", "given": [("XY-B68 cells product", "", "")]},
        {"title": "XY-B69 in Myeloma", "given": [("XY-B69", "", "")], "summary": "XY-B69 is a CAR-T against BCMA."},
        {"title": "XY-2 for Itching", "given": ["XY-2 Inj."], "arms": ["XY-2 Inj. MSC 5 x 10^7 cells"]},
        {
            "title": "GD2-CAR cells",
            "given": ["GD2-CAR T cells"],
            "criteria": "Exclusion Criteria:\n- Prior CAR-T cells",
        },
    ],
    ids=lambda case: case["title"],
)
def test_given_cells_make_a_cell_therapy(case):
    given = case.pop("given")
    title = case.pop("title")
    read = reading(title, *given, **case)
    assert read.is_cell_therapy, read.why
    assert read.proof is not None
    assert read.products


@pytest.mark.parametrize(
    "case",
    [
        {"title": "MSC-derived Exosomes for Stroke", "given": ["Exosomes from mesenchymal stem cells"]},
        {"title": "XY-70", "given": [("XY-70", "", "")], "summary": "CAR-T cells are known to help. XY-70 is new."},
        {"title": "XY-71 After CAR-T", "given": [("XY-71", "", "")], "summary": "XY-71 may help CAR-T cells."},
        {"title": "CD4 Cells", "given": [("CD4 cells", "", "DIAGNOSTIC_TEST")], "study_type": "INTERVENTIONAL"},
        {"title": "Vesicles", "given": ["Exosomes derived from mesenchymal stem cells (MSC)"]},
        {"title": "A Pill", "given": [("Pill", "", "DRUG")], "arms": ["A pill for people with CAR-T cells"]},
        {"title": "Conditioned Medium", "given": ["Mesenchymal stem cell conditioned medium"]},
        {"title": "Secretome Drops", "given": ["MSC secretome"], "arms": ["Drops made by allogeneic MSC are given"]},
        {"title": "Cell-free Stem Cell-derived Extract", "given": ["Extract"]},
        {"title": "Stem Cell Factor in Anaemia", "given": ["Stem cell factor"]},
        {"title": "Granulocyte-Macrophage Colony-Stimulating Factor", "given": ["GM-CSF"]},
        {
            "title": "Keratinocyte Growth Factor for Mucositis in Patients Undergoing Stem Cell Transplantation",
            "given": [("palifermin", "", "DRUG"), ("stem cell transplantation", "", "PROCEDURE")],
        },
        {"title": "Chemotherapy in T-cell Lymphoma", "given": [("cyclophosphamide", "", "DRUG")]},
        {"title": "Interferon in Islet Cell Cancer", "given": [("interferon", "", "DRUG")]},
        {"title": "Drug X in Patients After CAR-T Therapy", "given": [("Drug X", "", "DRUG"), "CAR-T"]},
        {
            "title": "Rifaximin Post Stem Cell Transplant",
            "given": [("rifaximin", "", "DRUG"), ("Stem cell transplant", "", "PROCEDURE")],
        },
        {"title": "Exercise in Allogeneic Stem Cell Transplant Recipients", "given": [("Exercise", "", "BEHAVIORAL")]},
        {"title": "Immunization in People With CD4+ T Cells > 350", "given": [("Vaccine", "", "DRUG")]},
        {"title": "Lymphocyte Counts", "given": [("T cell count", "", "DIAGNOSTIC_TEST")]},
        {"title": "Collection of Stem Cells From Donors", "given": [("Apheresis", "", "PROCEDURE")]},
        {"title": "CAR-T in the Clinic", "given": ["CAR-T"], "study_type": "OBSERVATIONAL"},
        {
            "title": "Blood Pressure",
            "given": [("Pill", "", "DRUG")],
            "criteria": "Exclusion Criteria:\n- Prior infusion of CAR-T cells",
        },
        {"title": "Stents That Capture Cells", "given": [("Endothelial progenitor cell capture stent", "", "DEVICE")]},
        {"title": "", "given": []},
    ],
    ids=lambda case: case["title"] or "nothing",
)
def test_what_only_looks_like_it_is_none(case):
    given = case.pop("given")
    title = case.pop("title")
    read = reading(title, *given, **case)
    assert not read.is_cell_therapy, read.why
    assert read.products == ()
    assert read.why


def test_the_reason_names_the_place_and_its_words():
    read = reading("Relief", "Autologous MSC")
    assert read.why == "an intervention says “MSC”"
    assert read.proof is not None
    assert read.proof.field == "interventions[0].name"
    assert read.proof.text == "MSC"


def test_a_code_is_shown_with_its_cells():
    read = reading("Relief", "XY-B68 cells product")
    assert read.why == "an intervention says “XY-B68 cells”"
    assert slugs(read, "cell_types") == ["other"]


def test_a_refusal_proves_itself_too():
    read = reading("MSC Exosomes", "MSC exosomes")
    assert "made of cells" in read.why
    assert read.proof is not None
    assert read.proof.text == "MSC"


def test_a_title_counts_where_what_is_no_drug_is_described_by_its_cells():
    text = "After cleaning the wound, paint the mesenchymal stem cell gel on it."
    found = reading("Mesenchymal Stem Cells Treatment on Ulcers", ("Single dose", text, "OTHER"))
    assert found.is_cell_therapy
    assert not reading(
        "Mesenchymal Stem Cells Treatment on Ulcers", ("Single dose", "Paint it.", "OTHER")
    ).is_cell_therapy
