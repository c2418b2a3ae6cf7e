"""WHO ICTRP exports: files taken apart trial by trial, and rows read; small ones of our own making, one oddity each."""

import contextlib
import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.records import Age, ContactRecord, IdentifierRecord, PartialDate, SiteRecord, SponsorRecord, TrialRecord
from trials.registries import ictrp
from trials.registries.values import Unreadable

HEAD = b"<?xml version='1.0' encoding='UTF-8' ?>\n<Trials_downloaded_from_ICTRP>\n"
TAIL = b"</Trials_downloaded_from_ICTRP>\n"


def element(number="NCT01234567", inside=""):
    return f"  <Trial>\n<TrialID>{number}\n    </TrialID>{inside}</Trial>\n".encode()


def xml(*elements, head=HEAD, tail=TAIL):
    return [outcome for _, outcome in ictrp.parse_xml(head + b"".join(elements) + tail)]


def numbers(outcomes):
    return [one.number if isinstance(one, TrialRecord) else str(one) for one in outcomes]


def row(**columns):
    """A record of the columns given, under the names of CSV exports."""
    return ictrp.parse(
        {"TrialID": "ChiCTR2000012345"} | {name.replace("_", " "): text for name, text in columns.items()}
    )


# ---------------------------------------------------------------------------------------------------------------- XML
def test_every_trial_of_an_export_comes_with_its_raw_text():
    raw, record = next(ictrp.parse_xml(HEAD + element() + TAIL))
    assert raw.startswith(b"<Trial>")
    assert raw.endswith(b"</Trial>")
    assert ictrp.parse(raw) == record


@pytest.mark.parametrize(
    "head",
    [
        b"\n\n  \n" + HEAD,
        b"\xef\xbb\xbf" + HEAD,
        b"Warning: something went wrong <b>here</b>\n" + HEAD,
        b"",
        HEAD.replace(b"UTF-8", b"ISO-8859-1"),
        HEAD.replace(b"UTF-8", b"no-such-encoding"),
        HEAD.replace(b"UTF-8", b"utf-16"),
    ],
)
def test_junk_and_wrong_declarations_before_the_first_trial_do_no_harm(head):
    (record,) = xml(element(inside="<Public_title>Zell-Präparat</Public_title>"), head=head)
    assert (record.number, record.title, record.problems) == ("NCT01234567", "Zell-Präparat", ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told_by_its_first_bytes(encoding):
    text = (HEAD + element(inside="<Public_title>Präparat 脐带</Public_title>") + TAIL).decode()
    ((_, record),) = ictrp.parse_xml(text.encode(encoding))
    assert isinstance(record, TrialRecord)
    assert record.title == "Präparat 脐带"


def test_bytes_that_are_no_utf_8_are_read_as_windows_1252_and_reported():
    (record,) = xml(element(inside="<Public_title>Pr\xe4parat</Public_title>").decode().encode("cp1252"))
    assert record.title == "Präparat"
    assert [problem.field for problem in record.problems] == ["encoding"]


def test_a_trial_that_is_broken_stops_only_itself():
    found = numbers(
        xml(
            element("NCT00000001"),
            element("NCT00000002", "<Phase>1</Phas>"),
            element("", "<Phase>1</Phase>"),
            b"<Trial><TrialID>NCT00000004</TrialID>",
            element("NCT00000005"),
            b"<Trial><TrialID>NCT00000006</TrialID><Public_title>cut off",
            tail=b"",
        )
    )
    assert [found[0], found[4]] == ["NCT00000001", "NCT00000005"]
    assert found[1].startswith("trial 2 of the file (NCT00000002): not well-formed XML")
    assert "without TrialID" in found[2]
    assert found[3] == "trial 4 of the file (NCT00000004): the element ends before its </Trial>"
    assert found[5] == "trial 6 of the file (NCT00000006): the element ends before its </Trial>"


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        ("<Public_title>R&D of cells</Public_title>", "R&D of cells"),
        ("<Public_title>caf&eacute;&nbsp;study</Public_title>", "café study"),
        ("<Public_title>a&nosuchentity;b</Public_title>", "a&nosuchentity;b"),
        ("<Public_title>a\x00\x1f&#x1F;&#11;&#xD800;b</Public_title>", "ab"),
        ("<Public_title>a<br/>b</Public_title>", "a b"),
        ("<Public_title><![CDATA[a < b]]></Public_title>", "a < b"),
        ("<public_TITLE>lower</public_TITLE>", "lower"),
    ],
)
def test_what_exports_forget_to_escape_is_read_all_the_same(inside, title):
    (record,) = xml(element(inside=inside))
    assert record.title == title


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"> <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"> <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Trials_downloaded_from_ICTRP>"""


@pytest.mark.parametrize("head", [LAUGHS, b'<!DOCTYPE Trials SYSTEM "file:///etc/passwd">' + HEAD])
def test_a_file_that_declares_a_document_type_is_refused(head):
    with pytest.raises(Unreadable, match="declares a document type"):
        xml(element(inside="<Public_title>&c;</Public_title>"), head=head)


def test_a_document_type_inside_a_trial_is_refused_for_that_trial():
    found = xml(element("NCT00000001", "<!DOCTYPE a>"), element("NCT00000002"))
    assert isinstance(found[0], Unreadable)
    assert found[1].number == "NCT00000002"


def test_a_document_type_before_a_single_trial_is_refused():
    with pytest.raises(Unreadable, match="declares a document type"):
        ictrp.parse(LAUGHS.removesuffix(b"<Trials_downloaded_from_ICTRP>") + element(inside="<Phase>&c;</Phase>"))


def test_an_entity_is_never_expanded():
    (record,) = xml(element(inside="<Public_title>&c;</Public_title>"))
    assert record.title == "&c;"


def test_a_trial_without_end_is_given_up_after_a_while_and_the_rest_is_read(monkeypatch):
    monkeypatch.setattr(ictrp, "MOST_PER_TRIAL", 2000)
    monkeypatch.setattr(ictrp, "CHUNK", 100)
    found = xml(b"<Trial><TrialID>NCT00000001</TrialID>", b"x" * 5000, element("NCT00000002"))
    assert str(found[0]) == "trial 1 of the file (NCT00000001): the element is too long"
    assert found[1].number == "NCT00000002"


@pytest.mark.parametrize("chunk", [7, 8, 9, 64])
def test_a_trial_may_be_cut_anywhere_by_the_end_of_a_chunk(monkeypatch, chunk):
    monkeypatch.setattr(ictrp, "CHUNK", chunk)
    found = xml(*(element(f"NCT0000000{place}") for place in range(10)))
    assert numbers(found) == [f"NCT0000000{place}" for place in range(10)]


def test_a_long_file_without_any_end_is_read_in_little_time():
    started = time.perf_counter()
    found = [outcome for _, outcome in ictrp.parse_xml(b"<Trial>" + b"<a>" * 5_000_000)]
    assert all(isinstance(one, Unreadable) for one in found)
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("data", [b"", b"not xml at all", HEAD + TAIL, b"<html><body>Login</body></html>"])
def test_a_file_without_trials_is_unreadable(data):
    with pytest.raises(Unreadable, match="no <Trial> element"):
        list(ictrp.parse_xml(data))


def test_files_and_streams_are_read_alike(tmp_path):
    path = tmp_path / "export.xml"
    path.write_bytes(HEAD + element() + TAIL)
    assert (
        [*ictrp.parse_xml(path)] == [*ictrp.parse_xml(str(path))] == [*ictrp.parse_xml(io.BytesIO(path.read_bytes()))]
    )


# ---------------------------------------------------------------------------------------------------------------- CSV
def table(*rows, delimiter=",", encoding="utf-8"):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return [outcome for _, outcome in ictrp.parse_csv(text.getvalue().encode(encoding))]


COLUMNS = ["TrialID", "Public title", "Inclusion Criteria"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_table_is_read_row_by_row(delimiter, encoding):
    found = table(
        COLUMNS,
        ["NCT00000001", "Knees; hips, and\tmore", "a\nb"],
        ["", "", ""],
        ["NCT00000002", "Präparat", ""],
        delimiter=delimiter,
        encoding=encoding,
    )
    assert [(one.number, one.title) for one in found] == [
        ("NCT00000001", "Knees; hips, and more"),
        ("NCT00000002", "Präparat"),
    ]


def test_the_raw_text_of_a_row_can_be_read_again():
    data = b"TrialID,Public title\nNCT00000001,Knees\n"
    ((raw, record),) = ictrp.parse_csv(data)
    assert ictrp.parse(raw) == record


def test_a_row_with_columns_too_many_or_few_stops_only_itself():
    found = table(
        COLUMNS, ["NCT00000001", "a", "b", "c"], ["NCT00000002", "a"], ["", "a", "b"], ["NCT00000004", "a", "b"]
    )
    assert str(found[0]) == "row 2: 4 columns where the first line names 3"
    assert str(found[1]) == "row 3: 2 columns where the first line names 3"
    assert str(found[2]).startswith("row 4: a record without TrialID")
    assert found[3].number == "NCT00000004"


def test_a_quotation_mark_never_closed_does_not_swallow_the_file(monkeypatch):
    monkeypatch.setattr(ictrp, "MOST_PER_FIELD", 500)
    rows = "".join(f'NCT{place:08},Knees,"Consent"\n' for place in range(1, 200))
    data = ",".join(COLUMNS) + '\nNCT00000000,"never closed,x\n' + rows
    found = [outcome for _, outcome in ictrp.parse_csv(data.encode())]
    assert isinstance(found[0], Unreadable)
    assert numbers(found)[-1] == "NCT00000199"


def test_bytes_of_a_row_that_are_no_utf_8_are_read_as_windows_1252_and_reported():
    data = b"TrialID,Public title\nNCT00000001,Pr\xe4parat\nNCT00000002,Pr\xc3\xa4parat\n"
    found = [outcome for _, outcome in ictrp.parse_csv(data) if isinstance(outcome, TrialRecord)]
    assert [one.title for one in found] == ["Präparat", "Präparat"]
    assert [[problem.field for problem in one.problems] for one in found] == [["encoding"], []]


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\x00\x00"])
def test_a_table_without_numbers_is_unreadable(data):
    with pytest.raises(Unreadable, match="no TrialID"):
        list(ictrp.parse_csv(data))


# --------------------------------------------------------------------------------------------------------------- rows
def test_the_names_of_xml_and_csv_columns_mean_the_same():
    (record,) = xml(element("NCT00000001", "<Recruitment_Status>Recruiting</Recruitment_Status>"))
    assert record == ictrp.parse({"TrialID": "NCT00000001", "Recruitment Status": "Recruiting"})


@pytest.mark.parametrize(
    ("written", "registry", "number"),
    [
        ("NCT01234567", "CTGOV", "NCT01234567"),
        ("CTIS2023-501234-11-00", "CTIS", "2023-501234-11-00"),
        ("EUCTR2019-001234-28-ES", "EUCTR", "2019-001234-28"),
        ("ChiCTR2000012345", "ICTRP", "ChiCTR2000012345"),
    ],
)
def test_a_record_belongs_to_the_registry_that_issued_its_number(written, registry, number):
    record = ictrp.parse({"TrialID": f"{written}\n    "})
    assert (record.registry, record.number, record.number_raw, record.source) == (registry, number, written, "ICTRP")


def test_a_number_of_another_register_keeps_the_registers_name_and_its_bare_form():
    record = ictrp.parse({"TrialID": "JPRN-jRCTs031200001", "Source Register": "JPRN"})
    assert record.identifiers == (IdentifierRecord("REGISTRY", "JPRN-jRCTs031200001", "JPRN"),)
    assert record.aliases == ("jRCTs031200001",)


def test_secondary_numbers_are_split_and_the_records_own_is_left_out():
    record = ictrp.parse({"TrialID": "NCT01234567", "Secondary ID": "KNEE-7;2019-001234-28-DE;NCT01234567;Nil;KNEE-7"})
    assert record.identifiers == (
        IdentifierRecord("OTHER", "KNEE-7"),
        IdentifierRecord("EUDRACT_NUMBER", "2019-001234-28"),
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Recruiting", "RECRUITING"),
        ("Not Recruiting", "NOT_RECRUITING"),
        ("Not recruiting", "NOT_RECRUITING"),
        ("Authorised", "AUTHORISED"),
        ("Authorised-recruitment may be ongoing or finished", "AUTHORISED"),
        ("Pending", "NOT_YET_RECRUITING"),
        ("Complete", "COMPLETED"),
        ("Other", ""),
        ("Not Available", ""),
        ("", ""),
    ],
)
def test_each_status_word_has_its_own_meaning(word, status):
    record = row(Recruitment_Status=word)
    assert (record.status, record.status_raw, record.problems) == (status, word, ())


def test_an_unknown_status_is_kept_and_reported():
    record = row(Recruitment_Status="Resting")
    assert (record.status, record.status_raw) == ("", "Resting")
    assert [(problem.field, problem.text) for problem in record.problems] == [("status", "Resting")]


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("Female", "FEMALE"),
        ("Females", "FEMALE"),
        ("Male", "MALE"),
        ("Both males and females", "ALL"),
        ("Male/Female", "ALL"),
        ("Both, male and female", "ALL"),
        ("<br>Female: yes<br>Male: yes<br>", "ALL"),
        ("<br>Female: yes<br>Male: no<br>", "FEMALE"),
        ("<br>Female: no<br>Male: yes<br>", "MALE"),
        ("Female: no Male: no", ""),
        ("-", ""),
    ],
)
def test_sex_is_read_as_an_answer_and_never_by_a_word_inside_it(text, sex):
    record = row(Inclusion_gender=text)
    assert (record.sex, record.problems) == (sex, ())


def test_an_unknown_sex_is_reported():
    record = row(Inclusion_gender="Female patients of male doctors")
    assert (record.sex, [problem.field for problem in record.problems]) == ("", ["sex"])


def test_dates_are_those_of_the_portal_and_of_the_register():
    record = row(
        Last_Refreshed_on="20 May 2024",
        Export_date="06/09/2024 10:20:30",
        Date_registration="08/04/2024",
        Date_registration3="20240408",
        Date_enrollement="01/05/2024",
        results_date_completed="2025-12-31 00:00:00",
    )
    assert (record.updated, record.copied) == (PartialDate(2024, 5, 20), PartialDate(2024, 6, 9))
    assert (record.first_posted, record.start_date) == (PartialDate(2024, 4, 8), PartialDate(2024, 5, 1))
    assert record.completion_date == PartialDate(2025, 12, 31)


@pytest.mark.parametrize(("answer", "expected"), [("Yes", True), ("No", False), ("", None), ("yes ", True)])
def test_results_are_there_only_if_the_field_says_so(answer, expected):
    record = row(results_yes_no=answer, results_date_posted="2021-07-16", results_url_link="https://example.org/r")
    assert record.has_results is expected
    assert [(one.kind, one.url, one.label) for one in record.references] == [
        ("LINK", "https://example.org/r", "Results")
    ]


def test_an_address_that_is_none_is_reported():
    record = row(results_url_link="under construction", web_address="www")
    assert (record.references, record.url) == ((), "")
    assert {problem.field for problem in record.problems} == {"references", "url"}


def test_each_country_is_a_site_once_and_commas_belong_to_names():
    record = row(Countries="Japan;Taiwan, Province Of China;Korea, Republic of;Japan;England;Ruritania")
    assert record.sites[:3] == (
        SiteRecord(country="JP", country_raw="Japan"),
        SiteRecord(country="TW", country_raw="Taiwan, Province Of China"),
        SiteRecord(country="KR", country_raw="Korea, Republic of"),
    )
    assert [(one.country, one.country_raw) for one in record.sites[3:]] == [("GB", "England"), ("", "Ruritania")]
    assert [problem.text for problem in record.problems] == ["Ruritania"]


def test_one_country_with_a_comma_in_its_name_is_one_country():
    assert [one.country for one in row(Countries="Korea, Republic of").sites] == ["KR"]


def test_parts_of_the_world_stay_words_without_being_problems():
    record = row(Countries="Japan,Asia(except Japan),North America")
    assert [(one.country, one.country_raw) for one in record.sites] == [
        ("JP", "Japan"),
        ("", "Asia(except Japan)"),
        ("", "North America"),
    ]
    assert record.problems == ()


def test_sponsors_are_named_once_and_fillers_are_none():
    record = row(
        Primary_sponsor="Clinic A",
        Secondary_Sponsor="Clinic B;clinic a",
        Source_Support="Please refer to primary and secondary sponsors;A fund",
    )
    assert record.sponsors == (
        SponsorRecord("Clinic A", "LEAD_SPONSOR"),
        SponsorRecord("Clinic B", "COLLABORATOR"),
        SponsorRecord("A fund", "COLLABORATOR", wording="Source of monetary or material support"),
    )
    assert row(Primary_sponsor="NIL").sponsors == ()


def test_criteria_of_two_fields_have_two_kinds_and_their_own_trees():
    record = row(
        Inclusion_Criteria="Inclusion criteria: 1. Age over 18_x000D_<br>2. Either:<br>   a) pain<br>   b) swelling",
        Exclusion_Criteria="Exclusion criteria: 1. Any of:<br>   a) a cold",
    )
    assert [(one.kind, one.label, one.text, one.parent) for one in record.criteria] == [
        ("INCLUSION", "1.", "Age over 18", None),
        ("INCLUSION", "2.", "Either:", None),
        ("INCLUSION", "a)", "pain", 1),
        ("INCLUSION", "b)", "swelling", 1),
        ("EXCLUSION", "1.", "Any of:", None),
        ("EXCLUSION", "a)", "a cold", 4),
    ]


def test_criteria_of_one_field_may_hold_both_kinds_in_lines_of_fixed_width():
    text = (
        "_x000D_<br>        Inclusion Criteria:_x000D_<br>_x000D_<br>          1. Pain for more than_x000D_<br>"
        "             two years_x000D_<br>_x000D_<br>        Exclusion Criteria:_x000D_<br>_x000D_<br>    -  Fever"
    )
    record = ictrp.parse(
        {"TrialID": "NCT01234567", "Source Register": "ClinicalTrials.gov", "Inclusion Criteria": text}
    )
    assert [(one.kind, one.text) for one in record.criteria] == [
        ("INCLUSION", "Pain for more than two years"),
        ("EXCLUSION", "Fever"),
    ]


def test_criteria_that_commas_join_are_cut_at_the_next_number():
    record = ictrp.parse(
        {
            "TrialID": "CTIS2023-501234-11-00",
            "Inclusion Criteria": "Inclusion criteria: 1. Pain, 3. or worse.,2. Consent,3. Age over 18",
        }
    )
    assert [one.text for one in record.criteria] == ["Pain, 3. or worse.", "Consent", "Age over 18"]


@pytest.mark.parametrize("text", ["", "Inclusion criteria: ", "Inclusion criteria: N/A"])
def test_empty_criteria_are_no_rows(text):
    assert row(Inclusion_Criteria=text).criteria == ()


def test_the_eu_registers_age_form_gives_ages_only_where_the_fields_are_silent():
    form = (
        "Inclusion criteria: <br>1. Consent<br>Are the trial subjects under 18? no<br>"
        "F.1.2 Adults (18-64 years) yes<br>F.1.2.1 Number of subjects for this age range 30<br>"
        "F.1.3 Elderly (>=65 years) no<br>"
    )
    silent = ictrp.parse({"TrialID": "EUCTR2019-001234-28-ES", "Inclusion Criteria": form})
    stated = ictrp.parse(
        {"TrialID": "EUCTR2019-001234-28-ES", "Inclusion Criteria": form, "Inclusion agemin": "21 Years"}
    )
    assert (silent.min_age, silent.max_age) == (Age(18, "YEARS"), Age(64, "YEARS"))
    assert (stated.min_age, stated.max_age) == (Age(21, "YEARS"), None)
    assert [one.text for one in silent.criteria] == ["Consent"]


def test_a_size_by_group_is_a_note_and_the_groups_are_arms():
    record = row(Target_size="Cells:18;Control:17;", Intervention="Cells:Stromal cells;Control:Saline;")
    assert (record.enrollment_count, record.enrollment_note) == (None, "Cells:18;Control:17;")
    assert [(arm.label, arm.participants, arm.interventions) for arm in record.arms] == [
        ("Cells", 18, (0,)),
        ("Control", 17, (1,)),
    ]


def test_an_observational_study_assigns_nothing():
    assert row(Study_type="Observational study", Study_design="Factorial").intervention_model == ""
    assert row(Study_type="Interventional", Study_design="Factorial").intervention_model == "FACTORIAL"


def test_contacts_in_parallel_lists_are_taken_apart():
    record = row(
        Contact_Firstname="Ada;Bo",
        Contact_Lastname="Muster;Beispiel",
        Contact_Affiliation="Clinic",
        Contact_Email="ada@example.org;bo@example.org",
    )
    assert record.contacts == (
        ContactRecord("CONTACT", "Ada Muster", "Clinic", email="ada@example.org"),
        ContactRecord("CONTACT", "Bo Beispiel", "Clinic", email="bo@example.org"),
    )


def test_contacts_in_lists_of_different_lengths_stay_together():
    record = row(Contact_Firstname="Ada;Bo;Cy", Contact_Tel="1;2")
    assert record.contacts == (ContactRecord("CONTACT", "Ada; Bo; Cy", "", "1; 2"),)


def test_people_whom_a_copy_leaves_out_are_said_to_be_left_out():
    record = row(Contact_Firstname="withheld ", Contact_Email="[removed]", Contact_Affiliation="Clinic")
    assert (record.contacts, record.not_kept) == ((), ("contacts",))


def test_a_product_without_a_name_is_reported():
    record = ictrp.parse({"TrialID": "EUCTR2019-001234-28-ES", "Intervention": "<br>Pharmaceutical Form: Tablet<br>"})
    assert record.interventions == ()
    assert record.problems[0].text == "Pharmaceutical Form: Tablet"


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"TrialID": 5}', b"{}", b"<Trial/>", b"<Trial>", b"\xff\xfe"])
def test_what_is_no_record_is_unreadable(raw):
    with pytest.raises(Unreadable):
        ictrp.parse(raw)


@pytest.mark.parametrize(
    "column", ["Inclusion Criteria", "Secondary ID", "Inclusion agemin", "Study design", "Condition"]
)
@pytest.mark.parametrize("unit", ["-", ": ", "Inclusion criteria: ", "(", "a;", "<br", "1. ", "•"])
def test_a_long_run_of_anything_is_read_in_little_time(column, unit):
    started = time.perf_counter()
    with contextlib.suppress(Unreadable):
        ictrp.parse({"TrialID": "ChiCTR2000012345", column: unit * 5000 + "x"})
    assert time.perf_counter() - started < 5


# ---------------------------------------------------------------------------------------------------------- hypothesis
COLUMN_NAMES = [
    *("TrialID", "Last_Refreshed_on", "Export_date", "Public_title", "Scientific_title", "Acronym", "Primary_sponsor"),
    *("Secondary_Sponsor", "Source_Support", "Date_registration", "Date_registration3", "Source_Register"),
    *("web_address", "Recruitment_Status", "Inclusion_agemin", "Inclusion_agemax", "Inclusion_gender"),
    *("Date_enrollement", "Target_size", "Study_type", "Study_design", "Phase", "Countries", "Contact_Firstname"),
    *("Contact_Lastname", "Contact_Email", "Inclusion_Criteria", "Exclusion_Criteria", "Condition", "Intervention"),
    *("Primary_outcome", "Secondary_outcome", "Secondary_ID", "results_yes_no", "results_url_link"),
]
texts = st.text(max_size=40) | st.text(alphabet="ab1:;,.-()[]<>&/ \n•", max_size=60)


@given(st.dictionaries(st.sampled_from(COLUMN_NAMES), texts), st.sampled_from(["NCT01234567", "ChiCTR2000012345"]))
def test_arbitrary_rows_are_read(columns, number):
    record = ictrp.parse(columns | {"TrialID": number})
    assert record.number == number
    assert all(one.parent is None or one.parent < place for place, one in enumerate(record.criteria))


@given(
    st.lists(st.sampled_from([b"<Trial>", b"</Trial>", b"<TrialID>", b"</TrialID>", b"NCT1", b"\xff", b"<", b"&x;"]))
)
def test_arbitrary_files_are_read_or_unreadable(parts):
    with contextlib.suppress(Unreadable):
        for raw, outcome in ictrp.parse_xml(b"".join(parts)):
            assert raw
            assert isinstance(outcome, TrialRecord | Unreadable)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_unreadable(data):
    with contextlib.suppress(Unreadable):
        assert ictrp.parse(data).number
    for read in (ictrp.parse_xml, ictrp.parse_csv):
        with contextlib.suppress(Unreadable):
            assert all(isinstance(outcome, TrialRecord | Unreadable) for _, outcome in read(data))
    rows = ictrp.parse_csv(b"TrialID,b\n" + data)
    assert all(isinstance(outcome, TrialRecord | Unreadable) for _, outcome in rows)
