"""What fields, lists and attributes are called on the record page."""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist

from trials.models import Trial

# Where the column's own name would puzzle a reader, and what is no column at all.
_LABELS = {
    "title": "title",
    "official_title": "scientific title",
    "study_type": "study type",
    "status_verified": "date of last verification",
    "last_known_status": "last known status",
    "why_stopped": "reason for stopping",
    "start_date": "start",
    "primary_completion_date": "primary completion",
    "completion_date": "completion",
    "has_results": "results posted",
    "enrollment_count": "enrolment",
    "enrollment_type": "whether the enrolment is planned or reached",
    "gender_based": "eligibility by gender",
    "gender_description": "gender",
    "healthy_volunteers": "healthy volunteers",
    "ages": "ages",
    "enrollment_note": "note on enrolment",
    "enrollment_conditional_max": "enrolment if a condition is met",
    "start_date_type": "whether the start is planned or past",
    "primary_completion_date_type": "whether the primary completion is planned or past",
    "completion_date_type": "whether the completion is planned or past",
    "processing_note": "making",
    "min_age": "minimum age",
    "max_age": "maximum age",
    "min_age_value": "minimum age",
    "max_age_value": "maximum age",
    "primary_purpose": "primary purpose",
    "intervention_model": "model",
    "intervention_model_description": "description of the model",
    "masking_description": "description of the masking",
    "who_masked": "who is masked",
    "centres": "centres",
    "site_count": "number of sites",
    "design_note": "further design",
    "brief_summary": "summary",
    "detailed_description": "description",
    "safety_rules": "safety rules",
    "cohort_plan": "cohort plan",
    "has_dmc": "data monitoring committee",
    "is_fda_regulated_drug": "drug regulated by the FDA",
    "is_fda_regulated_device": "device regulated by the FDA",
    "areas": "therapeutic areas",
    "interventions": "treatments",
    "inclusion_criteria": "inclusion criteria",
    "exclusion_criteria": "exclusion criteria",
    "primary_outcomes": "primary outcomes",
    "secondary_outcomes": "secondary outcomes",
    "other_outcomes": "other outcomes",
    "sponsorships": "sponsors",
    "facilities": "names of the sites",
    "site_statuses": "the sites' own status",
    "intervention_types": "kinds of the treatments",
    "agency_classes": "funder type",
    "related_records": "related trials",
    "identifiers": "other numbers",
    "products": "cell products",
    "cell_types": "cell type",
    "tissues": "tissue",
    "donors": "donor",
    "targets": "target",
    "expanded": "cultured or expanded",
    "preservation": "fresh or frozen",
    "generation": "generation of the receptor",
    "culture_passage": "passage in culture",
    "plannotes": "what else the plan says",
    "amount": "dose",
    "administrations": "number of administrations",
    "days": "days",
    "interval": "interval",
}


def name_of(field: str) -> str:
    """The field's name in lower case, as it stands inside a sentence."""
    if field in _LABELS:
        return _LABELS[field]
    try:
        return str(getattr(Trial._meta.get_field(field), "verbose_name", field))
    except FieldDoesNotExist:
        return field.replace("_", " ")


def heading_of(field: str) -> str:
    """The field's name with a capital, as it stands before a value."""
    name = name_of(field)
    return name[:1].upper() + name[1:]
