"""The parts of a ClinicalTrials.gov API v2 study object that the catalogue reads, for msgspec.

Everything may be missing or null. What is not declared here (results, documents, history) is skipped unread.
"""

from __future__ import annotations

from msgspec import Struct, field

Text = str | None
Texts = list[str | None] | None


class Shape(Struct, rename="camel", gc=False):
    """Base of all parts: camelCase in the record, snake_case here."""


class Number(Shape):
    id: Text = None
    type: Text = None
    domain: Text = None


class Agency(Shape):
    name: Text = None
    full_name: Text = None
    agency_class: Text = field(name="class", default=None)


class Identification(Shape):
    nct_id: Text = None
    nct_id_aliases: Texts = None
    org_study_id_info: Number | None = None
    secondary_id_infos: list[Number | None] | None = None
    brief_title: Text = None
    official_title: Text = None
    acronym: Text = None
    organization: Agency | None = None


class StatedDate(Shape):
    date: Text = None
    type: Text = None


class ExpandedAccess(Shape):
    nct_id: Text = None


class Status(Shape):
    overall_status: Text = None
    last_known_status: Text = None
    status_verified_date: Text = None
    why_stopped: Text = None
    expanded_access_info: ExpandedAccess | None = None
    start_date_struct: StatedDate | None = None
    primary_completion_date_struct: StatedDate | None = None
    completion_date_struct: StatedDate | None = None
    study_first_post_date_struct: StatedDate | None = None
    last_update_post_date_struct: StatedDate | None = None
    last_update_submit_date: Text = None


class ResponsibleParty(Shape):
    type: Text = None
    investigator_full_name: Text = None
    investigator_affiliation: Text = None


class Sponsors(Shape):
    lead_sponsor: Agency | None = None
    collaborators: list[Agency | None] | None = None
    responsible_party: ResponsibleParty | None = None


class Oversight(Shape):
    oversight_has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None


class Description(Shape):
    brief_summary: Text = None
    detailed_description: Text = None


class Conditions(Shape):
    conditions: Texts = None
    keywords: Texts = None


class MaskingInfo(Shape):
    masking: Text = None
    masking_description: Text = None
    who_masked: Texts = None


class DesignInfo(Shape):
    allocation: Text = None
    intervention_model: Text = None
    intervention_model_description: Text = None
    primary_purpose: Text = None
    masking_info: MaskingInfo | None = None


class Enrollment(Shape):
    count: int | None = None
    type: Text = None


class Design(Shape):
    study_type: Text = None
    phases: Texts = None
    design_info: DesignInfo | None = None
    enrollment_info: Enrollment | None = None


class ArmGroup(Shape):
    label: Text = None
    type: Text = None
    description: Text = None
    intervention_names: Texts = None


class Intervention(Shape):
    type: Text = None
    name: Text = None
    description: Text = None
    arm_group_labels: Texts = None
    other_names: Texts = None


class ArmsInterventions(Shape):
    arm_groups: list[ArmGroup | None] | None = None
    interventions: list[Intervention | None] | None = None


class Outcome(Shape):
    measure: Text = None
    description: Text = None
    time_frame: Text = None


class Outcomes(Shape):
    primary_outcomes: list[Outcome | None] | None = None
    secondary_outcomes: list[Outcome | None] | None = None
    other_outcomes: list[Outcome | None] | None = None


class Eligibility(Shape):
    eligibility_criteria: Text = None
    healthy_volunteers: bool | None = None
    sex: Text = None
    gender_based: bool | None = None
    gender_description: Text = None
    minimum_age: Text = None
    maximum_age: Text = None


class Contact(Shape):
    name: Text = None
    affiliation: Text = None
    role: Text = None
    phone: Text = None
    phone_ext: Text = None
    email: Text = None


class GeoPoint(Shape):
    lat: float | None = None
    lon: float | None = None


class Location(Shape):
    facility: Text = None
    status: Text = None
    city: Text = None
    state: Text = None
    zip: Text = None
    country: Text = None
    geo_point: GeoPoint | None = None
    contacts: list[Contact | None] | None = None


class ContactsLocations(Shape):
    central_contacts: list[Contact | None] | None = None
    overall_officials: list[Contact | None] | None = None
    locations: list[Location | None] | None = None


class Reference(Shape):
    pmid: Text = None
    type: Text = None
    citation: Text = None


class Link(Shape):
    label: Text = None
    url: Text = None


class DataSet(Shape):
    type: Text = None
    url: Text = None


class References(Shape):
    references: list[Reference | None] | None = None
    see_also_links: list[Link | None] | None = None
    avail_ipds: list[DataSet | None] | None = None


class IpdSharingStatement(Shape):
    ipd_sharing: Text = None


class Protocol(Shape):
    identification_module: Identification | None = None
    status_module: Status | None = None
    sponsor_collaborators_module: Sponsors | None = None
    oversight_module: Oversight | None = None
    description_module: Description | None = None
    conditions_module: Conditions | None = None
    design_module: Design | None = None
    arms_interventions_module: ArmsInterventions | None = None
    outcomes_module: Outcomes | None = None
    eligibility_module: Eligibility | None = None
    contacts_locations_module: ContactsLocations | None = None
    references_module: References | None = None
    ipd_sharing_statement_module: IpdSharingStatement | None = None


class Term(Shape):
    id: Text = None
    term: Text = None


class Branch(Shape):
    abbrev: Text = None
    name: Text = None


class Browse(Shape):
    meshes: list[Term | None] | None = None
    ancestors: list[Term | None] | None = None
    browse_branches: list[Branch | None] | None = None


class MiscInfo(Shape):
    version_holder: Text = None


class Derived(Shape):
    condition_browse_module: Browse | None = None
    intervention_browse_module: Browse | None = None
    misc_info_module: MiscInfo | None = None


class Results(Shape):
    """Only whether it is there counts."""


class Study(Shape):
    note: Text = field(name="_note", default=None)
    protocol_section: Protocol | None = None
    derived_section: Derived | None = None
    has_results: bool | None = None
    results_section: Results | None = None
