"""A Python with the catalogue loaded that runs each piece of code in a copy of itself.

`manage.py shell` takes a second to load the catalogue, and tests of pages ask for it dozens of times. Each piece runs
in a fork that was made before anything was asked of the database, so none sees what another left in memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO, Any

from django import setup
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Shell:
    """Starts with the first piece of code, in this environment; `close` ends it."""

    environment: dict[str, str]
    _process: subprocess.Popen[str] | None = None
    _lock: Lock = field(default_factory=Lock)

    def run(self, code: str) -> str:
        """What the code printed; models are imported. A failure is an AssertionError with all that was printed."""
        with self._lock:
            if self._process is None:
                command = [sys.executable, "-m", "trials.tests.shell"]
                pipe = subprocess.PIPE
                self._process = subprocess.Popen(
                    command, cwd=ROOT, env=self.environment, stdin=pipe, stdout=pipe, text=True
                )
            assert self._process.stdin
            assert self._process.stdout
            print(json.dumps(code), file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
            assert answer, f"The process ended with code {self._process.wait()} at:\n{code}"
            failed, printed = json.loads(answer)
        assert not failed, f"This failed:\n{code}\n{printed}"
        return str(printed)

    def close(self) -> None:
        if self._process is not None:
            try:
                self._process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def main() -> None:
    """Answers each line, a piece of code as JSON, with one: whether it failed, and what it printed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
    setup()
    names = {model.__name__: model for model in apps.get_app_config("trials").get_models()}
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+") as printed:
            child = os.fork()
            if not child:
                _child(json.loads(line), names, printed)
            _, status = os.waitpid(child, 0)
            printed.seek(0)
            print(json.dumps([status != 0, printed.read()]), file=answers, flush=True)


def _child(code: str, names: dict[str, Any], printed: IO[str]) -> None:
    """Runs the code and ends this process."""
    os.dup2(printed.fileno(), 1)
    os.dup2(printed.fileno(), 2)
    status = 1
    try:
        exec(code, {"__name__": "__main__", **names})  # noqa: S102 (what a test wrote)
        status = 0
    except BaseException:
        sys.stdout.flush()
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
