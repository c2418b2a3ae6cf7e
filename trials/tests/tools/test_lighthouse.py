"""What falls short of the promised scores, and what to do where Node is missing. Lighthouse itself is not asked."""

from __future__ import annotations

import pytest

from tools.lighthouse import LEAST, CannotMeasureError, check_node, shortfalls


def report(**changed: float):
    kinds = {kind: {"score": 1.0, "auditRefs": []} for kind in LEAST}
    for kind, score in changed.items():
        kinds[kind] = {"score": score, "auditRefs": [{"id": "a", "weight": 3}, {"id": "b", "weight": 0}]}
    audits = {"a": {"title": "Text is too pale", "score": 0}, "b": {"title": "Unweighted", "score": 0}}
    return {"categories": kinds, "audits": audits}


def test_a_score_below_the_promise_names_what_took_away_from_it():
    assert list(shortfalls(report(accessibility=0.99))) == ["accessibility is 99, below 100: Text is too pale"]


def test_performance_may_be_95_and_accessibility_may_not():
    assert list(shortfalls(report(performance=0.95))) == []
    assert list(shortfalls(report(accessibility=0.95))) != []


def test_without_node_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotMeasureError, match="Node 18 or newer with npm, and there is none on PATH"):
        check_node()


def test_an_old_node_is_named(monkeypatch, tmp_path):
    for name in ("node", "npx"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho v16.20.2\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotMeasureError, match=r"node --version says “v16\.20\.2”"):
        check_node()
