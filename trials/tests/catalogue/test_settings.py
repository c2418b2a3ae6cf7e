"""The settings read the environment; the file is run anew for each test, as a new process would."""

import runpy
import stat
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from tools.environment import KNOBS, clean_environment
from trials.tests.serving import ROOT, manage

KEY = "a-made-key-of-more-than-fifty-characters-0123456789-abcdef"
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "trials.example.org",
    "HTTPS": "1",
    "DATABASE_URL": "postgres://catalogue:secret@database:5432/catalogue",
}


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    """What settings.py says with exactly these variables (and a DATA_DIR of the test's own)."""

    def run(**variables):
        for name in KNOBS:
            monkeypatch.delenv(name, raising=False)
        for name, value in ({"DATA_DIR": str(tmp_path)} | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "catalogue" / "settings.py"))

    return run


def test_without_any_variable_it_is_local_mode_on_sqlite(settings_with, tmp_path):
    found = settings_with()
    assert found["DEBUG"] is False
    assert found["DATABASES"]["default"]["NAME"] == tmp_path / "catalogue.sqlite3"
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert found["SECURE_SSL_REDIRECT"] is False


def test_local_key_is_made_once_and_only_its_owner_may_read_it(settings_with, tmp_path):
    first = settings_with()["SECRET_KEY"]
    assert settings_with()["SECRET_KEY"] == first
    assert len(first) == 50
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret_key", "uploads"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_data_folder_may_have_a_name_that_means_something_in_an_address(settings_with, tmp_path):
    folder = tmp_path / "trials #1? 50%20"
    assert settings_with(DATA_DIR=str(folder))["DATABASES"]["default"]["NAME"] == folder / "catalogue.sqlite3"


def test_data_folder_that_cannot_be_made_is_named(settings_with, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"file/below, which cannot be made.*Name a folder"):
        settings_with(DATA_DIR=str(tmp_path / "file" / "below"))


@pytest.mark.parametrize("command", [["manage.py", "migrate"], ["-m", "gunicorn", "-c", "catalogue/gunicorn_conf.py"]])
def test_production_refuses_to_start_and_names_all_that_is_missing_at_once(command, tmp_path):
    environment = clean_environment(PRODUCTION="1", DATA_DIR=str(tmp_path))
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [line.split()[1].rstrip(":") for line in done.stderr.splitlines() if line.startswith("  - ")] == [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "HTTPS=1",
        "DATABASE_URL",
    ]


def test_check_deploy_is_silent_with_production_settings(tmp_path):
    # Django 6 connects while it checks, so the database must be one that is there.
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'catalogue.sqlite3'}"}
    environment = clean_environment(DATA_DIR=str(tmp_path), **PRODUCTION | database)
    said = manage("check", "--deploy", "--fail-level", "WARNING", environment=environment)
    assert said == "System check identified no issues (0 silenced).\n"


def test_production_reads_secrets_from_files(settings_with, tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    (tmp_path / "password").write_text("p@ss/word\n")
    found = settings_with(
        **{name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
        | {
            "SECRET_KEY_FILE": str(tmp_path / "key"),
            "DATABASE_URL": "postgres://catalogue@database/catalogue",
            "DATABASE_PASSWORD_FILE": str(tmp_path / "password"),
        }
    )
    assert found["SECRET_KEY"] == KEY
    assert found["DATABASES"]["default"]["PASSWORD"] == "p@ss/word"


def test_secret_file_that_is_not_there_is_named(settings_with):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE names /nowhere/key, which cannot be read"):
        settings_with(SECRET_KEY_FILE="/nowhere/key")


def test_secret_given_twice_is_refused(settings_with):
    with pytest.raises(ImproperlyConfigured, match="Both SECRET_KEY and SECRET_KEY_FILE are set"):
        settings_with(SECRET_KEY=KEY, SECRET_KEY_FILE="/nowhere/key")


def test_key_that_begins_with_a_dollar_sign_is_kept_whole(settings_with):
    assert settings_with(**PRODUCTION | {"SECRET_KEY": f"${KEY}"})["SECRET_KEY"] == f"${KEY}"


@pytest.mark.parametrize("key", ["short", "abab" * 20])
def test_production_refuses_a_key_that_can_be_guessed(settings_with, key):
    with pytest.raises(ImproperlyConfigured, match="this one is too short or too regular"):
        settings_with(**PRODUCTION | {"SECRET_KEY": key})


def test_production_refuses_a_host_list_that_lets_everything_in(settings_with):
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS"):
        settings_with(**PRODUCTION | {"ALLOWED_HOSTS": "trials.example.org,*"})


def test_production_with_debug_pages_is_refused(settings_with):
    with pytest.raises(ImproperlyConfigured, match="unset DEBUG"):
        settings_with(**PRODUCTION, DEBUG="1")


def test_production_sends_everyone_to_https_and_marks_cookies(settings_with):
    found = settings_with(**PRODUCTION)
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000


def test_forwarded_protocol_is_believed_only_on_demand(settings_with):
    assert "SECURE_PROXY_SSL_HEADER" not in settings_with(**PRODUCTION)
    assert settings_with(**PRODUCTION, TRUST_PROXY="1")["SECURE_PROXY_SSL_HEADER"] == (
        "HTTP_X_FORWARDED_PROTO",
        "https",
    )


def test_a_second_factor_is_required_in_production_and_proxies_are_believed_on_demand(settings_with):
    local, production = settings_with(PROXY_COUNT="2"), settings_with(**PRODUCTION, TRUST_PROXY="1", PROXY_COUNT="2")
    assert (local["SECOND_FACTOR"], local["PROXY_COUNT"]) == ("optional", 0)
    assert (production["SECOND_FACTOR"], production["PROXY_COUNT"]) == ("required", 2)
    assert settings_with(**PRODUCTION, SECOND_FACTOR="optional")["SECOND_FACTOR"] == "optional"


@pytest.mark.parametrize(
    "address",
    [
        "catalogue",
        "mysql://user:hidden@host/name",
        "postgres://user:hidden@host:port/name",
        "made-up://user:hidden@host/x",
    ],
)
def test_database_address_that_cannot_be_used_is_explained_without_its_password(settings_with, address):
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL cannot be used\. Write postgres://") as refused:
        settings_with(DATABASE_URL=address)
    assert "hidden" not in str(refused.value)


def test_production_starts_without_the_demo_trials(settings_with):
    assert settings_with(**PRODUCTION)["DEMO"] is False
    assert settings_with(**PRODUCTION | {"DEMO": "1"})["DEMO"] is True


def test_empty_variable_counts_as_not_set(settings_with):
    found = settings_with(DEMO="", HSTS_SECONDS="", DATABASE_URL="", PRODUCTION="", LOG_LEVEL="")
    assert found["DEMO"] is True
    assert found["PRODUCTION"] is False


@pytest.mark.parametrize(
    ("variable", "value", "advice"),
    [
        ("PRODUCTION", "maybe", "PRODUCTION is “maybe”. Write 1 for yes or 0 for no."),
        ("DATABASE_POOL_SIZE", "0", "DATABASE_POOL_SIZE is “0”. Write a whole number from 1 up."),
        ("SECOND_FACTOR", "maybe", "SECOND_FACTOR is “maybe”. Write required or optional."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is “LOUD”. Write DEBUG, INFO, WARNING, ERROR or CRITICAL."),
    ],
)
def test_value_that_means_nothing_is_named_with_what_to_write(settings_with, variable, value, advice):
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_with(**{"DATABASE_URL": PRODUCTION["DATABASE_URL"], variable: value})
    assert str(refused.value) == advice
