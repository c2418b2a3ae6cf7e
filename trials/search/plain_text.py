"""Free text the plain way: every public trial is read whole and matched by itself.

Slow, and plainly right: `trials/search/text/matching.py` has this module to agree with. It shares with it how a
question and a text are cut into words and what a vocabulary means by them, and nothing of how hits are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trials.models import Trial, Word
from trials.search.rows import read
from trials.search.text.documents import document
from trials.search.text.patterns import Phrase
from trials.search.text.query import Term, parse
from trials.search.text.terms import FIELDS, american, field_tokens, pieces
from trials.search.text.vocabulary import Alternative, Index, Wanted, look_up, names_of

LEAST_HALF_WORD = 4
MAX_STEMS = 50
MOST_TOKENS = 200
NOWHERE = len(FIELDS)


@dataclass(frozen=True)
class Answer:
    """The tier of each trial that matches, by id, and the words that no trial holds."""

    tiers: Mapping[int, int]
    unknown: tuple[str, ...]


def find(text: str, index: Index) -> Answer:
    """What a question of the search box finds among the public trials."""
    return _Reader(index).answer(text)


class _Reader:
    def __init__(self, index: Index) -> None:
        self.index = index
        self.found_whole: dict[Alternative, bool] = {}
        self.most = MAX_STEMS
        self.texts = {
            trial: [field_tokens(pieces(text)) for text in document(rows).fields()]
            for trial, rows in read(Trial.objects.filter(pk__in=list(index.public))).items()
        }

    def answer(self, text: str) -> Answer:
        clauses = look_up(parse(text), names_of(self.index))
        terms = [term for clause in clauses for one in clause.alternatives for term in one.terms]
        halves = sum(term.is_beginning or _may_be_half(term) for term in terms)
        self.most = min(MAX_STEMS, MOST_TOKENS // max(halves, 1))
        wanted = [clause for clause in clauses if not clause.is_excluded]
        unwanted = [clause for clause in clauses if clause.is_excluded]
        tiers: dict[int, int] = {}
        for trial in self.texts:
            tier = max((self.tier_of_clause(clause, trial) for clause in wanted), default=0)
            is_out = any(self.tier_of_clause(clause, trial) < NOWHERE for clause in unwanted)
            if tier < NOWHERE and not is_out:
                tiers[trial] = tier
        return Answer(tiers, tuple(dict.fromkeys(word for clause in wanted for word in self.unknown(clause))))

    def unknown(self, clause: Wanted) -> list[str]:
        """The words of a clause that finds nothing, unless a trial holds them."""
        if any(self.tier_of_clause(clause, trial) < NOWHERE for trial in self.texts):
            return []
        terms = [(alternative, term) for alternative in clause.alternatives for term in alternative.terms]
        return [
            term.text
            for alternative, term in terms
            if all(
                self.tier_of_term(term, trial, self.may_be_half(alternative, False)) == NOWHERE for trial in self.texts
            )
        ]

    def tier_of_clause(self, clause: Wanted, trial: int) -> int:
        return min(
            self.tier_of_alternative(alternative, trial, self.may_be_half(alternative, clause.is_excluded))
            for alternative in clause.alternatives
        )

    def may_be_half(self, alternative: Alternative, is_excluded: bool) -> bool:
        """Whether the words of an alternative may be halves: it finds nothing otherwise."""
        if alternative not in self.found_whole:
            found = (self.tier_of_alternative(alternative, trial, False) for trial in self.texts)
            self.found_whole[alternative] = any(tier < NOWHERE for tier in found)
        return not is_excluded and not self.found_whole[alternative]

    def tier_of_alternative(self, alternative: Alternative, trial: int, halves: bool) -> int:
        """The best of: all its words, another name of what they mean, the facets."""
        tiers = [max(self.tier_of_term(term, trial, halves) for term in alternative.terms)]
        for meaning in alternative.meanings:
            tiers += [self.tier_of_phrase(name, trial) for name in meaning.names]
            if trial in self.index.members.get(meaning.key, {}).get(meaning.slug, ()):
                tiers.append(FIELDS.index("topics"))
        return min(tiers)

    def tier_of_term(self, term: Term, trial: int, halves: bool) -> int:
        if term.is_beginning:
            return self.tier_of_half(term, trial)
        is_held = any(self.tier_of_phrase(term.tokens, other) < NOWHERE for other in self.texts)
        if halves and not is_held and _may_be_half(term):
            return self.tier_of_half(term, trial)
        return self.tier_of_phrase(term.tokens, trial)

    def tier_of_half(self, term: Term, trial: int) -> int:
        return min(
            (self.tier_of_phrase((token,), trial) for token in _beginning(term.words[0].word, self.most)),
            default=NOWHERE,
        )

    def tier_of_phrase(self, phrase: Phrase, trial: int) -> int:
        """The first field that holds a phrase."""
        fields = self.texts[trial]
        return next((place for place, field in enumerate(fields) if _holds(field, phrase)), NOWHERE)


def _may_be_half(term: Term) -> bool:
    is_one_word = len(term.words) == 1 and not (term.is_quoted or term.is_beginning)
    return is_one_word and len(term.words[0].word) >= LEAST_HALF_WORD


def _holds(field: list[str], phrase: Phrase) -> bool:
    size = len(phrase)
    return any(tuple(field[place : place + size]) == phrase for place in range(len(field) - size + 1))


def _beginning(text: str, most: int) -> Iterable[str]:
    """Tokens of the catalogue's words that begin with a text, as written or in its American spelling."""
    kept = sorted(Word.objects.values_list("word", "stem"))
    found: dict[str, None] = {}
    for start in sorted({text, american(text)}):
        found |= dict.fromkeys(token for word, token in kept if word.startswith(start))
    return list(found)[:most]
