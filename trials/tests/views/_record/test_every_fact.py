"""Every fact of the five seed trials stands on its record page.

Walks every row and field of each trial and looks for the value in the page's text, in the form in which people read
it. What is not looked for is listed here with its reason; a new field is looked for unless it is added there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import models

from trials.fixtures import load_fixtures
from trials.models import Absence, CellProduct, Dose, Flag, Statement, Trial
from trials.models.choices import FindingState, Origin
from trials.models.trial import TrialRow
from trials.phrases import amount, number
from trials.records import PartialDate
from trials.tests.seed_trials.base import FOLDER
from trials.tests.views._record.making import Page, open_page, published, squeezed
from trials.views._record.names import name_of
from trials.views._record.page import NOT_SHOWN
from trials.views._record.texts import tidy

# Fields of every row that are no facts about the trial.
INTERNAL = {
    "id": "made by the database",
    "trial": "the page itself",
    "order": "the place in the list: the order on the page",
    "slug": "the page's own address",
    "state": "a public page is published",
    "created": "when our row was made",
    "version": "counts changes, for forms",
    "from_mesh": "said beside terms that the registry added; the seeds have none",
    "updated": "when our row was changed: shown as a day, tested apart",
    "our_wording": "said beside the text as “In our words”",
    "min_age_years": "computed from the stated age",
    "max_age_years": "computed from the stated age",
    "span_start": "offset of the passage, for editors",
    "span_end": "offset of the passage, for editors",
    "found_on": "since when a fact waits for an editor",
    "reviewed_by": "a colleague's name is not for the public",
    "latitude": "for the map",
    "longitude": "for the map",
    "rule": "our name of the rule; its sentence is shown",
    "facts": "stands for the values behind a flag of a rule",
    "since": "when a rule first found it, for editors",
    "dismissed": "hides the flag",
    "dismissed_by": "a colleague's name is not for the public",
    "dismissed_on": "hides the flag",
}

# What a true, and where it matters a false, yes/no field looks like. Others read Yes or No.
WORDS = {
    ("healthy_volunteers", True): "Healthy volunteers Accepted",
    ("healthy_volunteers", False): "Healthy volunteers Not accepted",
    ("is_conditional", True): "only if",
    ("is_conditional", False): "",
    ("stated_twice", True): "stated twice",
    ("stated_twice", False): "",
    ("is_lead", True): "leads this page",
    ("is_lead", False): "",
    ("within_patient_control", True): "Each participant is also their own control",
    ("within_patient_control", False): "",
}

# A section without anything says why under its own heading, and does not repeat the names of its lists and fields.
HEADINGS = {
    "inclusion_criteria": "eligibility",
    "exclusion_criteria": "eligibility",
    "primary_purpose": "design",
    "allocation": "design",
    "intervention_model": "design",
    "masking": "design",
    "primary_outcomes": "outcomes",
    "secondary_outcomes": "outcomes",
    "start_date": "dates",
    "primary_completion_date": "dates",
    "completion_date": "dates",
    "references": "references",
}

# A value of fewer letters stands somewhere on every page: it must stand in the part that shows it.
SHORT = 5

# The part of the page (its anchor; "" is the top) that shows the rows of each list, and the trial's own
# fields. Flags and absences stand in whichever part they are about.
PARTS_OF_ROWS = {
    "trial": ("",),
    "trialcondition": ("",),
    "trialarea": ("",),
    "registration": ("registrations",),
    "identifier": ("registrations",),
    "intervention": ("arms",),
    "arm": ("arms",),
    "cellproduct": ("product",),
    "dose": ("product",),
    "criterion": ("eligibility",),
    "outcome": ("outcomes",),
    "site": ("sites",),
    "contact": ("contacts", ""),
    "sponsorship": ("sponsors",),
    "reference": ("references",),
    "relatedrecord": ("related",),
    "statement": ("sources",),
}
PARTS_OF_FIELDS = {
    "primary_purpose": "design",
    "allocation": "design",
    "intervention_model": "design",
    "masking": "design",
    "who_masked": "design",
    "centres": "design",
    "has_dmc": "design",
    "ipd_sharing": "design",
    "has_results": "dates",
    "start_date": "dates",
    "completion_date": "dates",
    "site_count": "sites",
}

# The registry's own word for a value is shown unless it says the same in capitals or with underscores.
AS_WRITTEN = {"status_raw", "phase_raw", "study_type_raw", "type_raw", "country_raw", "wording"}


def rows_of(trial: Trial) -> Iterator[models.Model]:
    """The trial and every row of its lists."""
    yield trial
    for model in TrialRow.__subclasses__():
        yield from model._default_manager.filter(trial=trial)


def facts_of(row: models.Model) -> Iterator[tuple[str, str]]:
    """(field, the words that the page must hold) for every filled field of a row."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.name)
        if field.name in INTERNAL or value in (None, "", [], {}):
            continue
        for words in words_of(row, field, value):
            if words:
                yield field.name, words
    for many in row._meta.many_to_many:
        for other in getattr(row, many.name).all():
            yield many.name, str(other)


def words_of(row: models.Model, field: Any, value: Any) -> list[str]:
    name = field.name
    if isinstance(value, bool):
        return [WORDS[name, value] if (name, value) in WORDS else f"{name_of(name)} {'Yes' if value else 'No'}"]
    if name == "origin":
        return ["ead from the source's text"] if value == Origin.TEXT else []
    if name == "evidence_state":
        return [str(FindingState(value).label)] if value != FindingState.STATED else []
    if name == "field" and isinstance(row, Statement | Absence):
        return [name_of(value)]
    if name == "country":
        return [row.country_name]  # type: ignore[attr-defined]
    if field.choices and not isinstance(row, Dose | CellProduct):
        return [str(getattr(row, f"get_{name}_display")())]
    if name == "basis":
        return {"PER_KG": ["cells/kg"]}[value]
    if field.choices:
        return [str(getattr(row, f"get_{name}_display")())]
    if isinstance(field, models.ForeignKey):
        return foreign_words(value)
    if isinstance(value, PartialDate):
        return [value.label]
    if isinstance(value, Decimal):
        return [amount(value)]
    if isinstance(value, int | float):
        return [number(value)]
    if isinstance(value, dict):
        return [str(one) for pair in value.items() for one in (name_of(pair[0]), pair[1])]
    if isinstance(value, list):
        return [str(one) for one in value]
    return [tidy(value).rstrip(".")]


def foreign_words(other: Any) -> list[str]:
    """How a row that another one points to is called on the page."""
    if hasattr(other, "agency_class"):
        return [other.name, str(other.get_agency_class_display() if other.agency_class else "")]
    if isinstance(other, Trial):
        return [other.display_title or other.title]
    return [
        str(getattr(other, name)) for name in ("document", "label", "name", "facility", "text") if hasattr(other, name)
    ][:1]


def letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def is_shown(page: Page, row: models.Model, name: str, words: str) -> bool:
    """Whether the page holds the words: anywhere if they are long, else as a whole word where the field is shown."""
    wanted = squeezed(words).casefold()
    if len(wanted) >= SHORT:
        return wanted in page.text.casefold()
    kind = str(row._meta.model_name)
    parts = (PARTS_OF_FIELDS[name],) if kind == "trial" and name in PARTS_OF_FIELDS else PARTS_OF_ROWS.get(kind, ())
    alone = re.compile(rf"(?<![\w.]){re.escape(wanted)}(?![\w]|[.,]\d)")
    texts = [page.section(part) for part in parts] or [page.text]
    return any(alone.search(text.casefold()) for text in texts)


def missing_from_the_page(trial: Trial) -> list[str]:
    page = open_page(trial)
    only_letters = letters(page.text.casefold())
    found = []
    for row in rows_of(trial):
        if isinstance(row, Flag) and (row.dismissed or row.rule in NOT_SHOWN):
            continue
        for name, words in facts_of(row):
            shown = is_shown(page, row, name, words)
            if isinstance(row, Absence) and row.field in HEADINGS and name == "field":
                shown = shown or row.get_reason_display() in page.section(HEADINGS[row.field])
            if not shown and not (name in AS_WRITTEN and letters(words) in only_letters):
                found.append(f"{row._meta.model_name} {row.pk} {name}: {words}")
    return found


def test_every_fact_of_the_seed_trials_stands_on_its_page(db):
    load_fixtures(FOLDER, demo=False)
    trials = Trial.objects.public()
    assert len(trials) == 5
    assert {trial.slug: missing_from_the_page(trial) for trial in trials} == {trial.slug: [] for trial in trials}


def test_a_fact_that_the_page_does_not_show_is_noticed(db):
    trial = Trial.objects.create(slug="race", title="RACE", state="PUBLISHED")
    trial.sites.create(order=1, country="IT", latitude=45.46, longitude=9.19)
    trial.flags.create(order=1, rule="x", sentence="Shown.", severity="NOTE")
    assert missing_from_the_page(trial) == []
    Trial.objects.filter(pk=trial.pk).update(primary_completion_date_type="ACTUAL")
    trial.refresh_from_db()
    assert missing_from_the_page(trial) == [f"trial {trial.pk} primary_completion_date_type: Actual"]


def test_a_short_fact_is_not_found_in_another_part_of_the_page(db):
    trial = published("race", enrollment_count=11, start_date="2014")
    trial.arms.create(order=1, label="Cells", participants=3, description="A dose on days 0, 14 and 21, 12 cells.")
    assert missing_from_the_page(trial) == []
    page = open_page(trial)
    arm = trial.arms.get()
    assert is_shown(page, arm, "participants", "3")
    assert not is_shown(page, arm, "participants", "2")
    assert is_shown(page, arm, "participants", "14")
    assert not is_shown(page, trial, "enrollment_count", "14")
    assert is_shown(page, trial, "enrollment_count", "11")
