"""What is written is found, field by field, and what is taken out is not; the same on both databases."""

from __future__ import annotations

import pytest

from trials.models import Word
from trials.search.text import store
from trials.search.text.documents import Document
from trials.search.text.terms import BREAK

pytestmark = pytest.mark.django_db


def held(*phrase: str) -> list[list[int]]:
    """Ids of the trials that hold a phrase, per field."""
    [fields] = store.postings([(phrase,)])
    return [list(field) for field in fields]


def test_a_word_is_found_in_its_own_field_alone():
    store.write(
        store.taken(
            {1: Document(names="RACE", criteria="knee"), 2: Document(title="knee"), 3: Document(summary="a race")}
        )
    )
    assert held("race") == [[1], [], [], [3], []]
    assert held("knee") == [[], [2], [], [], [1]]


def test_a_phrase_stands_side_by_side_in_one_text_of_one_field():
    store.write(
        store.taken(
            {
                1: Document(title="CAR-T cells"),
                2: Document(title="a car and T cells"),
                3: Document(title="cells for T and CAR"),
                4: Document(title="car", topics="t"),
                5: Document(topics=f"car{BREAK}t"),
                6: Document(topics="new CAR T"),
            }
        )
    )
    assert held("car", "t") == [[], [1, 2], [6], [], []]


def test_function_words_do_not_part_a_phrase():
    store.write(
        store.taken(
            {1: Document(title="quality of life"), 2: Document(title="quality and life"), 3: Document(title="life")}
        )
    )
    assert held("qualiti", "life") == [[], [1, 2], [], [], []]


@pytest.mark.parametrize(
    ("phrase", "trials"),
    [
        (("bone", "marrow", "cell"), [1, 2]),
        (("mesenchym", "stem", "cell", "transplant"), [3]),
        (("stem", "cell", "kneecap"), [4]),
        (("kneecap", "cell"), []),
        (("stem", "cell", "kneecap", "stem", "cell"), [4]),
    ],
)
def test_a_phrase_of_common_and_rare_words_is_exact(phrase, trials):
    store.write(
        store.taken(
            {
                1: Document(title="bone marrow cells"),
                2: Document(title="marrow cell, bone marrow cell"),
                3: Document(title="mesenchymal stem cell transplantation"),
                4: Document(title="stem cell kneecap stem cell"),
                5: Document(title="bone marrow and marrow cells"),
                6: Document(title="mesenchymal stem cell, stem cell transplantation"),
            }
        )
    )
    # 5: “and” is dropped, so “bone marrow marrow cells” holds each pair but not the three.
    assert held(*phrase)[1] == trials


def test_any_phrase_of_a_pattern_will_do():
    store.write(
        store.taken(
            {1: Document(title="MSC"), 2: Document(title="mesenchymal stem cell"), 3: Document(title="stem MSCs")}
        )
    )
    [fields] = store.postings([(("msc",), ("mesenchym", "stem", "cell"))])
    assert list(fields[1]) == [1, 2, 3]


def test_many_patterns_keep_their_order():
    store.write(store.taken({trial: Document(title=f"word{trial}") for trial in range(1, 201)}))
    found = store.postings([((f"word{trial}",),) for trial in range(1, 201)])
    assert [list(fields[1]) for fields in found] == [[trial] for trial in range(1, 201)]


def test_a_pattern_of_hundreds_of_words():
    store.write(store.taken({trial: Document(title=f"word{trial}") for trial in range(1, 301)}))
    [fields] = store.postings([tuple((f"word{trial}",) for trial in range(1, 301))])
    assert len(fields[1]) == 300


def test_writing_again_replaces():
    store.write(store.taken({1: Document(title="knee"), 2: Document(title="knee")}))
    store.write(store.taken({1: Document(title="hip")}))
    assert held("knee")[1] == [2]
    assert held("hip")[1] == [1]


def test_new_trials_beside_known_ones():
    store.write(store.taken({2: Document(title="knee"), 3: Document(title="knee")}))
    store.write(store.taken({1: Document(title="hip"), 2: Document(title="hip"), 3: Document(title="knee")}), new=[1])
    assert held("knee")[1] == [3]
    assert held("hip")[1] == [1, 2]


def test_writing_the_same_again_changes_nothing():
    store.write(store.taken({1: Document(title="knee")}))
    store.write(store.taken({1: Document(title="knee")}))
    assert held("knee")[1] == [1]
    assert list(store.trials()) == [1]


def test_removing_takes_out_and_passes_over_the_absent():
    store.write(store.taken({1: Document(title="knee"), 2: Document(title="knee")}))
    store.remove([1, 7])
    assert held("knee")[1] == [2]
    assert list(store.trials()) == [2]


def test_clearing_takes_out_everything():
    store.write(store.taken({1: Document(title="knee")}))
    store.clear()
    assert held("knee")[1] == []
    assert list(store.trials()) == []
    assert not Word.objects.exists()
    store.write(store.taken({1: Document(title="knee")}))
    assert held("knee")[1] == [1]
    assert Word.objects.filter(word="knee").exists()


def test_tidying_changes_no_answer():
    store.write(store.taken({1: Document(title="knee")}))
    store.write(store.taken({2: Document(title="knee")}))
    store.tidy()
    assert held("knee")[1] == [1, 2]


def test_a_trial_without_any_text_is_kept():
    store.write(store.taken({1: Document()}))
    assert list(store.trials()) == [1]


def test_a_word_is_kept_up_to_its_255th_repeat():
    """PostgreSQL would drop later positions without a word, and find other phrases than SQLite."""
    store.write(
        store.taken(
            {1: Document(criteria="cell " * 300 + "cell knee"), 2: Document(criteria="cell " * 200 + "cell knee")}
        )
    )
    assert held("cell", "knee")[4] == [2]
    assert held("knee")[4] == [1, 2]


def test_a_field_ends_after_sixteen_thousand_words():
    store.write(store.taken({1: Document(criteria=" ".join(f"7{place:04x}" for place in range(16_001)))}))
    assert held(f"7{15_998:04x}", f"7{15_999:04x}")[4] == [1]
    assert held(f"7{16_000:04x}")[4] == []


def test_five_fields_of_long_words_fit_into_one_tsvector():
    long = " ".join(f"{place:060d}x" for place in range(16_000))
    store.write(store.taken({1: Document(long, long, long, long, long)}))
    assert held(f"{1:060d}x") == [[1]] * 5


def test_five_fields_of_common_words_alone_fit_into_one_tsvector():
    words = ("mesenchymal", "hematopoietic", "transplantation", "lymphoblastic", "mononuclear", "cell", "stem", "t")
    mixed = " ".join(words[(place * place + place // 7) % 8] + " " + words[place // 3 % 8] for place in range(9_000))
    store.write(store.taken({1: Document(mixed, mixed, mixed, mixed, mixed)}))
    assert held("cell") == [[1]] * 5


def test_megabytes_of_text_are_bounded():
    store.write(store.taken({1: Document(summary="lorem ipsum " * 200_000, criteria="x" * 2_000_000)}))
    assert held("lorem")[3] == [1]
