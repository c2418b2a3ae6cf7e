"""Made-up ClinicalTrials.gov study objects (API v2), in the shape and size of real ones, to measure with.

Every study is drawn from its number alone, so that the same number gives the same study on every machine. Conditions,
their MeSH codes, cities and coordinates are real; everything else is put together from short lists of words and says
that it is made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

Json = dict[str, Any]

_CELLS = (
    "mesenchymal stromal cells", "bone marrow mononuclear cells", "CAR-T cells", "natural killer cells",
    "dendritic cells", "regulatory T cells", "cultured chondrocytes", "pancreatic islet cells",
)  # fmt: skip
_DONORS = ("autologous", "allogeneic", "")
# Words for it, the MeSH descriptor, the branches above it.
_CONDITIONS = (
    ("Knee Osteoarthritis", "D020370", "Osteoarthritis, Knee", ("Musculoskeletal Diseases",)),
    ("Crohn's Disease", "D003424", "Crohn Disease", ("Digestive System Diseases",)),
    ("Spinal Cord Injury", "D013119", "Spinal Cord Injuries", ("Wounds and Injuries", "Nervous System Diseases")),
    ("Type 1 Diabetes", "D003922", "Diabetes Mellitus, Type 1", ("Endocrine System Diseases",)),
    ("Stroke", "D020521", "Stroke", ("Nervous System Diseases", "Cardiovascular Diseases")),
    ("Heart Failure", "D006333", "Heart Failure", ("Cardiovascular Diseases",)),
    ("GVHD", "D006086", "Graft vs Host Disease", ("Immune System Diseases",)),
    ("Leukemia", "D007938", "Leukemia", ("Neoplasms",)),
    ("Pulmonary Fibrosis", "D011658", "Pulmonary Fibrosis", ("Respiratory Tract Diseases",)),
    ("Liver Cirrhosis", "D008103", "Liver Cirrhosis", ("Digestive System Diseases",)),
)
_CITIES = (
    ("Madrid", "Spain", 40.4165, -3.70256), ("Barcelona", "Spain", 41.38879, 2.15899),
    ("Paris", "France", 48.85341, 2.3488), ("Berlin", "Germany", 52.52437, 13.41053),
    ("Leuven", "Belgium", 50.87959, 4.70093), ("Rome", "Italy", 41.89193, 12.51133),
    ("Boston", "United States", 42.35843, -71.05977), ("Houston", "United States", 29.76328, -95.36327),
    ("Seattle", "United States", 47.60621, -122.33207), ("Seoul", "South Korea", 37.566, 126.9784),
    ("Shanghai", "China", 31.22222, 121.45806), ("Tokyo", "Japan", 35.6895, 139.69171),
    ("São Paulo", "Brazil", -23.5475, -46.63611), ("Tehran", "Iran", 35.69439, 51.42151),
)  # fmt: skip
_STATUSES = (
    "RECRUITING", "COMPLETED", "COMPLETED", "COMPLETED", "ACTIVE_NOT_RECRUITING", "NOT_YET_RECRUITING", "TERMINATED",
    "WITHDRAWN", "UNKNOWN",
)  # fmt: skip
_PHASES = (["PHASE1"], ["PHASE1", "PHASE2"], ["PHASE2"], ["PHASE2"], ["PHASE3"], ["EARLY_PHASE1"], ["NA"])
_DESIGNS = (
    ("NA", "SINGLE_GROUP", "NONE"), ("RANDOMIZED", "PARALLEL", "DOUBLE"), ("NON_RANDOMIZED", "PARALLEL", "NONE"),
)  # fmt: skip
_KINDS = ("University", "Hospital", "Institute", "Foundation", "Company")
# Short and neutral, so that a sentence of them reads as what it is: filling.
_FILLING = (
    "lorem", "made", "placeholder", "sample", "filler", "invented", "word", "text", "sentence", "phrase",
    "paragraph", "figure", "value", "measure", "week", "month", "visit", "score", "scale", "group", "part", "item",
    "line", "note", "step", "test", "point", "level", "rate", "range",
)  # fmt: skip
_SCORES = ("pain", "function", "strength", "quality of life", "survival", "relapse", "wound area", "oxygen")
_TIMES = ("4 weeks", "3 months", "6 months", "12 months", "24 months")


def number_of(place: int) -> str:
    """The number of the study in this place, from 1: an NCT number from the end of the range, which nobody has yet."""
    return f"NCT{90_000_000 + place}"


def lines(count: int, version: int = 1) -> Iterator[bytes]:
    """So many studies as NDJSON, a line each."""
    for place in range(1, count + 1):
        yield json.dumps(study(place, version), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def study(place: int, version: int = 1) -> Json:
    """The study in this place, from 1. In each later version some ten of its values and rows have changed."""
    draw = Random(place)  # noqa: S311
    cells, donor = draw.choice(_CELLS), draw.choice(_DONORS)
    topics = draw.sample(_CONDITIONS, draw.choice((1, 1, 2)))
    given = f"{donor} {cells}".strip().capitalize()
    protocol = {
        "identificationModule": _identification(draw, place, given, topics[0][0]),
        "statusModule": _status(draw),
        "sponsorCollaboratorsModule": _sponsors(draw),
        "oversightModule": {"oversightHasDmc": draw.random() < 0.5, "isFdaRegulatedDrug": draw.random() < 0.4},
        "descriptionModule": {"briefSummary": _text(draw, 90), "detailedDescription": _text(draw, 320)},
        "conditionsModule": {"conditions": [row[0] for row in topics], "keywords": [cells, "made-up", topics[0][0]]},
        "designModule": _design(draw),
        "armsInterventionsModule": _treatments(draw, given),
        "outcomesModule": _outcomes(draw),
        "eligibilityModule": _eligibility(draw),
        "contactsLocationsModule": _places(draw),
        "referencesModule": {"references": [{"type": "BACKGROUND", "citation": _text(draw, 25)} for _ in range(3)]},
        "ipdSharingStatementModule": {"ipdSharing": draw.choice(("YES", "NO", "UNDECIDED"))},
    }
    if version > 1:
        _change(protocol, Random(f"{place} {version}"), version)  # noqa: S311
    meshes = [{"id": row[1], "term": row[2]} for row in topics]
    branches = [{"id": "", "term": term} for term in dict.fromkeys(term for row in topics for term in row[3])]
    derived = {
        "miscInfoModule": {"versionHolder": f"2026-{version:02}-28"},
        "conditionBrowseModule": {"meshes": meshes, "ancestors": branches},
    }
    return {"protocolSection": protocol, "derivedSection": derived, "hasResults": False}


def _identification(draw: Random, place: int, given: str, condition: str) -> Json:
    return {
        "nctId": number_of(place),
        "orgStudyIdInfo": {"id": f"MADE-{place}"},
        "secondaryIdInfos": [{"id": f"MADE-GRANT-{draw.randrange(1000)}", "type": "OTHER_GRANT"}],
        "briefTitle": f"{given} for {condition}: Made-up Study {place}",
        "officialTitle": f"Made-up Study {place} of {given} in {condition}: {_words(draw, 12)}",
    }


def _status(draw: Random) -> Json:
    start, lasts = draw.randrange(2005, 2025), draw.randrange(1, 5)
    status = draw.choice(_STATUSES)
    return {
        "statusVerifiedDate": "2025-06",
        "overallStatus": status,
        **({"lastKnownStatus": "RECRUITING"} if status == "UNKNOWN" else {}),
        **({"whyStopped": _text(draw, 8)} if status in ("TERMINATED", "WITHDRAWN") else {}),
        "startDateStruct": {"date": f"{start}-{draw.randrange(1, 13):02}-15", "type": "ACTUAL"},
        "primaryCompletionDateStruct": {"date": f"{start + lasts}-06", "type": "ESTIMATED"},
        "completionDateStruct": {"date": f"{start + lasts}-12", "type": "ESTIMATED"},
        "studyFirstPostDateStruct": {"date": f"{start}-01-10", "type": "ACTUAL"},
        "lastUpdatePostDateStruct": {"date": "2025-07-01", "type": "ACTUAL"},
    }


def _organisation(draw: Random) -> Json:
    kind = draw.choice(_KINDS)
    return {
        "name": f"Made-up {kind} {int(draw.paretovariate(0.8)) % 2000}",
        "class": "INDUSTRY" if kind == "Company" else "OTHER",
    }


def _sponsors(draw: Random) -> Json:
    others = [_organisation(draw) for _ in range(draw.choice((0, 0, 1, 2)))]
    return {"leadSponsor": _organisation(draw), "collaborators": others}


def _design(draw: Random) -> Json:
    allocation, model, masking = draw.choice(_DESIGNS)
    return {
        "studyType": "INTERVENTIONAL",
        "phases": draw.choice(_PHASES),
        "designInfo": {
            "allocation": allocation,
            "interventionModel": model,
            "primaryPurpose": "TREATMENT",
            "maskingInfo": {"masking": masking, **({"whoMasked": ["PARTICIPANT"]} if masking == "DOUBLE" else {})},
        },
        "enrollmentInfo": {"count": draw.choice((8, 12, 20, 30, 45, 60, 120, 300)), "type": "ESTIMATED"},
    }


def _treatments(draw: Random, given: str) -> Json:
    names = [("BIOLOGICAL", given), ("DRUG", "Placebo"), ("PROCEDURE", "Sham procedure")][: draw.choice((2, 2, 3))]
    arms = [(f"Group {letter}", names[: place + 1]) for place, letter in enumerate("ABC"[: draw.choice((2, 2, 3))])]
    dose = f"{draw.choice((1, 2, 5, 10))} x 10^6 cells/kg, {draw.choice(('intravenous', 'intra-articular'))}"
    return {
        "armGroups": [
            {
                "label": label,
                "type": "EXPERIMENTAL",
                "description": f"{dose}. {_text(draw, 20)}",
                "interventionNames": [f"{kind.capitalize()}: {name}" for kind, name in parts],
            }
            for label, parts in arms
        ],
        "interventions": [
            {
                "type": kind,
                "name": name,
                "description": _text(draw, 25),
                "armGroupLabels": [label for label, parts in arms if (kind, name) in parts],
            }
            for kind, name in names
        ],
    }


def _outcomes(draw: Random) -> Json:
    def rows(count: int) -> list[Json]:
        return [
            {
                "measure": f"Change of {draw.choice(_SCORES)}, {_words(draw, 4)}",
                "description": _text(draw, 25),
                "timeFrame": draw.choice(_TIMES),
            }
            for _ in range(count)
        ]

    return {"primaryOutcomes": rows(draw.choice((1, 2))), "secondaryOutcomes": rows(draw.randrange(4, 15))}


def _eligibility(draw: Random) -> Json:
    inside, outside = (["* " + _text(draw, 16) for _ in range(draw.randrange(5, 13))] for _ in range(2))
    return {
        "eligibilityCriteria": "\n".join(["Inclusion Criteria:", "", *inside, "", "Exclusion Criteria:", "", *outside]),
        "healthyVolunteers": False,
        "sex": draw.choice(("ALL", "ALL", "ALL", "FEMALE", "MALE")),
        "minimumAge": draw.choice(("18 Years", "18 Years", "2 Years", "6 Months")),
        **({"maximumAge": draw.choice(("65 Years", "75 Years"))} if draw.random() < 0.7 else {}),
    }


def _site(draw: Random) -> Json:
    city, country, latitude, longitude = draw.choice(_CITIES)
    return {
        "facility": f"Made-up Hospital {draw.randrange(3000)}",
        "city": city,
        "zip": f"{draw.randrange(10_000, 99_999)}",
        "country": country,
        "status": "RECRUITING",
        "geoPoint": {"lat": latitude, "lon": longitude},
    }


def _places(draw: Random) -> Json:
    official = {"name": "Made-up Person", "affiliation": "Made-up University", "role": "PRINCIPAL_INVESTIGATOR"}
    contact = {"name": "Made-up Contact", "role": "CONTACT", "phone": "000-0000", "email": "nobody@example.org"}
    sites = [_site(draw) for _ in range(draw.choice((1, 1, 2, 4, 6, 10, 18, 30)))]
    return {"centralContacts": [contact], "overallOfficials": [official], "locations": sites}


def _change(protocol: Json, draw: Random, version: int) -> None:
    """What registries' records change most: dates, status, enrolment, an outcome, sites that come and close."""
    status, design = protocol["statusModule"], protocol["designModule"]
    status["overallStatus"] = draw.choice(("RECRUITING", "COMPLETED", "SUSPENDED"))
    status["statusVerifiedDate"] = f"2025-{5 + version:02}"
    status["lastUpdatePostDateStruct"]["date"] = f"2025-{6 + version:02}-02"
    status["completionDateStruct"]["date"] = f"{2026 + version}-12"
    design["enrollmentInfo"]["count"] += version
    protocol["descriptionModule"]["briefSummary"] += f" Version {version}."
    protocol["outcomesModule"]["primaryOutcomes"][0]["description"] = _text(draw, 25)
    places = protocol["contactsLocationsModule"]["locations"]
    places[0]["status"] = "COMPLETED"
    places.append(_site(draw))


def _words(draw: Random, count: int) -> str:
    return " ".join(draw.choices(_FILLING, k=count))


def _text(draw: Random, count: int) -> str:
    return f"{_words(draw, count).capitalize()}."
