"""What the admin's templates ask of the desk."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from trials.admin.desk.lines import at_most
from trials.admin.desk.queue import counted, open_to, queue_of
from trials.admin.desk.sources import AGES, MOST

register = template.Library()


@register.simple_tag(takes_context=True)
def worklists(context: Any) -> list[dict[str, Any]]:
    """What waits for who is signed in: the kinds of which anything does, with numbers and addresses."""
    found = []
    for kind in open_to(context["request"].user):
        held = counted(kind)
        if held.total:
            url = reverse("admin:trials_work", args=[kind.slug])
            ages = [
                {"days": days, "total": at_most(number, MOST), "url": f"{url}?older={days}" if number else ""}
                if number is not None
                else None
                for days, number in zip(AGES, held.older, strict=True)
            ]
            found.append({"kind": kind, "total": at_most(held.total, MOST), "url": url, "ages": ages})
    return found


@register.simple_tag(takes_context=True)
def in_work(context: Any) -> bool:
    """Whether the address of a page carries a worklist."""
    request = context.get("request")
    return bool(request and queue_of(request))


@register.simple_tag(takes_context=True)
def work_bar(context: Any) -> dict[str, Any] | None:
    """Where a page stands in the worklist that its address carries, and the pages beside it."""
    request = context.get("request")
    found = queue_of(request) if request and getattr(request, "user", None) else None
    if found is None:
        return None
    queue, key = found
    before, after = queue.before(key), queue.after(key)
    total = queue.total()
    return {
        "kind": queue.kind,
        "older": queue.older,
        "url": queue.url(),
        "place": at_most(queue.place(key) + 1, MOST),
        "total": at_most(total, MOST),
        "is_here": queue.still_has(key),
        "before": queue.address(before) if before else "",
        "after": queue.address(after) if after else "",
        # What a form carries on, so that saving goes to the next one.
        "query": queue.query(key),
    }
