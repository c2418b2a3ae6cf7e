"""How long each picture of the landscape and each map takes: `DATA_DIR=… python -m benchmarks.pictures`.

Counting and drawing, without the page around it and without finding the trials of the question. Milliseconds of this
process's own time, the median of nine; “first” is the first after an edit that changed dates, doses or places.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import django
from django.http import QueryDict
from django.utils import timezone

QUESTIONS = {
    "all trials": "",
    "recruiting": "status=recruiting",
    "three choices": "phase=2&cell_type=t-cells&start_from=2015",
}
TIMES = 9


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
    django.setup()
    from trials.search.live import live

    with live.reading(waits=False) as index:
        print(f"{len(index.public):,} trials, {len(index.gazetteer.cities):,} cities\n")
    print(f"| picture | first | {' | '.join(QUESTIONS)} |\n|---|---|{'---|' * len(QUESTIONS)}")
    for name, draw in pictures().items():
        first, *rest = (f"{value:.1f}" for value in measured(draw))
        print(f"| {name} | {first} | {' | '.join(rest)} |")


def pictures() -> dict[str, Callable[[object], object]]:
    """Each picture by its name, as what counts and draws it."""
    from trials.search import landscape, landscape_doses, worldmap
    from trials.search.worldmap_windows import WORLD
    from trials.views._pictures import charts, maps

    def of_map(zoom: str) -> Callable[..., object]:
        return lambda asked: maps.world_picture(
            worldmap.world_map(asked, worldmap.window_for(asked, zoom) or WORLD)
        ).inline()

    today = timezone.localdate()
    drawn: dict[str, Callable[..., object]] = {
        "starts per year": lambda asked: charts.starts_chart(landscape.starts(asked, today)).inline(),
        "phase by cell type": lambda asked: charts.heat_chart(landscape.phases(asked)).inline(),
        "status": lambda asked: charts.bars_chart(landscape.statuses(asked)).inline(),
        "enrolment": lambda asked: charts.bars_chart(landscape.enrolments(asked)).inline(),
        "doses, all bases": lambda asked: [
            charts.doses_chart(table).inline() for table in landscape_doses.doses(asked).tables
        ],
    }
    return drawn | {f"map of {zoom or 'the world'}": of_map(zoom) for zoom in ("", "europe", "us")}


def measured(draw: Callable[[object], object]) -> list[float]:
    """Milliseconds: the first after an edit, then for each question."""
    from trials.search import landscape_asked

    def once(query: str) -> float:
        with landscape_asked.asking(QueryDict(query)) as asked:
            _ = asked.found
            began = time.thread_time()
            draw(asked)
            return 1000 * (time.thread_time() - began)

    # Addresses, translations and outlines are loaded once by a process, whatever is edited.
    once("")
    landscape_asked.forget()
    return [once(""), *(statistics.median(once(query) for _ in range(TIMES)) for query in QUESTIONS.values())]


if __name__ == "__main__":
    main()
