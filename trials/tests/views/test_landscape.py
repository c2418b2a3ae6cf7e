"""The landscape's page and files."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trials.models import CellType
from trials.search.publishing import publish_all
from trials.tests.search.making import term, trial

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def catalogue():
    """Two trials with MSC, one of which recruits and states a dose, and a cell type that a spreadsheet would run."""
    term(CellType, "msc")
    term(CellType, "evil", label="=1+2 <b>cells")
    one = trial("nct1", cells=("msc",), status="RECRUITING", phase="PHASE2", start_date="2023", enrollment_count=30)
    one.doses.create(order=1, basis="PER_KG", amount_low=2_000_000)
    trial("nct2", cells=("msc", "evil"), status="COMPLETED", phase="PHASE2", start_date="2021-05")
    publish_all()


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def drawn(content: bytes | str) -> ET.Element:
    """A picture that we have drawn, read as a program reads it."""
    return ET.fromstring(content)  # noqa: S314


def test_it_says_what_is_pictured_and_leads_back_with_the_question(client, catalogue):
    html = page(client, "/landscape/?status=recruiting&cell_type=msc")
    assert "Pictured here: 1 trial, status recruiting; with Msc." in html
    assert '<a href="/trials/?status=recruiting&amp;cell_type=msc">Back to the list</a>' in html
    assert '<a href="/map/?status=recruiting&amp;cell_type=msc">see them on a map</a>' in html


def test_each_picture_has_a_title_a_description_a_table_and_two_files(client, catalogue):
    html = page(client, "/landscape/?cell_type=msc")
    titles = re.findall(r'<h2 id="h-([a-z-]+)">([^<]+)</h2>', html)
    assert [key for key, _ in titles] == ["starts", "phases", "status", "enrolment", "doses-per-kg"]
    for key, title in titles:
        assert f'<g role="img" aria-labelledby="{key}-title {key}-desc"><title id="{key}-title">{title}</title>' in html
        assert f'<desc id="{key}-desc">' in html
        assert f'aria-label="Table: {title}"' in html
        for form in ("svg", "csv"):
            assert f'<a href="/landscape/{key}.{form}?cell_type=msc" download>' in html


def test_nothing_on_the_page_needs_a_style_of_its_own(client, catalogue):
    html = page(client, "/landscape/")
    assert "<style" not in html
    assert " style=" not in html


def test_what_is_not_stated_is_counted(client, catalogue):
    html = page(client, "/landscape/")
    assert "Not stated</th><td>1</td>" in html
    assert 'Of 1 trial no dose is held here: <a href="/trials/?dose=not-stated">see it</a>' in html


def test_a_picture_alone_has_its_style_inside_and_leads_back_to_the_site(client, catalogue):
    response = client.get("/landscape/phases.svg?status=recruiting")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"] == 'attachment; filename="phase-by-cell-type.svg"'
    root = drawn(response.content)
    assert ".p-heat-1" in (root.findtext(f"{SVG}style") or "")
    links = [link.get("href") for link in root.iter(f"{SVG}a")]
    assert links == ["http://testserver/trials/?status=recruiting&cell_type=msc&phase=2"]


def test_every_class_of_a_mark_is_in_the_stylesheet(client, catalogue):
    style = Path(str(finders.find("css/pictures.css"))).read_text(encoding="utf-8")
    drawn_marks = "".join(page(client, address) for address in ("/landscape/", "/map/", "/map/?zoom=it"))
    names = {name for names in re.findall(r'class="(p-[^"]+)"', drawn_marks) for name in names.split()}
    assert len(names) > 20
    assert sorted(name for name in names if not re.search(rf"\.{name}(?![\w-])", style)) == []


def test_a_label_from_the_vocabulary_is_never_markup(client, catalogue):
    assert "<b>cells" not in page(client, "/landscape/")
    assert drawn(client.get("/landscape/starts.svg").content) is not None


def test_a_spreadsheet_runs_no_cell_of_a_table(client, catalogue):
    response = client.get("/landscape/phases.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.decode("utf-8-sig") == "Cell type,Phase 2\r\n'=1+2 <b>cells,1\r\nMsc,2\r\n"


def test_doses_come_as_plain_numbers_in_a_file(client, catalogue):
    table = client.get("/landscape/doses-per-kg.csv").content.decode("utf-8-sig").splitlines()
    assert table[0] == "Cell type,Trials,Smallest,Lower quarter,Median,Upper quarter,Largest"
    assert table[1] == "All trials,1,2000000,2000000,2000000,2000000,2000000"


@pytest.mark.parametrize("address", ["/landscape/nothing.svg", "/landscape/doses-per-eye.csv", "/landscape/starts.png"])
def test_there_is_no_file_of_what_is_not_pictured(client, catalogue, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/landscape/?status=suspended", "/map/?status=suspended"])
def test_where_nothing_is_found_it_says_so_and_leads_back(client, catalogue, address):
    html = page(client, address)
    assert "No trials are found: status suspended. There is nothing to draw." in html
    assert '<a href="/trials/?status=suspended">Go back to the search</a>' in html
    assert 'class="picture"' not in html


def test_an_empty_catalogue_has_pages_too(client):
    for address in ("/landscape/", "/map/"):
        assert "The catalogue holds no published trial yet." in page(client, address)
    for address in ("/landscape/starts.svg", "/landscape/phases.csv", "/map/sites.svg", "/map/sites.csv"):
        assert client.get(address).status_code == 200


def test_what_an_address_says_beyond_the_question_is_named(client, catalogue):
    assert "<code>colour</code>" in page(client, "/landscape/?colour=red")
    assert "<code>zoom</code>" not in page(client, "/map/?zoom=europe")


@pytest.mark.parametrize(
    "address", ["/landscape/", "/landscape/starts.svg", "/map/", "/map/?zoom=it", "/map/sites.csv"]
)
def test_a_picture_costs_no_statement_beyond_the_question(client, catalogue, address):
    query = "status=recruiting&q=msc"
    page(client, f"/trials/?{query}")
    with CaptureQueriesContext(connection) as asked:
        joint = "&" if "?" in address else "?"
        assert client.get(f"{address}{joint}{query}").status_code == 200
    statements = [one["sql"] for one in asked.captured_queries if one["sql"].startswith("SELECT")]
    assert len(statements) <= 3, statements
    assert not [sql for sql in statements if "trials_trial" in sql or "trials_card" in sql or "trials_site" in sql]


def test_the_list_leads_to_both_with_the_question_kept(client, catalogue):
    html = unescape(page(client, "/trials/?status=recruiting&page=1&sort=title"))
    assert 'href="/landscape/?status=recruiting&sort=title"' in html
    assert 'href="/map/?status=recruiting&sort=title"' in html


def test_robots_stay_out_of_the_pictures_of_questions(client):
    rules = client.get("/robots.txt").content.decode()
    assert "Disallow: /landscape/?\nDisallow: /map/?\n" in rules
