"""Which trials have to be read again: those that were never read, by older readers, or whose words changed meaning."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils import timezone
from pyroaring import BitMap

from trials.models import Cue, Intervention, Registration, Trial, TrialReading
from trials.models.choices import State, Verdict
from trials.reading.lexicon import Words
from trials.reading.read import FORM
from trials.search.text.holding import holding

# How many trials, or names, one statement names: SQLite takes no condition of a thousand parts.
_PART = 500
# What of a term makes the readers find something else.
READ_FROM = ("label", "synonyms", "reader_names", "exclusions")


def readable() -> QuerySet[Trial]:
    """The trials that stored records lead; the others have no text to be read."""
    led = Registration.objects.filter(is_lead=True, versions__verdict=Verdict.KEPT)
    return Trial.objects.filter(pk__in=led.values("trial"))


def waiting() -> QuerySet[Trial]:
    """The trials that have to be read again."""
    return readable().filter(Q(reading=None) | Q(reading__is_stale=True) | Q(reading__form__lt=FORM))


def marked() -> QuerySet[TrialReading]:
    """The readings that are out of date because a word changed, or because the readers failed since."""
    return TrialReading.objects.filter(is_stale=True)


def outdated() -> QuerySet[TrialReading]:
    """Those that older readers made."""
    return TrialReading.objects.filter(is_stale=False, form__lt=FORM)


def names_of(word: object) -> frozenset[str]:
    """All that the readers look for because of a term, a known product or a cue: a cue may end in a star."""
    if isinstance(word, Cue):
        return frozenset((word.phrase,))
    label, *lists = (getattr(word, name) for name in READ_FROM)
    listed = (part for own in lists if isinstance(own, list) for part in own)
    return frozenset(str(part) for part in (label, *listed) if part)


def mark(readings: QuerySet[TrialReading]) -> None:
    """Marks these readings as out of date, from today on where they are not yet."""
    readings.filter(is_stale=False).update(is_stale=True, stale_since=timezone.localdate())


def mark_stale(names: Collection[str]) -> None:
    """Marks the trials whose texts hold any of these names, to be read again.

    Trials that are not public, which search does not know, are all marked. Inside the transaction that changes the
    words.
    """
    trials = holding(names) | _in_descriptions(names)
    mark(TrialReading.objects.exclude(trial__state=State.PUBLISHED))
    found = list(trials)
    for start in range(0, len(found), _PART):
        mark(TrialReading.objects.filter(trial__in=found[start : start + _PART]))


def mark_changed(before: Words, after: Words) -> None:
    """Marks the trials whose texts hold a word that a release changed; beyond some hundreds of names, all of them."""
    names: set[str] = set()
    for entry in {*before.entries} ^ {*after.entries}:
        names.update(entry.names, entry.exclusions)
    for product in {*before.products} ^ {*after.products}:
        names.update(product.names)
    cues = ({(kind, phrase) for kind, some in words.cues.items() for phrase in some} for words in (before, after))
    names |= {phrase for _, phrase in next(cues) ^ next(cues)}
    if len(names) > _PART:
        mark(TrialReading.objects.all())
    elif names:
        mark_stale(names)


def _in_descriptions(names: Collection[str]) -> BitMap:
    """The same for descriptions of interventions, which readers read and search leaves out."""
    wanted = sorted({name.rstrip("*") for name in names} - {""})
    found = BitMap()
    for start in range(0, len(wanted), _PART):
        some = Q(*(("description__icontains", name) for name in wanted[start : start + _PART]), _connector=Q.OR)
        found |= BitMap(Intervention.objects.filter(some).order_by().values_list("trial", flat=True).distinct())
    return found
