import pytest

from tools import postgres


def fake_server(folder, version):
    """A folder with programs that say they are PostgreSQL of this version."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine on which only these programs exist."""

    def has(system=(), wheel=None):
        monkeypatch.setattr(postgres, "system_folders", lambda: iter(system))
        monkeypatch.setattr(postgres, "wheel_folder", lambda: wheel)

    return has


def test_system_comes_before_the_wheel(machine, tmp_path):
    system, wheel = fake_server(tmp_path / "system", "16.4"), fake_server(tmp_path / "wheel", "18.6")
    machine([system], wheel)
    assert postgres.programs("") == system
    assert postgres.programs("wheel") == wheel


def test_wheel_is_taken_where_the_system_has_only_a_client_or_an_old_server(machine, tmp_path):
    client, old = tmp_path / "client", fake_server(tmp_path / "old", "9.6.24")
    client.mkdir()
    wheel = fake_server(tmp_path / "wheel", "18.6")
    machine([client, old], wheel)
    assert postgres.programs("") == wheel


def test_no_server_at_all_says_how_to_get_one(machine):
    machine()
    with pytest.raises(postgres.NoPostgresError) as refused:
        postgres.programs("")
    assert "apt install postgresql" in str(refused.value)
    assert "TEST_DATABASE_URL=" in str(refused.value)


def test_named_server_that_does_not_answer_is_an_error(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    with pytest.raises(postgres.NoPostgresError, match="TEST_DATABASE_URL does not answer"), postgres.server():
        pass
