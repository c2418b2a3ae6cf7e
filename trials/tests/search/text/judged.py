"""A made catalogue for judging what the first page shows: sixty small trials, none of them real.

One line per trial in `judged.txt`, its parts set off by “|”: number, acronym, title, condition (wording, then “=” and
the term's slug if one fits), product (name = cell type, tissue, donor), summary, criterion, city and country, year of
the last update.
"""

from __future__ import annotations

from pathlib import Path

from trials import models
from trials.models.choices import State
from trials.records import PartialDate

CATALOGUE = Path(__file__).with_suffix(".txt")


def make() -> None:
    """Makes the trials; the shipped vocabularies must be there."""
    for line in CATALOGUE.read_text(encoding="utf-8").splitlines():
        number, acronym, title, conditions, product, summary, criterion, place, year = line.split("|")
        slug = f"nct990000{int(number):02d}"
        trial = models.Trial.objects.create(
            slug=slug,
            state=State.PUBLISHED,
            title=title,
            acronym=acronym,
            brief_summary=summary,
            last_update_posted=PartialDate.parse(year),
        )
        trial.registrations.create(order=1, document="made", registry="CTGOV", number=slug.upper(), is_lead=True)
        trial.criteria.create(order=1, kind="INCLUSION", text=criterion)
        city, country = place.rsplit(" ", 1)
        trial.sites.create(order=1, city=city, country=country)
        _condition(trial, conditions)
        _product(trial, product)


def _condition(trial: models.Trial, text: str) -> None:
    wording, _, slug = text.partition("=")
    condition = models.Condition.objects.get(slug=slug) if slug else None
    trial.conditions.create(order=1, wording=wording, condition=condition)


def _product(trial: models.Trial, text: str) -> None:
    name, _, slugs = text.partition("=")
    if name == "none":
        return
    trial.interventions.create(order=1, name=name)
    if slugs:
        cell, tissue, donor = slugs.split(",")
        product = trial.products.create(order=1, name=name)
        product.cell_types.add(models.CellType.objects.get(slug=cell))
        product.tissues.add(models.TissueSource.objects.get(slug=tissue))
        product.donors.add(models.DonorRelation.objects.get(slug=donor))
