"""ClinicalTrials.gov API v2 study object -> TrialRecord.

Both generations of the API are read: MeSH ids as D010003 or D000010003, browse branches or none, locations with or
without coordinates. Copies from which people's names were removed hold "withheld" instead: read as not stated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from trials.reading.criteria import read_criteria
from trials.reading.text import block, one_line, repair_mojibake
from trials.records import (
    ArmRecord,
    ContactRecord,
    IdentifierRecord,
    InterventionRecord,
    MeshTerm,
    OutcomeRecord,
    PartialDate,
    ReferenceRecord,
    SiteRecord,
    SponsorRecord,
    TrialRecord,
)
from trials.registries import ctgov_shape as shape
from trials.registries import values
from trials.registries.countries import country_code
from trials.registries.ctgov_salvage import decode
from trials.registries.homes import home
from trials.registries.homes import identifier as identifier_by_form
from trials.registries.values import Notes, Unreadable

_T = TypeVar("_T")

ADDRESS = "https://clinicaltrials.gov/study/"

# What copies print where they left out a person's name or address.
_LEFT_OUT = frozenset(("withheld", "[removed]"))
# Browse branches that are no therapeutic area.
_NO_AREA = frozenset(("All", "Rare"))
# Branches that span several MeSH trees or stand outside the disease trees: the code of the tree that leads.
_AREA_CODES = {"BXM": "F03", "BXS": "C12"}
_NCT_NUMBER = re.compile("NCT[0-9]{8}")
_MESH_UI = re.compile(r"D0*([1-9][0-9]*)")
# MeSH numbered its descriptors in six digits up to here, and in nine from then on.
_LAST_SIX_DIGIT_UI = 66_400
_MOST_PARTICIPANTS = 2_000_000_000


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
    number = one_line(protocol.identification_module.nct_id or "").upper()
    if not _NCT_NUMBER.fullmatch(number):
        shown = f"“{number}” at protocolSection.identificationModule.nctId" if number else "The record"
        raise Unreadable(f"{shown} has no valid NCT number: NCT and eight digits.")
    return _record(study, protocol, protocol.identification_module, number, notes)


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
    browse = derived.condition_browse_module or shape.Browse()
    posted = _date("last_update_posted", status.last_update_post_date_struct, notes)
    interventions, arms = _treatments(protocol.arms_interventions_module or shape.ArmsInterventions(), notes)
    sites, site_contacts = _sites(protocol.contacts_locations_module or shape.ContactsLocations(), notes)
    start, primary, end = status.start_date_struct, status.primary_completion_date_struct, status.completion_date_struct
    return TrialRecord(
        registry="CTGOV",
        number=number,
        source="CTGOV",
        number_raw=one_line(ids.nct_id or ""),
        url=f"{ADDRESS}{number}",
        updated=posted or notes.date("updated", one_line(status.last_update_submit_date or "")),
        copied=notes.date("copied", one_line((derived.misc_info_module or shape.MiscInfo()).version_holder or "")),
        title=_line(ids.brief_title),
        official_title=_line(ids.official_title),
        acronym=_line(ids.acronym),
        keywords=_lines(topics.keywords),
        identifiers=_identifiers(ids, number, notes),
        aliases=_aliases(ids, number, notes),
        status=notes.code("status", _line(status.overall_status), values.CTGOV_STATUS),
        status_raw=_line(status.overall_status),
        status_verified=notes.date("status_verified", _line(status.status_verified_date)),
        last_known_status=notes.code("last_known_status", _line(status.last_known_status), values.CTGOV_STATUS),
        why_stopped=_line(status.why_stopped),
        phase=_phase(_lines(design.phases), notes),
        phase_raw=", ".join(_lines(design.phases)),
        study_type=notes.code("study_type", _line(design.study_type), values.CTGOV_STUDY_TYPE),
        study_type_raw=_line(design.study_type),
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
        enrollment_type=notes.code("enrollment_type", _line(enrollment.type), values.DATE_TYPE),
        sex=notes.code("sex", _line(eligibility.sex), values.CTGOV_SEX),
        gender_based=eligibility.gender_based,
        gender_description=_text(eligibility.gender_description),
        healthy_volunteers=eligibility.healthy_volunteers,
        min_age=notes.age("min_age", _line(eligibility.minimum_age)),
        max_age=notes.age("max_age", _line(eligibility.maximum_age)),
        primary_purpose=notes.code("primary_purpose", _line(info.primary_purpose), values.PRIMARY_PURPOSE),
        allocation=notes.code("allocation", _line(info.allocation), values.ALLOCATION),
        intervention_model=notes.code("intervention_model", _line(info.intervention_model), values.INTERVENTION_MODEL),
        intervention_model_description=_text(info.intervention_model_description),
        masking=notes.code("masking", _line(masking.masking), values.MASKING),
        masking_description=_text(masking.masking_description),
        who_masked=_codes("who_masked", masking.who_masked, values.WHO_MASKED, notes),
        brief_summary=_text(description.brief_summary),
        detailed_description=_text(description.detailed_description),
        has_dmc=oversight.oversight_has_dmc,
        is_fda_regulated_drug=oversight.is_fda_regulated_drug,
        is_fda_regulated_device=oversight.is_fda_regulated_device,
        ipd_sharing=notes.code("ipd_sharing", _line(ipd.ipd_sharing), values.IPD_SHARING),
        conditions=_lines(topics.conditions),
        condition_meshes=_terms(browse.meshes),
        condition_ancestors=_terms(browse.ancestors),
        intervention_meshes=_terms((derived.intervention_browse_module or shape.Browse()).meshes),
        areas=_areas(browse.browse_branches),
        interventions=interventions,
        arms=arms,
        criteria=read_criteria(_text(eligibility.eligibility_criteria)),
        outcomes=_outcomes(protocol.outcomes_module or shape.Outcomes(), notes),
        sites=sites,
        contacts=(*_contacts(protocol, notes), *site_contacts),
        sponsors=_sponsors(protocol.sponsor_collaborators_module or shape.Sponsors(), ids.organization, notes),
        references=_references(protocol.references_module or shape.References(), notes),
        problems=tuple(notes.problems),
    )


# ------------------------------------------------------------------------------------------------------- single values
def _line(text: str | None) -> str:
    return repair_mojibake(one_line(text)) if text else ""


def _text(text: str | None) -> str:
    return repair_mojibake(block(text)) if text else ""


def _lines(texts: shape.Texts) -> tuple[str, ...]:
    """The texts that are not empty, each in one line."""
    return tuple(line for text in texts or () if (line := _line(text)))


def _rows(rows: Iterable[_T | None] | None) -> list[_T]:
    return [row for row in rows or () if row is not None]


def _person(text: str | None) -> str:
    """A name, address or number of a person; empty where the copy left it out."""
    line = _line(text)
    return "" if line.lower() in _LEFT_OUT else line


def _date(field: str, stated: shape.StatedDate | None, notes: Notes) -> PartialDate | None:
    return notes.date(field, _line(stated.date)) if stated and stated.date else None


def _date_type(field: str, stated: shape.StatedDate | None, notes: Notes) -> str:
    return notes.code(field, _line(stated.type), values.DATE_TYPE) if stated and stated.date else ""


def _codes(field: str, words: shape.Texts, table: dict[str, str], notes: Notes) -> tuple[str, ...]:
    return tuple(value for word in _lines(words) if (value := notes.code(field, word, table)))


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
    if count is None or 0 <= count <= _MOST_PARTICIPANTS:
        return count
    notes.add("enrollment_count", count, "not a number of participants")
    return None


# ------------------------------------------------------------------------------------------------------------- numbers
def _identifiers(ids: shape.Identification, number: str, notes: Notes) -> tuple[IdentifierRecord, ...]:
    """The sponsor's own number, then the others; the former a second time where it is a registry's number."""
    found: list[IdentifierRecord] = []
    own = ids.org_study_id_info or shape.Number()
    if (value := _line(own.id)) and value.upper() != number:
        found.append(IdentifierRecord("ORG_STUDY_ID", value, _line(own.type)))
        if (same := _identifier(value, "", "")).kind != "OTHER":
            found.append(same)
    for info in _rows(ids.secondary_id_infos):
        value, kind = _line(info.id), notes.code("identifiers", _line(info.type), values.SECONDARY_ID_TYPE)
        if value and value.upper() != number:
            found.append(_identifier(value, kind, _line(info.domain)))
    return tuple(dict.fromkeys(found))


def _identifier(value: str, kind: str, domain: str) -> IdentifierRecord:
    """A number under the kind that its form proves, else under the kind that the record states."""
    registry, number = home(value)
    if registry == "CTGOV":
        # Another trial's number (its extension, its parent): not a number of this one.
        return IdentifierRecord("OTHER", number, domain)
    proven = identifier_by_form(value, domain)
    if proven.kind in ("CTIS", "EUDRACT_NUMBER") or (proven.kind == "REGISTRY" and kind in ("", "OTHER")):
        return IdentifierRecord(proven.kind, proven.value, domain or proven.domain)
    return IdentifierRecord(kind or "OTHER", value, domain)


def _aliases(ids: shape.Identification, number: str, notes: Notes) -> tuple[str, ...]:
    """Former NCT numbers of the same record."""
    found: list[str] = []
    for written in _lines(ids.nct_id_aliases):
        registry, alias = home(written)
        if registry != "CTGOV":
            notes.add("aliases", written, "not an NCT number")
        elif alias != number:
            found.append(alias)
    return tuple(dict.fromkeys(found))


# ---------------------------------------------------------------------------------------------- arms and interventions
def _treatments(
    module: shape.ArmsInterventions, notes: Notes
) -> tuple[tuple[InterventionRecord, ...], tuple[ArmRecord, ...]]:
    """The interventions, and the arms with the places of theirs; a link counts whichever side states it."""
    stated = [row for row in _rows(module.interventions) if _line(row.name)]
    interventions = tuple(_intervention(row, notes) for row in stated)
    groups = [row for row in _rows(module.arm_groups) if row.label or row.description or row.intervention_names]
    labels = [_line(group.label) for group in groups]
    places = [_places(group, interventions, notes) for group in groups]
    for place, row in enumerate(stated):
        for label in _lines(row.arm_group_labels):
            meant = [at for at, own in enumerate(labels) if own == label]
            # Arms that share a label cannot be told apart by it: their own lists count then.
            if len(meant) == 1 and place not in places[meant[0]]:
                places[meant[0]].append(place)
            elif not meant:
                notes.add("arms", label, "an intervention names an arm that the record does not have")
    arms = tuple(
        ArmRecord(
            label=label,
            type=notes.code("arms", _line(group.type), values.ARM_TYPE),
            type_raw=_line(group.type),
            description=_text(group.description),
            interventions=tuple(sorted(given)),
        )
        for group, label, given in zip(groups, labels, places, strict=True)
    )
    return interventions, arms


def _intervention(row: shape.Intervention, notes: Notes) -> InterventionRecord:
    return InterventionRecord(
        name=_line(row.name),
        type=notes.code("interventions", _line(row.type), values.INTERVENTION_TYPE),
        type_raw=_line(row.type),
        description=_text(row.description),
        other_names=_lines(row.other_names),
    )


def _places(group: shape.ArmGroup, interventions: tuple[InterventionRecord, ...], notes: Notes) -> list[int]:
    """The interventions that an arm names as “Type: Name”, or by the name alone."""
    found: list[int] = []
    for written in _lines(group.intervention_names):
        kind, _, name = written.partition(": ")
        wanted = values.key(kind)
        meant = [at for at, row in enumerate(interventions) if row.name == name and values.key(row.type_raw) == wanted]
        meant = meant or [at for at, row in enumerate(interventions) if row.name in (name, written)]
        found += [at for at in meant if at not in found]
        if not meant:
            notes.add("arms", written, "an arm names an intervention that the record does not have")
    return found


def _outcomes(module: shape.Outcomes, notes: Notes) -> tuple[OutcomeRecord, ...]:
    found: list[OutcomeRecord] = []
    lists = (
        ("PRIMARY", module.primary_outcomes),
        ("SECONDARY", module.secondary_outcomes),
        ("OTHER", module.other_outcomes),
    )
    for kind, rows in lists:
        for row in _rows(rows):
            measure, description, frame = _text(row.measure), _text(row.description), _text(row.time_frame)
            if not measure and (description or frame):
                notes.add("outcomes", description or frame, "an outcome without a measure")
            if measure:
                found.append(OutcomeRecord(kind, measure, description, frame))
    return tuple(found)


# --------------------------------------------------------------------------------------------------- places and people
def _sites(module: shape.ContactsLocations, notes: Notes) -> tuple[tuple[SiteRecord, ...], tuple[ContactRecord, ...]]:
    sites: list[SiteRecord] = []
    contacts: list[ContactRecord] = []
    unknown: set[str] = set()
    for row in _rows(module.locations):
        facility, city, country = _line(row.facility), _line(row.city), _line(row.country)
        if not (facility or city or country):
            continue
        code = country_code(country) if country else ""
        if code is None and country not in unknown:
            unknown.add(country)
            notes.add("sites", country, "unknown country")
        latitude, longitude = _coordinates(row.geo_point, notes)
        contacts += [person for who in _rows(row.contacts) if (person := _contact(who, "CONTACT", notes, len(sites)))]
        sites.append(
            SiteRecord(
                facility=facility,
                city=city,
                state=_line(row.state),
                zip=_line(row.zip),
                country=code or "",
                country_raw=country,
                status=notes.code("sites", _line(row.status), values.SITE_STATUS),
                status_raw=_line(row.status),
                latitude=latitude,
                longitude=longitude,
            )
        )
    return tuple(sites), tuple(contacts)


def _coordinates(point: shape.GeoPoint | None, notes: Notes) -> tuple[float | None, float | None]:
    if point is None or point.lat is None or point.lon is None:
        return None, None
    if abs(point.lat) <= 90 and abs(point.lon) <= 180:
        return point.lat, point.lon
    notes.add("sites", f"{point.lat}, {point.lon}", "not a place on earth")
    return None, None


def _contact(person: shape.Contact, role: str, notes: Notes, site: int | None = None) -> ContactRecord | None:
    """Somebody to call; None where nothing of name, telephone, e-mail or affiliation is left."""
    stated = notes.code("contacts", _line(person.role), values.CONTACT_ROLE) or role
    name, affiliation = _person(person.name), _person(person.affiliation)
    phone, email = _person(person.phone), _person(person.email)
    if not (name or affiliation or phone or email):
        return None
    return ContactRecord(stated, name, affiliation, phone, _person(person.phone_ext) if phone else "", email, site)


def _contacts(protocol: shape.Protocol, notes: Notes) -> list[ContactRecord]:
    """Central contacts, then officials, then the responsible investigator where no official is the same person."""
    module = protocol.contacts_locations_module or shape.ContactsLocations()
    rows = [(row, "CONTACT") for row in _rows(module.central_contacts)]
    rows += [(row, "PRINCIPAL_INVESTIGATOR") for row in _rows(module.overall_officials)]
    found = [person for row, role in rows if (person := _contact(row, role, notes))]
    party = (protocol.sponsor_collaborators_module or shape.Sponsors()).responsible_party
    if party is not None and (party.investigator_full_name or party.investigator_affiliation):
        own = shape.Contact(name=party.investigator_full_name, affiliation=party.investigator_affiliation)
        investigator = _contact(own, "PRINCIPAL_INVESTIGATOR", notes)
        if investigator is not None and not any(_same_person(investigator, other) for other in found):
            found.append(investigator)
    return found


def _same_person(one: ContactRecord, other: ContactRecord) -> bool:
    """By name without degrees ("A. Smith, MD"); where a copy left names out, by role and affiliation."""
    if one.name and other.name:
        return values.key(one.name.partition(",")[0]) == values.key(other.name.partition(",")[0])
    return one.role == other.role and values.key(one.affiliation) == values.key(other.affiliation)


def _sponsors(module: shape.Sponsors, holder: shape.Agency | None, notes: Notes) -> tuple[SponsorRecord, ...]:
    """Lead sponsor, collaborators, and the organisation that holds the record where it is neither of them."""
    agencies = [("LEAD_SPONSOR", module.lead_sponsor)]
    agencies += [("COLLABORATOR", agency) for agency in _rows(module.collaborators)]
    found = [
        SponsorRecord(name, role, notes.code("sponsors", _line(agency.agency_class), values.AGENCY_CLASS))
        for role, agency in agencies
        if agency is not None and (name := _line(agency.name))
    ]
    name = _line(holder.full_name) if holder is not None else ""
    if holder is not None and name and all(sponsor.name != name for sponsor in found):
        agency_class = notes.code("sponsors", _line(holder.agency_class), values.AGENCY_CLASS)
        found.append(SponsorRecord(name, "RECORD_HOLDER", agency_class))
    return tuple(dict.fromkeys(found))


# ------------------------------------------------------------------------------------------------ references and terms
def _references(module: shape.References, notes: Notes) -> tuple[ReferenceRecord, ...]:
    """Publications (without a type: background), then links, then shared data sets."""
    found = [
        ReferenceRecord(
            kind=notes.code("references", _line(row.type), values.REFERENCE_TYPE) or "BACKGROUND",
            citation=_text(row.citation),
            pmid=_line(row.pmid),
        )
        for row in _rows(module.references)
        if row.citation or row.pmid
    ]
    for link in _rows(module.see_also_links):
        if link.url or link.label:
            found.append(ReferenceRecord("LINK", url=_line(link.url), label=_line(link.label)))
    for data in _rows(module.avail_ipds):
        if data.url:
            found.append(ReferenceRecord("LINK", url=_line(data.url), label=_line(data.type)))
    return tuple(dict.fromkeys(found))


def _terms(terms: list[shape.Term | None] | None) -> tuple[MeshTerm, ...]:
    found = (MeshTerm(mesh_ui(_line(row.id)), _line(row.term)) for row in _rows(terms))
    return tuple(dict.fromkeys(term for term in found if term.term))


def mesh_ui(written: str) -> str:
    """The id that MeSH itself uses: `D000010003` -> `D010003`; what is no descriptor id stays as it is."""
    match = _MESH_UI.fullmatch(written)
    if match is None:
        return written
    number = int(match[1])
    return f"D{number:06d}" if number <= _LAST_SIX_DIGIT_UI else f"D{number:09d}"


def _areas(branches: list[shape.Branch | None] | None) -> tuple[str, ...]:
    """The therapeutic areas of the browse branches, as "Neoplasms [C04]"."""
    found: list[str] = []
    for row in _rows(branches):
        name, abbreviation = _line(row.name), _line(row.abbrev)
        if not name or abbreviation in _NO_AREA:
            continue
        code = _AREA_CODES.get(abbreviation) or (abbreviation[1:] if re.fullmatch("BC[0-9]{2}", abbreviation) else "")
        found.append(f"{name} [{code}]" if code else name)
    return tuple(found)
