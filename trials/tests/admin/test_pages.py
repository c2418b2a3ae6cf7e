"""Every page of the admin opens for who may see it, and for nobody else; no address makes it fail."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from trials import models
from trials.admin.rows import LISTS
from trials.tests.admin.making import rows_url, signed_in
from trials.tests.admin.registered import REGISTERED

pytestmark = pytest.mark.page

# Preview links are made and revoked on the form of their trial.
EDITED_ELSEWHERE = {inline.model for inline in LISTS.values()} | {models.PreviewLink}
OF_THE_LOADER = {models.Merged, models.FixtureFile, models.FixtureRow}
# What a record claims stands in the record itself, which the admin shows; a reading only says when texts were read.
OF_THE_IMPORTS = {models.Claim, models.ConditionChange, models.FormerName, models.TrialReading}
# Shown on the pages of uploads.
OF_THE_WORKER = {models.JobRecord, models.Worker}
LOOKED_AT = {
    models.AuditEntry,
    models.FormerSlug,
    models.ImportRun,
    models.Job,
    models.RawRecord,
    models.Change,
    models.Edit,
    models.MatchSuggestion,
    models.TrialCondition,
}
# A flag is written, and taken away, on the form of its trial.
NOT_ADDED = LOOKED_AT | {models.Flag, models.Lock}
NOT_DELETED = LOOKED_AT | {models.Flag}


def addresses(model, thing):
    """Every page of a model that opens with a GET: (name, address)."""
    name = model._meta.model_name
    yield "changelist", reverse(f"admin:trials_{name}_changelist")
    if model not in NOT_ADDED:
        yield "add", reverse(f"admin:trials_{name}_add")
    if model not in NOT_DELETED:
        yield "delete", reverse(f"admin:trials_{name}_delete", args=[thing.pk])
    yield "change", reverse(f"admin:trials_{name}_change", args=[thing.pk])
    yield "history", reverse(f"admin:trials_{name}_history", args=[thing.pk])
    if model is models.Job:
        yield "add", reverse("admin:trials_job_add")
        yield "progress", reverse("admin:trials_job_progress", args=[thing.pk])
    if model is models.Trial:
        yield from ((f"rows of {rows}", rows_url(thing, rows)) for rows in LISTS)
        yield "locks", reverse("admin:trials_trial_locks", args=[thing.pk])
        yield "deleted", reverse("admin:trials_trial_deleted")


def test_every_model_is_edited_somewhere_or_belongs_to_the_loader():
    everywhere = (
        set(REGISTERED) | EDITED_ELSEWHERE | OF_THE_LOADER | OF_THE_IMPORTS | OF_THE_WORKER | set(models.DERIVED)
    )
    # The timeline of a trial shows its history.
    everywhere |= set(models.HISTORY)
    assert set(apps.get_app_config("trials").get_models()) == everywhere


def test_the_index_names_the_catalogue_and_leads_to_the_public_pages(editor):
    text = editor.get("/admin/").content.decode()
    assert "Cell-therapy trial catalogue" in text
    assert '<a href="/">View site</a>' in text


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.model_name)
def test_every_page_opens_for_an_editor_and_asks_others_to_sign_in(editor, everything, model):
    for name, address in addresses(model, everything[model]):
        answer = editor.get(address)
        assert answer.status_code == 200, name
        assert "style=" not in answer.content.decode(), name
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address}"), name


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.model_name)
def test_every_page_is_closed_to_staff_without_permission(everything, model):
    staff = signed_in(get_user_model().objects.create_user("staff", password="p", is_staff=True))
    for name, address in addresses(model, everything[model]):
        assert staff.get(address).status_code == 403, name


def with_permissions(*names):
    user = get_user_model().objects.create_user("some", password="p", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return signed_in(user)


def test_who_may_only_look_sees_rows_without_inputs(everything):
    made = everything[models.Trial]
    reader = with_permissions("view_trial", "view_site", "view_arm")
    page = reader.get(reverse("admin:trials_trial_change", args=[made.pk])).content.decode()
    assert "Arm 1" in page
    assert 'name="arms-0-label"' not in page
    assert "Measure 1" not in page
    assert 'name="sites-0-city"' not in reader.get(rows_url(made, "sites")).content.decode()


def test_who_may_only_look_changes_nothing(everything):
    made = everything[models.Trial]
    reader = with_permissions("view_trial", "view_site")
    assert reader.post(rows_url(made, "sites"), {"sites-TOTAL_FORMS": "0"}).status_code == 403
    assert reader.post(reverse("admin:trials_trial_change", args=[made.pk]), {"title": "x"}).status_code == 403


def test_who_may_edit_trials_but_not_sites_cannot_open_their_list(everything):
    helper = with_permissions("view_trial", "change_trial")
    assert helper.get(rows_url(everything[models.Trial], "sites")).status_code == 403


def test_a_list_that_one_may_only_look_at_is_not_changed_by_the_form(everything):
    made = everything[models.Trial]
    helper = with_permissions("view_trial", "change_trial", "view_site", "view_arm", "change_arm")
    address = reverse("admin:trials_trial_change", args=[made.pk])
    text = helper.get(address).content.decode()
    assert 'name="arms-0-label"' in text
    assert 'name="sites-0-city"' not in text
    sent = {
        "version": made.version,
        "title": "Renamed",
        "slug": made.slug,
        "state": made.state,
        "sites-TOTAL_FORMS": "1",
        "sites-INITIAL_FORMS": "1",
        "sites-0-id": made.sites.first().pk,
        "sites-0-city": "Elsewhere",
    }
    assert helper.post(address, sent).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.sites.first().city) == ("Renamed", "Milan")


ODD = [
    "/admin/trials/trial/abc/change/",
    "/admin/trials/trial/99999999999999999999999/change/",
    "/admin/trials/trial/0/rows/sites/",
    "/admin/trials/trial/abc/rows/sites/",
    "/admin/trials/trial/abc/delete/",
    "/admin/trials/trial/abc/history/",
    "/admin/trials/trial/?p=abc",
    "/admin/trials/trial/?p=-1",
    "/admin/trials/trial/?o=x.y",
    "/admin/trials/trial/?q=%00",
    "/admin/trials/trial/?state__exact=%00",
    "/admin/trials/trial/?status=%00",
    "/admin/trials/trial/?nonsense=1",
    "/admin/trials/trial/?status=nonsense&phase=&cell_type=%27&area=x&condition=x&sponsor_class=x&flag=x",
    "/admin/trials/trial/?organisation=abc",
    "/admin/trials/trial/?organisation=99999999999999999999999",
    "/admin/trials/trial/?updated__gte=garbage",
    "/admin/trials/trial/?_facets=True",
    "/admin/trials/trial/?e=1",
    "/admin/trials/celltype/?q=%00",
    "/admin/trials/celltype/abc/change/",
    "/admin/trials/rawrecord/?verdict__exact=nonsense&q=%00",
    "/admin/trials/rawrecord/99999999999999999999999/raw/",
    "/admin/trials/rawrecord/99999999999999999999999/change/",
    "/admin/trials/trialcondition/?q=%00&o=x.y&p=abc",
    "/admin/trials/job/abc/change/",
    "/admin/trials/job/99999999999999999999999/progress/",
    "/admin/trials/job/1/change/?step=x&list=y&page=z",
    "/admin/trials/trialcondition/?o=-2.1",
    "/admin/trials/trial/?unmapped=%00",
    "/admin/trials/change/?kept__exact=x&registration__registry=%00",
    "/admin/trials/matchsuggestion/?why__exact=x",
    "/admin/trials/organisation/?agency_class__exact=%00",
    "/admin/autocomplete/?app_label=trials&model_name=dose&field_name=route&term=%00",
    "/admin/autocomplete/?app_label=trials&model_name=dose&field_name=route&term=in&page=x",
]


@pytest.mark.parametrize("address", ODD)
def test_odd_addresses_are_answered(editor, everything, address):
    assert editor.get(address, follow=True).status_code in (200, 400, 403, 404)


@pytest.mark.parametrize(
    "query", ["?p=abc", "?p=0", "?p=999", "?p=" + "9" * 5000, "?q=%00", "?q=" + "x" * 5000, "?p=&q="]
)
def test_odd_pages_of_a_list_are_pages_of_it(editor, everything, query):
    assert editor.get(rows_url(everything[models.Trial], "sites", query)).status_code == 200


@pytest.mark.parametrize("name", ["nonsense", "__class__", "former_slugs", "site"])
def test_an_unknown_list_is_no_page(editor, everything, name):
    assert editor.get(f"/admin/trials/trial/{everything[models.Trial].pk}/rows/{name}/").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"sites-TOTAL_FORMS": "x", "sites-INITIAL_FORMS": "y"},
        {"sites-TOTAL_FORMS": "999999999", "sites-INITIAL_FORMS": "999999999"},
        {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "1"},
        {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "1", "sites-0-id": "x"},
        {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "1", "sites-0-id": "99999999999999999999"},
        {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "0", "sites-0-order": "9" * 30, "sites-0-city": "Rome"},
        {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "0", "sites-0-latitude": "nan", "sites-0-city": "Rome"},
        {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "0", "sites-0-city": "\x00"},
    ],
)
def test_odd_forms_are_refused_with_a_page(editor, everything, sent):
    made = everything[models.Trial]
    assert editor.post(rows_url(made, "sites"), sent).status_code == 200
    assert made.sites.count() == 1


@pytest.mark.parametrize("sent", [{}, {"sites-TOTAL_FORMS": "x"}, {"sites-TOTAL_FORMS": "1", "sites-0-id": "x"}])
def test_odd_forms_of_a_trial_are_refused_with_a_page(editor, everything, sent):
    made = everything[models.Trial]
    assert editor.post(reverse("admin:trials_trial_change", args=[made.pk]), sent).status_code == 200


def test_the_pages_forbid_what_is_not_their_own(editor, everything):
    policy = editor.get("/admin/trials/trial/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
