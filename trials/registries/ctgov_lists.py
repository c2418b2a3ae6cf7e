"""What a ClinicalTrials.gov record lists: interventions, arms, outcomes, references, MeSH terms and areas."""

from __future__ import annotations

import re

from trials.records import (
    ArmRecord,
    InterventionRecord,
    MeshTerm,
    OutcomeRecord,
    ReferenceRecord,
)
from trials.registries import ctgov_shape as shape
from trials.registries import values
from trials.registries.ctgov_values import line_of, lines_of, rows_of, text_of
from trials.registries.values import Notes

# Browse branches that are no therapeutic area.
_NO_AREA = frozenset(("All", "Rare"))
# Branches that span several MeSH trees or stand outside the disease trees: the code of the tree that leads.
_AREA_CODES = {"BXM": "F03", "BXS": "C12"}
_MESH_UI = re.compile(r"D0*([1-9][0-9]*)")
# MeSH numbered its descriptors in six digits up to here, and in nine from then on.
_LAST_SIX_DIGIT_UI = 66_400


def read_treatments(
    module: shape.ArmsInterventions, notes: Notes
) -> tuple[tuple[InterventionRecord, ...], tuple[ArmRecord, ...]]:
    """The interventions, and the arms with the places of theirs; a link counts whichever side states it."""
    stated = [row for row in rows_of(module.interventions) if line_of(row.name)]
    interventions = tuple(_intervention(row, notes) for row in stated)
    groups = [row for row in rows_of(module.arm_groups) if row.label or row.description or row.intervention_names]
    labels = [line_of(group.label) for group in groups]
    places = [_places(group, interventions, notes) for group in groups]
    for place, row in enumerate(stated):
        for label in lines_of(row.arm_group_labels):
            meant = [at for at, own in enumerate(labels) if own == label]
            # Arms that share a label cannot be told apart by it: their own lists count then.
            if len(meant) == 1 and place not in places[meant[0]]:
                places[meant[0]].append(place)
            elif not meant:
                notes.add("arms", label, "an intervention names an arm that the record does not have")
    arms = tuple(
        ArmRecord(
            label=label,
            type=notes.code("arms", line_of(group.type), values.ARM_TYPE),
            type_raw=line_of(group.type),
            description=text_of(group.description),
            interventions=tuple(sorted(given)),
        )
        for group, label, given in zip(groups, labels, places, strict=True)
    )
    return interventions, arms


def _intervention(row: shape.Intervention, notes: Notes) -> InterventionRecord:
    return InterventionRecord(
        name=line_of(row.name),
        type=notes.code("interventions", line_of(row.type), values.INTERVENTION_TYPE),
        type_raw=line_of(row.type),
        description=text_of(row.description),
        other_names=lines_of(row.other_names),
    )


def _places(group: shape.ArmGroup, interventions: tuple[InterventionRecord, ...], notes: Notes) -> list[int]:
    """The interventions that an arm names as “Type: Name”, or by the name alone."""
    found: list[int] = []
    for written in lines_of(group.intervention_names):
        kind, _, name = written.partition(": ")
        wanted = values.key(kind)
        meant = [at for at, row in enumerate(interventions) if row.name == name and values.key(row.type_raw) == wanted]
        meant = meant or [at for at, row in enumerate(interventions) if row.name in (name, written)]
        found += [at for at in meant if at not in found]
        if not meant:
            notes.add("arms", written, "an arm names an intervention that the record does not have")
    return found


def read_outcomes(module: shape.Outcomes, notes: Notes) -> tuple[OutcomeRecord, ...]:
    found: list[OutcomeRecord] = []
    lists = (
        ("PRIMARY", module.primary_outcomes),
        ("SECONDARY", module.secondary_outcomes),
        ("OTHER", module.other_outcomes),
    )
    for kind, rows in lists:
        for row in rows_of(rows):
            measure, description, frame = text_of(row.measure), text_of(row.description), text_of(row.time_frame)
            if not measure and (description or frame):
                notes.add("outcomes", description or frame, "an outcome without a measure")
            if measure:
                found.append(OutcomeRecord(kind, measure, description, frame))
    return tuple(found)


def read_references(module: shape.References, notes: Notes) -> tuple[ReferenceRecord, ...]:
    """Publications (without a type: background), then links, then shared data sets."""
    found = [
        ReferenceRecord(
            kind=notes.code("references", line_of(row.type), values.REFERENCE_TYPE) or "BACKGROUND",
            citation=text_of(row.citation),
            pmid=line_of(row.pmid),
        )
        for row in rows_of(module.references)
        if row.citation or row.pmid
    ]
    for link in rows_of(module.see_also_links):
        if link.url or link.label:
            found.append(ReferenceRecord("LINK", url=line_of(link.url), label=line_of(link.label)))
    for data in rows_of(module.avail_ipds):
        if data.url:
            found.append(ReferenceRecord("LINK", url=line_of(data.url), label=line_of(data.type)))
    return tuple(dict.fromkeys(found))


def read_terms(terms: list[shape.Term | None] | None) -> tuple[MeshTerm, ...]:
    found = (MeshTerm(mesh_ui(line_of(row.id)), line_of(row.term)) for row in rows_of(terms))
    return tuple(dict.fromkeys(term for term in found if term.term))


def mesh_ui(written: str) -> str:
    """The id that MeSH itself uses: `D000010003` -> `D010003`; what is no descriptor id stays as it is."""
    match = _MESH_UI.fullmatch(written)
    if match is None:
        return written
    number = int(match[1])
    return f"D{number:06d}" if number <= _LAST_SIX_DIGIT_UI else f"D{number:09d}"


def read_areas(branches: list[shape.Branch | None] | None) -> tuple[str, ...]:
    """The therapeutic areas of the browse branches, as "Neoplasms [C04]"."""
    found: list[str] = []
    for row in rows_of(branches):
        name, abbreviation = line_of(row.name), line_of(row.abbrev)
        if not name or abbreviation in _NO_AREA:
            continue
        code = _AREA_CODES.get(abbreviation) or (abbreviation[1:] if re.fullmatch("BC[0-9]{2}", abbreviation) else "")
        found.append(f"{name} [{code}]" if code else name)
    return tuple(found)
