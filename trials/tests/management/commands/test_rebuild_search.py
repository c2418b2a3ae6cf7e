"""`manage.py rebuild_search` after somebody wrote past the catalogue."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from trials.models import Trial
from trials.search.live import reading
from trials.tests.search.making import trial
from trials.tests.search.test_publishing import assert_search_is_true, words_find

pytestmark = pytest.mark.django_db


def rebuild() -> str:
    out = StringIO()
    call_command("rebuild_search", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_what_was_written_past_the_catalogue_is_found_again():
    trial("nct1", title="Knee cells")
    trial("nct2", title="Heart cells", state="DRAFT")
    assert rebuild() == "1 public trial can be found.\n"
    Trial.objects.filter(slug="nct1").update(title="Hip cells")
    Trial.objects.filter(slug="nct2").update(state="PUBLISHED")
    assert rebuild() == "2 public trials can be found.\n"
    assert_search_is_true()
    assert (words_find("knee"), words_find("hip"), words_find("heart")) == ([], ["nct1"], ["nct2"])


def test_an_empty_catalogue():
    assert rebuild() == "0 public trials can be found.\n"


def test_a_trial_deleted_past_the_catalogue_is_not_found_any_more():
    trial("nct1", title="Knee cells")
    trial("nct2", title="Heart cells")
    rebuild()
    Trial.objects.filter(slug="nct1").delete()
    assert rebuild() == "1 public trial can be found.\n"
    assert_search_is_true()


def test_an_enrolment_beyond_any_column_is_found_and_sorted_first():
    trial("nct1", enrollment_count=7)
    trial("nct2", enrollment_count=2**31 - 1)
    rebuild()
    with reading() as index:
        assert [index.orders["enrolment"].before(pk) for pk in index.public] == [index.public[1], None]
