"""Earlier and later trials: found by their numbers, with the words or the field that name them."""

import pytest

from trials.models.choices import State
from trials.tests.search.making import trial
from trials.tests.search.text.making import written
from trials.tests.views._record.making import document, open_page
from trials.views._record.lineage import Mention, mentions_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("An extension of NCT00000002.", "PREDECESSOR"),
        ("A long-term follow-up study of participants treated in NCT00000002.", "PREDECESSOR"),
        ("Participants go on to the follow-up study NCT00000002.", "SUCCESSOR"),
        ("The earlier trial was safe. NCT00000002 had another design.", ""),
        ("Data of NCT 00000002 are not used.", ""),
    ],
)
def test_the_nearest_words_of_the_sentence_say_how_the_trials_stand(text, kind):
    this = trial("nct00000001", brief_summary=text)
    assert mentions_of(this) == (Mention("NCT00000002", kind, "Summary", text),)


def test_the_trials_own_numbers_are_no_other_trial():
    this = trial(
        "nct00000001", brief_summary="NCT00000001, EudraCT 2019-003906-28, EU CT 2023-508432-53-00, 2010-12-31."
    )
    document(this, "Record", registry="EUCTR", number="EUCTR2019-003906-28")
    this.identifiers.create(order=1, kind="CTIS", value="2023-508432-53-00")
    assert mentions_of(this) == ()


def test_of_two_places_the_one_that_says_more_is_kept():
    this = trial("nct00000001", brief_summary="See NCT00000002.", detailed_description="An extension of NCT00000002.")
    assert [(one.kind, one.where) for one in mentions_of(this)] == [("PREDECESSOR", "Description")]


def test_a_long_text_gives_the_words_around_the_number():
    this = trial("nct00000001", brief_summary=f"{'before ' * 60}see NCT00000002 then {'after ' * 60}")
    passage = mentions_of(this)[0].passage
    assert passage.startswith("… before")
    assert passage.endswith("after …")
    assert len(passage) < 360


def test_the_line_names_earlier_later_and_naming_trials_with_field_or_passage():
    this = trial("nct00000001", brief_summary="An extension of NCT00000002. Then the follow-up study NCT00000003.")
    document(this, "Record", registry="CTGOV", number="NCT00000001")
    this.identifiers.create(order=1, kind="OTHER_GRANT", value="NCT00000004")
    document(trial("first", title="The first", status="COMPLETED"), "Record", registry="CTGOV", number="NCT00000002")
    document(trial("draft", title="A draft", state=State.DRAFT), "Record", registry="CTGOV", number="NCT00000003")
    naming = trial("nct00000005", title="The last")
    naming.relatedrecords.create(order=1, kind="PREDECESSOR", number="NCT00000001")
    page = open_page(this)
    line = page.section("related").split("The line of this trial ")[1].split("In this catalogue")[0]
    assert line.split("Earlier trial ")[1].startswith(
        "NCT00000002 The first Completed · in this catalogue Summary: “An ext"
    )
    assert "Later trial NCT00000003 only named, not held here Summary: “" in line
    assert "Later trial NCT00000005 The last in this catalogue its own record, which names this trial" in line
    assert "Named in its text NCT00000004 only named, not held here Among the other numbers, as: Grant" in line
    assert {"/trials/first/", "/trials/nct00000005/", "https://clinicaltrials.gov/study/NCT00000003"} <= set(page.links)
    assert "A draft" not in page.text


def test_a_predecessor_that_the_text_names_too_stands_once_with_both():
    this = trial("nct00000001", brief_summary="After NCT00000002.")
    this.relatedrecords.create(order=1, kind="PREDECESSOR", number="NCT00000002", reason="Same group.")
    text = open_page(this).section("related")
    assert "Our remark: Same group. Summary: “After NCT00000002.”" in text
    assert text.count("only named") == 1


def test_a_trial_whose_text_names_this_one_stands_in_its_line():
    this = trial("nct00000001", title="The first")
    document(this, "Record", registry="CTGOV", number="NCT00000001")
    later = trial("nct00000002", title="Its extension", status="RECRUITING")
    later.criteria.create(order=1, kind="INCLUSION", text="Completed in NCT00000001.")
    trial("nct00000003", title="A draft", state=State.DRAFT, brief_summary="Extension of NCT00000001.")
    trial("nct00000004", brief_summary="Unlike NCT00000011.")
    written()
    text = open_page(this).section("related")
    assert "Later trial NCT00000002 Its extension Recruiting · in this catalogue" in text
    assert "Inclusion criterion of that trial: “Completed in NCT00000001.”" in text
    assert "NCT00000003" not in text
    assert "NCT00000004" not in text.split("In this catalogue")[0]
