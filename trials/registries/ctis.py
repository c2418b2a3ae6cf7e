"""EU CTIS `retrieve` answers -> TrialRecord, in the three shapes that the portal has had.

Until 2024 Part I stood at the top of the answer, since then inside `authorizedApplication`; the overview of the search
answer (`lastUpdated`, `trialCountries`, `totalNumberEnrolled` …) may be joined to either, at the top (see `join`).

Traps that the code below minds:
- The public status is `ctPublicStatusCode`, or `ctStatus` of a search answer. The `ctStatus` of a `retrieve` answer is
  the status of the *application*: "Authorised" for a trial that recruits and for one that has stopped recruiting.
- `totalNumberEnrolled` counts the European Economic Area only; the rest of the world is `rowSubjectCount`.
- `coSponsors` repeats the one sponsor; the sponsors are Part I's.
- The role of a product is `mpRoleInTrial`; `part1MpRoleTypeCode` beside it is another list.
- Criteria carry their number as text and stand in the order of that text: 10 before 2.
- Member states, sites and products come in another order with every answer; a fixed one keeps versions comparable.
- Codes without a published list of meanings (blinding, sharing of data) are reported as they stand, not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from trials.records import ArmRecord, IdentifierRecord, PartialDate, RelatedTrialRecord, TrialRecord
from trials.registries import ctis_lists, ctis_places, values
from trials.registries.ctis_document import Answer, branch, decode, english, flag, line, number, rows, words
from trials.registries.ctis_products import read_products
from trials.registries.ctis_progress import country_statuses, date, progress, status_word
from trials.registries.homes import identifier
from trials.registries.values import MOST_PARTICIPANTS, Notes, Unreadable, key

ADDRESS = "https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT="


@dataclass(frozen=True, slots=True)
class Overview:
    """What one record of a search answer tells before the trial itself is asked for. `status` is the public one."""

    number: str
    title: str
    status: str
    status_raw: str
    updated: PartialDate | None
    published: PartialDate | None


def parse(raw: bytes) -> TrialRecord:
    """Reads one `retrieve` answer (JSON, UTF-8), with or without the overview's fields at its top.

    Unreadable where it is no JSON object or has no EU CT number.
    """
    answer = Answer(decode(raw))
    try:
        return _record(answer, Notes())
    except RecursionError:
        raise Unreadable(f"{answer.number}: a text is nested too deeply") from None


def parse_overview(raw: bytes) -> Overview:
    """Reads one record of a search answer: one object of its `data`, not the whole page."""
    answer, notes = Answer(decode(raw)), Notes()
    status = line(answer.document, "ctStatus")
    return Overview(
        number=answer.number,
        title=line(answer.document, "ctTitle"),
        status=notes.code("status", status, values.CTIS_STATUS),
        status_raw=status_word(status),
        updated=date(answer.document, "lastUpdated", "updated", notes),
        published=date(answer.document, "lastPublicationUpdate", "updated", notes),
    )


def join(retrieved: bytes, overview: bytes) -> bytes:
    """A `retrieve` answer with those fields of its overview that it lacks itself, as one JSON object.

    The answer alone tells neither when the trial was last updated nor its status in each country. The overview's
    `ctStatus` and the answer's are two things: the public one is kept as `ctPublicStatusCode`.
    """
    answer, known = Answer(decode(retrieved)), Answer(decode(overview))
    if answer.number != known.number:
        raise Unreadable(f"the overview of {known.number} does not belong to {answer.number}")
    status = known.document.pop("ctStatus", None)
    return msgspec.json.encode({"ctPublicStatusCode": status} | known.document | answer.document)


def _record(answer: Answer, notes: Notes) -> TrialRecord:
    sponsors = rows(answer.part_one, "sponsors") or [branch(answer.document, "primarySponsor")]
    sites, people = ctis_places.read_sites(answer, country_statuses(answer, notes), notes)
    contacts, left_out = ctis_places.read_contacts(sponsors, people)
    products, interventions = read_products(answer.part_one, notes)
    fields: dict[str, Any] = progress(answer, notes) | _population(answer, notes) | _design(answer, notes)
    full = english(answer.ids, "fullTitle") or line(answer.document, "title") or line(answer.document, "ctTitle")
    return TrialRecord(
        registry="CTIS",
        number=answer.number,
        source="CTIS",
        number_raw=line(answer.document, "ctNumber"),
        url=f"{ADDRESS}{quote(answer.number)}",
        title=" ".join((english(answer.ids, "publicTitle") or full).split()),
        official_title=" ".join(full.split()),
        identifiers=_identifiers(answer),
        objectives=ctis_lists.read_objectives(answer.information),
        conditions=ctis_lists.read_conditions(answer.information, answer.part_one),
        areas=_areas(answer),
        interventions=interventions,
        products=products,
        criteria=ctis_lists.read_criteria_lists(answer.information),
        outcomes=ctis_lists.read_outcomes(answer.information),
        sites=sites,
        contacts=contacts,
        sponsors=ctis_places.read_sponsors(sponsors, answer.information, notes),
        references=ctis_lists.read_references(answer.details, notes),
        related=_related(answer),
        not_kept=("contacts",) if left_out else (),
        problems=tuple(notes.problems),
        **fields,
    )


# --------------------------------------------------------------------------------------------------------- who it is
def _identifiers(answer: Answer) -> tuple[IdentifierRecord, ...]:
    """The protocol code, the EudraCT number of a trial that moved from the old register, all further numbers."""
    found = []
    if code := line(answer.ids, "shortTitle") or line(answer.document, "shortTitle"):
        found.append(IdentifierRecord("ORG_STUDY_ID", code))
    eudract = line(answer.application, "eudraCt.eudraCtCode") or line(answer.document, "eudraCtInfo.eudraCtCode")
    if eudract:
        found.append(identifier(eudract))
    for name, given in branch(answer.ids, "secondaryIdentifyingNumbers").items():
        for one in given if isinstance(given, list) else [given]:
            if written := line(one, "number"):
                found.append(identifier(written, line(one, "otherRegistryName") or name))
    return tuple(dict.fromkeys(found))


def _related(answer: Answer) -> tuple[RelatedTrialRecord, ...]:
    """Associated trials, which are others than this one."""
    found = (
        RelatedTrialRecord(line(one, "ctNumber"), line(one, "fullTitle"))
        for one in rows(answer.details, "associatedClinicalTrials")
    )
    return tuple(dict.fromkeys(one for one in found if one.number))


def _areas(answer: Answer) -> tuple[str, ...]:
    named = [line(one, "name") for one in rows(answer.part_one, "therapeuticAreas")]
    told = [name for name in named if name] or words(answer.document, "therapeuticAreas")
    return tuple(dict.fromkeys(told))


# -------------------------------------------------------------------------------------------------------- population
def _population(answer: Answer, notes: Notes) -> dict[str, Any]:
    people = branch(answer.information, "populationOfTrialSubjects")
    female, male = flag(people, "isFemaleSubjects"), flag(people, "isMaleSubjects")
    if female is None and male is None:
        sex = notes.code("sex", line(answer.document, "gender"), values.CTIS_SEX)
    else:
        sex = "ALL" if female and male else "FEMALE" if female else "MALE" if male else ""
    groups = [key(line(group, "name")) for group in rows(people, "clinicalTrialGroups")]
    low, high = ctis_lists.read_ages(people, line(answer.document, "ageGroup"))
    count, note = _enrollment(answer, notes)
    return {
        "sex": sex,
        "min_age": low,
        "max_age": high,
        "healthy_volunteers": any("healthy" in group for group in groups) if any(groups) else None,
        "enrollment_count": count,
        "enrollment_type": "ESTIMATED" if count is not None else "",
        "enrollment_note": note,
    }


def _enrollment(answer: Answer, notes: Notes) -> tuple[int | None, str]:
    """(Planned participants everywhere, how they spread). The overview's figure is Europe's alone."""
    europe = number(answer.document, "totalNumberEnrolled")
    states = [(ctis_places.state_name(part), number(part, "recruitmentSubjectCount")) for part in answer.parts_two]
    counts = [count for _, count in states if count is not None]
    if states and len(counts) == len(states):
        if europe is not None and europe != sum(counts):
            notes.add("enrollment_count", europe, f"the member states' figures add up to {sum(counts)}")
        europe = sum(counts)
    elsewhere = number(answer.part_one, "rowSubjectCount") or 0
    if europe is None:
        return None, f"outside the EEA: {elsewhere}" if elsewhere else ""
    spread = [f"{name}: {count}" for name, count in sorted(states) if count is not None]
    spread += [f"outside the EEA: {elsewhere}"] if elsewhere else []
    total = europe + elsewhere
    if not 0 <= total <= MOST_PARTICIPANTS:
        notes.add("enrollment_count", total, "not a number of participants")
        return None, ""
    return total, "; ".join(spread) if len(spread) > 1 else ""


# ------------------------------------------------------------------------------------------------------------ design
def _design(answer: Answer, notes: Notes) -> dict[str, Any]:
    """CTIS holds clinical trials of medicinal products only: all are interventional."""
    code, word = line(answer.information, "trialCategory.trialPhase"), line(answer.document, "trialPhase")
    phase = notes.code("phase", code or word, values.CTIS_PHASE)
    if code and word and values.CTIS_PHASE.get(key(word), phase) != phase:
        notes.add("phase", word, f"the protocol's code {code} means another phase")
    if not word:
        place = number(answer.information, "trialCategory.trialPhase")
        word = values.CTIS_PHASE_CODES[place][0] if place in values.CTIS_PHASE_CODES else code
    if shared := line(answer.information, "individualParticipantData.planToShareIPD"):
        notes.add("ipd_sharing", shared, "a code whose meaning CTIS does not publish")
    return {"phase": phase, "phase_raw": word, "study_type": "INTERVENTIONAL"} | _periods(answer, notes)


def _periods(answer: Answer, notes: Notes) -> dict[str, Any]:
    """Arms, allocation and whom the blinding covers, from the periods of the trial."""
    told, masked, arms = [], [], []
    allocations = set()
    for period in rows(answer.details, "protocolInformation.studyDesign.periodDetails"):
        told += [text for text in (english(period, "title"), english(period, "description")) if text]
        allocations.add(notes.code("allocation", line(period, "allocationMethod"), ctis_lists.ALLOCATION))
        masked += [notes.code("who_masked", role, ctis_lists.WHO_MASKED) for role in words(period, "blindedRoles")]
        if blinding := line(period, "blindingMethodCode"):
            notes.add("masking", blinding, "a code whose meaning CTIS does not publish")
        arms += [
            ArmRecord(" ".join(english(arm, "title").split()), description=english(arm, "description"))
            for arm in rows(period, "armDetails")
        ]
    return {
        "design_note": "\n\n".join(dict.fromkeys(told)),
        "allocation": allocations.pop() if len(allocations) == 1 else "",
        "who_masked": tuple(dict.fromkeys(who for who in masked if who)),
        "arms": tuple(dict.fromkeys(arm for arm in arms if arm.label)),
    }
