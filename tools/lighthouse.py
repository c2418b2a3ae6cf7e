"""Scores of the running catalogue by Lighthouse: `make lighthouse`. Needs Node 18 or newer with npm, and Chromium.

Apart from `make test`, which needs no Node. Starts the catalogue as shipped on a database of its own, asks
Lighthouse 12 (fetched by npx at its first use) about each page as on a slow phone, and fails below the promised scores.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tools import chromium
from trials.tests.serving import prepared_site

LIGHTHOUSE = "lighthouse@12"
OLDEST_NODE = 18
PAGES = {"home": "/", "browse": "/trials/", "landscape": "/landscape/", "record": "/trials/nct04034316/"}
# The least score of each kind, of 100.
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 95}


class CannotMeasureError(Exception):
    """Something that Lighthouse needs is not there; the message says what to do."""


def main() -> int:
    try:
        check_node()
        browser = chromium.find()
    except (CannotMeasureError, chromium.NoChromiumError) as error:
        print(error, file=sys.stderr)
        return 2
    print("page        " + "  ".join(LEAST))
    found = []
    with prepared_site(DEMO="1") as site:
        for name, path in PAGES.items():
            report = measured(site.url + path, browser)
            print(
                f"{name:11} " + "  ".join(f"{score:>{len(kind)}}" for kind, score in scores(report).items()), flush=True
            )
            found += [f"{name}: {line}" for line in shortfalls(report)]
    print("\n".join(found) or "Every score is as promised.")
    return 1 if found else 0


def check_node() -> None:
    """CannotMeasureError where there is no npx, or a Node too old."""
    if not shutil.which("node") or not shutil.which("npx"):
        raise CannotMeasureError(
            f"Lighthouse needs Node {OLDEST_NODE} or newer with npm, and there is none on PATH. Install nodejs and npm "
            "with your system's packages or from nodejs.org and run it again. Nothing else here needs them."
        )
    said = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    version = re.match(r"v(\d+)\.", said)
    if not version or int(version[1]) < OLDEST_NODE:
        raise CannotMeasureError(f"Lighthouse needs Node {OLDEST_NODE} or newer; node --version says “{said}”.")


def measured(url: str, browser: str) -> Mapping[str, Any]:
    """What Lighthouse reports of a page."""
    flags = ["--headless=new", *(one for one in chromium.ARGUMENTS if " " not in one)]
    command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--chrome-flags={' '.join(flags)}"]
    command.append(f"--only-categories={','.join(LEAST)}")
    done = subprocess.run(command, env={**os.environ, "CHROME_PATH": browser}, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"Lighthouse could not measure {url}. It said:\n{done.stderr.strip()}")
    report: Mapping[str, Any] = json.loads(done.stdout)
    return report


def scores(report: Mapping[str, Any]) -> dict[str, int]:
    """The score of each kind, of 100; 0 where Lighthouse could give none."""
    return {kind: round(100 * (report["categories"][kind]["score"] or 0)) for kind in LEAST}


def shortfalls(report: Mapping[str, Any]) -> Iterator[str]:
    """Each score below what is promised, with what took away from it."""
    for kind, score in scores(report).items():
        if score < LEAST[kind]:
            audits = (report["audits"][one["id"]] for one in report["categories"][kind]["auditRefs"] if one["weight"])
            causes = [audit["title"] for audit in audits if audit["score"] is not None and audit["score"] < 0.9]
            yield f"{kind} is {score}, below {LEAST[kind]}: {'; '.join(causes)}"


if __name__ == "__main__":
    sys.exit(main())
