"""What the two services are asked, and what is made of their answers."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from trials.registries import ctis
from trials.registries.download import Client, DownloadError, Manners
from trials.registries.services import SERVICES, Page, Question
from trials.tests.registries.misbehaving import CtgovService, CtisService


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


CTGOV, CTIS = SERVICES["ctgov"], SERVICES["ctis"]


class Found:
    """Answers for single trials, by number; None for what cannot be had."""

    def __init__(self, **trials):
        self.trials = {number.replace("_", "-").removeprefix("ct"): trial for number, trial in trials.items()}
        self.wanted = []
        self.notes = []

    def trial(self, number):
        self.wanted.append(number)
        found = self.trials.get(number, {"ctNumber": number})
        return json.dumps(found).encode() if found else None

    def note(self, line):
        self.notes.append(line)


def overview(number="2023-501234-11-00", **fields):
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
    found = Found(ct2023_501234_11_00={"ctNumber": "2023-501234-11-00", "ctStatus": "Authorised"})
    (raw,) = CTIS.records([overview(ctStatus=5, lastUpdated="09/07/2026")], Question(), found)
    record = ctis.parse(raw)
    assert (record.status, str(record.updated)) == ("ACTIVE_NOT_RECRUITING", "2026-07-09")


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
    found = Found()
    records = list(CTIS.records([overview(**dates)], Question(since=dt.date(2026, 2, 1)), found))
    assert (len(found.wanted), len(records)) == (is_asked, is_asked)


def test_a_row_without_a_number_is_noted_and_the_next_one_is_read():
    found = Found()
    records = list(CTIS.records([b'{"ctTitle": "Cells"}', overview()], Question(), found))
    assert len(records) == 1
    assert len(found.notes) == 1
    assert "no trial is named" in found.notes[0]


def test_a_trial_that_cannot_be_had_is_left_out():
    found = Found(ct2023_501234_11_00=None)
    assert list(CTIS.records([overview()], Question(), found)) == []


def test_an_answer_without_a_number_goes_to_the_intake_as_it_is():
    found = Found(ct2023_501234_11_00={"error": "none"})
    assert list(CTIS.records([overview()], Question(), found)) == [b'{"error": "none"}']
    assert "no trial is named" in found.notes[0]


@pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
@pytest.mark.parametrize("raw", [b"[]", b"{}", b'{"studies": {}}', b'{"data": [], "pagination": 3}', b'"\xff"'])
def test_an_answer_in_another_form_is_said(service, raw):
    with pytest.raises(DownloadError, match=f"{service.name} answers in another form"):
        service.read(raw, Question(), "1")
