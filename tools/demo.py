"""Builds the demo catalogue anew: `make demo RECORDS=DIR`, where DIR holds the files named in `FILES`.

The records go through `import_trials` into an empty catalogue of their own, and out through `export_fixture`.
`docs/data.md`, section 6, tells what the files are.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.environment import clean_environment

ROOT = Path(__file__).resolve().parents[1]

# The date of the copies of records that do not say it themselves, and the files and folders below RECORDS.
FILES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("studies", "more.ndjson.gz")),
    ("2022-10-18", ("msc.ndjson.gz",)),
    ("2023-02-26", ("older_cell_trials.ndjson.gz", "other_cells.ndjson.gz")),
)


def missing(records: Path) -> list[str]:
    """Which of the files that the demo is made from are not in this folder."""
    return [name for _, names in FILES for name in names if not (records / name).exists()]


def build(records: Path, output: Path) -> None:
    """Writes the demo to `output`; CalledProcessError where a step fails or a record is set aside."""
    with tempfile.TemporaryDirectory(prefix="catalogue-demo-") as folder:
        environment = clean_environment(DATA_DIR=folder)

        def manage(*arguments: str | Path) -> None:
            subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)

        manage("prepare")
        for copied, names in FILES:
            dated = ["--copied", copied] if copied else []
            manage("import_trials", "ctgov", *dated, *(records / name for name in names))
        manage("export_fixture", "--facts-only", "--output", output)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Say which folder holds the records: make demo RECORDS=DIR")
    records = Path(sys.argv[1]).resolve()
    if absent := missing(records):
        sys.exit(f"{records} has no {', '.join(absent)}: docs/data.md, section 6, tells what the demo is made from.")
    try:
        build(records, ROOT / "fixtures" / "demo.json.gz")
    except subprocess.CalledProcessError:
        sys.exit("The demo was not built: see above.")


if __name__ == "__main__":
    main()
