"""Whatever is typed: an answer, never an exception, and never more work than a longer question would be."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trials.models import Trial
from trials.search.text import store
from trials.search.text.documents import Document
from trials.search.text.marking import segments
from trials.search.text.matching import find
from trials.tests.search.making import trial
from trials.tests.search.text.making import index, written

pytestmark = pytest.mark.django_db

CORPUS = [
    '"',
    '""',
    '"""knee',
    "'",
    "'; DROP TABLE trials_trial; --",
    "1 OR 1=1",
    "knee' OR '1'='1",
    "UNION SELECT password FROM auth_user",
    "knee AND",
    "AND OR NOT NEAR",
    "NEAR(knee hip, 2)",
    "NEAR/5 knee",
    "{title names} : knee",
    "title : knee",
    "- title : knee",
    "^knee",
    "knee*",
    "*knee",
    "***",
    "knee + hip",
    "knee & hip | ! toe",
    "knee <-> hip <2> toe",
    "knee:*A",
    "(((((((((knee",
    ")))knee(((",
    "\\",
    "\\'\\\"",
    "%s %(x)s %%",
    "{} {0} {{",
    "$1 :name ?",
    "\x00",
    "knee\x00hip",
    "\x1f\x1f",
    "\ud800",
    "knee\ud800hip",
    "\u202eknee",
    "\ufeff",
    "·",
    "knee·hip",
    "a" * 200,
    "a " * 100,
    "a* " * 66,
    "ab* " * 50,
    "-a " * 66,
    "OR " * 66,
    "a OR " * 40,
    '"a" ' * 50,
    "- - -",
    "--knee",
    "-",
    "-OR",
    "OR -OR OR",
    "k\u0301" * 100,
    "ﷺ" * 200,
    "\u0345" * 200,
    "𝓴𝓷𝓮𝓮",
    "中" * 200,
    "10^10^10^10",
    "1,1,1.1.1,1" * 18,
    "x" * 10_000,
    "knee " * 5_000,
    '"' * 10_000,
    "the of and",
    "<script>alert(1)</script>",
    "../../etc/passwd",
]


@pytest.fixture
def catalogue():
    trial("knee", title="Knee and hip", brief_summary="a b c the 10^6")
    trial("script", title="<script> alert 1")
    return written()


@pytest.mark.parametrize("question", CORPUS, ids=range(len(CORPUS)))
def test_the_corpus(catalogue, question):
    with CaptureQueriesContext(connection) as queries:
        found = find(question, catalogue)
    assert found.trials <= catalogue.public
    assert len(queries) <= 3
    assert Trial.objects.count() == 2
    segments(question, found.marks)


MARKS = "\"'-*:()^+&|!<>{}[]\\%_;,.=~?#@/ \x00\x1f\n\t·⁶×βéßﬁ中\u0301\u200b\ud800"
typed = st.lists(
    st.sampled_from([*MARKS, "knee", "hip", "OR", "AND", "NOT", "NEAR", "a", "10", "^", "CD-19", "the"])
    | st.characters(),
    max_size=40,
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(typed)
def test_anything_may_be_typed(question):
    with transaction.atomic():
        trial("knee", title="Knee and hip")
        now = written()
        found = find(question, now)
        assert found.trials <= now.public
        transaction.set_rollback(True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(typed.filter(lambda text: "\x00" not in text and "\ud800" not in text))
def test_anything_may_stand_in_a_record(text):
    with transaction.atomic():
        store.write({1: Document(title=text, criteria=text * 3)})
        assert list(store.trials()) == [1]
        store.remove([1])
        assert list(store.trials()) == []
        transaction.set_rollback(True)


def test_markup_is_left_to_the_template(catalogue):
    found = find("script", index())
    assert "".join(part.text for part in segments("<script> alert 1", found.marks)) == "<script> alert 1"
