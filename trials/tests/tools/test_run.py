import socket
import sys

import pytest

from tools.run import port_problem, together


def test_taken_port_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert port_problem(str(port)) == (
            f"Port {port} is taken by another program. Choose another, for example: make run PORT=8001"
        )
    assert port_problem(str(port)) == ""


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_port_that_is_no_port_is_refused(text):
    assert port_problem(text).startswith(f"PORT is “{text}”. Write a number from 1 to 65535")


BOTH = """
import os, signal, sys, time
from pathlib import Path
folder, name = Path(sys.argv[1]), sys.argv[2]
def say(what):
    with (folder / "log").open("a") as log:
        log.write(f"{name} {what}\\n")
signal.signal(signal.SIGTERM, lambda *_: (say("ends"), os._exit(0)))
(folder / name).touch()
if name == "worker":
    say("begins")
    if not (folder / "again").exists():
        (folder / "again").touch()
        os._exit(1)
    while not (folder / "server").exists():
        time.sleep(0.05)
    os.kill(os.getppid(), signal.SIGTERM)
time.sleep(60)
"""


def test_a_worker_that_fell_is_started_again_and_both_are_stopped_together(tmp_path):
    """The worker ends by itself once; the next one tells this process to stop, as Ctrl-C does."""
    server, worker = ([sys.executable, "-c", BOTH, str(tmp_path), name] for name in ("server", "worker"))
    assert together(server, worker, pause=0) == 0
    said = (tmp_path / "log").read_text().splitlines()
    assert sorted(said) == ["server ends", "worker begins", "worker begins", "worker ends"]
