"""Small ClinicalTrials.gov study objects for the tests, made up."""

from __future__ import annotations

import json
from typing import Any

NUMBER = "NCT09999999"


def study(derived: dict[str, Any] | None = None, top: dict[str, Any] | None = None, **modules: Any) -> bytes:
    """A study object as API v2 sends it. Modules are named without their ending: `status={"overallStatus": …}`."""
    identification = {"nctId": NUMBER, **modules.pop("identification", {})}
    protocol = {"identificationModule": identification} | {f"{name}Module": body for name, body in modules.items()}
    record: dict[str, Any] = {"protocolSection": protocol, **(top or {})}
    if derived is not None:
        record["derivedSection"] = derived
    return json.dumps(record, ensure_ascii=False).encode()
