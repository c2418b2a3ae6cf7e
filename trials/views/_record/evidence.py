"""Where each value stands: marks beside the values, and the numbered list at the end that they lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from trials.models import Arm, CellProduct, Dose, PlanNote, Statement, Trial
from trials.models.choices import FindingState, Origin
from trials.models.finding import Finding
from trials.phrases import either
from trials.places import is_read, place_words, with_article
from trials.views._record.documents import Document, documents_of
from trials.views._record.names import heading_of
from trials.views._record.naming import product_names
from trials.views._record.proofs import Proof, proofs_of

# Lists of terms that may all be true of one product, so that two of them from one document are no disagreement.
_MANY = frozenset(("cell_types", "tissues", "donors", "targets"))


@dataclass(frozen=True)
class Mark:
    """A small link to place `number` of the evidence list.

    `source` names the document, and is empty for the one that leads; `document` always names it, and `where` says
    in which section it stands (a path into a registry's record without its modules). `place_alone` is the section in
    words where the trial has but one document, so that nobody need name it.
    """

    number: int
    state: str
    source: str
    document: str
    where: str
    place_alone: str = ""

    @property
    def kind(self) -> str:
        """`stated`, `inferred` or `conflicting`, for the style."""
        return self.state.lower()


@dataclass(frozen=True)
class Saying:
    """A value, and the documents that state it; shown where documents differ."""

    value: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Support:
    """All evidence of one value: marks, or one saying per stated value where the documents differ."""

    marks: tuple[Mark, ...] = ()
    sayings: tuple[Saying, ...] = ()
    state: str = ""
    proofs: tuple[Proof, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.marks or self.sayings)

    @property
    def is_conflicting(self) -> bool:
        return self.state == FindingState.CONFLICTING.label


NO_SUPPORT = Support()


@dataclass(frozen=True)
class Claim:
    """One value that stands at a place; `dose` is the number of the dose whose attribute it is, or 0."""

    about: str
    value: str
    dose: int = 0


@dataclass
class Place:
    """One place in one document, and every claim that stands there. `origin` is empty for a field of the source."""

    number: int
    document: Document | None
    section: str
    state: str
    origin: str
    passage: str
    remark: str
    reviewed: str
    claims: list[Claim] = field(default_factory=list)

    def lines(self) -> tuple[Claim, ...]:
        """The claims, with those that say the same of several doses as one: `Route of doses 1, 2 and 3`."""
        doses: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for claim in self.claims:
            doses[claim.about if claim.dose else "", claim.value].append(claim.dose)
        found: dict[Claim, None] = {}
        for claim in self.claims:
            numbers = doses[claim.about, claim.value] if claim.dose else [0]
            several = len(numbers) > 1
            of = f"doses {either(map(str, numbers), 'and')}" if several else f"dose {claim.dose}"
            line = Claim(f"{claim.about} of {of}", claim.value) if claim.dose else claim
            found[line] = None
        return tuple(found)


Owner = CellProduct | Dose | Arm | None


class Ledger:
    """Numbers the places in the order in which the page mentions them; the same place keeps its number."""

    def __init__(self, trial: Trial) -> None:
        self._places: dict[tuple[object, ...], Place] = {}
        self.documents = documents_of(trial.registrations.all())
        self.names = product_names(trial.products.all())
        self.lead = next((document for document in self.documents.values() if document.is_lead), None)
        self._statements: defaultdict[tuple[Owner, str], list[Statement]] = defaultdict(list)
        self._used: set[int] = set()
        self._counts = {
            CellProduct: len(trial.products.all()),
            Dose: len(trial.doses.all()),
            Arm: len(trial.arms.all()),
        }
        for row in trial.statements.all():
            self._statements[row.dose or row.product or row.arm, row.field].append(row)

    def document(self, pk: int | None) -> Document | None:
        return self.documents.get(pk) if pk is not None else None

    def support(
        self, *fields: str, of: Owner = None, is_told: bool = True, told: Collection[str] | None = None
    ) -> Support:
        """The evidence of these fields of the trial, or of one of its products, doses or arms.

        With `is_told` false the page shows no value of its own beside it, so each document is quoted by name. `told`
        are the values that it shows, where known: one that an editor corrected is not what the documents say.
        """
        rows = [row for name in fields for row in self._statements.get((of, name), [])]
        is_told = is_told and not _is_corrected(of, rows, told)
        return self._supported(rows, is_told, names_field=len(fields) > 1)

    def support_of_all(self, of: CellProduct | Dose | Arm) -> Support:
        """The evidence of every field of a product, dose or arm that no earlier call has asked for, after its own."""
        rows = [
            row
            for (owner, _), listed in self._statements.items()
            if owner == of
            for row in listed
            if row.pk not in self._used
        ]
        own = () if isinstance(of, Arm) else (of,)
        told = [str(of.route.label) if of.route else "", str(of.administrations)] if isinstance(of, Dose) else None
        is_told = not _is_corrected(of, rows, told)
        return replace(self._supported(rows, is_told), proofs=self.proofs(*own, *rows))

    def is_disputed(self, of: Owner) -> bool:
        """Whether the documents conflict on any attribute of a product, dose or arm."""
        return any(
            row.evidence_state == FindingState.CONFLICTING
            for (owner, _), rows in self._statements.items()
            if owner == of
            for row in rows
        )

    def about(self, row: Statement) -> str:
        """What a statement is about: its field, and whose where the trial has several such."""
        owner = row.dose or row.product or row.arm
        if owner is None or self._counts[type(owner)] == 1:
            return heading_of(row.field)
        return f"{heading_of(row.field)} of {self.name_of(owner)}"

    def name_of(self, owner: CellProduct | Dose | Arm) -> str:
        """What a product is called on this page, or a dose in few words, or an arm's label."""
        if isinstance(owner, CellProduct):
            return self.names.get(owner.pk, owner.name)
        if isinstance(owner, Dose):
            return f"dose {owner.order}{f' ({owner.label})' if owner.label else ''}"
        return str(owner)

    def proofs(self, *findings: Finding) -> tuple[Proof, ...]:
        """The passages of what was read from texts, each of them once, with all that it proves."""
        return proofs_of(findings, self.documents)

    def finding(self, finding: CellProduct | Dose | PlanNote, about: str, value: str) -> Mark:
        """The mark of a product, a dose or a note, which carries evidence of its own."""
        return self._mark(finding, Claim(about, value))

    def places(self) -> tuple[Place, ...]:
        """The whole list, with the statements that no section has asked for at its end."""
        for rows in self._statements.values():
            for row in rows:
                if row.pk not in self._used:
                    self._statement_mark(row)
        return tuple(self._places.values())

    def _supported(self, rows: list[Statement], is_told: bool = True, names_field: bool = True) -> Support:
        if not rows:
            return Support()
        marks = [self._statement_mark(row) for row in rows]
        states = {row.evidence_state for row in rows}
        state = next(
            (word for word in (FindingState.CONFLICTING, FindingState.INFERRED) if word in states), FindingState.STATED
        )
        fields = {row.field for row in rows}
        values = {(row.field, row.value.casefold()) for row in rows}
        proofs = self.proofs(*rows)
        is_one_voice = fields <= _MANY and len({row.registration_id for row in rows}) == 1
        if is_told and state != FindingState.CONFLICTING and (is_one_voice or len(values) == len(fields)):
            return Support(marks=tuple(dict.fromkeys(marks)), state=str(state.label), proofs=proofs)
        said: defaultdict[str, list[Mark]] = defaultdict(list)
        for row, mark in zip(rows, marks, strict=True):
            said[f"{heading_of(row.field)}: {row.value}" if names_field else row.value].append(mark)
        sayings = tuple(Saying(value, tuple(dict.fromkeys(listed))) for value, listed in said.items())
        return Support(sayings=sayings, state=str(state.label), proofs=proofs)

    def _statement_mark(self, row: Statement) -> Mark:
        self._used.add(row.pk)
        is_one_of = row.dose is not None and self._counts[Dose] > 1
        return self._mark(
            row,
            Claim(heading_of(row.field), row.value, row.dose.order)
            if row.dose is not None and is_one_of
            else Claim(self.about(row), row.value),
        )

    def _mark(self, finding: Finding, claim: Claim) -> Mark:
        # What an editor entered is not what these words say: they proved the value before it.
        passage = "" if finding.origin == Origin.EDITOR else finding.passage
        key = (
            finding.registration_id,
            finding.source_field,
            finding.evidence_state,
            finding.origin,
            passage,
            finding.remark,
            finding.reviewed_on,
        )
        document = self.document(finding.registration_id)
        if key not in self._places:
            self._places[key] = Place(
                number=len(self._places) + 1,
                document=document,
                section=place_words(finding.source_field) if is_read(finding.source_field) else finding.source_field,
                state=finding.get_evidence_state_display(),
                origin="" if finding.origin == Origin.REGISTRY_FIELD else finding.get_origin_display(),
                passage=passage,
                remark=finding.remark,
                reviewed=f"{finding.reviewed_on.day} {finding.reviewed_on:%B %Y}" if finding.reviewed_on else "",
            )
        place = self._places[key]
        if claim not in place.claims:
            place.claims.append(claim)
        short = document.short if document else finding.get_origin_display()
        is_alone = len(self.documents) == 1 and is_read(finding.source_field)
        return Mark(
            number=place.number,
            state=place.state,
            source="" if document and document.is_lead else short,
            document=short,
            where=place_words(place.section),
            place_alone=with_article(place.section) if is_alone else "",
        )


def _is_corrected(of: Owner, rows: Iterable[Statement], told: Collection[str] | None) -> bool:
    """Whether an editor's row shows other values than those that were read for it."""
    if told is None or not isinstance(of, CellProduct | Dose) or of.origin != Origin.EDITOR:
        return False
    read = {row.value.casefold() for row in rows if row.origin != Origin.EDITOR}
    shown = {value.casefold() for value in told}
    # Beside a step stand values that nobody read; of a product's attribute every one was.
    return not read <= shown if isinstance(of, Dose) else bool(read) and read != shown
