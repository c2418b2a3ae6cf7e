import pytest
from django_countries import countries
from django_countries.data import COUNTRIES

from trials.registries.countries import ALIASES, NAMES, country_code


def test_the_codes_are_those_of_iso_3166():
    assert set(NAMES) == set(COUNTRIES)
    assert set(ALIASES) <= set(NAMES)


def test_every_name_that_pages_show_is_understood():
    shown = {code: str(name) for code, name in countries}
    assert {code: country_code(name) for code, name in shown.items()} == {code: code for code in shown}
    assert {code: country_code(str(name)) for code, name in COUNTRIES.items()} == {code: code for code in COUNTRIES}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States", "US"),
        ("United States of America", "US"),
        ("Korea, Republic of", "KR"),
        ("South Korea", "KR"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("Turkey", "TR"),
        ("Turkey (Türkiye)", "TR"),
        ("Türkiye", "TR"),
        ("Russian Federation", "RU"),
        ("Russia", "RU"),
        ("Viet Nam", "VN"),
        ("Vietnam", "VN"),
        ("Iran, Islamic Republic of", "IR"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Taiwan, Province Of China", "TW"),
        ("Taiwan", "TW"),
        ("Hong Kong", "HK"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("Macedonia, The Former Yugoslav Republic of", "MK"),
        ("Swaziland", "SZ"),
        ("The Netherlands", "NL"),
        ("Côte D'Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("england", "GB"),
        ("UK", "GB"),
        ("EL", "GR"),
        ("DE", "DE"),
        ("Namibia", "NA"),
    ],
)
def test_spellings_of_registries(name, code):
    assert country_code(name) == code


def test_no_two_countries_share_a_spelling():
    spellings = [(name, code) for code, names in ALIASES.items() for name in names]
    assert [(name, code) for name, code in spellings if country_code(name) != code] == []
    assert [code for code, name in NAMES.items() if country_code(name) != code] == []


def test_a_state_that_is_no_more_is_known_and_has_no_code():
    assert country_code("Former Serbia and Montenegro") == ""


@pytest.mark.parametrize("name", ["Atlantis", "", "NA", "N/A", "Europe", "Asia(except Japan)"])
def test_what_is_no_country_is_not_known(name):
    assert country_code(name) is None
