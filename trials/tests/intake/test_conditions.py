"""Which term a record's condition words mean, and where a term stands."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import CHANGE, LogEntry

from trials.intake.conditions import ConditionTerms
from trials.models import Area, Condition
from trials.records import MeshTerm, TrialRecord
from trials.search.publishing import publishing
from trials.tests.admin.making import superuser

pytestmark = pytest.mark.django_db

AML = MeshTerm("D015470", "Leukemia, Myeloid, Acute")
CANCER = MeshTerm("D009369", "Neoplasms")


def record(*conditions, meshes=(), ancestors=()):
    return TrialRecord(
        registry="CTGOV",
        number="NCT00000001",
        source="CTGOV",
        conditions=conditions,
        condition_meshes=meshes,
        condition_ancestors=ancestors,
    )


@pytest.fixture(autouse=True)
def in_an_import(db):
    """New terms are written as a batch of an import would."""
    with publishing():
        yield


_TERMS = (
    ("aml", "Leukemia, Myeloid, Acute"),
    ("breast", "Breast Neoplasms"),
    ("a", "A"),
    ("anemia", "Anemia"),
    ("refractory-anemia", "Anemia, Refractory"),
)


def mapped(*records):
    """What the last of some records is mapped to, after an import that met them all."""
    terms = ConditionTerms.load()
    terms.learn(records)
    return terms.map(records[-1])


def label_of(wording):
    """The term of the only condition of a record, from the terms that the catalogue has now."""
    (found,) = mapped(record(wording))
    return Condition.objects.get(pk=found.condition).label if found.condition else None


@pytest.mark.parametrize(
    ("wording", "label"),
    [
        ("Acute Myeloid Leukemia", "Leukemia, Myeloid, Acute"),
        ("acute myeloid leukemia (AML)", "Leukemia, Myeloid, Acute"),
        ("Chronic Myeloid Leukemia", None),
        ("Acute Myeloid Leukaemia", "Leukemia, Myeloid, Acute"),
        ("Relapsed or Refractory Acute Myeloid Leukemia", "Leukemia, Myeloid, Acute"),
        ("Relapsed/Refractory Acute Myeloid Leukemia", "Leukemia, Myeloid, Acute"),
        ("Adult Acute Myeloid Leukemia (AML) in Remission", "Leukemia, Myeloid, Acute"),
        ("Stage IV Breast Cancer AJCC v6 and v7", "Breast Neoplasms"),
        ("Refractory Anemia", "Anemia, Refractory"),
        ("Recurrent", None),
        ("Breast Cancer", "Breast Neoplasms"),
        ("Tumor of the Breast", "Breast Neoplasms"),
        ("(B)", None),
    ],
)
def test_the_same_words_in_another_order_are_the_same_condition(wording, label):
    for slug, name in _TERMS:
        Condition.objects.create(slug=slug, label=name)
    assert label_of(wording) == label


def test_how_a_disease_goes_is_no_condition():
    relapse = MeshTerm("D012008", "Recurrence")
    found = mapped(record("Blasts", "Recurrence", meshes=(relapse, AML)))
    term = Condition.objects.get()
    assert term.label == "Leukemia, Myeloid, Acute"
    assert [(item.wording, item.condition, item.from_mesh) for item in found] == [
        ("Blasts", None, False),
        ("Recurrence", None, False),
        ("Leukemia, Myeloid, Acute", term.pk, True),
    ]


def test_the_only_descriptor_of_a_record_stands_under_the_areas_of_its_ancestors():
    area = Area.objects.create(slug="neoplasms", label="Neoplasms")
    only = record("AML", meshes=(AML,), ancestors=(CANCER, MeshTerm("D007938", "Leukemia")))
    mapped(only, only)
    assert list(Condition.objects.get(code="D015470").areas.all()) == [area]


def test_of_two_descriptors_nobody_knows_whose_ancestors_they_are():
    Area.objects.create(slug="neoplasms", label="Neoplasms")
    mapped(record("AML", meshes=(AML, MeshTerm("D020521", "Stroke")), ancestors=(CANCER,)))
    assert not Condition.objects.filter(areas__isnull=False).exists()


def test_an_area_that_an_editor_took_from_a_term_does_not_come_back():
    Area.objects.create(slug="neoplasms", label="Neoplasms")
    mapped(record("AML", meshes=(AML,), ancestors=(CANCER,)))
    known = Condition.objects.get(code="D015470")
    known.areas.clear()
    LogEntry.objects.log_actions(superuser().pk, [known], CHANGE)
    mapped(record("AML", meshes=(AML,), ancestors=(CANCER,)))
    assert not known.areas.exists()


def test_a_term_that_came_beside_another_is_placed_by_a_later_record():
    area = Area.objects.create(slug="neoplasms", label="Neoplasms")
    mapped(record("AML", meshes=(AML, MeshTerm("D020521", "Stroke")), ancestors=(CANCER,)))
    mapped(record("AML", meshes=(AML,), ancestors=(CANCER,)))
    assert list(Condition.objects.get(code="D015470").areas.all()) == [area]


def test_a_term_stands_under_every_area_that_some_record_shows():
    for slug in ("neoplasms", "hematology"):
        Area.objects.create(slug=slug, label=slug.capitalize())
    blood = MeshTerm("D006402", "Hematology")
    mapped(*(record("AML", meshes=(AML,), ancestors=(ancestor,)) for ancestor in (CANCER, blood)))
    assert Condition.objects.get(code="D015470").areas.count() == 2


def test_a_descriptor_without_its_id_makes_a_term_that_gets_it_later():
    mapped(record("AML", meshes=(MeshTerm("", "Leukemia, Myeloid, Acute"),)))
    assert Condition.objects.get().code_system == ""
    mapped(record("AML", meshes=(AML,)))
    assert Condition.objects.get().code == "D015470"


def test_a_descriptor_that_is_an_area_puts_its_record_there():
    area = Area.objects.create(slug="neoplasms", label="Neoplasms")
    assert ConditionTerms.load().area_ids(record("Tumor", meshes=(CANCER,))) == [("Neoplasms", area.pk)]


def test_the_code_of_an_editors_term_finds_it_under_another_name():
    own = Condition.objects.create(slug="aml", label="Blood cancer", code_system="MESH", code="D015470")
    LogEntry.objects.log_actions(superuser().pk, [own], CHANGE)
    (found,) = mapped(record("AML", meshes=(AML,)))
    assert (found.condition, Condition.objects.count()) == (own.pk, 1)


def test_prose_that_is_too_long_for_a_row_goes_on_in_the_next():
    Condition.objects.create(slug="rash", label="Rash")
    sentences = [f"A rash of the {part}, red and itching for more than a week." for part in ("hand", "knee", "foot")]
    prose = " ".join([*sentences, *sentences, "Rash"])
    found = mapped(record(prose))
    assert " ".join(item.wording for item in found) == prose
    assert [len(item.wording) <= 300 for item in found] == [True, True]
    assert found[0].wording.endswith("week.")


def test_a_word_without_an_end_is_cut_where_the_row_ends():
    assert [item.wording for item in mapped(record("A" * 300 + "B" * 400))] == ["A" * 300, "B" * 300, "B" * 100]
