"""Sites per member state, sponsors and contacts of an EU CTIS answer."""

from __future__ import annotations

from dataclasses import replace

from trials.records import ContactRecord, SiteRecord, SponsorRecord
from trials.registries import values
from trials.registries.countries import country_code
from trials.registries.ctis_document import Answer, Json, branch, flag, line, rows
from trials.registries.values import Notes, key

# The portal's kinds of organisation. Who is no company is "other", as on ClinicalTrials.gov.
_AGENCY_CLASS = {
    "pharmaceutical company": "INDUSTRY",
    "industry": "INDUSTRY",
    "pharmaceutical association federation": "INDUSTRY",
    "hospital clinic other health care facility": "OTHER",
    "health care": "OTHER",
    "educational institution": "OTHER",
    "laboratory research testing facility": "OTHER",
    "patient organisation association": "OTHER",
}
# Copies that were made public without personal data print these words in the place of a person's.
_REMOVED = {"withheld", "removed"}

_SITE_STATUSES = frozenset(values.SITE_STATUS.values())


def state_name(part: Json) -> str:
    """The member state that a Part II belongs to."""
    return line(part, "mscInfo.countryName") or line(part, "mscInfo.mscName")


def read_sites(
    answer: Answer, statuses: dict[str, tuple[str, str]], notes: Notes
) -> tuple[tuple[SiteRecord, ...], list[ContactRecord]]:
    """(Sites, their investigators): sites by member state, then the countries outside the EEA, told only by name.

    CTIS tells a status by member state, not by site: it is the site's here, and its word names the country.
    """
    found: list[SiteRecord] = []
    people: list[ContactRecord] = []
    for part in sorted(answer.parts_two, key=state_name):
        state = state_name(part)
        told = [(_site(site, state, statuses, notes), site) for site in rows(part, "trialSites") or [{}]]
        for record, site in sorted(told, key=lambda one: (one[0].facility, one[0].city, one[0].zip)):
            if record.facility or record.city or record.country_raw:
                people.append(_investigator(site, len(found)))
                found.append(record)
    known = {one.country for one in found}
    for country in sorted(rows(answer.part_one, "rowCountriesInfo"), key=lambda one: line(one, "name")):
        name = line(country, "name")
        code = country_code(line(country, "isoAlpha2Code") or name)
        if name and (code is None or code not in known):
            found.append(SiteRecord(country=code or "", country_raw=name))
    return tuple(found), people


def _investigator(site: Json, place: int) -> ContactRecord:
    person = branch(site, "personInfo")
    name = " ".join(filter(None, (line(person, "firstName"), line(person, "lastName"))))
    department, phone, email = line(site, "departmentName"), line(person, "telephone"), line(person, "email")
    return ContactRecord("PRINCIPAL_INVESTIGATOR", name, department, phone, email=email, site=place)


def _site(site: Json, state: str, statuses: dict[str, tuple[str, str]], notes: Notes) -> SiteRecord:
    place = branch(site, "organisationAddressInfo")
    name = line(place, "address.countryName") or state
    code = country_code(name)
    if code is None and name:
        notes.add("sites", name, "unknown country")
    status, word = statuses.get(code or name, ("", ""))
    named = (line(place, "organisation.name"), line(site, "departmentName"))
    return SiteRecord(
        facility=", ".join(dict.fromkeys(text for text in named if text)),
        city=line(place, "address.city"),
        zip=line(place, "address.postcode"),
        country=code or "",
        country_raw=name,
        status=status if status in _SITE_STATUSES else "",
        status_raw=f"{word} ({name})" if word else "",
    )


# ------------------------------------------------------------------------------------------------ sponsors and people
def read_sponsors(sponsors: list[Json], information: Json, notes: Notes) -> tuple[SponsorRecord, ...]:
    """The lead sponsor, co-sponsors and those who give money; each organisation once."""
    found: list[SponsorRecord] = []
    ordered = sorted(sponsors, key=lambda one: flag(one, "primary") is not True)
    for one in ordered:
        organisation = branch(one, "organisation") or branch(_first(one, "publicContacts"), "organisation")
        kind = line(organisation, "type")
        role = "COLLABORATOR" if found else "LEAD_SPONSOR"
        agency = notes.code("sponsors", kind, _AGENCY_CLASS)
        found.append(SponsorRecord(line(organisation, "name"), role, agency, kind))
    for one in rows(information, "sourceOfMonetarySupport"):
        found.append(SponsorRecord(line(one, "organisationName"), "COLLABORATOR", wording="Source of monetary support"))
    kept: dict[str, SponsorRecord] = {}
    for sponsor in found:
        if sponsor.name:
            kept.setdefault(sponsor.name.casefold(), sponsor)
    return tuple(kept.values())


def _first(node: object, path: str) -> Json:
    return next(iter(rows(node, path)), {})


def read_contacts(sponsors: list[Json], investigators: list[ContactRecord]) -> tuple[tuple[ContactRecord, ...], bool]:
    """(Contacts of the sponsors and the investigators of the sites, whether this copy leaves people out)."""
    found: list[ContactRecord] = []
    for sponsor in sponsors:
        for one in (*rows(sponsor, "publicContacts"), *rows(sponsor, "scientificContacts")):
            name, organisation = line(one, "functionalName"), line(one, "organisation.name")
            email, phone = line(one, "functionalEmailAddress"), line(one, "telephone")
            found.append(ContactRecord("CONTACT", name, organisation, phone, email=email))
    found += investigators
    left_out = any(_is_removed(text) for one in found for text in (one.name, one.phone, one.email))
    told = (_without_removed(one) for one in found)
    return tuple(dict.fromkeys(one for one in told if one.name or one.phone or one.email)), left_out


def _is_removed(text: str) -> bool:
    plain = key(text)
    return bool(plain) and set(plain.split()) <= _REMOVED


def _without_removed(one: ContactRecord) -> ContactRecord:
    name, phone, email = ("" if _is_removed(text) else text for text in (one.name, one.phone, one.email))
    return replace(one, name=name, phone=phone, email=email)
