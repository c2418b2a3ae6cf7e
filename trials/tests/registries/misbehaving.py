"""A local server that answers like a registry's live service, and misbehaves where a test asks it to.

`CtgovService` and `CtisService` answer in the documented shape from the trials that they are given. Every request
takes one fault off `faults`, if there is one, in place of its proper answer; `None` there means a proper answer.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Fault = Callable[["_Handler"], None]


@dataclass(frozen=True)
class Asked:
    """A request as it came: header names in lower case, parameters by name, `at` in seconds of a steady clock."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: Any
    at: float


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5
    server: _Server

    def log_message(self, *arguments: Any) -> None:
        """Keeps the test run quiet."""

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Any) -> None:
        address = urlsplit(self.path)
        asked = Asked(
            self.command,
            address.path,
            {name: values[0] for name, values in parse_qs(address.query).items()},
            {name.lower(): value for name, value in self.headers.items()},
            body,
            time.monotonic(),
        )
        service = self.server.service
        service.asked.append(asked)
        fault = service.faults.popleft() if service.faults else None
        if fault is not None:
            fault(self)
            return
        status, answer = service.answer(asked)
        self.give(status, json.dumps(answer).encode() if not isinstance(answer, bytes) else answer)

    def give(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        """Sends an answer; `Retry_After="1"` names a header."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: Service) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is what some tests are about."""


class Service:
    """A service that runs while used with `with`. `url` is its address, `asked` every request that came."""

    def __init__(self) -> None:
        self.faults: deque[Fault | None] = deque()
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """The proper answer: a status and what is sent as JSON."""
        return 200, {"asked": asked.path}


class CtgovService(Service):
    """API v2 `/api/v2/studies` over `studies`; a full page names a next one even where nothing follows."""

    def __init__(self, studies: Iterable[dict[str, Any]] = ()) -> None:
        super().__init__()
        self.studies = list(studies)
        self.live_tokens: set[str] = set()

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path != "/api/v2/studies":
            return 404, {}
        size, token = int(asked.params.get("pageSize", "10")), asked.params.get("pageToken", "")
        if token and token not in self.live_tokens:
            return 400, {"message": "Incorrect pageToken"}
        start = int(token.removeprefix("token")) if token else 0
        page = {"studies": self.studies[start : start + size]}
        if asked.params.get("countTotal") == "true":
            page["totalCount"] = len(self.studies)  # type: ignore[assignment]
        if len(page["studies"]) == size:
            following = f"token{start + size}"
            self.live_tokens.add(following)
            page["nextPageToken"] = following  # type: ignore[assignment]
        return 200, page


class CtisService(Service):
    """The CTIS search over `overviews` and `retrieve` over `trials` by number.

    As the real one it counts pages from 1 (page 0 holds nothing), answers a GET of the search with 403 and any
    unknown address with a web page, and lists no more than `most` trials while it speaks of all.
    """

    def __init__(self, overviews: Iterable[dict[str, Any]] = (), trials: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.overviews = list(overviews)
        self.trials = dict(trials or {})
        self.most = 10_000

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/ctis-public-api/search":
            return (200, self._search(asked.body["pagination"])) if asked.method == "POST" else (403, {})
        number = asked.path.removeprefix("/ctis-public-api/retrieve/")
        return (200, self.trials[number]) if number in self.trials else (404, {})

    def _search(self, pagination: dict[str, int]) -> dict[str, Any]:
        page, size = pagination["page"], pagination["size"]
        start = (page - 1) * size
        rows = self.overviews[start : min(start + size, self.most)] if page else []
        return {
            "pagination": {
                "totalRecords": len(self.overviews) if page else 0,
                "currentPage": page,
                "totalPages": -(-len(self.overviews) // size),
                "nextPage": start + size < min(len(self.overviews), self.most),
                "prevPage": page > 1,
            },
            "data": rows,
        }


# -------------------------------------------------------------------------------------------------------------- faults
def status(code: int, words: str = "", kind: str = "text/plain", **headers: str) -> Fault:
    """An answer with this status, for example `status(429, Retry_After="1")`."""
    return lambda handler: handler.give(code, words.encode(), kind, **headers)


def sends(body: bytes, kind: str = "application/json") -> Fault:
    """A successful answer with exactly these bytes."""
    return lambda handler: handler.give(200, body, kind)


def reset(handler: _Handler) -> None:
    """The connection is torn down before an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def hangs_up(handler: _Handler) -> None:
    """The answer stops in the middle of what its length announces."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"studies": [')
    handler.close_connection = True


def silent(seconds: float) -> Fault:
    """No sign of life for so long; then the connection is closed."""

    def fault(handler: _Handler) -> None:
        handler.server.service.closing.wait(seconds)
        handler.close_connection = True

    return fault


def drips(seconds: float) -> Fault:
    """A blank every now and then, but no whole answer in that time."""

    def fault(handler: _Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        until = time.monotonic() + seconds
        while time.monotonic() < until and not handler.server.service.closing.wait(0.02):
            handler.wfile.write(b" ")
        handler.close_connection = True

    return fault


def huge(size: int) -> Fault:
    """An answer of so many bytes whose length is not announced."""

    def fault(handler: _Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b'"' + b"x" * size + b'"')
        handler.close_connection = True

    return fault
