"""The catalogue's words: added by writes, once, and only with the transaction that wrote them."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from trials.models import Word
from trials.search.text import store, words
from trials.search.text.documents import Document
from trials.search.text.patterns import Stretch


def kept() -> list[tuple[str, str]]:
    return sorted(Word.objects.values_list("word", "stem"))


@pytest.mark.django_db
def test_words_are_kept_folded_with_their_tokens():
    store.write(store.taken({1: Document(title="Cells of the Knée"), 2: Document(title="cells CAR-T")}))
    assert kept() == [("car", "car"), ("cells", "cell"), ("knee", "knee")]


@pytest.mark.django_db
def test_numbers_are_not_kept():
    store.write(store.taken({1: Document(names="NCT04034316 2018-001162-42", title="10^6 CD19 Cx611 1.5")}))
    assert [word for word, _ in kept()] == ["10e6", "1p5", "cd19", "cx611"]


def beginning(text: str) -> tuple[str, ...]:
    return words.tokens_of(store.read((), words.beginnings(text))[1])


def like(word: str, limit: int) -> list[str]:
    [kept] = store.read((), [words.alike(word)])[1]
    return words.likest(word, kept, limit)


@pytest.mark.django_db
def test_a_half_word_stands_for_the_tokens_of_whole_ones():
    store.write(store.taken({1: Document(title="mesenchymal mesenchyme tumour haematology")}))
    assert beginning("mesench") == ("mesenchym",)
    assert beginning("tumo") == ("tumor",)
    assert beginning("haematol") == ("hematolog",)
    assert beginning("zzz") == ()


@pytest.mark.django_db
def test_a_half_word_stands_for_fifty_tokens_at_most():
    store.write(store.taken({1: Document(title=" ".join(f"w{place:03d}" for place in range(200)))}))
    assert beginning("w0") == tuple(f"w{place:03d}" for place in range(50))


@pytest.mark.parametrize(("halves", "tokens"), [(0, 50), (1, 50), (4, 50), (5, 40), (66, 3)])
def test_many_half_words_share_what_may_be_looked_at(halves, tokens):
    assert words.share(halves) == tokens


@pytest.mark.django_db
def test_a_word_itself_is_looked_up_without_those_that_it_begins():
    store.write(store.taken({1: Document(title="knee kneecap kne")}))
    assert store.read((), words.whole("knee"))[1] == [[("knee", "knee")]]
    assert store.read((), words.whole("kn"))[1] == [[]]


@pytest.mark.django_db
def test_no_more_words_are_looked_at_than_a_stretch_allows():
    store.write(store.taken({1: Document(title="knab knaba knaf knag knee")}))
    assert store.read((), [Stretch("kna", "knb", 2, 4, 4), Stretch("kne", "knf", 9)])[1] == [
        [("knab", "knab"), ("knaf", "knaf")],
        [("knee", "knee")],
    ]


@pytest.mark.django_db
def test_the_likest_word_comes_first():
    store.write(store.taken({1: Document(title="melanocyte melanocytes melanoma keratinocyte")}))
    assert like("melanocite", 3)[:2] == ["melanocyte", "melanocytes"]


@pytest.mark.django_db(transaction=True)
def test_words_of_a_write_that_failed_are_added_by_the_next():
    with transaction.atomic():
        store.write(store.taken({1: Document(title="knee")}))
        transaction.set_rollback(True)
    assert kept() == []
    with transaction.atomic():
        store.write(store.taken({1: Document(title="knee")}))
    assert kept() == [("knee", "knee")]


@pytest.mark.django_db(transaction=True)
def test_words_known_to_be_kept_cost_one_look():
    with transaction.atomic():
        store.write(store.taken({1: Document(title="hip")}))
    with transaction.atomic():
        store.write(store.taken({1: Document(title="knee")}))
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        words.add({"knee"})
    assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_words_are_added_again_after_another_process_wrote_all_anew():
    with transaction.atomic():
        store.write(store.taken({1: Document(title="knee")}))
    Word.objects.all().delete()
    Word.objects.create(word="hip", stem="hip")
    with transaction.atomic():
        store.write(store.taken({1: Document(title="knee hip")}))
    assert kept() == [("hip", "hip"), ("knee", "knee")]
