"""The pages of the second factor: entering a code, setting a phone up, recovery codes."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import segno
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import login as remember_device
from django_otp.plugins.otp_static.models import StaticDevice

from trials.accounts import second_factor
from trials.accounts.audit import note
from trials.accounts.lockout import OF_CODES, key_of, remember_browser
from trials.accounts.sessions import waiting_user
from trials.models import AuditKind
from trials.phrases import count

KEY = "second_factor_key"


def to_code(site: Any, request: HttpRequest) -> HttpResponse:
    """On to the page for the code, keeping where the person wanted to go."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return HttpResponseRedirect(reverse("admin:second_factor_code", current_app=site.name) + query)


def code_page(site: Any, request: HttpRequest) -> HttpResponse:
    """Asks who gave their password for a code of their phone, or a recovery code."""
    user = waiting_user(request)
    if user is None:
        return HttpResponseRedirect(_wanted(request))
    if not second_factor.has_device(user):
        return HttpResponseRedirect(reverse("admin:second_factor_set_up") + _query(request))
    problem = _checked(request, user) if request.method == "POST" else ""
    if not isinstance(problem, str):
        return problem
    return _page(site, request, "code", "Second factor", {"person": user, "problem": problem})


def _checked(request: Any, user: Any) -> HttpResponse | str:
    """What follows from the code that was sent: the way in, the way out, or what is wrong with it."""
    of_codes = {"username": OF_CODES.format(user.get_username())}
    if not AxesProxyHandler.is_allowed(request, of_codes):
        # Noted for django-axes, whose middleware puts its page in place of this answer.
        request.axes_locked_out, request.axes_credentials = True, of_codes
        return HttpResponse(status=429)
    try:
        device = second_factor.verify(user, request.POST.get("code", ""))
    except second_factor.Wait as wait:
        return f"There were several wrong codes. Wait {count(wait.seconds, 'second')}, then enter a new one."
    if device is None:
        AxesProxyHandler.user_login_failed(code_page, of_codes, request, person=user)
        return "This code is wrong, was used before, or has run out. Enter the one that the app shows now."
    # Not those from elsewhere, which somebody else may have made.
    AxesProxyHandler.reset_attempts(username=key_of(request, of_codes), ip_address=request.axes_ip_address)
    return _let_in(request, user, device)


def set_up_page(site: Any, request: HttpRequest) -> HttpResponse:
    """Shows a secret as a QR code and in letters, and asks for a code that proves that the phone has it."""
    user = _who_sets_up(request)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login") + _query(request))
    key = request.session.setdefault(KEY, second_factor.new_key())
    problem = ""
    if request.method == "POST":
        device = second_factor.set_up(user, key, request.POST.get("code", ""))
        if device is not None:
            del request.session[KEY]
            note(AuditKind.DEVICE_SET_UP, request, by=user, about=user.get_username())
            _let_in(request, user, device)
            return _show_codes(site, request, "Your second factor is set up")
        problem = "This is not the code that the app shows for this catalogue now. Is the phone's clock right?"
    context = {"person": user, "problem": problem, "secret": second_factor.written(key)}
    return _page(site, request, "set_up", "Set up your second factor", context)


def qr_code(site: Any, request: HttpRequest) -> HttpResponse:
    """The secret of the page above as a QR code: an SVG of its own, since the policy forbids pictures in addresses."""
    user, key = _who_sets_up(request), request.session.get(KEY)
    if user is None or key is None:
        raise Http404
    picture = BytesIO()
    segno.make(second_factor.address_for_apps(user, key), error="m", micro=False).save(
        picture, kind="svg", scale=5, light="white", title="QR code for your authenticator app"
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def leave(site: Any, request: HttpRequest) -> HttpResponse:
    """Ends a sign-in half way."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    logout(request)
    return HttpResponseRedirect(reverse("admin:login"))


def own_page(site: Any, request: HttpRequest) -> HttpResponse:
    """What somebody has by way of a second factor, and what they may do about it."""
    user: Any = request.user
    has = second_factor.has_device(user)
    left = second_factor.codes_left(user)
    context = {"has_device": has, "left": count(left, "recovery code")}
    return _page(site, request, "own", "Your second factor", context)


def new_codes(site: Any, request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes in place of the old ones."""
    if request.method != "POST" or not second_factor.has_device(request.user):
        return HttpResponseRedirect(reverse("admin:second_factor_own"))
    return _show_codes(site, request, "Your new recovery codes")


def codes_file(site: Any, request: HttpRequest) -> HttpResponse:
    """The codes that the page before shows, as a file: it sends them back, since they are kept nowhere."""
    codes = request.POST.get("codes", "").split()
    if request.method != "POST" or not second_factor.are_codes_of(request.user, codes):
        return HttpResponseRedirect(reverse("admin:second_factor_own"))
    head = f"Recovery codes of {request.user.get_username()} for {request.get_host()}. Each works once.\n\n"
    headers = {"Content-Disposition": 'attachment; filename="recovery-codes.txt"'}
    return HttpResponse(head + "\n".join(codes) + "\n", content_type="text/plain; charset=utf-8", headers=headers)


def _show_codes(site: Any, request: HttpRequest, title: str) -> HttpResponse:
    codes = second_factor.make_codes(request.user)
    note(AuditKind.CODES_MADE, request, about=request.user.get_username())
    return _page(site, request, "codes", title, {"codes": codes, "wanted": _wanted(request)})


def _let_in(request: Any, user: Any, device: second_factor.Device) -> HttpResponse:
    """From here on the person is signed in, under a new session key."""
    was_waiting = not request.user.is_authenticated
    request.user = user
    request.session.cycle_key()
    rotate_token(request)
    remember_device(request, device)
    remember_browser(request, user)
    if was_waiting:
        how = "a recovery code" if isinstance(device, StaticDevice) else "a code of the phone"
        note(AuditKind.SIGNED_IN, request, by=user, details=f"With {how}.")
    return HttpResponseRedirect(_wanted(request))


def _who_sets_up(request: HttpRequest) -> Any:
    """Who may set a phone up: somebody signed in, or who gave their password and has none yet."""
    if request.user.is_authenticated:
        return request.user if request.user.is_staff else None
    user = waiting_user(request)
    return None if user is None or second_factor.has_device(user) else user


def _query(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    return f"?{urlencode({'next': wanted})}" if wanted else ""


def _wanted(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("admin:index")


def _page(site: Any, request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
    own = {"title": title, "wanted": _wanted(request), "query": _query(request)}
    return TemplateResponse(
        request, f"admin/second_factor/{name}.html", {**site.each_context(request), **own, **context}
    )
