"""Sponsors and funders by their names, and the kind that records say they are, whatever the order of the records."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from trials.intake.lexicon import state_of_edits
from trials.models import FixtureRow, FormerName, Organisation, Sponsorship, bulk
from trials.models.choices import AgencyClass
from trials.records import TrialRecord
from trials.search.publishing import trials_changed

# Records of one sponsor may differ in what it is. The kind that says most stands, then the next.
_TELLING = (
    AgencyClass.NIH,
    AgencyClass.FED,
    AgencyClass.OTHER_GOV,
    AgencyClass.INDUSTRY,
    AgencyClass.NETWORK,
    AgencyClass.INDIV,
    AgencyClass.OTHER,
    AgencyClass.AMBIG,
    AgencyClass.UNKNOWN,
)
_RANK = {"": len(_TELLING)} | {str(kind): rank for rank, kind in enumerate(_TELLING)}
_LONGEST = 300


@dataclass
class Organisations:
    """The organisations of the catalogue: numbers and kinds by name.

    A name that one bore before an editor renamed it is found too, unless another is called so now. The kind of those
    that fixtures brought or editors have saved is not for records to say.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    edits: Hashable = None

    @classmethod
    def load(cls) -> Organisations:
        known, fixed = cls(edits=state_of_edits(Organisation)), _not_for_records()
        for pk, name, kind in Organisation.objects.values_list("pk", "name", "agency_class"):
            known.numbers[name] = pk
            if pk not in fixed:
                known.kinds[name] = kind
        for name, pk in FormerName.objects.values_list("name", "organisation"):
            known.numbers.setdefault(name, pk)
        return known

    def number(self, name: str) -> int | None:
        return self.numbers.get(name[:_LONGEST])

    def learn(self, records: Iterable[TrialRecord]) -> None:
        """Writes the organisations that are new, and the kinds that say more than what was known.

        Called at the beginning of every batch, this also finds what editors and fixtures did to them meanwhile.
        """
        if self.edits != state_of_edits(Organisation):
            vars(self).update(vars(Organisations.load()))
        found: dict[str, str] = {}
        for record in records:
            for sponsor in record.sponsors:
                name = sponsor.name[:_LONGEST]
                found[name] = _more_telling(found.get(name, ""), sponsor.agency_class)
        new = found.keys() - self.numbers.keys()
        rows: list[bulk.Row] = [{"name": name, "agency_class": found[name]} for name in found if name in new]
        bulk.add(Organisation, rows)
        for row in rows:
            self.numbers[row["name"]], self.kinds[row["name"]] = row["id"], row["agency_class"]
        self._correct({name: _more_telling(self.kinds[name], found[name]) for name in found.keys() & self.kinds})

    def _correct(self, kinds: dict[str, str]) -> None:
        changed = {name: kind for name, kind in kinds.items() if kind != self.kinds[name]}
        if not changed:
            return
        # An editor may have saved some of them since this import began, or may be about to.
        held = Organisation.objects.filter(pk__in=[self.numbers[name] for name in changed]).order_by("pk")
        list(held.select_for_update(no_key=True).values_list("pk"))
        fixed = _not_for_records()
        for name in [name for name in changed if self.numbers[name] in fixed]:
            del changed[name], self.kinds[name]
        self.kinds |= changed
        bulk.update(Organisation, [(self.numbers[name], {"agency_class": kind}) for name, kind in changed.items()])
        pks = [self.numbers[name] for name in changed]
        trials_changed(*Sponsorship.objects.filter(organisation__in=pks).values_list("trial_id", flat=True))


def _more_telling(first: str, second: str) -> str:
    return min(first, second, key=_RANK.__getitem__)


def _not_for_records() -> set[int]:
    of_fixtures = FixtureRow.objects.filter(model=Organisation._meta.label_lower).values_list("object_pk", flat=True)
    of_editors = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Organisation))
    return {*of_fixtures, *(int(pk or 0) for pk in of_editors.values_list("object_id", flat=True).distinct())}
