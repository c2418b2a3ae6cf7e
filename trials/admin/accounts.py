"""Accounts and groups: Django's own pages, with a log of what changed and limits on who may change whom."""

from __future__ import annotations

from typing import Any

# Imported first, and for that alone (F401): they register pages that are replaced or taken away below.
import django_otp.plugins.otp_static.admin
import django_otp.plugins.otp_totp.admin  # noqa: F401
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from trials.accounts import roles, second_factor
from trials.accounts.audit import note
from trials.models import AuditKind

# The stock pages of devices show their secrets to whoever opens them.
admin.site.unregister([Group, User, StaticDevice, TOTPDevice])


class AuditedAdmin(admin.ModelAdmin):
    """Notes in the audit log what of an account or group was changed here.

    `added`, `changed`, `deleted`: the kinds of entry. `links`: its links to many. `told`: fields whose values are told,
    of the others only that they changed.
    """

    added: AuditKind
    changed: AuditKind
    deleted: AuditKind
    links: tuple[str, ...]
    told: tuple[str, ...] = ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = self._held(form.instance)
        super().save_related(request, form, formsets, change)
        after = self._held(form.instance)
        parts = self._values(form) if change else []
        for name in self.links:
            for word, names in (("added", after[name] - before[name]), ("removed", before[name] - after[name])):
                if names:
                    parts.append(f"{_label(form.instance, name)} {word}: {', '.join(sorted(names))}.")
        if parts or not change:
            note(self.changed if change else self.added, request, about=str(form.instance), details=" ".join(parts))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        name = str(obj)
        super().delete_model(request, obj)
        note(self.deleted, request, about=name)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        names = [str(obj) for obj in queryset]
        super().delete_queryset(request, queryset)
        for name in names:
            note(self.deleted, request, about=name)

    def _held(self, obj: Any) -> dict[str, set[str]]:
        return {name: {str(one) for one in getattr(obj, name).all()} for name in self.links}

    def _values(self, form: Any) -> list[str]:
        names = [name for name in form.changed_data if name not in self.links]
        return [
            f"{_label(form.instance, name)}: {form.initial.get(name)} → {form.cleaned_data[name]}."
            if name in self.told
            else f"{_label(form.instance, name)} changed."
            for name in names
        ]


def _label(obj: Any, name: str) -> str:
    return str(obj._meta.get_field(name).verbose_name).capitalize()


@admin.register(User)
class AccountAdmin(AuditedAdmin, UserAdmin):
    """Who is no superuser can neither make one nor touch one's account, which would be the same."""

    added, changed, deleted = AuditKind.ACCOUNT_ADDED, AuditKind.ACCOUNT_CHANGED, AuditKind.ACCOUNT_DELETED
    links = ("groups", "user_permissions")
    told = ("username", "is_active", "is_staff", "is_superuser")

    list_display = ("username", "first_name", "last_name", "roles", "is_active", "second_factor", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "usable_password", "password1", "password2", "groups"),
                "description": "A group gives the account its role.",
            },
        ),
    )
    change_form_template = "admin/auth/user/change_form.html"
    delete_confirmation_template = "admin/auth/user/delete_protected.html"
    delete_selected_confirmation_template = "admin/auth/user/delete_selected_protected.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).prefetch_related("groups").annotate(has_device=Exists(devices))

    @admin.display(description="Roles")
    def roles(self, user: Any) -> str:
        names = ["Superuser"] if user.is_superuser else []
        return ", ".join([*names, *sorted(group.name for group in user.groups.all())])

    @admin.display(description="Second factor", boolean=True, ordering="has_device")
    def second_factor(self, user: Any) -> bool:
        return bool(user.has_device)

    # Who may -----------------------------------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return ("last_login", "date_joined", *own)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj) and obj != request.user

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The log of the admin goes with an account, so whoever stands in it stays."""
        people = list(objs)
        *found, protected = super().get_deleted_objects(people, request)
        known = LogEntry.objects.filter(user__in=people).order_by().values_list("user", flat=True).distinct()
        named = [f"{user} is named in the log of what was done here." for user in people if user.pk in set(known)]
        return (*found, [*protected, *named])

    # What is saved -----------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # Readers of the public pages need no account, so whoever has one edits.
        obj.is_staff = obj.is_staff or not change
        super().save_model(request, obj, form, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            note(AuditKind.PASSWORD_CHANGED, request, about=str(self.get_object(request, id)))
        return response

    # The second factor -------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        view = self.admin_site.admin_view(self.reset_view)
        return [path("<path:object_id>/second-factor/", view, name="auth_user_second_factor"), *super().get_urls()]

    def reset_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Takes somebody's second factor away, who then sets up a new one at the next sign-in."""
        user = self.get_object(request, object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404
        if request.method == "POST":
            if second_factor.take_away(user):
                note(AuditKind.DEVICE_RESET, request, about=user.get_username())
            self.message_user(request, f"{user} has no second factor any more.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[user.pk]))
        context = {"title": "Take the second factor away", "person": user, "opts": self.opts}
        context |= {"has_device": second_factor.has_device(user)}
        return TemplateResponse(
            request, "admin/auth/user/second_factor.html", {**self.admin_site.each_context(request), **context}
        )


def _may_touch(request: HttpRequest, user: Any) -> bool:
    return user is None or request.user.is_superuser or not user.is_superuser


@admin.register(Group)
class RoleAdmin(AuditedAdmin, GroupAdmin):
    """The four roles are kept as they are declared; other groups may be made beside them."""

    added, changed, deleted = AuditKind.GROUP_ADDED, AuditKind.GROUP_CHANGED, AuditKind.GROUP_DELETED
    links = ("permissions",)
    told = ("name",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not roles.is_ours(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not roles.is_ours(obj)
