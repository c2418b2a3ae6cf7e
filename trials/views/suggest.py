"""Suggestions while somebody types into the search box, as JSON."""

from __future__ import annotations

import hashlib
from itertools import groupby

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from trials.search.live import reading
from trials.search.saved import shape
from trials.search.suggest import Suggestion, suggest


@require_safe
def suggestions(request: HttpRequest) -> HttpResponseBase:
    """`{"groups": [{"kind", "suggestions": [{"label", "also", "hint", "count", "url"}]}]}`."""
    with reading() as index:
        # The same address answers the same as long as neither the catalogue nor the program changes.
        etag = quote_etag(hashlib.sha256(f"{index.token} {shape()}".encode()).hexdigest()[:32])
        answer = get_conditional_response(request, etag=etag)
        if answer is None:
            found = groupby(suggest(request.GET, index), key=lambda one: one.kind)
            groups = [{"kind": kind, "suggestions": [_shown(one) for one in some]} for kind, some in found]
            answer = JsonResponse({"groups": groups})
    answer["ETag"] = etag
    answer["Cache-Control"] = "no-cache"
    return answer


def _shown(one: Suggestion) -> dict[str, str | int | bool]:
    return {
        "label": one.label,
        "also": one.also,
        "hint": one.hint,
        "count": one.count,
        "url": one.url,
    }
