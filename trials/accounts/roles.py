"""The four roles, and by which rule each permission falls to them: a new model finds its place by itself.

Whoever holds a role holds all that the roles below it hold. Permissions of other apps that are not named here, such as
those on sessions or devices, are nobody's: their tables are the program's.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db.models import Model

from trials.models import DERIVED
from trials.models.vocabulary import Term


class Role(IntEnum):
    READER = 1
    EDITOR = 2
    KEEPER = 3
    ADMINISTRATOR = 4

    @property
    def group_name(self) -> str:
        """The name of its group, as migration `groups` made it."""
        return {1: "Reader", 2: "Editor", 3: "Vocabulary keeper", 4: "Administrator"}[self]


# Models by their lower-case names, so that one that goes or comes breaks nothing here.
ACCOUNTS = {"auth.user", "auth.group", "trials.auditentry"}
# What trials share, beside the terms themselves, which are told by their class.
SHARED = {"trials.organisation", "trials.formername", "trials.cue"}
# Written by imports, fixtures and readers alone; no page offers to change them.
PROGRAM = {model._meta.label_lower for model in DERIVED} | {
    "trials.change",
    "trials.claim",
    "trials.conditionchange",
    "trials.edit",
    "trials.fixturefile",
    "trials.fixturerow",
    "trials.importrun",
    "trials.rawrecord",
    "trials.trialreading",
}
# Permissions beyond add, change, delete and view. One that is not named here falls to who changes the model.
CUSTOM: dict[str, Role] = {"trials.dismiss_flag": Role.EDITOR, "trials.publish_trial": Role.KEEPER}


def least_role(model: type[Model], codename: str) -> Role | None:
    """The least role that holds a permission of this model; None for nobody."""
    name = model._meta.label_lower
    if name in ACCOUNTS:
        return Role.ADMINISTRATOR
    if model._meta.app_label != "trials":
        return None
    if f"trials.{codename}" in CUSTOM:
        return CUSTOM[f"trials.{codename}"]
    if codename == f"view_{model._meta.model_name}":
        return Role.READER
    # Versions that django-simple-history keeps are restored through what they are versions of.
    if name in PROGRAM or name.startswith("trials.historical"):
        return Role.ADMINISTRATOR
    return Role.KEEPER if issubclass(model, Term) or name in SHARED else Role.EDITOR


@lru_cache(maxsize=1)
def least_roles() -> dict[str, Role | None]:
    """`least_role` of every permission that the installed models declare, by “app.codename”."""
    found = {}
    for model in apps.get_models():
        meta = model._meta
        codenames = [f"{action}_{meta.model_name}" for action in meta.default_permissions]
        for codename in [*codenames, *(name for name, _ in meta.permissions)]:
            found[f"{meta.app_label}.{codename}"] = least_role(model, codename)
    return found


def settle_roles() -> None:
    """Makes the four groups if need be, and gives each exactly its role's permissions.

    `prepare` calls this after the migrations, when Django has made the permissions of new models.
    """
    roles = least_roles()
    held = [
        (permission.pk, roles.get(f"{permission.content_type.app_label}.{permission.codename}"))
        for permission in Permission.objects.select_related("content_type")
    ]
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.group_name)
        group.permissions.set([key for key, least in held if least is not None and least <= role])


def is_ours(group: Group | None) -> bool:
    """Whether a group is one of the four, which `settle_roles` keeps as they are declared."""
    return group is not None and group.name in {role.group_name for role in Role}


def holds_much(user: User | AnonymousUser) -> bool:
    """Whether somebody may do more than an editor: by the permissions, however they came to hold them."""
    if user.is_superuser:
        return True
    roles = least_roles()
    # A permission that no model declares any more is taken for the highest.
    most = (roles.get(name) or Role.ADMINISTRATOR for name in user.get_all_permissions())
    return any(role > Role.EDITOR for role in most)
