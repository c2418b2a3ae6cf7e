"""Trials made in a second process, while the first one writes those before them.

Making is as much work as writing and needs no database. The second process runs this module: it gets what trials are
made from and answers with chunk after chunk, over its standard input and output. It ends when nobody takes them.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import django
from django.apps import apps

from trials.long_work import has_two_cores

if TYPE_CHECKING:
    from trials.generating.trials import Row
    from trials.generating.world import World

_ROOT = Path(__file__).resolve().parents[2]

# Some trials, each with its rows by model.
Made = list[dict[type[Any], list["Row"]]]


def made_ahead(world: World, seed: int, chunks: Sequence[range]) -> Generator[Made]:
    """The trials of each chunk of numbers, in order.

    A single chunk is made here, as all of them are on one core, and what is left should the second process be gone.
    """
    if len(chunks) < 2 or not has_two_cores():
        yield from (_make(world, seed, numbers) for numbers in chunks)
        return
    process = _started()
    # Both are pipes, as was asked for.
    source, target = cast("IO[bytes]", process.stdout), cast("IO[bytes]", process.stdin)
    try:
        _send(target, (world, seed, chunks))
        for numbers in chunks:
            # Nothing here holds on to what is yielded, so that one chunk is in memory and not two.
            yield _received(source) or _make(world, seed, numbers)
    finally:
        process.kill()
        process.wait()
        source.close()
        # What was written last may have reached nobody.
        with suppress(OSError):
            target.close()


def _started() -> subprocess.Popen[bytes]:
    # In the same folder as this process, since settings may name files from there.
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-P", "-m", __name__],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _send(target: IO[bytes], message: object) -> None:
    # Who is gone is noticed by what does not come.
    with suppress(OSError):
        pickle.dump(message, target, pickle.HIGHEST_PROTOCOL)
        target.flush()


def _received(source: IO[bytes]) -> Made | None:
    """The next chunk, or none if there is nobody to send it."""
    try:
        trials = pickle.load(source)  # noqa: S301 (our own process)
    except (EOFError, OSError, pickle.UnpicklingError):
        return None
    return [{apps.get_model(label): rows for label, rows in trial.items()} for trial in trials]


def _make(world: World, seed: int, numbers: Iterable[int]) -> Made:
    # The second process imports this module before models can be.
    from trials.generating.lists import made

    return [made(world, seed, number) for number in numbers]


def main(source: IO[bytes], target: IO[bytes]) -> None:
    """The second process: makes chunks until there are no more, or nobody takes them."""
    try:
        world, seed, chunks = pickle.load(source)  # noqa: S301 (from the first process)
    except (EOFError, OSError, pickle.UnpicklingError):
        return
    for numbers in chunks:
        try:
            pickle.dump(_labelled(_make(world, seed, numbers)), target, pickle.HIGHEST_PROTOCOL)
            target.flush()
        except BrokenPipeError:
            return


def _labelled(trials: Made) -> list[dict[str, list[Row]]]:
    """The table of a many-to-many list is no name of any module; a label names every model."""
    return [{model._meta.label: rows for model, rows in trial.items()} for trial in trials]


if __name__ == "__main__":
    # Ctrl-C is for the first process, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Rows hold no cycles.
    gc.disable()
    answers = sys.stdout.buffer
    # Whatever else is printed goes to people.
    sys.stdout = sys.stderr
    django.setup()
    main(sys.stdin.buffer, answers)
