"""The words that doses and plans are read by, made ready from the lexicon's vocabularies: the reader holds none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class DoseWords:
    """`cells` ends at a word for cells; `no_dose` finds what is no cell; `cues` finds phrases, by CueKind."""

    cells: re.Pattern[str]
    no_dose: re.Pattern[str]
    cues: Mapping[str, re.Pattern[str]]

    def cue(self, kind: str) -> re.Pattern[str]:
        return self.cues.get(kind, _NEVER)


def dose_words(cell_names: Iterable[str], cues: Mapping[str, Iterable[str]]) -> DoseWords:
    """From the names of cell types and the cues by kind."""
    nouns = [*cues.get("CELL_NOUN", ()), *cell_names]
    return DoseWords(
        cells=_nouns(nouns),
        no_dose=_phrases(cues.get("NOT_A_DOSE", ())),
        cues={kind: _phrases(phrases) for kind, phrases in cues.items()},
    )


def _nouns(names: Iterable[str]) -> re.Pattern[str]:
    """Names also at the end of a longer word, as in `WJMSCs` and `UCAR-T-cell`; short ones in capitals as they are."""
    loose = sorted({re.escape(name) for name in names if not _is_short(name)}, key=len, reverse=True)
    exact = sorted({re.escape(name) for name in names if _is_short(name)}, key=len, reverse=True)
    parts = [f"(?:{'|'.join(loose)})s?(?![a-z])"] if loose else []
    if exact:
        parts.append(f"(?-i:(?:{'|'.join(exact)})s?(?![a-z]))")
    return re.compile("|".join(parts), re.IGNORECASE) if parts else _NEVER


def _is_short(name: str) -> bool:
    return name.isupper() or len(name) < 4


def _phrases(names: Iterable[str]) -> re.Pattern[str]:
    parts = [_phrase(name) for name in sorted(set(names), key=len, reverse=True)]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else _NEVER


def _phrase(name: str) -> str:
    r"""A phrase between word boundaries; a star at its end stands for any ending ("collect*")."""
    body = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", name.rstrip("*")))
    end = r"\w*" if name.endswith("*") else r"(?!\w)"
    cased = f"(?-i:{body})" if name.isupper() and len(name) < 4 else body
    return rf"(?<![A-Za-z]){cased}{end}"
