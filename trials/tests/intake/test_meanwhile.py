"""While an import writes, everybody reads on: on SQLite too, which lets only one write at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from trials.tests.intake.making import lines, study
from trials.tests.serving import ROOT, Site

# Saves the records of a file and goes back on it when told to, so that the catalogue stays as other tests know it.
IMPORT = """
import sys
from pathlib import Path
from django.db import transaction
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.registries.readers import READERS

with transaction.atomic():
    records = Path({path!r}).read_bytes().splitlines()
    result = Saver(READERS).save([Incoming("CTGOV", record) for record in records])
    print("saved", result.counts["new"], flush=True)
    sys.stdin.readline()
    transaction.set_rollback(True)
"""


@contextmanager
def importing(site: Site, path: str) -> Iterator[None]:
    """An import into this catalogue that has written its records and not yet ended its transaction."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", IMPORT.format(path=path)],
        cwd=ROOT,
        env=site.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "saved 50\n", process.stdout.read()
        try:
            yield
        finally:
            left, _ = process.communicate("\n", timeout=60)
        assert (process.returncode, left) == (0, "")


def test_pages_and_the_digest_answer_while_a_batch_is_being_written(site, tmp_path):
    path = tmp_path / "studies.ndjson"
    path.write_bytes(lines(*(study(number) for number in range(90_000_001, 90_000_051))))
    with importing(site, str(path)):
        for page in ("/", "/trials/", "/trials/?q=stem+cells", "/trials/nct04034316/", "/healthz/ready"):
            asked = time.monotonic()
            assert site.get(page).status == 200, page
            assert time.monotonic() - asked < 10, page  # who waits for the writer waits for 20 seconds
        assert site.get("/trials/nct90000001/").status == 404
        digest = site.manage("catalogue_digest")
    assert site.manage("catalogue_digest") == digest
