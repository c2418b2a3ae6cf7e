"""Trials: the list, the address, drafts, the way to the public page."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trials import models
from trials.admin.trial import TrialAdmin
from trials.search.publishing import publish_all
from trials.tests.admin import making
from trials.tests.admin.making import add_row, change_url, fill, opened, problems, save

pytestmark = pytest.mark.page

ADD = "/admin/trials/trial/add/"
LIST = "/admin/trials/trial/"


def add(editor, **values):
    sent = opened(editor, ADD)
    sent |= {name: [value] for name, value in values.items()}
    return editor.post(ADD, sent)


def without_rows(sent):
    """The form without its lists, for tests of the trial's own fields: quicker, and allowed."""
    return {name: value for name, value in sent.items() if "-" not in name}


# Address and state


def test_a_trial_made_by_hand_is_a_draft_even_if_the_form_says_otherwise(editor):
    assert add(editor, title="By hand", state="PUBLISHED").status_code == 302
    assert models.Trial.objects.get().state == "DRAFT"


def test_an_address_is_proposed_from_the_title(editor):
    add(editor, title="Cord blood cells for ALS, part 2")
    assert models.Trial.objects.get().slug == "cord-blood-cells-for-als-part-2"


def test_an_address_is_proposed_from_the_first_registry_number(editor):
    sent = opened(editor, ADD)
    sent["title"] = ["Cord blood cells"]
    add_row(sent, "registrations", document="Page", registry="CTGOV", number="NCT01234567", is_lead="on")
    assert save(editor, ADD, sent) == []
    made = models.Trial.objects.get()
    assert (made.slug, made.registrations.get().number) == ("nct01234567", "NCT01234567")


def test_a_trial_comes_with_all_its_lists_in_one_go(editor):
    sent = opened(editor, ADD)
    sent["title"] = ["Whole"]
    add_row(sent, "arms", label="Cells")
    add_row(sent, "criteria", kind="INCLUSION", text="Adults")
    add_row(sent, "sites", city="Rome", country="Italy")
    assert save(editor, ADD, sent) == []
    made = models.Trial.objects.get()
    assert (made.arms.get().label, made.criteria.get().text, made.sites.get().country) == ("Cells", "Adults", "IT")


def test_two_leading_documents_of_a_new_trial_are_refused(editor):
    sent = opened(editor, ADD)
    sent["title"] = ["Two leads"]
    add_row(sent, "registrations", document="One", is_lead="on")
    add_row(sent, "registrations", document="Two", is_lead="on")
    assert save(editor, ADD, sent) == ["Another document already leads this trial. See “One”."]


def test_the_old_address_goes_on_leading_to_the_trial(editor, trial):
    sent = without_rows(opened(editor, change_url(trial)))
    sent["slug"] = ["New-Address"]
    assert save(editor, change_url(trial), sent) == []
    trial.refresh_from_db()
    assert (trial.slug, trial.former_slugs.get().slug) == ("new-address", "nct00000001")


def test_an_address_that_is_emptied_stays(editor, trial):
    sent = without_rows(opened(editor, change_url(trial)))
    sent["slug"] = [""]
    assert save(editor, change_url(trial), sent) == []
    trial.refresh_from_db()
    assert trial.slug == "nct00000001"
    assert not trial.former_slugs.exists()


def test_an_address_that_cannot_be_had_is_refused(editor, trial):
    other = making.trial("taken")
    models.FormerSlug.objects.create(slug="former", trial=other)
    models.FormerSlug.objects.create(slug="forgotten")
    sent = without_rows(opened(editor, change_url(trial)))
    for slug, message in (
        ("facets", "This address is reserved: facets, suggest and export are pages of their own."),
        ("Export", "This address is reserved: facets, suggest and export are pages of their own."),
        ("taken", "Another trial has this address."),
        ("former", "This address once led to another trial, and addresses are never reused."),
        ("forgotten", "This address once led to another trial, and addresses are never reused."),
        ("two words", "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    ):
        assert save(editor, change_url(trial), sent | {"slug": [slug]}) == [message], slug


def test_a_trial_takes_its_own_former_address_back(editor, trial):
    models.FormerSlug.objects.create(slug="former", trial=trial)
    sent = without_rows(opened(editor, change_url(trial)))
    sent["slug"] = ["former"]
    assert save(editor, change_url(trial), sent) == []
    assert [former.slug for former in trial.former_slugs.all()] == ["nct00000001"]


def test_only_a_published_trial_is_viewed_on_the_site(editor, trial):
    assert "View on site" not in editor.get(change_url(trial)).content.decode()
    models.Trial.objects.update(state="PUBLISHED")
    assert f'href="{trial.get_absolute_url()}"' in editor.get(change_url(trial)).content.decode()


# Fields


MISTAKES = [
    ({"title": ""}, "A trial needs a title. If the source gives none, write a working title and name “title”"),
    ({"min_age_value": "18"}, "The minimum age needs a number from 0 up and a unit, or neither."),
    ({"max_age_unit": "YEARS"}, "The maximum age needs a number from 0 up and a unit, or neither."),
    (
        {"min_age_value": "-1", "min_age_unit": "YEARS"},
        "The minimum age needs a number from 0 up and a unit, or neither.",
    ),
    (
        {"enrollment_count": "20", "enrollment_conditional_max": "10"},
        "The conditional maximum cannot be below the planned enrolment.",
    ),
    (
        {"min_age_value": "18", "min_age_unit": "YEARS", "max_age_value": "40", "max_age_unit": "MONTHS"},
        "The minimum age is above the maximum age. Correct one of the two.",
    ),
    (
        {"start_date": "2028-05", "completion_date": "2028-04-30"},
        "The completion date is before the start date. Correct one of the two.",
    ),
    (
        {"start_date": "2028-05", "primary_completion_date": "2027"},
        "The primary completion date is before the start date. Correct one of the two.",
    ),
    (
        {"primary_completion_date": "2028-05", "completion_date": "2028-04"},
        "The completion date is before the primary completion date. Correct one of the two.",
    ),
    ({"start_date": "May 2028"}, "“May 2028” is not a date: write 2028, 2028-04 or 2028-04-30"),
    ({"start_date": "2028-02-30"}, "“2028-02-30” is not a date in the calendar"),
    ({"status": "BUSY"}, "Select a valid choice. BUSY is not one of the available choices."),
    ({"who_masked": "NURSE"}, "Select a valid choice. NURSE is not one of the available choices."),
    ({"our_wording": "sex"}, "Select a valid choice. sex is not one of the available choices."),
]


def test_a_mistake_in_the_trials_own_fields_is_explained(editor, trial):
    untouched = without_rows(opened(editor, change_url(trial)))
    for values, message in MISTAKES:
        sent = untouched | {name: [value] for name, value in values.items()}
        (problem,) = save(editor, change_url(trial), sent)
        assert problem.startswith(message), values


def test_fields_are_saved_as_they_are_typed(editor, trial):
    sent = without_rows(opened(editor, change_url(trial)))
    sent |= {
        "keywords": ["MSC\r\nSDNS"],
        "our_wording": ["title", "brief_summary"],
        "who_masked": ["PARTICIPANT"],
        "start_date": ["2028-04"],
        "min_age_value": ["6"],
        "min_age_unit": ["MONTHS"],
        "healthy_volunteers": ["false"],
        "has_dmc": ["unknown"],
        "brief_summary": ["One line.\r\nAnother."],
    }
    assert save(editor, change_url(trial), sent) == []
    trial.refresh_from_db()
    assert trial.keywords == ["MSC", "SDNS"]
    assert trial.our_wording == ["title", "brief_summary"]
    assert trial.who_masked == ["PARTICIPANT"]
    assert str(trial.start_date) == "2028-04"
    assert trial.min_age_years == 0.5
    assert (trial.healthy_volunteers, trial.has_dmc) == (False, None)
    assert trial.brief_summary == "One line.\nAnother."


def test_a_date_that_nobody_touched_is_no_change(editor, trial):
    models.Trial.objects.update(start_date="2028-04")
    sent = without_rows(opened(editor, change_url(trial)))
    assert save(editor, change_url(trial), sent | {"title": ["A better title"]}) == []
    assert LogEntry.objects.get().get_change_message() == "Changed Title."


def test_dates_that_may_still_be_in_order_and_ages_that_meet_are_saved(editor, trial):
    sent = without_rows(opened(editor, change_url(trial)))
    sent |= {"start_date": ["2028-04-30"], "primary_completion_date": ["2028-04"], "completion_date": ["2028"]}
    sent |= {"min_age_value": ["18"], "min_age_unit": ["YEARS"], "max_age_value": ["18"], "max_age_unit": ["YEARS"]}
    assert save(editor, change_url(trial), sent) == []


def test_a_contradiction_that_was_imported_does_not_stop_another_edit(editor, trial):
    wrong = {"start_date": "2028-05", "completion_date": "2028-04", "min_age_value": 40, "max_age_value": 18}
    models.Trial.objects.update(**wrong, min_age_unit="YEARS", max_age_unit="YEARS")
    sent = without_rows(opened(editor, change_url(trial)))
    assert save(editor, change_url(trial), sent | {"title": ["A better title"]}) == []
    trial.refresh_from_db()
    assert (trial.title, str(trial.completion_date), trial.max_age_value) == ("A better title", "2028-04", 18)
    sent["version"] = [str(trial.version)]
    (problem,) = save(editor, change_url(trial), sent | {"max_age_value": ["19"]})
    assert problem.startswith("The minimum age is above the maximum age.")


def test_a_list_that_nobody_touched_keeps_its_order(editor, trial):
    models.Trial.objects.update(our_wording=["objectives", "title"])
    sent = without_rows(opened(editor, change_url(trial)))
    sent["acronym"] = ["RACE"]
    save(editor, change_url(trial), sent)
    trial.refresh_from_db()
    assert trial.our_wording == ["objectives", "title"]


def test_what_the_database_refuses_comes_back_with_all_that_was_typed(editor, trial, monkeypatch):
    """Somebody saves between the form's checks and its own save."""
    sent = without_rows(opened(editor, change_url(trial)))
    sent["acronym"] = ["TYPED"]

    def refuse(*args):
        raise IntegrityError('new row violates check constraint "trial_title_given"')

    monkeypatch.setattr(TrialAdmin, "save_model", refuse)
    page = editor.post(change_url(trial), sent)
    (problem,) = problems(page)
    assert problem.startswith("A trial needs a title.")
    assert problem.endswith("Nothing was saved.")
    assert 'value="TYPED"' in page.content.decode()
    assert not LogEntry.objects.exists()


def test_an_address_taken_at_the_same_moment_comes_back_as_an_error(editor, trial, monkeypatch):
    sent = without_rows(opened(editor, change_url(trial)))
    sent["slug"] = ["wanted"]
    unpatched = TrialAdmin.save_model

    def overtaken(*args):
        models.FormerSlug.objects.get_or_create(slug="wanted")
        return unpatched(*args)

    monkeypatch.setattr(TrialAdmin, "save_model", overtaken)
    (problem,) = save(editor, change_url(trial), sent)
    assert "The address “wanted” is taken" in problem
    trial.refresh_from_db()
    assert trial.slug == "nct00000001"


# The list


@pytest.fixture
def three(db):
    race = making.trial("nct1", acronym="RACE", status="RECRUITING", phase="PHASE1", state="PUBLISHED")
    fill(race, 1)
    models.Sponsorship.objects.update(role="LEAD_SPONSOR")
    models.Organisation.objects.update(agency_class="INDUSTRY")
    making.trial("nct2", title="Heart cells", study_type="OBSERVATIONAL")
    making.trial("nct3", display_title="An easier title", phase="PHASE2")
    publish_all()
    return models.Trial.objects


def listed(editor, query):
    return {trial.slug for trial in editor.get(LIST + query).context["cl"].queryset}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"nct1", "nct2", "nct3"}),
        ("?state__exact=DRAFT", {"nct2", "nct3"}),
        ("?status=RECRUITING", {"nct1"}),
        ("?status=not-stated", {"nct2", "nct3"}),
        ("?phase=PHASE2", {"nct3"}),
        ("?study_type=OBSERVATIONAL", {"nct2"}),
        ("?cell_type=msc", {"nct1"}),
        ("?tissue=marrow", {"nct1"}),
        ("?route=iv", {"nct1"}),
        ("?donor=autologous", set()),
        ("?target=cd19", set()),
        ("?condition=als", {"nct1"}),
        ("?area=nervous", {"nct1"}),
        ("?sponsor_class=INDUSTRY", {"nct1"}),
        ("?sponsor_class=NIH", set()),
        ("?flag=WARNING", {"nct1"}),
        ("?flag=SERIOUS", set()),
        ("?q=race", {"nct1"}),
        ("?q=heart", {"nct2"}),
        ("?q=easier", {"nct3"}),
        ("?q=NCT1-1", {"nct1"}),
        ("?q=ID-1", {"nct1"}),
        ("?q=a trial called", {"nct1", "nct3"}),
        ("?q=nct2", {"nct2"}),
        ("?q=condition", set()),
    ],
)
def test_the_list_is_searched_and_filtered(editor, three, query, found):
    assert listed(editor, query) == found


def test_an_area_is_found_through_a_condition_of_it(editor, three):
    models.TrialArea.objects.all().delete()
    models.Condition.objects.get().areas.add(models.Area.objects.get())
    assert listed(editor, "?area=nervous") == {"nct1"}


def test_the_list_shows_what_a_trial_is(editor, three):
    text = editor.get(LIST).content.decode()
    for words in ("RACE: A trial called nct1", "nct1-1", "MSC", "Recruiting", "An easier title"):
        assert words in text


@pytest.mark.parametrize(
    ("documents", "shown"),
    [
        ([("A page", "", True), ("The record", "NCT01234567", False)], "NCT01234567"),
        ([("The record", "NCT01234567", False), ("A page", "NCT07654321", True)], "NCT07654321"),
        ([("Another page", "", False), ("A page", "", True)], "A page"),
        ([], "-"),
    ],
)
def test_the_list_names_a_trial_by_a_number_if_it_has_any(editor, trial, documents, shown):
    for order, (document, number, is_lead) in enumerate(documents, 1):
        registry = "CTGOV" if number else ""
        trial.registrations.create(order=order, document=document, registry=registry, number=number, is_lead=is_lead)
    assert f'<td class="field-lead_registration">{shown}</td>' in editor.get(LIST).content.decode()


def test_the_list_asks_no_more_of_the_database_for_more_trials(editor, three):
    editor.get(LIST)
    with CaptureQueriesContext(connection) as few:
        editor.get(LIST)
    for at in range(20):
        fill(making.trial(f"more-{at}"), 1)
    with CaptureQueriesContext(connection) as many:
        editor.get(LIST)
    assert len(many) == len(few) < 35


# Actions


def act(editor, action, trials):
    page = making.act(editor, LIST, action, trials)
    return [str(message) for message in page.context["messages"]]


def test_publishing_says_exactly_what_it_did(editor, three):
    messages = act(editor, "publish", three.all())
    assert messages == [
        "Published: nct2: Heart cells, nct3: An easier title.",
        "1 trial is public already.",
    ]
    assert set(three.values_list("state", flat=True)) == {"PUBLISHED"}
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Published.", "Published."]


def test_withdrawing_takes_a_trial_off_the_public_pages(editor, three):
    before = three.get(slug="nct1").updated
    assert act(editor, "withdraw", three.filter(slug="nct1")) == ["Withdrawn to draft: nct1: RACE."]
    assert three.get(slug="nct1").state == "DRAFT"
    assert three.get(slug="nct1").updated > before


# Deleting


def test_deleting_says_what_goes_with_the_trial_and_takes_it(editor, trial):
    making.sites(trial, 300)
    making.criteria(trial, 2)
    other = making.trial("other")
    models.RelatedRecord.objects.create(trial=other, order=1, kind="LISTED", number="NCT1", related=trial)
    address = reverse("admin:trials_trial_delete", args=[trial.pk])
    with CaptureQueriesContext(connection) as queries:
        text = editor.get(address).content.decode()
    for words in ("Sites: 300", "Criteria: 2", "1 entry of other trials will no longer link here."):
        assert words in text
    assert "Hospital 17" not in text
    assert len(queries) < 40
    assert editor.post(address, {"post": "yes"}).status_code == 302
    assert not models.Site.objects.exists()
    assert models.FormerSlug.objects.get().slug == "nct00000001"
    assert other.relatedrecords.get().related is None


def test_several_trials_are_deleted_with_a_summary(editor, three):
    sent = {"action": "delete_selected", "_selected_action": [trial.pk for trial in three.all()]}
    text = editor.post(LIST, sent).content.decode()
    assert "Trials: 3" in text
    assert "Doses: 1" in text
    assert three.count() == 3
    editor.post(LIST, sent | {"post": "yes"})
    assert three.count() == 0
    assert set(models.FormerSlug.objects.values_list("slug", flat=True)) == {"nct1", "nct2", "nct3"}
