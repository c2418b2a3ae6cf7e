"""Whatever is typed: an answer, never an exception, and never more work than a longer question would be."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from trials.models import Condition, Trial
from trials.search.text import matching, store, words
from trials.search.text.documents import Document
from trials.search.text.marking import segments
from trials.search.text.matching import find
from trials.search.text.query import MAX_LETTERS
from trials.tests.drawing import over_tables
from trials.tests.search.making import term, trial
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


# Each asks for as much of one thing as two hundred letters can.
HEAVY = {
    "half words": " ".join(f"{a}{b}*" for a in "knhabc" for b in "nipabcdefgh"),
    "words that may be halves": " ".join(f"{a}{b}nx" for a in "knhab" for b in "nipabcde"),
    "phrases": " ".join(f'"{a} {b}"' for a in "knhabc" for b in "nipabcdef"),
    "alternatives": " OR ".join(f"{a}{b}" for a in "knhab" for b in "nipabcde"),
    "words tied into one": "-".join(f"{a}{b}" for a in "knhabc" for b in "nipabcde"),
    "names of a term": "knee hip " * 22,
    "misspelt words": " ".join(f"kneee{a}" for a in "abcdefghijklmnopqrstuvwxy"),
    "misspelt phrases": " ".join(f'"kneee{a} hip"' for a in "abcdefghijklm"),
}


@pytest.fixture
def crowded():
    """Hundreds of words that begin alike and look alike, and a term of twenty names."""
    titles = (
        " ".join(f"{start}{end:03d}".translate(_LETTERS) for end in range(500)) for start in ("kn", "kneee", "ha")
    )
    for slug, title in zip("abc", titles, strict=True):
        trial(slug, title="T", brief_summary=title)
    term(Condition, "knee-hip", synonyms=["knee hip", *(f"knee hip {a}" for a in "abcdefghijklmnopqrs")])
    return written()


_LETTERS = str.maketrans("0123456789", "abcdefghij")


@pytest.mark.parametrize("question", HEAVY.values(), ids=HEAVY)
def test_what_is_looked_at_is_bounded_whatever_is_typed(crowded, question, monkeypatch):
    """Counted in steps, which no machine makes slower or faster."""
    phrases: list[int] = []
    looked: list[int] = []
    original = store.read

    def read(patterns, stretches):
        found, kept = original(patterns, stretches)
        phrases.extend(map(len, patterns))
        looked.extend(map(len, kept))
        return found, kept

    monkeypatch.setattr(store, "read", read)
    matching.cache.clear()
    find(question, crowded)
    letters = len(question[:MAX_LETTERS])
    # A phrase for each word and each name, all tokens of half words, and what may have been meant.
    tries = matching.MOST_CORRECTED * matching.CANDIDATES
    assert sum(phrases) <= letters + words.MOST_TOKENS + tries * letters / 4
    assert sum(looked) <= 2 * words.WORDS_PER_TOKEN * words.MOST_TOKENS + matching.MOST_CORRECTED * words.MOST_ALIKE
    assert max(looked, default=0) <= words.MOST_ALIKE


def test_no_more_misspelt_words_are_looked_for_than_are_put_right(crowded, monkeypatch):
    alike: set[str] = set()
    original = words.alike

    def look(word):
        alike.add(word)
        return original(word)

    monkeypatch.setattr(words, "alike", look)
    find(HEAVY["misspelt words"], crowded)
    assert len(alike) == matching.MOST_CORRECTED


def test_of_the_words_that_look_alike_so_many_are_compared(crowded, monkeypatch):
    compared: list[int] = []
    original = words.likest

    def rank(word, kept, limit):
        compared.append(len(kept))
        return original(word, kept, limit)

    monkeypatch.setattr(words, "MOST_ALIKE", 7)
    monkeypatch.setattr(words, "likest", rank)
    find("kneeeabcz", crowded)
    assert compared == [7]


MARKS = "\"'-*:()^+&|!<>{}[]\\%_;,.=~?#@/ \x00\x1f\n\t·⁶×βéßﬁ中\u0301\u200b\ud800"
typed = st.lists(
    st.sampled_from([*MARKS, "knee", "hip", "OR", "AND", "NOT", "NEAR", "a", "10", "^", "CD-19", "the"])
    | st.characters(),
    max_size=40,
).map("".join)


@over_tables(150)
@given(typed)
def test_anything_may_be_typed(question):
    with transaction.atomic():
        trial("knee", title="Knee and hip")
        now = written()
        found = find(question, now)
        assert found.trials <= now.public
        transaction.set_rollback(True)


@over_tables(100)
@given(typed.filter(lambda text: "\x00" not in text and "\ud800" not in text))
def test_anything_may_stand_in_a_record(text):
    with transaction.atomic():
        store.write(store.taken({1: Document(title=text, criteria=text * 3)}))
        assert list(store.trials()) == [1]
        store.remove([1])
        assert list(store.trials()) == []
        transaction.set_rollback(True)


def test_markup_is_left_to_the_template(catalogue):
    found = find("script", index())
    assert "".join(part.text for part in segments("<script> alert 1", found.marks)) == "<script> alert 1"
