"""The editors' desk in a real browser: from the first page to a wrong donor, and on to the next fact."""

from __future__ import annotations

import uuid

from playwright.sync_api import Page, expect

from trials.tests.browser.looks import faults
from trials.tests.serving import Site

MAKE = """
from trials.models import CellProduct, DonorRelation, Statement
made = Trial.objects.create(slug={slug!r}, title="Cells of a brother for {slug}", state="PUBLISHED")
wrong = DonorRelation.objects.get(slug="autologous")
for at in (1, 2):
    row = CellProduct.objects.create(
        trial=made, order=at, name=f"Stem cells {{at}}", origin="TEXT", evidence_state="CONFLICTING",
        found_on="2020-01-01", passage="the patient receives cells of a healthy brother", source_field="briefSummary")
    row.donors.add(wrong)
    Statement.objects.create(trial=made, order=at, field="donors", value="Autologous", product=row, origin="TEXT",
        passage="his own cells", source_field="briefSummary", evidence_state="CONFLICTING")
print(made.pk)
"""
DONORS = "print(*[[str(d) for d in p.donors.all()] for p in CellProduct.objects.filter(trial={key}).order_by('order')])"


def test_a_wrong_donor_is_corrected_from_the_worklist(admin_page: Page, site: Site, problems: list[str]) -> None:
    key = site.python(MAKE.format(slug=f"made-{uuid.uuid4().hex[:8]}")).strip()
    admin_page.goto("/admin/")
    assert faults(admin_page) == []
    admin_page.set_viewport_size({"width": 390, "height": 780})
    admin_page.get_by_role("link", name="Facts in conflict").click()
    admin_page.get_by_role("link", name="Begin with the first").click()
    expect(admin_page.get_by_role("navigation", name="Worklist")).to_contain_text("1 of")
    expect(admin_page.locator("mark")).to_have_text("the patient receives cells of a healthy brother")
    # The stock admin's autocomplete has faults of its own.
    assert [fault for fault in faults(admin_page) if "select2-" not in fault] == []
    # axe-core tries styles on the page to measure contrast, which the policy forbids.
    problems.clear()
    admin_page.set_viewport_size({"width": 390, "height": 780})
    donors = admin_page.locator(".field-donors")
    donors.locator(".select2-selection__choice__remove").click()
    donors.locator(".select2-search__field").press_sequentially("alloge")
    admin_page.get_by_role("option", name="Allogeneic", exact=True).click()
    admin_page.get_by_role("button", name="Save the correction and next").click()
    expect(admin_page.locator(".messagelist .success")).to_contain_text("Allogeneic")
    expect(admin_page.get_by_role("heading", level=1)).to_contain_text("Stem cells 2")
    assert site.python(DONORS.format(key=key)).strip() == "['Allogeneic'] ['Autologous']"
    admin_page.get_by_role("button", name="Accept and next").click()
    expect(admin_page.locator(".messagelist .success")).to_contain_text("was accepted")
