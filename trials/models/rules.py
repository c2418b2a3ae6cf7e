"""Check constraints of a row asked of the database all at once.

Django's forms ask for each check in a statement of its own, inside a savepoint of its own: sixty statements for a
trial. Nearly always all of them hold, which one statement says.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce


class AllChecks(models.BaseConstraint):
    """The check constraints of a model as one, for validation only: no table ever has it."""

    def __init__(self, checks: Sequence[models.CheckConstraint]) -> None:
        super().__init__(name="all_checks")
        self.checks = checks

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: set[str] | None = None,
        using: str = "default",
    ) -> None:
        """Raises ValidationError with the message of every check that does not hold.

        As in Django, a check that needs an excluded field is not asked, and one that comes to NULL holds.
        """
        against = instance._get_field_expression_map(meta=model._meta, exclude=exclude)  # type: ignore[attr-defined]  # Django's own
        asked = [check for check in self.checks if models.Q(check.condition).referenced_base_fields <= against.keys()]
        held = (Coalesce(check.condition, True, output_field=models.BooleanField()) for check in asked)
        if not asked or models.Q(*held).check(against, using=using):
            return
        errors: list[ValidationError] = []
        for check in asked:
            try:
                check.validate(model, instance, exclude=exclude, using=using)
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors)


class Checked(models.Model):
    """A model whose check constraints are validated together."""

    class Meta:
        abstract = True

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[models.BaseConstraint]]]:
        """Django's constraints of the row, with one in the place of all checks."""
        return [(model, together(constraints)) for model, constraints in super().get_constraints()]


def together(constraints: Sequence[models.BaseConstraint]) -> Sequence[models.BaseConstraint]:
    """The constraints with one in the place of all checks."""
    checks = [one for one in constraints if isinstance(one, models.CheckConstraint)]
    others = [one for one in constraints if not isinstance(one, models.CheckConstraint)]
    return [AllChecks(checks), *others] if len(checks) > 1 else constraints
