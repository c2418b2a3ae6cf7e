"""Finding a trial under any address or number that people write."""

import pytest

from trials.models import FormerSlug, Identifier, Registration, Trial
from trials.models.choices import IdentifierKind, State
from trials.models.trial import numbers_meant

pytestmark = pytest.mark.django_db


def scleroderma(**values) -> Trial:
    trial = Trial.objects.create(
        **{"slug": "2023-508432-53-00", "title": "Digital ulcers", "state": State.PUBLISHED} | values
    )
    Registration.objects.create(
        trial=trial, order=1, registry="CTIS", number="2023-508432-53-00", document="A page", is_lead=True
    )
    Registration.objects.create(trial=trial, order=2, registry="EUCTR", number="EUCTR2019-003906-28", document="B")
    Registration.objects.create(trial=trial, order=3, registry="CTGOV", number="NCT04356755", document="C")
    Registration.objects.create(trial=trial, order=4, registry="ICTRP", number="RBR-8jnrv4", document="D")
    return trial


@pytest.mark.parametrize(
    "text",
    [
        "2023-508432-53-00",
        "CTIS2023-508432-53-00",
        "ctis 2023-508432-53-00",
        "EU CT number: 2023-508432-53-00",
        "2023‑508432‑53‑00",  # hyphens that do not break
        "2019-003906-28",
        "EUCTR2019-003906-28",
        "EudraCT No. 2019-003906-28",
        "euctr2019-003906-28-fr",
        "NCT04356755",
        "nct04356755",
        "NCT 04356755",
        "NCT-04356755",
        "  NCT04356755\t",
        "rbr-8JNRV4",
    ],
)
def test_a_trial_is_found_under_a_number_as_people_write_it(text):
    trial = scleroderma()
    assert Trial.objects.public().named(text) == trial


def test_a_slug_of_words_is_found_in_any_case():
    trial = Trial.objects.create(slug="stromal-cells-for-arthritis", title="A", state=State.PUBLISHED)
    assert Trial.objects.public().named("Stromal-Cells-for-Arthritis") == trial


def test_a_former_slug_leads_to_the_trial():
    trial = scleroderma()
    FormerSlug.objects.create(slug="digital-ulcers", trial=trial)
    assert Trial.objects.public().named("digital-ulcers") == trial


def test_the_former_slug_of_a_trial_that_is_gone_finds_nothing():
    FormerSlug.objects.create(slug="digital-ulcers", trial=None)
    assert Trial.objects.public().named("digital-ulcers") is None


@pytest.mark.parametrize("kind", ["EUDRACT_NUMBER", "CTIS", "REGISTRY"])
def test_another_number_that_a_registry_issued_finds_the_trial(kind):
    trial = Trial.objects.create(slug="nct04034316", title="RACE", state=State.PUBLISHED)
    Identifier.objects.create(trial=trial, order=1, kind=kind, value="2018-001162-42")
    assert Trial.objects.public().named("EUCTR2018-001162-42") == trial


@pytest.mark.parametrize("kind", sorted(set(IdentifierKind.values) - {"EUDRACT_NUMBER", "CTIS", "REGISTRY"}))
def test_a_number_that_two_sponsors_may_both_use_finds_nothing(kind):
    trial = Trial.objects.create(slug="nct04849065", title="ALS", state=State.PUBLISHED)
    Identifier.objects.create(trial=trial, order=1, kind=kind, value="STUDY-2019-01")
    assert Trial.objects.public().named("STUDY-2019-01") is None


def test_a_draft_is_not_found_under_its_numbers():
    scleroderma(state=State.DRAFT)
    public = Trial.objects.public()
    assert [public.named("2023-508432-53-00"), public.named("NCT04356755")] == [None, None]


def test_two_documents_with_one_number_find_one_trial():
    trial = scleroderma()
    Registration.objects.create(
        trial=trial, order=5, registry="CTGOV", number="NCT04356755", publisher="A copy", document="E"
    )
    assert Trial.objects.public().named("nct04356755") == trial


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "NCT04356755\x00",
        "NCT0435675५",
        "\ud800",
        "x" * 10_000,
        "NCT04356755" + " " * 300,
        "%",
        "4%6755",
    ],
)
def test_what_cannot_be_a_number_finds_nothing_and_breaks_nothing(text):
    scleroderma()
    assert Trial.objects.public().named(text) is None


def test_a_european_number_is_tried_with_and_without_its_register():
    assert numbers_meant("euctr2019-003906-28") == (
        "2019-003906-28",
        "CTIS2019-003906-28",
        "EUCTR2019-003906-28",
    )
