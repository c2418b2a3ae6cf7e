"""ClinicalTrials.gov API v2 study object -> TrialRecord.

Both generations of the API are read: MeSH ids as D010003 or D000010003, browse branches or none, locations with or
without coordinates. Copies from which people's names were removed hold "withheld" instead: read as not stated.
"""

from __future__ import annotations

import re

from trials.reading.criteria import read_criteria
from trials.records import IdentifierRecord, PartialDate, RelatedTrialRecord, TrialRecord
from trials.registries import ctgov_shape as shape
from trials.registries import values
from trials.registries.ctgov_copies import date_of_copy, with_gaps
from trials.registries.ctgov_lists import read_areas, read_outcomes, read_references, read_terms, read_treatments
from trials.registries.ctgov_people import read_contacts, read_sites, read_sponsors
from trials.registries.ctgov_salvage import decode
from trials.registries.ctgov_values import line_of, lines_of, person_of, rows_of, text_of
from trials.registries.homes import home
from trials.registries.homes import identifier as identifier_by_form
from trials.registries.values import MOST_PARTICIPANTS, Notes, Unreadable

ADDRESS = "https://clinicaltrials.gov/study/"

_NCT_NUMBER = re.compile("NCT[0-9]{8}")


def parse(raw: bytes) -> TrialRecord:
    """Reads one study object of API v2 (JSON, UTF-8).

    A field of the wrong type, an unknown value, a date that is none: noted in `TrialRecord.problems`, and the rest is
    read. `Unreadable` is raised where there is no JSON object, no protocol section or no valid NCT number.
    """
    notes = Notes()
    study = decode(raw, notes)
    protocol = study.protocol_section
    if protocol is None or protocol.identification_module is None:
        raise Unreadable("The record has no protocolSection.identificationModule, so it names no trial.")
    number = line_of(protocol.identification_module.nct_id).upper()
    if not _NCT_NUMBER.fullmatch(number):
        shown = f"“{number}” at protocolSection.identificationModule.nctId" if number else "The record"
        raise Unreadable(f"{shown} has no valid NCT number: NCT and eight digits.")
    record = _record(study, protocol, protocol.identification_module, number, notes)
    return with_gaps(record, line_of(study.note))


def _record(
    study: shape.Study, protocol: shape.Protocol, ids: shape.Identification, number: str, notes: Notes
) -> TrialRecord:
    status = protocol.status_module or shape.Status()
    design = protocol.design_module or shape.Design()
    info = design.design_info or shape.DesignInfo()
    masking = info.masking_info or shape.MaskingInfo()
    enrollment = design.enrollment_info or shape.Enrollment()
    eligibility = protocol.eligibility_module or shape.Eligibility()
    oversight = protocol.oversight_module or shape.Oversight()
    description = protocol.description_module or shape.Description()
    topics = protocol.conditions_module or shape.Conditions()
    ipd = protocol.ipd_sharing_statement_module or shape.IpdSharingStatement()
    derived = study.derived_section or shape.Derived()
    misc = derived.misc_info_module or shape.MiscInfo()
    browse = derived.condition_browse_module or shape.Browse()
    posted = _date("last_update_posted", status.last_update_post_date_struct, notes)
    interventions, arms = read_treatments(protocol.arms_interventions_module or shape.ArmsInterventions(), notes)
    sites, site_contacts = read_sites(protocol.contacts_locations_module or shape.ContactsLocations(), notes)
    start, primary, end = status.start_date_struct, status.primary_completion_date_struct, status.completion_date_struct
    return TrialRecord(
        registry="CTGOV",
        number=number,
        source="CTGOV",
        number_raw=line_of(ids.nct_id),
        url=f"{ADDRESS}{number}",
        updated=posted or notes.date("updated", line_of(status.last_update_submit_date)),
        copied=notes.date("copied", line_of(misc.version_holder)) or date_of_copy(line_of(study.note), notes),
        title=line_of(ids.brief_title),
        official_title=line_of(ids.official_title),
        acronym=line_of(ids.acronym),
        keywords=lines_of(topics.keywords),
        identifiers=_identifiers(ids, number, notes),
        aliases=_aliases(ids, number, notes),
        status=notes.code("status", line_of(status.overall_status), values.CTGOV_STATUS),
        status_raw=line_of(status.overall_status),
        status_verified=notes.date("status_verified", line_of(status.status_verified_date)),
        last_known_status=notes.code("last_known_status", line_of(status.last_known_status), values.CTGOV_STATUS),
        why_stopped=line_of(status.why_stopped),
        phase=_phase(lines_of(design.phases), notes),
        phase_raw=", ".join(lines_of(design.phases)),
        study_type=notes.code("study_type", line_of(design.study_type), values.CTGOV_STUDY_TYPE),
        study_type_raw=line_of(design.study_type),
        start_date=_date("start_date", start, notes),
        start_date_type=_date_type("start_date_type", start, notes),
        primary_completion_date=_date("primary_completion_date", primary, notes),
        primary_completion_date_type=_date_type("primary_completion_date_type", primary, notes),
        completion_date=_date("completion_date", end, notes),
        completion_date_type=_date_type("completion_date_type", end, notes),
        first_posted=_date("first_posted", status.study_first_post_date_struct, notes),
        last_update_posted=posted,
        has_results=True if study.has_results is None and study.results_section is not None else study.has_results,
        enrollment_count=_count(enrollment.count, notes),
        enrollment_type=notes.code("enrollment_type", line_of(enrollment.type), values.DATE_TYPE),
        sex=notes.code("sex", line_of(eligibility.sex), values.CTGOV_SEX),
        gender_based=eligibility.gender_based,
        gender_description=text_of(eligibility.gender_description),
        healthy_volunteers=eligibility.healthy_volunteers,
        min_age=notes.age("min_age", line_of(eligibility.minimum_age)),
        max_age=notes.age("max_age", line_of(eligibility.maximum_age)),
        primary_purpose=notes.code("primary_purpose", line_of(info.primary_purpose), values.PRIMARY_PURPOSE),
        allocation=notes.code("allocation", line_of(info.allocation), values.ALLOCATION),
        intervention_model=notes.code(
            "intervention_model", line_of(info.intervention_model), values.INTERVENTION_MODEL
        ),
        intervention_model_description=text_of(info.intervention_model_description),
        masking=notes.code("masking", line_of(masking.masking), values.MASKING),
        masking_description=text_of(masking.masking_description),
        who_masked=_codes("who_masked", masking.who_masked, values.WHO_MASKED, notes),
        brief_summary=text_of(description.brief_summary),
        detailed_description=text_of(description.detailed_description),
        has_dmc=oversight.oversight_has_dmc,
        is_fda_regulated_drug=oversight.is_fda_regulated_drug,
        is_fda_regulated_device=oversight.is_fda_regulated_device,
        ipd_sharing=notes.code("ipd_sharing", line_of(ipd.ipd_sharing), values.IPD_SHARING),
        conditions=lines_of(topics.conditions),
        condition_meshes=read_terms(browse.meshes),
        condition_ancestors=read_terms(browse.ancestors),
        intervention_meshes=read_terms((derived.intervention_browse_module or shape.Browse()).meshes),
        areas=read_areas(browse.browse_branches),
        interventions=interventions,
        arms=arms,
        criteria=read_criteria(text_of(eligibility.eligibility_criteria)),
        outcomes=read_outcomes(protocol.outcomes_module or shape.Outcomes(), notes),
        sites=sites,
        contacts=(*read_contacts(protocol, notes), *site_contacts),
        sponsors=read_sponsors(protocol.sponsor_collaborators_module or shape.Sponsors(), ids.organization, notes),
        references=read_references(protocol.references_module or shape.References(), notes),
        related=_related(ids, status, number),
        problems=tuple(notes.problems),
    )


def _date(field: str, stated: shape.StatedDate | None, notes: Notes) -> PartialDate | None:
    return notes.date(field, line_of(stated.date)) if stated and stated.date else None


def _date_type(field: str, stated: shape.StatedDate | None, notes: Notes) -> str:
    return notes.code(field, line_of(stated.type), values.DATE_TYPE) if stated and stated.date else ""


def _codes(field: str, words: shape.Texts, table: dict[str, str], notes: Notes) -> tuple[str, ...]:
    return tuple(value for word in lines_of(words) if (value := notes.code(field, word, table)))


def _phase(words: tuple[str, ...], notes: Notes) -> str:
    """One value for the list of phases; none where a word is unknown or the phases do not go together."""
    known = [notes.code("phase", word, values.CTGOV_PHASE) for word in words]
    if len(words) > 1 and "" in known:
        return ""
    combined = values.combined_phase(known)
    if combined is None:
        notes.add("phase", ", ".join(words), "these phases do not go together")
    return combined or ""


def _count(count: int | None, notes: Notes) -> int | None:
    if count is None or 0 <= count <= MOST_PARTICIPANTS:
        return count
    notes.add("enrollment_count", count, "not a number of participants")
    return None


def _identifiers(ids: shape.Identification, number: str, notes: Notes) -> tuple[IdentifierRecord, ...]:
    """The sponsor's own number, then the others; the former a second time where it is a registry's number.

    An NCT number among them is another trial's (its parent, its extension): see `_related`.
    """
    found: list[IdentifierRecord] = []
    own = ids.org_study_id_info or shape.Number()
    if (value := person_of(own.id)) and home(value) != ("CTGOV", number):
        found.append(IdentifierRecord("ORG_STUDY_ID", value, line_of(own.type)))
        if home(value)[0] != "CTGOV" and (same := identifier_by_form(value)).kind != "OTHER":
            found.append(same)
    for info in rows_of(ids.secondary_id_infos):
        value, kind = person_of(info.id), notes.code("identifiers", line_of(info.type), values.SECONDARY_ID_TYPE)
        if value and home(value)[0] != "CTGOV":
            found.append(_identifier(value, kind, line_of(info.domain)))
    return tuple(dict.fromkeys(found))


def _identifier(value: str, kind: str, domain: str) -> IdentifierRecord:
    """A number under the kind that its form proves, else under the kind that the record states."""
    proven = identifier_by_form(value, domain)
    if proven.kind in ("CTIS", "EUDRACT_NUMBER") or (proven.kind == "REGISTRY" and kind in ("", "OTHER")):
        return IdentifierRecord(proven.kind, proven.value, domain or proven.domain)
    return IdentifierRecord(kind or "OTHER", value, domain)


def _related(ids: shape.Identification, status: shape.Status, number: str) -> tuple[RelatedTrialRecord, ...]:
    """Other trials of this registry that the record names among its numbers or as its expanded access."""
    written = [line_of(info.id) for info in rows_of(ids.secondary_id_infos)]
    written.append(line_of((status.expanded_access_info or shape.ExpandedAccess()).nct_id))
    homes = [home(value) for value in written if value]
    numbers = dict.fromkeys(other for registry, other in homes if registry == "CTGOV" and other != number)
    return tuple(RelatedTrialRecord(other) for other in numbers)


def _aliases(ids: shape.Identification, number: str, notes: Notes) -> tuple[str, ...]:
    """Former NCT numbers of the same record."""
    found: list[str] = []
    for written in lines_of(ids.nct_id_aliases):
        registry, alias = home(written)
        if registry != "CTGOV":
            notes.add("aliases", written, "not an NCT number")
        elif alias != number:
            found.append(alias)
    return tuple(dict.fromkeys(found))
