"""What a question finds, in which tier, and what it says where it finds nothing. The same on both databases."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials.models import Condition, Trial
from trials.search.text import matching, store
from trials.search.text.matching import Found, find
from trials.tests.search.making import term, trial
from trials.tests.search.text.making import index, written

pytestmark = pytest.mark.django_db


def tiers(found: Found) -> list[list[str]]:
    """Slugs by tier, each trial where it first appears."""
    slug_of = dict(Trial.objects.values_list("pk", "slug"))
    seen: set[int] = set()
    result = []
    for tier in found.tiers:
        result.append([slug_of[pk] for pk in tier if pk not in seen])
        seen |= set(tier)
    return result


def slugs(question: str) -> list[str]:
    return sorted(Trial.objects.filter(pk__in=list(find(question, index()).trials)).values_list("slug", flat=True))


@pytest.fixture
def catalogue():
    knee = trial("knee", title="Cartilage cells in the knee", acronym="KART")
    knee.criteria.create(order=1, kind="INCLUSION", text="Pain of the knee for 6 months; no infection")
    hip = trial("hip", title="MSCs in the hip", brief_summary="Mesenchymal stem cells are injected. Not the knee.")
    hip.conditions.create(order=1, wording="Osteoarthritis of hip")
    blood = trial("blood", title="CAR-T cells after CD-19 loss", keywords=["leukaemia", "10⁶ cells"])
    blood.criteria.create(order=1, kind="EXCLUSION", text="KART before; knee infection")
    return written()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("knee", [[], ["knee"], [], ["hip"], ["blood"]]),
        ("KART", [["knee"], [], [], [], ["blood"]]),
        ("kart knee", [[], ["knee"], [], [], ["blood"]]),
        ("osteoarthritis stem", [[], [], [], ["hip"], []]),
        ("knee -hip", [[], ["knee"], [], [], ["blood"]]),
        ("-knee", [[], [], [], [], []]),
        ("-cartilage", [["hip", "blood"], [], [], [], []]),
        ("cartilage OR osteoarthritis", [[], ["knee"], ["hip"], [], []]),
        ('"stem cells"', [[], [], [], ["hip"], []]),
        ('"cells stem"', [[], [], [], [], []]),
        ("CAR T", [[], ["blood"], [], [], []]),
        ("cd19", [[], ["blood"], [], [], []]),
        ("10^6", [[], [], ["blood"], [], []]),
        ("leukemia", [[], [], ["blood"], [], []]),
        ("infect*", [[], [], [], [], ["knee", "blood"]]),
        ("cartil", [[], ["knee"], [], [], []]),
        ('"cartil"', [[], [], [], [], []]),
        ("kar", [[], [], [], [], []]),
        ("kar*", [["knee"], [], [], [], ["blood"]]),
        ("cell", [[], ["knee", "blood"], [], ["hip"], []]),
    ],
)
def test_what_is_found_and_where_it_ranks(catalogue, question, found):
    assert tiers(find(question, catalogue)) == found


def test_a_word_that_is_held_whole_is_not_the_beginning_of_another():
    trial("cell", title="Cell")
    trial("cellulitis", title="Cellulitis")
    written()
    assert slugs("cell") == ["cell"]
    assert slugs("cell*") == ["cell", "cellulitis"]
    assert slugs("cellul") == ["cellulitis"]


def test_a_draft_is_never_found_even_if_its_text_was_left_behind(catalogue):
    Trial.objects.filter(slug="hip").update(state="DRAFT")
    assert slugs("hip") == []


def test_a_synonym_counts_as_soon_as_it_is_added():
    als = term(Condition, "amyotrophic-lateral-sclerosis")
    trial("written-out", title="Amyotrophic lateral sclerosis and stem cells")
    trial("short", title="Stem cells in ALS")
    mapped = trial("mapped", title="Motor neurons")
    mapped.conditions.create(order=1, wording="Charcot disease", condition=als)
    trial("apart", title="Lateral thinking", brief_summary="sclerosis, amyotrophic")
    written()
    assert slugs("ALS") == ["short"]
    als.synonyms = ["ALS"]
    als.save()
    assert slugs("ALS") == ["mapped", "short", "written-out"]
    assert slugs("amyotrophic lateral sclerosis") == ["apart", "mapped", "short", "written-out"]
    assert slugs('"amyotrophic lateral sclerosis"') == ["written-out"]
    assert slugs("stem ALS") == ["short", "written-out"]
    assert slugs("stem -ALS") == []
    assert tiers(find("als", index())) == [[], ["written-out", "short"], ["mapped"], [], []]


def test_the_longest_name_counts():
    stem = term(Condition, "stem-disease", synonyms=["stem"])
    long = term(Condition, "long", synonyms=["stem cell disorder"])
    trial("a", title="nothing").conditions.create(order=1, wording="x", condition=stem)
    trial("b", title="nothing").conditions.create(order=1, wording="x", condition=long)
    written()
    assert slugs("stem cell disorder") == ["b"]
    assert slugs("stem") == ["a"]


def test_a_narrower_term_is_found_by_the_name_of_the_broader():
    arthritis = term(Condition, "arthritis")
    narrow = term(Condition, "rheumatoid", parent=arthritis)
    trial("a", title="nothing").conditions.create(order=1, wording="x", condition=narrow)
    written()
    assert slugs("arthritis") == ["a"]


@pytest.mark.parametrize(
    ("question", "unknown", "suggestion"),
    [
        ("cartilege", ("cartilege",), "cartilage"),
        ("cartilege knee", ("cartilege",), "cartilage knee"),
        ("Ostheoarthritis of the hipp", ("Ostheoarthritis", "hipp"), "osteoarthritis of the hip"),
        ("zzzz", ("zzzz",), ""),
        ("cartilege leukaemia", ("cartilege",), ""),
        ("the of", ("the", "of"), ""),
        ("cartilage -cartilege", (), ""),
        ("cartilage OR cartilege", (), ""),
    ],
)
def test_a_word_not_found_is_named_and_what_was_meant_is_offered(catalogue, question, unknown, suggestion):
    found = find(question, catalogue)
    assert (found.unknown, found.suggestion) == (unknown, suggestion)
    if unknown:
        assert not found.trials


def test_only_a_word_that_finds_something_public_is_offered(catalogue):
    hidden = trial("hidden", title="Cartilago")
    written()
    assert find("cartilagoo", index()).suggestion == "cartilago"
    hidden.state = "DRAFT"
    hidden.save()
    assert find("cartilagoo", index()).suggestion == "cartilage"


def test_two_words_that_no_trial_holds_together_are_not_unknown(catalogue):
    found = find("leukaemia osteoarthritis", catalogue)
    assert (list(found.trials), found.unknown) == ([], ())


def test_nothing_to_look_for_finds_everything(catalogue):
    assert len(find("", catalogue).trials) == 3


def test_a_question_takes_one_statement_and_none_when_repeated(catalogue):
    with CaptureQueriesContext(connection) as queries:
        find("knee -hip cells OR leukaemia", catalogue)
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        find("hip knee", catalogue)
    assert len(queries) == 0


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("cartil", 2),
        ("cart* osteo kne*", 2),
        ("knee zzzz -cartil", 3),
        ('"knee kneee" hipp cartilege osteo', 3),
        ("ab* " * 50, 2),
        ("kneee " * 33, 3),
        ("a OR " * 40, 1),
        (" ".join(f"{a}{b}" for a in "klmnopqr" for b in "abcdefgh"), 1),
        (" ".join(f"{a}{b}x" for a in "klmnopq" for b in "abcdefg"), 3),
    ],
)
def test_however_much_is_asked_it_is_a_few_statements(catalogue, question, count):
    with CaptureQueriesContext(connection) as queries:
        find(question, catalogue)
    assert len(queries) <= count


def test_a_word_within_a_phrase_is_put_right(catalogue):
    assert find('"stemm cells" hip', catalogue).suggestion == '"stem cells" hip'


def test_the_beginning_of_a_kept_word_is_not_taken_for_misspelt(catalogue):
    hidden = trial("hidden", title="Kneecap")
    written()
    hidden.state = "DRAFT"
    hidden.save()
    found = find("kneec", index())
    assert (found.unknown, found.suggestion) == (("kneec",), "")


def test_marks_are_the_phrases_that_were_looked_for(catalogue):
    assert find('knee "stem cells" -hip', catalogue).marks == (("knee",), ("stem", "cell"))


def test_answers_of_another_moment_are_not_used(catalogue):
    assert len(find("knee", catalogue).trials) == 3
    store.remove([Trial.objects.get(slug="hip").pk])
    assert len(find("knee", index()).trials) == 2


def test_kept_answers_are_bounded():
    trial("a", title="knee")
    moment = written()
    small = matching.Cache(max_bytes=5_000)
    for number in range(50):
        small.get(moment.token, [((f"word{number}",),)])
    assert 0 < small.bytes <= 5_000
    assert list(small.get(moment.token, [(("knee",),)])[0][(("knee",),)][1]) == [Trial.objects.get().pk]
