"""The closed lists of values. ClinicalTrials.gov API v2 enums keep their own names and are never renamed.

A value without a note is ClinicalTrials.gov's; one that another registry needed says whose it is.
"""

from django.db import models


class State(models.TextChoices):
    """Whether the public sees a trial: only what is published."""

    DRAFT = "DRAFT", "Draft"
    # Its editor is done; somebody who may publish looks at it.
    IN_REVIEW = "IN_REVIEW", "In review"
    PUBLISHED = "PUBLISHED", "Published"


class Status(models.TextChoices):
    """Recruitment status of a whole trial."""

    NOT_YET_RECRUITING = "NOT_YET_RECRUITING", "Not yet recruiting"
    RECRUITING = "RECRUITING", "Recruiting"
    ENROLLING_BY_INVITATION = "ENROLLING_BY_INVITATION", "Enrolling by invitation"
    ACTIVE_NOT_RECRUITING = "ACTIVE_NOT_RECRUITING", "Active, not recruiting"
    SUSPENDED = "SUSPENDED", "Suspended"
    COMPLETED = "COMPLETED", "Completed"
    TERMINATED = "TERMINATED", "Terminated"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    AVAILABLE = "AVAILABLE", "Available (expanded access)"
    NO_LONGER_AVAILABLE = "NO_LONGER_AVAILABLE", "No longer available (expanded access)"
    TEMPORARILY_NOT_AVAILABLE = "TEMPORARILY_NOT_AVAILABLE", "Temporarily not available (expanded access)"
    APPROVED_FOR_MARKETING = "APPROVED_FOR_MARKETING", "Approved for marketing"
    WITHHELD = "WITHHELD", "Withheld"
    UNKNOWN = "UNKNOWN", "Unknown"
    # WHO ICTRP: says only that nobody is recruited, not why.
    NOT_RECRUITING = "NOT_RECRUITING", "Not recruiting"
    # EU registers: allowed to run; whether it recruits is not told.
    AUTHORISED = "AUTHORISED", "Authorised, recruitment not told"
    # EU CTIS public statuses without a ClinicalTrials.gov word.
    UNDER_EVALUATION = "UNDER_EVALUATION", "Under evaluation"
    NOT_AUTHORISED = "NOT_AUTHORISED", "Not authorised"
    EXPIRED = "EXPIRED", "Authorisation expired"
    REVOKED = "REVOKED", "Authorisation revoked"
    CANCELLED = "CANCELLED", "Application cancelled"


class SiteStatus(models.TextChoices):
    """Recruitment status of one site (ClinicalTrials.gov RecruitmentStatus)."""

    NOT_YET_RECRUITING = "NOT_YET_RECRUITING", "Not yet recruiting"
    RECRUITING = "RECRUITING", "Recruiting"
    ENROLLING_BY_INVITATION = "ENROLLING_BY_INVITATION", "Enrolling by invitation"
    ACTIVE_NOT_RECRUITING = "ACTIVE_NOT_RECRUITING", "Active, not recruiting"
    SUSPENDED = "SUSPENDED", "Suspended"
    COMPLETED = "COMPLETED", "Completed"
    TERMINATED = "TERMINATED", "Terminated"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    AVAILABLE = "AVAILABLE", "Available (expanded access)"


class Phase(models.TextChoices):
    """The phases of a trial as one value; a combined phase is one value that counts for both.

    ClinicalTrials.gov keeps a list; only neighbours occur together, so one checked column holds it all.
    """

    NA = "NA", "Not applicable"
    EARLY_PHASE1 = "EARLY_PHASE1", "Early phase 1"
    PHASE1 = "PHASE1", "Phase 1"
    PHASE1_PHASE2 = "PHASE1_PHASE2", "Phase 1/2"
    PHASE2 = "PHASE2", "Phase 2"
    PHASE2_PHASE3 = "PHASE2_PHASE3", "Phase 2/3"
    PHASE3 = "PHASE3", "Phase 3"
    PHASE3_PHASE4 = "PHASE3_PHASE4", "Phase 3/4"  # EU CTIS code 11
    PHASE4 = "PHASE4", "Phase 4"


class StudyType(models.TextChoices):
    INTERVENTIONAL = "INTERVENTIONAL", "Interventional"
    OBSERVATIONAL = "OBSERVATIONAL", "Observational"
    EXPANDED_ACCESS = "EXPANDED_ACCESS", "Expanded access"


class DateType(models.TextChoices):
    """Whether a date or an enrolment happened or is expected."""

    ACTUAL = "ACTUAL", "Actual"
    ESTIMATED = "ESTIMATED", "Estimated"


class Sex(models.TextChoices):
    ALL = "ALL", "All"
    FEMALE = "FEMALE", "Female"
    MALE = "MALE", "Male"


class AgeUnit(models.TextChoices):
    YEARS = "YEARS", "years"
    MONTHS = "MONTHS", "months"
    WEEKS = "WEEKS", "weeks"
    DAYS = "DAYS", "days"
    HOURS = "HOURS", "hours"
    MINUTES = "MINUTES", "minutes"


class Allocation(models.TextChoices):
    RANDOMIZED = "RANDOMIZED", "Randomized"
    NON_RANDOMIZED = "NON_RANDOMIZED", "Non-randomized"
    NA = "NA", "Not applicable (single group)"


class InterventionModel(models.TextChoices):
    """ClinicalTrials.gov InterventionalAssignment."""

    SINGLE_GROUP = "SINGLE_GROUP", "Single group"
    PARALLEL = "PARALLEL", "Parallel assignment"
    CROSSOVER = "CROSSOVER", "Crossover"
    FACTORIAL = "FACTORIAL", "Factorial"
    SEQUENTIAL = "SEQUENTIAL", "Sequential"


class PrimaryPurpose(models.TextChoices):
    TREATMENT = "TREATMENT", "Treatment"
    PREVENTION = "PREVENTION", "Prevention"
    DIAGNOSTIC = "DIAGNOSTIC", "Diagnostic"
    ECT = "ECT", "Educational, counselling or training"
    SUPPORTIVE_CARE = "SUPPORTIVE_CARE", "Supportive care"
    SCREENING = "SCREENING", "Screening"
    HEALTH_SERVICES_RESEARCH = "HEALTH_SERVICES_RESEARCH", "Health services research"
    BASIC_SCIENCE = "BASIC_SCIENCE", "Basic science"
    DEVICE_FEASIBILITY = "DEVICE_FEASIBILITY", "Device feasibility"
    OTHER = "OTHER", "Other"


class Masking(models.TextChoices):
    NONE = "NONE", "None (open label)"
    SINGLE = "SINGLE", "Single blind"
    DOUBLE = "DOUBLE", "Double blind"
    TRIPLE = "TRIPLE", "Triple blind"
    QUADRUPLE = "QUADRUPLE", "Quadruple blind"


class WhoMasked(models.TextChoices):
    PARTICIPANT = "PARTICIPANT", "Participant"
    CARE_PROVIDER = "CARE_PROVIDER", "Care provider"
    INVESTIGATOR = "INVESTIGATOR", "Investigator"
    OUTCOMES_ASSESSOR = "OUTCOMES_ASSESSOR", "Outcomes assessor"


class Centres(models.TextChoices):
    """Stated number of centres, in words; the sites themselves are rows."""

    SINGLE = "SINGLE", "Single centre"
    MULTI = "MULTI", "Several centres"


class ArmType(models.TextChoices):
    """ClinicalTrials.gov ArmGroupType."""

    EXPERIMENTAL = "EXPERIMENTAL", "Experimental"
    ACTIVE_COMPARATOR = "ACTIVE_COMPARATOR", "Active comparator"
    PLACEBO_COMPARATOR = "PLACEBO_COMPARATOR", "Placebo comparator"
    SHAM_COMPARATOR = "SHAM_COMPARATOR", "Sham comparator"
    NO_INTERVENTION = "NO_INTERVENTION", "No intervention"
    OTHER = "OTHER", "Other"


class InterventionType(models.TextChoices):
    BEHAVIORAL = "BEHAVIORAL", "Behavioral"
    BIOLOGICAL = "BIOLOGICAL", "Biological"
    COMBINATION_PRODUCT = "COMBINATION_PRODUCT", "Combination product"
    DEVICE = "DEVICE", "Device"
    DIAGNOSTIC_TEST = "DIAGNOSTIC_TEST", "Diagnostic test"
    DIETARY_SUPPLEMENT = "DIETARY_SUPPLEMENT", "Dietary supplement"
    DRUG = "DRUG", "Drug"
    GENETIC = "GENETIC", "Genetic"
    PROCEDURE = "PROCEDURE", "Procedure"
    RADIATION = "RADIATION", "Radiation"
    OTHER = "OTHER", "Other"


class AgencyClass(models.TextChoices):
    """ClinicalTrials.gov's kind of sponsor, shown by some sites as the funder type."""

    NIH = "NIH", "NIH"
    FED = "FED", "US federal agency"
    OTHER_GOV = "OTHER_GOV", "Other government"
    INDIV = "INDIV", "Individual"
    INDUSTRY = "INDUSTRY", "Industry"
    NETWORK = "NETWORK", "Network"
    AMBIG = "AMBIG", "Ambiguous"
    OTHER = "OTHER", "Other"
    UNKNOWN = "UNKNOWN", "Unknown"


class SponsorRole(models.TextChoices):
    LEAD_SPONSOR = "LEAD_SPONSOR", "Lead sponsor"
    COLLABORATOR = "COLLABORATOR", "Collaborator"
    # The word "Source" of sites that do not say whether they mean the sponsor.
    SOURCE = "SOURCE", "Source (as the copy calls it)"
    RECORD_HOLDER = "RECORD_HOLDER", "Organisation that holds the record"
    EARLIER_FUNDER = "EARLIER_FUNDER", "Funder of earlier work"


class ContactRole(models.TextChoices):
    CONTACT = "CONTACT", "Contact"
    PRINCIPAL_INVESTIGATOR = "PRINCIPAL_INVESTIGATOR", "Principal investigator"
    SUB_INVESTIGATOR = "SUB_INVESTIGATOR", "Sub-investigator"
    STUDY_CHAIR = "STUDY_CHAIR", "Study chair"
    STUDY_DIRECTOR = "STUDY_DIRECTOR", "Study director"


class CriterionKind(models.TextChoices):
    INCLUSION = "INCLUSION", "Inclusion"
    EXCLUSION = "EXCLUSION", "Exclusion"


class GroupRule(models.TextChoices):
    """How the rows below a criterion combine."""

    ALL = "ALL", "all of these"
    ANY = "ANY", "any one of these"


class OutcomeKind(models.TextChoices):
    PRIMARY = "PRIMARY", "Primary"
    SECONDARY = "SECONDARY", "Secondary"
    OTHER = "OTHER", "Other"


class ReferenceKind(models.TextChoices):
    BACKGROUND = "BACKGROUND", "Background"
    RESULT = "RESULT", "Result"
    DERIVED = "DERIVED", "Derived by the registry"
    LINK = "LINK", "Link"


class Registry(models.TextChoices):
    """Whose number system a registration number belongs to."""

    CTGOV = "CTGOV", "ClinicalTrials.gov"
    CTIS = "CTIS", "EU CTIS"
    EUCTR = "EUCTR", "EU Clinical Trials Register"
    ICTRP = "ICTRP", "WHO ICTRP"


class IdentifierKind(models.TextChoices):
    """ClinicalTrials.gov SecondaryIdType, and the organisation's own study number."""

    ORG_STUDY_ID = "ORG_STUDY_ID", "Sponsor's own study number"
    NIH = "NIH", "NIH grant"
    FDA = "FDA", "FDA"
    VA = "VA", "VA"
    CDC = "CDC", "CDC"
    AHRQ = "AHRQ", "AHRQ"
    SAMHSA = "SAMHSA", "SAMHSA"
    OTHER_GRANT = "OTHER_GRANT", "Grant"
    EUDRACT_NUMBER = "EUDRACT_NUMBER", "EudraCT number"
    CTIS = "CTIS", "EU CT number"
    REGISTRY = "REGISTRY", "Other registry"
    OTHER = "OTHER", "Other"


class RelatedKind(models.TextChoices):
    """Why a record is named beside a trial by a source."""

    PREDECESSOR = "PREDECESSOR", "Earlier trial of the same programme"
    SUCCESSOR = "SUCCESSOR", "Later trial of the same programme"
    LISTED = "LISTED", "Listed by the source without a reason"


class Modification(models.TextChoices):
    """Genetic modification of the cells."""

    NONE = "NONE", "None"
    CAR = "CAR", "Chimeric antigen receptor"
    TCR = "TCR", "Engineered T-cell receptor"
    GENE_ADDED = "GENE_ADDED", "Gene added"
    GENE_EDITED = "GENE_EDITED", "Gene edited"
    OTHER = "OTHER", "Other"


class Preservation(models.TextChoices):
    FRESH = "FRESH", "Fresh"
    FROZEN = "FROZEN", "Cryopreserved"


class DoseBasis(models.TextChoices):
    """What one dose is counted per; doses of two bases are never converted or drawn on one axis."""

    FLAT = "FLAT", "cells"
    PER_KG = "PER_KG", "cells per kg body weight"
    PER_M2 = "PER_M2", "cells per m² body surface"
    PER_SITE = "PER_SITE", "cells per injection site"
    PER_EYE = "PER_EYE", "cells per eye"
    PER_CM2 = "PER_CM2", "cells per cm² treated area"


class IntervalUnit(models.TextChoices):
    DAYS = "DAYS", "days"
    WEEKS = "WEEKS", "weeks"
    MONTHS = "MONTHS", "months"


class PlanKind(models.TextChoices):
    """What a plan says beside the cells themselves. Ours; registries have no such field."""

    HARVEST = "HARVEST", "Harvest of cells"
    CONDITIONING = "CONDITIONING", "Conditioning"
    LYMPHODEPLETION = "LYMPHODEPLETION", "Lymphodepletion"
    BRIDGING = "BRIDGING", "Bridging therapy"
    IMMUNOSUPPRESSION = "IMMUNOSUPPRESSION", "Immunosuppression"
    TAPER = "TAPER", "Taper of other drugs"
    STAY = "STAY", "Stay in hospital"
    FOLLOW_UP = "FOLLOW_UP", "Follow-up"
    ESCALATION = "ESCALATION", "Dose escalation"
    SENTINEL = "SENTINEL", "Sentinel rule"
    PLACEBO = "PLACEBO", "Compared with placebo"
    SHAM = "SHAM", "Compared with a sham procedure"
    STANDARD_CARE = "STANDARD_CARE", "Compared with standard care"
    OTHER_TREATMENT = "OTHER_TREATMENT", "Compared with another treatment"
    WITHIN_PATIENT = "WITHIN_PATIENT", "Each participant is also their own control"


class CueKind(models.TextChoices):
    """What a phrase tells the reader about the words around it."""

    LOOKALIKE = "LOOKALIKE", "What is given is no living cell (exosomes, lysate, plasma …)"
    NEGATION = "NEGATION", "Says that something is not so or not given"
    PRIOR = "PRIOR", "Speaks of earlier treatment"
    MEASURED = "MEASURED", "Cells are counted or tested, not given"
    SOURCE_ONLY = "SOURCE_ONLY", "Cells are collected or kept, not given"
    SURROUNDING = "SURROUNDING", "Before cells: they only surround the treatment under study (“after”, “undergoing”)"
    SURROUNDED = "SURROUNDED", "Behind cells: they only surround the treatment under study (“recipients”)"
    STUDIED = "STUDIED", "Stands for the product under study (“the cells”, “the investigational product”)"
    TAKEN = "TAKEN", "Says that cells or tissue are taken"
    CAR = "CAR", "A chimeric antigen receptor"
    APHERESIS = "APHERESIS", "Blood cells are collected by a machine"
    GIVEN = "GIVEN", "Says that something is given"
    DRUG = "DRUG", "A drug that prepares for the cells or protects them, by its name or the end of its name"
    CONDITIONING = "CONDITIONING", "Conditioning before a transplant"
    LYMPHODEPLETION = "LYMPHODEPLETION", "Lymphodepletion before the cells"
    BRIDGING = "BRIDGING", "Bridging therapy"
    IMMUNOSUPPRESSION = "IMMUNOSUPPRESSION", "Immunosuppression"
    TAPER = "TAPER", "Another drug is lowered step by step"
    HARVEST = "HARVEST", "Cells are taken from the patient or a donor"
    STAY = "STAY", "Stay in hospital"
    FOLLOW_UP = "FOLLOW_UP", "Follow-up"
    ESCALATION = "ESCALATION", "Doses rise from cohort to cohort"
    SENTINEL = "SENTINEL", "One participant is treated before the others"
    PLACEBO = "PLACEBO", "Placebo"
    SHAM = "SHAM", "Sham procedure"
    STANDARD_CARE = "STANDARD_CARE", "Standard care as the comparator"
    WITHIN_PATIENT = "WITHIN_PATIENT", "The patient is also the control"
    EXPANDED = "EXPANDED", "Cultured or expanded"
    NOT_EXPANDED = "NOT_EXPANDED", "Not cultured"
    FRESH = "FRESH", "Given fresh"
    FROZEN = "FROZEN", "Kept frozen"
    VECTOR = "VECTOR", "Vector that carries a gene"
    GENE_EDITED = "GENE_EDITED", "Gene editing"
    GENE_ADDED = "GENE_ADDED", "A gene is added"
    CELL_NOUN = "CELL_NOUN", "Counts as cells behind a number"
    NOT_A_DOSE = "NOT_A_DOSE", "Counts something else than cells given (colonies, copies, platelets …)"
    CONDITIONAL = "CONDITIONAL", "Takes place only if a condition is met"
    DOSE_WORD = "DOSE_WORD", "Says that a number near it is a dose"
    COLLECTED = "COLLECTED", "A number near it is of cells collected, cultured or kept"
    COUNTED = "COUNTED", "A number near it is of cells counted or tested"
    EARLIER_STUDY = "EARLIER_STUDY", "A number near it is of another study, also in animals"
    AT_MOST = "AT_MOST", "The number behind it is the most that is given"
    AT_LEAST = "AT_LEAST", "The number behind it is the least that is given"
    SPLIT = "SPLIT", "A dose is given in parts"
    GIVEN_BACK = "GIVEN_BACK", "Says that cells are given back to whom they came from"
    COMMON_WORD = "COMMON_WORD", "Begins the names of treatments and says nothing about which"
    PATIENT = "PATIENT", "Stands for who takes part"


class Origin(models.TextChoices):
    """How a fact came into the catalogue."""

    REGISTRY_FIELD = "REGISTRY_FIELD", "a field of the source"
    TEXT = "TEXT", "read from the source's text"
    EDITOR = "EDITOR", "entered by an editor"


class FindingState(models.TextChoices):
    STATED = "STATED", "Stated"
    INFERRED = "INFERRED", "Inferred"
    CONFLICTING = "CONFLICTING", "Conflicting"


class AbsenceReason(models.TextChoices):
    """Why a value is missing; the words a source printed in its place are never stored."""

    NOT_STATED = "NOT_STATED", "Not stated by the source"
    BLANK = "BLANK", "Left blank at the source"
    NOT_LOADED = "NOT_LOADED", "Not loaded at the source when it was copied"
    NOT_KEPT = "NOT_KEPT", "Not kept in this copy"


class Severity(models.TextChoices):
    NOTE = "NOTE", "Note"
    WARNING = "WARNING", "Warning"
    SERIOUS = "SERIOUS", "Serious"


class FlagOrigin(models.TextChoices):
    """Who found what does not fit."""

    HAND = "HAND", "Written by hand"
    RULE = "RULE", "Found by a rule"


class Verdict(models.TextChoices):
    """What became of a received record."""

    KEPT = "KEPT", "Kept"
    SKIPPED = "SKIPPED", "Skipped"
    SET_ASIDE = "SET_ASIDE", "Set aside: could not be read or saved"


class MatchReason(models.TextChoices):
    """Why two registrations may be one trial."""

    TITLE = "TITLE", "the same title"
    CONTESTED = "CONTESTED", "one number is named by several records of one registry"


class EditKind(models.TextChoices):
    """How a value of a trial came to differ from what it was, by an editor's hand."""

    EDITED = "EDITED", "edited"
    TAKEN_BACK = "TAKEN_BACK", "the registry's value taken back"
    GAVE_WAY = "GAVE_WAY", "gave way to another edit when two trials became one"
    RESTORED = "RESTORED", "restored from the history"
    LAPSED = "LAPSED", "a dismissal ended: what it was about has changed"


class MomentKind(models.TextChoices):
    """What happened to a trial at a moment that its history keeps."""

    OTHERWISE = "OTHERWISE", "as imports, fixtures and changes of terms had left it"
    EDITED = "EDITED", "edited"
    TAKEN_BACK = "TAKEN_BACK", "the registry's value taken back"
    RESTORED = "RESTORED", "restored from the history"
    MATCHED = "MATCHED", "documents moved after a decision on a match"
    JOINED = "JOINED", "became part of another trial"
    DELETED = "DELETED", "deleted"
    UNDELETED = "UNDELETED", "brought back after it was deleted"


class Keep(models.TextChoices):
    """Which records of a file or a service come into the catalogue."""

    CELLS = "CELLS", "Trials in which living cells are given"
    ALL = "ALL", "All records"


class JobKind(models.TextChoices):
    """What the worker does."""

    UPLOAD = "UPLOAD", "An uploaded file"
    FETCH = "FETCH", "A scheduled fetch"


class JobState(models.TextChoices):
    """How far a job is."""

    QUEUED = "QUEUED", "Waiting for the worker"
    CHECKING = "CHECKING", "Being checked"
    CHECKED = "CHECKED", "Checked, nothing written yet"
    APPROVED = "APPROVED", "Waiting to be imported"
    IMPORTING = "IMPORTING", "Being imported"
    DONE = "DONE", "Done"
    FAILED = "FAILED", "Failed"
    DISCARDED = "DISCARDED", "Discarded"


class JobStep(models.TextChoices):
    """Whether a list tells what an import would do, or what it did."""

    CHECK = "CHECK", "dry run"
    IMPORT = "IMPORT", "import"


class Became(models.TextChoices):
    """What becomes of one record of an import."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    SKIPPED = "skipped", "Skipped"
    SET_ASIDE = "set_aside", "Refused"


class EveryUnit(models.TextChoices):
    HOURS = "HOURS", "hours"
    DAYS = "DAYS", "days"
