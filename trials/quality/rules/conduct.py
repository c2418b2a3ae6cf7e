"""How a trial is run: its arms and their sizes, masking, outcomes, dates and status."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise

from trials.quality.rules.facts import Facts, Found, quoted
from trials.quality.rules.freshness import Dates, Day, Doubt, doubts_of

# Statuses that promise enrolment, now or later.
MAY_ENROL = frozenset(("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"))
_RECRUITING = frozenset(("RECRUITING", "ENROLLING_BY_INVITATION"))
_STATUS = {
    "RECRUITING": "Recruiting",
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "AVAILABLE": "Available (expanded access)",
}
_MASKED = {"SINGLE": "single blind", "DOUBLE": "double blind", "TRIPLE": "triple blind", "QUADRUPLE": "quadruple blind"}
_COMPARED = re.compile(
    r"placebo|sham|control|compar|standard[- ]of[- ]care|standard (?:treatment|therapy|care)|\bvs?\.?\s|versus|saline|"
    r"randomi[sz]|vehicle|\bversus\b|two groups|both groups|other group|dummy|crossover|cross-over|contralateral",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?<![\w.])n\s?=\s?([0-9]{1,4})(?![0-9]|[.,/-][0-9])", re.IGNORECASE)


def arm_sizes_differ(trial: Facts, today: dt.date) -> Iterator[Found]:
    """The arms' stated sizes, without those of conditional parts, do not add up to the enrolment."""
    planned, arms = trial.trial.enrollment_count, [arm for arm in trial.arms if not arm.is_conditional]
    if not planned or len(arms) < 2 or not trial.keeps("arms"):
        return
    sizes = [
        arm.participants if arm.participants is not None else _size(f"{arm.label} {arm.description}") for arm in arms
    ]
    known = [size for size in sizes if size is not None]
    total = sum(known)
    if len(known) < len(arms) or total in (planned, trial.trial.enrollment_conditional_max):
        return
    parts = " + ".join(map(str, known))
    sentence = f"The arms add up to {parts} = {total} participants, and the enrolment is {planned}."
    yield Found(sentence, "Arms", "Enrolment", (*known, planned))


def _size(text: str) -> int | None:
    found = set(_SIZE.findall(text))
    return int(found.pop()) if len(found) == 1 else None


def comparator_not_stated(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Somebody is kept from knowing, and nothing tells what from."""
    own = trial.trial
    # Who judges outcomes may be kept from knowing when pictures of a single arm were taken.
    unaware = set(own.who_masked) - {"OUTCOMES_ASSESSOR"} or (own.masking != "SINGLE" and not own.who_masked)
    if own.masking not in _MASKED or not unaware or own.intervention_model in ("CROSSOVER", "PARALLEL", "FACTORIAL"):
        return
    told = ("arms", "interventions", "intervention_model", "masking", "brief_summary", "detailed_description")
    if len(trial.arms) != 1 or not trial.keeps(*told):
        return
    arm = trial.arms[0]
    if arm.type not in ("", "EXPERIMENTAL", "OTHER") or arm.within_patient_control:
        return
    texts = [own.title, own.official_title, own.brief_summary, own.detailed_description, own.masking_description]
    texts += [own.design_note, arm.label, arm.description]
    texts += [part for one in trial.interventions for part in one]
    if not _COMPARED.search(" ".join(texts)):
        sentence = (
            f"The trial is {_MASKED[own.masking]}, and the only arm, {quoted(arm.label, 60)}, names nothing that the "
            "treatment is compared with."
        )
        yield Found(sentence, "Masking", "Arms", (own.masking, arm.label, arm.type))


def no_outcomes(trial: Facts, today: dt.date) -> Iterator[Found]:
    """The trial recruits and says nowhere what it measures."""
    own = trial.trial
    if own.status in _RECRUITING and not trial.outcomes and trial.keeps("primary_outcomes", "secondary_outcomes"):
        sentence = f"The status is “{_STATUS[own.status]}”, and the record lists no outcome at all."
        yield Found(sentence, "Status", "Outcomes", (own.status,))


def dates_out_of_order(trial: Facts, today: dt.date) -> Iterator[Found]:
    """A date that must come first surely comes later."""
    own = trial.trial
    rows = (
        ("start", own.start_date),
        ("primary completion", own.primary_completion_date),
        ("completion", own.completion_date),
    )
    dates = [(name, date) for name, date in rows if date is not None]
    pairs = list(pairwise(dates))
    if own.first_posted is not None and own.last_update_posted is not None:
        pairs.append((("first posted", own.first_posted), ("last update posted", own.last_update_posted)))
    for (first, earlier), (second, later) in pairs:
        if earlier.first_day > later.last_day:
            sentence = f"The dates run backwards: {first}, “{earlier.label}”, is after {second}, “{later.label}”."
            yield Found(sentence, first.capitalize(), second.capitalize(), (first, str(earlier), second, str(later)))


def date_in_future(trial: Facts, today: dt.date) -> Iterator[Found]:
    """A date that is given as what happened has not come yet."""
    own = trial.trial
    for name, date, kind in (
        ("start", own.start_date, own.start_date_type),
        ("primary completion", own.primary_completion_date, own.primary_completion_date_type),
        ("completion", own.completion_date, own.completion_date_type),
    ):
        if date is not None and kind == "ACTUAL" and date.first_day > today:
            sentence = f"The date of {name}, “{date.label}”, is called “actual”, and lies in the future."
            yield Found(sentence, f"Date of {name}", "Type of that date", (name, str(date)))


def dates_of(trial: Facts) -> Dates:
    """What time may overtake, of a status that promises enrolment."""
    own = trial.trial
    if own.status not in MAY_ENROL:
        return Dates()
    copied = next((row.fetched for row in trial.registrations if row.is_lead), None)
    return Dates(
        verified=Day.of(own.status_verified),
        copied=Day.of(copied),
        completion=Day.of(own.completion_date),
        updated=None if own.status_verified else Day.of(own.last_update_posted),
    )


_PLACES = {
    Doubt.OLD_COPY: ("Copy of the record", "“{}” was the status when the record was copied, {}, over two years ago."),
    Doubt.NOT_CONFIRMED: ("Status last verified", "The status “{}” was last verified {}, over two years ago."),
    Doubt.NOT_CHANGED: (
        "Last update posted",
        "The status is “{}”, and the record last changed {}, over two years ago.",
    ),
}


def status_not_confirmed(trial: Facts, today: dt.date) -> Iterator[Found]:
    """Nobody has confirmed for two years that the trial is open."""
    for doubt, label in doubts_of(dates_of(trial), today):
        if doubt in _PLACES:
            place, words = _PLACES[doubt]
            status = trial.trial.status
            yield Found(words.format(_STATUS[status], label), "Status", place, (status, doubt.name, label))


def status_past_completion(trial: Facts, today: dt.date) -> Iterator[Found]:
    """The trial is said to be open, and by its own date is complete."""
    for doubt, label in doubts_of(dates_of(trial), today):
        if doubt is Doubt.PAST_COMPLETION:
            status = trial.trial.status
            sentence = f"The status is “{_STATUS[status]}”, and the date of completion, “{label}”, has passed."
            yield Found(sentence, "Status", "Date of completion", (status, label))
