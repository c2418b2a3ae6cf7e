"""How readings are scored against labels."""

from decimal import Decimal

import pytest

from trials.intake.lexicon import shipped_lexicon
from trials.management.evaluation import label, prediction, score
from trials.reading.facts import DoseFacts, Fact, Passage, ProductFacts, Reading
from trials.reading.lexicon import CELL_TYPE, ROUTE, TISSUE

HERE = Passage("briefTitle", "x", 0, 1)


def facts(*slugs):
    return tuple(Fact(slug, HERE) for slug in slugs)


def read(*products, doses=()):
    return Reading(True, "why", HERE, products, doses)


def product(**values):
    return ProductFacts("x", HERE, **{name: facts(*slugs) for name, slugs in values.items()})


@pytest.mark.parametrize(
    ("vocabulary", "slug", "expected"),
    [
        (CELL_TYPE, "car-t", "CAR-T"),
        (CELL_TYPE, "cytokine-induced-killer", "other T"),
        (CELL_TYPE, "pancreatic-islet", "islet/hepatocyte"),
        (CELL_TYPE, "melanocyte", ""),
        (TISSUE, "placenta", "placenta/amnion"),
        (TISSUE, "pancreas", ""),
        (ROUTE, "intratumoral", "intralesional"),
        (ROUTE, "intradermal", ""),
    ],
)
def test_a_term_without_a_label_takes_that_of_the_nearest_above(vocabulary, slug, expected):
    assert label(vocabulary, slug, shipped_lexicon()) == expected


def test_what_is_not_stated_is_a_value():
    assert prediction("N1", read(product(cell_types=["melanocyte"])), shipped_lexicon()) == {
        "nct_id": "N1",
        "is_cell_therapy": "yes",
        "cell_types": ["other"],
        "source_tissue": ["other/unknown"],
        "donor": "unknown",
        "routes": ["other/unknown"],
        "doses": [],
    }


def test_two_donors_are_both():
    reading = read(product(donors=["autologous"]), product(donors=["haploidentical"]))
    assert prediction("N1", reading, shipped_lexicon())["donor"] == "both"


def test_a_subset_that_carries_a_receptor_is_labelled_by_the_receptor():
    reading = read(product(cell_types=["car-t", "memory-t"]), product(cell_types=["gamma-delta-t"]))
    assert prediction("N1", reading, shipped_lexicon())["cell_types"] == ["CAR-T", "other T"]


def test_a_refused_record_has_no_values():
    assert prediction("N1", Reading(False, "why"), shipped_lexicon())["donor"] is None


def test_a_dose_has_the_labels_form():
    dose = DoseFacts(HERE, Decimal("1E6"), Decimal("2E6"), "PER_KG", "1-2 x 10^6/kg", label="A")
    unstated = DoseFacts(HERE)
    assert prediction("N1", read(product(), doses=(dose, unstated)), shipped_lexicon())["doses"] == [
        {"value": 1e6, "unit": "cells/kg", "value_max": 2e6, "label": "A", "as_written": "1-2 x 10^6/kg"}
    ]


LABEL = {
    "nct_id": "N1",
    "is_cell_therapy": "yes",
    "doubt": True,
    "cell_types": ["NK", "CAR-NK"],
    "source_tissue": ["skin"],
    "donor": "unknown",
    "routes": ["IV"],
    "doses": [{"value": 1e6, "unit": "cells"}, {"value": 1e6, "unit": "cells"}],
}


def test_each_value_counts_once_as_right_wrong_or_missing():
    said = LABEL | {"cell_types": ["NK", "other"], "doses": [{"value": 1.005e6, "unit": "cells"}]}
    scores = score([LABEL], {"N1": said})
    one = scores["cell_types"]
    assert (one.right, one.wrong, one.missing, one.f1) == (1, 1, 1, 0.5)
    assert one.misses == ["N1: missed CAR-NK, wrongly other (label in doubt)"]
    assert (scores["doses"].right, scores["doses"].missing) == (1, 1)
    assert scores["donor"].f1 == 1


@pytest.mark.parametrize("said", [{}, {"N1": {"is_cell_therapy": "no"}}], ids=["absent", "refused"])
def test_a_record_wrongly_refused_loses_all_its_values(said):
    scores = score([LABEL], said)
    assert scores["is_cell_therapy"].recall == 0
    assert scores["cell_types"].missing == 2
    assert scores["donor"].missing == 1


def test_a_record_wrongly_taken_adds_no_wrong_values():
    scores = score([{"nct_id": "N2", "is_cell_therapy": "no"}], {"N2": LABEL})
    assert scores["is_cell_therapy"].precision == 0
    assert scores["cell_types"].wrong == 0


@pytest.mark.parametrize(
    ("mine", "theirs", "right"),
    [
        ({"value": 1e6, "unit": "cells"}, {"value": 1.02e6, "unit": "cells"}, 0),
        ({"value": 1e6, "unit": "cells"}, {"value": 1e6, "unit": "cells/kg"}, 0),
        ({"value": 1e6, "unit": "cells", "value_max": 2e6}, {"value": 1e6, "unit": "cells"}, 0),
        ({"value": 1e6, "unit": "cells", "value_max": 2e6}, {"value": 1e6, "unit": "cells", "value_max": 2e6}, 1),
    ],
)
def test_doses_are_equal_within_one_in_a_hundred_and_per_the_same(mine, theirs, right):
    assert score([LABEL | {"doses": [mine]}], {"N1": LABEL | {"doses": [theirs]}})["doses"].right == right
