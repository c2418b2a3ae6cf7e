"""`reread_trials` on a small catalogue: which trials it reads, what it writes, what it says."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from trials.intake import interpreting
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import CellProduct, Condition, Contact, Lock, RawRecord, Site, Trial, TrialCondition, TrialReading
from trials.registries import ctgov
from trials.tests.intake.readings import Reader, product, reading, vocabulary
from trials.tests.intake.test_saving import study

pytestmark = pytest.mark.django_db(transaction=True)

NUMBERS = ("NCT00000001", "NCT00000002", "NCT00000003")


@pytest.fixture
def reader(monkeypatch):
    """Three trials that were read as “Stem cells”, and a reader that now finds “New cells” in each."""
    vocabulary()
    before = Reader(dict.fromkeys(NUMBERS, reading()))
    Saver({"CTGOV": ctgov.parse}, keep_all=True, read=before).save(
        [Incoming("CTGOV", study(number)) for number in NUMBERS]
    )
    now = Reader(dict.fromkeys(NUMBERS, reading(product("New cells"))))
    monkeypatch.setattr(interpreting, "load_reader", lambda: now)
    return now


def run(*arguments: str) -> list[str]:
    """What the command prints, but for the time it took."""
    out = StringIO()
    call_command("reread_trials", *arguments, stdout=out, stderr=StringIO())
    return [" ".join(line.split()) for line in out.getvalue().splitlines()][:-1]


def names() -> list[str]:
    return list(CellProduct.objects.order_by("trial__slug").values_list("name", flat=True))


def test_every_trial_with_a_stored_record_is_read_anew(reader):
    assert run() == ["read 3", "changed 3", "unchanged 0", "left to editors, in part or whole 0"]
    assert names() == ["New cells"] * 3
    assert run() == ["read 3", "changed 0", "unchanged 3", "left to editors, in part or whole 0"]


def test_condition_words_are_mapped_anew_where_no_editor_owns_them(reader):
    own = Condition.objects.create(slug="lupus", label="Lupus")
    Lock.objects.create(trial=Trial.objects.get(slug="nct00000002"), name="conditions")
    reader.by_number = dict.fromkeys(NUMBERS, reading())
    assert run() == ["read 3", "changed 2", "unchanged 1", "left to editors, in part or whole 0"]
    rows = TrialCondition.objects.filter(condition=own).order_by("trial__slug")
    assert [row.trial.slug for row in rows] == ["nct00000001", "nct00000003"]


def test_sites_follow_what_the_readers_say_of_them_by_now(reader):
    milan = {"city": "Milan", "country": "Italy", "geoPoint": {"lat": 42.78235, "lon": 12.59836}}
    sites = [milan | {"contacts": [{"name": "A. Adams"}]}]
    saver = Saver({"CTGOV": ctgov.parse}, keep_all=True, read=reader)
    newer = [study(number, "2024-02-02", contactsLocationsModule__locations=sites) for number in NUMBERS[:2]]
    saver.save([Incoming("CTGOV", record) for record in newer])
    assert places() == [(45.46427, True), (45.46427, True)]
    # As an older release had read them; one editor wrote a site down as she knew it.
    Site.objects.filter(city="Milan").update(latitude=42.78235, longitude=12.59836, remark="")
    Lock.objects.create(trial=Trial.objects.get(slug="nct00000002"), name="sites")
    run()
    assert places() == [(45.46427, True), (42.78235, False)]
    assert list(Contact.objects.order_by("trial").values_list("name", "site__city")) == [("A. Adams", "Milan")] * 2


def places() -> list[tuple[float | None, bool]]:
    """Degrees north of the located sites in Milan, and whether a remark says why."""
    rows = Site.objects.filter(city="Milan", latitude__isnull=False).order_by("trial__slug")
    return [(row.latitude, bool(row.remark)) for row in rows]


def test_stale_reads_just_those_that_wait(reader):
    TrialReading.objects.filter(trial__slug="nct00000002").update(is_stale=True)
    assert run("--stale")[0] == "read 1"
    assert names() == ["Stem cells", "New cells", "Stem cells"]
    assert run("--stale")[0] == "read 0"


def test_one_trial_is_named_by_its_number(reader):
    assert run("--trial", "NCT 00000003")[0] == "read 1"
    assert names() == ["Stem cells", "Stem cells", "New cells"]


def test_an_unknown_trial_is_named(reader):
    with pytest.raises(CommandError, match="NCT99999999"):
        run("--trial", "NCT99999999")


def test_what_an_editor_owns_is_left_and_counted(reader):
    Lock.objects.create(trial=Trial.objects.get(slug="nct00000001"), name="products")
    assert run() == ["read 3", "changed 2", "unchanged 1", "left to editors, in part or whole 1"]
    assert names() == ["Stem cells", "New cells", "New cells"]


def test_a_damaged_record_stops_no_other(reader):
    RawRecord.objects.filter(number="NCT00000002").update(body=b"no zlib")
    with pytest.raises(SystemExit):
        run()
    assert names() == ["New cells", "Stem cells", "New cells"]


def test_prepare_tells_what_waits(reader, settings):
    out = StringIO()
    TrialReading.objects.update(form=0)
    call_command("prepare", stdout=out, stderr=StringIO())
    assert "Readings: 3 trials to be read anew." in out.getvalue()
