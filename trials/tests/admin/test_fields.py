"""What editors type into the fields of the admin's forms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from trials.admin.fields import (
    CellCountField,
    DaysField,
    LinesField,
    NamedValueField,
    PlainNumberField,
    ProseField,
    SaysField,
    TickedField,
)
from trials.admin.names import country_names, field_names, worded_names
from trials.models.choices import WhoMasked

COUNTRY = NamedValueField(names=country_names, suggestions="known-countries", unknown="“{}” is unknown.")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("MSC\r\nSDNS\r\n", ["MSC", "SDNS"]),
        ("  MSC  \n\n proteinuria", ["MSC", "proteinuria"]),
        ("one, with a comma", ["one, with a comma"]),
        ("", []),
    ],
)
def test_a_list_of_texts_is_typed_one_to_a_line(typed, kept):
    assert LinesField(required=False).clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1, 8, 15", [1, 8, 15]), ("1 8 15", [1, 8, 15]), ("-5; 0", [-5, 0]), ("−3", [-3]), ("", [])],
)
def test_days_are_typed_with_commas(typed, kept):
    assert DaysField(required=False).clean(typed) == kept


@pytest.mark.parametrize("typed", ["1, x", "1.5", "Tag 1", "123456"])
def test_what_is_no_day_is_named(typed):
    with pytest.raises(ValidationError, match=r"is no day\. Write whole numbers with commas between: 1, 8, 15\."):
        DaysField(required=False).clean(typed)


def test_what_a_document_says_is_typed_field_by_field():
    said = SaysField(required=False).clean("phase: Phase 2\r\ndonor: allogeneic: see page 2")
    assert said == {"phase": "Phase 2", "donor": "allogeneic: see page 2"}
    assert SaysField(required=False).prepare_value(said) == "phase: Phase 2\ndonor: allogeneic: see page 2"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("Phase 2", "“Phase 2” lacks a field or a value."),
        ("phase:", "“phase:” lacks a field or a value."),
        ("phase: 1\nphase: 2", "“phase” stands on two lines."),
    ],
)
def test_a_line_that_is_no_pair_is_named(typed, message):
    with pytest.raises(ValidationError, match=message):
        SaysField(required=False).clean(typed)


@pytest.mark.parametrize(
    ("typed", "cells"),
    [
        ("1500000", 1_500_000),
        ("1,500,000", 1_500_000),
        ("1 500 000", 1_500_000),
        ("1.5e6", 1_500_000),
        ("1.5E+6", 1_500_000),
        ("1.5 x 10^6", 1_500_000),
        ("1.5 × 10⁶", 1_500_000),
        ("2×10^10", 20_000_000_000),
        ("1.5 million", 1_500_000),
        ("0.25", Decimal("0.25")),
    ],
)
def test_a_number_of_cells_is_typed_as_people_write_it(typed, cells):
    field = CellCountField(required=False, max_digits=20, decimal_places=3)
    assert field.clean(typed) == cells


@pytest.mark.parametrize("typed", ["1,5", "10^6", "1.5 x 106", "many", "1e999", "-3", "nan", "\x00"])
def test_what_may_be_misread_as_a_number_of_cells_is_refused(typed):
    with pytest.raises(ValidationError, match=r"1500000, 1\.5e6 or 1\.5 million"):
        CellCountField(required=False, max_digits=20, decimal_places=3).clean(typed)


def test_a_number_of_cells_shows_without_the_columns_decimals():
    assert CellCountField().prepare_value(Decimal("1500000.000")) == "1500000"
    assert not CellCountField().has_changed(Decimal("1500000.000"), "1500000")


@pytest.mark.parametrize("typed", ["Italy", "italy", "IT", "it", " Italy "])
def test_a_country_is_typed_by_name_or_code(typed):
    assert COUNTRY.clean(typed) == "IT"


def test_a_country_shows_its_name_and_an_unknown_one_is_named():
    assert COUNTRY.prepare_value("IT") == "Italy"
    with pytest.raises(ValidationError, match="“Itly” is unknown"):
        COUNTRY.clean("Itly")


@pytest.mark.parametrize(("typed", "name"), [("Minimum age", "min_age"), ("min_age", "min_age"), ("status", "status")])
def test_a_field_is_typed_by_its_name_or_its_words(typed, name):
    assert NamedValueField(names=field_names, suggestions="s", unknown="{}").clean(typed) == name


@pytest.mark.parametrize("names", [country_names, field_names, worded_names])
def test_no_two_names_read_alike(names):
    words = [word.casefold() for word in names().values()]
    assert len(words) == len(set(words))


def test_only_known_values_can_be_ticked():
    field = TickedField(choices=WhoMasked.choices, required=False)
    assert field.clean(["PARTICIPANT"]) == ["PARTICIPANT"]
    assert not field.has_changed(["INVESTIGATOR", "PARTICIPANT"], ["PARTICIPANT", "INVESTIGATOR"])
    with pytest.raises(ValidationError, match="NURSE is not one of the available choices"):
        field.clean(["NURSE"])


def test_line_ends_of_browsers_become_plain_ones():
    assert ProseField().clean("one\r\ntwo\rthree") == "one\ntwo\nthree"
    assert not ProseField().has_changed("one\ntwo", "one\r\ntwo")
    assert not ProseField().has_changed("kept with a space at its end ", "kept with a space at its end ")


@pytest.mark.parametrize("field", [LinesField, SaysField, DaysField, ProseField])
def test_a_character_that_postgresql_cannot_store_is_refused(field):
    with pytest.raises(ValidationError):
        field(required=False).clean("phase: \x00")


def test_a_whole_number_shows_without_decimals():
    assert PlainNumberField().prepare_value(18.0) == 18
    assert PlainNumberField().prepare_value(0.5) == 0.5
