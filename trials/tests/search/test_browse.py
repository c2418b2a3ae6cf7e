"""What the browse page answers: literal trials in, literal slugs and counts out."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.http import QueryDict

from trials.models import CellType, Condition, Flag, Organisation
from trials.models.choices import SponsorRole
from trials.search.browse import Results, answer
from trials.search.groups import Choice
from trials.search.publishing import publish_all
from trials.tests.search.making import publish, site, term, trial

pytestmark = pytest.mark.django_db

MILAN: dict[str, Any] = {"latitude": 45.46, "longitude": 9.19}


def ask(query: str = "") -> Results:
    publish_all()
    return answer(QueryDict(query))


def found(query: str = "") -> list[str]:
    """Slugs of the trials on the page, in order."""
    return [card.url.split("/")[2] for card in ask(query).cards]


def counts(results: Results, key: str) -> dict[str, int]:
    """Every choice of a facet that is shown, children after their parents."""

    def walk(choices: tuple[Choice, ...]) -> list[tuple[str, int]]:
        return [pair for choice in choices for pair in ((choice.slug, choice.count), *walk(choice.children))]

    return dict(walk(results.facet(key).choices))


def test_an_empty_catalogue_answers_with_nothing():
    results = ask()
    assert (results.total, results.cards, results.page_count) == (0, (), 1)


def test_a_draft_is_neither_found_nor_counted():
    trial("public", status="RECRUITING")
    trial("hidden", status="RECRUITING", state="DRAFT")
    assert found() == ["public"]
    assert counts(ask(), "status") == {"recruiting": 1}


def test_values_of_one_facet_are_or_and_facets_are_and():
    trial("a", status="RECRUITING", phase="PHASE1")
    trial("b", status="COMPLETED", phase="PHASE1")
    trial("c", status="COMPLETED", phase="PHASE3")
    trial("d", status="UNKNOWN", phase="PHASE1")
    assert found("status=recruiting&status=completed&phase=1") == ["a", "b"]


def test_a_facet_ignores_its_own_choice_when_it_counts():
    trial("a", status="RECRUITING", phase="PHASE1")
    trial("b", status="COMPLETED", phase="PHASE1")
    trial("c", status="COMPLETED", phase="PHASE3")
    results = ask("status=recruiting")
    assert results.total == 1
    assert counts(results, "status") == {"recruiting": 1, "completed": 2}
    assert counts(results, "phase") == {"1": 1}


def test_a_combined_phase_counts_for_both_parts():
    trial("both", phase="PHASE1_PHASE2")
    trial("two", phase="PHASE2")
    assert found("phase=1") == ["both"]
    assert found("phase=2") == ["both", "two"]
    assert counts(ask(), "phase") == {"1": 1, "2": 2}


def test_recruiting_never_includes_not_yet_recruiting():
    trial("soon", status="NOT_YET_RECRUITING")
    trial("open", status="RECRUITING")
    assert found("status=recruiting") == ["open"]


def test_a_broader_term_finds_the_narrower_and_counts_each_trial_once():
    stem = term(CellType, "stem")
    term(CellType, "mesenchymal", parent=stem)
    term(CellType, "hematopoietic", parent=stem)
    trial("one", cells=("mesenchymal", "hematopoietic"))
    trial("two", cells=("stem",))
    trial("none")
    results = ask()
    assert counts(results, "cell_type") == {"stem": 2, "mesenchymal": 1, "hematopoietic": 1, "not-stated": 1}
    assert found("cell_type=stem") == ["one", "two"]
    [top, _] = results.facet("cell_type").choices
    assert [child.slug for child in top.children] == ["hematopoietic", "mesenchymal"]


def test_not_stated_is_a_value_that_joins_the_others():
    trial("a", phase="PHASE1")
    trial("b")
    trial("c", phase="PHASE4")
    assert found("phase=not-stated") == ["b"]
    assert found("phase=not-stated&phase=4") == ["b", "c"]


def test_choosing_a_sex_finds_trials_open_to_all():
    trial("women", sex="FEMALE")
    trial("everybody", sex="ALL")
    trial("men", sex="MALE")
    trial("silent")
    assert found("sex=female") == ["women", "everybody"]
    assert counts(ask(), "sex") == {"female": 2, "male": 2, "not-stated": 1}


@pytest.mark.parametrize(
    ("asked", "slugs"),
    [
        ("12", ["child", "from-six", "silent"]),
        ("18", ["child", "adult", "from-six", "silent"]),
        ("19", ["adult", "from-six", "silent"]),
        ("0-5", ["child", "infant", "silent"]),
        ("6m", ["infant", "silent"]),
        ("18.5", ["child", "adult", "from-six", "silent"]),
        ("70-80", ["from-six", "silent"]),
    ],
)
def test_an_age_finds_every_trial_that_may_be_open_to_it(asked, slugs):
    trial("child", min_age_value=3, min_age_unit="YEARS", max_age_value=18, max_age_unit="YEARS")
    trial("adult", min_age_value=18, min_age_unit="YEARS", max_age_value=65, max_age_unit="YEARS")
    trial("from-six", min_age_value=6, min_age_unit="YEARS")
    trial("infant", min_age_value=2, min_age_unit="MONTHS", max_age_value=11, max_age_unit="MONTHS")
    trial("silent")
    assert found(f"age={asked}") == slugs


def test_one_missing_age_limit_is_no_limit_and_two_are_not_stated():
    trial("grown-up", min_age_value=18, min_age_unit="YEARS")
    trial("silent")
    trial("up-to-17", max_age_value=17, max_age_unit="YEARS")
    assert counts(ask(), "age_group") == {"child": 1, "adult": 1, "older-adult": 1, "not-stated": 1}
    assert found("age_group=older-adult") == ["grown-up"]
    assert found("age_group=not-stated") == ["silent"]


def test_open_in_asks_the_site_and_falls_back_on_the_trial():
    site(trial("site-says-open", status="COMPLETED"), "IT", "RECRUITING")
    site(trial("site-says-shut", status="RECRUITING"), "IT", "COMPLETED")
    site(trial("site-silent", status="RECRUITING"), "IT")
    site(trial("elsewhere", status="RECRUITING"), "FR")
    assert found("open_in=it") == ["site-says-open", "site-silent"]
    assert found("country=it") == ["site-says-open", "site-says-shut", "site-silent"]


def test_the_area_comes_from_the_conditions_and_from_the_source():
    from trials.models import Area

    immune = term(Area, "immune")
    lupus = term(Condition, "lupus")
    lupus.areas.add(immune)
    trial("by-condition", conditions=("lupus",))
    stated = trial("by-source")
    stated.areas.create(order=1, wording="Immune system [C20]", area=immune)
    assert found("area=immune") == ["by-condition", "by-source"]


def test_only_the_lead_sponsor_gives_the_sponsor_class():
    company = Organisation.objects.create(name="Company", agency_class="INDUSTRY")
    trial("led").sponsorships.create(order=1, organisation=company, role=SponsorRole.LEAD_SPONSOR)
    trial("helped").sponsorships.create(order=1, organisation=company, role=SponsorRole.COLLABORATOR)
    assert found("sponsor_class=industry") == ["led"]


def test_a_dismissed_flag_is_not_counted():
    flagged = trial("flagged")
    Flag.objects.create(trial=flagged, order=1, rule="age-gap", sentence="…")
    Flag.objects.create(trial=flagged, order=2, rule="typo", sentence="…", dismissed="is right")
    assert counts(ask(), "flag") == {"age-gap": 1}


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("start_from=2021", ["month", "day"]),
        ("start_to=2020", ["year"]),
        ("start_from=2020-06&start_to=2021-03", ["day", "year"]),
        ("start_from=2021-04-20&start_to=2021-04-25", ["month"]),
    ],
)
def test_an_imprecise_start_counts_if_any_of_its_days_does(query, slugs):
    trial("year", start_date="2020")
    trial("day", start_date="2021-03-01")
    trial("month", start_date="2021-04")
    trial("unknown")
    assert sorted(found(query)) == sorted(slugs)


def test_words_ignore_case_accents_and_hyphens_and_match_the_start_of_a_word():
    trial("a", title="Células CAR-T en Mérida")
    trial("b", title="Scar tissue")
    assert found("q=car-t") == ["a"]
    assert found("q=merida+CELULAS") == ["a"]
    assert found("q=CAR") == ["a"]


def test_a_short_word_is_a_whole_word_and_a_hyphen_makes_a_phrase():
    trial("a", title="RA and CAR-T cells")
    trial("b", title="Radiation, also T cells of a car")
    assert found("q=ra") == ["a"]
    assert found("q=als") == []
    assert found("q=car-t") == ["a"]
    assert found("q=rad") == []
    assert found("q=radi") == ["b"]


def test_words_find_a_trial_by_the_country_of_its_sites():
    site(trial("a"), "ES")
    trial("b")
    assert found("q=spain") == ["a"]


def test_words_without_a_letter_ask_for_nothing_and_say_so():
    trial("a")
    results = ask("q=%22%25")
    assert (results.total, results.title) == (1, "All cell-therapy trials")
    assert [remark.parameter for remark in results.remarks] == ["q"]
    assert found("q=trial+/+a") == ["a"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("phase=not-stated", "Trials: without a stated phase"),
        ("phase=1&phase=not-stated", "Trials: Phase 1 or without a stated phase"),
        ("condition=not-stated", "Trials: for conditions that are not mapped to a term"),
        ("flag=not-stated", "Trials: without contradictions or oddities found"),
        ("country=not-stated", "Trials: without a stated country"),
        ("age=6m", "Trials: open to age 6 months"),
        ("age=6m-2", "Trials: open to age 6 months to 2"),
    ],
)
def test_the_title_says_what_is_not_stated(query, title):
    assert ask(query).title == title


def test_every_facet_that_can_be_not_stated_has_words_for_it():
    from trials.search.facets import FACETS

    assert [facet.key for facet in FACETS if bool(facet.missing) != bool(facet.missing_phrase)] == []


def test_the_newest_date_of_any_document_counts_as_the_last_update():
    trial("old", last_update_posted="2021")
    trial("new").registrations.create(order=1, document="record", updated="2024-04-12")
    assert found() == ["new", "old"]


def test_words_find_a_trial_by_the_synonyms_of_its_terms():
    term(CellType, "mesenchymal", synonyms=["MSC"])
    trial("a", cells=("mesenchymal",))
    trial("b")
    assert found("q=msc") == ["a"]


def test_each_order_puts_what_is_not_stated_last():
    trial("a", title="Zebra", last_update_posted="2020", start_date="2024-05", enrollment_count=0)
    trial("b", title="Ähre", last_update_posted="2020-02")
    trial("c", title="Mitte", start_date="2024-06", enrollment_count=50)
    assert found() == ["b", "a", "c"]
    assert found("sort=start") == ["c", "a", "b"]
    assert found("sort=title") == ["b", "c", "a"]
    assert found("sort=enrolment") == ["c", "a", "b"]


def test_pages_hold_twenty_and_a_page_past_the_end_shows_the_last_and_says_so():
    for number in range(45):
        trial(f"t{number:02}")
    results = ask("page=3")
    assert (results.first, results.last, len(results.cards)) == (41, 45, 5)
    results = ask("page=1000000000")
    assert (results.page, results.first) == (3, 41)
    assert [remark.parameter for remark in results.remarks] == ["page"]
    assert [link.label for link in ask("page=2").pages] == ["1", "2", "3"]


def test_the_title_says_the_question_in_words():
    term(CellType, "mesenchymal-stromal")
    trial("a", conditions=("lupus",), cells=("mesenchymal-stromal",), phase="PHASE1")
    title = ask("cell_type=mesenchymal-stromal&condition=lupus&phase=1&phase=2&age=12-18&q=x").title
    assert title == (
        "Trials: for Lupus; with Mesenchymal stromal; Phase 1 or Phase 2; open to age 12 to 18; that mention “x”"
    )
    assert ask().title == "All cell-therapy trials"


def test_a_chip_takes_its_own_choice_away_and_keeps_the_rest():
    trial("a", phase="PHASE1")
    results = ask("phase=1&status=not-stated&q=trial&age=12&sort=title")
    assert [(chip.label, chip.url) for chip in results.chips] == [
        ("“trial”", "/trials/?status=not-stated&phase=1&age=12&sort=title"),
        ("Status: not stated or not kept", "/trials/?q=trial&phase=1&age=12&sort=title"),
        ("Phase: Phase 1", "/trials/?q=trial&status=not-stated&age=12&sort=title"),
        ("Age 12", "/trials/?q=trial&status=not-stated&phase=1&sort=title"),
    ]
    assert results.clear_url == "/trials/?sort=title"


def test_a_choice_links_to_itself_added_and_a_chosen_one_to_itself_taken_away():
    trial("a", phase="PHASE1")
    trial("b", phase="PHASE3")
    first, third = ask("phase=1&page=2").facet("phase").choices
    assert (first.is_chosen, first.url) == (True, "/trials/")
    assert (third.is_chosen, third.url) == (False, "/trials/?phase=1&phase=3")


@time_machine.travel("2026-01-15")
def test_a_card_shows_what_decides():
    made = trial(
        "nct1",
        title="A trial",
        status="RECRUITING",
        status_verified="2025-11",
        phase="PHASE1_PHASE2",
        conditions=("lupus",),
        cells=("mesenchymal",),
        sex="ALL",
        min_age_value=3,
        min_age_unit="YEARS",
        max_age_value=18,
        max_age_unit="YEARS",
        enrollment_count=11,
        enrollment_type="ESTIMATED",
        enrollment_conditional_max=22,
    )
    made.doses.create(order=1, amount_low=1_500_000, basis="PER_KG", administrations=3)
    made.doses.create(order=2, amount_low=2_000_000, basis="PER_KG", administrations=3, is_conditional=True)
    site(made, "IT", city="Milan")
    [card] = ask().cards
    assert (card.status, card.status_kind, card.status_verified) == ("Recruiting", "open", "November 2025")
    assert (card.phase, card.ages, card.sex) == ("Phase 1/2", "3 to 18 years", "all sexes")
    assert card.doses == (
        "1.5 × 10⁶ cells/kg, 3 times",
        "2 × 10⁶ cells/kg, 3 times (only if a condition is met)",
    )
    assert card.enrolment == "11 participants estimated, up to 22 if a condition is met"
    assert card.places == "1 site in Italy"


QUESTIONS = ("", "status=recruiting&phase=1", "near=milan&within=50&age=12&sort=title", "page=2", "country=it&flag=x")


@pytest.mark.parametrize("query", QUESTIONS)
def test_a_page_takes_four_queries_at_most(query, client, django_assert_max_num_queries):
    for number in range(30):
        site(trial(f"t{number}", conditions=(f"c{number}",), cells=(f"k{number}",)), "IT", city="Milan", **MILAN)
    publish_all()
    client.get("/trials/")
    with django_assert_max_num_queries(4):
        assert client.get(f"/trials/?{query}").status_code == 200


def test_after_an_edit_one_request_reads_what_changed_and_the_next_none_of_it(client, django_assert_max_num_queries):
    made = [trial(f"t{number}", conditions=("lupus",)) for number in range(30)]
    publish_all()
    client.get("/trials/")
    for changed in (made[:1], made):
        publish([each.pk for each in changed])
        # One for each source and range of the facets, and two for the place of each title.
        with django_assert_max_num_queries(35 + 2 * len(changed)):
            client.get("/trials/?status=recruiting")
        with django_assert_max_num_queries(4):
            client.get("/trials/?status=recruiting")


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("near=milan", ["milan", "silent", "pavia"]),
        ("near=milan&within=10", ["milan", "silent"]),
        ("near=milan&within=20000", ["milan", "silent", "pavia", "rome"]),
        ("near=rome&within=20", ["rome"]),
        ("near=pavia&within=40&status=recruiting", ["milan"]),
    ],
)
def test_near_a_city_finds_the_trials_with_a_site_within_the_distance(query, slugs):
    site(trial("milan", status="RECRUITING"), "IT", city="Milan", **MILAN)
    site(trial("silent"), "IT", city="MILAN")
    site(trial("pavia"), "IT", city="Pavia", latitude=45.19, longitude=9.16)
    site(trial("rome"), "IT", city="Rome", latitude=41.89, longitude=12.48)
    trial("nowhere")
    assert found(query) == slugs


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("enrolment_from=0", ["none", "some", "many"]),
        ("enrolment_from=1", ["some", "many"]),
        ("enrolment_to=20", ["none", "some"]),
        ("enrolment_from=20&enrolment_to=20", ["some"]),
        ("enrolment_from=21&enrolment_to=499", []),
        ("enrolment_from=999999999", []),
    ],
)
def test_a_number_of_participants_finds_trials_that_state_one_in_it(query, slugs):
    trial("none", enrollment_count=0)
    trial("some", enrollment_count=20)
    trial("many", enrollment_count=500)
    trial("silent")
    assert found(query) == slugs


def test_a_place_and_numbers_are_said_in_the_title_and_taken_away_by_their_chips():
    site(trial("a"), "IT", city="Milan", **MILAN)
    results = ask("near=milan&within=50&enrolment_from=1&enrolment_to=20&phase=1")
    assert results.title == (
        "Trials: Phase 1; with 1 participant or more; with 20 participants or fewer; "
        "with a site within 50 km of Milan, Italy"
    )
    rest = "/trials/?phase=1&"
    assert [(chip.label, chip.url) for chip in results.chips[1:]] == [
        ("Participants from 1", rest + "enrolment_to=20&near=milan%2Cit&within=50"),
        ("Participants up to 20", rest + "enrolment_from=1&near=milan%2Cit&within=50"),
        ("Within 50 km of Milan, Italy", rest + "enrolment_from=1&enrolment_to=20"),
    ]
    assert results.has_ranges
    assert results.kept_by_ranges == (("phase", "1"),)


def test_a_place_that_is_none_is_named_and_narrows_nothing():
    site(trial("a"), "IT", city="Milan", **MILAN)
    results = ask("near=atlantis")
    assert (results.total, results.has_ranges) == (1, False)
    assert [(remark.parameter, remark.given) for remark in results.remarks] == [("near", "atlantis")]
