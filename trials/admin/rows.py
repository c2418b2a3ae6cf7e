"""The lists of a trial in the order in which an editor works through them."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from trials.admin.inline import RowInline
from trials.admin.people_places import (
    AreaInline,
    ConditionInline,
    ContactInline,
    CriterionInline,
    OutcomeInline,
    SiteInline,
)
from trials.admin.rowset import accessor_of
from trials.admin.sources import (
    AbsenceInline,
    FlagInline,
    IdentifierInline,
    ReferenceInline,
    RegistrationInline,
    RelatedRecordInline,
    SponsorshipInline,
    StatementInline,
)
from trials.admin.treatment import ArmInline, DoseInline, InterventionInline, PlanNoteInline, ProductInline
from trials.models import Trial

# A longer list is edited on a page of its own, this many rows at a time.
PAGE_SIZE = 50
# A row costs about 10 ms to draw. Beyond this many in all, the longest lists move to their own pages too.
ROWS_TOGETHER = 200

LISTS: dict[str, type[RowInline]] = {
    accessor_of(inline.model): inline
    for inline in (
        RegistrationInline,
        ConditionInline,
        AreaInline,
        InterventionInline,
        ProductInline,
        DoseInline,
        PlanNoteInline,
        ArmInline,
        CriterionInline,
        OutcomeInline,
        SiteInline,
        ContactInline,
        SponsorshipInline,
        IdentifierInline,
        ReferenceInline,
        RelatedRecordInline,
        StatementInline,
        AbsenceInline,
        FlagInline,
    )
}


def list_sizes(trial: Trial) -> dict[str, int]:
    """How many rows each list of the trial has, by the list's name; one query."""
    sizes = {}
    for name, inline in LISTS.items():
        rows = inline.model._default_manager.filter(inline.limit, trial=OuterRef("pk")).order_by().values("trial")
        sizes[f"{name}_size"] = Coalesce(Subquery(rows.annotate(total=Count("pk")).values("total")), 0)
    found = Trial.objects.filter(pk=trial.pk).annotate(**sizes).values(*sizes).first() or dict.fromkeys(sizes, 0)
    return {name.removesuffix("_size"): total for name, total in found.items()}


def short_lists(sizes: dict[str, int]) -> set[str]:
    """Which lists the trial's own page holds: none longer than a page, and together no more than it can draw fast."""
    held, total = set(), 0
    for name in sorted(sizes, key=sizes.__getitem__):
        total += sizes[name]
        if sizes[name] > PAGE_SIZE or total > ROWS_TOGETHER:
            break
        held.add(name)
    return held
