"""Prepares the catalogue and serves it, with the worker beside it: `make run`."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

SERVER = ["-m", "gunicorn", "-c", "catalogue/gunicorn_conf.py"]
WORKER = ["manage.py", "work"]
# Seconds that both have to end what they are at.
PATIENCE = 40.0
# A worker that ended by itself is started again, not more often than this.
PAUSE = 5.0


def port_problem(text: str) -> str:
    """Why the catalogue cannot be served on this port of localhost, or nothing."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        return f"PORT is “{text}”. Write a number from 1 to 65535, for example: make run PORT=8001"
    with socket.socket() as probe:
        # As gunicorn does, so that a server that has just stopped is not in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {text} is taken by another program. Choose another, for example: make run PORT=8001"
            return f"Port {text} cannot be used: {error.strerror}. Choose another, for example: make run PORT=8001"
    return ""


def together(server: Sequence[str], worker: Sequence[str], pause: float = PAUSE) -> int:
    """Runs both until the server ends or this process is told to; the server's exit status.

    The worker is started again where it ends before that. It ends both, each with a SIGTERM of its own.
    """
    # A terminal sends Ctrl-C to the whole group: in groups of their own each of the two hears it once, from here.
    running = [subprocess.Popen(command, start_new_session=True) for command in (server, worker)]
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    started = time.monotonic()
    try:
        while not stopped and running[0].poll() is None:
            if running[1].poll() is not None and time.monotonic() - started >= pause:
                running[1], started = subprocess.Popen(worker, start_new_session=True), time.monotonic()
            time.sleep(0.1)
        return _end(running)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> int:
    for process in running:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + PATIENCE
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return running[0].returncode


def main() -> None:
    """Checks the port, prepares, and serves with a worker until Ctrl-C."""
    problem = port_problem(os.environ.get("PORT") or "8000")
    if problem and not os.environ.get("BIND"):
        sys.exit(problem)
    prepared = subprocess.run([sys.executable, "manage.py", "prepare"])
    if prepared.returncode != 0:
        sys.exit(prepared.returncode)
    sys.exit(together([sys.executable, *SERVER], [sys.executable, *WORKER]))


if __name__ == "__main__":
    main()
