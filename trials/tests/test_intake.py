"""Addresses of trials, and bulk writing that names the row at fault."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from trials import intake
from trials.intake import free_slug, rename_slug
from trials.models import Area, Arm, FormerSlug, Intervention, Site, Trial

pytestmark = pytest.mark.django_db


def trial(slug="nct1", **fields):
    return Trial.objects.create(slug=slug, title=f"Trial {slug}", **fields)


# Addresses


@pytest.mark.parametrize(
    ("numbers", "title", "slug"),
    [
        (["NCT04034316"], "Any", "nct04034316"),
        (["NCT04034316", "2018-001162-42"], "Any", "nct04034316"),
        (["", " ", "2023-508432-53-00"], "Any", "2023-508432-53-00"),
        (["CTRI/2019/01/017107"], "Any", "ctri-2019-01-017107"),
        ([], "Étude: MSC in ALS", "etude-msc-in-als"),
        (
            [],
            "Mesenchymal stromal cells " * 9,
            "mesenchymal-stromal-cells-" * 3 + "mesenchymal",
        ),
        ([], "x" * 300, "x" * 90),
        ([], "間葉系幹細胞", "trial"),
        ([], "", "trial"),
        ([], "Facets", "facets-2"),
        ([], "Export", "export-2"),
    ],
)
def test_an_address_is_made_of_the_first_number_or_of_the_title(numbers, title, slug):
    assert free_slug(numbers, title) == slug


def test_an_address_that_is_taken_gets_a_number():
    trial("nct1")
    trial("nct1-2")
    assert free_slug(["NCT1"], "Any") == "nct1-3"


def test_a_former_address_is_never_given_to_another_trial():
    rename_slug(trial("nct1"), "elsewhere")
    assert free_slug(["NCT1"], "Any") == "nct1-2"


def test_the_address_of_a_deleted_trial_is_never_given_away():
    moved = trial("nct1")
    rename_slug(moved, "elsewhere")
    moved.delete()
    assert free_slug(["NCT1"], "Any") == "nct1-2"


def test_a_renamed_trial_keeps_its_old_address():
    moved = trial("nct1")
    rename_slug(moved, "race")
    assert (Trial.objects.get().slug, moved.slug) == ("race", "race")
    assert list(FormerSlug.objects.values_list("slug", "trial")) == [("nct1", moved.pk)]


def test_a_trial_may_go_back_to_an_address_of_its_own():
    moved = trial("nct1")
    rename_slug(moved, "race")
    rename_slug(moved, "nct1")
    assert Trial.objects.get().slug == "nct1"
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["race"]


def test_renaming_to_the_same_address_does_nothing():
    moved = trial("nct1")
    rename_slug(moved, "nct1")
    assert not FormerSlug.objects.exists()


@pytest.mark.parametrize(
    ("slug", "message"),
    [
        ("facets", "The address “facets” is taken: it is the address of a page. Choose another."),
        ("nct2", "The address “nct2” is taken: another trial stands there. Choose another."),
        (
            "left",
            "The address “left” is taken: it led to another trial, and addresses are never reused. Choose another.",
        ),
        ("a b", "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
        ("", "This field cannot be blank."),
    ],
)
def test_an_address_that_a_trial_cannot_have(slug, message):
    rename_slug(trial("left"), "elsewhere")
    trial("nct2")
    moved = trial("nct1")
    with pytest.raises(ValidationError) as caught:
        rename_slug(moved, slug)
    assert caught.value.messages == [message]
    assert Trial.objects.get(pk=moved.pk).slug == "nct1"
    assert not FormerSlug.objects.filter(slug="nct1").exists()


# Bulk writing


def test_sound_rows_are_written_and_refused_ones_are_named():
    owner = trial()
    sites = [Site(trial=owner, order=order, city="Rome" if order != 2 else "") for order in (1, 2, 3)]
    assert intake.insert(sites) == [
        (sites[1], "A site needs at least a facility, a city or a country. (rule site_says_where)")
    ]
    assert list(Site.objects.values_list("order", flat=True)) == [1, 3]
    assert [site.pk is None for site in sites] == [False, True, False]


def test_a_taken_value_is_named():
    Area.objects.create(slug="kidney", label="Kidney")
    refused = intake.insert([Area(slug="renal", label="Kidney")])
    assert [reason for _, reason in refused] == ["Area with this Label already exists."]


def test_a_value_too_large_for_its_column_is_a_refusal():
    owner = trial()
    refused = intake.insert([Arm(trial=owner, order=1, label="A", participants=-5)])
    assert len(refused) == 1


def test_unique_values_may_be_handed_on():
    first, second = (Area.objects.create(slug=slug, label=slug) for slug in ("a", "b"))
    first.label, second.label = "b", "a"
    assert intake.update([first, second], ["label"]) == []
    assert list(Area.objects.order_by("slug").values_list("slug", "label")) == [("a", "b"), ("b", "a")]


def test_a_refused_change_is_named():
    stored = trial()
    stored.enrollment_count, stored.enrollment_conditional_max = 22, 11
    (refused,) = intake.update([stored], ["enrollment_count", "enrollment_conditional_max"])
    assert refused.reason == (
        "The conditional maximum cannot be below the planned enrolment. "
        "(rule trial_conditional_enrolment_not_below_planned)"
    )
    assert Trial.objects.get().enrollment_count is None


def test_links_become_those_that_are_wanted():
    owner = trial()
    arm = Arm.objects.create(trial=owner, order=1, label="A")
    msc, saline, drug = (Intervention.objects.create(trial=owner, order=n, name=str(n)).pk for n in (1, 2, 3))
    arm.interventions.set([msc, saline])
    intake.link(Arm, "interventions", {arm.pk: {saline, drug}}, {arm.pk: {msc, saline}})
    assert set(arm.interventions.values_list("pk", flat=True)) == {saline, drug}
