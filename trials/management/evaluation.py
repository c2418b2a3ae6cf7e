"""How readings are compared with labels made by hand: the labels' own lists of values, and the score.

A label file holds one JSON object per line: `nct_id`, `is_cell_therapy` (yes or no), `cell_types`, `source_tissue`,
`donor`, `routes`, `doses`. The score of a field is precision, recall and F1 over all (record, value) pairs of the
records that the labels call a cell therapy; a record that the reader refuses loses all its values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trials.reading.facts import ProductFacts, Reading
from trials.reading.lexicon import CELL_TYPE, DONOR, ROUTE, TISSUE, Lexicon

Json = dict[str, Any]
# What a fault in a reader raises, or one in turning what it read into the labels' form.
FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
UNKNOWN, OTHER = "unknown", "other/unknown"
FIELDS = ("cell_types", "source_tissue", "donor", "routes", "doses")

# Our terms by the labels' names; a term without a name of its own takes that of the nearest term above it.
LABELS: Mapping[str, Mapping[str, str]] = {
    CELL_TYPE: {
        "mesenchymal-stromal": "mesenchymal stromal",
        "hematopoietic-stem-progenitor": "hematopoietic stem/progenitor",
        "mononuclear": "mononuclear (bone marrow/cord blood)",
        "car-t": "CAR-T",
        "tcr-t": "TCR-T",
        "til": "TIL",
        "car-nk": "CAR-NK",
        "nk": "NK",
        "regulatory-t": "regulatory T",
        "virus-specific-t": "virus-specific T",
        "donor-lymphocytes": "donor lymphocytes",
        "t-cells": "other T",
        "dendritic": "dendritic",
        "monocyte": "macrophage",
        "macrophage": "macrophage",
        "car-macrophage": "CAR-macrophage",
        "ipsc-esc-derived": "iPSC/ESC-derived",
        "chondrocyte": "chondrocyte",
        "keratinocyte": "keratinocyte/epidermal",
        "fibroblast": "fibroblast",
        "limbal-epithelial": "limbal epithelial",
        "islet-hepatocyte": "islet/hepatocyte",
        "myoblast": "myoblast",
        "cardiac-progenitor": "cardiac progenitor",
        "neural-stem": "neural stem",
        "endothelial-progenitor": "endothelial progenitor",
        "fat-graft-svf": "fat graft/SVF",
    },
    TISSUE: {
        "bone-marrow": "bone marrow",
        "adipose": "adipose",
        "umbilical-cord": "umbilical cord/Wharton's jelly",
        "cord-blood": "cord blood",
        "placenta-amnion": "placenta/amnion",
        "peripheral-blood": "peripheral blood",
        "dental-pulp": "dental pulp",
        "skin": "skin",
        "cartilage": "cartilage",
        "ipsc-esc-line": "iPSC/ESC line",
    },
    ROUTE: {
        "intravenous": "IV",
        "intra-arterial": "intra-arterial",
        "intracoronary": "intracoronary",
        "intramyocardial": "intramyocardial",
        "intrathecal": "intrathecal",
        "intra-articular": "intra-articular",
        "intramuscular": "intramuscular",
        "subcutaneous": "subcutaneous/local",
        "submucosal": "subcutaneous/local",
        "local-injection": "subcutaneous/local",
        "periocular": "subcutaneous/local",
        "topical": "topical",
        "intravitreal": "intravitreal",
        "intracerebral": "intracerebral",
        "intraventricular": "intracerebral",
        "intralesional": "intralesional",
        "intraspinal": "intralesional",
    },
    DONOR: {"autologous": "autologous", "allogeneic": "allogeneic"},
}
# A subset of T cells that carries a receptor is labelled by the receptor alone.
_RECEPTORS = ("car-t", "tcr-t")
_SUBSETS = ("memory-t", "gamma-delta-t", "nkt")


def label(vocabulary: str, slug: str, lexicon: Lexicon) -> str:
    """The labels' name for a term, or empty."""
    names = LABELS[vocabulary]
    return next((names[one] for one in (slug, *lexicon.ancestors(vocabulary, slug)) if one in names), "")


def prediction(number: str, reading: Reading, lexicon: Lexicon) -> Json:
    """A reading in the labels' form."""
    given = reading.is_cell_therapy
    return {
        "nct_id": number,
        "is_cell_therapy": "yes" if given else "no",
        "cell_types": _cell_types(reading, lexicon) if given else [],
        "source_tissue": _labels(TISSUE, reading.products, "tissues", lexicon) if given else [],
        "donor": _donor(reading, lexicon) if given else None,
        "routes": _labels(ROUTE, reading.products, "routes", lexicon) if given else [],
        "doses": _doses(reading),
    }


def _labels(vocabulary: str, products: Iterable[ProductFacts], name: str, lexicon: Lexicon) -> list[str]:
    """The labels of an attribute over all products; `other/unknown` for what has none, and where nothing is stated."""
    slugs = [fact.value for product in products for fact in getattr(product, name)]
    found = dict.fromkeys(label(vocabulary, slug, lexicon) or OTHER for slug in slugs)
    return list(found) or [OTHER]


def _cell_types(reading: Reading, lexicon: Lexicon) -> list[str]:
    found: dict[str, None] = {}
    for product in reading.products:
        slugs = [fact.value for fact in product.cell_types]
        if any(slug in _RECEPTORS for slug in slugs):
            slugs = [slug for slug in slugs if slug not in _SUBSETS]
        found |= dict.fromkeys(label(CELL_TYPE, slug, lexicon) or "other" for slug in slugs)
    return list(found)


def _donor(reading: Reading, lexicon: Lexicon) -> str:
    found = {label(DONOR, fact.value, lexicon) for product in reading.products for fact in product.donors} - {""}
    return UNKNOWN if not found else "both" if len(found) > 1 else found.pop()


def _doses(reading: Reading) -> list[Json]:
    units = {"FLAT": "cells", "PER_KG": "cells/kg", "PER_M2": "cells/m2", "PER_CM2": "cells/cm2"}
    found = []
    for dose in reading.doses:
        if dose.amount_low is None:
            continue
        value: Json = {"value": float(dose.amount_low), "unit": units.get(dose.basis, "cells")}
        if dose.amount_high is not None and dose.amount_high != dose.amount_low:
            value["value_max"] = float(dose.amount_high)
        found.append({**value, "label": dose.label, "as_written": dose.as_written})
    return found


@dataclass
class Score:
    """Right, wrong and missing values of a field, with each miss in words."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0

    @property
    def f1(self) -> float:
        both = 2 * self.right + self.wrong + self.missing
        return 2 * self.right / both if both else 1.0


def score(labels: Iterable[Json], predictions: Mapping[str, Json]) -> dict[str, Score]:
    """The score of each field; a label without a prediction counts as refused."""
    scores = {name: Score() for name in ("is_cell_therapy", *FIELDS)}
    for wanted in labels:
        read = predictions.get(wanted["nct_id"], {"is_cell_therapy": "no"})
        _count_verdict(scores["is_cell_therapy"], wanted, read)
        if wanted["is_cell_therapy"] == "yes":
            for name in FIELDS:
                _count(scores[name], wanted, read, name)
    return scores


def _count_verdict(one: Score, wanted: Json, read: Json) -> None:
    is_one, said = wanted["is_cell_therapy"] == "yes", read["is_cell_therapy"] == "yes"
    one.right += is_one and said
    one.wrong += said and not is_one
    one.missing += is_one and not said
    if is_one != said:
        one.misses.append(f"{wanted['nct_id']}: {'refused' if is_one else 'taken for one'}{_doubt(wanted)}")


def _count(one: Score, wanted: Json, read: Json, name: str) -> None:
    mine, theirs = _values(wanted, name), _values(read, name)
    missing, wrong = _unmatched(mine, theirs)
    one.right += len(mine) - len(missing)
    one.missing += len(missing)
    one.wrong += len(wrong)
    if missing or wrong:
        parts = [*(f"missed {value}" for value in missing), *(f"wrongly {value}" for value in wrong)]
        one.misses.append(f"{wanted['nct_id']}: {', '.join(parts)}{_doubt(wanted)}")


def _doubt(wanted: Json) -> str:
    return " (label in doubt)" if wanted.get("doubt") else ""


def _values(record: Json, name: str) -> list[Any]:
    if record["is_cell_therapy"] != "yes":
        return []
    if name == "donor":
        return [record["donor"] or UNKNOWN]
    if name == "doses":
        return [(dose["value"], dose.get("value_max"), dose["unit"]) for dose in record.get("doses", ())]
    return list(dict.fromkeys(record.get(name, ())))


def _unmatched(mine: list[Any], theirs: list[Any]) -> tuple[list[Any], list[Any]]:
    """What is left of both lists when equal values are paired off."""
    left, missing = list(theirs), []
    for value in mine:
        twin = next((other for other in left if _same(value, other)), None)
        if twin is None:
            missing.append(value)
        else:
            left.remove(twin)
    return missing, left


def _same(one: Any, other: Any) -> bool:
    if not isinstance(one, tuple):
        return bool(one == other)
    return one[2] == other[2] and _close(one[0], other[0]) and _close(one[1], other[1])


def _close(one: float | None, other: float | None) -> bool:
    """Equal within one in a hundred, as the labels' rule has it."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 0.01 * max(abs(one), abs(other))
