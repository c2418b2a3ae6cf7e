"""A trial that an import brought, and later versions of its record."""

from __future__ import annotations

import json
from typing import Any

from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import Edit, Lock, Trial
from trials.registries.readers import READERS

ONE = {"facility": "One", "city": "Milan", "country": "Italy"}
TWO = {"facility": "Two", "city": "Paris", "country": "France"}
THREE = {"facility": "Three", "city": "Rome", "country": "Italy"}


def imported(updated: str = "2024-01-01", number: str = "NCT00000001", **said: Any) -> Trial:
    """Imports a version of a study of stem cells and returns its trial; `said` replaces parts of the record."""
    values = {"title": "Stem cells", "status": "RECRUITING", "sites": [ONE, TWO], "criteria": "", "arms": ["A", "B"]}
    values |= said
    study = {
        "identificationModule": {"nctId": number, "briefTitle": values["title"]},
        "statusModule": {"overallStatus": values["status"], "lastUpdatePostDateStruct": {"date": updated}},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE1"]},
        "conditionsModule": {"conditions": ["Lupus"]},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A hospital", "class": "OTHER"}},
        "eligibilityModule": {"eligibilityCriteria": values["criteria"], "minimumAge": values.get("age", "18 Years")},
        "armsInterventionsModule": {
            "armGroups": [
                {"label": label, "type": "EXPERIMENTAL", "interventionNames": ["Biological: Stem cells"]}
                for label in values["arms"]
            ],
            "interventions": [
                {"type": "BIOLOGICAL", "name": name, "armGroupLabels": values["arms"]}
                for name in values.get("interventions", ["Stem cells"])
            ],
        },
        "contactsLocationsModule": {"locations": values["sites"]},
    }
    body = json.dumps({"protocolSection": study}).encode()
    result = Saver(READERS).save([Incoming("CTGOV", body)])
    assert not result.aside, result.aside
    return Trial.objects.get(registrations__number=number)


def locks(trial: Trial) -> set[str]:
    return set(Lock.objects.filter(trial=trial).values_list("name", flat=True))


def edits(trial: Trial) -> list[tuple[str, str, Any, Any]]:
    """(name, kind, old, new) of every edit, the oldest first."""
    return list(Edit.objects.filter(trial=trial).order_by("pk").values_list("name", "kind", "old", "new"))


def cities(trial: Trial) -> list[str]:
    return list(trial.sites.values_list("city", flat=True))
