"""Which records belong into the catalogue: those in which living cells are given.

A plain rule over titles, interventions and arms, until the readers of cell products replace it. `RULE` is its
version: a skipped record is judged again when it changes.
"""

from __future__ import annotations

import re

from trials.records import TrialRecord

RULE = "words-1"

_CELLS = re.compile(
    r"""
    \b(?:
      (?:car|tcr)[\s-]*(?:modified|engineered|transduced)?[\s-]*(?:t|nk|nkt|m)\b | chimeric\ antigen\ receptor
    | t[\s-]?car\b | cart[\s-]?(?:cells?|19|bcma)\b | [a-z]+[-\s]?cel\b | \w+leucel\b | autotemcel
    | (?:stem|stromal|progenitor|precursor|mononuclear|dendritic|islet|killer|satellite|schwann|ensheathing
        |epithelial|endothelial|mesenchymal|myoblast|kupffer|limbal|immune|effector|cik|nk|msc|treg|til|dc|t|b|nkt
        |tumou?r[\s-]infiltrating|bone[\s-]marrow|cord[\s-]blood|lymphoid|myeloid|ha?ematopoietic|cd34\+?|cd133\+?)
        [\s-]+(?:derived[\s-]+)?(?:stem[\s-]+|stromal[\s-]+)?cells?\b
    | mscs?\b | bm-?m(?:nc|sc)s? | hescs?\b | ipscs?\b | adscs? | ascs?\ cells? | tils?\b | dli\b | ctls?\b
    | (?:donor|virus|cytotoxic|regulatory|tumou?r)[\s-](?:specific[\s-])?(?:lymphocytes?|t[\s-]cells?)
    | lymphocytes? | splenocytes? | hepatocytes? | chondrocytes? | keratinocytes? | fibroblasts? | myoblasts?
    | macrophages? | monocytes? | melanocytes? | thymocytes? | cardiomyocytes? | neural\ progenitors?
    | (?:bone[\s-]marrow|stem[\s-]?cells?|cord[\s-]blood|islets?|thymus|blood\ and\ marrow|marrow|bmt|hsct|hct)
        [\s-]*(?:transplant\w*|infusions?|injections?|concentrates?|aspirate\w*|rescue|boost)?
    | stromal\ vascular\ fraction | svf\b | (?:micro|nano)?fat\ graft\w*
    | cell[\s-](?:therapy|transplant\w*|sheets?|suspension) | peripheral\ blood\ (?:stem|progenitor)
    | tissue[\s-]engineered | cellular\ (?:therapy|immunotherapy)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# What is made by cells, or only touches them, is no cell therapy.
_NOT_CELLS = re.compile(
    r"""\b(?:exosomes? | (?:extracellular|micro)[\s-]?vesicles? | conditioned\ (?:medium|media) | secretome
    | platelet[\s-]rich\ (?:plasma|fibrin) | prp\b | lysate | cell[\s-]free)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_GIVES = ("", "INTERVENTIONAL", "EXPANDED_ACCESS")


def is_cell_therapy(record: TrialRecord) -> tuple[bool, str]:
    """Whether a record looks like a trial in which cells are given, and why."""
    if record.study_type not in _GIVES:
        return False, f"the study type is {record.study_type.lower()}: nothing is given"
    places = [("an intervention", item.name) for item in record.interventions]
    places += [("another name of an intervention", name) for item in record.interventions for name in item.other_names]
    places += [("a product", f"{item.name} {item.substance} {item.origin}") for item in record.products]
    places += [("an arm", item.label) for item in record.arms]
    places += [("the title", record.title), ("the official title", record.official_title)]
    for place, text in places:
        words = _NOT_CELLS.sub(" ", text)
        found = _CELLS.search(words)
        if found and not (_NOT_CELLS.search(text) and len(words.split()) < 4):
            return True, f"{place} says “{found[0]}”"
    return False, "no title, arm or intervention speaks of cells that are given"
