"""Made catalogues in the database."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.apps import apps

from trials.generating import writing
from trials.generating.lists import made
from trials.generating.places import cities, within_reach
from trials.generating.writing import NotOursError, generate
from trials.intake.digest import catalogue_digest
from trials.models import Area, Condition, Criterion, Registration, Site, Trial, TrialCondition
from trials.tests.generating.making import shrink_vocabulary

pytestmark = pytest.mark.django_db

# Tables whose rows are not parts of a trial.
_SHARED = {"Trial", "Organisation", "Condition_areas"}


@pytest.fixture(autouse=True)
def small_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_vocabulary(monkeypatch)


def rows_of_trials() -> int:
    models = apps.get_app_config("trials").get_models(include_auto_created=True)
    return sum(
        model._default_manager.count()
        for model in models
        if model.__name__ not in _SHARED and not hasattr(model, "synonyms")
    )


def forget() -> None:
    """Empties the catalogue, vocabularies included."""
    Trial.objects.all().delete()
    Condition.objects.update(parent=None)
    Condition.objects.all().delete()
    Area.objects.all().delete()


def text_of(trial: Trial) -> str:
    rows: list[Any] = [
        *trial.criteria.values_list("text", flat=True),
        *trial.arms.values_list("label", "description"),
        *trial.interventions.values_list("name", "description"),
        *trial.outcomes.values_list("measure", flat=True),
    ]
    own = [trial.title, trial.official_title, trial.brief_summary, trial.detailed_description]
    return " ".join([*own, *(row if isinstance(row, str) else " ".join(row) for row in rows)])


def test_a_trial_has_as_many_rows_and_as_much_text_as_a_real_one():
    generate(60, seed=1)
    assert 40 <= rows_of_trials() / 60 <= 60
    sizes = sorted(len(text_of(trial)) for trial in Trial.objects.all())
    assert sizes[0] >= 1_500
    assert 2_000 <= sizes[30] <= 5_000
    assert sizes[-1] <= 6_000


def test_a_trial_has_two_to_nine_sites_with_coordinates_and_one_leading_registration():
    generate(40, seed=1)
    for trial in Trial.objects.all():
        sites = trial.sites.all()
        assert 2 <= len(sites) <= 9
        assert all(site.country and site.latitude is not None for site in sites)
        assert trial.registrations.filter(is_lead=True).count() == 1
        assert {"INCLUSION", "EXCLUSION"} == set(trial.criteria.values_list("kind", flat=True))


def test_some_conditions_and_countries_are_common_and_many_are_rare():
    generate(200, seed=1)
    mapped = TrialCondition.objects.exclude(condition=None)
    for drawn in (
        Counter(mapped.values_list("condition__slug", flat=True)),
        Counter(Site.objects.values_list("country", flat=True)),
    ):
        counts = sorted(drawn.values(), reverse=True)
        assert counts[0] > 8 * counts[len(counts) // 2]


def test_later_trials_reach_cities_that_earlier_ones_do_not():
    first, later = {city.name for city in cities()[: within_reach(1)]}, {city.name for city in cities()}
    assert len(first) == 1_000
    generate(30, seed=1)
    assert set(Site.objects.values_list("city", flat=True)) <= first
    world = writing._world()
    drawn = {row["city"] for number in range(500_000, 500_040) for row in made(world, 1, number)[Site]}
    assert drawn <= later
    assert drawn - first


def test_words_are_ever_rarer():
    generate(100, seed=1)
    words = Counter(word for trial in Trial.objects.all() for word in set(text_of(trial).lower().split()))
    shares = [count / 100 for _, count in words.most_common()]
    assert shares[0] > 0.95
    assert any(0.06 <= share <= 0.1 for share in shares)
    assert shares[len(shares) // 2] <= 0.05


def test_the_same_seed_makes_the_same_catalogue_whatever_the_chunks(monkeypatch):
    generate(25, seed=7)
    first = catalogue_digest()
    forget()
    monkeypatch.setattr(writing, "CHUNK", 4)
    generate(10, seed=7)
    assert generate(25, seed=7) == 15
    assert catalogue_digest() == first
    forget()
    generate(25, seed=8)
    assert catalogue_digest() != first


def test_progress_is_told_after_each_chunk_and_a_full_catalogue_is_left_alone(monkeypatch):
    monkeypatch.setattr(writing, "CHUNK", 3)
    told: list[int] = []
    assert generate(8, 1, told.append) == 8
    assert told == [3, 6, 8]
    before = catalogue_digest()
    assert generate(5, 1) == 0
    assert catalogue_digest() == before


def test_what_was_made_before_somebody_stopped_it_stays_and_the_rest_comes_later(monkeypatch):
    monkeypatch.setattr(writing, "CHUNK", 3)

    def stops(done: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(8, 1, stops)
    assert Trial.objects.count() == 6
    assert generate(8, 1) == 2
    assert [slug[-1] for slug in Trial.objects.order_by("pk").values_list("slug", flat=True)] == list("12345678")


def test_a_catalogue_with_a_trial_of_somebody_else_is_refused_and_left_alone():
    Trial.objects.create(slug="nct04034316", title="RACE")
    with pytest.raises(NotOursError, match=r"1 other trials \(nct04034316 is one\).*DATA_DIR=var/generated"):
        generate(3, seed=1)
    assert Trial.objects.count() == 1
    assert not Condition.objects.exists()


def test_trials_of_another_seed_are_refused():
    generate(2, seed=1)
    with pytest.raises(NotOursError, match="another seed"):
        generate(2, seed=2)
    assert Trial.objects.count() == 2


def test_a_gap_among_made_trials_is_refused():
    generate(4, seed=1)
    Trial.objects.order_by("pk")[1].delete()
    with pytest.raises(NotOursError, match="taken away"):
        generate(6, seed=1)


def test_what_is_written_keeps_the_rules_of_the_models():
    generate(15, seed=3)
    for model in (Trial, Registration, Criterion, Site, Condition):
        for row in model._default_manager.all():
            row.full_clean(validate_unique=False)
