"""The longer lines of a result card: doses, and the sites that recruit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trials.models.choices import SiteStatus, Status
from trials.models.site import country_name
from trials.phrases import amount, count, dose_words, either, times_words
from trials.search.rows import DoseRow, SiteRow

# Amounts and countries that are named one by one.
MOST_AMOUNTS = 3
MOST_COUNTRIES = 3


def dose_lines(doses: Iterable[DoseRow]) -> tuple[str, ...]:
    """One line for each basis: `1 × 10⁶, 2 × 10⁶ or 4 × 10⁶ cells/kg, 3 times`, another for conditional steps.

    Of many amounts the least and the most are named: `1 × 10⁵ to 5 × 10⁷ cells (5 different doses)`.
    """
    alike: dict[tuple[str, bool], list[DoseRow]] = {}
    for dose in doses:
        if dose.amount_low is not None:
            alike.setdefault((dose.basis, dose.is_conditional), []).append(dose)
    return tuple(
        f"{_dose_line(steps)}{' (only if a condition is met)' if is_conditional else ''}"
        for (_, is_conditional), steps in alike.items()
    )


def _dose_line(steps: Sequence[DoseRow]) -> str:
    times = {step.administrations for step in steps}
    [often] = times if len(times) == 1 else [None]
    return f"{_amounts(steps)}, {times_words(often)}" if often else _amounts(steps)


def _amounts(steps: Sequence[DoseRow]) -> str:
    basis = steps[0].basis
    sizes = dict.fromkeys((step.amount_low, step.amount_high or step.amount_low) for step in steps)
    if len(sizes) == 1:
        [(low, high)] = sizes
        return dose_words(low, high, basis)
    ends = [end for size in sizes for end in size if end is not None]
    if len(sizes) <= MOST_AMOUNTS and all(low == high for low, high in sizes):
        *others, last = sorted(ends[::2])
        return f"{', '.join(map(amount, others))} or {dose_words(last, None, basis)}"
    return f"{dose_words(min(ends), max(ends), basis)} ({len(sizes)} different doses)"


def open_line(sites: Sequence[SiteRow], trial_status: str, missing: str) -> str:
    """Which sites recruit now: `2 of 5 sites, in Italy and Spain`.

    A site without a status of its own counts as the trial does, and the line says so; `missing` says why it has none
    (`not stated`). A site that is marked as recruiting in a trial that is not is told as just that. Empty where neither
    the trial nor any site recruits.
    """
    stated = [site for site in sites if site.status == SiteStatus.RECRUITING]
    assumed = [site for site in sites if not site.status] if trial_status == Status.RECRUITING else []
    if not stated and not assumed:
        return "No site is stated to recruit" if sites and trial_status == Status.RECRUITING else ""
    line = f"{len(stated) + len(assumed)} of {count(len(sites), 'site')}{_in(in_countries([*stated, *assumed]))}"
    if trial_status != Status.RECRUITING:
        # Nobody has brought the sites' statuses into line, or nobody has confirmed anything for years.
        whole = Status(trial_status).label.lower() if trial_status else "not stated"
        return f"{line}, marked as recruiting though the trial's own status is “{whole}”"
    if not assumed:
        return line
    how_many = f"{len(assumed)} " if stated else ""
    return f"{line} ({how_many}by the trial's status; their own is {missing})"


def in_countries(sites: Iterable[SiteRow]) -> str:
    """`Italy and Spain`; of many the first ones: `Italy, Spain, France and 9 more countries`."""
    names = list(dict.fromkeys(name for site in sites if (name := country_name(site.country) or site.country_raw)))
    if len(names) > MOST_COUNTRIES + 1:
        names[MOST_COUNTRIES:] = [f"{len(names) - MOST_COUNTRIES} more countries"]
    return either(names, "and")


def _in(countries: str) -> str:
    return f", in {countries}" if countries else ""
