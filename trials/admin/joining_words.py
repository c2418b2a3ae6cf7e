"""What the page of a merging says of each thing, of the names gained, and of values of which only one can stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from trials.intake.joined_values import is_a_name, joined_values
from trials.models import KnownProduct, Organisation
from trials.models.vocabulary import Term

_LISTS = {
    "synonyms": "Synonym",
    "reader_names": "Name for the readers alone",
    "exclusions": "Longer phrase that means something else",
}
# What only one of them can give, as people call it.
_SINGLE: dict[type[Any], dict[str, str]] = {
    Organisation: {"agency_class": "kind"},
    KnownProduct: {"modification": "modification", "note": "note"},
}


def facts_of(thing: Any) -> tuple[str, ...]:
    """A term's address, code, place and other names; an organisation's kind and former names."""
    return tuple(_facts(thing))


def _facts(thing: Any) -> Iterator[str]:
    if isinstance(thing, Organisation):
        yield f"Kind: {thing.get_agency_class_display() or 'not stated'}"
        if former := [str(name) for name in thing.former_names.all()]:
            yield f"Former names: {'; '.join(former)}"
        return
    yield f"In addresses: {thing.slug}"
    if thing.parent:
        yield f"Stands below: {thing.parent}"
    if thing.code:
        yield f"Code: {code_of(thing)}"
    for name, words in (("synonyms", "Synonyms"), ("reader_names", "Names for the readers alone")):
        if own := getattr(thing, name):
            yield f"{words}: {'; '.join(own)}"


def code_of(term: Term) -> str:
    """Cell Ontology CL:0000236."""
    system: str = term.get_code_system_display()
    return f"{system} {term.code}"


def gains(stays: Any, goes: Sequence[Any]) -> tuple[str, ...]:
    """What is written into the one that stays, a line each."""
    if isinstance(stays, Organisation):
        return tuple(f"Former name: {thing}" for thing in goes)
    found = []
    values = joined_values(stays, goes)
    for name, words in _LISTS.items():
        held = getattr(stays, name)
        found += [f"{words}: {word}" for word in values.get(name, ()) if word not in held]
    if values.get("code"):
        found.append(f"Code: {next(code_of(thing) for thing in goes if thing.code)}")
    return tuple(found)


def kept_and_dropped(stays: Any, goes: Sequence[Any]) -> tuple[str, ...]:
    """What differs though only one can stay: which is kept, and what becomes of the other."""
    found = [line for name, words in _single(stays).items() for line in _differing(stays, goes, name, words)]
    if not isinstance(stays, Term):
        return tuple(found)
    kept = next((thing for thing in (stays, *goes) if thing.code), None)
    for thing in goes:
        if kept is not None and thing.code and (thing.code_system, thing.code) != (kept.code_system, kept.code):
            found.append(
                f"Code: {code_of(kept)} is kept. {code_of(thing)} of “{thing}” is remembered: records that bear it "
                "still find the term, but the term no longer shows it."
            )
        if not is_a_name(thing):
            found.append(f"“{thing}” does not become a synonym: to readers “other” would mean many things.")
    return tuple(found)


def _single(stays: Any) -> dict[str, str]:
    return _SINGLE.get(type(stays), {"note": "note"})


def _differing(stays: Any, goes: Sequence[Any], name: str, words: str) -> Iterator[str]:
    kept = next((thing for thing in (stays, *goes) if getattr(thing, name)), stays)
    for thing in goes:
        if getattr(thing, name) and getattr(thing, name) != getattr(kept, name):
            own, other = _shown(kept, name), _shown(thing, name)
            yield f"{words.capitalize()}: “{own}” is kept; “{other}” of “{thing}” goes with it."


def _shown(thing: Any, name: str) -> str:
    display = getattr(thing, f"get_{name}_display", None)
    return str(display() if display else getattr(thing, name))
