"""Two to four trials side by side. The address says which, so that it can be sent on."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from trials.models import Trial
from trials.views._compare.asked import LEAST, MOST, Asked, asked_for
from trials.views._compare.page import Comparison, compared, comparison

DIFFERENCES = "differences"


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """`/compare/?trial=a&trial=b`: any address or registry number will do, and leads to the trials' own addresses."""
    given = request.GET.getlist("trial")
    asked = asked_for(given)
    only = request.GET.get("only") == DIFFERENCES
    if not asked.problems and list(asked.slugs) != given:
        return redirect(address_of(asked.slugs, only=only))
    page = _compared(asked, only) if asked.trials else None
    context = {
        "nav": "compare",
        "page": page,
        "problems": asked.problems,
        "is_short": 0 < len(asked.trials) < LEAST,
        "is_full": len(asked.trials) == MOST,
        "only": only,
        "all_url": address_of(asked.slugs),
        "only_url": address_of(asked.slugs, only=True),
        "columns": [(column, _without(asked, column.slug, only)) for column in page.columns] if page else [],
        "shared": request.build_absolute_uri(address_of(asked.slugs)),
        "today": timezone.localdate(),
    }
    return render(request, "trials/compare.html", context)


def address_of(slugs: tuple[str, ...], *, only: bool = False) -> str:
    """The address that compares these trials, in this order."""
    words = [("trial", slug) for slug in slugs] + ([("only", DIFFERENCES)] if only else [])
    return f"{reverse('compare')}?{urlencode(words)}" if words else reverse("compare")


def _without(asked: Asked, slug: str, only: bool) -> str:
    return address_of(tuple(one for one in asked.slugs if one != slug), only=only)


def _compared(asked: Asked, only: bool) -> Comparison:
    trials = {trial.pk: trial for trial in Trial.objects.public().filter(pk__in=[pk for pk, _ in asked.trials])}
    # One that was withdrawn between the two questions is no longer shown.
    listed = [trials[pk] for pk, _ in asked.trials if pk in trials]
    prefetch_related_objects(listed, *compared())
    return comparison(listed, timezone.localdate(), only_differences=only)
