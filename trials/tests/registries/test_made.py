"""Made-up studies: the same every time, like real ones in shape, and changed in a later version."""

from __future__ import annotations

import json

import pytest

from trials.registries import ctgov, made


def test_the_same_place_gives_the_same_study():
    assert made.study(7) == made.study(7)
    assert made.study(7)["protocolSection"] != made.study(8)["protocolSection"]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_study_is_read_without_a_problem(version):
    for line in made.lines(60, version):
        record = ctgov.parse(line)
        assert record.problems == ()
        assert all((record.sites, record.criteria, record.outcomes, record.arms, record.condition_meshes))


def test_a_study_says_that_it_is_made_up():
    titles = [ctgov.parse(line).title for line in made.lines(20)]
    assert all("Made-up" in title for title in titles)
    assert len(set(titles)) == 20


def test_a_study_has_some_sixty_rows():
    rows = 0
    for line in made.lines(200):
        record = ctgov.parse(line)
        lists = ("interventions", "arms", "criteria", "outcomes", "sites", "contacts", "identifiers", "references",
                 "conditions", "sponsors", "condition_meshes")  # fmt: skip
        rows += (
            3 + sum(len(getattr(record, name)) for name in lists) + sum(len(arm.interventions) for arm in record.arms)
        )
    assert 50 < rows / 200 < 70


def test_in_a_later_version_single_values_and_rows_have_changed():
    before, after = (ctgov.parse(json.dumps(made.study(3, version)).encode()) for version in (1, 2))
    assert str(before.updated) < str(after.updated)
    assert before.title == after.title
    assert before.enrollment_count != after.enrollment_count
    assert before.sites[1:] != after.sites[1:]
    assert set(before.sites[1:]) < set(after.sites)
