"""Products and devices of an EU CTIS answer."""

from __future__ import annotations

from trials.records import InterventionRecord, ProductRecord
from trials.registries.ctis_document import Json, branch, english, flag, line, rows, words
from trials.registries.values import Notes, key

_ROLES = {"1": "Test", "2": "Comparator", "3": "Placebo", "4": "Auxiliary"}


def read_products(part_one: Json, notes: Notes) -> tuple[tuple[ProductRecord, ...], tuple[InterventionRecord, ...]]:
    """(Products, the same as interventions, with the devices that go with them)."""
    products: list[ProductRecord] = []
    interventions: list[InterventionRecord] = []
    for one in sorted(rows(part_one, "products"), key=_order):
        product, intervention = _product(one, notes)
        if product is not None and intervention is not None:
            products.append(product)
            interventions.append(intervention)
        for device in rows(one, "devices"):
            if name := line(device, "tradeName") or line(device, "description"):
                interventions.append(
                    InterventionRecord(name, "DEVICE", "Device", description=english(device, "description"))
                )
    return tuple(dict.fromkeys(products)), tuple(dict.fromkeys(interventions))


def _order(one: Json) -> tuple[str, str, str]:
    """Tested products first, in an order that does not change from one answer to the next."""
    return line(one, "mpRoleInTrial"), line(one, "productName"), line(one, "evCode") or line(one, "id")


def _product(one: Json, notes: Notes) -> tuple[ProductRecord | None, InterventionRecord | None]:
    known = branch(one, "productDictionaryInfo")
    substances = rows(known, "productSubstances")
    names = [line(one, "productName"), line(one, "nameDisplay"), line(known, "prodName")]
    named = [text for text in (line(substance, "actSubstName") for substance in substances) if text]
    substance = line(known, "activeSubstanceName") or "; ".join(named)
    code = line(one, "sponsorProductCodeEdit") or line(known, "sponsorProductCode")
    other = line(known, "activeSubstanceOtherDescriptiveName")
    described = [substance, code, other, line(one, "otherMedicinalProduct")]
    name = next((text for text in (*names, *described) if text), "")
    if not name:
        notes.add("products", line(one, "evCode") or line(one, "id"), "a product without a name")
        return None, None
    origins = (line(s, "substanceOrigin") or line(s, "actSubstOrigin") for s in substances)
    origin = "; ".join(dict.fromkeys(text for text in origins if text))
    role_code = line(one, "mpRoleInTrial")
    role = _ROLES.get(role_code, "")
    if role_code and not role:
        notes.add("products", role_code, "unknown role of a product")
    is_atmp = flag(one, "anAdvancedTherapyMedicinalProduct")
    if is_atmp is False and "cell therapy" in origin.lower():
        notes.add("products", name, "a cell therapy by its substance, and not marked as an advanced therapy")
    routes = tuple(words(one, "routes"))
    product = ProductRecord(name, substance, origin, role, routes, is_atmp)
    synonyms = [text for s in substances for text in words(s, "synonyms")]
    others = dict.fromkeys(text for text in (*names, substance, code, other, *synonyms) if text)
    other_names = tuple(text for text in others if text.casefold() != name.casefold())
    return product, InterventionRecord(
        name[:400], _intervention_type(origin), origin, _description(one, product), other_names
    )


def _intervention_type(origin: str) -> str:
    """ClinicalTrials.gov's type where the origin of the substance leaves no doubt."""
    plain = key(origin)
    if "cell therapy" in plain or "tissue" in plain:
        return "BIOLOGICAL"
    return "GENETIC" if "gene therapy" in plain else "DRUG" if plain == "chemical" else ""


def _description(one: Json, product: ProductRecord) -> str:
    """The remaining fields of a product, one in a line, under the names that the portal gives them."""
    form = line(one, "productDictionaryInfo.pharmForm") or line(one, "pharmaceuticalFormDisplay")
    daily, total = line(one, "maxDailyDoseAmount"), line(one, "maxTotalDoseAmount")
    told = (
        ("Role", product.role),
        ("Pharmaceutical form", form),
        ("Routes of administration", ", ".join(product.routes)),
        ("Active substance", product.substance),
        ("Origin of the substance", product.origin),
        ("Maximum daily dose", f"{daily} {line(one, 'doseUom')}".strip() if daily else ""),
        ("Maximum total dose", f"{total} {line(one, 'doseUomTotal')}".strip() if total else ""),
        ("Other", line(one, "otherMedicinalProduct")),
    )
    return "\n".join(f"{name}: {value}" for name, value in told if value)
