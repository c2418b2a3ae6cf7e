"""Small readings made by hand, and a reader that gives them out by the number of the record."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trials.models import CellType, DonorRelation, Route, TissueSource
from trials.reading.facts import DoseFacts, Fact, Passage, PlanFact, ProductFacts, Reading
from trials.records import TrialRecord

NOTHING = Reading(False, "no text speaks of living cells")


def vocabulary() -> None:
    """The few terms that these readings name."""
    stem = CellType.objects.create(slug="stem", label="Stem cell")
    CellType.objects.create(slug="mesenchymal", label="Mesenchymal stromal cell", parent=stem)
    CellType.objects.create(slug="t-cell", label="T cell")
    TissueSource.objects.create(slug="bone-marrow", label="Bone marrow")
    DonorRelation.objects.create(slug="autologous", label="Autologous")
    DonorRelation.objects.create(slug="allogeneic", label="Allogeneic")
    Route.objects.create(slug="intravenous", label="Intravenous")
    Route.objects.create(slug="intramuscular", label="Intramuscular")


def at(text: str, field: str = "briefSummary", start: int = 0) -> Passage:
    return Passage(field, text, start, start + len(text))


def fact(value: str, text: str = "", **parts: Any) -> Fact:
    return Fact(value, at(text or value), **parts)


def product(name: str = "Stem cells", donor: str = "autologous", **parts: Any) -> ProductFacts:
    """Mesenchymal cells from bone marrow, with a passage for each of three attributes."""
    facts: dict[str, Any] = {
        "cell_types": (fact("mesenchymal", "mesenchymal cells"),),
        "tissues": (fact("bone-marrow", "from bone marrow"),),
        "donors": (fact(donor, f"{donor} cells"),) if donor else (),
    }
    return ProductFacts(name, at(name, "interventions[0].name"), intervention=0, **(facts | parts))


def dose(million: int = 1, **parts: Any) -> DoseFacts:
    """So many million cells per kg, three times, intravenously, to the first arm."""
    written = f"{million} x 10^6 cells/kg"
    facts: dict[str, Any] = {
        "amount_low": Decimal(million) * 10**6,
        "basis": "PER_KG",
        "as_written": written,
        "arm": 0,
        "product": 0,
        "route": fact("intravenous", "infused into a vein"),
        "administrations": fact("3", "three times"),
    }
    return DoseFacts(at(written, "armGroups[0].description"), **(facts | parts))


def plan(kind: str, text: str = "", arm: int | None = None) -> PlanFact:
    return PlanFact(kind, fact(text, text or kind.lower()), arm)


def reading(*products: ProductFacts, **parts: Any) -> Reading:
    return Reading(True, "an intervention says “stem cells”", products=products or (product(),), **parts)


class Reader:
    """Gives out a reading per record number; `NOTHING` for others. `asked` are the numbers that it was asked for."""

    def __init__(self, by_number: Mapping[str, Reading | Exception] | None = None) -> None:
        self.by_number = dict(by_number or {})
        self.asked: list[str] = []

    def __call__(self, record: TrialRecord) -> Reading:
        self.asked.append(record.number)
        found = self.by_number.get(record.number, NOTHING)
        if isinstance(found, Exception):
            raise found
        return found
