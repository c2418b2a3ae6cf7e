"""Text -> tokens, the same for both databases.

A token is made of a to z and 0 to 9. Accents and case are folded, words are stemmed, British spellings become American
ones, and what clinicians write in several ways becomes one token: CD-19 and CD19, 10^6 and 10⁶, i.v. and iv.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import snowballstemmer

# Belongs to the name of what is kept: raise it when the same text gives other tokens, so that all text is written anew.
VERSION = 1

# Where a trial's text stands, the most telling first: a hit there ranks before one further down.
FIELDS = ("names", "title", "topics", "summary", "criteria")

# Between two texts of one field: no phrase reaches across it.
BREAK = "\x1f"
# Holds the place of what is not kept; no word of a question can be it.
FILLER = "\u00b7"

MAX_FIELD_LETTERS = 1_000_000
MAX_FIELD_TOKENS = 16_000  # PostgreSQL counts positions up to 16,383
MAX_FIELD_BYTES = 200_000  # five fields fit into one tsvector, which ends at 1 MB
_SURELY_FIT = 1_500  # so many tokens never take more
MAX_REPEATS = 255  # PostgreSQL keeps 256 positions of a lexeme and drops the rest
MAX_LENGTH = 64
MAX_RAW = 1_000  # letters of one run without a blank: scripts that write none have marks between clauses

_FUNCTION_WORDS = "a an and are as at be by for from in is of on or the to with"
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())

_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"  # inside a word: accents, soft hyphens, invisible joiners
_END = r"(?![^\W_])"
_POWER = rf"10(?:[ ]?\^[ ]?|[ ]?\*{{1,2}}[ ]?|[eE])\+?[0-9]{{1,2}}{_END}|10[⁰¹²³⁴-⁹]{{1,2}}{_END}"
_THOUSANDS = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![.,]?[0-9])"
_DECIMAL = r"(?<![0-9][.,])[0-9]+[.,][0-9]+(?![.,]?[0-9])"
# Molecules, cells and viruses that are written with and without the hyphen before their number.
_JOINED = r"(?i:(?:CD|IL)[-‐‑ ]|(?:HER|CTLA|PD|GD|GPC|MUC|WT|NK|COVID|CoV)[-‐‑]|PD-?L[-‐‑]?(?=[12]))[0-9][^\W_]*"
_ABBREVIATION = rf"[A-Za-z](?:\.[A-Za-z])+{_END}"
_RAW = re.compile(
    rf"(?=[1xX×*·])(?:[xX×*·][ ]?)?(?:{_POWER})"
    rf"|(?=[0-9])(?:[0-9]+(?:[.,][0-9]+)?(?=[ ]?[xX×*·][ ]?(?:{_POWER}))|{_THOUSANDS}|{_DECIMAL})"
    rf"|(?=[CHIPGMWNchipgmwn]){_JOINED}|{_ABBREVIATION}|[^\W_][\w{_MARKS}]*(?:['’]s{_END})?|{BREAK}"
)
# Blanks between two words. “CD 19” and “5 x 10 ^ 6” are one, so what begins like their later parts is not parted.
_BETWEEN = re.compile(" (?![0-9^*+xX×·])")
_IS_POWER = re.compile(rf"(?:[xX×*·][ ]?)?(?:{_POWER})")
_IS_THOUSANDS = re.compile(_THOUSANDS)
_IS_DECIMAL = re.compile(r"([0-9]+)[.,]([0-9]+)")
_IS_JOINED = re.compile(_JOINED)
_IS_ABBREVIATION = re.compile(_ABBREVIATION)

# Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h"})
_GREEK_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi
    psi omega
"""
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(), strict=True))
# Scripts without blanks between words: each sign is a word, and a word is a phrase.
_SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


# Words that stand side by side so often that PostgreSQL needs help with them; see `common_runs`.
_COMMON = """
    1 2 acute adipose adult advanced allogeneic alzheimer artery arthritis asthma autologous b blind blood body
    bone breast cancer car carcinoma cardiac cartilage cell cells children chronic clinical colitis colorectal
    controlled cord coronary critical crohn cultured cystic derived diabetes disease disorder donor dose double
    efficacy end evaluate expanded failure fibrosis graft heart hematopoietic hepatitis hepatocellular high
    hodgkin host human infarction infection infusion injection injury intravenous ischemic kidney killer knee
    large leukemia life limb liver lung lupus lymphoblastic lymphocytes lymphoma macular marrow mellitus
    mesenchymal metastatic mononuclear multiple myeloid myeloma myocardial natural nk non obstructive open
    osteoarthritis ovarian pain parkinson patients peripheral phase placebo prostate pulmonary quality
    randomized receptor refractory regulatory relapsed related renal respiratory retinal rheumatoid risk safety
    sclerosis sickle small solid spinal squamous stage stem stroke stromal study syndrome systemic t therapy
    tissue transplant transplantation treatment trial tumor type ulcerative umbilical unrelated versus years
"""
LONGEST_RUN = 3


class Word(NamedTuple):
    """A folded word and the token that it is kept as: ("cells", "cell")."""

    word: str
    token: str


class Place(NamedTuple):
    """A word where it stands: `text[start:end]`. It may hold several tokens, or none if it is a function word."""

    start: int
    end: int
    words: tuple[Word, ...]


class _Memory(dict[str, tuple]):
    """Answers kept by raw word; emptied when full, since few words make up nearly all text."""

    def __init__(self, answer: Callable[[str], tuple], limit: int = 100_000) -> None:
        super().__init__()
        self._answer, self._limit = answer, limit

    def __missing__(self, raw: str) -> tuple:
        if len(self) >= self._limit:
            self.clear()
        answer = self._answer(raw)
        if len(raw) <= MAX_LENGTH:
            self[raw] = answer
        return answer


def _folded(raw: str) -> list[str]:
    """The words in a raw word, folded but not stemmed: “TGFβ” -> tgf, beta."""
    raw = raw[:MAX_RAW]
    if raw == BREAK:
        return [FILLER]
    if _IS_POWER.fullmatch(raw):
        digits = "".join(mark for mark in unicodedata.normalize("NFKC", raw) if mark.isdigit())
        return [f"10e{int(digits[2:])}"]
    if _IS_THOUSANDS.fullmatch(raw):
        return [raw.replace(",", "")]
    if decimal := _IS_DECIMAL.fullmatch(raw):
        return [f"{decimal[1]}p{decimal[2]}"]
    if _IS_JOINED.fullmatch(raw):
        raw = re.sub("[-‐‑ ]", "", raw)
    elif _IS_ABBREVIATION.fullmatch(raw):
        raw = raw.replace(".", "")
    plain = unicodedata.normalize("NFKD", re.sub("['’]s$", "", raw)).casefold().translate(_LETTERS)
    return _split(unicodedata.normalize("NFKD", plain))


def _split(plain: str) -> list[str]:
    """Folded text -> words of a to z and 0 to 9. Other letters become numbers of fixed length."""
    words = [""]
    for letter in plain:
        if letter.isascii() and letter.isalnum():
            words[-1] += letter
        elif letter in _GREEK or letter == "ς":
            words += [_GREEK.get(letter, "sigma"), ""]
        elif letter.isalnum():
            code = f"u{ord(letter):06d}"
            if _SIGNS.match(letter):
                words += [code, ""]
            else:
                words[-1] += code
        elif not (unicodedata.combining(letter) or unicodedata.category(letter) == "Cf"):
            words.append("")
    return [word[:MAX_LENGTH] for word in words if word]


_AMERICAN = (
    (re.compile("[ao]e"), "e"),  # haematopoietic, oedema
    (re.compile("our"), "or"),  # tumour
    (re.compile("([bt])re(?=s?$)"), r"\1er"),  # fibre, centre
    (re.compile("([iy])s(?=(?:e[ds]?|ing|ations?)$)"), r"\1z"),  # randomised
)
_VOWEL = re.compile("[aeiouy]")
_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = threading.Lock()  # a stemmer holds the word it works on


def stem(word: str) -> str:
    """The token of a folded word. Names stay as they are: ALS is not “al”; but several MSCs are an MSC."""
    if len(word) <= 3 or not word.isalpha():
        return word
    if not _VOWEL.search(word):
        return word[:-1] if word.endswith(("cs", "ls", "ts")) else word
    with _stemmer_lock:
        return str(_stemmer.stemWord(american(word)))


def american(word: str) -> str:
    """The American spelling of a British word: haematopoietic, tumour, fibre, randomised. Others hardly change."""
    if len(word) >= 5:
        for british, spelling in _AMERICAN:
            word = british.sub(spelling, word)
    return word


def _words_of_raw(raw: str) -> tuple[Word, ...]:
    return tuple(Word(word, stem(word)) for word in _folded(raw))


_memory_of_raws = _Memory(_words_of_raw)


def _tokens_of(piece: str) -> tuple[str, ...]:
    words = (word for raw in _RAW.findall(piece) for word in _memory_of_raws[raw])
    return tuple(word.token for word in words if word.word not in FUNCTION_WORDS)


_memory_of_pieces = _Memory(_tokens_of)

COMMON = frozenset(map(stem, _COMMON.split()))


def pieces(text: str) -> list[str]:
    """A text cut where no word reaches across, mostly at every blank: few pieces make up nearly all text.

    Of a longer text those in its first `MAX_FIELD_LETTERS` letters.
    """
    return _BETWEEN.split(text[:MAX_FIELD_LETTERS].replace("\n", " \n ").replace(BREAK, f" {BREAK} "))


def tokens(pieces: Iterable[str]) -> list[str]:
    """The tokens of pieces in order, without function words."""
    # Without a step of Python for each piece: this runs for every word of every trial that is written.
    return list(chain.from_iterable(map(_memory_of_pieces.__getitem__, pieces)))


def field_tokens(pieces: Iterable[str]) -> list[str]:
    """The tokens of a whole field, in pieces, as both databases keep them, place by place.

    `FILLER` stands for the end of a text and for a token from its 256th repeat on. Bounded by `MAX_FIELD_TOKENS` and
    `MAX_FIELD_BYTES`; what comes later is not found.
    """
    kept = tokens(pieces)[:MAX_FIELD_TOKENS]
    if len(kept) <= MAX_REPEATS:
        return kept
    # A token takes its letters and some marks, and so do the two runs that may end with it.
    if len(kept) > _SURELY_FIT and 20 * len(kept) + 6 * sum(map(len, kept)) > MAX_FIELD_BYTES:
        kept = _within_bytes(kept)
    common = {token for token, count in Counter(kept).items() if count > MAX_REPEATS and token != FILLER}
    return _without_repeats(kept, common) if common else kept


def common_runs(field: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every two and three common tokens that stand side by side in a field.

    PostgreSQL checks a phrase by reading the text of every trial that holds its words. Where all of them are common
    that would take seconds, so it keeps these runs as words of their own.
    """
    common = [place for place, token in enumerate(field) if token in COMMON]
    before = first = -2
    for place in common:
        first, before = first if place == before + 1 else place, place
        for length in range(2, min(place - first + 1, LONGEST_RUN) + 1):
            yield tuple(field[place - length + 1 : place + 1])


def _within_bytes(kept: list[str]) -> list[str]:
    """As many tokens as fit into PostgreSQL's tsvector, runs of common ones included."""
    room = MAX_FIELD_BYTES
    seen: set[tuple[str, ...]] = set()
    for place, token in enumerate(kept):
        ending = [run for run in common_runs(kept[max(0, place - LONGEST_RUN + 1) : place + 1]) if run[-1] == token]
        new = {(token,), *ending} - seen
        # The letter of the field and the marks in a run, the count of positions and how they are aligned.
        room -= 2 + sum(sum(map(len, run)) + len(run) + 4 for run in new)
        if room < 0:
            return kept[:place]
        seen |= new
    return kept


def _without_repeats(kept: list[str], common: set[str]) -> list[str]:
    seen = Counter[str]()
    result = []
    for token in kept:
        if token in common:
            seen[token] += 1
            result.append(token if seen[token] <= MAX_REPEATS else FILLER)
        else:
            result.append(token)
    return result


def words_of(pieces: Iterable[str]) -> set[Word]:
    """The words, with their tokens, that stand in pieces; breaks and function words left out."""
    raws = {raw for piece in pieces for raw in _RAW.findall(piece)}
    found = {word for raw in raws for word in _memory_of_raws[raw]}
    return {word for word in found if word.token != FILLER and word.word not in FUNCTION_WORDS}


def places(text: str) -> Iterator[Place]:
    """Every word of a text with where it stands, function words with their words too."""
    for match in _RAW.finditer(text):
        yield Place(match.start(), match.end(), _memory_of_raws[match[0]])


def key_words(text: str) -> list[str]:
    """The folded words of a text as they are typed, not stemmed: what begins with a text is found by these."""
    return [word.word for place in places(text) for word in place.words if word.word != FILLER]
