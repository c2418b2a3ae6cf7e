"""When two records are one version, and which of several is the newest."""

from __future__ import annotations

import json

import pytest

from trials.intake.versions import Incoming
from trials.models import Change, RawRecord, Site, Trial
from trials.tests.intake.test_saving import old_and_new, save, study
from trials.tests.views.test_history import open_history

RECORD = {"a": "\u00e9 \u7d30", "b": [1, 2.5, {"c": None, "d": "x"}]}


def digest(body: str) -> str:
    return Incoming("CTGOV", body.encode()).digest


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(RECORD),
        json.dumps(RECORD, ensure_ascii=False, indent=2),
        json.dumps(RECORD, ensure_ascii=False, separators=(",", ":")),
        json.dumps(dict(reversed(RECORD.items()))),
        '{"b":[1,2.50,{"d":"\\u0078","c":null}],"a":"\\u00E9 \u7d30"}',
    ],
    ids=["escapes", "laid out", "compact", "other order", "other escapes and figures"],
)
def test_a_record_has_one_digest_however_its_json_is_written(written):
    assert digest(written) == digest(json.dumps(RECORD))


@pytest.mark.parametrize(
    "other",
    [
        '{"a":"e"}',
        '{"a":["e","f"]}',
        '{"a":["f","e"]}',
        '{"a":1}',
        '{"a":"1"}',
        '{"a":null}',
        "{}",
        '{"a":"e"',
        "<Trial/>",
    ],
)
def test_another_content_has_another_digest(other):
    others = ['{"a":"e"}', '{"a":["e","f"]}', '{"a":["f","e"]}', '{"a":1}', '{"a":"1"}', '{"a":null}', "{}", '{"a":"e"']
    assert digest(other) not in {digest(one) for one in others if one != other}


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a": "\\ud800"}', b"\xff\xfe"])
def test_what_cannot_be_taken_as_json_counts_by_its_bytes(body):
    assert Incoming("CTGOV", body).digest != Incoming("CTGOV", body + b" ").digest


@pytest.mark.django_db
def test_a_record_whose_letters_are_escaped_otherwise_is_unchanged():
    body = study(identificationModule__briefTitle="Cellules souches pour le c\u0153ur")
    save(body)
    assert save(json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True).encode()) == {"unchanged": 1}
    assert RawRecord.objects.get().text == body


@pytest.mark.django_db
@pytest.mark.parametrize("first", [0, 1])
def test_of_versions_of_one_day_the_fuller_is_the_newer_for_the_trial_and_its_history(first):
    thin = study(statusModule__overallStatus="RECRUITING")
    full = study(statusModule__overallStatus="COMPLETED", statusModule__whyStopped="It is complete: all were treated.")
    for body in ((thin, full), (full, thin))[first]:
        save(body)
    assert Trial.objects.get().status == "COMPLETED"
    change = Change.objects.get(field="status")
    assert old_and_new("status")[0]["status"] == "RECRUITING"
    page = open_history()
    assert "Recruiting Completed" in page.section(f"version-{change.after_id}")
    assert "The first version held" in page.section(f"version-{change.before_id}")


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "fields"), [("RECRUITING", []), ("COMPLETED", ["sites"])])
def test_a_point_that_the_registry_corrects_and_we_had_corrected_is_no_step_of_the_history(status, fields):
    for updated, point, its_status in (
        ("2024-01-01", (42.78235, 12.59836), "RECRUITING"),
        ("2024-02-02", (45.46427, 9.18951), status),
    ):
        site = {"city": "Milan", "country": "Italy", "status": its_status}
        site["geoPoint"] = dict(zip(("lat", "lon"), point, strict=True))
        save(study("NCT00000001", updated, contactsLocationsModule__locations=[site]))
    assert list(Change.objects.exclude(field="last_update_posted").values_list("field", flat=True)) == fields
    assert "remark" not in str(list(Change.objects.values_list("old", "new")))
    assert Site.objects.get().remark == ""
