"""What a result card shows: one small value per trial, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from trials.models import Absence, CellProduct, Dose, Site, Sponsorship, Trial
from trials.models.choices import AbsenceReason, FindingState, Sex, SponsorRole, Status
from trials.phrases import age_range, count, dose_words, either, number

_STATUS_KIND = {
    Status.RECRUITING: "open",
    Status.AVAILABLE: "open",
    Status.NOT_YET_RECRUITING: "soon",
    Status.ENROLLING_BY_INVITATION: "soon",
    Status.UNKNOWN: "unknown",
    Status.AUTHORISED: "unknown",
    "": "unknown",
}


_AGES = ("min_age", "max_age")
# Where a card says why a value is missing.
_TOLD = ("status", "doses", "sites", *_AGES)
_SEXES: dict[str, str] = {Sex.ALL: "all sexes", Sex.FEMALE: "female only", Sex.MALE: "male only"}


@dataclass(frozen=True)
class ProductLine:
    """A cell product in one line. `is_conflicting` where sources disagree on it."""

    cells: str
    tissue: str
    donor: str
    is_conflicting: bool


@dataclass(frozen=True)
class Card:
    """A trial among results. Empty texts are not stated; status, dose, ages and places say so themselves."""

    url: str
    title: str
    is_our_title: bool
    acronym: str
    numbers: str
    status: str
    status_kind: str
    status_verified: str
    phase: str
    conditions: tuple[str, ...]
    products: tuple[ProductLine, ...]
    doses: tuple[str, ...]
    dose_missing: str
    routes: str
    ages: str
    sex: str
    enrolment: str
    places: str
    sponsor: str
    updated: str


def status_kind(status: str) -> str:
    """`open`, `soon`, `shut` or `unknown`: which badge a status wears."""
    return _STATUS_KIND.get(status, "shut")


def cards_of(ids: Sequence[int]) -> tuple[Card, ...]:
    """Cards of public trials in the order of `ids`; a trial no longer public is left out."""
    trials = {
        trial.pk: trial
        for trial in Trial.objects.public()
        .filter(pk__in=ids)
        .prefetch_related(
            "registrations",
            "conditions",
            Prefetch("products", CellProduct.objects.prefetch_related("cell_types", "tissues", "donors")),
            Prefetch("absences", Absence.objects.filter(field__in=_TOLD, reason=AbsenceReason.NOT_KEPT)),
            Prefetch("doses", Dose.objects.select_related("route")),
            Prefetch("sites", Site.objects.only("trial", "country", "country_raw", "order")),
            Prefetch("sponsorships", Sponsorship.objects.select_related("organisation")),
        )
    }
    return tuple(_card(trials[pk]) for pk in ids if pk in trials)


def _card(trial: Trial) -> Card:
    not_kept = {row.field for row in trial.absences.all()}

    def missing(*fields: str) -> str:
        return "not kept in this copy" if not_kept.intersection(fields) else "not stated"

    return Card(
        url=trial.get_absolute_url(),
        title=trial.display_title or trial.title,
        is_our_title=bool(trial.display_title) or trial.is_our_title,
        acronym=trial.acronym,
        numbers=", ".join(_unique(row.number for row in trial.registrations.all())),
        status=trial.get_status_display() if trial.status else f"Status {missing('status')}",
        status_kind=status_kind(trial.status),
        status_verified=trial.status_verified.label if trial.status_verified else "",
        phase=trial.get_phase_display() if trial.phase else "",
        conditions=tuple(row.wording for row in trial.conditions.all() if not row.from_mesh),
        products=tuple(_product_line(product) for product in trial.products.all()),
        doses=_dose_lines(trial.doses.all()),
        dose_missing=missing("doses").capitalize(),
        routes=either(_unique(dose.route.label for dose in trial.doses.all() if dose.route), "and"),
        ages=_ages(trial, not_kept) or f"Ages {missing(*_AGES)}",
        sex=_SEXES.get(trial.sex, ""),
        enrolment=_enrolment(trial),
        places=_places(trial) or f"Sites {missing('sites')}",
        sponsor=either(
            _unique(row.organisation.name for row in trial.sponsorships.all() if row.role == SponsorRole.LEAD_SPONSOR),
            "and",
        ),
        updated=trial.last_update_posted.label if trial.last_update_posted else "",
    )


def _ages(trial: Trial, not_kept: set[str]) -> str:
    limits = (trial.min_age_value, trial.min_age_unit, trial.max_age_value, trial.max_age_unit)
    return age_range(*limits, is_cut=bool(not_kept.intersection(_AGES)))


def _product_line(product: CellProduct) -> ProductLine:
    return ProductLine(
        cells=either((term.label for term in product.cell_types.all()), "and") or product.name,
        tissue=either(term.label.lower() for term in product.tissues.all()),
        donor=either(term.label.lower() for term in product.donors.all()),
        is_conflicting=product.evidence_state == FindingState.CONFLICTING,
    )


def _dose_lines(doses: Iterable[Dose]) -> tuple[str, ...]:
    """One line per stated step: `1.5 × 10⁶ cells/kg, 3 times`, conditional steps marked."""
    lines = []
    for dose in doses:
        if dose.amount_low is None:
            continue
        size = dose_words(dose.amount_low, dose.amount_high, dose.basis)
        times = f", {count(dose.administrations, 'time')}" if dose.administrations else ""
        only_if = " (only if a condition is met)" if dose.is_conditional else ""
        lines.append(f"{size}{times}{only_if}")
    return tuple(_unique(lines))


def _enrolment(trial: Trial) -> str:
    if trial.enrollment_count is None:
        return ""
    kind = f" {trial.get_enrollment_type_display().lower()}" if trial.enrollment_type else ""
    more = trial.enrollment_conditional_max
    only_if = f", up to {number(more)} if a condition is met" if more is not None else ""
    return f"{count(trial.enrollment_count, 'participant')}{kind}{only_if}"


def _places(trial: Trial) -> str:
    sites = list(trial.sites.all())
    if not sites:
        return f"{count(trial.site_count, 'site')}, not named" if trial.site_count else ""
    countries = _unique(site.country_name for site in sites if site.country_name)
    return f"{count(len(sites), 'site')} in {either(countries, 'and')}" if countries else count(len(sites), "site")


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word))
