"""The editors' pages that are measured, each by its name.

A page is a function that makes ready, unmeasured, and returns what asks for the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from trials import models
from trials.tests.admin.making import as_sent

Ask = Callable[[], Any]

LIST = "admin:trials_trial_changelist"
# The filters of the trials' list that are measured, each with the value that most trials have, or many.
FILTERS = {
    "state": "state__exact=PUBLISHED",
    "status": "status=RECRUITING",
    "phase": "phase=PHASE2",
    "kind of study": "study_type=EXPANDED_ACCESS",
    "cell type": "cell_type={cell_type}",
    "condition": "condition={condition}",
    "area": "area={area}",
    "donor": "donor={donor}",
    "sponsor class": "sponsor_class=INDUSTRY",
    "flag": "flag=WARNING",
    "two filters": "status=RECRUITING&cell_type={cell_type}",
}
# Words of a title that very many trials have, and a question of several words.
WORDS = {"a common word": "cells", "several words": "autologous cells knee", "an unknown word": "zzzzunknown"}
AUTOCOMPLETES = {
    "condition": ("trialcondition", "condition", "can"),
    "organisation": ("sponsorship", "organisation", "univ"),
    "cell type": ("cellproduct", "cell_types", "t"),
}


def pages() -> dict[str, Callable[[], Ask]]:
    """Every page by its name."""
    client = _signed_in()
    found = {name: _opens(client, address) for name, address in _addresses().items()}
    median, large = _median_trial(), _largest_trial()
    found["save a trial of median size"] = _saves(client, median)
    found["save the largest trial"] = _saves(client, large)
    return found


def _signed_in() -> Client:
    users = get_user_model().objects
    user = users.filter(username="benchmark").first() or users.create_superuser("benchmark")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def _opens(client: Client, address: str) -> Callable[[], Ask]:
    return lambda: partial(client.get, address)


def _saves(client: Client, trial: models.Trial) -> Callable[[], Ask]:
    """Sends the form of a trial as a browser would, each time with another acronym."""
    address = reverse("admin:trials_trial_change", args=[trial.pk])
    numbers = count()

    def ready() -> Ask:
        sent = as_sent(client.get(address)) | {"acronym": [f"SAVED-{next(numbers)}"]}
        return partial(client.post, address, sent)

    return ready


def _addresses() -> dict[str, str]:
    median, large = _median_trial(), _largest_trial()
    found = {f"trials: {name}": address for name, address in _trial_lists(median).items()}
    for model, site_admin in sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.model_name or ""):
        if model is models.Trial or model._meta.app_label != "trials":
            continue
        address = reverse(f"admin:trials_{model._meta.model_name}_changelist")
        found[f"list of {model._meta.verbose_name_plural}"] = address
        if site_admin.search_fields:
            found[f"list of {model._meta.verbose_name_plural}, searched"] = f"{address}?q=cell"
    for name, trial in (("median size", median), ("largest", large)):
        found[f"form of a trial, {name}"] = reverse("admin:trials_trial_change", args=[trial.pk])
        found[f"rows of a trial, {name}"] = reverse("admin:trials_trial_rows", args=[trial.pk, "criteria"])
        found[f"locks of a trial, {name}"] = reverse("admin:trials_trial_locks", args=[trial.pk])
    found["form of a new trial"] = reverse("admin:trials_trial_add")
    for name, (model_name, field, term) in AUTOCOMPLETES.items():
        asked = {"app_label": "trials", "model_name": model_name, "field_name": field, "term": term}
        found[f"suggestions for a {name}"] = f"{reverse('admin:autocomplete')}?{urlencode(asked)}"
    return found


def _trial_lists(trial: models.Trial) -> Mapping[str, str]:
    number = trial.registrations.exclude(number="").values_list("number", flat=True).first() or ""
    asked = {
        "all": "",
        "last page": "p=200",
        "sorted by title": "o=1",
        "number": urlencode({"q": number}),
        "beginning of a number": urlencode({"q": number[:-2]}),
        **{f"words, {name}": urlencode({"q": words}) for name, words in WORDS.items()},
        **{name: query.format(**_terms()) for name, query in FILTERS.items()},
    }
    return {name: f"{reverse(LIST)}?{query}" for name, query in asked.items()}


def _terms() -> dict[str, str]:
    """The term of each vocabulary that most trials name."""
    named = {
        "cell_type": (models.CellType, "products"),
        "donor": (models.DonorRelation, "products"),
        "condition": (models.Condition, "trial_conditions"),
        "area": (models.Area, "trial_areas"),
    }
    found = {}
    for key, (model, path) in named.items():
        term = model._default_manager.annotate(total=Count(path)).order_by("-total").first()
        found[key] = term.slug if term else ""
    return found


def _median_trial() -> models.Trial:
    sized = _by_size()
    return models.Trial.objects.get(pk=sized[len(sized) // 2])


def _largest_trial() -> models.Trial:
    return models.Trial.objects.get(pk=_by_size()[-1])


def _by_size() -> list[int]:
    """Trials among the first thousand by how many criteria and sites they have together."""
    counted = models.Trial.objects.filter(pk__in=models.Trial.objects.order_by("pk")[:1000]).annotate(
        sites_total=Count("sites", distinct=True), criteria_total=Count("criteria", distinct=True)
    )
    sizes = {pk: sites + criteria for pk, sites, criteria in counted.values_list("pk", "sites_total", "criteria_total")}
    return sorted(sizes, key=lambda pk: (sizes[pk], pk))
