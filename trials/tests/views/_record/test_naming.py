"""What products are called: two of one name are told apart, and no name promises one amount for every step."""

import pytest

from trials.models import CellType, TissueSource
from trials.tests.views._record.making import document, open_page, published, term
from trials.views._record.naming import product_names

pytestmark = pytest.mark.django_db


def made(trial, name, *cells, tissue=""):
    product = trial.products.create(order=trial.products.count() + 1, name=name)
    product.cell_types.set([term(CellType, slug) for slug in cells])
    product.tissues.set([term(TissueSource, tissue)] if tissue else [])
    return product


def test_a_name_of_its_own_stays():
    trial = published()
    made(trial, "Cells A", "dendritic")
    made(trial, "Cells B", "dendritic")
    assert list(product_names(trial.products.all()).values()) == ["Cells A", "Cells B"]


def test_two_products_of_one_treatment_are_called_by_their_cells():
    trial = published()
    made(trial, "MNC and MSC", "mononuclear")
    made(trial, "mnc and msc", "mesenchymal-stromal")
    names = list(product_names(trial.products.all()).values())
    assert names == ["Mononuclear", "Mesenchymal stromal"]


def test_the_same_cells_are_told_apart_by_tissue_or_else_by_number():
    trial = published()
    made(trial, "MSC", "mesenchymal-stromal", tissue="bone-marrow")
    made(trial, "MSC", "mesenchymal-stromal", tissue="adipose")
    made(trial, "Graft", "dendritic")
    made(trial, "Graft", "dendritic")
    assert list(product_names(trial.products.all()).values()) == [
        "Mesenchymal stromal from bone marrow",
        "Mesenchymal stromal from adipose",
        "Dendritic (3)",
        "Dendritic (4)",
    ]


@pytest.mark.parametrize(
    "name", ["1 x 10^6 MSCs", "MSC 5×10⁶/kg", "50 million MSCs", "CAR T (5 x 10\\^5 cells/kg)", "2x10e6 MSC"]
)
def test_a_name_that_states_an_amount_is_not_the_product_s(name):
    trial = published()
    made(trial, name, "mesenchymal-stromal")
    assert list(product_names(trial.products.all()).values()) == ["Mesenchymal stromal"]


@pytest.mark.parametrize("name", ["CART22 cells", "KT095", "MT-10 cells", "CD10 cells", "Interleukin 10 and DC"])
def test_figures_of_a_name_are_no_amount(name):
    trial = published()
    made(trial, name, "mesenchymal-stromal")
    assert list(product_names(trial.products.all()).values()) == [name]


def test_cells_that_only_a_title_names_are_not_said_to_be_listed_as_another_treatment():
    trial = published()
    lead = document(trial, "Record 1", publisher="Registry")
    listed = trial.interventions.create(order=1, name="Dendritic vaccine", type="BIOLOGICAL")
    for slug, field in (("dendritic", "interventions[0].name"), ("t-cells", "briefTitle")):
        product = made(trial, "Dendritic vaccine", slug)
        product.intervention, product.source_field, product.registration = listed, field, lead
        product.save()
    text = open_page(trial).section("product")
    assert text.count("listed as Biological: Dendritic vaccine") == 1
    assert text.index("Dendritic Evidence") < text.index("listed as") < text.index("T cells Evidence")
