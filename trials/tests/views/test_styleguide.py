"""The page of all components: there for those who build pages alone."""

from __future__ import annotations

import pytest

from trials.views._styleguide.pieces import colours, pieces


@pytest.mark.parametrize(("debug", "status"), [(True, 200), (False, 404)])
@pytest.mark.django_db
def test_it_is_there_only_while_debugging(client, settings, debug, status):
    settings.DEBUG = debug
    assert client.get("/styleguide/").status_code == status


def test_every_component_is_drawn_by_its_own_partial():
    shown = {piece.title: piece for piece in pieces()}
    assert {"Badge", "Chip", "Facet", "Card", "Table", "Evidence mark", "Dose ladder"} <= shown.keys()
    for piece in shown.values():
        assert piece.template.rpartition("/")[2].startswith("_")
        assert all(drawn.strip() for drawn in piece.drawn())


def test_every_colour_that_is_shown_has_a_value_for_light_and_for_dark(settings):
    for sheet in ("site.css", "dark.css"):
        text = (settings.BASE_DIR / "static" / "css" / sheet).read_text()
        assert [colour for colour in colours() if f" --{colour}: " not in text] == []
