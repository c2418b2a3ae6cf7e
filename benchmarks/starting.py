"""Prints the seconds that this new process takes to have the saved index at hand: `python -m benchmarks.starting`."""

from __future__ import annotations

import os

import django

from benchmarks.timing import elapsed


def load() -> None:
    """What a worker does before its first answer."""
    from trials.search.live import reading

    with reading():
        pass


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
    django.setup()
    print(elapsed(load))
