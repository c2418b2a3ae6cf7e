"""Lists that WHO ICTRP records hold in one field each: conditions, interventions with their groups, outcomes.

Every register joins its lists in its own way. A text is taken apart only where its form makes the parts certain;
otherwise it stays whole, as one condition, one intervention or one outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trials.records import ArmRecord, InterventionRecord, OutcomeRecord
from trials.registries import values
from trials.registries.ictrp_text import block, distinct, one_line, pieces, says_nothing
from trials.registries.ictrp_values import group_sizes
from trials.registries.values import key

NAME_LENGTH = 250  # characters of an intervention's name before it is cut
MOST_GROUPS = 50  # a list with more groups is none

# -------------------------------------------------------------------------------------------------------- conditions
_MEDDRA = re.compile(
    r"MedDRA version:?\s*[0-9.]+\s*Level:?\s*(?:HLGT|SOC|HLT|LLT|PT)?\s*Classification code:?\s*(?P<code>[0-9]+)\s*"
    r"Term:?\s*(?P<term>[^;\n]*?)\s*(?:System Organ Class:?\s*[^;\n]*|(?=[;\n])|$)",
    re.IGNORECASE,
)
_AREA = re.compile(r"Therapeutic area:\s*([^;\n]+)", re.IGNORECASE)
_CODE = re.compile(r"[A-Z][0-9]{2}(?:\.[0-9]{1,3})?(?:-[A-Z][0-9]{2})?|[A-Z][0-9]{3}|[0-9]{3,9}|(?:ORPHA:[0-9]+\s*)+")
_CODE_BEFORE = re.compile(r"(?P<code>[A-Z][0-9]{2,3}(?:\.[0-9]{1,3})?)\s*-\s+(?P<word>.+)")
_BARE_CODE_BEFORE = re.compile(r"-(?P<code>[A-Z][0-9]{3})\s+(?P<word>.+)")
_NUMBERED_CONDITION = re.compile(r"Health Condition [0-9]+:\s*", re.IGNORECASE)
_CATEGORY = re.compile(r"[A-Z][A-Za-z/, ]+ - \S.*")
_DASH = re.compile(r"^[-•*]\s*")


@dataclass(frozen=True, slots=True)
class Conditions:
    """Condition words; areas as the register names them; codes of classifications (ICD, MedDRA, ORPHA)."""

    words: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def read_conditions(text: str, register: str) -> Conditions:
    """The conditions of a record; `register` is its Source_Register."""
    plain = block(text)
    terms = [match["term"] for match in _MEDDRA.finditer(plain)]
    codes = [match["code"] for match in _MEDDRA.finditer(plain)]
    areas = [" ".join(area.split()) for area in _AREA.findall(plain)]
    rest = _AREA.sub("", _MEDDRA.sub("", plain)).strip("; \n")
    is_european = bool(terms or areas)
    words: list[str] = []
    for line, word in _condition_words(rest, is_european):
        is_category = line == 1 if register == "ISRCTN" else register == "ANZCTR" and _CATEGORY.fullmatch(word)
        if is_category:
            areas.append(word)
        elif _CODE.fullmatch(word):
            codes += word.split()
        elif match := _CODE_BEFORE.fullmatch(word) or _BARE_CODE_BEFORE.fullmatch(word):
            codes.append(match["code"])
            words.append(match["word"])
        else:
            words.append(_DASH.sub("", word))
    return Conditions(distinct([*words, *terms]), distinct(areas), distinct(codes))


def _condition_words(text: str, is_european: bool) -> Iterator[tuple[int, str]]:
    """(Line, condition). The EU registers write prose: it is one condition unless each line is an item."""
    lines = [line for line in text.split("\n") if line]
    if is_european and not all(_DASH.match(line) for line in lines):
        lines = [" ".join(lines)]
    for number, line in enumerate(lines):
        for word in [line] if is_european else pieces(line):
            yield number, _NUMBERED_CONDITION.sub("", word).strip()


# ----------------------------------------------------------------------------------------------------- interventions
_TYPE = (
    "(?:Behavioral|Biological|Combination Product|Device|Diagnostic Test|Dietary Supplement|Drug|Genetic|Procedure"
    "|Radiation|Other)"
)
_TYPED = re.compile(rf"({_TYPE}) ?: ?(?=\S)", re.IGNORECASE)
_BEFORE_TYPED = re.compile(rf"; ?(?={_TYPE} ?: ?\S)", re.IGNORECASE)
_EU_LABELS = (
    *("Trade Name", "Product Name", "Product Code", "Pharmaceutical Form", "INN or Proposed INN", "CAS Number"),
    *("Current Sponsor code", "Other descriptive name", "Strength", "Concentration unit", "Concentration type"),
    *("Concentration number", "Pharmaceutical form of the placebo", "Route of administration of the placebo"),
)
_EU_LABEL = re.compile(rf"(?:^|\n|,)\s*({'|'.join(_EU_LABELS)})\s*:\s*", re.IGNORECASE)
_EU_NAMES = (
    *("product name", "trade name", "inn or proposed inn", "other descriptive name", "current sponsor code"),
    "product code",
)
_FIRST_LABELS = ("trade name", "product name")
_COUNTED = re.compile(r"(?:^|(?<=[\s.]))((?:Control )?(?:Intervention|Group)) ?[0-9]{1,2}\s*:\s*")


def read_interventions(
    text: str, sizes: str, register: str
) -> tuple[tuple[InterventionRecord, ...], tuple[ArmRecord, ...], str]:
    """(Interventions, arms, text that names none). `sizes` is the target size, which may name the groups."""
    plain = block(text)
    if says_nothing(plain):
        return (), _arms_by_size(group_sizes(one_line(sizes))), ""
    if register == "ClinicalTrials.gov":
        return _typed(plain), (), ""
    if _EU_LABEL.match(plain):
        return _products(plain)
    if groups := _grouped(plain, group_sizes(one_line(sizes))):
        return (*groups, "")
    counted = [*_COUNTED.finditer(plain)]
    if counted and not plain[: counted[0].start()].strip():
        return (*_counted(plain, counted, register), "")
    parts = pieces(plain) if register == "PACTR" else [plain]
    return tuple(_named(part) for part in parts), (), ""


def _named(text: str, type_raw: str = "") -> InterventionRecord:
    """An intervention that has only a text: a short one is its name, a long one its description with a cut name."""
    line = " ".join(text.split())
    if len(line) <= NAME_LENGTH:
        return InterventionRecord(line, type_raw=type_raw, description=text if "\n" in text else "")
    cut = line[:NAME_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:.-")
    return InterventionRecord(f"{cut or line[:NAME_LENGTH]} …", type_raw=type_raw, description=text)


def _typed(text: str) -> tuple[InterventionRecord, ...]:
    """`Drug: A;Biological: B`. A semicolon without a type after it is part of a name."""
    found = []
    for part in _BEFORE_TYPED.split(" ".join(text.split())):
        if match := _TYPED.match(part):
            name = part[match.end() :].strip(" ;")
            found.append(InterventionRecord(name, values.INTERVENTION_TYPE.get(key(match[1]), ""), match[1]))
        else:
            found.append(_named(part.strip(" ;")))
    return tuple(one for one in found if one.name)


def _products(text: str) -> tuple[tuple[InterventionRecord, ...], tuple[ArmRecord, ...], str]:
    """Products of the EU registers: lines of label and value; a label that comes again begins the next product."""
    places = [*_EU_LABEL.finditer(text)]
    products: list[dict[str, tuple[str, str]]] = [{}]
    for match, following in zip(places, [*places[1:], None], strict=True):
        value = " ".join(text[match.end() : following.start() if following else len(text)].split())
        # A product begins with its name; one without a name begins with a label that the one before it had.
        if key(match[1]) in products[-1] or (key(match[1]) in _FIRST_LABELS and _is_told(products[-1])):
            products.append({})
        products[-1][key(match[1])] = (match[1], value)
    found, unnamed = [], []
    for product in products:
        lines = [f"{label}: {value}" for label, value in product.values() if not says_nothing(value)]
        names = distinct(product[name][1] for name in _EU_NAMES if name in product)
        if names:
            found.append(InterventionRecord(names[0][:400], description="\n".join(lines), other_names=names[1:]))
        elif lines:
            unnamed.append("; ".join(lines))
    return tuple(found), (), "; ".join(unnamed)


def _is_told(product: dict[str, tuple[str, str]]) -> bool:
    """Whether more than names of a product have been read."""
    return any(label not in _FIRST_LABELS for label in product)


def _arms_by_size(sizes: list[tuple[str, int]]) -> tuple[ArmRecord, ...]:
    return tuple(ArmRecord(label, participants=size) for label, size in sizes) if len(sizes) > 1 else ()


def _grouped(
    text: str, sizes: list[tuple[str, int]]
) -> tuple[tuple[InterventionRecord, ...], tuple[ArmRecord, ...]] | None:
    """`Group A:cells;Group B:saline;` where the target size names the same groups; None where they do not fit.

    Labels and interventions may hold colons and semicolons, so the labels known from the sizes cut the text.
    """
    line = " ".join(text.split())
    found: list[tuple[str, int, int, int]] = []
    place = 0
    for label, size in sizes:
        before = r"; ?" if found else ""
        match = re.compile(rf"{before}{re.escape(label)} ?:").search(line, place)
        if match is None or (not found and match.start() > 0) or len(sizes) > MOST_GROUPS:
            return None
        found.append((label, size, match.start(), match.end()))
        place = match.end()
    if not found:
        return None
    interventions: dict[str, InterventionRecord] = {}
    arms = []
    for (label, size, _, start), following in zip(found, [*found[1:], None], strict=True):
        given = line[start : following[2] if following else len(line)].strip(" ;")
        if not says_nothing(given):
            interventions.setdefault(given.casefold(), _named(given))
        linked = (list(interventions).index(given.casefold()),) if given.casefold() in interventions else ()
        arms.append(ArmRecord(label, interventions=linked, participants=size))
    return tuple(interventions.values()), tuple(arms) if len(arms) > 1 else ()


def _counted(
    text: str, places: list[re.Match[str]], register: str
) -> tuple[tuple[InterventionRecord, ...], tuple[ArmRecord, ...]]:
    """`Intervention1: name: how` (India), `Intervention 1: Control group: how` (Iran), `Group 2: who` (Germany)."""
    interventions: list[InterventionRecord] = []
    arms: list[ArmRecord] = []
    for match, following in zip(places, [*places[1:], None], strict=True):
        given = text[match.end() : following.start() if following else len(text)].strip()
        word = " ".join(match[1].split())
        label, colon, rest = (part.strip() for part in given.partition(":"))
        is_labelled = bool(colon and rest and len(label) <= 100 and "\n" not in label)
        if says_nothing(given) or (is_labelled and says_nothing(label) and says_nothing(rest)):
            continue
        if word == "Group":
            arms.append(ArmRecord(match[0].strip(" :\n"), description=given))
        elif register == "CTRI" and is_labelled:
            interventions.append(InterventionRecord(label, type_raw=word, description=rest))
        elif register == "IRCT" and is_labelled:
            arms.append(ArmRecord(label, interventions=(len(interventions),)))
            interventions.append(_named(rest))
        else:
            interventions.append(_named(given, word))
    return tuple(interventions), tuple(arms)


# ---------------------------------------------------------------------------------------------------------- outcomes
_EU_PARTS = re.compile(
    r"(?:^|(?<=[;\n]))\s*(Main Objective|Secondary Objective|Primary end point\(s\)|Secondary end point\(s\)"
    r"|Timepoint\(s\) of evaluation of this end point)\s*:\s*",
    re.IGNORECASE,
)
# Registers whose outcomes WHO ICTRP joins by semicolons.
_JOINED = {"ClinicalTrials.gov", "ChiCTR", "ANZCTR", "IRCT", "CRIS"}
_IN_BRACKETS = re.compile(r"\[\s*(?:Time ?frame:?)?\s*(?P<time>[^\[\]]*?)\s*\]?", re.IGNORECASE)
_TIME_FRAME = re.compile(r"\[\s*Time ?frame", re.IGNORECASE)
_LABELS = re.compile(r"(?:^|[;\n])\s*(?:Outcome )?(Name|Measure|Timepoints)\s*:\s*", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-•*·]\s*|[0-9]{1,2}[.)]\s*|[a-z][.)]\s+)(?=\S)")


def read_outcomes(text: str, kind: str, register: str) -> tuple[tuple[OutcomeRecord, ...], str]:
    """(Outcomes of `kind`, objectives): the EU registers write their objectives into the primary outcome."""
    plain = block(text)
    if says_nothing(plain):
        return (), ""
    if _EU_PARTS.match(plain):
        return _european(plain, kind)
    if _LABELS.match(plain):
        return _labelled(plain, kind), ""
    parts = pieces(plain) if register in _JOINED else _items(plain)
    return tuple(_outcome(part, kind, register) for part in parts if not says_nothing(part)), ""


def _items(text: str) -> list[str]:
    """Lines that all have a mark, or all a time of their own, are items of a list; anything else is one text."""
    lines = [line for line in text.split("\n") if line]
    if all(_TIME_FRAME.search(line) and line.endswith("]") for line in lines):
        return lines
    if len(lines) > 1 and all(_ITEM.match(line) for line in lines):
        return [_ITEM.sub("", line, count=1) for line in lines]
    return [text]


def _outcome(text: str, kind: str, register: str) -> OutcomeRecord:
    """`measure. Timepoint: when. Method of measurement: how.`, `measure [Time frame: when]`; Australia: `[when]`."""
    measure, found, rest = text.partition("Timepoint:")
    if found and measure.strip(" .\n"):
        time, _, method = rest.partition("Method of measurement:")
        return OutcomeRecord(kind, measure.strip(" .\n"), method.strip(), time.strip(" .\n"))
    place = text.rfind("[")
    if place > 0 and (register == "ANZCTR" or _TIME_FRAME.match(text, place)):
        match = _IN_BRACKETS.fullmatch(text, place)
        if match and text[:place].strip():
            return OutcomeRecord(kind, text[:place].strip(), "", match["time"])
    return OutcomeRecord(kind, text)


def _labelled(text: str, kind: str) -> tuple[OutcomeRecord, ...]:
    """`Name: what;Timepoints: when;Measure: how` (Lebanon, Peru); a name begins the next outcome."""
    places = [*_LABELS.finditer(text)]
    found: list[dict[str, str]] = []
    for match, following in zip(places, [*places[1:], None], strict=True):
        said = text[match.end() : following.start() if following else len(text)].strip(" ;\n")
        if match[1].lower() == "name" or not found:
            found.append({})
        found[-1].setdefault(match[1].lower(), said)
    return tuple(
        OutcomeRecord(
            kind, one.get("name") or one.get("measure", ""), one.get("measure", ""), one.get("timepoints", "")
        )
        for one in found
        if not says_nothing(one.get("name") or one.get("measure", ""))
    )


def _european(text: str, kind: str) -> tuple[tuple[OutcomeRecord, ...], str]:
    places = [*_EU_PARTS.finditer(text)]
    objectives: list[str] = []
    measure = time = ""
    for match, following in zip(places, [*places[1:], None], strict=True):
        said = text[match.end() : following.start() if following else len(text)].strip(" ;\n")
        label = match[1].lower()
        if says_nothing(said):
            continue
        if label.endswith("objective"):
            objectives.append(f"{match[1]}: {said}")
        elif label.startswith("timepoint"):
            time = said
        else:
            measure = said
    outcomes = (OutcomeRecord(kind, measure, "", time),) if measure else ()
    return outcomes, "\n\n".join(objectives)
