"""The admin's site: signing in with a second factor, and passwords whose change is noted.

It stands here because `trials.admin` registers its models on this site while it is being made.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache


class CatalogueSite(AdminSite):
    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Models cannot be imported when this module is.
        from trials.accounts import pages

        # Before the second factor nobody is signed in, so these look for themselves who it is.
        half_way = [
            ("code/", pages.code_page, "code"),
            ("set-up/", pages.set_up_page, "set_up"),
            ("qr.svg", pages.qr_code, "qr"),
            ("leave/", pages.leave, "leave"),
        ]
        signed_in = [
            ("", pages.own_page, "own"),
            ("codes/", pages.new_codes, "codes"),
            ("codes.txt", pages.codes_file, "codes_file"),
        ]
        own = [
            path(f"second-factor/{route}", never_cache(partial(view, self)), name=f"second_factor_{name}")
            for route, view, name in half_way
        ] + [
            path(f"second-factor/{route}", self.admin_view(partial(view, self)), name=f"second_factor_{name}")
            for route, view, name in signed_in
        ]
        return [*own, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        from trials.accounts import pages
        from trials.accounts.sessions import waiting_user

        if waiting_user(request) is not None:
            return pages.to_code(self, request)
        return super().login(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        from trials.accounts.audit import note
        from trials.models import AuditKind

        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            note(AuditKind.PASSWORD_CHANGED, request, about=request.user.get_username())
        return response
