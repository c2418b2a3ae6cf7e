"""One made trial: its own columns and the rows of its lists."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any

from trials.generating.picking import Picker
from trials.generating.vocabulary import PREFIX
from trials.generating.world import Term, World
from trials.models import Condition, Trial, choices

Row = dict[str, Any]

# The last day in the records, so that a made catalogue does not change with the calendar.
LAST_DAY = dt.date(2025, 12, 31)
DAYS = 25 * 365
NOTE = "Generated to measure the catalogue with. It describes no real trial."
# A trial's texts are drawn from so many words, of some six letters each.
WORDS = 640

_OVER = Picker.of(
    {
        choices.Status.COMPLETED: 55,
        choices.Status.UNKNOWN: 26,
        choices.Status.TERMINATED: 10,
        choices.Status.WITHDRAWN: 6,
        choices.Status.SUSPENDED: 1,
        choices.Status.NO_LONGER_AVAILABLE: 1,
        choices.Status.EXPIRED: 1,
    }
)
_RUNNING = Picker.of(
    {
        choices.Status.RECRUITING: 58,
        choices.Status.NOT_YET_RECRUITING: 14,
        choices.Status.ACTIVE_NOT_RECRUITING: 18,
        choices.Status.ENROLLING_BY_INVITATION: 4,
        choices.Status.SUSPENDED: 2,
        choices.Status.UNDER_EVALUATION: 2,
        "": 2,
    }
)
_PHASES = Picker.of(
    {
        choices.Phase.PHASE1: 28,
        choices.Phase.PHASE1_PHASE2: 26,
        choices.Phase.PHASE2: 22,
        choices.Phase.PHASE3: 6,
        choices.Phase.NA: 7,
        choices.Phase.EARLY_PHASE1: 4,
        choices.Phase.PHASE2_PHASE3: 2,
        choices.Phase.PHASE4: 2,
        "": 3,
    }
)
_SEXES = Picker.of({choices.Sex.ALL: 88, choices.Sex.FEMALE: 6, choices.Sex.MALE: 4, "": 2})
_MIN_AGES: Picker[tuple[float | None, str]] = Picker(
    [(18, "YEARS"), (None, ""), (0, "YEARS"), (6, "MONTHS"), (3, "YEARS"), (12, "YEARS"), (20, "YEARS"), (40, "YEARS")],
    (62, 7, 4, 4, 6, 6, 7, 4),
)
_MAX_AGES: Picker[tuple[float | None, str]] = Picker(
    [(None, ""), (65, "YEARS"), (75, "YEARS"), (80, "YEARS"), (70, "YEARS"), (60, "YEARS"), (85, "YEARS")],
    (36, 16, 15, 10, 12, 6, 5),
)
_YOUNG_MAX_AGES: Picker[tuple[float | None, str]] = Picker([(17, "YEARS"), (12, "YEARS"), (65, "YEARS")], (5, 2, 3))


class Draft:
    """A trial being made. `rows` by model; until they are written, a link to another row of the trial is that row."""

    def __init__(self, world: World, seed: int, number: int) -> None:
        self.world = world
        self.number = number
        self.random = Random(f"trial {seed} {number}")
        self.text = world.texts.source(self.random, WORDS)
        self.rows: defaultdict[type[Any], list[Row]] = defaultdict(list)
        self.conditions = world.terms[Condition].different(self.random, self.random.choice((1, 1, 2, 2, 3, 4)))
        self.trial = {"slug": slug_of(seed, number), "state": choices.State.PUBLISHED} | self._columns()
        self.rows[Trial].append(self.trial)

    def add(self, model: type[Any], **columns: Any) -> Row:
        """A row of one of the trial's lists, in the next place there."""
        row = {"trial_id": self.trial, "order": len(self.rows[model]) + 1} | columns
        self.rows[model].append(row)
        return row

    def link(self, through: type[Any], row: Row, column: str, other: str, linked: Iterable[Row | Term]) -> None:
        """Rows of a many-to-many table."""
        self.rows[through] += [
            {column: row, other: target.pk if isinstance(target, Term) else target} for target in linked
        ]

    def sometimes(self, share: float) -> bool:
        return self.random.random() < share

    def _columns(self) -> Row:
        random, text = self.random, self.text
        disease = " and ".join(term.name.lower() for term in self.conditions[:2])
        title = f"{text.words(4, 10).capitalize()} in {disease}"
        dates = self._dates()
        low, high = self._ages()
        return {
            "title": title,
            "official_title": f"{title}: {text.words(6, 14)}",
            "acronym": text.words(1, 1).upper() if self.sometimes(0.3) else "",
            "keywords": [text.words(1, 2) for _ in range(random.choice((0, 2, 4)))],
            "brief_summary": text.prose(random.randint(3, 5)),
            "detailed_description": text.prose(random.randint(4, 10)) if self.sometimes(0.8) else "",
            "phase": _PHASES.one(random),
            "study_type": choices.StudyType.INTERVENTIONAL if self.sometimes(0.94) else choices.StudyType.OBSERVATIONAL,
            "enrollment_count": None if self.sometimes(0.02) else int(random.lognormvariate(3.4, 1.1)) + 1,
            "enrollment_type": choices.DateType.ESTIMATED,
            "sex": _SEXES.one(random),
            "healthy_volunteers": self.sometimes(0.05),
            "min_age_value": low[0],
            "min_age_unit": low[1],
            "max_age_value": high[0],
            "max_age_unit": high[1],
            "primary_purpose": choices.PrimaryPurpose.TREATMENT,
            "allocation": random.choice(choices.Allocation.values),
            "intervention_model": random.choice(choices.InterventionModel.values),
            "masking": random.choice(choices.Masking.values),
            "version": 1,
        } | dates

    def _dates(self) -> Row:
        random = self.random
        # Later years have more trials.
        start = LAST_DAY - dt.timedelta(days=int(DAYS * (1 - random.random() ** 0.6)))
        end = start + dt.timedelta(days=random.randint(300, 2_200))
        updated = min(LAST_DAY, start + dt.timedelta(days=random.randint(0, 2_600)))
        status = (_OVER if end < LAST_DAY else _RUNNING).one(random)
        precision = random.random()
        return {
            "status": status,
            "status_verified": f"{updated:%Y-%m}",
            "start_date": None if precision < 0.03 else _cut(start, precision),
            "start_date_type": choices.DateType.ACTUAL,
            "completion_date": _cut(end, precision),
            "completion_date_type": choices.DateType.ESTIMATED,
            "first_posted": start.isoformat(),
            "last_update_posted": updated.isoformat(),
        }

    def _ages(self) -> tuple[tuple[float | None, str], tuple[float | None, str]]:
        low = _MIN_AGES.one(self.random)
        is_for_adults = low[0] is None or (low[1] == "YEARS" and low[0] >= 18)
        return low, (_MAX_AGES if is_for_adults else _YOUNG_MAX_AGES).one(self.random)


def slug_of(seed: int, number: int) -> str:
    """The address of a made trial; numbers count from 1."""
    return f"{slugs_begin(seed)}{number:07d}"


def slugs_begin(seed: int) -> str:
    return f"{PREFIX}{seed}-"


def _cut(day: dt.date, precision: float) -> str:
    """A date as registries give it: some with a year or a month alone."""
    return day.isoformat()[: 4 if precision < 0.06 else 7 if precision < 0.35 else 10]
