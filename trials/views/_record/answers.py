"""The answers of the first screen: what, for whom, is it open, where; and what else stands in the header."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trials.models import Trial
from trials.models.choices import SiteStatus, Status
from trials.phrases import age_range, count, either, number
from trials.search.values import enum_slug
from trials.views._record.facts import FactList, Facts, Value, listed, yes_no
from trials.views._record.products import given_lines
from trials.views._record.source import Source, term_value

# The question that each value answers; whatever is not named here stands below the answers.
_QUESTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("what", "What", ("products",)),
    ("whom", "For whom", ("conditions", "ages", "sex")),
    ("open", "Open?", ("status", "last_known_status")),
    ("where", "Where", ("sites",)),
)
_MOST_COUNTRIES = 6


@dataclass(frozen=True)
class Answer:
    """One question with what the documents say to it; no facts where they are silent."""

    key: str
    question: str
    facts: FactList


def answers_of(source: Source) -> tuple[tuple[Answer, ...], FactList]:
    """The answers, and the further facts of the header with the names of all that is missing."""
    facts = _facts(source)
    answers = tuple(
        Answer(key, question, FactList(tuple(row for row in facts.rows if row.name in names), ()))
        for key, question, names in _QUESTIONS
    )
    answered = {name for _, _, names in _QUESTIONS for name in names}
    return answers, FactList(tuple(row for row in facts.rows if row.name not in answered), facts.gaps)


def ages_of(source: Source) -> str:
    """The ages that may enter, and which limit is not stated."""
    trial, gaps, ages = source.trial, source.gaps, age_limits(source)
    for end, value in (("upper", trial.max_age_value), ("lower", trial.min_age_value)):
        if ages and value is None:
            is_cut = gaps.is_not_kept("max_age" if end == "upper" else "min_age")
            return f"{ages}; {end} limit not kept in this copy" if is_cut else f"{ages}; no {end} limit stated"
    return ages


def age_limits(source: Source) -> str:
    trial = source.trial
    is_cut = source.gaps.is_not_kept("min_age") or source.gaps.is_not_kept("max_age")
    limits = (trial.min_age_value, trial.min_age_unit, trial.max_age_value, trial.max_age_unit)
    return age_range(*limits, is_cut=is_cut)


def _facts(source: Source) -> FactList:
    trial, facts = source.trial, source.facts()
    facts.add("conditions", _conditions(trial), note=_terms_note(trial))
    facts.add_if_any("areas", _areas(trial))
    facts.add(
        "products",
        given_lines(trial.products.all(), trial.doses.all(), source.ledger),
        label="What is given",
        is_list=True,
    )
    _add_who(source, facts)
    # Why there is none is told once, with the sites.
    first, *others = where_lines(source) or [source.gaps.word("sites").capitalize()]
    where = (Value(first, "#sites" if trial.sites.all() else ""), *map(Value, others))
    facts.add("sites", where, label="Where", fields=("sites", "site_count"), is_list=True)
    status = trial.get_status_display() if trial.status else ""
    facts.add("status", status, as_written=trial.status_raw)
    # Only an unknown status makes a reader ask for the last known one.
    add = facts.add if trial.status == Status.UNKNOWN else facts.add_if_any
    add("last_known_status", trial.get_last_known_status_display() if trial.last_known_status else "")
    facts.add("phase", _phase(trial), as_written=trial.phase_raw)
    facts.add("study_type", trial.get_study_type_display(), as_written=trial.study_type_raw)
    facts.add_if_any("keywords", tuple(Value(word) for word in listed(trial.keywords)))
    facts.miss_if_known(
        *(name for name in ("official_title", "acronym", "status_verified") if not getattr(trial, name))
    )
    return facts.done()


def _add_who(source: Source, facts: Facts) -> None:
    """For whom: ages, sex, whether healthy people may enter, and how many."""
    trial = source.trial
    facts.add("ages", ages_of(source), fields=("min_age", "max_age"))
    facts.miss_if_known(*(f"{end}_age" for end in ("min", "max") if getattr(trial, f"{end}_age_value") is None))
    facts.add("sex", trial.get_sex_display() if trial.sex else "")
    facts.add_if_any("gender_based", yes_no(trial.gender_based))
    facts.add_if_any("gender_description", trial.gender_description)
    facts.add("healthy_volunteers", "Accepted" if trial.healthy_volunteers else _no(trial.healthy_volunteers))
    facts.add("enrollment_count", enrolment(trial))
    facts.add_if_any("enrollment_conditional_max", _conditional_enrolment(trial), label="More, if a condition is met")
    note = "In our words" if "enrollment_note" in listed(trial.our_wording) else ""
    facts.add_if_any("enrollment_note", trial.enrollment_note, note=note)


def _conditions(trial: Trial) -> Iterable[Value]:
    for row in trial.conditions.all():
        term = row.condition
        wording = f"{row.wording} (added by the registry)" if row.from_mesh else row.wording
        yield term_value(wording, "condition", term.slug) if term else Value(wording)


def _terms_note(trial: Trial) -> str:
    rows = trial.conditions.all()
    terms = [
        row.condition.label
        for row in rows
        if row.condition and not row.from_mesh and row.condition.label != row.wording
    ]
    return f"Found here under {either(dict.fromkeys(terms), 'and')}" if terms else ""


def _areas(trial: Trial) -> Iterable[Value]:
    for row in trial.areas.all():
        yield term_value(row.wording, "area", row.area.slug) if row.area else Value(row.wording)


def _no(value: bool | None) -> str:
    return "" if value is None else "Not accepted"


def enrolment(trial: Trial) -> str:
    """How many take part, and whether that is planned or counted; empty where it is not stated."""
    if trial.enrollment_count is None:
        return ""
    kind = f" ({trial.get_enrollment_type_display().lower()})" if trial.enrollment_type else ""
    return f"{count(trial.enrollment_count, 'participant')}{kind}"


def _conditional_enrolment(trial: Trial) -> str:
    most = trial.enrollment_conditional_max
    return f"at most {number(most)} in all" if most is not None else ""


def _phase(trial: Trial) -> tuple[Value, ...]:
    """The phase; it leads to trials of the same phase, except a combined one, which has no value of its own."""
    if not trial.phase:
        return ()
    words = str(trial.get_phase_display())
    if trial.phase.count("PHASE") > 1:
        return (Value(words),)
    return (term_value(words, "phase", enum_slug(trial.phase.removeprefix("PHASE").replace("_PHASE", "_"))),)


def where_lines(source: Source) -> list[str]:
    """How many sites and in which countries, and how many recruit by their own status, where any site has one."""
    trial, sites = source.trial, source.trial.sites.all()
    if not sites:
        return [f"{count(trial.site_count, 'site')}, not named"] if trial.site_count else []
    own = [site.status for site in sites if site.status]
    lines = [str(sites[0]) if len(sites) == 1 else _sites_in(trial)]
    if own and len(sites) > 1:
        unknown = f"; {number(len(sites) - len(own))} without a status of their own" if len(own) < len(sites) else ""
        lines.append(f"{number(own.count(SiteStatus.RECRUITING))} of {number(len(sites))} recruiting{unknown}")
    return lines


def _sites_in(trial: Trial) -> str:
    sites = trial.sites.all()
    countries = list(dict.fromkeys(site.country_name for site in sites if site.country_name))
    if not countries:
        return count(len(sites), "site")
    few = either(countries, "and") if len(countries) <= _MOST_COUNTRIES else f"{number(len(countries))} countries"
    return f"{count(len(sites), 'site')} in {few}"
