"""What the second process answers is what the first would have read; without it the first reads."""

from __future__ import annotations

import io

import msgspec
import pytest
from django.conf import settings

from trials.intake.lexicon import shipped_words
from trials.reading.lexicon import Lexicon, Words
from trials.reading.passages import around_all
from trials.reading.read import read
from trials.registries import ctgov, made
from trials.registries.ahead import Ahead, Found, main, pack, unpacked

RAW = tuple(made.lines(3))


@pytest.fixture(scope="module")
def words() -> Words:
    return shipped_words(settings.BASE_DIR / "fixtures" / "vocabulary")


def found(raw: bytes, words: Words) -> Found:
    record = ctgov.parse(raw)
    reading = read(record, Lexicon.of(words))
    return Found(record, reading, around_all(record, reading), pack(raw))


def framed(*messages: object) -> io.BytesIO:
    packed = [msgspec.msgpack.encode(message) for message in messages]
    return io.BytesIO(b"".join(len(one).to_bytes(8, "big") + one for one in packed))


def test_a_record_comes_back_as_it_would_be_read_here_and_a_bad_one_not_at_all(words):
    target = io.BytesIO()
    main(framed(words, [("CTGOV", RAW[0]), ("CTGOV", b"{}"), ("NOBODY", RAW[1]), ("CTGOV", RAW[2])]), target)
    answers = target.getvalue()[8:]
    assert int.from_bytes(answers[:8], "big") == len(answers) - 8
    first, *bad, last = msgspec.msgpack.decode(answers[8:], type=list[bytes])
    assert bad == [b"", b""]
    for packed, raw in ((first, RAW[0]), (last, RAW[2])):
        assert repr(unpacked(packed)) == repr(found(raw, words))


def test_an_input_that_ends_in_the_middle_ends_the_process_quietly(words):
    for stream in (framed(words), io.BytesIO(framed(words).getvalue()[:-1]), io.BytesIO(b"\0")):
        main(stream, io.BytesIO())


def test_a_second_process_answers_until_it_is_gone(words):
    ahead = Ahead(words)
    try:
        assert ahead.answer() == {}
        ahead.ask([("first", "CTGOV", RAW[0]), ("bad", "CTGOV", b"[]")])
        assert {name: unpacked(one) for name, one in ahead.answer().items()} == {"first": found(RAW[0], words)}
        ahead._process.kill()
        for _ in range(2):
            ahead.ask([("first", "CTGOV", RAW[0])])
            assert ahead.answer() == {}
    finally:
        ahead.close()
    assert ahead._process.returncode is not None
