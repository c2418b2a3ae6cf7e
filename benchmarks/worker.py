"""The WSGI application that SERVED names (module:name), telling with each page which worker it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from benchmarks.serving import HEADER

_module, _, _name = os.environ["SERVED"].partition(":")
_served = getattr(import_module(_module), _name or "application")


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, (HEADER, str(os.getpid()))], *error)

    return _served(environ, start)
