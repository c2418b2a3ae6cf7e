"""Finds a Chromium for the browser tests, or installs one: `python -m tools.chromium`.

The system's own comes first, then Debian's package (as root), then the one that Playwright downloads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
# A container has no user namespaces for the sandbox and little shared memory. No name is ever resolved, so that
# a page that asks another host for something fails instead of reaching it.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
ADVICE = (
    "The browser tests need Chromium and none was found. Do one of these:\n"
    "  - install it with your system's packages (Debian, Ubuntu: apt install chromium);\n"
    "  - run .venv/bin/playwright install --with-deps chromium;\n"
    "  - name one that you have: CHROMIUM=/path/to/chromium make test"
)


class NoChromiumError(Exception):
    """No Chromium can be found; the message says how to get one."""


def find() -> str:
    """The path of a Chromium on this machine; NoChromiumError says how to get one."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        path = shutil.which(named)
        if path is None:
            raise NoChromiumError(f"CHROMIUM names {named}, which is not a program that can be run.")
        return path
    for name in NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    path = playwrights_own()
    if path is not None:
        return path
    raise NoChromiumError(ADVICE)


def playwrights_own() -> str | None:
    """The Chromium that `playwright install` put into its own folder, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def find_or_install() -> str:
    """The path of a Chromium, after installing one if there is none; NoChromiumError says what else to do."""
    try:
        return find()
    except NoChromiumError:
        if os.environ.get("CHROMIUM"):
            raise
    install()
    return find()


def install() -> None:
    """Installs a Chromium: Debian's package when root, else Playwright's own. Says what it does, not how it went."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's chromium package …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in ("apt-get update -q", "apt-get install -qy --no-install-recommends chromium"):
            if subprocess.run(command.split(), env=environment).returncode != 0:
                break
        else:
            return
    print("Installing Playwright's own Chromium …", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])


if __name__ == "__main__":
    try:
        print(find_or_install())
    except NoChromiumError as error:
        sys.exit(str(error))
