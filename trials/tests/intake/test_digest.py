"""The digest of the catalogue: what counts, what does not, and that both databases agree."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from trials.intake import digest
from trials.intake.digest import NOT_COUNTED, Table, catalogue_digest
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models import (
    HISTORY,
    Arm,
    CellProduct,
    CellType,
    Change,
    Claim,
    Condition,
    Criterion,
    Dose,
    Edit,
    FormerSlug,
    ImportRun,
    Intervention,
    Lock,
    MatchDecision,
    Organisation,
    RawRecord,
    Registration,
    Route,
    Site,
    Sponsorship,
    Trial,
)
from trials.registries.readers import READERS
from trials.tests.intake.making import compact, study
from trials.tests.intake.readings import Reader

pytestmark = pytest.mark.django_db

BEFORE, AFTER = study(1, updated="2024-01-01"), study(1, updated="2024-02-01", title="Stem cells, renamed")


def imported(*records: dict[str, Any]) -> None:
    # Nothing is read from texts: the digest of a catalogue does not hang on how well that is done.
    Saver(READERS, keep_all=True, read=Reader()).save([Incoming("CTGOV", body) for body in compact(*records)])


def two_versions_of_one_trial() -> None:
    imported(BEFORE)
    imported(AFTER)


def by_hand() -> Trial:
    """A trial with the values that databases keep in different ways."""
    trial = Trial.objects.create(
        slug="cells", title="Zellen ß, 細胞, “quoted” \\ /", min_age_value=0.1, min_age_unit="YEARS",
        max_age_value=18, max_age_unit="YEARS", keywords=["b", "a", "é"], start_date="2024-02", enrollment_count=0,
        has_results=False,
    )  # fmt: skip
    product = CellProduct.objects.create(trial=trial, order=1, name="MSC", remark="x\ny")
    product.cell_types.set([CellType.objects.create(slug="b", label="B"), CellType.objects.create(slug="a", label="A")])
    for order, amount in enumerate((Decimal("1500000"), Decimal("0.5"), Decimal("2000000.125")), 1):
        Dose.objects.create(trial=trial, order=order, product=product, amount_low=amount, basis="FLAT", days=[1, 8])
    Site.objects.create(trial=trial, order=1, city="Milan", country="IT", latitude=45.4642, longitude=-9.0)
    Registration.objects.create(trial=trial, order=1, document="A page", says={"phase": "1", "donor": None})
    return trial


# A new column changes it: put the new figure here once both databases give the same.
ON_EVERY_DATABASE = "e975f8cc78098cbcc84b03b4b5961c8d9bd5b56339a4838ef560527c5971cb21"


def test_every_database_gives_the_same_digest():
    by_hand()
    two_versions_of_one_trial()
    assert catalogue_digest() == ON_EVERY_DATABASE


def test_the_order_in_which_rows_came_does_not_count():
    imported(study(1), study(2), study(3))
    before = catalogue_digest()
    Trial.objects.all().delete()
    Condition.objects.all().delete()
    RawRecord.objects.all().delete()
    imported(study(3))
    imported(study(2), study(1))
    assert catalogue_digest() == before


def test_rows_of_a_list_count_by_their_place_and_not_by_their_number():
    trial = by_hand()
    for name in ("Ulm", "Bern"):
        Site.objects.create(trial=trial, order=2, city=name)
    before = catalogue_digest()
    Site.objects.filter(order=2).delete()
    for name in ("Bern", "Ulm"):
        Site.objects.create(trial=trial, order=2, city=name)
    assert catalogue_digest() == before
    Site.objects.filter(city="Ulm").update(order=3)
    assert catalogue_digest() != before


def test_logs_clock_times_accounts_and_unused_organisations_do_not_count():
    two_versions_of_one_trial()
    trial = Trial.objects.get()
    Lock.objects.create(trial=trial, name="title")
    MatchDecision.objects.create(first="NCT1", second="NCT2", same=False)
    before = catalogue_digest()
    user = User.objects.create_user("editor")
    later = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    Trial.objects.update(version=9, created=later, updated=later)
    RawRecord.objects.update(received=later, problems=[{"field": "a"}], rule="other", reason="other")
    Lock.objects.update(since=later, by=user)
    MatchDecision.objects.update(on=later, by=user)
    ImportRun.objects.create(source="CTGOV", holder="1@here", lease_until=later)
    Organisation.objects.create(name="An organisation that no trial names")
    RawRecord.objects.create(source="CTGOV", digest="0", body=b"", verdict="SKIPPED")
    assert catalogue_digest() == before


# What tells how a row came in. Every other column and every link of every other table counts.
LEFT_OUT = {
    "Trial": {"version", "created", "updated", "min_age_years", "max_age_years"},
    "RawRecord": {"body", "size", "received", "reason", "rule", "problems"},
    "Registration": {"title_key", "official_title_key"},
    "Lock": {"since", "by", "moved_on"},
    "MatchDecision": {"on", "by"},
    "Edit": {"on", "by", "moment"},
    "Flag": {"since", "dismissed_by", "dismissed_on"},
    "CellProduct": {"found_on", "reviewed_by"},
    "Dose": {"found_on", "reviewed_by"},
    "PlanNote": {"found_on", "reviewed_by"},
    "Statement": {"reviewed_by"},
}
TABLES_LEFT_OUT = {
    "AuditEntry",
    "ConditionChange",
    "ImportRun",
    "Job",
    "JobRecord",
    "FixtureFile",
    "FixtureRow",
    "MatchSuggestion",
    "Merged",
    "Organisation",
    "PreviewLink",
    "ScheduledFetch",
    "TrialReading",
    "Worker",
}
TABLES_LEFT_OUT |= {"Card", "CatalogueState", "LateCard", "Name", "Revision", "TrialName", "Word"}


def test_every_field_of_every_table_counts_but_those_named_here():
    left_out = {}
    tables = [model for model in apps.get_app_config("trials").get_models() if model not in NOT_COUNTED]
    for model in tables:
        table = Table.of(model)
        counted = {name.split("__")[0] for name in table.plain} | {field.name for field in (*table.links, *table.many)}
        names = {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)} - {"id"}
        if names - counted:
            left_out[model.__name__] = names - counted
    assert left_out == LEFT_OUT
    assert {model.__name__ for model in NOT_COUNTED} == TABLES_LEFT_OUT | {model.__name__ for model in HISTORY}


def other_trial() -> Trial:
    return Trial.objects.get(slug="nct00000001")


CHANGES: dict[str, Callable[[], Any]] = {
    "a column": lambda: Trial.objects.filter(slug="cells").update(title="Zellen"),
    "nothing where an empty list was": lambda: Trial.objects.filter(slug="cells").update(who_masked=[""]),
    "unknown where a no was": lambda: Trial.objects.filter(slug="cells").update(has_results=None),
    "unknown where a zero was": lambda: Trial.objects.filter(slug="cells").update(enrollment_count=None),
    "a part of JSON": lambda: Registration.objects.filter(document="A page").update(says={"phase": "1", "donor": ""}),
    "a draft published": lambda: Trial.objects.filter(slug="cells").update(state="PUBLISHED"),
    "a new address": lambda: Trial.objects.filter(slug="cells").update(slug="cell"),
    "a term of a row": lambda: Dose.objects.filter(order=1).update(route=Route.objects.create(slug="iv", label="IV")),
    "a row of the same list": lambda: Criterion.objects.filter(order=2).update(parent=None),
    "a row of another list": lambda: Dose.objects.filter(order=1).update(product=None),
    "one of many terms": lambda: CellProduct.objects.get().cell_types.remove(CellType.objects.get(slug="a")),
    "one of many rows": lambda: Arm.objects.get().interventions.clear(),
    "a row less": lambda: Site.objects.filter(city="Milan").delete(),
    "the sponsor": lambda: Organisation.objects.update(name="Another"),
    "a lock": lambda: Lock.objects.create(trial=other_trial(), name="title"),
    "an edit": lambda: Edit.objects.create(trial=other_trial(), name="title", kind="EDITED", old="A", new="B"),
    "a decision": lambda: MatchDecision.objects.create(first="NCT1", second="NCT2", same=True),
    "a former address": lambda: FormerSlug.objects.create(slug="old", trial=other_trial()),
    "a claimed number": lambda: Claim.objects.create(
        registration=other_trial().registrations.get(), registry="CTIS", number="1"
    ),
    "a received version": lambda: RawRecord.objects.filter(updated="2024-01-01").update(digest="0" * 64),
    "a version less": lambda: RawRecord.objects.filter(updated="2024-01-01").delete(),
    "a value in the history": lambda: Change.objects.filter(field="title").update(old="Cells"),
    "a step of the history": lambda: Change.objects.filter(field="title").delete(),
    "a synonym of a term": lambda: CellType.objects.filter(slug="a").update(synonyms=["x"]),
    "a broader term": lambda: CellType.objects.filter(slug="a").update(parent=CellType.objects.get(slug="b")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_of_content_counts(change):
    two_versions_of_one_trial()
    trial = by_hand()
    top = Criterion.objects.create(trial=trial, order=1, kind="INCLUSION", text="Either")
    Criterion.objects.create(trial=trial, order=2, kind="INCLUSION", text="Adult", parent=top)
    arm = Arm.objects.create(trial=trial, order=1, label="Cells")
    arm.interventions.add(Intervention.objects.create(trial=trial, order=1, name="Cells"))
    Sponsorship.objects.create(trial=trial, order=1, role="SOURCE", organisation=Organisation.objects.create(name="A"))
    before = catalogue_digest()
    change()
    assert catalogue_digest() != before


def test_which_of_two_rows_in_one_place_is_meant_counts():
    trial = by_hand()
    first, second = (Intervention.objects.create(trial=trial, order=1, name=name) for name in "ab")
    product = CellProduct.objects.get()
    CellProduct.objects.update(intervention=first)
    before = catalogue_digest()
    CellProduct.objects.filter(pk=product.pk).update(intervention=second)
    assert catalogue_digest() != before


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory, as in tests, lets nobody write meanwhile")
def test_what_is_written_meanwhile_is_not_seen(monkeypatch):
    imported(study(1))
    before = catalogue_digest()
    lines = digest._lines

    def written_meanwhile() -> None:
        Trial.objects.create(slug="meanwhile", title="Written meanwhile")
        connection.close()

    def interrupted() -> Iterator[str]:
        found = lines()
        yield from islice(found, 2)
        thread = threading.Thread(target=written_meanwhile)
        thread.start()
        thread.join()
        yield from found

    monkeypatch.setattr(digest, "_lines", interrupted)
    assert catalogue_digest() == before
    assert Trial.objects.filter(slug="meanwhile").exists()
