"""At most four statements read from the database for a browse page, whatever is asked. The same on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trials.models import Condition
from trials.search.publishing import publish_all
from trials.search.text import matching
from trials.tests.search.making import term, trial

# Outside of a test's own transaction, because a page opens a snapshot of its own.
pytestmark = pytest.mark.django_db(transaction=True)

AT_MOST = 4

Question = Mapping[str, str | list[str]]

QUESTIONS: list[Question] = [
    {},
    {"status": "recruiting", "phase": ["1", "2"]},
    {"near": "milan", "within": "50"},
    {"near": "nowhere"},
    {"age": "12", "start_from": "2020", "enrolment_to": "50", "sort": "title"},
    {"page": "9"},
    {"q": "knee"},
    {"q": "knee -hip"},
    {"q": "knee", "page": "9"},
    {"q": "cartil"},
    {"q": "cart* neck kne* osteo"},
    {"q": "cart* OR mesench OR hipp"},
    {"q": '"cartilage of the knee"'},
    {"q": '"knee cartilage" cartil'},
    {"q": "ALS"},
    {"q": "amyotrophic lateral sclerosis"},
    {"q": "amyotrofic lateral sclerosis"},
    {"q": "cartilege"},
    {"q": "kne cartilege hipp mesenc neckk"},
    {"q": '"kneee cartilege" mesenc -zzzz'},
    {"q": "zzzz yyyy"},
    {"q": "the of"},
    {"q": "NCT00000001"},
    {"q": "nct 0000 0001", "phase": "1"},
    {"q": "NCT99999999"},
    {"q": "EudraCT 2019-003906-28"},
    {"q": "CD19 mesench"},
    {"q": "cd1"},
    {"q": "cdd19 kneee"},
    {"q": "2018 cartilege"},
    {"q": "kneee", "near": "milan", "status": "recruiting"},
    {"q": "ab* " * 50},
    {"q": "kneee " * 33},
    {"q": "a OR " * 40},
    {"q": " ".join(f"{a}{b}" for a in "klmnopqr" for b in "abcdefgh")},
]


@pytest.fixture
def catalogue():
    als = term(Condition, "amyotrophic-lateral-sclerosis", synonyms=["ALS", "motor neuron disease"])
    knee = trial("knee", title="Cartilage of the knee", status="RECRUITING", phase="PHASE1")
    knee.sites.create(order=1, city="Milan", country="IT", latitude=45.46, longitude=9.19)
    knee.registrations.create(order=1, registry="CTGOV", number="NCT00000001", document="record")
    trial("hip", title="Mesenchymal cells, neck and hip", brief_summary="CD19 and CD133; osteoarthritis")
    trial("als", title="Nerves").conditions.create(order=1, wording="ALS", condition=als)
    publish_all()


def statements(client: Client, question: Question) -> list[str]:
    matching.cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/trials/?{urlencode(question, doseq=True)}")
    # What opens and closes the snapshot reads nothing.
    return [query["sql"] for query in captured if not query["sql"].startswith(("BEGIN", "ROLLBACK"))]


def test_a_page_takes_four_statements_whatever_is_asked(client, catalogue):
    client.get("/trials/")
    taken = {str(question): statements(client, question) for question in QUESTIONS}
    assert {question: len(some) for question, some in taken.items() if not 1 <= len(some) <= AT_MOST} == {}


def test_a_page_asked_for_again_takes_no_statement_for_its_words(client, catalogue):
    for question in ({"q": "cartil knee"}, {"q": "kneee cartilege"}):
        statements(client, question)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/trials/?{urlencode(question)}")
        assert not [query for query in captured if "trials_text" in query["sql"] or "trials_word" in query["sql"]]
