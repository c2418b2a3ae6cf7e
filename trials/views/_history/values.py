"""What a registry's record states, in words: a field with what belongs to it, and the rows of lists as lines.

Values are plain JSON as `Change` keeps them, of any shape; what has no words of its own is shown as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django_countries import countries

from trials.models import Trial, choices
from trials.phrases import number
from trials.records import PartialDate
from trials.views._record.facts import if_different, yes_no
from trials.views._record.names import heading_of

# What stands behind a value in brackets: whether it is planned or reached.
_KIND_OF = {
    "start_date": "start_date_type",
    "primary_completion_date": "primary_completion_date_type",
    "completion_date": "completion_date_type",
    "enrollment_count": "enrollment_type",
}
_AS_WRITTEN = {"status": "status_raw", "phase": "phase_raw", "study_type": "study_type_raw"}
_AGES = ("min_age", "max_age")
_HEADINGS = {
    "criteria": "Eligibility criteria",
    "outcomes": "Outcomes",
    "sponsors": "Sponsors",
    "references": "Publications and links",
    "related": "Related trials",
    "products": "Products",
    "aliases": "Other names of the record",
    "condition_meshes": "MeSH terms of the conditions",
    "condition_ancestors": "Broader MeSH terms",
    "url": "Address of the record",
}

Parts = dict[str, Any]


def heading(field: str) -> str:
    """What a field or list of a record is called above its values."""
    return _HEADINGS.get(field) or heading_of(field)


def parts_of(field: str, value: Any) -> Parts:
    """The values of a field and of those that changed with it, by name; none where nothing is stated."""
    if value is None:
        return {}
    if isinstance(value, dict) and field not in _AGES:
        return {str(name): part for name, part in value.items()}
    return {field: value}


def in_words(field: str, parts: Mapping[str, Any]) -> str:
    """The value of a field with what stands in brackets behind it; nothing where it is not stated."""
    if parts.get(field) is None:
        return ""
    words = _plain_words(field, parts[field])
    notes = [
        _plain_words(_KIND_OF[field], parts[_KIND_OF[field]]).lower() if parts.get(_KIND_OF.get(field, "")) else "",
    ]
    written = parts.get(_AS_WRITTEN.get(field, ""))
    if isinstance(written, str) and if_different(written, words) and if_different(written, str(parts[field])):
        notes.append(f"as written: {written}")
    shown = "; ".join(note for note in notes if note)
    return f"{words} ({shown})" if shown else words


def told_by(field: str) -> tuple[str, ...]:
    """Names of the values that `in_words` tells together with this one."""
    return tuple(names[field] for names in (_KIND_OF, _AS_WRITTEN) if field in names)


def _plain_words(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, list):
        return "; ".join(_plain_words(field, part) for part in value)
    if field in _AGES and isinstance(value, dict) and isinstance(value.get("value"), int | float):
        unit = str(value.get("unit", "")).lower()
        return f"{number(value['value'])} {unit.removesuffix('s') if value['value'] == 1 else unit}".strip()
    if field == "enrollment_count" and isinstance(value, int):
        return number(value)
    if isinstance(value, str):
        return _named(field, value) or date_in_words(field, value)
    return as_it_stands(value)


def _named(field: str, value: str) -> str:
    if field == "who_masked":
        return str(dict(choices.WhoMasked.choices).get(value, ""))
    try:
        return str(dict(getattr(Trial._meta.get_field(field), "flatchoices", ())).get(value, ""))
    except FieldDoesNotExist:
        return ""


def date_in_words(field: str, text: str) -> str:
    """`10 January 2024` for the value of a date, never more precise than the source; other texts as they are."""
    if not field.endswith(("_date", "_posted", "_verified")):
        return text
    try:
        return PartialDate.parse(text).label
    except ValueError:
        return text


def as_it_stands(value: Any) -> str:
    """A value without words of its own."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def line_of(name: str, row: Any) -> str:
    """A row of a list in one line."""
    if not isinstance(row, dict):
        return as_it_stands(row)
    try:
        words = _LINES[name](row) if name in _LINES else ""
    except (AttributeError, KeyError, TypeError, ValueError):
        words = ""
    # Databases keep the parts of a row in orders of their own.
    return words or _joined(as_it_stands(part) for _, part in sorted(row.items()))


def _joined(texts: Iterable[Any], between: str = ", ") -> str:
    return between.join(str(text) for text in texts if text not in (None, "", [], ()))


def _label(kind: Any, value: Any) -> str:
    """A code in words, or as it stands."""
    return str(dict(kind.choices).get(value, value or ""))


def _told(head: str, *texts: Any) -> str:
    """`head: text. text`, with neither colon nor stop where a part is missing."""
    return _joined((head, _joined(texts, " – ")), ": ")


def _arm(row: Parts) -> str:
    kind = _label(choices.ArmType, row.get("type")) or row.get("type_raw", "")
    size = f"{row['participants']} participants" if "participants" in row else ""
    return _told(_joined((row.get("label"), f"({kind})" if kind else ""), " "), size, row.get("description"))


def _intervention(row: Parts) -> str:
    kind = _label(choices.InterventionType, row.get("type")) or row.get("type_raw", "")
    others = row.get("other_names") or []
    also = f"also called {_joined(others)}" if isinstance(others, list) and others else ""
    return _told(kind, row.get("name"), also, row.get("description"))


def _criterion(row: Parts) -> str:
    return _told(_label(choices.CriterionKind, row.get("kind")), _joined((row.get("label"), row.get("text")), " "))


def _outcome(row: Parts) -> str:
    kind = _label(choices.OutcomeKind, row.get("kind"))
    return _told(kind, row.get("measure"), row.get("time_frame"), row.get("description"))


def _site(row: Parts) -> str:
    country = str(countries.name(row.get("country") or "")) or row.get("country_raw", "")
    place = _joined((row.get("facility"), row.get("city"), row.get("state"), row.get("zip"), country))
    since = date_in_words("status_date", str(row["status_date"])) if row.get("status_date") else ""
    status = _label(choices.SiteStatus, row.get("status")) or row.get("status_raw", "")
    return _told(place, _joined((status, f"since {since}" if since else ""), " "))


def _contact(row: Parts) -> str:
    phone = _joined((row.get("phone"), f"ext. {row['phone_ext']}" if row.get("phone_ext") else ""), " ")
    who = _joined((row.get("name"), row.get("affiliation"), phone, row.get("email")))
    return _told(_label(choices.ContactRole, row.get("role")), who)


def _sponsor(row: Parts) -> str:
    kind = _label(choices.AgencyClass, row.get("agency_class"))
    name = _joined((row.get("name"), f"({kind})" if kind else ""), " ")
    return _told(_label(choices.SponsorRole, row.get("role")), name, row.get("wording"))


def _identifier(row: Parts) -> str:
    domain = f"issued by {row['domain']}" if row.get("domain") else ""
    return _told(_label(choices.IdentifierKind, row.get("kind")), row.get("value"), domain)


def _reference(row: Parts) -> str:
    pmid = f"PubMed {row['pmid']}" if row.get("pmid") else ""
    kind = _label(choices.ReferenceKind, row.get("kind"))
    return _told(kind, row.get("label"), row.get("citation"), pmid, row.get("url"))


def _product(row: Parts) -> str:
    routes = row.get("routes") or []
    name = _joined((row.get("name"), f"({row['role']})" if row.get("role") else ""), " ")
    return _told(name, row.get("substance"), row.get("origin"), _joined(routes) if isinstance(routes, list) else "")


_LINES: dict[str, Callable[[Parts], str]] = {
    "arms": _arm,
    "interventions": _intervention,
    "criteria": _criterion,
    "outcomes": _outcome,
    "sites": _site,
    "contacts": _contact,
    "sponsors": _sponsor,
    "identifiers": _identifier,
    "references": _reference,
    "products": _product,
    "related": lambda row: _told(row.get("number", ""), row.get("title")),
    "condition_meshes": lambda row: _joined((row.get("term"), row.get("ui"))),
    "condition_ancestors": lambda row: _joined((row.get("term"), row.get("ui"))),
}
