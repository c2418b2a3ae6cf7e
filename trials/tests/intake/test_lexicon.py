import json

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from trials.intake.keeping import is_cell_therapy
from trials.intake.lexicon import last_edit, load_lexicon, shipped_lexicon, shipped_words, stored_words
from trials.models import CellType, Cue, DonorRelation, KnownProduct, TissueSource
from trials.reading.lexicon import CELL_TYPE, DONOR, PRODUCT, TISSUE, Lexicon
from trials.reading.read import read
from trials.tests.admin.making import superuser
from trials.tests.reading.records import record

VOCABULARY = settings.BASE_DIR / "fixtures" / "vocabulary"


@pytest.mark.django_db
def test_without_vocabularies_the_words_are_those_of_the_fixtures():
    assert load_lexicon() is shipped_lexicon()


@pytest.mark.django_db
def test_an_editor_s_word_is_read():
    stem = CellType.objects.create(slug="stem", label="Stem cells", synonyms=["stemmies"], exclusions=["stemmies tea"])
    CellType.objects.create(slug="other", label="Other cells")
    CellType.objects.create(slug="msc", label="Stromal cells", parent=stem)
    tissue = TissueSource.objects.create(slug="fat", label="Fat")
    donor = DonorRelation.objects.create(slug="own", label="Own")
    known = KnownProduct.objects.create(slug="kept", label="Keptocel", synonyms=["K-1"], modification="CAR")
    known.cell_types.add(stem)
    known.tissues.add(tissue)
    known.donors.add(donor)
    Cue.objects.create(kind="GIVEN", phrase="pour*")
    lexicon = load_lexicon()
    found = lexicon.find("stemmies tea, stemmies, K-1, other cells, own fat poured")
    assert [match.slug for match in found.of(CELL_TYPE)] == ["stem"]
    assert [match.slug for match in found.of(PRODUCT, TISSUE, DONOR, "GIVEN")] == ["kept", "own", "fat", "pour*"]
    assert lexicon.is_within(CELL_TYPE, "msc", "stem")
    assert lexicon.products["kept"].cell_types == ("stem",)
    assert (lexicon.products["kept"].tissues, lexicon.products["kept"].donors) == (("fat",), ("own",))
    assert lexicon.products["kept"].modification == "CAR"


@pytest.mark.django_db
def test_words_come_in_a_bounded_number_of_queries(django_assert_num_queries):
    KnownProduct.objects.create(slug="kept", label="Keptocel")
    with django_assert_num_queries(11):
        stored_words()


def test_every_reference_and_cue_of_the_fixtures_is_known():
    words = shipped_words(VOCABULARY)
    slugs = {(entry.vocabulary, entry.slug) for entry in words.entries}
    for product in words.products:
        assert {(CELL_TYPE, slug) for slug in product.cell_types} <= slugs, product.slug
        assert {(TISSUE, slug) for slug in product.tissues} <= slugs, product.slug
        assert {(DONOR, slug) for slug in product.donors} <= slugs, product.slug
        assert all(("target", slug) in slugs for slug in product.targets), product.slug
    for entry in words.entries:
        assert not entry.parent or (entry.vocabulary, entry.parent) in slugs, entry.slug


def test_the_terms_that_rules_name_are_in_the_fixtures():
    """Rules know a few terms by slug; a term that is gone would turn a rule off in silence."""
    from trials.management.evaluation import LABELS
    from trials.reading import attaching, cells, donors, judging, mentions, routes, tissues

    words = shipped_words(VOCABULARY)
    known = {name: {entry.slug for entry in words.entries if entry.vocabulary == name} for name in (*LABELS, "target")}
    for vocabulary, names in LABELS.items():
        assert set(names) <= known[vocabulary], vocabulary
    named_cells = {
        *cells._WIDE,
        *cells._OTHER_STEM_CELLS,
        *tissues._IMPLIED,
        *tissues._OF_BLOOD,
        *donors._IMPLIED,
        *mentions._SOURCES,
        mentions.BLOOD_STEM,
        *judging._MADE,
        *judging.T_CELLS_TOO,
        *judging._WITH_RECEPTOR,
        *attaching.WITH_RECEPTOR,
    }
    assert named_cells <= known[CELL_TYPE]
    assert {*tissues._IMPLIED.values(), tissues._BLOOD} <= known[TISSUE]
    assert {*donors._IMPLIED.values(), *(slug for pair in donors._OPPOSED for slug in pair)} <= known[DONOR]
    assert {*routes._VAGUE, *routes._INTO_A_CAVITY} <= known["route"]


def test_no_name_of_the_fixtures_is_a_trial_s_number():
    text = "".join(path.read_text(encoding="utf-8") for path in VOCABULARY.glob("*.json"))
    assert "NCT0" not in text
    assert all(json.loads(path.read_text(encoding="utf-8")) for path in VOCABULARY.glob("*.json"))


@pytest.mark.django_db
def test_an_edit_that_began_before_another_and_ended_after_it_is_seen():
    kind, editor = ContentType.objects.get_for_model(Cue), superuser()
    LogEntry.objects.create(pk=8, user=editor, content_type=kind, action_flag=CHANGE)
    before = last_edit()
    LogEntry.objects.create(pk=7, user=editor, content_type=kind, action_flag=CHANGE)
    assert last_edit() != before


def test_keeping_says_why():
    lexicon = shipped_lexicon()
    assert is_cell_therapy(read(record("Relief", "MSC"), lexicon)) == (True, "an intervention says “MSC”")
    assert not is_cell_therapy(read(record("Relief", "MSC exosomes"), lexicon))[0]
    assert is_cell_therapy(None) == (True, "its texts could not be read")


def test_the_shipped_lexicon_is_built_once():
    assert isinstance(shipped_lexicon(), Lexicon)
    assert shipped_lexicon() is shipped_lexicon()
