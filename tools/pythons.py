"""The other Pythons of this machine, on which `make test-long` runs the suite too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MINORS = (11, 12, 13, 14)
# The next Django, where it runs: it needs Python 3.12. Put over the locked one in a folder of its own.
NEXT_DJANGO = "django>=6.1,<6.2"
FOLDER = Path("var/pythons")


@dataclass(frozen=True)
class Variant:
    """A Python, and the Django to put over the locked one (empty: none)."""

    name: str
    python: str
    django: str = ""


def interpreter(minor: int) -> str | None:
    """A Python 3.`minor` that runs: on PATH, or one that pyenv keeps."""
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"3.{minor}.*/bin/python"), reverse=True)
    for candidate in [shutil.which(f"python3.{minor}"), *kept]:
        if candidate is None:
            continue
        # A name on PATH may be a mere pointer to nothing installed.
        answer = subprocess.run(
            [candidate, "-c", "import sys; print(sys.version_info[1])"], capture_output=True, text=True
        )
        if answer.stdout.strip() == str(minor):
            return str(candidate)
    return None


def variants() -> Iterator[Variant | str]:
    """What to run besides the Python of .venv; a text for a Python that this machine lacks."""
    newest = None
    for minor in MINORS:
        found = interpreter(minor)
        if found is None:
            yield f"Python 3.{minor}"
            continue
        if minor != sys.version_info[1]:
            yield Variant(f"Python 3.{minor}", found)
        if minor >= 12:
            newest = Variant(f"Python 3.{minor} with Django 6.1", found, NEXT_DJANGO)
    yield newest or "Django 6.1 (needs Python 3.12 or newer)"


def install(variant: Variant) -> Path | None:
    """Installs everything for this variant under `var/`; its Python, or None when that failed (pip has said why)."""
    venv = FOLDER / variant.name.lower().replace(" ", "-")
    environment = {**os.environ, "PYTHON": variant.python, "VENV": str(venv)}
    if subprocess.run(["tools/install.sh", "dev"], env=environment).returncode != 0:
        return None
    python = venv / "bin" / "python"
    if variant.django:
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", variant.django]
        if subprocess.run(pip).returncode != 0:
            return None
    return python
