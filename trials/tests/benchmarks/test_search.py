"""Tables of several sizes in one file, each renewed by itself; the words that the peers get."""

from __future__ import annotations

import pytest

from benchmarks import ours
from benchmarks.search import BEGIN, END, written
from trials.generating.writing import generate
from trials.search.publishing import publish_all
from trials.tests.generating.making import shrink_vocabulary


def test_a_size_is_renewed_and_another_added_while_the_rest_stays():
    held = f"Before\n{BEGIN}\n### 1,000 trials\n\nOld.\n\n### 100,000 trials\n\nKept.\n{END}\nAfter\n"
    held = written(held, 1_000, "### 1,000 trials\n\nNew.")
    assert written(held, 10_000, "### 10,000 trials\n\nMore.") == (
        f"Before\n{BEGIN}\n### 1,000 trials\n\nNew.\n\n### 10,000 trials\n\nMore.\n\n"
        f"### 100,000 trials\n\nKept.\n{END}\nAfter\n"
    )


def test_the_line_that_stood_above_all_sizes_stays_with_each_that_is_kept():
    held = f"{BEGIN}\nOn two cores.\n\n### 1,000 trials\n\nOld.\n\n### 10,000 trials\n\nKept.\n{END}"
    assert written(held, 1_000, "### 1,000 trials\n\nNew.") == (
        f"{BEGIN}\n### 1,000 trials\n\nNew.\n\n### 10,000 trials\n\nOn two cores.\n\nKept.\n{END}"
    )


def test_a_file_without_the_marks_is_left_alone():
    with pytest.raises(ValueError, match="lacks the marks"):
        written("Before", 1_000, "")


@pytest.mark.django_db
def test_the_words_of_the_peers_are_those_of_the_texts(tmp_path, monkeypatch):
    shrink_vocabulary(monkeypatch)
    monkeypatch.setattr(ours, "_PART", 3)
    generate(8, seed=1)
    publish_all()
    ours.write_words(tmp_path / "words.txt")
    lines = (tmp_path / "words.txt").read_text(encoding="ascii").splitlines()
    assert lines == [f"{pk}\t {' '.join(sorted(words))} " for pk, words in ours._texts()]
