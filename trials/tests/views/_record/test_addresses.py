"""A record's addresses, and what search engines and browsers are told of it."""

from urllib.parse import quote

import pytest
from django.test import Client

from trials.models import FormerSlug
from trials.models.choices import State
from trials.tests.views._record.making import document, open_page, published

pytestmark = pytest.mark.django_db


def ask(path: str):
    return Client().get(f"/trials/{path}/")


def test_the_page_is_only_read():
    published("nct00000001")
    page, head = ask("nct00000001"), Client().head("/trials/nct00000001/")
    assert (page.status_code, head.status_code) == (200, 200)
    assert head.headers["Content-Type"] == page.headers["Content-Type"]
    for send in (Client().post, Client().put, Client().delete):
        assert send("/trials/nct00000001/").status_code == 405


def test_a_draft_is_not_found():
    published("nct00000001", state=State.DRAFT)
    assert ask("nct00000001").status_code == 404


def test_an_unknown_trial_is_answered_with_our_page_that_offers_the_search():
    response = ask("nct00000001")
    assert response.status_code == 404
    assert b'role="search"' in response.content


def test_another_case_of_the_address_has_moved_for_good():
    published("nct04034316")
    response = ask("NCT04034316")
    assert (response.status_code, response.headers["Location"]) == (301, "/trials/nct04034316/")


def test_a_former_address_has_moved_for_good():
    FormerSlug.objects.create(slug="race", trial=published("nct04034316"))
    response = ask("race")
    assert (response.status_code, response.headers["Location"]) == (301, "/trials/nct04034316/")


@pytest.mark.parametrize("text", ["EUCTR2018-001162-42", "2018-001162-42", "NCT 04034316"])
def test_a_registry_number_leads_on_for_now(text):
    trial = published("race")
    document(trial, "A record", registry="CTGOV", number="NCT04034316")
    trial.identifiers.create(order=1, kind="EUDRACT_NUMBER", value="2018-001162-42")
    response = ask(quote(text))
    assert (response.status_code, response.headers["Location"]) == (302, "/trials/race/")


def test_a_sponsors_own_number_leads_nowhere():
    published("race").identifiers.create(order=1, kind="ORG_STUDY_ID", value="STUDY-2019-01")
    assert ask("STUDY-2019-01").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["\x00", "nct00000001\x00", "x" * 10_000, "ﬀ", "\u202e\u2066", "🧬", "%", "a'b\"c", "\r\nX: y", "İ", "०१२३४५"],
)
def test_no_address_however_odd_is_an_error_of_ours(text):
    published()
    assert ask(quote(text)).status_code == 404


def test_bytes_that_are_no_text_are_no_error_of_ours():
    assert Client().get("/trials/%ff%fe%00/").status_code == 404


# What search engines and browsers are told


def test_the_title_the_description_and_the_lasting_address_name_the_trial():
    trial = published(acronym="RACE", title="Less immunosuppression", phase="PHASE2", status="RECRUITING")
    document(trial, "A record", registry="CTGOV", number="NCT04034316")
    trial.conditions.create(order=1, wording="Nephrotic syndrome")
    html = open_page(trial).html
    assert "<title>RACE: Less immunosuppression (NCT04034316) · Cell-therapy trials</title>" in html
    assert 'content="Nephrotic syndrome. Phase 2, clinical trial; status: recruiting."' in html
    assert '<link rel="canonical" href="http://testserver/trials/nct00000001/">' in html


def test_no_cookie_is_set():
    published()
    assert not ask("nct00000001").cookies
