"""Two terms or two organisations become one, and all that named the one that goes means the one that stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials import models
from trials.intake import late
from trials.intake.conditions import ConditionTerms
from trials.intake.joining import Moved, NotJoined, join, links_to, look
from trials.intake.late import publish_late
from trials.intake.organisations import Organisations
from trials.models.choices import State
from trials.models.vocabulary import Term
from trials.records import MeshTerm, SponsorRecord, TrialRecord
from trials.search import plain
from trials.search.cards import read_cards
from trials.search.live import reading
from trials.search.publishing import publishing, terms_changed, trials_changed
from trials.search.question import Question
from trials.tests.admin.making import superuser, trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(db: Any) -> Any:
    return superuser()


def cells(slug: str, **values: Any) -> models.CellType:
    return models.CellType.objects.create(slug=slug, **{"label": slug.upper(), **values})


def treated(slug: str, *terms: models.CellType) -> models.Trial:
    """A public trial of a product of these cell types."""
    with publishing():
        made = trial(slug, state=State.PUBLISHED)
        models.CellProduct.objects.create(trial=made, order=1, name="Cells").cell_types.set(terms)
        trials_changed(made.pk)
    return made


def sponsored(slug: str, *organisations: models.Organisation) -> models.Trial:
    with publishing():
        made = trial(slug, state=State.PUBLISHED)
        for order, organisation in enumerate(organisations, 1):
            made.sponsorships.create(order=order, organisation=organisation, role="LEAD_SPONSOR")
        trials_changed(made.pk)
    return made


def terms_of(study: models.Trial) -> list[str]:
    return [term.slug for term in study.products.get().cell_types.all()]


def test_a_product_of_both_names_the_one_that_stays_once(by):
    stays, goes, other = cells("msc"), cells("stem"), cells("nk")
    both, one, none = treated("nct1", stays, goes), treated("nct2", goes, other), treated("nct3", other)
    versions = [study.version for study in (both, one, none)]
    assert join(stays, [goes], by) == 0
    assert [terms_of(study) for study in (both, one, none)] == [["msc"], ["msc", "nk"], ["nk"]]
    grown = [models.Trial.objects.get(pk=study.pk).version for study in (both, one, none)]
    assert [now - before for now, before in zip(grown, versions, strict=True)] == [1, 1, 0]
    assert LogEntry.objects.get().change_message == "Merged “STEM” into this: 2 trials moved."


def test_all_names_are_kept_but_what_is_a_name_is_no_exclusion_any_more(by):
    stays = cells("msc", label="Mesenchymal cells", synonyms=["MSC"], exclusions=["mesenchymal stem cells", "a"])
    goes = cells("stem", label="Mesenchymal stem cells", synonyms=["MSC", "msc"], reader_names=["stroma*"])
    join(stays, [goes], by)
    stays.refresh_from_db()
    assert stays.synonyms == ["MSC", "Mesenchymal stem cells", "msc"]
    assert (stays.reader_names, stays.exclusions) == (["stroma*"], ["a"])


def test_what_stands_for_the_rest_gives_the_readers_no_name(by):
    stays, goes = cells("t", label="T cells"), cells("other", label="Other T cells", synonyms=["gd T cells"])
    join(stays, [goes], by)
    stays.refresh_from_db()
    assert stays.synonyms == ["gd T cells"]


def test_a_code_is_taken_over_only_by_what_has_none(by):
    coded, bare = cells("a", code_system="CL", code="CL:1"), cells("b")
    other = cells("c", code_system="CL", code="CL:3")
    join(bare, [coded], by)
    bare.refresh_from_db()
    assert (bare.code_system, bare.code) == ("CL", "CL:1")
    join(bare, [other], by)
    bare.refresh_from_db()
    assert bare.code == "CL:1"
    assert models.Merged.objects.get(slug="c").code == "CL:3"


def test_a_term_that_stood_below_what_goes_comes_to_stand_above_what_was_between(by):
    root = cells("root")
    goes = cells("goes", parent=root)
    between = cells("between", parent=goes)
    stays = cells("stays", parent=between)
    join(stays, [goes], by)
    above = {term.slug: term.parent and term.parent.slug for term in models.CellType.objects.all()}
    assert above == {"root": None, "between": "stays", "stays": "root"}


def test_a_whole_branch_goes_into_one_of_its_own(by):
    upper = cells("upper")
    lower = cells("lower", parent=upper)
    stays, leaf = cells("stays", parent=lower), cells("leaf", parent=lower)
    join(stays, [upper, lower], by)
    leaf.refresh_from_db()
    stays.refresh_from_db()
    assert (stays.parent, leaf.parent) == (None, stays)


def test_an_index_that_knows_the_old_id_counts_as_the_tables_do(by):
    """No trial is written anew, so the index and the cards still hold the old id."""
    stays, goes = cells("msc"), cells("stem")
    treated("nct1", stays, goes), treated("nct2", goes), treated("nct3", stays)
    with reading() as index:
        assert index.counts["cell_type"]["stem"] == 2
    join(stays, [goes], by)
    question = Question(chosen=(("cell_type", ("msc",)),))
    with reading() as index:
        assert (index.answer(question).total, index.counts["cell_type"]) == (3, {"msc": 3, "not-stated": 0})
        answer = plain.answer(question, index.values)
        cards = read_cards(answer.ids, index.values)
    assert answer.total == 3
    assert {card.products[0].cells for card in cards} == {"MSC"}


def test_an_old_address_leads_to_what_the_term_became_in_the_end(by, client):
    first, second, third = cells("first"), cells("second"), cells("third")
    treated("nct1", first)
    join(second, [first], by)
    join(third, [second], by)
    for old in ("first", "second"):
        page = client.get("/trials/", {"cell_type": old})
        assert page.context["results"].question.values("cell_type") == ("third",)
        assert page.context["results"].total == 1
    # A new term may take the old address: then it means that one.
    with publishing():
        cells("first", label="Another")
        terms_changed()
    assert client.get("/trials/", {"cell_type": "first"}).context["results"].total == 0


def test_a_condition_keeps_its_areas_and_its_records_find_it_by_name_and_code(by):
    one, two = (models.Area.objects.create(slug=slug, label=slug) for slug in ("one", "two"))
    stays = models.Condition.objects.create(slug="als", label="ALS", code_system="MESH", code="D1")
    goes = models.Condition.objects.create(slug="mnd", label="Motor disease", code_system="MESH", code="D2")
    stays.areas.add(one)
    goes.areas.add(one, two)
    study = trial()
    study.conditions.create(order=1, wording="Motor disease", condition=goes)
    join(stays, [goes], by)
    assert study.conditions.get().condition == stays
    assert [area.slug for area in stays.areas.order_by("slug")] == ["one", "two"]
    terms = ConditionTerms.load()
    other_words = MeshTerm("D2", "Motor Neuron Disorder")
    record = TrialRecord(
        registry="CTGOV",
        number="NCT1",
        source="CTGOV",
        conditions=("motor  disease",),
        condition_meshes=(other_words,),
    )
    with publishing():
        terms.learn([record])
    assert {item.condition for item in terms.map(record)} == {stays.pk}
    assert models.Condition.objects.count() == 1
    # What it became may be deleted in its turn.
    study.conditions.all().delete()
    stays.delete()
    assert {item.condition for item in ConditionTerms.load().map(record)} == {None}


def test_areas_and_known_products_move_without_repeats(by):
    stays, goes = (models.Area.objects.create(slug=slug, label=slug) for slug in ("stays", "goes"))
    disease = models.Condition.objects.create(slug="als", label="ALS")
    disease.areas.add(stays, goes)
    assert look([goes]) == Moved(0, ((1, "condition", "conditions"),))
    join(stays, [goes], by)
    assert list(disease.areas.all()) == [stays]
    kept = models.KnownProduct.objects.create(slug="a", label="A-cel")
    gone = models.KnownProduct.objects.create(slug="b", label="B-cel", modification="CAR")
    kept.cell_types.add(cells("t"))
    gone.cell_types.add(cells("nk"))
    gone.targets.add(models.Target.objects.create(slug="cd19", label="CD19"))
    join(kept, [gone], by)
    kept.refresh_from_db()
    said = ([str(term) for term in kept.cell_types.all()], [str(term) for term in kept.targets.all()])
    assert (said, kept.modification, kept.synonyms) == ((["T"], ["CD19"]), "CAR", ["B-cel"])


def test_readings_that_hold_a_word_of_what_goes_or_stood_below_it_are_to_be_done_again(by):
    stays, goes = cells("msc", label="Stroma"), cells("stem", label="Stems")
    cells("below", label="Buds", parent=goes)
    with publishing():
        for at, title in enumerate(("Stems", "Buds", "Stroma"), 1):
            made = trial(f"nct{at}", title=title, state=State.PUBLISHED)
            models.TrialReading.objects.create(trial=made, form=1, is_cell_therapy=True)
            trials_changed(made.pk)
    join(stays, [goes], by)
    stale = models.TrialReading.objects.filter(is_stale=True).values_list("trial__title", flat=True)
    assert sorted(stale) == ["Buds", "Stems"]


def test_a_merged_organisation_is_found_by_every_name_and_made_by_no_record(by):
    stays = models.Organisation.objects.create(name="A hospital")
    goes = models.Organisation.objects.create(name="The hospital of A", agency_class="OTHER")
    models.FormerName.objects.create(name="Hospital A", organisation=goes)
    study = sponsored("nct1", goes, stays)
    join(stays, [goes], by)
    known = Organisations.load()
    sponsor = SponsorRecord("The hospital of A", "LEAD_SPONSOR", "INDUSTRY")
    with publishing():
        known.learn([TrialRecord(registry="CTGOV", number="NCT2", source="CTGOV", sponsors=(sponsor,))])
    assert {known.number(name) for name in ("A hospital", "The hospital of A", "Hospital A")} == {stays.pk}
    assert models.Organisation.objects.get().agency_class == "OTHER"
    assert '"sponsor":"A hospital"' in models.Card.objects.get(trial=study).content


def test_cards_beyond_what_a_request_writes_are_written_by_who_comes_next(by, monkeypatch):
    monkeypatch.setattr(late, "MOST_PUBLISHED", 1)
    monkeypatch.setattr(late, "_CHUNK", 1)
    stays, goes = (models.Organisation.objects.create(name=name) for name in ("A", "B"))
    for slug in ("nct1", "nct2", "nct3"):
        sponsored(slug, goes)

    def told() -> list[bool]:
        return ['"sponsor":"A"' in card.content for card in models.Card.objects.order_by("trial")]

    assert join(stays, [goes], by) == 2
    assert told() == [True, False, False]
    assert publish_late() == 2
    assert told() == [True, True, True]
    assert publish_late() == 0


def test_what_is_gone_or_itself_is_not_merged(by):
    stays, goes = cells("msc"), cells("stem")
    with pytest.raises(NotJoined, match="into itself"):
        join(stays, [stays], by)
    models.CellType.objects.filter(pk=goes.pk).delete()
    with pytest.raises(NotJoined, match="deleted or merged meanwhile"):
        join(stays, [goes], by)


def test_what_moves_is_told_before(by):
    goes = cells("stem", synonyms=["a"])
    cells("below", parent=goes)
    models.KnownProduct.objects.create(slug="a", label="A").cell_types.add(goes)
    treated("nct1", goes), treated("nct2", goes)
    narrower, known = (1, "narrower term", "narrower terms"), (1, "known product", "known products")
    moved = look([goes])
    assert (moved.trials, set(moved.others)) == (2, {narrower, known})


JOINABLE = (*(model for model in Term.__subclasses__() if not model._meta.abstract), models.Organisation)


@pytest.mark.parametrize("model", JOINABLE, ids=lambda model: model._meta.model_name)
def test_nothing_that_points_at_a_model_is_forgotten(model):
    """A new table with a column of terms is moved too, or is named here with the reason why not."""
    goes_with_the_row = {models.ConditionChange}  # Moved by name, as its relation has none.
    moved = {(link.model, link.name) for link in links_to(model)}
    for other in model._meta.apps.get_models():
        for field in (*other._meta.concrete_fields, *other._meta.many_to_many):
            if field.related_model is model and other not in goes_with_the_row and not other._meta.auto_created:
                assert (other, field.name) in moved, field


def test_many_trials_are_moved_by_as_many_statements_as_few(by):
    asked = []
    for at, total in enumerate((1, 1, 30)):
        stays, goes = cells(f"stays{at}"), cells(f"goes{at}")
        for number in range(total):
            treated(f"nct{at}-{number}", goes)
        with CaptureQueriesContext(connection) as queries:
            join(stays, [goes], by)
        asked.append(len(queries))
    # The first also reads what a process keeps, such as content types.
    assert asked[1] == asked[2] < 60
