"""How many records a second the readers of cell products read: `python -m benchmarks.reading [RECORDS]`.

The records are made up (`trials.registries.made`, some 13 kB each) and parsed beforehand. The time is that of the
processor, on one core: what else the machine does leaves it alone.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")


def main() -> None:
    import django

    django.setup()
    from trials.intake.lexicon import shipped_words
    from trials.reading.lexicon import Lexicon
    from trials.reading.read import read
    from trials.registries import ctgov, made

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    started = time.perf_counter()
    lexicon = Lexicon.of(shipped_words(Path(__file__).resolve().parents[1] / "fixtures" / "vocabulary"))
    print(f"lexicon built in {time.perf_counter() - started:.2f} s")
    records = [ctgov.parse(line) for line in made.lines(count)]
    rates = []
    for _ in range(3):
        started = time.process_time()
        for record in records:
            read(record, lexicon)
        rates.append(count / (time.process_time() - started))
    print(f"{count:,} records, three rounds: {', '.join(f'{rate:,.0f}' for rate in rates)} records a second")


if __name__ == "__main__":
    main()
