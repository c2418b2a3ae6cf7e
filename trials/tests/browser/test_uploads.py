"""A registry file sent in a real browser: what it would do, and what it did."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from trials.tests.browser.looks import faults
from trials.tests.intake.making import lines, study
from trials.tests.serving import Site

ADD = "/admin/trials/job/add/"


@pytest.fixture
def numbers() -> list[int]:
    """Registry numbers that no other test uses."""
    first = uuid.uuid4().int % 10**6 * 10 + 8 * 10**7
    return [first, first + 1, first + 2]


def test_an_uploaded_file_with_one_bad_record_is_shown_before_anything_is_written(
    admin_page: Page, numbers: list[int], tmp_path: Path
) -> None:
    page, (first, second, bad) = admin_page, numbers
    file = tmp_path / "studies.ndjson"
    broken = json.dumps(study(bad)).encode().removesuffix(b"}")
    file.write_bytes(lines(study(first), study(second, title="Stem cells for knees")) + broken)
    page.goto(ADD)
    assert faults(page) == []
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("status")).to_have_text("Checked, nothing written yet.")
    rows = page.get_by_role("row")
    expect(rows.filter(has_text=f"NCT{first:08}")).to_contain_text("New")
    expect(rows.filter(has_text="Refused")).to_contain_text("studies.ndjson, record 3")
    expect(rows).to_have_count(4)
    assert page.request.get(f"/trials/nct{first:08}/").status == 404
    assert faults(page) == []
    page.get_by_role("link", name="Refused 1").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Import these").click()
    expect(page.get_by_role("status")).to_have_text("Done.")
    expect(page.get_by_role("heading", name="What the import did")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name=f"NCT{second:08}").click()
    expect(page.get_by_label("Title:", exact=True)).to_have_value("Stem cells for knees")


def test_a_running_job_renews_its_progress_by_itself_and_shows_the_end(
    admin_page: Page, site: Site, numbers: list[int]
) -> None:
    make = (
        "from trials.models import Job\n"
        "job = Job.objects.create(kind='UPLOAD', name='large.json', registry='CTGOV', state='CHECKING', holder='1@x',"
        " lease_until='2999-01-01T00:00Z', done=10, total=100, counts={'CHECK': {'new': 5}})\nprint(job.pk)"
    )
    pk = site.python(make).strip()
    page = admin_page
    page.goto(f"/admin/trials/job/{pk}/change/")
    expect(page.get_by_role("progressbar", name="Being checked")).to_have_attribute("value", "10")
    assert faults(page) == []
    change = f"from trials.models import Job\nJob.objects.filter(pk={pk}).update(%s)"
    site.python(change % "done=45")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "45")
    expect(page.get_by_role("status")).to_have_text("Being checked, 40 % done.")
    site.python(change % "state='FAILED', reason='The disk is full.'")
    expect(page.get_by_text("The disk is full.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
