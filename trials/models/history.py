"""What people did to trials, moment by moment, with the rows of a trial as they stood then.

django-simple-history makes a table beside that of the trial and of each of its lists. Nothing listens to what is saved:
`intake.history` writes a moment and the rows that it changed, and imports write none.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from simple_history import register
from simple_history.manager import HistoryDescriptor
from simple_history.models import HistoricalRecords

from trials.models import choices
from trials.models.fields import one_of
from trials.models.trial import Trial, TrialRow

Model = type[models.Model]
# The trial's own row among its lists.
OWN = "trial"
# Most are worked out from the other lists and come and go by themselves. Those written by hand have no history either.
UNTRACKED = {"flags"}


class Moment(models.Model):
    """A trial at one moment: before or after what somebody did. The rows that changed are in the history tables.

    `trial` is its number, plain because the history outlives the trial; `by_name` outlives the account. `names` are the
    words for the rows and terms that the changed rows name: {model: {number: words}}. `what` says what was restored.
    """

    trial = models.PositiveBigIntegerField(db_index=True)
    kind = models.CharField(max_length=10, choices=choices.MomentKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField("name of the account", max_length=150, blank=True)
    on = models.DateTimeField(db_index=True)
    why = models.CharField(max_length=300, blank=True)
    what = models.CharField(max_length=200, blank=True)
    names = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        # Who may what with the history follows from the trial.
        default_permissions = ()
        constraints = [one_of("kind", choices.MomentKind, optional=False)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on:%Y-%m-%d %H:%M}"


class DeletedTrial(models.Model):
    """A trial that was deleted and can come back. Its rows stand in the history as they were before `moment`.

    `rest` is what else belonged to it: {"rows": Django's records of other tables, "links": what pointed to it}.
    """

    moment = models.OneToOneField(Moment, on_delete=models.CASCADE, related_name="deleted")
    slug = models.SlugField(max_length=100)
    title = models.CharField(max_length=600)
    rest = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.slug}: {self.title[:80]}"


class OfMoment(models.Model):
    """A row as it was after a moment."""

    moment = models.ForeignKey(Moment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class Records(HistoricalRecords):
    """History tables that nothing fills by itself, and whose references are plain numbers.

    Listening to what is deleted would make Django fetch every row before deleting it, in imports too; and a reference
    would stand among those of a row that the catalogue looks through before it takes the row away.
    """

    def copy_fields(self, model: Model) -> dict[str, Any]:
        # What is asked for is the history of a trial: of all its columns only this one needs an index.
        of = "id" if model is Trial else "trial"
        return dict(_plain(name, field, name == of) for name, field in super().copy_fields(model).items())

    def get_meta_options(self, model: Model) -> dict[str, Any]:
        return super().get_meta_options(model) | {"default_permissions": ()}

    def get_meta_options_m2m(self, through_model: Model) -> dict[str, Any]:
        return super().get_meta_options_m2m(through_model) | {"default_permissions": ()}

    @property
    def _date_indexing(self) -> bool:
        return False

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        history = self.create_history_model(sender, False)
        setattr(sender, self.manager_name, HistoryDescriptor(history))
        sender._meta.simple_history_manager_attribute = self.manager_name
        for field in self.get_m2m_fields_from_model(sender):
            self.m2m_models[field] = self.create_history_m2m_model(history, field.remote_field.through)
            setattr(history, field.name, HistoryDescriptor(self.m2m_models[field]))


def _plain(name: str, field: Any, has_index: bool) -> tuple[str, Any]:
    if isinstance(field, models.ForeignKey):
        return f"{name}_id", models.BigIntegerField(null=True, blank=True, db_index=has_index)
    field.db_index = has_index
    return name, field


def _tracked() -> dict[str, Model]:
    """The trial and every list of it, by the list's name."""
    found: dict[str, Model] = {OWN: Trial}
    for model in TrialRow.__subclasses__():
        if not model._meta.abstract:
            found[str(model._meta.get_field("trial").remote_field.get_accessor_name())] = model
    return {name: model for name, model in found.items() if name not in UNTRACKED}


def _register(model: Model) -> Model:
    register(
        model,
        records_class=Records,
        bases=(OfMoment,),
        excluded_fields=[field.name for field in model._meta.fields if field.generated],
        m2m_fields=model._meta.local_many_to_many,
        history_id_field=models.BigAutoField(),
        history_change_reason_field=models.CharField(max_length=300, null=True),
        history_user_id_field=models.BigIntegerField(null=True, blank=True),
    )
    return model.history.model  # type: ignore[attr-defined]  # added by the library


TRACKED = _tracked()
# List -> its history table.
HISTORIES: dict[str, Model] = {name: _register(model) for name, model in TRACKED.items()}
# What links rows to several others -> the table of these links as they were.
LINK_HISTORIES: dict[Any, Model] = {
    field: HistoricalRecords.m2m_models[field] for model in TRACKED.values() for field in model._meta.local_many_to_many
}
# Tables that tell how the catalogue came to be what it is.
HISTORY: tuple[Model, ...] = (Moment, DeletedTrial, *HISTORIES.values(), *LINK_HISTORIES.values())
