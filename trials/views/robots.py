"""What search engines may read: every trial, but not the endless combinations of choices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

RULES = """User-agent: *
Disallow: /admin/
Disallow: /trials/?
Disallow: /landscape/?
Disallow: /map/?
Disallow: /trials/facets/
Disallow: /trials/suggest/
"""


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    return HttpResponse(RULES, content_type="text/plain; charset=utf-8")
