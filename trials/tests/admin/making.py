"""Trials and rows for the tests of the admin, and its forms as a browser sends them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.contrib.auth import get_user_model
from django.forms.utils import ErrorList
from django.test import Client
from django.urls import reverse

from trials import models

Sent = dict[str, list[str]]


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


def criteria(of: models.Trial, total: int, kind: str = "INCLUSION") -> None:
    models.Criterion.objects.bulk_create(
        models.Criterion(trial=of, kind=kind, order=at, text=f"{kind.capitalize()} criterion {at}")
        for at in range(1, total + 1)
    )


def fill(of: models.Trial, total: int) -> None:
    """Puts `total` rows into every list of the trial, linked to one another."""
    cell, _ = models.CellType.objects.get_or_create(slug="msc", defaults={"label": "MSC"})
    tissue, _ = models.TissueSource.objects.get_or_create(slug="marrow", defaults={"label": "Marrow"})
    route, _ = models.Route.objects.get_or_create(slug="iv", defaults={"label": "Intravenous"})
    condition, _ = models.Condition.objects.get_or_create(slug="als", defaults={"label": "ALS"})
    area, _ = models.Area.objects.get_or_create(slug="nervous", defaults={"label": "Nervous system"})
    organisation, _ = models.Organisation.objects.get_or_create(name="A hospital")
    sites(of, total)
    criteria(of, total)
    for at in range(1, total + 1):
        place: dict[str, Any] = {"trial": of, "order": at}
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
    names = [column.name for column in models.Trial._meta.concrete_fields][:total]
    for at, name in enumerate(names, 1):
        models.Absence.objects.create(trial=of, order=at, field=name, reason="NOT_STATED")


def change_url(of: Any) -> str:
    return reverse(f"admin:trials_{of._meta.model_name}_change", args=[of.pk])


def rows_url(of: models.Trial, name: str, query: str = "") -> str:
    return reverse("admin:trials_trial_rows", args=[of.pk, name]) + query


class _Inputs(HTMLParser):
    """Collects what a browser sends for the page's form whose id ends in `_form`."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: Sent = {}
        self.is_inside = False
        self.text: str | None = None
        self.select: tuple[str, bool, list[tuple[str, bool]]] = ("", False, [])

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        name = attributes.get("name", "")
        if tag == "form":
            self.is_inside = attributes.get("id", "").endswith("_form")
        elif tag == "textarea":
            self.name, self.text = name, ""
        elif tag == "select":
            self.select = (name, "multiple" in attributes, [])
        elif tag == "option":
            self.select[2].append((attributes.get("value", ""), "selected" in attributes))
        elif tag == "input" and name and attributes.get("type") != "submit":
            ticks = attributes.get("type") in ("checkbox", "radio")
            if not ticks or "checked" in attributes:
                self._send(name, attributes.get("value", "on" if ticks else ""))

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "textarea":
            self._send(self.name, (self.text or "").removeprefix("\n").replace("\n", "\r\n"))
            self.text = None
        elif tag == "select":
            name, several, options = self.select
            chosen = [value for value, is_chosen in options if is_chosen]
            for value in chosen if several or chosen else [value for value, _ in options[:1]]:
                self._send(name, value)

    def _send(self, name: str, value: str) -> None:
        if self.is_inside:
            self.sent.setdefault(name, []).append(value)


def as_sent(page: Any) -> Sent:
    """What a browser would send back from a form page of the admin if nobody touched it."""
    inputs = _Inputs()
    inputs.feed(page.content.decode())
    assert inputs.sent, "The page has no form."
    return inputs.sent


def opened(client: Client, address: str) -> Sent:
    """Opens a form page and returns what a browser would send back."""
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    return as_sent(page)


def add_row(sent: Sent, rows: str, **values: Any) -> None:
    """Adds a row to the list `rows` as “Add another” does."""
    at = int(sent[f"{rows}-TOTAL_FORMS"][0])
    sent[f"{rows}-TOTAL_FORMS"] = [str(at + 1)]
    for key, values_of_empty in list(sent.items()):
        if key.startswith(f"{rows}-__prefix__-"):
            sent[key.replace("__prefix__", str(at))] = values_of_empty
    for key, value in values.items():
        sent[f"{rows}-{at}-{key}"] = value if isinstance(value, list) else [str(value)]


def problems(page: Any) -> list[str]:
    """Every error that a form page shows; none for an answer that is no page."""
    if page.status_code != 200:
        return []
    shown = [error if isinstance(error, ErrorList) else [error] for error in page.context["errors"]]
    return [str(message) for messages in shown for message in messages]


def save(client: Client, address: str, sent: Sent) -> list[str]:
    """Sends the form; returns the errors it shows, none when it was saved."""
    page = client.post(address, sent)
    assert page.status_code in (200, 302), page.status_code
    found = problems(page)
    assert bool(found) == (page.status_code == 200), "A page that was not saved must say why."
    return found


def act(client: Client, address: str, action: str, things: Any) -> Any:
    """Selects things in a list, sends an action and confirms what it shows; the page that follows."""
    sent: Any = {"action": action, "_selected_action": [thing.pk for thing in things]}
    page = client.post(address, sent)
    if page.status_code != 200 or "plan" not in (page.context or {}):
        return client.get(address)
    return client.post(address, {**as_sent(page), "confirmed": "1"}, follow=True)
