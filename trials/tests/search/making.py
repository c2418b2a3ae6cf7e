"""Small trials for the tests of search: only what a test names is set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trials import models
from trials.models.choices import State
from trials.search.publishing import publishing, terms_changed, trials_changed


def term(model: type[Any], slug: str, parent: Any = None, **fields: Any) -> Any:
    """The term of that slug, made if needed; its label is the slug in words."""
    label = slug.replace("-", " ").capitalize()
    return model.objects.get_or_create(slug=slug, defaults={"label": label, "parent": parent, **fields})[0]


def trial(slug: str, *, conditions: tuple[str, ...] = (), cells: tuple[str, ...] = (), **fields: Any) -> models.Trial:
    """A published trial with mapped conditions and one product of the given cell types."""
    made = models.Trial.objects.create(slug=slug, **{"title": f"Trial {slug}", "state": State.PUBLISHED, **fields})
    for order, condition in enumerate(conditions, 1):
        mapped = term(models.Condition, condition)
        made.conditions.create(order=order, wording=mapped.label, condition=mapped)
    if cells:
        product = made.products.create(order=1, name="product")
        product.cell_types.set([term(models.CellType, cell) for cell in cells])
    return made


def site(of: models.Trial, country: str, status: str = "", **fields: Any) -> models.Site:
    return of.sites.create(order=of.sites.count() + 1, country=country, status=status, **fields)


def publish(trials: Iterable[int], terms: bool = False) -> None:
    """Publishes changes that are made already."""
    with publishing():
        trials_changed(*trials)
        if terms:
            terms_changed()
