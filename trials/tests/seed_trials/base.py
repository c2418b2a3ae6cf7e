"""What the tests of the seed trials share: the shipped fixtures in a database, and short ways to read them."""

from __future__ import annotations

from django.conf import settings
from django.test import TestCase

from trials.fixtures import load_fixtures
from trials.models import Absence, Criterion, Trial

FOLDER = settings.BASE_DIR / "fixtures"
RACE, SCLERODERMA, CX611, NKG2D, ALS = (
    "nct04034316",
    "2023-508432-53-00",
    "nct01663116",
    "nct06087341",
    "nct04849065",
)


class SeedTrialsCase(TestCase):
    """Loads the shipped vocabularies and seed trials, once for all tests of a class."""

    @classmethod
    def setUpTestData(cls) -> None:
        load_fixtures(FOLDER, demo=False)


def trial(slug: str) -> Trial:
    return Trial.objects.public().get(slug=slug)


def criteria(slug: str, kind: str) -> list[Criterion]:
    """The top-level criteria of one kind, in order."""
    return list(Criterion.objects.filter(trial__slug=slug, kind=kind, parent=None))


def said(slug: str, field: str) -> list[tuple[str, str, str]]:
    """What each document states of a field: document, value, how sure."""
    rows = trial(slug).statements.filter(field=field)
    return [(str(row.registration), row.value, row.evidence_state) for row in rows]


def missing(slug: str) -> dict[str, str]:
    return dict(Absence.objects.filter(trial__slug=slug).values_list("field", "reason"))


def severity(slug: str, rule: str) -> str:
    return str(trial(slug).flags.get(rule=rule).severity)
