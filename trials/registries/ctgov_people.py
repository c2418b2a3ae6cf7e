"""Where a ClinicalTrials.gov record says that a trial runs, and who runs it: sites, contacts, sponsors."""

from __future__ import annotations

from trials.records import ContactRecord, SiteRecord, SponsorRecord
from trials.registries import ctgov_shape as shape
from trials.registries import values
from trials.registries.countries import country_code
from trials.registries.ctgov_values import line_of, person_of, rows_of
from trials.registries.misplaced import Spot, spot
from trials.registries.values import Notes


def read_sites(
    module: shape.ContactsLocations, notes: Notes
) -> tuple[tuple[SiteRecord, ...], tuple[ContactRecord, ...]]:
    sites: list[SiteRecord] = []
    contacts: list[ContactRecord] = []
    unknown: set[str] = set()
    for row in rows_of(module.locations):
        facility, city, country = line_of(row.facility), line_of(row.city), line_of(row.country)
        if not (facility or city or country):
            continue
        code = country_code(country) if country else ""
        if code is None and country not in unknown:
            unknown.add(country)
            notes.add("sites", country, "unknown country")
        where = _spot(code or "", city, row.geo_point, notes)
        contacts += [person for who in rows_of(row.contacts) if (person := _contact(who, "CONTACT", notes, len(sites)))]
        sites.append(
            SiteRecord(
                facility=facility,
                city=city,
                state=line_of(row.state),
                zip=line_of(row.zip),
                country=code or "",
                country_raw=country,
                status=notes.code("sites", line_of(row.status), values.SITE_STATUS),
                status_raw=line_of(row.status),
                latitude=where.latitude,
                longitude=where.longitude,
                remark=where.remark,
            )
        )
    return tuple(sites), tuple(contacts)


def _spot(country: str, city: str, point: shape.GeoPoint | None, notes: Notes) -> Spot:
    if point is None or point.lat is None or point.lon is None:
        return Spot(None, None)
    if abs(point.lat) <= 90 and abs(point.lon) <= 180:
        return spot(country, city, point.lat, point.lon)
    notes.add("sites", f"{point.lat}, {point.lon}", "not a place on earth")
    return Spot(None, None)


def _contact(person: shape.Contact, role: str, notes: Notes, site: int | None = None) -> ContactRecord | None:
    """Somebody to call; None where nothing of name, telephone, e-mail or affiliation is left."""
    stated = notes.code("contacts", line_of(person.role), values.CONTACT_ROLE) or role
    name, affiliation = person_of(person.name), person_of(person.affiliation)
    phone, email = person_of(person.phone), person_of(person.email)
    if not (name or affiliation or phone or email):
        return None
    return ContactRecord(stated, name, affiliation, phone, person_of(person.phone_ext) if phone else "", email, site)


def read_contacts(protocol: shape.Protocol, notes: Notes) -> list[ContactRecord]:
    """Central contacts, then officials, then the responsible investigator where no official is the same person."""
    module = protocol.contacts_locations_module or shape.ContactsLocations()
    rows = [(row, "CONTACT") for row in rows_of(module.central_contacts)]
    rows += [(row, "PRINCIPAL_INVESTIGATOR") for row in rows_of(module.overall_officials)]
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


def read_sponsors(module: shape.Sponsors, holder: shape.Agency | None, notes: Notes) -> tuple[SponsorRecord, ...]:
    """Lead sponsor, collaborators, and the organisation that holds the record where it is neither of them."""
    agencies = [("LEAD_SPONSOR", module.lead_sponsor)]
    agencies += [("COLLABORATOR", agency) for agency in rows_of(module.collaborators)]
    found = [
        SponsorRecord(name, role, notes.code("sponsors", line_of(agency.agency_class), values.AGENCY_CLASS))
        for role, agency in agencies
        if agency is not None and (name := line_of(agency.name))
    ]
    name = line_of(holder.full_name) if holder is not None else ""
    if holder is not None and name and all(sponsor.name != name for sponsor in found):
        agency_class = notes.code("sponsors", line_of(holder.agency_class), values.AGENCY_CLASS)
        found.append(SponsorRecord(name, "RECORD_HOLDER", agency_class))
    return tuple(dict.fromkeys(found))
