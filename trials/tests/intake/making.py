"""Small made-up registry records, and files of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trials.intake.sources import Fault, Meter, find, read


def study(number: int = 1, title: str = "Stem cells", updated: str = "2024-01-01", **protocol: Any) -> dict[str, Any]:
    """A ClinicalTrials.gov study of stem cells, NCT and `number` in eight digits; further modules by keyword."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": title},
            "statusModule": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": updated}},
            "designModule": {"studyType": "INTERVENTIONAL"},
            **protocol,
        }
    }


def compact(*records: Any) -> list[bytes]:
    """Each record as JSON without white space."""
    return [json.dumps(record, separators=(",", ":")).encode() for record in records]


def lines(*records: Any) -> bytes:
    """Records as NDJSON."""
    return b"".join(line + b"\n" for line in compact(*records))


def pieces(path: Path, registry: str = "CTGOV") -> list[Any]:
    """What a file or folder holds: a record as its JSON, a fault as (place below the folder, reason)."""
    folder = path if path.is_dir() else path.parent
    found: list[Any] = []
    for piece in read(find([path]).paths, registry, Meter()):
        if isinstance(piece, Fault):
            found.append((piece.place.removeprefix(f"{folder}/"), piece.reason))
        else:
            found.append(json.loads(piece.body))
    return found
