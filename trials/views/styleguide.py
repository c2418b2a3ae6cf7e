"""Every component on one page, for those who build pages; there only while DEBUG is on."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trials.views._styleguide.pieces import colours, pieces


@require_safe
def styleguide_page(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    return render(request, "styleguide.html", {"pieces": list(pieces()), "colours": colours(), "nav": "styleguide"})
