"""Which of a trial's texts stand in which field."""

from __future__ import annotations

import pytest

from trials.models import Condition, Organisation, Trial
from trials.search.rows import read
from trials.search.text.documents import Document, document
from trials.search.text.terms import BREAK
from trials.tests.search.making import site, term, trial

pytestmark = pytest.mark.django_db


def document_of(made: Trial) -> Document:
    return document(read(Trial.objects.filter(pk=made.pk))[made.pk])


def full(slug: str = "nct01234567"):
    made = trial(
        slug,
        title="Public title",
        official_title="Official title",
        display_title="Our title",
        acronym="ACRO",
        keywords=["key word", "other"],
        brief_summary="Summary",
        detailed_description="Description",
        objectives="Objectives",
    )
    made.registrations.create(
        order=1, registry="CTGOV", number=slug.upper(), number_raw=f"ID {slug}", document="record"
    )
    made.identifiers.create(order=1, kind="ORG_STUDY_ID", value="ORG-1")
    made.conditions.create(order=1, wording="Wording", condition=term(Condition, "some-term", synonyms=["synonym"]))
    made.interventions.create(order=1, name="Drug", other_names=["alias", "brand"])
    made.products.create(order=1, name="Product")
    made.arms.create(order=1, label="Arm", description="What is given")
    organisation, _ = Organisation.objects.get_or_create(name="Sponsor")
    made.sponsorships.create(order=1, organisation=organisation, role="LEAD_SPONSOR")
    site(made, "IT", facility="Hospital", city="Milan")
    site(made, "", facility="Hospital", city="Rome", country_raw="Italia")
    made.criteria.create(order=1, kind="EXCLUSION", text="Out")
    made.criteria.create(order=1, kind="INCLUSION", text="In", exception="unless")
    return made


def test_every_text_stands_in_its_field():
    made = full()
    assert document_of(made) == Document(
        names=BREAK.join(["nct01234567", "ACRO", "NCT01234567", "ID nct01234567", "ORG-1"]),
        title=BREAK.join(["Our title", "Public title", "Official title"]),
        topics=BREAK.join(["key word", "other", "Wording", "Drug", "alias", "brand", "Product"]),
        summary=BREAK.join(
            [
                *("Summary", "Description", "Objectives", "Arm", "What is given", "Sponsor"),
                *("Hospital", "Milan", "Italy", "Rome", "Italia"),
            ]
        ),
        criteria=BREAK.join(["In", "unless", "Out"]),
    )


def test_a_slug_made_of_words_is_no_name():
    made = trial("a-trial-of-phase-2", title="x")
    assert document_of(made).names == ""
