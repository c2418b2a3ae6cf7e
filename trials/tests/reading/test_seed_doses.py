"""The steps of the five seed trials, read from texts of the same phrasing, beside those that the fixture holds."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trials.tests.reading.records import reading

FIXTURE = Path(__file__).parents[3] / "fixtures" / "seed_trials.json"

SEEDS: dict[str, tuple[str, list[Any], dict[str, Any]]] = {
    "nct04034316": (
        "Fewer Drugs for Children Through Cells",
        ["Cord-blood mesenchymal stromal cells"],
        {
            "summary": "Children get allogeneic cord-blood MSC at a dose of 1.5x10^6/kg on days 0, 14, 21.",
            "arms": [
                (
                    "MSC",
                    "EXPERIMENTAL",
                    "",
                    "In part one, 11 children get 3 intravenous infusions of CB-MSCs at the dosage of 1.5 x 10^6/kg at "
                    "a time interval of 1 to 2 weeks.\n\nOnly if P ≥ 0.600 is rejected, 11 more children get 3 "
                    "intravenous infusions of CB-MSCs at the dosage of 2x10^6/kg at a time interval of 1 to 2 weeks.",
                    (0,),
                )
            ],
        },
    ),
    "nct01663116": (
        "",
        [],
        {
            "detail": "Safety of the intravenous administration of allogeneic adipose-derived mesenchymal stem cells. "
            "Groups are: a) first cohort: 1 million cells/kg on days 1, 8 and 15; b) second cohort: 2 million cells / "
            "kg on days 1, 8 and 15; c) third cohort: 4 million cells / kg on days 1, 8 and 15.",
        },
    ),
    "nct06087341": (
        "",
        [],
        {
            "summary": "A trial of systemic donor-derived NKG2D-CAR memory T cell infusions (Arm A), and of dual "
            "treatment with systemic and local donor-derived NKG2D-CAR memory T cell infusions (Arm B).",
        },
    ),
    "nct04849065": (
        "Injection of Autologous Bone Marrow Cells Into Muscle",
        ["MNC (Mononuclear cells)", ("Saline", "", "DRUG")],
        {
            "arms": [
                (
                    "MNC",
                    "EXPERIMENTAL",
                    "",
                    "Intramuscular injection of mononuclear cells; the other side of the body gets saline.",
                    (0, 1),
                )
            ]
        },
    ),
    "2023-508432-53-00": (
        "Subcutaneous Injections of Autologous Cultured Adipose-derived Stroma/Stem Cells in Scleroderma",
        ["Cultured adipose-derived stroma/stem cells"],
        {},
    ),
}


def read_seed(slug):
    title, given, texts = SEEDS[slug]
    return reading(title, *given, **texts)


def stored(slug):
    rows = [row["fields"] for row in json.loads(FIXTURE.read_text("utf-8")) if row["model"] == "trials.dose"]
    return [
        (
            Decimal(row["amount_low"]) if "amount_low" in row else None,
            row.get("basis", ""),
            row["route"][0],
            row.get("administrations"),
            tuple(row.get("days", ())),
            (row.get("interval_low"), row.get("interval_high"), row.get("interval_unit", "")),
            row.get("is_conditional", False),
        )
        for row in rows
        if row["trial"] == [slug]
    ]


@pytest.mark.parametrize("slug", SEEDS)
def test_the_steps_read_are_those_of_the_fixture(slug):
    found = [
        (
            step.amount_low,
            step.basis,
            step.route.value if step.route else None,
            int(step.administrations.value) if step.administrations else None,
            step.days,
            (step.interval_low, step.interval_high, step.interval_unit),
            step.is_conditional,
        )
        for step in read_seed(slug).doses
    ]
    assert found == stored(slug)


def test_arms_a_and_b_are_told_by_the_prose():
    read = read_seed("nct06087341")
    assert [arm.label for arm in read.arms] == ["Arm A", "Arm B"]
    assert [step.label for step in read.doses] == ["Arm A", "Arm B", "Arm B"]


def test_each_patient_is_also_the_control():
    assert "WITHIN_PATIENT" in {fact.kind for fact in read_seed("nct04849065").plan}
