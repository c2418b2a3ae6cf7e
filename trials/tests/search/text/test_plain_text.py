"""The fast search and its slow twin find the same in the same tiers, on random catalogues and questions."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from trials.models import CellType, Condition
from trials.search import plain_text
from trials.search.text.matching import find
from trials.tests.drawing import over_tables
from trials.tests.search.making import term, trial
from trials.tests.search.text.making import written

pytestmark = pytest.mark.django_db

WORDS = [
    *("knee", "Knees", "kneecap", "KNEECAPS", "hip", "cell", "Cells", "cellulitis", "stem", "CAR-T", "car", "T"),
    *("MSC", "MSCs", "mesenchymal", "mesenchyme", "CD-19", "CD19", "10^6", "10⁶", "1.5", "the", "of", "ALS"),
    *("amyotrophic", "lateral", "sclerosis", "tumour", "tumor", "β", "中国", "naïve", "x"),
]
word = st.sampled_from(WORDS)
text = st.lists(word, max_size=6).map(" ".join)

MARKS = ["{}", "{}", "{}", "-{}", '"{}"', "{}*", "{} OR", '"{}', "OR {}", "{}-knee", "({})", "-{}*"]
HALVES = ["mesen", "knee", "kne", "kn", "cellul", "amyo", "tumou", "sclerosi", "nothing", "stem cell", "stem cells"]
piece = st.builds(lambda mark, inner: mark.format(inner), st.sampled_from(MARKS), word | st.sampled_from(HALVES) | text)
question = st.lists(piece, max_size=5).map(" ".join)

made_trial = st.fixed_dictionaries(
    {
        "title": text.map(lambda title: title or "untitled"),
        "acronym": text,
        "brief_summary": text,
        "state": st.sampled_from(["PUBLISHED", "PUBLISHED", "PUBLISHED", "DRAFT"]),
    }
)
lists = st.fixed_dictionaries(
    {
        "criteria": st.lists(text.filter(bool), max_size=2),
        "conditions": st.lists(st.tuples(text, st.sampled_from([None, "als", "motor"])), max_size=2),
        "is_msc": st.booleans(),
    }
)


def make(number: int, fields: dict, rows: dict) -> None:
    motor = term(Condition, "motor", synonyms=["tumor knee", "hip"])
    terms = {None: None, "motor": motor, "als": term(Condition, "als", motor)}
    Condition.objects.filter(slug="als").update(
        label="Amyotrophic lateral sclerosis", synonyms=["ALS", "sclerosis", "the"]
    )
    term(CellType, "msc", synonyms=["MSC", "mesenchymal stem cells", "stem cells"])
    made = trial(f"t{number}", cells=("msc",) if rows["is_msc"] else (), **fields)
    for order, criterion in enumerate(rows["criteria"], 1):
        made.criteria.create(order=order, kind="INCLUSION", text=criterion)
    for order, (wording, slug) in enumerate(rows["conditions"], 1):
        made.conditions.create(order=order, wording=wording, condition=terms[slug])


@over_tables(60)
@given(st.lists(st.tuples(made_trial, lists), max_size=5), st.lists(question, min_size=1, max_size=4))
def test_the_fast_search_agrees_with_the_plain_one(trials, questions):
    with transaction.atomic():
        for number, (fields, rows) in enumerate(trials):
            make(number, fields, rows)
        index = written()
        for asked in questions:
            fast, plain = find(asked, index), plain_text.find(asked, index)
            tiers = {pk: place for place, tier in reversed(list(enumerate(fast.tiers))) for pk in tier}
            assert (tiers, fast.unknown) == (plain.tiers, plain.unknown), asked
        transaction.set_rollback(True)


def test_the_plain_search_finds_by_field():
    trial("title", title="Knee")
    trial("summary", title="Hip", brief_summary="Not the knee")
    trial("hidden", title="Knee", state="DRAFT")
    index = written()
    assert sorted(plain_text.find("knees", index).tiers.values()) == [1, 3]
    assert plain_text.find("kneecap", index).unknown == ("kneecap",)
