"""Addresses outside the catalogue."""

from __future__ import annotations

import re
from urllib.parse import quote

_REGISTRIES = (
    (re.compile(r"NCT[0-9]{8}"), "https://clinicaltrials.gov/study/{}"),
    (
        re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}"),
        "https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT={}",
    ),
    (re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}"), "https://www.clinicaltrialsregister.eu/ctr-search/search?query={}"),
)


def registry_url(number: str) -> str:
    """The registry's page on this number, or nothing where its form is not one we know."""
    plain = number.strip().upper().removeprefix("EUCTR").removeprefix("CTIS")
    return next((address.format(plain) for form, address in _REGISTRIES if form.fullmatch(plain)), "")


def web_url(address: str) -> str:
    """The address, if a browser may follow it: http or https and nothing else."""
    return address if address.lower().startswith(("https://", "http://")) else ""


def pubmed_url(pmid: str) -> str:
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isascii() and pmid.isdecimal() else ""


def doi_url(doi: str) -> str:
    return f"https://doi.org/{quote(doi, safe='/')}" if doi.startswith("10.") else ""
