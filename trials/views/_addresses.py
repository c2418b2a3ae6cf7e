"""The addresses that lead to a public trial: its own, its former ones, and its registry numbers."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from trials.models import Trial


def trial_or_redirect(slug: str, page: str) -> Trial | HttpResponse:
    """The public trial of an address, or the way to it on the page of that name; Http404 if there is none.

    An address in another case, or a former one, has moved for good (301). A registry number leads on for now (302):
    an editor may find that it belongs to another trial.
    """
    public = Trial.objects.public()
    trial = public.addressed(slug)
    if trial is None:
        numbered = public.numbered(slug)
        if numbered is None:
            raise Http404
        return redirect(page, numbered.slug)
    if trial.slug != slug:
        return redirect(page, trial.slug, permanent=True)
    return trial
