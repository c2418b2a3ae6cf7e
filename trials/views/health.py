"""What a load balancer asks: is the process alive, and may it get visitors."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from trials.search.live import live

# Seconds that an answer may wait for the search index; a small one is loaded by then.
PATIENCE = 0.5

_schema_is_current = False


class HealthMiddleware:
    """Answers `/healthz/live` and `/healthz/ready` before the host check and the redirect to HTTPS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz/live":
            return _answer({"live": True})
        if request.path_info == "/healthz/ready":
            problem = _why_not_ready()
            return _answer({"ready": not problem, "problem": problem} if problem else {"ready": True})
        return self.get_response(request)


def _answer(body: dict[str, object]) -> JsonResponse:
    response = JsonResponse(body, status=503 if body.get("problem") else 200)
    response["Cache-Control"] = "no-store"
    return response


def _why_not_ready() -> str:
    """Empty when the database answers and has this release's tables, pages find their static files, and the search
    index is loaded, which the first to ask begins.

    Otherwise what is wrong, without the database's address.
    """
    global _schema_is_current
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _schema_is_current:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "The database lacks this release's tables: run “manage.py prepare”."
            _schema_is_current = True
    except DatabaseError:
        return "The database does not answer."
    # The list of files is read once, when the process starts; plain storage, as in tests, has none.
    if getattr(staticfiles_storage, "hashed_files", None) == {}:
        return "The static files are not collected: run “manage.py prepare”, then start the server again."
    if not live.is_loaded():
        live.load_aside().join(PATIENCE)
    return "" if live.is_loaded() else "The search index is being loaded: ask again in a few seconds."
