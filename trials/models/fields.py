"""Column types and constraint helpers shared by the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Length

from trials.records import YEARS_PER_UNIT, PartialDate

if TYPE_CHECKING:
    _PartialDateText = models.CharField[PartialDate | str | None, PartialDate | None]
else:
    _PartialDateText = models.CharField


class PartialDateField(_PartialDateText):
    """A `PartialDate` stored as its ISO text (2028, 2028-04 or 2028-04-30) in one column, null when unknown.

    The text sorts and compares as the first day that it may mean, so a month never becomes a day.
    """

    description = "A date of which the month or day may be unknown"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_length=10, null=True, blank=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "null", "blank"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> PartialDate | None:
        return PartialDate.parse(value) if value else None

    def to_python(self, value: Any) -> PartialDate | None:
        if value is None or isinstance(value, PartialDate):
            return value
        text = str(value).strip()
        if not text:
            return None
        try:
            return PartialDate.parse(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def get_prep_value(self, value: Any) -> str | None:
        date = self.to_python(value)
        return str(date) if date is not None else None

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def run_validators(self, value: Any) -> None:
        # `to_python` has checked the calendar; CharField's length check expects text.
        return

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": PartialDateFormField, "help_text": self.help_text, **kwargs})


# Lets a constraint ask for the length of the stored text.
PartialDateField.register_lookup(Length)


class PartialDateFormField(forms.CharField):
    """Reads what an editor types and says how to write it when it is no date."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("empty_value", None)
        kwargs["help_text"] = kwargs.get("help_text") or "As precise as the source: 2028, 2028-04 or 2028-04-30."
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, PartialDate) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, PartialDate):
            return value
        text = super().to_python(value)
        if not text:
            return None
        try:
            return PartialDate.parse(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def run_validators(self, value: Any) -> None:
        return


class Today(models.Func):
    """The database's own date, in UTC, as the default of a column: whoever writes rows need not name it."""

    template = "CURRENT_DATE"
    output_field = models.DateField()


class Unindexed(models.Func):
    """A column that SQLite is not to look up in an index.

    Without statistics SQLite takes any index to leave ten rows: it would rather read half a million trials that are
    `PUBLISHED` than look up the 25 that a page shows. PostgreSQL counts, and sees the column as it is.
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def age_in_years(value_field: str, unit_field: str) -> models.GeneratedField:
    """A column that the database keeps equal to the age in years, so that ages in any unit compare."""
    return models.GeneratedField(
        expression=models.Case(
            *(
                models.When(
                    **{
                        unit_field: unit,
                        "then": models.F(value_field) * models.Value(factor, models.FloatField()),
                    }
                )
                for unit, factor in YEARS_PER_UNIT.items()
            ),
            default=None,
            output_field=models.FloatField(null=True),
        ),
        output_field=models.FloatField(null=True),
        db_persist=True,
        editable=False,
    )


def one_of(field: str, choices: type[models.TextChoices], *, optional: bool = True) -> models.CheckConstraint:
    """The database's own check that `field` holds one of `choices` (or nothing, where optional)."""
    allowed = [*([""] if optional else []), *choices.values]
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": allowed}),
        name=f"%(class)s_{field}_known",
        violation_error_message=f"The {field.replace('_', ' ')} is not one of the values that the catalogue knows.",
    )


def partial_date_length(field: str) -> models.CheckConstraint:
    """The database's own check that a partial date is a year, a month or a day, and not other text."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__isnull": True}) | models.Q(**{f"{field}__length__in": (4, 7, 10)}),
        name=f"%(class)s_{field}_is_partial_date",
    )
