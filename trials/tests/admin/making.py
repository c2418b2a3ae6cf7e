"""Trials and rows for the tests of the admin, and forms as a browser would send them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.forms import BaseFormSet, BaseModelForm
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from trials import models
from trials.admin.rows import LISTS
from trials.models import choices


def superuser() -> Any:
    """An editor who may do everything."""
    return get_user_model().objects.create_superuser("editor", "editor@example.org", "a long pass phrase")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def trial(slug: str = "nct00000001", **values: Any) -> models.Trial:
    return models.Trial.objects.create(slug=slug, **{"title": f"A trial called {slug}", **values})


def sites(of: models.Trial, total: int) -> None:
    models.Site.objects.bulk_create(
        models.Site(trial=of, order=at, facility=f"Hospital {at}", city="Milan", country="IT", latitude=45, longitude=9)
        for at in range(1, total + 1)
    )


def criteria(of: models.Trial, total: int, kind: str = choices.CriterionKind.INCLUSION) -> None:
    models.Criterion.objects.bulk_create(
        models.Criterion(trial=of, kind=kind, order=at, text=f"{kind.capitalize()} criterion {at}")
        for at in range(1, total + 1)
    )


def fill(of: models.Trial, total: int) -> None:
    """Puts `total` rows into every list of the trial, linked to one another."""
    cell = models.CellType.objects.get_or_create(slug="msc", defaults={"label": "MSC"})[0]
    tissue = models.TissueSource.objects.get_or_create(slug="marrow", defaults={"label": "Marrow"})[0]
    route = models.Route.objects.get_or_create(slug="iv", defaults={"label": "Intravenous"})[0]
    condition = models.Condition.objects.get_or_create(slug="als", defaults={"label": "ALS"})[0]
    area = models.Area.objects.get_or_create(slug="nervous", defaults={"label": "Nervous system"})[0]
    organisation = models.Organisation.objects.get_or_create(name="A hospital")[0]
    sites(of, total)
    criteria(of, total)
    for at in range(1, total + 1):
        place = {"trial": of, "order": at}
        document = models.Registration.objects.create(
            **place, registry="CTGOV", number=f"{of.slug}-{at}", document=f"Document {at}", is_lead=at == 1
        )
        models.TrialCondition.objects.create(**place, wording=f"Condition {at}", condition=condition)
        models.TrialArea.objects.create(**place, wording=f"Area {at}", area=area)
        intervention = models.Intervention.objects.create(**place, name=f"Cells {at}")
        arm = models.Arm.objects.create(**place, label=f"Arm {at}")
        arm.interventions.add(intervention)
        product = models.CellProduct.objects.create(**place, name=f"Product {at}", intervention=intervention)
        product.cell_types.add(cell)
        product.tissues.add(tissue)
        dose = models.Dose.objects.create(
            **place, label=f"Step {at}", arm=arm, product=product, route=route, amount_low=1_000_000, basis="PER_KG"
        )
        models.Outcome.objects.create(**place, kind="PRIMARY", measure=f"Measure {at}")
        models.Contact.objects.create(**place, name=f"Doctor {at}", registration=document)
        models.Sponsorship.objects.create(**place, organisation=organisation, role="COLLABORATOR")
        models.Identifier.objects.create(**place, kind="OTHER", value=f"ID-{at}")
        models.Reference.objects.create(**place, kind="LINK", label=f"Link {at}")
        models.RelatedRecord.objects.create(**place, kind="LISTED", number=f"NCT9000{at:04}")
        models.Statement.objects.create(**place, field="status", value=f"said {at}", dose=dose, registration=document)
        models.Flag.objects.create(**place, rule="a-rule", sentence=f"Flag {at}")
    for at, name in zip(range(1, total + 1), LISTS_THAT_MAY_BE_MISSING, strict=False):
        models.Absence.objects.create(trial=of, order=at, field=name, reason="NOT_STATED")


LISTS_THAT_MAY_BE_MISSING = [
    field.name for field in models.Trial._meta.concrete_fields if field.name not in ("id", "slug", "title")
]


def change_url(of: models.Trial) -> str:
    return reverse("admin:trials_trial_change", args=[of.pk])


def rows_url(of: models.Trial, name: str) -> str:
    return reverse("admin:trials_trial_rows", args=[of.pk, name])


def as_sent(page: HttpResponse) -> dict[str, Any]:
    """What a browser would send back from a form page of the admin if nobody touched it."""
    context = page.context  # type: ignore[attr-defined]
    sent = _inputs(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        sent |= _rows(inline.formset)
    return sent


def _rows(formset: BaseFormSet[Any]) -> dict[str, Any]:
    sent = _inputs(formset.management_form)
    for form in formset.forms:
        sent |= _inputs(form)
    return sent


def _inputs(form: Any) -> dict[str, Any]:
    """Name and value of every input of a form, line ends as browsers send them."""
    sent = {}
    for bound in form:
        value = bound.field.prepare_value(bound.value())
        if value is None or value is False:
            continue
        if value is True and bound.widget_type != "nullboolean":
            value = "on"
        sent[bound.html_name] = value.replace("\n", "\r\n") if isinstance(value, str) else value
    return sent


def errors_of(page: HttpResponse) -> list[str]:
    """Every error that a form page shows."""
    return [str(error) for error in page.context["errors"]]  # type: ignore[attr-defined]


__all__ = ["LISTS", "BaseModelForm"]
