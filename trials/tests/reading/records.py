"""Small made-up records for the readers' tests, and the shipped lexicon."""

from trials.intake.lexicon import shipped_lexicon
from trials.reading.criteria import read_criteria
from trials.reading.facts import Reading
from trials.reading.read import read
from trials.records import ArmRecord, InterventionRecord, TrialRecord


def record(title="", *given, official="", summary="", detail="", arms=(), criteria="", study_type="INTERVENTIONAL"):
    """A record. `given` are interventions: a name, or (name, description), or (name, description, type)."""
    interventions = []
    for item in given:
        name, description, kind = (item, "", "BIOLOGICAL") if isinstance(item, str) else (*item, "BIOLOGICAL")[:3]
        interventions.append(InterventionRecord(name, kind, description=description))
    return TrialRecord(
        registry="CTGOV",
        number="NCT00000001",
        source="CTGOV",
        title=title,
        official_title=official,
        brief_summary=summary,
        detailed_description=detail,
        study_type=study_type,
        interventions=tuple(interventions),
        arms=tuple(ArmRecord(*arm) if isinstance(arm, tuple) else ArmRecord(arm) for arm in arms),
        criteria=read_criteria(criteria),
    )


def reading(*args, **kwargs) -> Reading:
    return read(record(*args, **kwargs), shipped_lexicon())


def slugs(read_: Reading, name: str) -> list[str]:
    """The values of an attribute over all products, each once."""
    return list(dict.fromkeys(fact.value for product in read_.products for fact in getattr(product, name)))
