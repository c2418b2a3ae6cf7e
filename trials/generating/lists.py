"""A made trial with its lists: 40 to 60 rows, as many as the records of a registry have."""

from __future__ import annotations

from typing import Any

from trials.generating.picking import Picker
from trials.generating.places import within_reach
from trials.generating.trials import LAST_DAY, NOTE, Draft, Row
from trials.generating.world import World
from trials.models import (
    Absence,
    Arm,
    CellProduct,
    CellType,
    Contact,
    Criterion,
    DonorRelation,
    Dose,
    Flag,
    Identifier,
    Intervention,
    Outcome,
    Reference,
    Registration,
    Route,
    Site,
    Sponsorship,
    Statement,
    Target,
    TissueSource,
    TrialCondition,
    choices,
)

_SITE_STATUSES = Picker.of(
    {
        "": 50,
        choices.SiteStatus.RECRUITING: 22,
        choices.SiteStatus.NOT_YET_RECRUITING: 6,
        choices.SiteStatus.COMPLETED: 14,
        choices.SiteStatus.WITHDRAWN: 8,
    }
)
_BASES = Picker.of(
    {
        choices.DoseBasis.FLAT: 50,
        choices.DoseBasis.PER_KG: 40,
        choices.DoseBasis.PER_SITE: 6,
        choices.DoseBasis.PER_M2: 4,
    }
)
_ABSENT = ("safety_rules", "objectives", "ipd_sharing", "contacts")


def made(world: World, seed: int, number: int) -> dict[type[Any], list[Row]]:
    """A trial with all its lists: rows by model, linked with each other as `Draft` says."""
    draft = Draft(world, seed, number)
    registration = _registrations(draft)
    _conditions(draft)
    arms = _arms(draft)
    _criteria(draft)
    _outcomes(draft)
    _sites(draft)
    _people(draft, registration)
    for _ in range(2 if draft.sometimes(0.2) else 1):
        _product(draft, arms, registration)
    _remarks(draft, registration)
    return draft.rows


def _registrations(draft: Draft) -> Row:
    number = f"NCT9{draft.number:07d}"
    lead = draft.add(
        Registration,
        registry=choices.Registry.CTGOV,
        number=number,
        number_raw=number,
        document=f"Generated record {number}",
        is_lead=True,
        updated=draft.trial["last_update_posted"],
        fetched=LAST_DAY.isoformat(),
        note=NOTE,
    )
    if draft.sometimes(0.15):
        # Later than any that the European registers have given out.
        number = f"{2080 + draft.number // 1_000_000}-{draft.number % 1_000_000:06d}-{draft.random.randint(10, 99)}"
        registry = choices.Registry.EUCTR
        draft.add(
            Registration, registry=registry, number=number, number_raw=number, document=f"Generated record {number}"
        )
    draft.add(
        Identifier,
        kind=choices.IdentifierKind.ORG_STUDY_ID,
        value=f"GEN-{draft.number}",
        registration_id=lead,
    )
    return lead


def _conditions(draft: Draft) -> None:
    for term in draft.conditions:
        draft.add(TrialCondition, wording=term.name, condition_id=term.pk)
    if draft.sometimes(0.5):
        draft.add(TrialCondition, wording=draft.text.words(1, 2), from_mesh=True)


def _arms(draft: Draft) -> list[Row]:
    random, text = draft.random, draft.text
    interventions = [
        draft.add(
            Intervention,
            type=random.choice((choices.InterventionType.BIOLOGICAL, choices.InterventionType.DRUG)),
            name=text.words(2, 4),
            description=text.sentence(6, 14),
            other_names=[text.words(1, 2)] if draft.sometimes(0.3) else [],
        )
        for _ in range(random.choice((1, 2, 2, 3)))
    ]
    arms = [
        draft.add(
            Arm,
            label=text.words(2, 5),
            type=random.choice(choices.ArmType.values),
            description=text.prose(random.randint(1, 2)),
            participants=random.randint(3, 80) if draft.sometimes(0.3) else None,
        )
        for _ in range(random.choice((1, 2, 2, 2, 3)))
    ]
    for arm in arms:
        some = random.sample(interventions, random.randint(1, len(interventions)))
        draft.link(Arm.interventions.through, arm, "arm_id", "intervention_id", some)
    return arms


def _criteria(draft: Draft) -> None:
    kinds = (
        (choices.CriterionKind.INCLUSION, draft.random.randint(4, 9)),
        (
            choices.CriterionKind.EXCLUSION,
            draft.random.randint(6, 13),
        ),
    )
    for kind, count in kinds:
        for order in range(1, count + 1):
            draft.add(Criterion, kind=kind, order=order, text=draft.text.sentence(5, 15) or "-")


def _outcomes(draft: Draft) -> None:
    kinds = (choices.OutcomeKind.PRIMARY, 2), (choices.OutcomeKind.SECONDARY, draft.random.randint(3, 7))
    for kind, count in kinds:
        for _ in range(count):
            draft.add(
                Outcome,
                kind=kind,
                measure=draft.text.words(3, 8),
                time_frame=f"{draft.random.randint(1, 60)} months",
            )


def _sites(draft: Draft) -> None:
    count, reach = draft.random.randint(2, 9), within_reach(draft.number)
    for city in draft.world.cities.different_among(draft.random, count, reach):
        draft.add(
            Site,
            facility=f"{city.name} {draft.random.choice(('Hospital', 'Clinic', 'Cell Centre'))}",
            city=city.name,
            country=city.country,
            status=_SITE_STATUSES.one(draft.random),
            latitude=city.latitude,
            longitude=city.longitude,
        )


def _people(draft: Draft, registration: Row) -> None:
    names = draft.world.organisations.different(draft.random, draft.random.choice((1, 1, 2, 3)))
    for place, organisation in enumerate(names):
        role = choices.SponsorRole.COLLABORATOR if place else choices.SponsorRole.LEAD_SPONSOR
        draft.add(Sponsorship, organisation_id=organisation, role=role, registration_id=registration)
    for _ in range(draft.random.choice((0, 1, 1, 2))):
        draft.add(Contact, name=draft.text.words(2, 2).title(), role=choices.ContactRole.PRINCIPAL_INVESTIGATOR)
    for _ in range(draft.random.choice((0, 0, 1, 3))):
        draft.add(Reference, kind=choices.ReferenceKind.BACKGROUND, citation=draft.text.sentence(6, 12))


def _product(draft: Draft, arms: list[Row], registration: Row) -> None:
    random, terms = draft.random, draft.world.terms
    cells = terms[CellType].different(random, random.choice((1, 1, 1, 2)))
    product = draft.add(
        CellProduct,
        name=cells[0].name,
        intervention_id=draft.rows[Intervention][0],
        modification=choices.Modification.CAR if draft.sometimes(0.25) else choices.Modification.NONE,
        preservation=random.choice(["", *choices.Preservation.values]),
        origin=choices.Origin.TEXT,
        registration_id=registration,
    )
    linked = (
        ("cell_types", "celltype_id", [] if draft.sometimes(0.04) else cells),
        ("tissues", "tissuesource_id", terms[TissueSource].different(random, random.choice((0, 1, 1, 1)))),
        ("donors", "donorrelation_id", terms[DonorRelation].different(random, random.choice((0, 1, 1, 1)))),
        ("targets", "target_id", terms[Target].different(random, 1) if draft.sometimes(0.3) else []),
    )
    for name, column, some in linked:
        draft.link(getattr(CellProduct, name).through, product, "cellproduct_id", column, some)
    for arm in arms[: random.choice((1, 1, 2))]:
        amount = round(random.choice((1, 2, 5)) * 10 ** random.randint(5, 9)) if draft.sometimes(0.7) else None
        draft.add(
            Dose,
            arm_id=arm,
            product_id=product,
            route_id=terms[Route].one(random).pk if draft.sometimes(0.9) else None,
            amount_low=amount,
            basis=_BASES.one(random) if amount else "",
            administrations=random.randint(1, 4) if amount else None,
            origin=choices.Origin.TEXT,
            registration_id=registration,
        )


def _remarks(draft: Draft, registration: Row) -> None:
    for name in draft.random.sample(("status", "phase", "start_date", "sex"), draft.random.choice((0, 1, 2))):
        value = str(draft.trial[name] or "not given")
        draft.add(
            Statement, field=name, value=value, origin=choices.Origin.REGISTRY_FIELD, registration_id=registration
        )
    if draft.sometimes(0.15):
        draft.add(Flag, rule=draft.world.rules.one(draft.random), sentence=draft.text.sentence(5, 12) or NOTE)
    for name in draft.random.sample(_ABSENT, draft.random.choice((0, 0, 1, 2))):
        draft.add(Absence, field=name, reason=choices.AbsenceReason.NOT_STATED)
