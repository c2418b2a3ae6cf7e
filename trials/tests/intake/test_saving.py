"""Records into rows: small made-up records in, tables out. One oddity each."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import Change, Lock, MatchDecision, RawRecord, Registration, Trial
from trials.registries import ctgov

pytestmark = pytest.mark.django_db

READERS = {"CTGOV": ctgov.parse}


def study(number: str = "NCT00000001", updated: str = "2024-01-01", **changes: Any) -> bytes:
    """A study of stem cells; `changes` name a module, or with `__` between them a module and its part."""
    protocol: dict[str, Any] = {
        "identificationModule": {"nctId": number, "briefTitle": f"Stem cells {number}"},
        "statusModule": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": updated}},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE1"]},
        "conditionsModule": {"conditions": ["Lupus"]},
        "armsInterventionsModule": {
            "armGroups": [{"label": "A", "type": "EXPERIMENTAL", "interventionNames": ["Biological: Stem cells"]}],
            "interventions": [{"type": "BIOLOGICAL", "name": "Stem cells", "armGroupLabels": ["A"]}],
        },
        "contactsLocationsModule": {
            "locations": [
                {"facility": "One", "city": "Milan", "country": "Italy", "status": "RECRUITING"},
                {"facility": "Two", "city": "Paris", "country": "France"},
            ]
        },
    }
    for path, value in changes.items():
        module, _, name = path.partition("__")
        if name:
            protocol.setdefault(module, {})[name] = value
        else:
            protocol[module] = value
    return json.dumps({"protocolSection": protocol}).encode()


def save(*bodies: bytes, keep_all: bool = False) -> dict[str, int]:
    result = Saver(READERS, keep_all).save([Incoming("CTGOV", body) for body in bodies])
    return {name: count for name, count in result.counts.items() if count}


def save_one_by_one(*bodies: bytes) -> None:
    for body in bodies:
        save(body)


def secondary(*identifiers: tuple[str, str]) -> list[dict[str, str]]:
    return [{"type": kind, "id": value} for kind, value in identifiers]


def old_and_new(field: str) -> tuple[Any, Any]:
    """The values of the only change of a field."""
    change = Change.objects.get(field=field)
    return change.old, change.new


def trials() -> dict[str, set[str]]:
    """Registry numbers by trial address."""
    return {
        trial.slug: set(trial.registrations.values_list("number", flat=True))
        for trial in Trial.objects.prefetch_related("registrations")
    }


def snapshot() -> list[Any]:
    """Every row of every table of the app but run logs and clock times."""
    from django.apps import apps

    found = []
    for model in apps.get_app_config("trials").get_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields]
        names = [name for name in names if name not in {"created", "updated", "received", "since"}]
        found.append((model.__name__, sorted(model._base_manager.values_list(*names), key=repr)))
    return found


def test_a_record_becomes_a_published_trial_with_its_lists():
    assert save(study()) == {"new": 1}
    trial = Trial.objects.public().get(slug="nct00000001")
    assert (trial.title, trial.status, trial.phase) == ("Stem cells NCT00000001", "RECRUITING", "PHASE1")
    assert [(arm.label, [item.name for item in arm.interventions.all()]) for arm in trial.arms.all()] == [
        ("A", ["Stem cells"])
    ]
    assert list(trial.sites.values_list("city", "country", "status")) == [
        ("Milan", "IT", "RECRUITING"),
        ("Paris", "FR", ""),
    ]
    assert [row.wording for row in trial.conditions.all()] == ["Lupus"]
    lead = trial.registrations.get()
    assert (lead.registry, lead.number, str(lead.updated), lead.is_lead) == ("CTGOV", "NCT00000001", "2024-01-01", True)
    assert RawRecord.objects.get().text == study()


def test_the_same_record_twice_changes_no_row():
    save(study())
    before = snapshot()
    assert save(study(), study()) == {"unchanged": 2}
    assert snapshot() == before


def test_a_record_without_cells_is_skipped_with_its_reason_and_kept_as_received():
    body = study(identificationModule={"nctId": "NCT00000009", "briefTitle": "Aspirin"}, armsInterventionsModule={})
    assert save(body) == {"skipped": 1}
    raw = RawRecord.objects.get()
    assert (raw.verdict, raw.text) == ("SKIPPED", body)
    assert "cells" in raw.reason
    assert save(body) == {"skipped": 1}
    assert save(body, keep_all=True) == {"new": 1}
    assert RawRecord.objects.get().verdict == "KEPT"


def test_a_bad_record_is_set_aside_and_the_others_are_kept():
    assert save(study("NCT00000001"), b'{"protocolSection": {', study("NCT00000002")) == {"new": 2, "set_aside": 1}
    raw = RawRecord.objects.get(verdict="SET_ASIDE")
    assert raw.text == b'{"protocolSection": {'
    assert raw.reason


def test_a_changed_record_changes_only_what_changed_and_keeps_row_numbers():
    save(study())
    trial = Trial.objects.get()
    sites = {site.facility: site.pk for site in trial.sites.all()}
    locations = [
        {"facility": "Two", "city": "Paris", "country": "France", "status": "COMPLETED"},
        {"facility": "Three", "city": "Rome", "country": "Italy"},
    ]
    newer = study(updated="2024-06-01", contactsLocationsModule__locations=locations)
    assert save(newer) == {"changed": 1}
    trial.refresh_from_db()
    assert [(site.facility, site.status) for site in trial.sites.all()] == [("Two", "COMPLETED"), ("Three", "")]
    assert trial.sites.get(facility="Two").pk == sites["Two"]
    assert trial.arms.count() == 1


def test_history_holds_both_values_and_both_dates():
    save(study(updated="2024-01-01"))
    save(study(updated="2024-06-01", statusModule__overallStatus="COMPLETED"))
    old, new = old_and_new("status")
    assert (old["status"], new["status"]) == ("RECRUITING", "COMPLETED")
    change = Change.objects.get(field="status")
    assert (str(change.before.updated), str(change.after.updated)) == ("2024-01-01", "2024-06-01")


def test_an_older_version_enters_the_history_in_its_place_and_changes_nothing_else():
    one = study(updated="2024-01-01", statusModule__overallStatus="NOT_YET_RECRUITING")
    two = study(updated="2024-03-01", statusModule__overallStatus="RECRUITING")
    three = study(updated="2024-06-01", statusModule__overallStatus="COMPLETED")
    save_one_by_one(one, three)
    trial = Trial.objects.values().get()
    assert save(two) == {"changed": 1}
    assert Trial.objects.values().get() == trial
    steps = Change.objects.filter(field="status").order_by("after__updated").values_list("old__status", "new__status")
    assert list(steps) == [
        ("NOT_YET_RECRUITING", "RECRUITING"),
        ("RECRUITING", "COMPLETED"),
    ]


def test_a_value_that_the_registry_takes_back_is_recorded():
    save(study(statusModule__whyStopped="No funds", statusModule__overallStatus="TERMINATED"))
    save(study(updated="2024-06-01"))
    assert Trial.objects.get().why_stopped == ""
    assert old_and_new("status")[0]["why_stopped"] == "No funds"


def test_versions_of_one_record_in_one_batch_are_taken_in_their_order():
    assert save(study(updated="2024-06-01", statusModule__overallStatus="COMPLETED"), study()) == {
        "new": 1,
        "changed": 1,
    }
    assert Trial.objects.get().status == "COMPLETED"
    assert str(Registration.objects.get().updated) == "2024-06-01"


def test_a_locked_field_and_a_locked_list_are_left_alone():
    save(study())
    trial = Trial.objects.get()
    Trial.objects.update(title="By an editor")
    trial.sites.filter(facility="One").delete()
    Lock.objects.create(trial=trial, name="title")
    Lock.objects.create(trial=trial, name="sites")
    save(study(updated="2024-06-01", identificationModule__briefTitle="Stem cells anew", statusModule__whyStopped="x"))
    trial.refresh_from_db()
    assert (trial.title, trial.why_stopped, trial.sites.count()) == ("By an editor", "x", 1)
    assert Change.objects.filter(field="title").exists()


EU = "2019-000001-11"


def linked_records() -> list[bytes]:
    """One and two name the same European number; three names none."""
    return [
        study("NCT00000001", identificationModule__secondaryIdInfos=secondary(("EUDRACT_NUMBER", EU))),
        study("NCT00000002", identificationModule__secondaryIdInfos=secondary(("EUDRACT_NUMBER", EU))),
        study("NCT00000003"),
    ]


def test_two_numbers_of_one_registry_are_never_merged_by_themselves():
    save(*linked_records())
    assert len(trials()) == 3


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_import_does_not_matter(order):
    records = linked_records()
    save_one_by_one(*(records[place] for place in order))
    assert trials() == {f"nct0000000{n}": {f"NCT0000000{n}"} for n in (1, 2, 3)}


def test_an_editor_joins_and_parts_trials_and_the_word_holds():
    save(study("NCT00000001"), study("NCT00000002"))
    MatchDecision.objects.create(first="NCT00000001", second="NCT00000002", same=True)
    save(study("NCT00000001", updated="2024-06-01"))
    assert trials() == {"nct00000001": {"NCT00000001", "NCT00000002"}}
    MatchDecision.objects.update(same=False)
    save(study("NCT00000002", updated="2024-07-01"))
    assert trials() == {"nct00000001": {"NCT00000001"}, "nct00000002": {"NCT00000002"}}
    save(study("NCT00000001", updated="2024-08-01"))
    assert len(trials()) == 2


def test_a_record_whose_stored_version_is_damaged_is_set_aside_and_the_others_of_its_batch_are_saved():
    save(study(), study("NCT00000002"))
    RawRecord.objects.filter(number="NCT00000001").update(body=b"damaged")
    partial = study(updated="2024-06-01"), study("NCT00000002", "2024-06-01")
    assert save(*partial) == {"set_aside": 1, "changed": 1}
    assert "could not be saved" in RawRecord.objects.get(verdict="SET_ASIDE").reason


def test_a_trial_that_an_editor_deleted_does_not_come_back():
    save(study(), study("NCT00000002"))
    Trial.objects.get(slug="nct00000001").delete()
    newer = study(updated="2024-06-01")
    assert save(study(), newer, study("NCT00000002", "2024-06-01")) == {"unchanged": 1, "skipped": 1, "changed": 1}
    assert save(newer) == {"skipped": 1}
    assert save(newer, keep_all=True) == {"skipped": 1}
    assert trials() == {"nct00000002": {"NCT00000002"}}
    row = RawRecord.objects.get(number="NCT00000001", updated="2024-06-01")
    assert (row.verdict, row.reason, row.text) == ("SKIPPED", "deleted by an editor", newer)
