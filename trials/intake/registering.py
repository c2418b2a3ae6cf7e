"""The rows of registrations: what a registry's record says of itself, and which numbers of others it names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from trials.intake.content import Row, fitted
from trials.intake.editing import grow
from trials.intake.matching import COPIED_BY, claims_of, publisher_of
from trials.intake.pairing import comparable
from trials.intake.titles import title_key
from trials.models import Claim, Registration, bulk
from trials.models.choices import Phase, Registry, Sex, Status, StudyType
from trials.records import Problem, TrialRecord

# What registrations are compared on, side by side; enums in words, as other documents print them.
COMPARED = (
    "status", "phase", "start_date", "primary_completion_date", "completion_date", "enrollment_count", "study_type",
    "sex",
)  # fmt: skip
_TITLES = ("title_key", "official_title_key")
_WORDS = {"status": Status, "phase": Phase, "study_type": StudyType, "sex": Sex}


def registration_row(record: TrialRecord) -> Row:
    """The columns of a registration, as its record says them."""
    label = Registry(record.registry).label
    says = {name: _in_words(name, value) for name in COMPARED if (value := getattr(record, name)) not in (None, "")}
    problems: list[Problem] = []
    row = {
        "registry": record.registry,
        "number": record.number,
        "number_raw": record.number_raw,
        "publisher": publisher_of(record),
        "document": f"{label} record {record.number}" + (f", copied by {COPIED_BY}" if publisher_of(record) else ""),
        "url": record.url,
        "says": says,
        "title_key": title_key(record.title),
        "official_title_key": title_key(record.official_title),
        "updated": str(record.updated) if record.updated else None,
        "fetched": str(record.copied) if record.copied else None,
    }
    return fitted(Registration, row, problems)


def claim_rows(registration: int, record: TrialRecord) -> list[Row]:
    """The numbers of other registries that a registration's record names."""
    return [
        {"registration_id": registration, "registry": registry, "number": number}
        for registry, number in claims_of(record)
    ]


def refresh_registrations(records: Mapping[int, TrialRecord]) -> set[str]:
    """Makes registrations, given by their numbers, and their claims what their records say now.

    Returns the keys of titles that changed.
    """
    wanted = {pk: registration_row(record) for pk, record in records.items()}
    names = next(iter(wanted.values()), {})
    rows = Registration.objects.filter(pk__in=list(wanted)).values("pk", "trial_id", *names)
    held = {row.pop("pk"): row for row in rows}
    changed = {
        pk: {name: value for name, value in row.items() if comparable(held[pk][name]) != comparable(value)}
        for pk, row in wanted.items()
    }
    bulk.update(Registration, [(pk, row) for pk, row in changed.items() if row])
    # A trial's documents are on its form.
    grow(*{held[pk]["trial_id"] for pk, row in changed.items() if row})
    _refresh_claims(records)
    return {held[pk][name] for pk, row in changed.items() for name in _TITLES if name in row}


def _refresh_claims(records: Mapping[int, TrialRecord]) -> None:
    held: defaultdict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = Claim.objects.filter(registration__in=list(records))
    for pk, registration, registry, number in rows.values_list("pk", "registration", "registry", "number"):
        held[registration][registry, number] = pk
    fresh: list[Row] = []
    for registration, record in records.items():
        for row in claim_rows(registration, record):
            if held[registration].pop((row["registry"], row["number"]), None) is None:
                fresh.append(row)
    gone = [pk for own in held.values() for pk in own.values()]
    if gone:
        Claim.objects.filter(pk__in=gone).delete()
    bulk.add(Claim, fresh)


def _in_words(name: str, value: object) -> str:
    return str(_WORDS[name](value).label) if name in _WORDS else str(value)
