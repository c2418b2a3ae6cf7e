"""EU CTIS answers of our own making."""

import msgspec

from trials.registries import ctis

NUMBER = "2023-501234-11-00"


def answer(
    *, new=True, top=None, application=None, part_one=None, parts_two=(), ids=None, information=None, details=None
):
    """A `retrieve` answer in the present shape or, with `new=False`, in that of 2023, with Part I at the top."""
    part = {
        "trialDetails": {
            "clinicalTrialIdentifiers": {"publicTitle": "Cells for knees", **(ids or {})},
            "trialInformation": information or {},
            **(details or {}),
        },
        **(part_one or {}),
    }
    body = {"authorizedPartI": part, "authorizedPartsII": list(parts_two), **(application or {})}
    return {"ctNumber": NUMBER, **({"authorizedApplication": body} if new else body), **(top or {})}


def read(document):
    return ctis.parse(msgspec.json.encode(document))


def state(name, count=None, *sites):
    return {"mscInfo": {"countryName": name}, "recruitmentSubjectCount": count, "trialSites": list(sites)}


def site(name, city="", country="", person=None):
    place = {"organisation": {"name": name}, "address": {"city": city, "countryName": country}}
    return {"organisationAddressInfo": place, "personInfo": person or {}}
