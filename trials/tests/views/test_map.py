"""The map's page and files."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from trials.search.publishing import publish_all
from trials.tests.search.making import site, trial
from trials.tests.views.test_landscape import SVG, drawn, page
from trials.views._pictures.maps import Spot, spots_map

pytestmark = pytest.mark.django_db
MILAN: dict[str, Any] = {"city": "Milan", "latitude": 45.46, "longitude": 9.19}


@pytest.fixture
def catalogue():
    """A trial that recruits in Milan and one that is over in Ghent, and one that names no place."""
    site(trial("nct1", status="RECRUITING"), "IT", **MILAN)
    site(trial("nct2", status="COMPLETED"), "BE", city="Ghent", latitude=51.05, longitude=3.72)
    trial("nct3")
    publish_all()


def test_a_country_leads_to_its_trials_its_open_ones_and_its_own_map(client, catalogue):
    html = unescape(page(client, "/map/?sort=title"))
    assert "Pictured here: all 3 trials of the catalogue." in html
    assert '<td><a href="/trials/?country=it&sort=title">1</a></td>' in html
    assert '<td><a href="/trials/?status=recruiting&open_in=it&sort=title">1</a></td>' in html
    assert '<a href="/map/?sort=title&zoom=it">Map</a>' in html
    assert '<a href="/trials/?country=not-stated&sort=title">1</a>' in html


def test_a_site_still_marked_as_recruiting_in_a_trial_of_unknown_status_does_not_recruit(client):
    for status in ("RECRUITING", "UNKNOWN", "COMPLETED"):
        site(trial(f"nct-{status.lower()}", status=status), "IT", status="RECRUITING", **MILAN)
    publish_all()
    assert client.get("/map/sites.csv").content.decode("utf-8-sig").splitlines()[1:] == ["Italy,3,1"]
    assert '1<span class="visually-hidden"> of Italy</span> recruiting' in page(client, "/")


def test_a_country_of_the_world_is_shaded_and_led_to_its_trials(client, catalogue):
    html = unescape(page(client, "/map/?status=recruiting"))
    assert '<a href="/trials/?status=recruiting&country=it" tabindex="-1"><path class="p-land p-heat-5"' in html
    assert "<title>Italy: 1 trial</title>" in html


def test_zoomed_in_it_counts_around_cities(client, catalogue):
    html = unescape(page(client, "/map/?zoom=europe"))
    assert "2 trials with a site on this map. A circle counts those within 150 km of the city" in html
    assert "1 trial can be on no map of cities" in html
    assert (
        '<th scope="row">Milan, Italy</th><td><a href="/trials/?near=milan,it&within=150">1</a></td>'.replace(
            ",it", "%2Cit"
        )
        in html
    )
    assert '<a href="/map/?zoom=europe" aria-current="true">Europe</a>' in html


def test_a_part_of_the_world_that_there_is_none_of_is_the_world_and_said(client, catalogue):
    html = page(client, "/map/?zoom=atlantis%3Cb%3E")
    assert "There is no map of “atlantis&lt;b&gt;”; this is the world." in html
    assert '<h2 id="h-map">Sites: The world</h2>' in html


def test_the_files_are_of_the_part_that_is_shown(client, catalogue):
    picture = client.get("/map/sites.svg?zoom=it")
    assert picture["Content-Disposition"] == 'attachment; filename="sites-italy.svg"'
    assert "http://testserver/trials/?near=milan%2Cit&within=50" in [
        link.get("href") for link in drawn(picture.content).iter(f"{SVG}a")
    ]
    assert client.get("/map/sites.csv?zoom=it").content.decode("utf-8-sig") == 'City,Trials\r\n"Milan, Italy",1\r\n'
    world = client.get("/map/sites.csv").content.decode("utf-8-sig").splitlines()
    assert world == ["Country,Trials,Recruiting there", "Belgium,1,0", "Italy,1,1", "Not stated or not kept,1,"]


def test_a_few_sites_are_on_a_map_just_large_enough_and_close_ones_are_one():
    spots = [Spot("Milan", 45.46, 9.19, is_open=True), Spot("Monza", 45.58, 9.27), Spot("Rome", 41.9, 12.5, url="/x/")]
    picture = spots_map("sites", "Sites of this trial", spots)
    assert picture is not None
    drawing = drawn(picture.alone())
    circles = {circle.findtext(f"{SVG}title"): circle.get("class") for circle in drawing.iter(f"{SVG}circle")}
    assert circles == {"Milan, Monza": "p-spot p-spot--open", "Rome": "p-spot"}
    assert [link.get("href") for link in drawing.iter(f"{SVG}a")] == ["/x/"]
    assert drawing.findtext(f".//{SVG}desc") == "3 places on a map: Milan, Monza, Rome."


def test_sites_on_two_sides_of_the_earth_are_on_a_map_of_the_world():
    picture = spots_map("sites", "Sites", [Spot("Lima", -12.0, -77.0), Spot("Perth", -32.0, 115.9)])
    assert picture is not None
    assert picture.height == 313


def test_no_sites_have_no_map():
    assert spots_map("sites", "Sites", []) is None
