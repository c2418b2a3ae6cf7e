"""Saving what trials share (terms, organisations, cues): never over what somebody else saved after the form was opened.

These have no version; the page carries digests of what its inputs showed instead.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from trials.admin.base import CatalogueAdmin
from trials.admin.chosen import HELD
from trials.admin.meanwhile import MIXED, Merger
from trials.admin.shown import SHOWN, as_sent, digest, shown_by, written

STALE = (
    "Nothing was saved: somebody else changed this after you opened the page. Compare your version with theirs, "
    "choose, then save again."
)


class ComparedAdmin(CatalogueAdmin):
    """A form that carries what it showed, and is shown again with both versions where that has changed."""

    def compare(self, request: HttpRequest, object_id: str) -> None:
        """Holds the row, and puts choices that the page brings, or what has changed since, into what was sent."""
        shown = shown_by(request)
        # A page of ours always says what it showed; a script that says nothing is taken at its word.
        if SHOWN not in request.POST:
            return
        try:
            # Only this row, and no join, which a lock could not hold.
            standing = self.model._base_manager.select_for_update(no_key=True).filter(pk=unquote(object_id)).first()
        except (ValueError, ValidationError):
            return
        if standing is None or not self.has_change_permission(request, standing):
            return
        fields = flatten_fieldsets(self.get_fieldsets(request, standing))
        now = self.get_form(request, standing, change=True, fields=fields)(instance=standing)
        is_stale = any(shown.get(name) != digest(as_sent(now, name)) for name in now.fields)
        if not is_stale and HELD not in request.POST:
            return
        merger = Merger(request.POST, shown)
        merger.merge_fields(now)
        request.POST = merger.data  # type: ignore[assignment]  # a copy, as Django makes it
        request.meanwhile = merger.found  # type: ignore[attr-defined]
        if merger.chosen.unclear:
            request.refusal = MIXED  # type: ignore[attr-defined]
        elif is_stale and merger.found.sides:
            request.refusal = STALE  # type: ignore[attr-defined]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        thing = kwargs.get("obj")
        if thing is not None and self.has_change_permission(request, thing):
            context["shown"] = written(context["adminform"].form, [])
            context["meanwhile"] = getattr(request, "meanwhile", None)
        return super().render_change_form(request, context, *args, **kwargs)
