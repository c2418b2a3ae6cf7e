"""The HTTP client against a local server that misbehaves: what passes is tried again, what will not is said."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import time

import pytest
import stamina

from trials.registries.download import Client, DownloadError, Manners, Refusal, Unavailable, seconds_to_wait
from trials.tests import test_layers
from trials.tests.registries.misbehaving import (
    Service,
    drips,
    hangs_up,
    huge,
    reset,
    sends,
    silent,
    status,
)

ATTEMPTS = 4


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@pytest.fixture
def service():
    with Service() as running:
        yield running


@pytest.fixture
def said():
    return []


@pytest.fixture
def client(service, said):
    with Client(service.url, manners=Manners(pause=0, largest=10_000), say=said.append) as one:
        yield one


def test_a_question_is_asked_and_its_answer_comes_as_received(client, service):
    service.faults.append(sends(b' {"b":1,\n "a": 2.50} '))
    assert client.get("/studies", {"query.term": "cells & more", "pageSize": "5"}) == b' {"b":1,\n "a": 2.50} '
    (asked,) = service.asked
    assert (asked.method, asked.path, asked.params) == (
        "GET",
        "/studies",
        {"query.term": "cells & more", "pageSize": "5"},
    )


def test_a_path_in_the_address_of_a_service_is_kept(service):
    with Client(f"{service.url}/mirror/") as client:
        client.get("/api/v2/studies")
    assert service.asked[0].path == "/mirror/api/v2/studies"


def test_a_body_is_posted_as_json(client, service):
    client.post("/search", {"pagination": {"page": 1}, "words": "Zellen für Knie"})
    (asked,) = service.asked
    assert asked.body == {"pagination": {"page": 1}, "words": "Zellen für Knie"}
    assert asked.headers["content-type"] == "application/json"


def test_the_project_and_the_contact_are_named(service):
    with Client(service.url, contact="registry-desk@example.org") as client:
        client.get("/")
    assert service.asked[0].headers["user-agent"] == "cell-therapy-trial-catalogue (registry-desk@example.org)"


def test_between_two_requests_there_is_a_pause(service):
    with Client(service.url, manners=Manners(pause=0.25)) as client:
        for _ in range(3):
            client.get("/")
    times = [asked.at for asked in service.asked]
    assert all(later - earlier >= 0.25 for earlier, later in itertools.pairwise(times))


def test_the_pause_is_kept_before_another_attempt_too(service):
    service.faults.append(status(500))
    with Client(service.url, manners=Manners(pause=0.25)) as client:
        client.get("/")
    assert service.asked[1].at - service.asked[0].at >= 0.25


@pytest.mark.parametrize(
    "fault",
    [
        status(429),
        status(429, Retry_After="1"),
        status(500),
        status(502),
        status(503, "<html>Down</html>", "text/html"),
        status(504),
        reset,
        hangs_up,
        sends(b'{"studies": [{"protocolSec'),
        sends(b""),
    ],
    ids=[
        "429", "429 with a time", "500", "502", "503 as a page", "504", "reset", "hangs up",
        "truncated JSON", "nothing",
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again(client, service, said, fault):
    service.faults.extend([fault, fault])
    assert client.get("/studies") == b'{"asked": "/studies"}'
    assert len(service.asked) == 3
    assert len(said) == 2


@pytest.mark.parametrize("fault", [silent(2.0), drips(2.0)], ids=["silent", "drips"])
def test_an_answer_that_takes_too_long_is_asked_for_again(service, said, fault):
    service.faults.append(fault)
    manners = Manners(pause=0, silence=0.4, answer=0.6)
    with Client(service.url, manners=manners, say=said.append) as client:
        assert client.get("/studies") == b'{"asked": "/studies"}'
    assert "no answer in time" in said[0] or "no whole answer within 1 s" in said[0]


def test_a_sign_of_life_is_given_before_every_request_and_every_wait(service):
    service.faults.append(status(503))
    lives = []
    with Client(service.url, manners=Manners(pause=0), alive=lambda: lives.append(len(service.asked))) as client:
        client.get("/studies")
    assert lives == [0, 1, 1]


def test_the_service_is_not_asked_for_ever(client, service):
    service.faults.extend([status(503)] * 99)
    with pytest.raises(Unavailable, match=r"GET .*/studies was answered with 503 .*tried 4 times") as caught:
        client.get("/studies")
    assert caught.value.status == 503
    assert len(service.asked) == ATTEMPTS


def test_without_the_testing_mode_attempts_are_bounded_too(service):
    service.faults.extend([status(503, Retry_After="0")] * 99)
    manners = Manners(pause=0, attempts=3)
    with stamina.set_testing(False), Client(service.url, manners=manners) as client, pytest.raises(Unavailable):
        client.get("/")
    assert len(service.asked) == 3


def test_patience_ends_before_the_attempts_do(service):
    service.faults.extend([status(503, Retry_After="0")] * 99)
    manners = Manners(pause=0.1, attempts=99, patience=0.25)
    with stamina.set_testing(False), Client(service.url, manners=manners) as client, pytest.raises(Unavailable):
        client.get("/")
    assert 2 <= len(service.asked) <= 4


def test_the_time_that_a_service_asks_for_is_kept(service):
    service.faults.append(status(429, Retry_After="1"))
    with stamina.set_testing(False), Client(service.url, manners=Manners(pause=0)) as client:
        client.get("/")
    first, second = service.asked
    assert 1 <= second.at - first.at < 2  # its own first wait would be 2 seconds or more


def test_a_service_that_asks_for_hours_is_left_alone(client, service):
    service.faults.append(status(429, Retry_After="7200"))
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"asks to be left alone for 7,200 s"):
        client.get("/")
    assert len(service.asked) == 1
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_what_will_not_pass_is_said_at_once(client, service, code):
    service.faults.append(status(code, "No such\n term"))
    with pytest.raises(Refusal, match=rf"/studies was answered with {code} .*“No such term”") as caught:
        client.get("/studies")
    assert caught.value.status == code
    assert len(service.asked) == 1


def test_a_web_page_is_not_repeated_in_a_message(client, service):
    service.faults.append(status(404, "<html>lots of markup</html>", "text/html"))
    with pytest.raises(Refusal) as caught:
        client.get("/studies")
    assert "markup" not in str(caught.value)


def test_a_long_error_message_is_cut(client, service):
    service.faults.append(status(400, "word " * 50_000))
    with pytest.raises(Refusal) as caught:
        client.get("/studies")
    assert len(str(caught.value)) < 500


def test_a_web_page_with_status_200_is_no_answer(client, service):
    service.faults.append(sends(b"<html>the portal</html>", "text/html; charset=utf-8"))
    with pytest.raises(Refusal, match=r"text/html; charset=utf-8 in place of JSON"):
        client.get("/studies")
    assert len(service.asked) == 1


@pytest.mark.parametrize("fault", [sends(b'"' + b"x" * 20_000 + b'"'), huge(20_000)], ids=["announced", "unannounced"])
def test_an_answer_without_measure_is_not_read(client, service, fault):
    service.faults.append(fault)
    with pytest.raises(Refusal, match=r"larger than 10,000 bytes"):
        client.get("/studies")
    assert len(service.asked) == 1


def test_a_small_answer_that_unpacks_to_a_huge_one_is_not_read(client, service):
    packed = gzip.compress(b'"' + b"x" * 5_000_000 + b'"')
    service.faults.append(lambda handler: handler.give(200, packed, Content_Encoding="gzip"))
    assert len(packed) < 10_000
    with pytest.raises(Refusal, match=r"larger than 10,000 bytes"):
        client.get("/studies")


def test_a_redirect_within_the_service_is_followed(client, service):
    service.faults.append(status(308, Location="/api/studies?page=2"))
    assert client.get("/studies") == b'{"asked": "/api/studies"}'


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/studies",
        "http://127.0.0.1:1/studies",
        "ftp://127.0.0.1/studies",
        "//elsewhere.example",
    ],
)
def test_a_redirect_to_another_service_is_refused(client, service, target):
    service.faults.append(status(302, Location=target))
    with pytest.raises(Refusal, match=r"is redirected to .*, which was not asked for"):
        client.get("/studies")
    assert len(service.asked) == 1


def test_redirects_in_a_circle_end(client, service):
    service.faults.extend([status(307, Location="/studies")] * 99)
    with pytest.raises(Refusal, match=r"redirected again and again"):
        client.get("/studies")
    assert len(service.asked) <= 5


def test_a_service_that_is_not_there_is_named():
    with (
        Client("http://127.0.0.1:1", manners=Manners(pause=0)) as client,
        pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:1/studies") as caught,
    ):
        client.get("/studies")
    assert caught.value.status is None


@pytest.mark.parametrize(
    "address",
    [
        "ftp://registry.example",
        "file:///etc/passwd",
        "registry.example",
        "",
        "https://",
        "https://me:pw@host",
        "https://host/?a=1",
    ],
)
def test_only_plain_web_addresses_are_taken(address):
    with pytest.raises(DownloadError, match="address"):
        Client(address)


@pytest.mark.parametrize("contact", ["curator@example.org\r\nX-Evil: 1", "kuratorin@universität.example"])
def test_a_contact_that_no_header_can_hold_is_refused(service, contact):
    with pytest.raises(DownloadError, match="contact"):
        Client(service.url, contact=contact)


NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Monday, 23-Nov-26 12:00:10 GMT", 10.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, 999_999_999.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(header, seconds):
    assert seconds_to_wait(header, NOW) == seconds


def test_no_other_module_of_the_app_speaks_http():
    http = {"httpx2", "http.client", "urllib.request", "requests"}
    speakers = [
        name
        for name, path in test_layers.modules()
        if name.startswith("trials.") and test_layers.imported(path.read_text(encoding="utf-8")) & http
    ]
    assert speakers == ["trials.registries.download"]
