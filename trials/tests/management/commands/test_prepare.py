"""`manage.py prepare`: only what is left to do, one at a time, and plain words when it cannot."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection

from catalogue.settings import STORAGES
from tools.environment import clean_environment
from trials.models import CatalogueState, Site, Trial
from trials.tests.fixtures.making import child, load, row, site, term, trial, write
from trials.tests.serving import ROOT, environment_of_this_database

LAST_WORDS = ["Database: up to date.", "Fixtures: unchanged.", "Search: unchanged.", "Static files: unchanged."]


@pytest.fixture
def folder(tmp_path, settings):
    """A folder for fixtures (`fixtures`), static files (`source`) and what prepare writes (`data`)."""
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "source").mkdir()
    settings.DATA_DIR = tmp_path / "data"
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    settings.FIXTURE_DIRS = [tmp_path / "fixtures"]
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    # As they are served, not as tests have them otherwise.
    settings.STORAGES = STORAGES
    return tmp_path


def served(folder, name):
    """The file that pages name when they mean `name`."""
    collected = folder / "data" / "static"
    return collected / json.loads((collected / "staticfiles.json").read_text())["paths"][name]


def prepare():
    """What the command prints, line by line."""
    out = StringIO()
    call_command("prepare", stdout=out)
    return out.getvalue().splitlines()


def test_two_at_once_on_a_new_catalogue(tmp_path):
    """The first prepares it; the second waits, and then nothing is left to do."""
    environment = clean_environment(DATA_DIR=str(tmp_path))
    processes = [
        subprocess.Popen(
            [sys.executable, "manage.py", "prepare"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    second, first = sorted(said, key=len)
    assert second == ["Waiting for another prepare to finish.", *LAST_WORDS]
    assert first[0].startswith("Database: ")
    assert first[0].endswith(" migrations applied.")
    assert any(line.startswith("Fixtures: seed_trials.json: 5 trials, ") for line in first)
    assert first[-1] == "Static files: collected and compressed."
    assert (tmp_path / "static" / "staticfiles.json").is_file()


@contextmanager
def _lock_of_another_prepare(folder):
    """The lock that a prepare on another machine holds on the database, or on this machine on the folder.

    Yields what gives it back.
    """
    folder.mkdir()
    with ExitStack() as held:
        if connection.vendor == "postgresql":
            other = held.enter_context(psycopg.connect(environment_of_this_database(folder)["DATABASE_URL"]))
            other.execute("SELECT pg_advisory_lock(7264110300)")
        else:
            fcntl.flock(held.enter_context((folder / "prepare.lock").open("w")), fcntl.LOCK_EX)
        yield held.close


@pytest.mark.django_db
def test_a_second_one_waits_for_the_first(folder):
    """That it waits is seen from the lock, which is given back only once it has said so."""

    class Told(StringIO):
        def write(self, text):
            if "Waiting for another prepare to finish." in text:
                give_back()
            return super().write(text)

    with _lock_of_another_prepare(folder / "data") as give_back:
        out = Told()
        call_command("prepare", stdout=out)
    assert out.getvalue().splitlines()[:2] == ["Waiting for another prepare to finish.", LAST_WORDS[0]]


@pytest.mark.django_db
def test_fixtures_are_reported_with_their_notes(folder):
    Trial.objects.create(slug="nct1", title="An editor's own")
    write(folder / "fixtures", trial("nct1"), trial("nct2"), site(1, "Rome", "nct2"))
    assert prepare()[1:3] == [
        "Fixtures: seed_trials.json: 2 trials, 2 rows new, 0 changed, 0 removed, 0 kept as an editor left them, 1 left "
        "out.",
        '  - trial ["nct1"] stays as the catalogue has it, which is not as the fixture has it.',
    ]


@pytest.mark.django_db
def test_words_are_mapped_though_the_prepare_before_stopped_after_the_fixtures(folder):
    seed = trial(), child("trialcondition", 1, wording="Lupus")
    load(folder / "fixtures", *seed, vocabulary=[term("condition", "lupus")])
    assert prepare()[1:3] == ["Fixtures: unchanged.", "Conditions: those of 1 trial were mapped anew."]
    assert prepare()[1] == "Fixtures: unchanged."


@pytest.mark.django_db
def test_the_roles_get_what_this_release_lets_them_do(folder):
    prepare()
    held = Group.objects.get(name="Reader").permissions.filter(content_type__app_label="trials")
    assert set(held.values_list("codename", flat=True)) >= {"view_trial", "view_site"}
    assert not held.exclude(codename__startswith="view_").exists()


@pytest.mark.django_db
def test_all_trials_are_checked_where_the_rules_did_not_or_were_other_ones(folder):
    made = Trial.objects.create(slug="one", title="One", state="PUBLISHED", status="RECRUITING")
    told = "Records: all were checked; what does not fit changed in 1 trial."
    assert told in prepare()
    made.flags.all().delete()
    assert told not in prepare()
    CatalogueState.objects.update(rules=0)
    assert told in prepare()
    assert [flag.rule for flag in made.flags.all()] == ["no-outcomes"]


@pytest.mark.django_db
def test_many_notes_are_cut_and_counted(folder):
    slugs = [f"nct{number}" for number in range(23)]
    Trial.objects.bulk_create(Trial(slug=slug, title="An editor's own") for slug in slugs)
    write(folder / "fixtures", *(trial(slug) for slug in slugs))
    lines = prepare()
    assert len([line for line in lines if line.startswith("  - ")]) == 20
    assert "  … and 3 more notes." in lines


@pytest.mark.django_db
def test_a_faulty_fixture_stops_it_with_a_list(folder):
    write(folder / "fixtures", row("site", trial=["ctis-7"], order=1, city="Rome"), trial("nct2", phase="FIRST"))
    with pytest.raises(CommandError) as caught:
        prepare()
    lines = str(caught.value).splitlines()
    assert lines[0] == "The fixtures have 2 problems; nothing was loaded."
    assert lines[1].startswith(
        '  - seed_trials.json, record 2, trial ["nct2"] “Trial nct2”: phase: “FIRST” is none of '
    )
    assert lines[2] == '  - seed_trials.json, record 1, site ["ctis-7", 1]: trial: no trial ["ctis-7"].'
    assert not Trial.objects.exists()


@pytest.mark.django_db
def test_the_demo_comes_and_goes_with_its_setting(folder, settings):
    write(folder / "fixtures", trial("seed"), demo=[trial("demo"), site(1, "Rome", "demo")])
    settings.DEMO = True
    prepare()
    assert Site.objects.get().trial.slug == "demo"
    settings.DEMO = False
    assert prepare()[1] == (
        "Fixtures: demo.json.gz: 0 rows new, 0 changed, 2 removed (1 trial), 0 kept as an editor left them."
    )
    assert Trial.objects.get().slug == "seed"
    assert prepare() == LAST_WORDS


def test_a_database_that_cannot_be_reached_is_said_in_one_line(tmp_path):
    environment = clean_environment(DATA_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/db.sqlite3")
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr == (
        "CommandError: The database cannot be reached (check DATABASE_URL): unable to open database file\n"
    )


# Static files


@pytest.mark.django_db
def test_a_changed_static_file_is_collected_even_if_its_clock_says_that_it_is_old(folder):
    source = folder / "source" / "site.css"
    source.write_text("a {}")
    prepare()
    source.write_text("b {}")
    os.utime(source, (0, 0))
    assert prepare()[-1] == "Static files: collected and compressed."
    assert served(folder, "site.css").read_text() == "b {}"


@pytest.mark.django_db
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("half")])
def test_a_collected_file_that_was_damaged_is_made_anew(folder, damage):
    (folder / "source" / "site.css").write_text("a {}")
    prepare()
    copy = served(folder, "site.css")
    damage(copy)
    prepare()
    assert copy.read_text() == "a {}"
    assert prepare()[-1] == "Static files: unchanged."


@pytest.mark.django_db
def test_files_of_the_last_release_stay_for_pages_that_are_open(folder):
    source, collected = folder / "source" / "site.css", folder / "data" / "static"
    source.write_text("a {}")
    prepare()
    before = served(folder, "site.css")
    source.write_text("b {}")
    prepare()
    assert before.read_text() == "a {}"
    # Under its plain name there is none.
    assert {path.read_text() for path in collected.glob("site*.css")} == {"a {}", "b {}"}


@pytest.mark.django_db
def test_a_file_that_prepare_did_not_put_there_goes(folder):
    (folder / "data" / "static").mkdir(parents=True)
    (folder / "data" / "static" / "stray.css").write_text("x")
    prepare()
    assert not (folder / "data" / "static" / "stray.css").exists()


@pytest.mark.django_db
def test_a_long_loading_says_in_a_log_how_far_it_is(folder, monkeypatch):
    monkeypatch.setattr("trials.management.commands.prepare._ROWS_BETWEEN_LINES", 1000)
    write(folder / "fixtures", trial("nct1"), *(site(number, "Rome") for number in range(1, 3000)))
    log = StringIO()
    call_command("prepare", stdout=StringIO(), stderr=log)
    lines = log.getvalue().splitlines()
    assert lines[0] == " 33%  Fixtures: 1,000 of 3,000 rows"
    assert all("of 3,000 rows" in line for line in lines)
    assert len(lines) <= 3
