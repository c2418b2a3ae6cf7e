"""A record's condition words, mapped to terms: by label or synonym, else by the MeSH terms that the registry gave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.text import slugify

from trials.models import Area, CodeSystem, Condition, FixtureRow
from trials.records import MeshTerm, TrialRecord
from trials.search.publishing import terms_changed

_WORD = re.compile(r"\w+")
_SMALL = {"of", "the", "and", "in", "with", "by", "to", "or", "a"}
# MeSH itself enters “Breast Cancer” and “Breast Tumors” under Breast Neoplasms, and so with every organ.
_SAME = {"cancer": "neoplasm", "tumor": "neoplasm", "tumour": "neoplasm"}
_ABBREVIATION = re.compile(r"\([^()]{2,10}\)")
# MeSH's disease attributes: how a disease goes, not which. Registries give them beside the disease.
_ATTRIBUTES = {"acute disease", "chronic disease", "critical illness", "disease", "disease progression", "recurrence"}
_ATTRIBUTES |= {"syndrome"}


@dataclass(frozen=True)
class Mapped:
    """A condition of a record: the words, the term they mean or None, and whether the registry added them itself."""

    wording: str
    condition: int | None
    from_mesh: bool = False


@dataclass
class ConditionTerms:
    """The terms known now, by folded name and by MeSH descriptor; grows as records bring new descriptors.

    With `learns` switched off it does not grow, and writes nothing.
    """

    by_name: dict[str, int] = field(default_factory=dict)
    by_mesh: dict[str, int] = field(default_factory=dict)
    by_words: dict[frozenset[str], int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    # Terms of which the place among the areas is known, or is not for records to say.
    placed: set[int] = field(default_factory=set)
    learns: bool = True

    @classmethod
    def load(cls) -> ConditionTerms:
        terms = cls()
        for pk, label, synonyms, system, code in Condition.objects.values_list(
            "pk", "label", "synonyms", "code_system", "code"
        ):
            for name in (label, *synonyms):
                terms._name(pk, name)
            if system == CodeSystem.MESH:
                terms.by_mesh[code] = pk
        for pk, label, synonyms in Area.objects.values_list("pk", "label", "synonyms"):
            for name in (label, *synonyms):
                terms.areas[folded(name)] = pk
        of_fixtures = FixtureRow.objects.filter(model=Condition._meta.label_lower).values_list("object_pk", flat=True)
        of_editors = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Condition))
        terms.placed.update(
            of_fixtures, (int(pk or 0) for pk in of_editors.values_list("object_id", flat=True).distinct())
        )
        terms.placed.update(Condition.areas.through.objects.values_list("condition_id", flat=True))
        return terms

    def map(self, record: TrialRecord) -> list[Mapped]:
        """Every condition word of a record, then the MeSH terms of the registry that no word stands for."""
        self._learn(record)
        meshes = [(mesh, words(mesh.term)) for mesh in _diseases(record)]
        mapped, used = [], set()
        for wording in dict.fromkeys(record.conditions):
            condition = self._by_own_words(wording) or self._by_mesh_words(wording, meshes)
            used.add(condition)
            mapped.append(Mapped(wording, condition))
        if len(mapped) == 1 and mapped[0].condition is None and len(meshes) == 1:
            # One word and one descriptor: the registry says that they are the same.
            condition = self.by_mesh.get(meshes[0][0].ui)
            used.add(condition)
            mapped = [Mapped(mapped[0].wording, condition)]
        for mesh, _ in meshes:
            known = self.by_mesh.get(mesh.ui) or self.by_name.get(folded(mesh.term))
            if known and known not in used:
                used.add(known)
                mapped.append(Mapped(mesh.term, known, from_mesh=True))
        return mapped

    def area_ids(self, record: TrialRecord) -> list[tuple[str, int | None]]:
        """The therapeutic areas that a record states or that its MeSH ancestors are, with their terms."""
        stated = [(wording, self.areas.get(folded(wording.split("[")[0]))) for wording in record.areas]
        known = {area for _, area in stated}
        for mesh in record.condition_ancestors:
            area = self.areas.get(folded(mesh.term))
            if area and area not in known:
                known.add(area)
                stated.append((mesh.term, area))
        return list(dict.fromkeys(stated))

    def _name(self, pk: int, name: str) -> None:
        self.by_name.setdefault(folded(name), pk)
        if parts := words(name):
            self.by_words.setdefault(parts, pk)

    def _by_own_words(self, wording: str) -> int | None:
        """The term of that name, or else of the same words in another order: Acute Myeloid Leukemia (AML)."""
        return self.by_name.get(folded(wording)) or self.by_words.get(words(_ABBREVIATION.sub(" ", wording)))

    def _by_mesh_words(self, wording: str, meshes: Iterable[tuple[MeshTerm, frozenset[str]]]) -> int | None:
        """The descriptor with the most words that all stand in the wording, in whatever order MeSH has them."""
        own = words(wording)
        fitting = [(len(parts), mesh) for mesh, parts in meshes if parts and parts <= own]
        if not fitting:
            return None
        _, best = max(fitting, key=lambda pair: (pair[0], pair[1].ui, pair[1].term))
        return self.by_mesh.get(best.ui) or self.by_name.get(folded(best.term))

    def _learn(self, record: TrialRecord) -> None:
        """Makes a term for every MeSH descriptor that the registry gave and the catalogue lacks.

        The ancestors of a record's only descriptor are that descriptor's own, so they tell the areas of a term that
        has none. Where a fixture's term stands, or one that an editor has saved, is for them to say.
        """
        for mesh in _diseases(record) if self.learns else ():
            name = folded(mesh.term)
            if not mesh.ui or mesh.ui in self.by_mesh or name in self.areas:
                continue
            known = self.by_name.get(name)
            if known is None:
                terms_changed()
                term, _ = Condition.objects.get_or_create(
                    slug=_slug(mesh), defaults={"label": mesh.term[:120], "code_system": "MESH", "code": mesh.ui}
                )
                known = term.pk
                self._name(known, mesh.term)
            self.by_mesh[mesh.ui] = known
        if self.learns and len(record.condition_meshes) == 1:
            only = self.by_mesh.get(record.condition_meshes[0].ui)
            if only and only not in self.placed:
                self._place(only, record)

    def _place(self, term: int, record: TrialRecord) -> None:
        """Puts a term under the areas that its MeSH ancestors are."""
        names = [folded(mesh.term) for mesh in record.condition_ancestors]
        areas = {self.areas[name] for name in names if name in self.areas}
        if not areas:
            return
        self.placed.add(term)
        terms_changed()
        through = Condition.areas.through
        through.objects.bulk_create(through(condition_id=term, area_id=area) for area in sorted(areas))


def _diseases(record: TrialRecord) -> list[MeshTerm]:
    return [mesh for mesh in record.condition_meshes if folded(mesh.term) not in _ATTRIBUTES]


def folded(text: str) -> str:
    """How names are compared: no case, no accents, letters and figures only."""
    plain = text
    if not text.isascii():
        plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return " ".join(_WORD.findall(plain.casefold()))


def words(text: str) -> frozenset[str]:
    """The telling words of a name, plurals and singulars alike."""
    singular = (word.rstrip("s") if len(word) > 3 else word for word in folded(text).split() if word not in _SMALL)
    return frozenset(_SAME.get(word, word) for word in singular)


def _slug(mesh: MeshTerm) -> str:
    return slugify(mesh.term)[:80].strip("-") or mesh.ui.lower()
