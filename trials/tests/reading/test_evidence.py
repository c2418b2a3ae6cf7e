"""Every fact carries the very words that prove it, whatever the record."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trials.intake.lexicon import shipped_lexicon
from trials.reading.facts import CONFLICTING, INFERRED, STATED, Fact, Passage, Reading
from trials.reading.read import read
from trials.reading.sections import sections
from trials.tests.reading.records import record

WORDS = (
    "autologous",
    "Allogeneic",
    "donor",
    "MSC",
    "CAR-T cells",
    "anti-CD19",
    "γδ T cells",
    "bone marrow",
    "hUC-MSCs",
    "İ",
    "exosomes",
    "after",
    "stem cell transplantation",
    "intravenously",
    "IV",
    "i.v.",
    "and",
    "or",
    ",",
    ". ",
    "\n",
    "±",
    "without",
    "leukapheresis",
    "expanded",
    "P3 cells",
    "passage 3",
    "lentiviral vector",
    "tisagenlecleucel",
    "dendritic",
    "cell",
    "melphalan",
    "injection of",
    "into the knee",
    "universal",
    "2nd-generation",
    "NK cells",
    "Orca-T",
    "x" * 90,
)
TEXT = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
RECORDS = st.builds(
    lambda title, official, names, summary, detail, arms, criteria: record(
        title,
        *[(name, text) for name, text in names],
        official=official,
        summary=summary,
        detail=detail,
        arms=[(label, "", "", text, (0,) if names else ()) for label, text in arms],
        criteria=criteria,
    ),
    TEXT,
    TEXT,
    st.lists(st.tuples(TEXT, TEXT), max_size=3),
    TEXT,
    TEXT,
    st.lists(st.tuples(TEXT, TEXT), max_size=2),
    TEXT,
)


def facts_of(reading: Reading) -> Iterator[Fact]:
    for product in reading.products:
        for field in fields(product):
            value = getattr(product, field.name)
            if isinstance(value, Fact):
                yield value
            elif isinstance(value, tuple):
                yield from (item for item in value if isinstance(item, Fact))


def passages_of(reading: Reading) -> Iterator[Passage]:
    if reading.proof:
        yield reading.proof
    yield from (product.passage for product in reading.products)
    yield from (fact.passage for fact in facts_of(reading))


@settings(max_examples=200, deadline=None)
@given(RECORDS)
def test_a_passage_is_what_its_field_holds_from_start_to_end(drawn):
    texts = {section.field: section.text for section in sections(drawn)}
    reading = read(drawn, shipped_lexicon())
    for passage in passages_of(reading):
        assert passage.text
        assert texts[passage.field][passage.start : passage.end] == passage.text
    if reading.is_cell_therapy:
        assert reading.proof
        assert reading.products
        assert all(product.cell_types and product.name for product in reading.products)


@settings(max_examples=100, deadline=None)
@given(RECORDS)
def test_what_is_inferred_names_its_rule_and_what_conflicts_stands_twice(drawn):
    for product in read(drawn, shipped_lexicon()).products:
        for fact in facts_of(Reading(True, "", products=(product,))):
            assert fact.state in (STATED, INFERRED, CONFLICTING)
            assert bool(fact.rule) or fact.state != INFERRED
        conflicting = [fact for fact in product.donors if fact.state == CONFLICTING]
        assert len(conflicting) != 1


@settings(max_examples=50, deadline=None)
@given(RECORDS)
def test_the_same_record_reads_the_same_twice(drawn):
    assert read(drawn, shipped_lexicon()) == read(drawn, shipped_lexicon())


@pytest.mark.parametrize(
    "text",
    [
        "ſix million MSC",
        "5 MİLLİON MSC, or 5 mıllıon MSC",
        "Patients are followed for ſix monthſ",
        "Fırst-generation CAR-T cells",
    ],
)
def test_letters_that_only_patterns_take_for_ours_are_no_fault(text):
    trial = record("MSC and CAR-T cells for relief", "MSC", ("CAR-T cells", text), detail=text)
    assert read(trial, shipped_lexicon()).is_cell_therapy
