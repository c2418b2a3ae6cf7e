"""One WHO ICTRP record, as a row of named texts -> TrialRecord. The names of XML and of CSV exports mean the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trials.reading.criteria import read_criteria
from trials.records import (
    Age,
    ContactRecord,
    CriterionRecord,
    IdentifierRecord,
    InterventionRecord,
    ReferenceRecord,
    SiteRecord,
    SponsorRecord,
    TrialRecord,
)
from trials.registries import ictrp_values, values
from trials.registries.countries import country_code
from trials.registries.homes import home, identifier
from trials.registries.ictrp_design import read_design
from trials.registries.ictrp_lists import read_conditions, read_interventions, read_outcomes
from trials.registries.ictrp_text import block, distinct, indented, one_line, pieces, says_nothing, unwrapped
from trials.registries.values import Notes, Unreadable, key

# Copies that were made public without personal data print these words in the place of a person's.
_REMOVED = {"withheld", "removed"}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_HEADING = re.compile(r"\s*(?:in|ex)clusion criteria\s*:\s*", re.IGNORECASE)
# Registers that cut their lines at a fixed width.
_WRAPPED = {"ClinicalTrials.gov", "NL-OMON"}
_REGION = re.compile(
    r"(?:Asia|Africa|Europe|Oceania|(?:North|South|Latin|Central) America|Middle East)(?: ?\(?except \w+\)?)?|Others?",
    re.IGNORECASE,
)


def parse_row(row: Mapping[str, str]) -> TrialRecord:
    """Reads one record; `row` maps column names, as exports of any year write them, to texts.

    Unreadable without a trial number. Columns about ethics review, the portal's own keys and its links between records
    have no place in a `TrialRecord` and are not read.
    """
    reader = _Reader({key(name): text for name, text in row.items() if isinstance(text, str)})
    try:
        return reader.record()
    except RecursionError:
        raise Unreadable(f"{reader.number}: a text is nested too deeply") from None


class _Reader:
    """Holds one row while it is read."""

    def __init__(self, row: dict[str, str]) -> None:
        self.row = row
        self.notes = Notes()
        self.not_kept: list[str] = []
        self.register = self.line("source register")
        number = self.line("trialid")
        if not number:
            raise Unreadable("a record without TrialID: nothing tells which trial it is")
        self.number_raw = number
        self.registry, self.number = home(number)
        self.is_ctgov = self.registry == "CTGOV"

    def text(self, name: str) -> str:
        return self.row.get(name, "")

    def line(self, name: str) -> str:
        return one_line(self.text(name))

    def record(self) -> TrialRecord:
        updated = ictrp_values.date("updated", self.text("last refreshed on"), self.notes)
        conditions = read_conditions(self.text("condition"), self.register)
        interventions, arms = self.interventions()
        outcomes, objectives = self.outcomes()
        criteria, age_form = self.criteria()
        low, high = self.ages(age_form)
        count, size_note = ictrp_values.enrollment(self.text("target size"))
        fields: dict[str, Any] = self.identity() | self.progress() | self.design()
        return TrialRecord(
            registry=self.registry,
            number=self.number,
            source="ICTRP",
            number_raw=self.number_raw,
            url=self.address("url", "web address"),
            updated=updated,
            copied=ictrp_values.export_date(self.text("export date"), updated, self.notes),
            identifiers=self.identifiers(),
            enrollment_count=count,
            enrollment_note=size_note or age_form.sizes,
            min_age=low,
            max_age=high,
            objectives=objectives,
            conditions=conditions.words,
            areas=conditions.areas,
            keywords=conditions.codes,
            interventions=interventions,
            arms=arms,
            outcomes=outcomes,
            criteria=criteria,
            sites=self.sites(),
            contacts=self.contacts(),
            sponsors=self.sponsors(),
            references=self.references(),
            not_kept=tuple(self.not_kept),
            problems=tuple(self.notes.problems),
            **fields,
        )

    # ---------------------------------------------------------------------------------------------------- who it is
    def identity(self) -> dict[str, Any]:
        public, scientific = self.line("public title"), self.line("scientific title")
        return {
            "title": public or scientific,
            "official_title": scientific,
            "acronym": "" if says_nothing(self.line("acronym")) else self.line("acronym"),
            "aliases": (self.number.removeprefix("JPRN-"),) if self.number.startswith("JPRN-") else (),
        }

    def identifiers(self) -> tuple[IdentifierRecord, ...]:
        """The number itself where another registry than the catalogue's own issued it, and all secondary numbers."""
        found = []
        if self.registry == "ICTRP":
            found.append(IdentifierRecord("REGISTRY", self.number, self.register))
        for written in pieces(self.line("secondary id")):
            other = identifier(written)
            if not says_nothing(written) and home(written) != (self.registry, self.number):
                found.append(other)
        return tuple(dict.fromkeys(found))

    def sponsors(self) -> tuple[SponsorRecord, ...]:
        """The sponsor, then collaborators, then who gives money or material; each organisation once."""
        lead = self.line("primary sponsor").strip(" ,;")
        found = [SponsorRecord(lead, "LEAD_SPONSOR")] if not says_nothing(lead) else []
        for column, wording in (
            ("secondary sponsor", ""),
            ("source support", "Source of monetary or material support"),
        ):
            for name in pieces(self.line(column)):
                if not says_nothing(name) and name.casefold() not in {one.name.casefold() for one in found}:
                    found.append(SponsorRecord(name, "COLLABORATOR", wording=wording))
        return tuple(found)

    # ------------------------------------------------------------------------------------------------- how far it is
    def progress(self) -> dict[str, Any]:
        registered = self.text("date registration3") or self.text("date registration")
        status = self.line("recruitment status")
        # The date of posting says nothing: registers also give the day on which they expect results.
        results = key(self.text("results yes no"))
        return {
            "status": self.notes.code("status", status, values.ICTRP_STATUS),
            "status_raw": status,
            "start_date": ictrp_values.start_date(self.text("date enrollement"), self.is_ctgov, self.notes),
            "completion_date": ictrp_values.date("completion_date", self.text("results date completed"), self.notes),
            "first_posted": ictrp_values.date("first_posted", registered, self.notes),
            "has_results": {"yes": True, "no": False}.get(results),
        }

    def design(self) -> dict[str, Any]:
        study_type, phase, plan = self.line("study type"), self.line("phase"), self.line("results ipd plan")
        sex = self.line("inclusion gender")
        found: dict[str, Any] = {
            "study_type": self.notes.code("study_type", study_type, values.ICTRP_STUDY_TYPE),
            "study_type_raw": study_type,
            "phase": ictrp_values.phase(phase, self.notes),
            "phase_raw": phase,
            "sex": "" if says_nothing(sex) else self.notes.code("sex", sex, values.ICTRP_SEX),
            "ipd_sharing": "" if says_nothing(plan) else self.notes.code("ipd_sharing", plan, values.IPD_SHARING),
            **read_design(self.text("study design"), self.notes),
        }
        if found["study_type"] == "OBSERVATIONAL":
            # Some registers offer "factorial" or "sequential" to studies that assign nothing.
            found.pop("intervention_model", None)
        return found

    # ------------------------------------------------------------------------------------------------------ whom
    def criteria(self) -> tuple[tuple[CriterionRecord, ...], ictrp_values.AgeForm]:
        """(Criteria, the form that the EU register appends to them)."""
        included, age_form = ictrp_values.without_age_form(self.criteria_text("inclusion criteria"))
        rows = list(read_criteria(included)) if included else []
        if excluded := self.criteria_text("exclusion criteria"):
            first = len(rows)
            for row in read_criteria(excluded, "EXCLUSION"):
                rows.append(row if row.parent is None else replace(row, parent=row.parent + first))
        return tuple(rows), age_form

    def criteria_text(self, name: str) -> str:
        """Without the heading that the portal puts before each of the two fields; with it where the text has both."""
        text = indented(self.text(name))
        if heading := _HEADING.match(text):
            rest = text[heading.end() :]
            # The first line lost its indentation to the heading; the others keep theirs.
            text = rest if name.startswith("exclusion") or "\n" not in heading[0] else text
        if self.register in _WRAPPED:
            text = unwrapped(text)
        if self.registry == "CTIS":
            text = _numbered_lines(text)
        return "" if says_nothing(text) else text

    def ages(self, form: ictrp_values.AgeForm) -> tuple[Age | None, Age | None]:
        """The two fields; where both are silent, the age groups of the EU register's form."""
        low, high = ictrp_values.ages(self.text("inclusion agemin"), self.text("inclusion agemax"), self.notes)
        return (low, high) if low or high else (form.low, form.high)

    # ------------------------------------------------------------------------------------------------- what and where
    def interventions(self) -> tuple[tuple[InterventionRecord, ...], Any]:
        found, arms, unnamed = read_interventions(self.text("intervention"), self.text("target size"), self.register)
        if unnamed:
            self.notes.add("interventions", unnamed, "a product without a name")
        return found, arms

    def outcomes(self) -> tuple[Any, str]:
        primary, objectives = read_outcomes(self.text("primary outcome"), "PRIMARY", self.register)
        secondary, _ = read_outcomes(self.text("secondary outcome"), "SECONDARY", self.register)
        return primary + secondary, objectives

    def sites(self) -> tuple[SiteRecord, ...]:
        """One row for each country, however often it is named. Parts of the world stay words."""
        listed = self.line("countries")
        # Only Japan joins by commas; elsewhere a comma is part of a name ("Korea, Republic of").
        named = listed if ";" in listed or country_code(listed) is not None else listed.replace(",", ";")
        found = []
        for name in distinct(pieces(named)):
            code = country_code(name)
            if code is None and not _REGION.fullmatch(name):
                self.notes.add("sites", name, "unknown country")
            found.append(SiteRecord(country=code or "", country_raw=name))
        return tuple(found)

    def contacts(self) -> tuple[ContactRecord, ...]:
        """The contacts; lists of several are taken apart where each has a name."""
        columns = [
            [one_line(part) for part in self.text(name).split(";")]
            for name in ("contact firstname", "contact lastname", "contact affiliation", "contact tel", "contact email")
        ]
        if any(key(part) in _REMOVED for column in columns for part in column):
            self.not_kept.append("contacts")
        columns = [["" if key(part) in _REMOVED else part for part in column] for column in columns]
        count = max(len(columns[0]), len(columns[1]))
        if not all(len(column) in (1, count) for column in columns):
            columns = [["; ".join(part for part in column if part)] for column in columns]
            count = 1
        found = []
        for place in range(count):
            first, last, affiliation, phone, email = (
                column[place] if place < len(column) else column[0] if len(column) == 1 else "" for column in columns
            )
            name = " ".join(part for part in (first, last) if not says_nothing(part))
            if name or phone or email:
                found.append(ContactRecord("CONTACT", name, affiliation, phone, email=email))
        return tuple(dict.fromkeys(found))

    def address(self, field: str, name: str) -> str:
        """The first web address of a text; a text without one is noted."""
        text = self.line(name)
        match = _ADDRESS.search(text)
        if match is None and not says_nothing(text):
            self.notes.add(field, text, "not a web address")
        return match[0] if match else ""

    def references(self) -> tuple[ReferenceRecord, ...]:
        """Where results are. An address alone does not say that there are any."""
        found = []
        if url := self.address("references", "results url link"):
            found.append(ReferenceRecord("LINK", url=url, label="Results"))
        if url := self.address("references", "results url protocol"):
            found.append(ReferenceRecord("LINK", url=url, label="Protocol"))
        summary = block(self.text("results summary"))
        if not says_nothing(summary):
            found.append(ReferenceRecord("RESULT", citation=summary))
        return tuple(found)


_NEXT_NUMBER = re.compile(r",\s?(?=([0-9]{1,2})\.? \S)")


def _numbered_lines(text: str) -> str:
    """Numbered items that commas join (`1. first,2. second`), each on a line; a number out of order joins nothing."""
    lines, start, number = [], 0, 1
    for match in _NEXT_NUMBER.finditer(text):
        if int(match[1]) == number + 1:
            lines.append(text[start : match.start()])
            start, number = match.end(), number + 1
    return "\n".join([*lines, text[start:]])
