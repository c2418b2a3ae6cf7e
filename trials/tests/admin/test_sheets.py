"""The list of trials as a sheet, and corrections brought back by the same sheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from trials import workbooks
from trials.admin import corrections, sheets
from trials.intake import sheets as forms
from trials.models import CellProduct, CellType, Edit, Lock, Trial
from trials.tests.admin import making
from trials.tests.admin.making import signed_in
from trials.tests.admin.test_pages import with_permissions
from trials.tests.drawing import over_tables

pytestmark = pytest.mark.django_db

LIST = reverse("admin:trials_trial_changelist")
SEND = reverse("admin:trials_trial_corrections")
Table = list[dict[str, str]]


@pytest.fixture(autouse=True)
def data(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    # A process of its own takes a quarter of a second; test_workbooks.py shows that it gives the same.
    monkeypatch.setattr(forms, "lines_apart", workbooks.lines)
    return tmp_path


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def exported(client: Client, form: str = "csv", query: str = "") -> bytes:
    return content(client.get(reverse("admin:trials_trial_export", args=[form]) + query))


def table(sheet: bytes) -> Table:
    return list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"), newline="")))


def as_csv(rows: Table) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def send(client: Client, sheet: bytes, name: str = "trials.csv") -> Any:
    return client.post(SEND, {"file": SimpleUploadedFile(name, sheet)})


def corrected(client: Client, sheet: bytes) -> Any:
    """The page after a sheet was looked through and taken over."""
    preview = send(client, sheet)
    assert preview.status_code == 200
    return client.post(SEND, {"token": preview.context["token"]})


def wrong(page: Any) -> list[tuple[int, str, str]]:
    return [(one.row.number, found.column, found.says) for one in page.context["bad"] for found in one.wrong]


def filled(slug: str = "nct00000001", **values: Any) -> Trial:
    trial = making.trial(slug, **values)
    making.fill(trial, 1)
    return trial


def test_a_row_says_what_the_trial_is(editor):
    filled(status="RECRUITING", phase="PHASE1_PHASE2", min_age_value=18, min_age_unit="YEARS", start_date="2024-05")
    (row,) = table(exported(editor))
    del row["updated"]
    assert {name: text for name, text in row.items() if text} == {
        "slug": "nct00000001", "version": "1", "numbers": "nct00000001-1", "title*": "A trial called nct00000001",
        "status*": "Recruiting", "phase*": "Phase 1/2", "conditions": "ALS", "cell_types*": "MSC", "tissues*": "Marrow",
        "routes": "Intravenous", "min_age*": "18 years", "start_date*": "2024-05",
    }  # fmt: skip


def test_the_sheet_holds_what_the_list_shows(editor):
    filled("a", status="RECRUITING")
    filled("b", status="COMPLETED")
    making.trial("c", status="RECRUITING", title="Something else")
    rows = table(exported(editor, query="?status=RECRUITING&q=called"))
    assert [row["slug"] for row in rows] == ["a"]


def test_a_list_that_is_too_long_is_refused_in_words(editor, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    making.trial("a")
    making.trial("b")
    page = editor.get(reverse("admin:trials_trial_export", args=["csv"]), follow=True).content.decode()
    assert "Nothing was exported: the list has more than 1 trials" in page


def test_a_correction_is_shown_then_made_locked_and_noted(editor):
    trial = filled(status="RECRUITING")
    rows = table(exported(editor))
    rows[0] |= {"status*": "completed", "max_age*": "80 years", "display_title*": "In easy words"}
    preview = send(editor, as_csv(rows))
    text = preview.content.decode()
    assert "<del>Recruiting</del> → <ins>completed</ins>" in text
    trial.refresh_from_db()
    assert (trial.status, trial.version) == ("RECRUITING", 1)
    done = editor.post(SEND, {"token": preview.context["token"]})
    trial.refresh_from_db()
    assert (trial.status, trial.max_age_value, trial.max_age_unit) == ("COMPLETED", 80, "YEARS")
    assert trial.display_title == "In easy words"
    assert trial.version == 2
    assert set(Lock.objects.values_list("name", flat=True)) == {"status", "max_age", "display_title"}
    assert set(Edit.objects.values_list("by__username", flat=True)) == {"editor"}
    assert "1 trial corrected, 0 rows left out" in done.content.decode()


def test_a_preview_is_good_for_one_use_by_whoever_made_it(editor):
    making.trial("a")
    rows = table(exported(editor))
    rows[0]["acronym*"] = "ABC"
    token = send(editor, as_csv(rows)).context["token"]
    other = with_permissions("view_trial", "change_trial")
    assert other.post(SEND, {"token": token}).status_code == 302
    assert editor.post(SEND, {"token": token}).status_code == 200
    assert editor.post(SEND, {"token": token}).status_code == 302
    assert Trial.objects.get().acronym == "ABC"


def test_a_link_to_rows_that_were_left_out_corrects_nothing(editor):
    making.trial("a")
    making.trial("b")
    rows = sorted(table(exported(editor)), key=lambda row: row["slug"])
    rows[0]["acronym*"], rows[1]["phase*"] = "ABC", "Phase 9"
    left_out = corrected(editor, as_csv(rows)).context["left_out"]
    assert editor.post(SEND, {"token": left_out}).status_code == 302
    assert table(content(editor.get(reverse("admin:trials_trial_left_out"), {"file": left_out})))[0]["slug"] == "b"


def test_a_sheet_may_hold_characters_that_no_database_keeps(editor):
    making.trial("a")
    page = send(editor, b"slug,version,acronym\r\na\0b,1,A\r\n")
    assert wrong(page)[0][2].startswith("No trial has the address")
    assert "\0" not in page.context["bad"][0].row.cells["slug"]


def test_terms_of_the_only_product_are_corrected(editor):
    filled()
    CellType.objects.create(slug="t-cell", label="T cells", synonyms=["T lymphocyte", "CD3*"])
    rows = table(exported(editor))
    rows[0]["cell_types*"] = "MSC; t lymphocyte"
    corrected(editor, as_csv(rows))
    product = CellProduct.objects.get()
    assert set(product.cell_types.values_list("slug", flat=True)) == {"msc", "t-cell"}
    assert (product.origin, list(Lock.objects.values_list("name", flat=True))) == ("EDITOR", ["products"])


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"slug": "nct9"}, "slug", "No trial has the address “nct9”."),
        ({"slug": "once"}, "slug", "This trial’s address is “nct00000001” now."),
        ({"version": "7"}, "version", "The trial was changed since the sheet was exported (version 7, now 1)."),
        ({"status*": "Recruitign"}, "status", "“Recruitign” is not known here. Write one of: Not yet recruiting, "),
        ({"min_age*": "18"}, "min_age", "“18” is no age. Write a number and a unit"),
        ({"min_age*": "90 years", "max_age*": "80 years"}, "min_age", "The minimum age is above the maximum age."),
        ({"enrollment_count*": "many"}, "enrollment_count", "Enter a whole number."),
        ({"start_date*": "31/01/2024"}, "start_date", "“31/01/2024” is"),
        ({"completion_date*": "2020"}, "completion_date", "The completion date is before the start date."),
        ({"title*": ""}, "title", "title"),
        ({"cell_types*": "MSC; stem"}, "cell_types", "“stem” is none of the catalogue’s cell types."),
    ],
)
def test_a_bad_cell_is_named_with_the_remedy(editor, cells, column, says):
    trial = filled(start_date="2024-05")
    trial.former_slugs.create(slug="once")
    rows = table(exported(editor))
    rows[0] |= {"acronym*": "ABC"} | cells
    page = send(editor, as_csv(rows))
    ((number, where, words),) = wrong(page)
    assert (number, where) == (2, column)
    assert says.lower() in words.lower()
    assert "token" not in page.context


def test_a_trial_with_two_products_is_corrected_on_its_own_page(editor):
    trial = filled()
    CellProduct.objects.create(trial=trial, order=2, name="Another")
    rows = table(exported(editor))
    rows[0]["donors*"] = "Anybody"
    assert "The trial has 2 cell products" in wrong(send(editor, as_csv(rows)))[0][2]


def test_one_trial_in_two_rows_is_refused_once(editor):
    filled()
    rows = table(exported(editor))
    page = send(editor, as_csv([rows[0] | {"acronym*": "A"}, rows[0] | {"acronym*": "B"}]))
    assert wrong(page) == [(3, "slug", "Row 2 is of the same trial. Keep one of the two.")]
    assert page.context["good_total"] == 1


def test_rows_with_faults_are_left_out_and_can_be_downloaded(editor):
    making.trial("a")
    making.trial("b", acronym="=1+1")
    rows = sorted(table(exported(editor)), key=lambda row: row["slug"])
    rows[0]["acronym*"], rows[1]["phase*"] = "ABC", "Phase 9"
    page = corrected(editor, as_csv(rows))
    left = editor.get(reverse("admin:trials_trial_left_out"), {"file": page.context["left_out"]})
    (row,) = table(content(left))
    assert (row["slug"], row["acronym*"]) == ("b", "'=1+1")
    assert row["what is wrong"].startswith("phase: “Phase 9” is not known here.")
    assert Trial.objects.get(slug="a").acronym == "ABC"


def test_what_changed_between_preview_and_correction_is_left_out(editor):
    trial = making.trial("a")
    rows = table(exported(editor))
    rows[0]["acronym*"] = "ABC"
    token = send(editor, as_csv(rows)).context["token"]
    Trial.objects.filter(pk=trial.pk).update(version=2)
    page = editor.post(SEND, {"token": token})
    assert wrong(page)[0][1] == "version"
    assert Trial.objects.get().acronym == ""


def test_nothing_of_a_row_is_saved_where_its_end_fails(editor, monkeypatch):
    filled()
    rows = table(exported(editor))
    rows[0] |= {"acronym*": "ABC", "cell_types*": ""}

    def fails(*_: Any) -> bool:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(corrections, "note", fails)
    page = corrected(editor, as_csv(rows))
    assert "Send it again" in wrong(page)[0][2]
    assert Trial.objects.get().acronym == ""
    assert CellProduct.objects.get().cell_types.count() == 1


def test_a_spreadsheet_may_write_semicolons_and_leave_columns_out(editor):
    making.trial("a")
    corrected(editor, b"\xef\xbb\xbfslug;version;enrollment_count\r\na;1;12\r\n")
    assert Trial.objects.get().enrollment_count == 12


def test_a_sheet_of_xlsx_is_read_with_its_numbers_and_days(editor):
    making.trial("a")
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["slug", "version*", "enrollment_count*", "start_date*"])
        sheet.write_row(1, 0, ["a", 1, 12])
        sheet.write_datetime(1, 3, dt.datetime(2024, 5, 6))
    corrected(editor, file.getvalue())
    trial = Trial.objects.get()
    assert (trial.enrollment_count, str(trial.start_date)) == (12, "2024-05-06")


def far_away() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["slug", "version"])
        sheet.write(1_000_000, 16_000, "x")
    return file.getvalue()


def packed(xml: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """An archive with a sheet of this XML, as far as a look from outside tells."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr(name, xml)
    return file.getvalue()


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        (b"slug,version" + b",x" * 199, "The sheet has more than 200 columns."),
        (packed(b'<row r="1"><c r="XFD1"/></row><row r="1000000"><c/></row>'), "The sheet has cells far away"),
        (packed(b'<c r="a1"/><c r="xfd1000000"/>'), "The sheet has cells far away"),
        (packed(b"<t>" + b"x" * 400_000 + b"</t>", "xl/sharedStrings.xml"), "one of its cells holds more than a cell"),
        (b" ", "The first line must name the column “slug” once"),
        (b"title,version\n", "The first line must name the column “slug” once"),
        (b"slug,version,title,title*\n", "The first line names the column “title” more than once."),
        (b"slug,version\n\xff", "The file is no UTF-8 text."),
        (b'slug,version\n"a', "The file is no CSV: unexpected end of data."),
        (b"PK\x03\x04 and no more", "The file is no XLSX sheet"),
        (far_away(), "The sheet has cells far away from the others."),
    ],
    ids=[
        "many columns",
        "far rows",
        "small letters",
        "a long text",
        "empty",
        "no slug",
        "twice",
        "no UTF-8",
        "cut",
        "no XLSX",
        "far cells",
    ],
)
def test_a_file_that_is_no_sheet_is_refused_in_words(editor, data, sheet, says):
    page = send(editor, sheet)
    assert says in " ".join(page.context["form"].errors["file"])
    assert not list((data / "uploads").iterdir())


def test_too_many_corrections_at_once_are_refused(editor, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_CORRECTED", 0)
    making.trial("a")
    rows = table(exported(editor))
    rows[0]["acronym*"] = "ABC"
    assert "Send it in parts." in " ".join(send(editor, as_csv(rows)).context["form"].errors["file"])


def test_who_may_only_look_exports_and_corrects_nothing():
    reader = with_permissions("view_trial")
    making.trial("a")
    assert len(table(exported(reader))) == 1
    assert reader.get(SEND).status_code == 403
    assert reader.post(SEND, {"token": "x"}).status_code == 403
    assert reader.get(reverse("admin:trials_trial_left_out")).status_code == 403
    stranger = signed_in(get_user_model().objects.create_user("stranger", password="p", is_staff=True))
    assert stranger.get(reverse("admin:trials_trial_export", args=["csv"])).status_code == 403


AWKWARD = st.text(
    st.one_of(
        st.sampled_from("=+-@'\t\n\r\",; _x0041"), st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    ),
    max_size=30,
)


@given(st.lists(st.tuples(AWKWARD, AWKWARD, st.text("=-'; ", max_size=5)), min_size=1, max_size=4))
@over_tables(45)
def test_a_sheet_that_nobody_touched_changes_nothing(tmp_path_factory, texts):
    Trial.objects.all().delete()
    for place, (title, acronym, label) in enumerate(texts):
        trial = making.trial(f"t{place}", title=f"T{title}", display_title=title[:600], acronym=acronym[:60])
        product = CellProduct.objects.create(trial=trial, order=1, name="Cells")
        term, _ = CellType.objects.get_or_create(slug=f"c{place}", defaults={"label": f"{label}{place}"})
        product.cell_types.add(term)
    folder = tmp_path_factory.mktemp("sheets")
    comma, packed = folder / "a.csv", folder / "a.xlsx"
    comma.write_bytes(b"".join(forms.csv_of(Trial.objects.order_by("pk"))))
    with packed.open("wb") as file:
        forms.write_xlsx(Trial.objects.order_by("pk"), file, folder)
    for path in (comma, packed):
        rows = forms.read(path).rows
        assert len(rows) == len(texts)
        found = list(corrections.Checker(None, HttpRequest()).check(rows))
        assert [one for one in found if one.cells or one.wrong] == []


@given(AWKWARD)
def test_a_harmless_text_is_no_formula_and_comes_back(text):
    written = forms.harmless(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert forms.as_meant(written) == text


def test_a_formula_behind_the_end_of_a_cell_elsewhere_is_harmless():
    assert forms.harmless("Cells;=1+1") == "Cells;'=1+1"
    assert forms.harmless("a\t \"-2; '@x; y") == "a\t \"'-2; ''@x; y"
