"""The browse page's template rendered from constant data: what a page costs when its answer costs nothing.

The answers are worked out once, at the start, from the queries in the variable PAGES (separated by blanks).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalogue.settings")
django.setup()

# Models can be imported only once Django is set up, hence E402.
from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from trials.search.browse import answer  # noqa: E402
from trials.search.live import live  # noqa: E402
from trials.search.memory import give_back  # noqa: E402
from trials.search.text.matching import cache  # noqa: E402

TEMPLATE = get_template("trials/browse.html")
REQUESTS = {}
ANSWERS = {}
for query in ["", *os.environ.get("PAGES", "").split()]:
    REQUESTS[query] = RequestFactory().get(f"/trials/?{query}")
    REQUESTS[query].user = AnonymousUser()
    ANSWERS[query] = answer(QueryDict(query))
# What answering needs is no part of what constant data takes.
live.forget()
cache.clear()
gc.collect()
give_back()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI: the page of one of the questions."""
    query = environ.get("QUERY_STRING", "")
    body = TEMPLATE.render({"results": ANSWERS[query], "nav": "browse"}, REQUESTS[query]).encode()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
