"""Prepares the catalogue and serves it: `make run`."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys


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


def main() -> None:
    """Checks the port, prepares, and becomes gunicorn."""
    problem = port_problem(os.environ.get("PORT") or "8000")
    if problem and not os.environ.get("BIND"):
        sys.exit(problem)
    prepared = subprocess.run([sys.executable, "manage.py", "prepare"])
    if prepared.returncode != 0:
        sys.exit(prepared.returncode)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "catalogue/gunicorn_conf.py"])


if __name__ == "__main__":
    main()
