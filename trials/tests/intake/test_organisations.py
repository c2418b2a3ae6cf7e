"""What kind of sponsor an organisation is, whatever records say it first."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.contrib.admin.models import CHANGE, LogEntry

from trials.intake.organisations import Organisations
from trials.models import FormerName, Organisation
from trials.models.choices import AgencyClass
from trials.records import SponsorRecord, TrialRecord
from trials.search.publishing import publishing
from trials.tests.admin.making import change_url, opened, save, signed_in, superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db):
    return signed_in(superuser())


def learn(*kinds, known=None):
    """The kind of a hospital after records, each met in an import of its own, or all in that which has `known`."""
    for kind in kinds:
        sponsor = SponsorRecord("A hospital", "LEAD_SPONSOR", kind)
        record = TrialRecord(registry="CTGOV", number="NCT00000001", source="CTGOV", sponsors=(sponsor,))
        with publishing():
            (known or Organisations.load()).learn([record])
    return Organisation.objects.get().agency_class


@pytest.mark.parametrize("kinds", list(permutations(("OTHER", "", "INDUSTRY"))))
def test_the_kind_that_says_most_stands(kinds):
    assert learn(*kinds) == "INDUSTRY"


@pytest.mark.parametrize("kind", AgencyClass.values)
def test_every_kind_says_more_than_none(kind):
    assert learn(kind, "") == learn("", kind) == kind


def test_the_kind_that_an_editor_saved_stands():
    learn("OTHER")
    LogEntry.objects.log_actions(superuser().pk, Organisation.objects.all(), CHANGE)
    assert learn("INDUSTRY") == "OTHER"


def test_the_kind_that_an_editor_saves_while_an_import_runs_stands():
    learn("OTHER")
    known = Organisations.load()
    Organisation.objects.update(agency_class="NETWORK")
    LogEntry.objects.log_actions(superuser().pk, Organisation.objects.all(), CHANGE)
    assert learn("INDUSTRY", "NIH", known=known) == "NETWORK"


def sponsored(known, name):
    """The organisation that a record means which names it so."""
    sponsor = SponsorRecord(name, "LEAD_SPONSOR", "INDUSTRY")
    with publishing():
        known.learn([TrialRecord(registry="CTGOV", number="NCT00000001", source="CTGOV", sponsors=(sponsor,))])
    return Organisation.objects.get(pk=known.number(name)).name


@pytest.mark.parametrize("when", ["before the import", "while it runs"])
def test_records_go_on_meaning_an_organisation_that_an_editor_renamed(editor, when):
    own, other = (Organisation.objects.create(name=name) for name in ("Hosptial of Ulm", "Clinic"))
    known = Organisations.load()
    address = change_url(own)
    save(editor, address, opened(editor, address) | {"name": ["Hospital of Ulm"]})
    assert "Hosptial of Ulm" in editor.get(address).content.decode()
    if when == "before the import":
        known = Organisations.load()
    assert sponsored(known, "Hosptial of Ulm") == sponsored(known, "Hospital of Ulm") == "Hospital of Ulm"
    assert Organisation.objects.count() == 2
    # Until another is called so.
    address = change_url(other)
    save(editor, address, opened(editor, address) | {"name": ["Hosptial of Ulm"]})
    assert (sponsored(known, "Hosptial of Ulm"), sponsored(known, "Clinic")) == ("Hosptial of Ulm",) * 2
    assert Organisation.objects.count() == 2


def test_an_organisation_that_bears_the_former_name_of_another_can_be_renamed(editor):
    own = Organisation.objects.create(name="Hospital of Ulm")
    # As fixtures bring it, which know nothing of former names.
    other = Organisation.objects.create(name="Clinic")
    FormerName.objects.create(name="Clinic", organisation=own)
    address = change_url(other)
    save(editor, address, opened(editor, address) | {"name": ["Clinic of Bern"]})
    assert sponsored(Organisations.load(), "Clinic") == "Clinic of Bern"
