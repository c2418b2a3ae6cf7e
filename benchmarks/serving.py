"""Whole pages through gunicorn: how long they take, how many a second, how much memory a worker holds."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import at_share

# As many at a time as there are workers, so that what is measured is the page and not the queue.
READERS = 2
START_SECONDS = 600
# So many connections at most until every worker has one.
TRIES = 500
# Names the worker that a page comes from (`benchmarks.worker`).
HEADER = "X-Worker"


@dataclass(frozen=True)
class Load:
    """Seconds per page (median and 95 in 100), pages a second, bytes of the last page."""

    p50: float
    p95: float
    per_second: float
    size: int


@dataclass(frozen=True)
class Memory:
    """Bytes: all that is resident, files and libraries that other processes use too among it; and, where the system
    says, what is the process's own with its share of the rest."""

    resident: int
    proportional: int | None


class Server:
    """A gunicorn with the catalogue's own configuration."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self.process = process

    def page(self, address: str) -> bytes:
        with closing(self._connected(START_SECONDS)) as connection:
            return _read(connection, address)[0]

    def load(self, addresses: Sequence[str], seconds: float) -> Load:
        """Readers that ask for these pages in turn, one after the other, for so long; each a worker of its own, since
        two that share one would measure how they wait for each other."""
        taken: list[float] = []
        sizes: list[int] = []
        failed: list[BaseException] = []
        connections = self._apart(addresses[0])
        ends = time.monotonic() + seconds

        def reader(turn: int, connection: http.client.HTTPConnection) -> None:
            try:
                while time.monotonic() < ends:
                    started = time.perf_counter()
                    sizes.append(len(_read(connection, addresses[turn % len(addresses)])[0]))
                    taken.append(time.perf_counter() - started)
                    turn += 1
            except BaseException as error:
                failed.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=reader, args=pair) for pair in enumerate(connections)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]
        passed = time.monotonic() - started
        return Load(statistics.median(taken), at_share(taken, 0.95), len(taken) / passed, sizes[-1])

    def _apart(self, address: str) -> list[http.client.HTTPConnection]:
        """A connection to each worker; which one takes a new connection is chance."""
        found: dict[str, http.client.HTTPConnection] = {}
        for _ in range(TRIES):
            connection = self._connected(60)
            _, worker = _read(connection, address)
            if found.setdefault(worker, connection) is not connection:
                connection.close()
            if len(found) == READERS:
                return list(found.values())
        raise RuntimeError(f"Of {READERS} workers only {len(found)} answered {TRIES} connections")

    def _connected(self, seconds: float) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)

    def memory(self) -> Memory:
        """What the largest worker holds."""
        listed = subprocess.run(["ps", "-A", "-o", "ppid=,pid=,rss="], capture_output=True, text=True, check=True)
        rows = [[int(cell) for cell in line.split()] for line in listed.stdout.splitlines()]
        return max(
            (Memory(size * 1024, _proportional(pid)) for parent, pid, size in rows if parent == self.process.pid),
            key=lambda memory: memory.resident,
        )


def _proportional(pid: int) -> int | None:
    """Bytes that are a process's own, and its share of those that several have; None where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), None)


def _read(connection: http.client.HTTPConnection, address: str) -> tuple[bytes, str]:
    """The page, and the worker that it comes from."""
    connection.request("GET", address)
    reply = connection.getresponse()
    body = reply.read()
    if reply.status != 200:
        raise RuntimeError(f"{address} answered {reply.status}")
    return body, reply.getheader(HEADER, "")


@contextmanager
def serving(application: str, ready: str) -> Iterator[Server]:
    """A server of two workers for `application` (module:name), up when the address `ready` answers 200."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": str(READERS)}
    environment["SERVED"] = application
    environment["GUNICORN_CMD_ARGS"] = f"--timeout {START_SECONDS} --keep-alive 60"
    command = [sys.executable, "-m", "gunicorn", "-c", "catalogue/gunicorn_conf.py", "benchmarks.worker"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        server = Server(port, process)
        _await(server, ready)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(server: Server, ready: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and server.process.poll() is None:
        try:
            server.page(ready)
        except (OSError, RuntimeError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn did not start; see above")
