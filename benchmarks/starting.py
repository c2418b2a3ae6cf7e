"""Prints the seconds that this new process takes to have the saved index at hand: `python -m benchmarks.starting`; with
`save`, to have it saved, which builds it where none that fits is saved.
"""

from __future__ import annotations

import os
import sys

import django

from benchmarks.timing import elapsed


def load() -> None:
    """What a worker does before its first answer."""
    from trials.search.live import reading

    with reading():
        pass


def save() -> None:
    """What `manage.py prepare` does before there are workers."""
    from trials.search.live import save_now

    save_now()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
    django.setup()
    print(elapsed(save if sys.argv[1:] == ["save"] else load))
