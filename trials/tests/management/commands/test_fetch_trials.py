"""`manage.py fetch_trials` against local services: what comes into the catalogue, what is said, what a break costs."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from io import StringIO

import pytest
import stamina
from django.core.management import CommandError, call_command
from django.utils import timezone

from trials.intake.runs import LEASE, Lease
from trials.management.commands import fetch_trials
from trials.models import ImportRun, RawRecord, Registration, Trial
from trials.registries.download import Manners
from trials.tests.registries.misbehaving import CtgovService, CtisService, hangs_up, reset, sends, status
from trials.tests.serving import ROOT, environment_of_this_database, manage


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with stamina.set_testing(True, attempts=3):
        yield


@pytest.fixture(autouse=True)
def data(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path


def study(place, treatment="Stem cells"):
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{place:08d}", "briefTitle": f"Study {place}"},
            "statusModule": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": "2026-01-15"}},
            "designModule": {"studyType": "INTERVENTIONAL"},
            "armsInterventionsModule": {"interventions": [{"type": "BIOLOGICAL", "name": treatment}]},
        }
    }


def number(place):
    return f"2023-5{place:05d}-11-00"


def ctis_trial(place, title="Stem cells for knees"):
    details = {"clinicalTrialIdentifiers": {"fullTitle": title}}
    return {
        "ctNumber": number(place),
        "ctStatus": "Authorised",
        "authorizedApplication": {"authorizedPartI": {"trialDetails": details}},
    }


@pytest.fixture
def ctgov(settings):
    with CtgovService(study(place) for place in range(5)) as service:
        settings.CTGOV_URL = service.url
        yield service


@pytest.fixture
def ctis(settings):
    overviews = [{"ctNumber": number(place), "ctStatus": 5, "lastUpdated": "09/07/2026"} for place in range(3)]
    with CtisService(overviews, {number(place): ctis_trial(place) for place in range(3)}) as service:
        settings.CTIS_URL = service.url
        yield service


@dataclass
class Ran:
    """What a run of the command counted, printed and ended with."""

    counts: dict[str, int]
    out: str
    err: str
    status: int


def fetch(registry="ctgov", *options, query="cells"):
    out, err = StringIO(), StringIO()
    code = 0
    named = ("--query", query) if query else ()
    try:
        call_command(
            "fetch_trials", registry, *named, "--page-size=2", "--pause=0", "--json", *options, stdout=out, stderr=err
        )
    except SystemExit as ending:
        code = int(ending.code or 0)
    counted = json.loads(out.getvalue().splitlines()[-1])
    return Ran({name: count for name, count in counted.items() if count}, out.getvalue(), err.getvalue(), code)


def refused(*options, query="cells", registry="ctgov"):
    """The words in which a run ends that cannot begin or not end."""
    with pytest.raises(CommandError) as caught:
        fetch(registry, *options, query=query)
    assert caught.value.returncode == 2
    return str(caught.value)


pytestmark = pytest.mark.django_db


# -------------------------------------------------------------------------------------------------- into the catalogue
def test_studies_come_into_the_catalogue(ctgov):
    ran = fetch()
    assert (ran.counts, ran.status) == ({"new": 5}, 0)
    assert sorted(Trial.objects.public().values_list("slug", "title")) == [
        (f"nct{place:08d}", f"Study {place}") for place in range(5)
    ]
    today = timezone.now().date()
    assert {str(row.fetched) for row in Registration.objects.all()} == {str(today)}


def test_the_run_is_logged_with_its_question(ctgov):
    fetch("ctgov", "--since", "2026-01-01", query="knee AND cartilage")
    run = ImportRun.objects.get()
    assert (run.source, run.what, run.new) == ("CTGOV", "“knee AND cartilage”, updated since 2026-01-01", 5)
    assert run.ended is not None


def test_the_question_reaches_the_service(ctgov, settings):
    settings.FETCH_CONTACT = "desk@example.org"
    fetch("ctgov", "--since", "2026-01-01", query="mesenchymal")
    asked = ctgov.asked[0]
    assert asked.params["query.term"] == "mesenchymal"
    assert asked.params["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[2026-01-01,MAX]"
    assert "desk@example.org" in asked.headers["user-agent"]


def test_the_address_can_be_given_for_one_run(ctgov, settings):
    settings.CTGOV_URL = "https://clinicaltrials.example"
    assert fetch("ctgov", "--base-url", ctgov.url).counts == {"new": 5}


def test_trials_of_ctis_come_with_their_public_status(ctis):
    assert fetch("ctis", query="").counts == {"new": 3}
    trial = Trial.objects.get(slug=number(0))
    assert (trial.status, trial.title) == ("ACTIVE_NOT_RECRUITING", "Stem cells for knees")


def test_trials_of_ctis_that_did_not_change_are_not_asked_for(ctis):
    ctis.overviews[1]["lastUpdated"] = "08/07/2026"
    assert fetch("ctis", "--since", "2026-07-09").counts == {"new": 2}
    assert f"/ctis-public-api/retrieve/{number(1)}" not in {asked.path for asked in ctis.asked}


def test_what_looks_like_no_cell_therapy_is_skipped_and_can_be_kept_later_without_asking_again(ctgov):
    ctgov.studies[3] = study(3, "Aspirin")
    assert fetch().counts == {"new": 4, "skipped": 1}
    ctgov.asked.clear()
    assert fetch("ctgov", "--keep", "all").counts == {"new": 1, "unchanged": 4}
    assert ctgov.asked == []


def test_a_record_that_cannot_be_read_is_set_aside_with_its_text_and_the_rest_is_saved(ctgov):
    ctgov.studies[1] = {"protocolSection": {"identificationModule": {"briefTitle": "No number"}}}
    ran = fetch()
    assert (ran.counts, ran.status) == ({"new": 4, "set_aside": 1}, 1)
    aside = RawRecord.objects.get(verdict="SET_ASIDE")
    assert json.loads(aside.text) == ctgov.studies[1]
    assert "record 2 of the listing" in ran.out


def test_a_trial_that_ctis_cannot_give_is_accounted_for(ctis):
    del ctis.trials[number(1)]
    ran = fetch("ctis")
    assert (ran.counts, ran.status) == ({"new": 2, "set_aside": 1}, 1)
    assert number(1) in ran.out
    assert any(number(1) in note for note in ImportRun.objects.get().notes)


# -------------------------------------------------------------------------------------------------------- what is said
def test_a_log_tells_how_far_it_is_and_where_the_pages_are(ctgov, data):
    ran = fetch()
    lines = ran.err.splitlines()
    assert lines[0].startswith(f"Asking 127.0.0.1. What it answers is kept in {data}/fetched/ctgov/cells-")
    assert lines[1:] == [
        "Page 1: 2 of 5 trials are listed.",
        "Page 2: 4 of 5 trials are listed.",
        "Page 3: 5 of 5 trials are listed.",
    ]


def test_an_attempt_that_failed_is_said(ctgov):
    ctgov.faults.append(status(429, Retry_After="1"))
    ran = fetch()
    assert ran.counts == {"new": 5}
    assert "was answered with 429 Too Many Requests, and asks to wait 1 s." in ran.err


def test_the_silent_limit_of_ctis_is_said_and_logged(ctis, monkeypatch):
    monkeypatch.setattr(fetch_trials.SERVICES["ctis"], "most", 2)
    ctis.most = 2
    ran = fetch("ctis")
    assert ran.counts == {"new": 2}
    assert "EU CTIS lists 2 trials of 3 and then ends without a word" in ran.err
    assert "EU CTIS lists 2 trials of 3" in ImportRun.objects.get().notes[0]


# ----------------------------------------------------------------------------------------------------- refusals, breaks
@pytest.mark.parametrize(
    ("options", "query", "words"),
    [
        ((), "", "Name words with --query or a day with --since"),
        (("--page-size=0",), "cells", "pages of 1 to 1000 trials"),
        (("--page-size=1001",), "cells", "pages of 1 to 1000 trials"),
        (("--since", "yesterday"), "cells", "“yesterday” is no day: write 2026-01-31."),
        (("--since", "20260131"), "cells", "“20260131” is no day"),
        (("--pause=-1",), "cells", "from 0 to 60"),
        (("--base-url", "ftp://registry.example"), "cells", "write https://host"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_before_anything_begins(options, query, words, ctgov):
    with pytest.raises(CommandError, match=words):
        fetch("ctgov", *options, query=query)
    assert (ctgov.asked, ImportRun.objects.count()) == ([], 0)


def test_there_is_no_live_service_of_ictrp():
    with pytest.raises(CommandError, match="invalid choice: 'ictrp'"):
        fetch("ictrp")


def test_while_another_import_runs_nothing_is_asked_and_nothing_kept_is_lost(ctgov, data):
    fetch()
    ctgov.asked.clear()
    kept = sorted(data.rglob("*.json"))
    soon = timezone.now() + dt.timedelta(seconds=60)
    ImportRun.objects.create(source="CTIS", what="records", holder="1@another-computer", lease_until=soon)
    assert "Another import is running: EU CTIS, records; 1@another-computer" in refused("--restart")
    assert ctgov.asked == []
    assert sorted(data.rglob("*.json")) == kept


def test_the_lease_outlasts_any_single_request(ctgov, monkeypatch):
    def noted(self, length=LEASE):
        lengths.append(length)
        renew(self, length)

    lengths: list[dt.timedelta] = []
    renew = Lease.renew
    monkeypatch.setattr(Lease, "renew", noted)
    fetch()
    assert lengths.count(fetch_trials.LEASE) == len(ctgov.asked)
    manners = Manners()
    longest = max(manners.longest_wait, 2 * manners.silence + manners.answer)
    assert dt.timedelta(seconds=longest) < fetch_trials.LEASE


def test_an_import_whose_lease_was_taken_over_asks_no_further(ctgov, monkeypatch):
    def lost(self, length=LEASE):
        ImportRun.objects.update(ended=timezone.now())
        renew(self, length)

    renew = Lease.renew
    monkeypatch.setattr(Lease, "renew", lost)
    assert "another took over" in refused()
    assert ctgov.asked == []


@pytest.mark.parametrize("fault", [status(503), reset, hangs_up, sends(b'{"studies": [')])
def test_a_service_that_gives_up_in_the_middle_costs_nothing_that_came_before(ctgov, fault):
    ctgov.faults.extend([None, fault, fault, fault])
    words = refused("--batch=2")
    assert "It was tried 3 times." in words
    assert "What was received is kept; the same command goes on from there." in words
    assert Trial.objects.count() == 2
    assert "It was broken off by Unavailable" in ImportRun.objects.get().notes[-1]
    ctgov.asked.clear()
    ran = fetch()
    assert ran.counts == {"new": 3, "unchanged": 2}
    assert "Going on after page 1 in " in ran.err
    assert [asked.params["pageToken"] for asked in ctgov.asked] == ["token2", "token4"]


def test_a_service_that_turns_us_away_is_said_in_one_line(ctgov):
    ctgov.faults.append(status(403, "Blocked"))
    words = refused()
    assert "403 Forbidden (“Blocked”)" in words
    assert "\n" not in words


def test_a_folder_that_cannot_be_written_is_said(ctgov, data):
    (data / "fetched").write_text("in the way")
    assert "fetched" in refused()


def test_a_second_run_on_the_same_day_changes_nothing_and_asks_nothing(ctgov):
    fetch()
    ctgov.asked.clear()
    ran = fetch()
    assert ran.counts == {"unchanged": 5}
    assert "All was asked less than half a day ago" in ran.err
    assert ctgov.asked == []


def test_a_restart_finds_what_changed(ctgov):
    fetch()
    ctgov.studies[0]["protocolSection"]["statusModule"] = {
        "overallStatus": "COMPLETED",
        "lastUpdatePostDateStruct": {"date": "2026-02-01"},
    }
    assert fetch("ctgov", "--restart").counts == {"changed": 1, "unchanged": 4}
    assert Trial.objects.get(slug="nct00000000").status == "COMPLETED"


# -------------------------------------------------------------------------------------------------------------- killed
@pytest.fixture
def environment(tmp_path, transactional_db):
    """A new process works on the database of this test run, or on a SQLite file of its own."""
    environment = environment_of_this_database(tmp_path) | {"no_proxy": "*"}
    if "DATABASE_URL" not in environment:
        manage("migrate", "--verbosity=0", environment=environment)
    return environment


class Deadly(CtgovService):
    """Kills the process `victim` when it asks for the third page."""

    victim: subprocess.Popen[str] | None = None

    def answer(self, asked):
        if self.victim and len(self.asked) == 3:
            os.kill(self.victim.pid, signal.SIGKILL)
        return super().answer(asked)


def test_a_fetch_that_is_killed_goes_on_where_it_was(environment):
    with Deadly(study(place) for place in range(9)) as service:
        with _started(service, environment) as service.victim:
            said = service.victim.communicate(timeout=60)
            assert service.victim.returncode == -signal.SIGKILL, said
        service.victim = None
        service.asked.clear()
        with _started(service, environment) as process:
            out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    counts = json.loads(out.splitlines()[-1])
    assert counts["new"] + counts["unchanged"] == 9
    assert counts["unchanged"] >= 2
    assert [asked.params["pageToken"] for asked in service.asked] == ["token4", "token6", "token8"]


def _started(service, environment):
    options = ["--query=cells", "--page-size=2", "--pause=0", "--batch=2", "--json", f"--base-url={service.url}"]
    return subprocess.Popen(
        [sys.executable, "manage.py", "fetch_trials", "ctgov", *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
