"""What gunicorn itself answers, before Django is asked: seen over a raw socket."""

import gc
import os
import socket
from pathlib import Path

import pytest

from catalogue import gunicorn_conf


def exchange(port: int, sent: bytes) -> bytes:
    """Everything that the server answers to these bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET /trials/?q=" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", id="long-line"),
        pytest.param(b"GET /trials/?q=" + b"x" * 60_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", id="very-long-line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"x" * 20_000 + b"\r\n\r\n", id="long-header"),
        pytest.param(
            b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(300)) + b"\r\n", id="many-headers"
        ),
        pytest.param(b"GET / HTTP/1.1\r\nno colon here\r\n\r\n", id="header-without-colon"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00<script>\r\n\r\n", id="https-spoken-to-http"),
        pytest.param(b"<script>alert(1)</script>\r\n\r\n", id="garbage"),
        pytest.param(b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", id="unknown-version"),
    ],
)
def test_what_cannot_be_read_gets_a_plain_page_of_our_own(site, sent):
    head, _, body = exchange(site.port, sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Content-Type: text/html; charset=utf-8" in head
    assert b"Content-Length: %d" % len(body) in head
    assert b"<h1>This request cannot be read</h1>" in body
    assert b"script" not in body


def test_long_question_that_the_server_still_reads_is_answered_by_the_catalogue(site):
    answer = site.get("/trials/?q=" + "x" * 8_000)
    assert answer.status == 200


def test_error_that_even_the_error_page_does_not_survive_gets_a_plain_page_of_our_own(unprepared):
    answer = unprepared.get("/")
    assert answer.status == 500
    assert "<h1>Something went wrong on our side</h1>" in answer.text


def test_one_refused_request_leaves_the_server_serving(site):
    exchange(site.port, os.urandom(2_000) + b"\r\n\r\n")
    assert site.get("/healthz/live").status == 200


def test_no_control_socket_is_opened(unprepared):
    """gunicorn's default is one in the home folder, with which the server can be stopped or reloaded."""
    assert unprepared.get("/healthz/live").status == 200
    assert list(Path(unprepared.environment["HOME"]).rglob("*")) == []


def test_a_worker_leaves_what_it_loaded_out_of_collections():
    try:
        gunicorn_conf.post_worker_init(None)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
