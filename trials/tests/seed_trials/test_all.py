"""What holds for all five seed trials and their vocabularies."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.apps import apps
from django.core.management import call_command
from django.db import models

from trials.models import DERIVED, CellProduct, CellType, Condition, Dose, Registration, Statement, Trial
from trials.tests.seed_trials.base import ALS, CX611, FOLDER, NKG2D, RACE, SCLERODERMA, SeedTrialsCase


def tables() -> list[type[models.Model]]:
    """Every table but those that are made from the others."""
    return [model for model in apps.get_app_config("trials").get_models() if model not in DERIVED]


def every_row() -> Iterator[models.Model]:
    for model in tables():
        yield from model._default_manager.all()


def every_text(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from every_text(one)
    elif isinstance(value, list):
        for one in value:
            yield from every_text(one)


class TestSeedTrials(SeedTrialsCase):
    def test_there_are_the_five_seed_trials(self) -> None:
        assert set(Trial.objects.public().values_list("slug", flat=True)) == {RACE, SCLERODERMA, CX611, NKG2D, ALS}

    def test_no_text_repeats_what_a_page_prints_where_it_has_nothing(self) -> None:
        texts = list(every_text(json.loads((FOLDER / "seed_trials.json").read_text(encoding="utf-8"))))
        for words in ("not available", "not specified", "loading"):
            assert [text for text in texts if words in text.casefold()] == []

    def test_no_text_speaks_of_how_the_catalogue_was_made(self) -> None:
        texts = list(every_text(json.loads((FOLDER / "seed_trials.json").read_text(encoding="utf-8"))))
        for words in ("seed document", "field note", "thin copy", "held here"):
            assert [text for text in texts if words in text.casefold()] == []

    def test_every_prose_is_marked_as_ours_and_no_passage_is_kept(self) -> None:
        prose = (
            "brief_summary",
            "detailed_description",
            "objectives",
            "safety_rules",
            "cohort_plan",
            "design_note",
            "enrollment_note",
        )
        for row in Trial.objects.all():
            assert [name for name in prose if getattr(row, name) and name not in row.our_wording] == []
            assert not row.arms.exclude(description="").filter(our_wording=False).exists()
            assert not row.interventions.exclude(description="").filter(our_wording=False).exists()
            assert not row.criteria.filter(our_wording=False).exists()
            assert not row.outcomes.filter(our_wording=False).exists()
        for model in (CellProduct, Dose, Statement):
            assert not model._default_manager.exclude(passage="").exists()

    def test_every_finding_names_its_document_and_the_place_in_it(self) -> None:
        for row in Trial.objects.all():
            for findings in (row.products, row.doses, row.statements):
                assert not findings.filter(registration=None).exists()
                assert not findings.filter(source_field="").exists()

    def test_every_trial_has_one_lead_document_and_says_when_it_was_copied(self) -> None:
        for row in Trial.objects.all():
            lead = row.registrations.get(is_lead=True)
            assert lead.fetched or lead.fetched_note
        assert all(row.fetched or row.fetched_note for row in Registration.objects.all())

    def test_every_row_passes_the_checks_that_an_editor_meets(self) -> None:
        for row in every_row():
            row.full_clean()

    def test_loading_twice_adds_nothing(self) -> None:
        before = {model: model._default_manager.count() for model in tables()}
        call_command("loaddata", str(FOLDER / "seed_trials.json"), verbosity=0)
        assert {model: model._default_manager.count() for model in before} == before

    def test_cell_types_know_the_names_of_the_field(self) -> None:
        for synonym in ("MSC", "eASC", "CB-MSC"):
            assert synonym in CellType.objects.get(slug="mesenchymal-stromal").synonyms
        for synonym in ("MNC", "BMMNC"):
            assert synonym in CellType.objects.get(slug="mononuclear").synonyms

    def test_terms_carry_the_outside_codes(self) -> None:
        assert CellType.objects.get(code="CL:0000134").slug == "mesenchymal-stromal"
        assert Condition.objects.get(code="D009404").slug == "nephrotic-syndrome"
        assert Condition.objects.get(slug="steroid-dependent-nephrotic-syndrome").parent is not None
