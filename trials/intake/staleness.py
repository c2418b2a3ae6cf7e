"""Which trials have to be read again: those that were never read, by older readers, or whose words changed meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db.models import Q, QuerySet
from pyroaring import BitMap

from trials.models import Cue, Intervention, Registration, Trial, TrialReading
from trials.models.choices import State, Verdict
from trials.reading.read import FORM
from trials.search.text import store, words
from trials.search.text.patterns import Phrase
from trials.search.text.terms import key_words, pieces, tokens

# How many trials one statement names.
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


def names_of(word: object) -> frozenset[str]:
    """All that the readers look for because of a term, a known product or a cue: a cue may end in a star."""
    if isinstance(word, Cue):
        return frozenset((word.phrase,))
    label, *lists = (getattr(word, name) for name in READ_FROM)
    listed = (part for own in lists if isinstance(own, list) for part in own)
    return frozenset(str(part) for part in (label, *listed) if part)


def mark_stale(names: Collection[str]) -> None:
    """Marks the trials whose texts hold any of these names, to be read again.

    Drafts, which search does not know, are all marked. Inside the transaction that changes the words.
    """
    trials = BitMap().union(*(_holding(names)), _in_descriptions(names))
    TrialReading.objects.filter(trial__state=State.DRAFT).update(is_stale=True)
    found = list(trials)
    for start in range(0, len(found), _PART):
        TrialReading.objects.filter(trial__in=found[start : start + _PART]).update(is_stale=True)


def _holding(names: Iterable[str]) -> Iterator[BitMap]:
    """The trials whose text holds a name, however it is written, in two statements at most."""
    names = [name for name in names if name.strip("*")]
    if any(name.startswith("*") for name in names):
        # The index knows words by their beginnings.
        yield store.trials()
        return
    halves = [name.rstrip("*") for name in names if name.endswith("*")]
    phrases = [tuple(tokens(pieces(name))) for name in names if not name.endswith("*")]
    phrases += _begun_by(halves)
    asked = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
    for fields in store.postings([asked] if asked else []):
        yield from fields


def _begun_by(halves: Iterable[str]) -> Iterator[Phrase]:
    """The phrases that kept words make of names whose last word is only begun."""
    typed = [own for half in halves if (own := key_words(half))]
    stretches = [words.beginnings(last) for *_, last in typed]
    _, kept = store.read((), [one for some in stretches for one in some])
    found = iter(kept)
    for (*before, _), some in zip(typed, stretches, strict=True):
        head = tuple(tokens(pieces(" ".join(before))))
        for token in words.tokens_of([next(found) for _ in some]):
            yield (*head, token)


def _in_descriptions(names: Collection[str]) -> BitMap:
    """The same for descriptions of interventions, which readers read and search leaves out."""
    wanted = Q(*(("description__icontains", name.rstrip("*")) for name in names if name.rstrip("*")), _connector=Q.OR)
    rows = Intervention.objects.filter(wanted) if wanted else Intervention.objects.none()
    return BitMap(rows.order_by().values_list("trial", flat=True).distinct())
