"""What tests of workers share: edits, and what a worker answers after them."""

from __future__ import annotations

from django.db import transaction
from django.http import QueryDict

from trials.models import Card, Trial
from trials.search.browse import browse
from trials.search.filters import read_question
from trials.search.live import Live
from trials.tests.search.making import publish


def edit(*ids: int, terms: bool = False, **fields: object) -> None:
    """One change of several trials, as an editor saves it."""
    with transaction.atomic():
        Trial.objects.filter(pk__in=ids).update(**fields)
        publish(ids, terms=terms)


def found(worker: Live, query: str = "status=recruiting") -> list[str]:
    """Titles that a worker answers with, all its numbers having been compared with each other and the tables."""
    with worker.reading() as index:
        question, remarks = read_question(QueryDict(query), index.values, lambda: index.gazetteer)
        results = browse(question, index, remarks)
        assert [card.pk for card in results.cards] == list(index.answer(question).ids)
        assert results.catalogue_total == Trial.objects.public().count() == Card.objects.count()
        if query == "status=recruiting":
            assert {card.status for card in results.cards} <= {"Recruiting"}
            assert results.total == Trial.objects.public().filter(status="RECRUITING").count()
            assert results.total == index.counts["status"].get("recruiting", 0)
        return [card.title for card in results.cards]
