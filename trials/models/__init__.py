"""The tables of the catalogue, one file each."""

from trials.models.arm import Arm
from trials.models.audit import AuditEntry, AuditKind
from trials.models.card import Card
from trials.models.change import Change
from trials.models.contact import Contact
from trials.models.criterion import Criterion
from trials.models.dose import Dose
from trials.models.edit import Edit
from trials.models.finding import Absence, Statement
from trials.models.fixture_row import FixtureFile, FixtureRow
from trials.models.flag import Flag
from trials.models.import_run import ImportRun
from trials.models.intervention import Intervention
from trials.models.job import Job, JobRecord, ScheduledFetch, Worker
from trials.models.lock import Lock
from trials.models.matching import Claim, MatchDecision, MatchSuggestion
from trials.models.merged import LateCard, Merged
from trials.models.name import Name, NameKind, TrialName
from trials.models.organisation import FormerName, Organisation, Sponsorship
from trials.models.outcome import Outcome
from trials.models.plan import PlanNote
from trials.models.preview import PreviewLink
from trials.models.product import CellProduct
from trials.models.raw_record import RawRecord
from trials.models.reading import TrialReading
from trials.models.reference import Reference, RelatedRecord
from trials.models.registration import Identifier, Registration
from trials.models.revision import CatalogueState, Revision
from trials.models.site import Site
from trials.models.trial import FormerSlug, Trial, TrialArea, TrialCondition
from trials.models.vocabulary import (
    Area,
    CellType,
    CodeSystem,
    Condition,
    ConditionChange,
    Cue,
    DonorRelation,
    KnownProduct,
    Route,
    Target,
    TissueSource,
)
from trials.models.word import Word

# isort: split
# After every list of a trial.
from trials.models.history import HISTORY, DeletedTrial, Moment

# Made from the other tables for searching; `search.publishing.publish_all` makes them anew.
DERIVED = (Card, CatalogueState, LateCard, Name, Revision, TrialName, Word)

__all__ = [
    "DERIVED",
    "HISTORY",
    "Absence",
    "Area",
    "Arm",
    "AuditEntry",
    "AuditKind",
    "Card",
    "CatalogueState",
    "CellProduct",
    "CellType",
    "Change",
    "Claim",
    "CodeSystem",
    "Condition",
    "ConditionChange",
    "Contact",
    "Criterion",
    "Cue",
    "DeletedTrial",
    "DonorRelation",
    "Dose",
    "Edit",
    "FixtureFile",
    "FixtureRow",
    "Flag",
    "FormerName",
    "FormerSlug",
    "Identifier",
    "ImportRun",
    "Intervention",
    "Job",
    "JobRecord",
    "KnownProduct",
    "LateCard",
    "Lock",
    "MatchDecision",
    "MatchSuggestion",
    "Merged",
    "Moment",
    "Name",
    "NameKind",
    "Organisation",
    "Outcome",
    "PlanNote",
    "PreviewLink",
    "RawRecord",
    "Reference",
    "Registration",
    "RelatedRecord",
    "Revision",
    "Route",
    "ScheduledFetch",
    "Site",
    "Sponsorship",
    "Statement",
    "Target",
    "TissueSource",
    "Trial",
    "TrialArea",
    "TrialCondition",
    "TrialName",
    "TrialReading",
    "Word",
    "Worker",
]
