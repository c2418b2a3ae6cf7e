"""What the two services are asked, and what is made of their answers."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from trials.registries import ctis
from trials.registries.download import Client, DownloadError, Manners
from trials.registries.services import SERVICES, Copy, Found, Missing, Page, Question
from trials.tests.registries.misbehaving import CtgovService, CtisService


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


CTGOV, CTIS = SERVICES["ctgov"], SERVICES["ctis"]


DAY, LATER = dt.date(2026, 11, 22), dt.date(2026, 11, 23)
NUMBER = "2023-501234-11-00"


class Answers:
    """Answers for single trials, all of the day `LATER`; `wanted` are the numbers that were asked for."""

    def __init__(self, answer=None, missing=""):
        self.answer = answer
        self.missing = missing
        self.wanted = []

    def __call__(self, number):
        self.wanted.append(number)
        if self.missing:
            raise Missing(self.missing)
        return Copy(json.dumps(self.answer or {"ctNumber": number}).encode(), LATER)


def records_of_ctis(*rows, answers=None, since=None):
    return list(CTIS.records(Page(rows, "", None), DAY, Question(since=since), answers or Answers()))


def overview(number=NUMBER, **fields):
    return json.dumps({"ctNumber": number, "ctStatus": 4, **fields}).encode()


def ask(service, running, question, place):
    with running, Client(running.url, manners=Manners(pause=0)) as client:
        service.ask(client, question, place)
    return running.asked[0]


# ------------------------------------------------------------------------------------------------- ClinicalTrials.gov
def test_ctgov_is_asked_by_words_and_by_the_date_of_update():
    asked = ask(CTGOV, CtgovService(), Question("mesenchymal AND knee", dt.date(2026, 2, 1), 50), CTGOV.first)
    assert (asked.method, asked.path) == ("GET", "/api/v2/studies")
    assert asked.params == {
        "query.term": "mesenchymal AND knee",
        "filter.advanced": "AREA[LastUpdatePostDate]RANGE[2026-02-01,MAX]",
        "pageSize": "50",
        "countTotal": "true",
    }


def test_ctgov_is_asked_for_a_later_page_by_its_token():
    running = CtgovService()
    running.live_tokens.add("token5")
    assert ask(CTGOV, running, Question(page_size=5), "token5").params == {
        "pageSize": "5",
        "countTotal": "true",
        "pageToken": "token5",
    }


def test_ctgov_studies_stay_as_received():
    raw = b'{"studies": [{"b": 1.50,  "a":"\\u00e9"},\n {}], "nextPageToken": "abc", "totalCount": 7}'
    assert CTGOV.read(raw, Question(), "") == Page((b'{"b": 1.50,  "a":"\\u00e9"}', b"{}"), "abc", 7)


def test_ctgov_studies_are_records_of_the_day_of_their_page():
    found = CTGOV.records(Page((b'{"a": 1}', b"{}"), "", None), DAY, Question(), Answers())
    assert list(found) == [Found(b'{"a": 1}', DAY), Found(b"{}", DAY)]


def test_the_last_page_of_ctgov_names_no_other():
    assert CTGOV.read(b'{"studies": []}', Question(), "abc") == Page((), "", None)


# ------------------------------------------------------------------------------------------------------------- EU CTIS
def test_ctis_is_sent_its_search_from_page_one_on():
    asked = ask(CTIS, CtisService(), Question("mesenchymal", page_size=20), CTIS.first)
    assert (asked.method, asked.path) == ("POST", "/ctis-public-api/search")
    assert asked.body["pagination"] == {"page": 1, "size": 20}
    assert asked.body["searchCriteria"] == {"containAll": "mesenchymal"}


def test_ctis_without_words_is_asked_for_everything():
    assert ask(CTIS, CtisService(), Question(), "3").body["searchCriteria"] == {"containAll": None}


def page_of_ctis(count=2, **pagination):
    return json.dumps({"pagination": pagination, "data": [{"ctNumber": str(place)} for place in range(count)]}).encode()


@pytest.mark.parametrize(
    ("pagination", "following"),
    [({"nextPage": True}, "3"), ({"nextPage": False}, ""), ({}, "3")],
    ids=["more", "the last", "not told"],
)
def test_a_page_of_ctis_says_whether_another_follows(pagination, following):
    page = CTIS.read(page_of_ctis(currentPage=2, totalRecords=205, **pagination), Question(), "2")
    assert (page.rows, page.next, page.total) == ((b'{"ctNumber": "0"}', b'{"ctNumber": "1"}'), following, 205)


def test_beyond_ten_thousand_trials_ctis_is_not_asked():
    assert CTIS.read(page_of_ctis(nextPage=True), Question(page_size=100), "99").next == "100"
    assert CTIS.read(page_of_ctis(nextPage=True), Question(page_size=100), "100").next == ""


def test_ctis_that_answers_with_another_page_is_noticed():
    with pytest.raises(DownloadError, match="was asked for page 2 and gave page 1"):
        CTIS.read(page_of_ctis(currentPage=1), Question(), "2")


def test_the_public_status_of_the_overview_reaches_the_record():
    answers = Answers({"ctNumber": NUMBER, "ctStatus": "Authorised"})
    (found,) = records_of_ctis(overview(ctStatus=5, lastUpdated="09/07/2026"), answers=answers)
    record = ctis.parse(found.raw)
    assert (record.status, str(record.updated)) == ("ACTIVE_NOT_RECRUITING", "2026-07-09")
    assert (found.number, found.copied) == (NUMBER, LATER)


@pytest.mark.parametrize(
    ("dates", "is_asked"),
    [
        ({"lastUpdated": "31/01/2026"}, False),
        ({"lastUpdated": "01/02/2026"}, True),
        ({"lastUpdated": "31/01/2026", "lastPublicationUpdate": "02/02/2026"}, True),
        ({}, True),
    ],
    ids=["before", "that day", "published later", "undated"],
)
def test_only_trials_that_changed_since_are_asked_for(dates, is_asked):
    answers = Answers()
    records = records_of_ctis(overview(**dates), answers=answers, since=dt.date(2026, 2, 1))
    assert (len(answers.wanted), len(records)) == (is_asked, is_asked)


def test_a_row_without_a_number_is_accounted_for_and_the_next_one_is_read():
    first, second = records_of_ctis(b'{"ctTitle": "Cells"}', overview())
    assert (first.raw, first.number) == (b"", "")
    assert "no trial is named" in first.why
    assert second.number == NUMBER


def test_a_trial_that_cannot_be_had_is_accounted_for():
    assert records_of_ctis(overview(), answers=Answers(missing="it is gone")) == [
        Found(b"", DAY, NUMBER, "it is gone"),
    ]


@pytest.mark.parametrize("answer", [{"error": "none"}, {"ctNumber": "2023-599999-11-00"}], ids=["no trial", "another"])
def test_an_answer_that_is_not_of_its_row_goes_to_the_intake_as_it_is(answer):
    (found,) = records_of_ctis(overview(), answers=Answers(answer))
    assert json.loads(found.raw) == answer


@pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
@pytest.mark.parametrize("raw", [b"[]", b"{}", b'{"studies": {}}', b'{"data": [], "pagination": 3}', b'"\xff"'])
def test_an_answer_in_another_form_is_said(service, raw):
    with pytest.raises(DownloadError, match=f"{service.name} answers in another form"):
        service.read(raw, Question(), "1")
