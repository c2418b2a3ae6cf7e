"""The list as a sheet and corrections by it, in a real browser."""

from __future__ import annotations

import csv
import uuid
from pathlib import Path

from playwright.sync_api import Page, expect

from trials.tests.browser.looks import faults
from trials.tests.serving import Site


def test_a_sheet_goes_out_and_its_corrections_come_back(admin_page: Page, site: Site, tmp_path: Path) -> None:
    page, slug = admin_page, f"made-{uuid.uuid4().hex[:8]}"
    site.python(f"for end in 'ab': Trial.objects.create(slug='{slug}' + end, title='A trial made for a sheet')")
    page.goto(f"/admin/trials/trial/?q={slug}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    sheet = tmp_path / "trials.csv"
    download.value.save_as(sheet)
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerows([first | {"acronym*": "ABC"}, second | {"phase*": "Phase 9"}])
    page.get_by_role("link", name="Corrections by a sheet").click()
    assert faults(page) == []
    page.get_by_label("Sheet", exact=True).set_input_files(sheet)
    page.get_by_role("button", name="Check the sheet").click()
    expect(page.get_by_role("status")).to_contain_text("1 of 2 rows would change a trial")
    assert faults(page) == []
    page.get_by_role("button", name="Make these corrections").click()
    expect(page.get_by_role("status")).to_contain_text("1 trial corrected, 1 row left out")
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rows that were left out").click()
    download.value.save_as(sheet)
    assert "phase: “Phase 9” is not known here." in sheet.read_text(encoding="utf-8-sig")
