"""What else the plan says: harvest, conditioning, comparator and the rest, one line per kind."""

from __future__ import annotations

from dataclasses import dataclass

from trials.models import CellProduct, Dose, PlanNote, Trial
from trials.models.choices import Origin, PlanKind
from trials.places import is_read
from trials.views._record.evidence import Support
from trials.views._record.source import Source

# What a referring clinician misses where nothing is said of it; either of the kinds will do.
_ASKED: tuple[tuple[PlanKind, ...], ...] = ((PlanKind.HARVEST,), (PlanKind.CONDITIONING, PlanKind.LYMPHODEPLETION))


@dataclass(frozen=True)
class Item:
    """One note: its text, empty where the kind says it all; `arm` is empty for the whole trial."""

    text: str
    arm: str
    support: Support


@dataclass(frozen=True)
class Line:
    """All notes of one kind; none where nothing is stated."""

    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Plan:
    lines: tuple[Line, ...]


def plan_of(source: Source) -> Plan | None:
    """The notes by kind; nothing of a trial that has none and whose texts were never read."""
    notes = list(source.trial.plannotes.all())
    if not notes and not _was_read(source.trial):
        return None
    held = {note.kind for note in notes}
    missing = {kinds[0]: kinds for kinds in _ASKED if not held.intersection(kinds)}
    lines = []
    for kind in PlanKind:
        own = tuple(_item(source, note) for note in notes if note.kind == kind)
        if own or kind in missing:
            words = [str(one.label) for one in missing.get(kind, (kind,))]
            lines.append(Line(" or ".join([words[0], *(word.lower() for word in words[1:])]), own))
    return Plan(tuple(lines))


def _was_read(trial: Trial) -> bool:
    """Whether a product or dose was read from a text, as its field says."""
    rows: tuple[CellProduct | Dose, ...] = (*trial.products.all(), *trial.doses.all())
    return any(row.origin != Origin.EDITOR and is_read(row.source_field) for row in rows)


def _item(source: Source, note: PlanNote) -> Item:
    mark = source.ledger.finding(note, note.get_kind_display(), note.text or "Yes")
    support = Support((mark,), state=mark.state, proofs=source.ledger.proofs(note))
    return Item(note.text, note.arm.label if note.arm else "", support)
