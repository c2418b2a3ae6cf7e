"""Trials made in a second process, while the first one writes those before them.

Making is as much work as writing and needs no database. The second process runs this module: it gets what trials are
made from, and answers with chunk after chunk over its standard output. It ends when nobody takes them any more.
"""

from __future__ import annotations

import gc
import pickle
import signal
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import django
from django.apps import apps

if TYPE_CHECKING:
    from trials.generating.trials import Row
    from trials.generating.world import World

_ROOT = Path(__file__).resolve().parents[2]

Chunk = list[dict[type[Any], list["Row"]]]


def made_ahead(world: World, seed: int, chunks: Sequence[range]) -> Generator[Chunk]:
    """The trials of each chunk of numbers, in order. A single chunk is made here.

    Should the second process be gone, the rest is made here too.
    """
    if len(chunks) < 2:
        yield from (_made(world, seed, chunk) for chunk in chunks)
        return
    command = [sys.executable, "-m", __name__]
    process = subprocess.Popen(  # noqa: S603 (our own module)
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    # Both are pipes, as was asked for.
    source, target = cast("IO[bytes]", process.stdout), cast("IO[bytes]", process.stdin)
    try:
        # Who is gone is noticed by what does not come.
        with suppress(OSError), closing(target):
            pickle.dump((world, seed, chunks), target, pickle.HIGHEST_PROTOCOL)
        for chunk in chunks:
            try:
                trials = pickle.load(source)  # noqa: S301 (our own process)
            except (EOFError, OSError, pickle.UnpicklingError):
                yield _made(world, seed, chunk)
            else:
                yield [{apps.get_model(label): rows for label, rows in trial.items()} for trial in trials]
    finally:
        process.kill()
        process.wait()
        source.close()


def _made(world: World, seed: int, numbers: Iterable[int]) -> Chunk:
    # The second process imports this module before models can be.
    from trials.generating.lists import made

    return [made(world, seed, number) for number in numbers]


def main(source: IO[bytes], target: IO[bytes]) -> None:
    """The second process: makes chunks until there are no more, or nobody takes them."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        world, seed, chunks = pickle.load(source)  # noqa: S301 (from the first process)
        for chunk in chunks:
            # The table of a many-to-many list is no name of any module; a label names every model.
            trials = [{model._meta.label: rows for model, rows in trial.items()} for trial in _made(world, seed, chunk)]
            pickle.dump(trials, target, pickle.HIGHEST_PROTOCOL)
            target.flush()


if __name__ == "__main__":
    # Ctrl-C is for the first process, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Rows hold no cycles.
    gc.disable()
    django.setup()
    main(sys.stdin.buffer, sys.stdout.buffer)
