"""Records of known trials in one batch: what comes of it is what comes of them one by one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials.intake.digest import catalogue_digest
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import Change, Claim, Lock, RawRecord, Registration, Trial
from trials.records import TrialRecord
from trials.registries import ctgov, ictrp
from trials.tests.intake.test_saving import old_and_new, secondary, study, trials

pytestmark = pytest.mark.django_db

READERS = {"CTGOV": ctgov.parse, "ICTRP": ictrp.parse}


def save(*bodies: bytes, readers: Any = READERS) -> dict[str, int]:
    result = Saver(readers, keep_all=True).save([Incoming("CTGOV", body) for body in bodies])
    return {name: count for name, count in result.counts.items() if count}


def numbers(count: int) -> list[str]:
    return [f"NCT{number:08}" for number in range(1, count + 1)]


def changed(number: str) -> bytes:
    """A later version in which single values, rows of lists and claims differ."""
    place = int(number[-1])
    return study(
        number,
        updated="2024-06-01",
        statusModule__overallStatus="COMPLETED" if place % 2 else "RECRUITING",
        conditionsModule={"conditions": ["Lupus", f"Stroke {place}"]},
        designModule__enrollmentInfo={"count": place},
        identificationModule__secondaryIdInfos=secondary(("EUDRACT_NUMBER", f"2019-00000{place}-11")),
        sponsorCollaboratorsModule={"leadSponsor": {"name": f"Hospital {place % 2}", "class": "OTHER"}},
        contactsLocationsModule__locations=[{"facility": "Two", "city": "Paris", "country": "France"}] * place,
    )


def test_a_batch_of_changed_records_gives_what_they_give_one_by_one():
    first, second, older = (
        [study(number) for number in numbers(4)],
        [changed(number) for number in numbers(4)],
        [study(number, updated="2023-01-01", statusModule__whyStopped="Early") for number in numbers(4)],
    )
    save(*first)
    save(*older, *second)
    at_once = catalogue_digest()
    Trial.objects.all().delete()
    RawRecord.objects.all().delete()
    for body in (*first, *older, *second):
        save(body)
    assert catalogue_digest() == at_once
    assert RawRecord.objects.count() == 12


def test_locks_of_some_trials_of_a_batch_are_obeyed_and_the_others_follow_their_records():
    save(*(study(number) for number in numbers(3)))
    second = Trial.objects.get(slug="nct00000002")
    Lock.objects.create(trial=second, name="conditions")
    Lock.objects.create(trial=second, name="enrollment_count")
    assert save(*(changed(number) for number in numbers(3))) == {"changed": 3}
    said = {trial.slug: (trial.enrollment_count, trial.conditions.count()) for trial in Trial.objects.all()}
    assert said == {"nct00000001": (1, 2), "nct00000002": (None, 1), "nct00000003": (3, 2)}


def test_only_trials_of_which_something_changed_get_a_new_version():
    save(*(study(number) for number in numbers(2)))
    same = study("NCT00000001", updated="2024-01-01", oversightModule={"note": "no reader looks at this"})
    save(same, changed("NCT00000002"))
    versions = dict(Trial.objects.values_list("slug", "version"))
    assert versions["nct00000001"] == 1
    assert versions["nct00000002"] > 1
    assert RawRecord.objects.filter(number="NCT00000001").count() == 2


def test_a_record_that_the_database_refuses_spoils_only_itself():
    save(*(study(number) for number in numbers(3)))

    def fails_on_the_second(raw: bytes) -> TrialRecord:
        record = ctgov.parse(raw)
        return replace(record, masking="NO SUCH MASKING") if record.enrollment_count == 2 else record

    counts = save(*(changed(number) for number in numbers(3)), readers={"CTGOV": fails_on_the_second})
    assert counts == {"changed": 2, "set_aside": 1}
    assert {trial.slug: trial.enrollment_count for trial in Trial.objects.all()} == {
        "nct00000001": 1, "nct00000002": None, "nct00000003": 3,
    }  # fmt: skip


def test_claims_that_a_record_takes_back_are_gone():
    claim: dict[str, Any] = {"identificationModule__secondaryIdInfos": secondary(("EUDRACT_NUMBER", "2019-000001-11"))}
    save(study("NCT00000001", **claim), study("NCT00000002", **claim))
    save(study("NCT00000001", updated="2024-06-01"), study("NCT00000002", updated="2024-06-01", **claim))
    assert list(Claim.objects.values_list("registration__number", "number")) == [("NCT00000002", "2019-000001-11")]


def test_a_value_that_comes_or_goes_is_recorded_as_nothing_on_one_side():
    save(study())
    save(study(updated="2024-06-01", designModule__enrollmentInfo={"count": 5}))
    assert old_and_new("enrollment_count") == (None, 5)
    assert Change.objects.filter(old__isnull=True, field="enrollment_count").exists()


def copies(count: int) -> list[Incoming]:
    """WHO ICTRP's copies of studies, and trials of another registry that name them as theirs."""
    rows = [{"TrialID": number, "Public title": "Stem cells"} for number in numbers(count)]
    rows += [
        {"TrialID": f"ChiCTR210000000{place}", "Public title": "Stem cells", "Secondary ID": number}
        for place, number in enumerate(numbers(count))
    ]
    return [Incoming("ICTRP", ictrp_row(row)) for row in rows]


def ictrp_row(values: dict[str, str]) -> bytes:
    file = io.BytesIO(f"{','.join(values)}\n{','.join(values.values())}\n".encode())
    ((raw, _),) = ictrp.parse_csv(file)
    return raw


def save_copies(incoming: Sequence[Incoming]) -> None:
    Saver(READERS, keep_all=True).save(incoming)


def test_further_registrations_of_known_trials_join_them_in_one_batch():
    save(*(study(number) for number in numbers(3)))
    before = set(Trial.objects.values_list("pk", flat=True))
    save_copies(copies(3))
    assert set(Trial.objects.values_list("pk", flat=True)) == before
    assert trials() == {
        f"nct0000000{place + 1}": {f"NCT0000000{place + 1}", f"ChiCTR210000000{place}"} for place in range(3)
    }
    leading = Registration.objects.filter(is_lead=True, publisher="").values_list("number", flat=True)
    assert sorted(leading) == numbers(3)


def test_the_number_of_statements_does_not_grow_with_the_batch():
    save(*(study(number) for number in numbers(9)))

    def statements(*places: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            save(*(study(numbers(9)[place], updated="2024-06-01", statusModule__whyStopped="x") for place in places))
        return len(captured)

    assert statements(0, 1, 2, 3, 4, 5) <= statements(7, 8)
