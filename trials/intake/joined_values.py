"""What a term or an organisation holds after others have gone into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from trials.intake.lexicon import REST, VOCABULARIES
from trials.models import KnownProduct, Organisation
from trials.models.vocabulary import Term

# Texts that one of them may lack: the first that has one gives it.
_TEXTS: dict[type[Any], tuple[str, ...]] = {
    Organisation: ("agency_class",),
    KnownProduct: ("note", "modification"),
}
# Letters of the longest name of which readers ask for its capitals.
_SHORT = 5
_READ = frozenset(model for _, model, _ in VOCABULARIES)


def joined_values(stays: Any, goes: Sequence[Any]) -> dict[str, Any]:
    """The columns of what stays that change, with their new values.

    Of a text or a code, its own if it has one, else the first that another has. Names are added up; the phrases in
    which a name means something else too, but for those that are names themselves now.
    """
    found = {
        name: next((value for thing in (stays, *goes) if (value := getattr(thing, name))), "")
        for name in _TEXTS.get(type(stays), ("note",) if isinstance(stays, Term) else ())
    }
    if isinstance(stays, Term):
        found |= _code(stays, goes) | _names(stays, goes)
    return {name: value for name, value in found.items() if value != getattr(stays, name)}


def _code(stays: Term, goes: Sequence[Term]) -> dict[str, str]:
    coded = next((thing for thing in (stays, *goes) if thing.code), stays)
    return {"code_system": coded.code_system, "code": coded.code}


def _names(stays: Term, goes: Sequence[Term]) -> dict[str, list[str]]:
    synonyms, reader_names, exclusions = list(stays.synonyms), list(stays.reader_names), list(stays.exclusions)
    for thing in goes:
        synonyms += [*([thing.label] if is_a_name(thing) else []), *thing.synonyms]
        reader_names += thing.reader_names
        exclusions += thing.exclusions
    synonyms = _once(synonyms, besides=[stays.label])
    reader_names = _once(reader_names, besides=[stays.label, *synonyms])
    names = (stays.label, *synonyms, *reader_names)
    return {"synonyms": synonyms, "reader_names": reader_names, "exclusions": _once(exclusions, besides=names)}


def is_a_name(term: Term) -> bool:
    """Whether a label may be a synonym of another term: “Other T cells” would mean many things to the readers."""
    return not (type(term) in _READ and term.label.startswith(REST))


def _once(words: Iterable[str], besides: Iterable[str]) -> list[str]:
    """Each of these words once, without those that are known otherwise."""
    known = set(map(_plain, besides))
    kept: dict[str, str] = {}
    for word in words:
        if _plain(word) not in known:
            kept.setdefault(_plain(word), word)
    return list(kept.values())


def _plain(word: str) -> str:
    # Readers tell short names in capitals from others: “IV” is a route, “iv” may be anything.
    return word if len(word) <= _SHORT else word.casefold()
