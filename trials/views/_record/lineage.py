"""The trial's line: earlier and later trials of its programme, named by a list, in a text, or by the other trial."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import CharField, Q, Value
from django.urls import reverse

from trials.models import Identifier, Registration, RelatedRecord, Trial
from trials.models.choices import RelatedKind
from trials.models.trial import REGISTRY_NUMBER_KINDS, is_public, numbers_meant
from trials.views._record.names import heading_of
from trials.views._record.texts import tidy

_NUMBER = re.compile(
    r"\bNCT\s?[0-9]{8}\b|(?<![0-9-])20[0-9]{2}-[0-9]{6}-[0-9]{2}(?:-[0-9]{2})?(?![0-9-])", re.IGNORECASE
)
_TEXTS = (
    "title",
    "official_title",
    "brief_summary",
    "detailed_description",
    "objectives",
    "cohort_plan",
    "safety_rules",
    "design_note",
    "enrollment_note",
    "intervention_model_description",
)
# What stands before a number and says how that trial stands to this one; the nearest words decide.
_EARLIER = re.compile(
    r"\b(?:parent|previous(?:ly)?|earlier|prior|preceding|predecessor|initial|original|first|lead-in|"
    r"(?:extension|follow-?up|continuation) (?:study |trial |phase )?(?:of|to)|roll(?:ed|ing|s)?[ -]?over from|"
    r"(?:enrolled|treated|participated|took part|completed) in)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:subsequent|successor|later|next|roll(?:ed|ing|s)?[ -]?over (?:in)?to|followed (?:up )?(?:in|under)|"
    r"(?:extension|long-term follow-?up|follow-?up) (?:study|trial|protocol)|continue (?:in|into))\b",
    re.IGNORECASE,
)
_AROUND = 160
_SHOWN = ("trial__slug", "trial__title", "trial__display_title", "trial__status", "trial__phase")


@dataclass(frozen=True)
class Mention:
    """Another trial's number in a text or among the identifiers.

    `kind` is a RelatedKind, or empty where the words do not say how the trials stand to each other. `where` names the
    field that holds the number, `passage` are the words around it.
    """

    number: str
    kind: str
    where: str
    passage: str = ""


@dataclass(frozen=True)
class Held:
    """A public trial of this catalogue that has the number, or whose record names this trial as its `kind`."""

    pk: int
    number: str
    kind: str
    slug: str
    source_title: str
    display_title: str
    status: str
    phase: str

    @property
    def url(self) -> str:
        return reverse("trial", args=[self.slug])

    @property
    def title(self) -> str:
        return self.display_title or self.source_title


def mentions_of(trial: Trial) -> tuple[Mention, ...]:
    """The numbers of other trials in the texts and identifiers of this one, once each.

    A place that says how the trials stand to each other goes before one that does not.
    """
    own = own_numbers(trial)
    found: dict[str, Mention] = {}
    for one in (*_in_texts(trial), *_in_identifiers(trial)):
        held = found.get(one.number)
        if one.number not in own and (held is None or (one.kind and not held.kind)):
            found[one.number] = one
    return tuple(found.values())


def own_numbers(trial: Trial) -> frozenset[str]:
    """Every number that this trial itself is known by, in capitals, with and without a register's letters."""
    rows = [row.number for row in trial.registrations.all() if row.number]
    rows += [row.value for row in trial.identifiers.all() if row.kind in REGISTRY_NUMBER_KINDS]
    return frozenset(number for row in (trial.slug, *rows) for number in numbers_meant(row))


def _in_texts(trial: Trial) -> Iterator[Mention]:
    texts = [(heading_of(name), getattr(trial, name)) for name in _TEXTS]
    texts += [(f"Arm “{row.label}”", row.description) for row in trial.arms.all()]
    texts += [(f"Treatment “{row.name}”", row.description) for row in trial.interventions.all()]
    texts += [(f"{row.get_kind_display()} criterion", row.text) for row in trial.criteria.all()]
    texts += [("Publication", row.citation) for row in trial.references.all()]
    for where, text in texts:
        for found in _NUMBER.finditer(text):
            yield Mention(_plain(found[0]), _kind(text, found), where, _passage(text, found))


def _in_identifiers(trial: Trial) -> Iterator[Mention]:
    for row in trial.identifiers.all():
        if row.kind not in REGISTRY_NUMBER_KINDS and (found := _NUMBER.fullmatch(row.value.strip())):
            yield Mention(_plain(found[0]), "", f"Among the other numbers, as: {row.get_kind_display()}")


def _plain(number: str) -> str:
    return "".join(number.split()).upper()


def _kind(text: str, found: re.Match[str]) -> str:
    """How the nearest words before the number, within its sentence, place the other trial; empty where none does."""
    before = re.split(r"[.;]\s", text[max(0, found.start() - 90) : found.start()])[-1]
    ends = {
        kind: max((cue.end() for cue in cues.finditer(before)), default=-1)
        for kind, cues in ((RelatedKind.PREDECESSOR, _EARLIER), (RelatedKind.SUCCESSOR, _LATER))
    }
    kind, end = max(ends.items(), key=lambda item: item[1])
    return str(kind) if end >= 0 else ""


def _passage(text: str, found: re.Match[str]) -> str:
    """The words around the number, cut at blanks."""
    start, end = max(0, found.start() - _AROUND), min(len(text), found.end() + _AROUND)
    start = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", found.end(), end) if end < len(text) else end
    end = len(text) if end < 0 else end
    return f"{'… ' if start else ''}{tidy(text[start:end])}{' …' if end < len(text) else ''}"


def held_of(trial: Trial, numbers: Iterable[str]) -> tuple[Held, ...]:
    """Public trials with one of these numbers, and those whose record names this trial; one query for all."""
    wanted = {number for one in numbers for number in numbers_meant(one)}
    own = own_numbers(trial)
    public = Q(is_public("trial")) & ~Q(trial=trial.pk)
    nothing = Value("", output_field=CharField())
    registered = (
        Registration.objects.order_by()
        .filter(public, number__upper__in=wanted)
        .values_list("trial", "number", nothing, *_SHOWN)
    )
    identified = (
        Identifier.objects.order_by()
        .filter(public, value__upper__in=wanted, kind__in=REGISTRY_NUMBER_KINDS)
        .values_list("trial", "value", nothing, *_SHOWN)
    )
    naming = RelatedRecord.objects.order_by().filter(public, Q(related=trial.pk) | Q(number__in=own))
    named = naming.values_list("trial", nothing, "kind", *_SHOWN)
    return tuple(Held(*row) for row in registered.union(identified, named))
