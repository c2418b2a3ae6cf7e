import pytest

from tools import chromium


@pytest.fixture
def only(monkeypatch, tmp_path):
    """A PATH with nothing but these programs, no CHROMIUM variable and no browser of Playwright's."""

    def programs(*names):
        for name in names:
            (tmp_path / name).write_text("#!/bin/sh\n")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.delenv("CHROMIUM", raising=False)
        monkeypatch.setattr(chromium, "playwrights_own", lambda: None)
        return tmp_path

    return programs


def test_chromium_comes_before_other_makes(only):
    folder = only("google-chrome", "chromium")
    assert chromium.find() == str(folder / "chromium")


def test_named_browser_that_is_not_there_is_an_error_and_nothing_is_installed(only, monkeypatch):
    only("chromium")
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(chromium.NoChromiumError, match="CHROMIUM names /nowhere/chromium"):
        chromium.find_or_install()


def test_no_browser_says_how_to_get_one(only):
    only()
    with pytest.raises(chromium.NoChromiumError, match="apt install chromium"):
        chromium.find()
