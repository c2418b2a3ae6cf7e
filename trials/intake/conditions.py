"""A record's condition words, mapped to terms: by label or synonym, else by the MeSH terms that the registry gave."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from operator import itemgetter

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.text import slugify

from trials.intake.lexicon import state_of_edits
from trials.models import Area, CodeSystem, Condition, FixtureRow, Merged, TrialArea, TrialCondition, bulk
from trials.records import MeshTerm, TrialRecord
from trials.search.publishing import terms_changed

_WORD = re.compile(r"\w+")
_SMALL = {"of", "the", "and", "in", "with", "by", "to", "or", "a", "for", "due", "from", "on"}
# MeSH itself enters “Breast Cancer” and “Breast Tumors” under Breast Neoplasms, and so with every organ.
_SAME = {"cancer": "neoplasm", "tumor": "neoplasm", "tumour": "neoplasm"}
_ABBREVIATION = re.compile(r"\([^()]{2,10}\)")
# MeSH's disease attributes: how a disease goes, not which. Registries give them beside the disease.
_ATTRIBUTES = {"acute disease", "chronic disease", "critical illness", "disease", "disease progression", "recurrence"}
# “Sclerosis” comes with every multiple sclerosis; death is nobody's condition.
_ATTRIBUTES |= {"syndrome", "sclerosis", "death", "pathologic processes"}
# How far a disease has come, what was tried and in whom: the disease is the same. Whole words of a folded name.
_COURSE = re.compile(
    r"\b(?:recurr(?:ent|ence)|relaps(?:ed|e)|refractory|advanced|metastatic|unresectable|severe|moderate|mild|remission"
    r"|(?:newly|previously|locally) \w+|untreated|adults?|child(?:hood|ren)?|pa?ediatric|elderly|patients?|and or"
    r"|(?:stage|grade)(?: [\divabcx]+)+|ajcc|v\d|not otherwise specified|nos|unspecified)\b"
)
# Letters of a label, and of a condition as a source writes it, that their tables hold.
_LONGEST, _ROW = 120, 300


@dataclass(frozen=True)
class Mapped:
    """A condition of a record: the words, the term they mean or None, and whether the registry added them itself."""

    wording: str
    condition: int | None
    from_mesh: bool = False


@dataclass(frozen=True)
class _Learned:
    """A term that imports made, and the areas that it stands under by now."""

    pk: int
    label: str
    code: str
    areas: set[int]


@dataclass
class ConditionTerms:
    """The terms known now, by folded name and by MeSH descriptor; grows as records bring new descriptors.

    What is learned is the same in whatever order records come: a term for each name of a descriptor, with the least
    of its spellings and codes and with every area that a record shows. Terms of fixtures, and those that an editor has
    saved, stay as they are, and only they are found by their codes.
    """

    by_name: dict[str, int] = field(default_factory=dict)
    by_mesh: dict[str, int] = field(default_factory=dict)
    by_words: dict[frozenset[str], int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    learned: dict[str, _Learned] = field(default_factory=dict)
    edits: Hashable = None

    @classmethod
    def load(cls) -> ConditionTerms:
        """The terms of the catalogue."""
        terms, fixed = cls(edits=_edits()), _not_for_records()
        areas_of: defaultdict[int, set[int]] = defaultdict(set)
        for condition, area in Condition.areas.through.objects.values_list("condition_id", "area_id"):
            areas_of[condition].add(area)
        columns = ("pk", "slug", "label", "synonyms", "code_system", "code")
        # Where two terms bear one name, people's comes first; never by the database's own alphabet.
        rows = sorted(Condition.objects.values_list(*columns), key=lambda row: (row[0] not in fixed, row[1]))
        for pk, _, label, synonyms, system, code in rows:
            for name in (label, *synonyms):
                terms._name(pk, name)
            if pk not in fixed:
                terms.learned[folded(label)] = _Learned(pk, label, code, areas_of[pk])
            elif system == CodeSystem.MESH:
                terms.by_mesh.setdefault(code, pk)
        # A record's own code goes on meaning what its term has become.
        known = {row[0] for row in rows}
        for code, pk in Merged.objects.filter(of="condition", code_system=CodeSystem.MESH).values_list("code", "into"):
            if pk in known:
                terms.by_mesh.setdefault(code, pk)
        for pk, label, synonyms in sorted(Area.objects.values_list("pk", "label", "synonyms"), key=itemgetter(1)):
            for name in (label, *synonyms):
                terms.areas.setdefault(folded(name), pk)
        return terms

    def map(self, record: TrialRecord) -> list[Mapped]:
        """Every condition word of a record, then the MeSH terms of the registry that no word stands for."""
        meshes = [(mesh, words(mesh.term)) for mesh in _diseases(record)]
        mapped, used = [], set()
        for wording in dict.fromkeys(part for stated in record.conditions for part in _parts(stated)):
            condition = self.by_own_words(wording) or self._by_mesh_words(wording, meshes)
            used.add(condition)
            mapped.append(Mapped(wording, condition))
        if len(mapped) == 1 and mapped[0].condition is None and len(meshes) == 1:
            # One word and one descriptor: the registry says that they are the same.
            condition = self._by_descriptor(meshes[0][0])
            used.add(condition)
            mapped = [Mapped(mapped[0].wording, condition)]
        for mesh, _ in meshes:
            known = self._by_descriptor(mesh)
            if known and known not in used:
                used.add(known)
                mapped.append(Mapped(mesh.term, known, from_mesh=True))
        return mapped

    def area_ids(self, record: TrialRecord) -> list[tuple[str, int | None]]:
        """The areas that a record states, and those that its MeSH terms or their ancestors are, with their terms."""
        stated = [(wording, self.areas.get(area_name(wording))) for wording in record.areas]
        known = {area for _, area in stated}
        for mesh in (*record.condition_meshes, *record.condition_ancestors):
            area = self.areas.get(folded(mesh.term))
            if area and area not in known:
                known.add(area)
                stated.append((mesh.term, area))
        return list(dict.fromkeys(stated))

    def _name(self, pk: int, name: str) -> None:
        self.by_name.setdefault(folded(name), pk)
        if parts := words(name):
            self.by_words.setdefault(parts, pk)

    def by_own_words(self, wording: str) -> int | None:
        """The term of that name, or else of the same words in another order: Acute Myeloid Leukemia (AML).

        Words that only say how the disease goes do not part them, unless there is a term with these words.
        """
        plain = _ABBREVIATION.sub(" ", wording)
        known = self.by_name.get(folded(wording)) or self.by_words.get(words(plain))
        if known is None:
            plain = _COURSE.sub(" ", folded(plain))
            known = self.by_name.get(folded(plain)) or self.by_words.get(words(plain))
        return known

    def _by_mesh_words(self, wording: str, meshes: Iterable[tuple[MeshTerm, frozenset[str]]]) -> int | None:
        """The descriptor with the most words that all stand in the wording, in whatever order MeSH has them."""
        own = words(wording)
        fitting = [(len(parts), mesh) for mesh, parts in meshes if parts and parts <= own]
        if not fitting:
            return None
        _, best = max(fitting, key=lambda pair: (pair[0], pair[1].ui, pair[1].term))
        return self._by_descriptor(best)

    def _by_descriptor(self, mesh: MeshTerm) -> int | None:
        return self.by_mesh.get(mesh.ui) or self.by_name.get(folded(mesh.term))

    def learn(self, records: Iterable[TrialRecord]) -> None:
        """Makes a term for every MeSH descriptor that the registry gave and the catalogue lacks.

        Takes versions of records as they were received, each once, never what several of them add up to. The ancestors
        of a record's only descriptor are that descriptor's own, so they tell the areas of its term.

        Called at the beginning of every batch, this also finds what editors and fixtures did to the terms meanwhile.
        """
        if self.edits != _edits():
            vars(self).update(vars(ConditionTerms.load()))
        for record in records:
            for mesh in _diseases(record):
                self._learn(mesh)
            if len(record.condition_meshes) == 1:
                self._place(record.condition_meshes[0], record.condition_ancestors)

    def _learn(self, mesh: MeshTerm) -> None:
        name, label = folded(mesh.term[:_LONGEST]), mesh.term[:_LONGEST]
        if not name or mesh.ui in self.by_mesh or name in self.areas:
            return
        known = self.learned.get(name)
        if known is None:
            if name not in self.by_name:
                self._add(name, label, mesh.ui)
            return
        least = min(known.label, label), min(filter(None, (known.code, mesh.ui)), default="")
        if least != (known.label, known.code):
            terms_changed()
            label, code = least
            Condition.objects.filter(pk=known.pk).update(label=label, code=code, code_system=_system(code))
            self.learned[name] = replace(known, label=label, code=code)

    def _add(self, name: str, label: str, code: str) -> None:
        terms_changed()
        term, is_new = Condition.objects.get_or_create(
            slug=slugify(name)[:80].strip("-") or code.lower(),
            defaults={"label": label, "code": code, "code_system": _system(code)},
        )
        self._name(term.pk, label)
        if is_new:
            self.learned[name] = _Learned(term.pk, label, code, set())

    def _place(self, mesh: MeshTerm, ancestors: Iterable[MeshTerm]) -> None:
        """Puts a term that imports made under the areas that its MeSH ancestors are."""
        term = self.learned.get(folded(mesh.term[:_LONGEST]))
        if term is None or mesh.ui in self.by_mesh:
            return
        names = {folded(ancestor.term) for ancestor in ancestors}
        more = {self.areas[name] for name in names & self.areas.keys()} - term.areas
        if more:
            terms_changed()
            through = Condition.areas.through
            through.objects.bulk_create(through(condition_id=term.pk, area_id=area) for area in sorted(more))
            term.areas.update(more)


# The lists of a trial that name terms, as their locks name them.
CONDITION_LISTS: dict[type[Model], str] = {TrialCondition: "conditions", TrialArea: "areas"}


def condition_lists(terms: ConditionTerms, record: TrialRecord) -> dict[type[Model], list[bulk.Row]]:
    """What a record's lists of conditions and of areas hold, as columns."""
    conditions: list[bulk.Row] = [
        {"wording": item.wording, "condition_id": item.condition, "from_mesh": item.from_mesh}
        for item in terms.map(record)
    ]
    areas: list[bulk.Row] = [{"wording": wording, "area_id": area} for wording, area in terms.area_ids(record)]
    return {TrialCondition: conditions, TrialArea: areas}


def _parts(wording: str) -> Iterable[str]:
    """A condition as rows can hold it: prose that is longer goes on in the next row, so that every word is found."""
    while len(wording) > _ROW:
        ends = (wording.rfind(mark, _ROW // 3, _ROW) for mark in ("; ", ". ", ", ", " "))
        end = next((place + 1 for place in ends if place > 0), _ROW)
        yield wording[:end].strip()
        wording = wording[end:].strip()
    if wording:
        yield wording


def _edits() -> Hashable:
    return state_of_edits(Condition, Area)


def _not_for_records() -> set[int]:
    """The terms that fixtures brought or editors have saved: no record says what these are called or stand under."""
    of_fixtures = FixtureRow.objects.filter(model=Condition._meta.label_lower).values_list("object_pk", flat=True)
    of_editors = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Condition))
    return {*of_fixtures, *(int(pk or 0) for pk in of_editors.values_list("object_id", flat=True).distinct())}


def _system(code: str) -> str:
    return CodeSystem.MESH if code else ""


def _diseases(record: TrialRecord) -> list[MeshTerm]:
    return [mesh for mesh in record.condition_meshes if folded(mesh.term) not in _ATTRIBUTES]


def area_name(wording: str) -> str:
    """How an area's words are compared: without the tree code that may follow them in brackets."""
    return folded(wording.split("[")[0])


def folded(text: str) -> str:
    """How names are compared: no case, no accents, letters and figures only."""
    plain = text
    if not text.isascii():
        plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return " ".join(_WORD.findall(plain.casefold()))


def words(text: str) -> frozenset[str]:
    """The telling words of a name: plurals and singulars, British and American spelling alike."""
    plain = folded(text).replace("ae", "e").replace("oe", "e")
    return frozenset(_SAME.get(word, word) for word in map(_singular, plain.split()) if word not in _SMALL)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.rstrip("s") if len(word) > 3 else word
