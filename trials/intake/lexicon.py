"""The catalogue's vocabularies as the readers take them: from the database, or from the fixtures where it has none."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Count, Max, Model

from trials.models import CellType, Cue, DonorRelation, FixtureFile, Route, Target, TissueSource
from trials.models import KnownProduct as KnownProductRow
from trials.models.vocabulary import Term
from trials.reading.lexicon import CELL_TYPE, DONOR, ROUTE, TARGET, TISSUE, Entry, KnownProduct, Lexicon, Words

VOCABULARIES: tuple[tuple[str, type[Term], str], ...] = (
    (CELL_TYPE, CellType, "cell_types.json"),
    (TISSUE, TissueSource, "tissue_sources.json"),
    (DONOR, DonorRelation, "donor_relations.json"),
    (TARGET, Target, "targets.json"),
    (ROUTE, Route, "routes.json"),
)
# All that readers take words from.
WORD_MODELS: frozenset[type[Model]] = frozenset((*(model for _, model, _ in VOCABULARIES), KnownProductRow, Cue))
# The label of what stands for all the rest is no name: “other T cells” means many things.
REST = "Other "
_OF_PRODUCTS = ("cell_types", "tissues", "donors", "targets")


def load_lexicon() -> Lexicon:
    """The lexicon of the vocabularies as they stand in the database: eleven queries, a fifth of a second to build.

    The caller keeps it. Before `prepare` has filled the database it is that of the shipped fixtures.
    """
    return Lexicon.of(stored_words()) if Cue.objects.exists() else shipped_lexicon()


def load_words() -> Words:
    """What `load_lexicon` builds its lexicon from."""
    return stored_words() if Cue.objects.exists() else shipped_words(settings.BASE_DIR / "fixtures" / "vocabulary")


def last_edit() -> Hashable:
    """Stands for all that editors and fixtures have done to these words so far: another value after anything more."""
    return state_of_edits(*WORD_MODELS)


def state_of_edits(*models: type[Model]) -> Hashable:
    """The same for any models that editors save in the admin and fixtures bring: two queries."""
    names = [model._meta.model_name for model in models]
    edits = LogEntry.objects.filter(content_type__app_label="trials", content_type__model__in=names)
    fixtures = FixtureFile.objects.order_by("pk").values_list("pk", "digest")
    # Of two editors the one who began first may be the last to be done: then the greatest number stays the same.
    return tuple(edits.aggregate(last=Max("pk"), count=Count("pk")).values()), tuple(fixtures)


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon of the fixtures that come with the program."""
    return Lexicon.of(shipped_words(settings.BASE_DIR / "fixtures" / "vocabulary"))


def stored_words() -> Words:
    """Every term, known product and cue of the database."""
    entries = []
    for vocabulary, model, _ in VOCABULARIES:
        columns = ("slug", "label", "synonyms", "reader_names", "exclusions", "parent__slug")
        for slug, label, synonyms, others, exclusions, parent in model._default_manager.order_by("pk").values_list(
            *columns
        ):
            entries.append(_entry(vocabulary, slug, label, (*synonyms, *others), exclusions, parent or ""))
    products = [
        _product(
            row.slug,
            (row.label, *row.synonyms, *row.reader_names),
            [tuple(term.slug for term in getattr(row, name).all()) for name in _OF_PRODUCTS],
            row.modification,
        )
        for row in KnownProductRow.objects.order_by("pk").prefetch_related(*_OF_PRODUCTS)
    ]
    return Words(tuple(entries), tuple(products), _by_kind(Cue.objects.order_by("pk").values_list("kind", "phrase")))


def shipped_words(folder: Path) -> Words:
    """The same from the fixture files of a folder, without a database."""

    def rows(name: str) -> list[dict[str, Any]]:
        return [record["fields"] for record in json.loads((folder / name).read_text(encoding="utf-8"))]

    entries = [
        _entry(
            vocabulary,
            row["slug"],
            row["label"],
            (*row.get("synonyms", ()), *row.get("reader_names", ())),
            row.get("exclusions", ()),
            (row.get("parent") or [""])[0],
        )
        for vocabulary, _, name in VOCABULARIES
        for row in rows(name)
    ]
    products = [
        _product(
            row["slug"],
            (row["label"], *row.get("synonyms", ()), *row.get("reader_names", ())),
            [tuple(key[0] for key in row.get(name, ())) for name in _OF_PRODUCTS],
            row.get("modification", ""),
        )
        for row in rows("known_products.json")
    ]
    return Words(tuple(entries), tuple(products), _by_kind((row["kind"], row["phrase"]) for row in rows("cues.json")))


def _entry(
    vocabulary: str, slug: str, label: str, others: Iterable[str], exclusions: Iterable[str], parent: str
) -> Entry:
    names = tuple(others) if label.startswith(REST) else (label, *others)
    return Entry(vocabulary, slug, names, tuple(exclusions), parent)


def _product(slug: str, names: tuple[str, ...], terms: list[tuple[str, ...]], modification: str) -> KnownProduct:
    """`terms` are the slugs of its cell types, tissues, donors and targets, in this order."""
    cell_types, tissues, donors, targets = terms
    return KnownProduct(slug, names, cell_types, tissues, donors, targets, modification)


def _by_kind(cues: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for kind, phrase in cues:
        found.setdefault(kind, []).append(phrase)
    return {kind: tuple(phrases) for kind, phrases in found.items()}
