"""The admin's pages that the project adds to: axe-core has nothing to say, and they fit a phone and a desk."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page

from trials.tests.browser.looks import accessibility_problems, overflowing
from trials.tests.serving import Site

# A trial with a row in every list, a locked field, a received record with a change, and what imports suggest.
MAKE = """
made = Trial.objects.create(slug={slug!r}, title="A trial made for a test", state="PUBLISHED", keywords=["a", "b"])
record = made.registrations.create(order=1, registry="CTGOV", number={slug!r}, document="A record", is_lead=True)
made.interventions.create(order=1, name="Cells")
made.arms.create(order=1, label="Cells").interventions.set(made.interventions.all())
product = made.products.create(order=1, name="Cells", intervention=made.interventions.get(), passage="cells")
product.cell_types.add(CellType.objects.first())
made.doses.create(order=1, product=product, arm=made.arms.get(), route=Route.objects.first())
made.criteria.create(order=1, kind="INCLUSION", text="Adults")
made.outcomes.create(order=1, kind="PRIMARY", measure="Survival")
made.sites.create(order=1, facility="A hospital", country="IT")
made.contacts.create(order=1, name="A doctor", registration=record)
made.sponsorships.create(order=1, organisation=Organisation.objects.first(), role="COLLABORATOR")
made.references.create(order=1, kind="LINK", label="A page", url="https://example.org/")
made.flags.create(order=1, rule="a-rule", sentence="Something does not fit.")
kept = dict(source="CTGOV", number=record.number, body=b"", verdict="KEPT", registration=record)
versions = [RawRecord.objects.create(digest=f"{slug}-{{at}}", **kept) for at in (1, 2)]
Change.objects.create(registration=record, before=versions[0], after=versions[1], field="title", old="A")
Lock.objects.create(trial=made, name="title")
Edit.objects.create(trial=made, name="title", kind="EDITED", old="A", new="B")
made.conditions.create(order=9, wording="A word without a term")
print(made.pk, versions[1].pk)
"""


@pytest.fixture
def pages(site: Site) -> dict[str, str]:
    """Every kind of page, by its name as its address."""
    trial, record = site.python(MAKE.format(slug=f"made-{uuid.uuid4().hex[:8]}")).split()
    admin, own = "/admin/trials", f"/admin/trials/trial/{trial}"
    return {
        "trials": f"{admin}/trial/?q=trial&status=not-stated",
        "trial": f"{own}/change/",
        "rows": f"{own}/rows/products/",
        "locks": f"{own}/locks/",
        "records": f"{admin}/rawrecord/",
        "record": f"{admin}/rawrecord/{record}/change/",
        "changes": f"{admin}/change/",
        "runs": f"{admin}/importrun/",
        "edits": f"{admin}/edit/",
        "unmapped words": f"{admin}/trialcondition/",
        "terms": f"{admin}/condition/",
        "term": f"{admin}/celltype/add/",
        "organisations": f"{admin}/organisation/",
    }


# The library behind the admin's autocompletes: Django ships it as it is.
OF_DJANGO = ".select2-container"


def test_the_admins_pages_are_accessible_and_fit(admin_page: Page, problems: list[str], pages: dict[str, str]) -> None:
    found = []
    for name, address in pages.items():
        for scheme in ("dark", "light"):
            # Asked for anew: while colours fade into others, no contrast is what it will be.
            admin_page.emulate_media(color_scheme=scheme)
            admin_page.goto(address)
            admin_page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            assert problems == [], name
            faults = accessibility_problems(admin_page, outside=OF_DJANGO)
            found += [f"{name}, {scheme}: {fault}" for fault in faults]
            # axe-core tries styles on the page to measure contrast, which the policy forbids.
            problems.clear()
        admin_page.set_viewport_size({"width": 320, "height": 800})
        found += [f"{name}: reaches past the edge: {element}" for element in overflowing(admin_page)]
        admin_page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []
