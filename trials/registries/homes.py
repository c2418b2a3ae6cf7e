"""Which registry issued a number, told by the form of the number alone."""

from __future__ import annotations

import re

from trials.records import IdentifierRecord

_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")
_NCT = re.compile(r"NCT ?([0-9]{8})", re.IGNORECASE)
# Four groups of digits are an EU CT number; three, perhaps with the letters of a country, a EudraCT number.
_NUMBER_WORD = r"[-: ]{0,4}(?:(?:number|no\.?|nr\.?)[-: ]{0,4})?"
_CTIS = re.compile(rf"(?:CTIS|EU ?CT)?{_NUMBER_WORD}([0-9]{{4}}-[0-9]{{6}}-[0-9]{{2}}-[0-9]{{2}})", re.IGNORECASE)
_EUDRACT = re.compile(
    rf"(?:EUCTR|EUDRA[- ]?CT|EU ?CT|CTIS)?{_NUMBER_WORD}((?:19|20)[0-9]{{2}}-([0-9]{{6}})-[0-9]{{2}})"
    r"(?:-(?:[A-Z]{2}|3RD|Outside-EU/EEA))?",
    re.IGNORECASE,
)
# CTIS counts from here; a number of its own that lacks the last group is still no EudraCT number.
_FIRST_CTIS_SERIAL = 500_000
# WHO primary registries and a few more, under the names that WHO ICTRP gives them.
_OTHER_REGISTRIES = (
    ("ANZCTR", r"ACTRN[0-9]{14}p?"),
    ("ChiCTR", r"ChiCTR(?:-[A-Z]{2,4}-)?[0-9]{8,10}"),
    ("CRIS", r"KCT[0-9]{7}"),
    ("CTRI", r"CTRI/[0-9]{4}/[0-9]{2,3}/[0-9]{6}"),
    ("German Clinical Trials Register", r"DRKS[0-9]{8}"),
    ("IRCT", r"IRCT[0-9]{11,14}N[0-9]{1,3}"),
    ("ISRCTN", r"ISRCTN[0-9]{8}"),
    ("ITMCTR", r"ITMCTR[0-9]{10}"),
    ("JPRN", r"(?:JPRN-)?(?:jRCT[a-z0-9]?[0-9]{9,10}|UMIN[0-9]{9}|JapicCTI-[0-9]{5,6}|JMA-IIA[0-9]{5})"),
    ("LBCTR", r"LBCTR[0-9]{10}"),
    ("Netherlands Trial Register", r"NTR[0-9]{1,5}"),
    ("NL-OMON", r"NL-OMON[0-9]{3,6}"),
    ("PACTR", r"PACTR[0-9]{15,16}"),
    ("REBEC", r"RBR-[0-9a-z]{6,8}"),
    ("REPEC", r"PER-[0-9]{3}-[0-9]{2}"),
    ("RPCEC", r"RPCEC[0-9]{8}"),
    ("SLCTR", r"SLCTR/[0-9]{4}/[0-9]{3}"),
    ("TCTR", r"TCTR[0-9]{11}"),
    ("WHO Universal Trial Number", r"U1111-[0-9]{4}-[0-9]{4}"),
)
_OTHER = tuple((name, re.compile(form, re.IGNORECASE)) for name, form in _OTHER_REGISTRIES)


def home(text: str) -> tuple[str, str]:
    """(Registry of the catalogue, number as that registry prints it) for a number as somebody wrote it.

    `CTIS2023-501234-11-00` -> CTIS 2023-501234-11-00; `EUCTR2019-001234-28-ES`, the copy of one country, -> EUCTR
    2019-001234-28, the trial. A number of no form known here is WHO ICTRP's and stays as it is.
    """
    plain = _DASHES.sub("-", text.strip())
    if us := _NCT.fullmatch(plain):
        return "CTGOV", f"NCT{us[1]}"
    if eu := _CTIS.fullmatch(plain):
        return "CTIS", eu[1]
    if old := _EUDRACT.fullmatch(plain):
        return "CTIS" if int(old[2]) >= _FIRST_CTIS_SERIAL else "EUCTR", old[1]
    return "ICTRP", plain


def identifier(text: str, domain: str = "") -> IdentifierRecord:
    """Another number of a trial, filed by its form; `domain` is who issued it where the source says so.

    Only a number with the form of a registry's counts as one; anything else is kept without a claim about it.
    """
    registry, number = home(text)
    if registry == "CTGOV":
        return IdentifierRecord("REGISTRY", number, "ClinicalTrials.gov")
    if registry == "CTIS":
        return IdentifierRecord("CTIS", number)
    if registry == "EUCTR":
        return IdentifierRecord("EUDRACT_NUMBER", number)
    for name, form in _OTHER:
        if form.fullmatch(number):
            return IdentifierRecord("REGISTRY", number, name)
    return IdentifierRecord("OTHER", number, domain)
