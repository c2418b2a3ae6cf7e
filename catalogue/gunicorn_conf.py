"""How gunicorn serves the catalogue, on a desk and in a container alike: `gunicorn -c catalogue/gunicorn_conf.py`.

Any gunicorn setting can still be given in GUNICORN_CMD_ARGS, for example `--access-logfile -`.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    ParseException,
)
from gunicorn.workers.gthread import ThreadWorker

wsgi_app = "catalogue.wsgi:application"
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
# Each worker loads its own search index after the fork.
preload_app = False
# The longest question that gunicorn can be told to read; browse links stay far below it.
limit_request_line = 8190
# A socket that could stop or reload the server; nobody here uses it.
control_socket_disable = True
# Workers show that they live by touching a file, which must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (memory, not a shared folder for data)
loglevel = "warning"

# M_ARENA_MAX of glibc's malloc.h.
ARENA_MAX = -8

# The faults among gunicorn's parse errors that are the server's own.
OUR_FAULT = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)

PAGE = """\
<!doctype html>
<html lang="en-gb">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
<p>{advice}</p>
<p><a href="/">Start again from the front page</a></p>
</body>
</html>
"""

HEAD = """\
HTTP/1.1 {status}\r
Connection: close\r
Content-Type: text/html; charset=utf-8\r
Content-Security-Policy: default-src 'none'\r
X-Content-Type-Options: nosniff\r
Cache-Control: no-store\r
Content-Length: {length}\r
\r
"""


class CatalogueWorker(ThreadWorker):
    """Answers with plain pages of the catalogue's own where gunicorn, not Django, has to answer.

    That is a request that cannot be read, of which gunicorn's page would repeat a part, and an error that even Django's
    error page did not survive.
    """

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        if isinstance(exc, ParseException) and not isinstance(exc, OUR_FAULT):
            self.log.info("Refused a request that cannot be read: %s", type(exc).__name__)
            status, title = "400 Bad Request", "This request cannot be read"
            advice = "The address is too long, or what was sent is not a request that a browser makes."
        else:
            self.log.error("Error handling request %s", getattr(req, "path", ""), exc_info=exc)
            status, title = "500 Internal Server Error", "Something went wrong on our side"
            advice = "It has been noted. Try again in a moment."
        body = PAGE.format(title=title, advice=advice)
        try:
            util.write_nonblock(client, (HEAD.format(status=status, length=len(body)) + body).encode("ascii"))
        except OSError:
            self.log.debug("The client left before it was answered.")


worker_class = CatalogueWorker


def on_starting(server: Arbiter) -> None:
    """Refuses to start on settings that cannot work, in words instead of every worker's traceback."""
    try:
        importlib.import_module("catalogue.settings")
    except ImproperlyConfigured as error:
        sys.exit(str(error))


def _share_memory() -> None:
    """Lets threads that start from now on take memory from one store: what one has given back, another can use. With
    a store for each, every one keeps what its largest answer took. Only glibc has several."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, 1)


def post_worker_init(worker: Any) -> None:
    """Has the threads of a worker share one store of memory, and leaves what was loaded out of every later collection:
    to look through it again and again takes 0.1 seconds, in the middle of some request."""
    _share_memory()
    gc.collect()
    gc.freeze()


def when_ready(server: Arbiter) -> None:
    """Says on a desk where the catalogue is; production logs stay quiet."""
    if not importlib.import_module("catalogue.settings").PRODUCTION:
        print(  # noqa: T201 (for the person who typed `make run`)
            f"\nThe catalogue is on {str(server.LISTENERS[0]).replace('127.0.0.1', 'localhost')}\n"
            "To edit it, make an administrator with `make admin` and open /admin/. Stop it with Ctrl-C.\n",
            flush=True,
        )
