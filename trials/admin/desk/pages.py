"""The list of one kind of what waits, and accepting many facts at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from trials.admin.desk.kinds import KINDS
from trials.admin.desk.lines import Line, at_most, of_fact
from trials.admin.desk.queue import AT, Queue, queue_named
from trials.admin.desk.sources import AGES, MOST, written
from trials.admin.logged import logged
from trials.intake.reviewing import LISTS, FactId, accept_all
from trials.models import Trial
from trials.phrases import count

PAGE = 50
# A page holds no more boxes to tick.
MOST_TICKED = 200


def work_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits of one kind, the longest first; the facts that are ticked can be accepted (POST)."""
    queue = queue_named(request, slug)
    if queue is None:
        if slug in {kind.slug for kind in KINDS}:
            raise PermissionDenied
        raise Http404(f"No worklist is called {slug}.")
    if request.method == "POST":
        return _accept(request, queue)
    start = request.GET.get(AT, "")
    key = queue.kind.sources[0].parse(start.split("~")) if start else None
    items = queue.with_lines(queue.page(key, PAGE + 1))
    shown, first = items[:PAGE], queue.first()
    carried = {"older": queue.older} if queue.older else {}
    return TemplateResponse(
        request,
        "admin/desk/list.html",
        admin.site.each_context(request)
        | {
            "title": queue.kind.label,
            "kind": queue.kind,
            "queue": queue,
            "total": at_most(queue.total(), MOST),
            "rows": [_row(queue, item) for item in shown],
            "first": queue.address(first) if first else "",
            "is_later": key is not None,
            "more": f"?{urlencode(carried | {AT: written(shown[-1].key)}, safe='~:')}" if items[PAGE:] else "",
            "ages": [(days, f"?older={days}") for days in AGES] if any(s.since for s in queue.kind.sources) else [],
        },
    )


def _row(queue: Queue, item: Any) -> dict[str, Any]:
    rank = item.key[-2]
    box = str(FactId(list(LISTS)[rank], item.row.pk)) if queue.kind.is_facts else ""
    line: Line = queue.kind.line(item.row)
    return {
        "line": line,
        "url": queue.address(item),
        "since": queue.kind.sources[rank].since_of(item.row),
        "box": box,
    }


# Many facts at once ----------------------------------------------------------------------------------------------


def _accept(request: HttpRequest, queue: Queue) -> HttpResponse:
    """Shows the ticked facts once more, and accepts them when that is confirmed."""
    ids = [FactId.parse(text) for text in request.POST.getlist("fact")[:MOST_TICKED]]
    facts = [fact for fact in ids if fact is not None] if queue.kind.is_facts else []
    back = HttpResponseRedirect(queue.url())
    if not facts:
        messages.warning(request, "Nothing was accepted: tick the facts first.")
        return back
    if "confirm" not in request.POST:
        shown = [(fact, of_fact(row)) for fact, row in _rows(facts)]
        context = admin.site.each_context(request) | {
            "title": f"Accept {count(len(shown), 'fact')}?",
            "queue": queue,
            "kind": queue.kind,
            "facts": shown,
        }
        return TemplateResponse(request, "admin/desk/accept.html", context)
    trials = list(Trial.objects.filter(pk__in={row.trial_id for _, row in _rows(facts)}))
    accepted = accept_all(facts, request.user)
    words = f"{count(accepted, 'fact')} {'was' if accepted == 1 else 'were'} accepted."
    if accepted < len(facts):
        words += f" {count(len(facts) - accepted, 'other')} changed meanwhile and stayed as it is."
    said = "Accepted facts in the worklist."
    logged(request, trials, said)
    messages.success(request, words)
    return back


def _rows(facts: list[FactId]) -> list[tuple[FactId, Any]]:
    """The facts that still stand, in the order given."""
    found: dict[FactId, Any] = {}
    for name, model in LISTS.items():
        keys = [fact.pk for fact in facts if fact.name == name]
        rows = model._default_manager.filter(pk__in=keys).select_related("trial")
        many = [field.name for field in model._meta.many_to_many]
        found |= {FactId(name, row.pk): row for row in rows.prefetch_related(*many)}
    return [(fact, found[fact]) for fact in facts if fact in found]


def addresses() -> list[URLPattern]:
    """The pages of the desk, below that of trials."""
    from trials.admin.desk.fact_page import fact_page
    from trials.admin.desk.match_page import match_page
    from trials.admin.desk.word_page import word_page

    view = admin.site.admin_view
    return [
        path("work/match/<int:pk>/", view(match_page), name="trials_match"),
        path("work/word/", view(word_page), name="trials_word"),
        path("work/<slug:slug>/", view(work_list), name="trials_work"),
        path("<int:object_id>/facts/<str:name>/<int:pk>/", view(fact_page), name="trials_fact"),
    ]
