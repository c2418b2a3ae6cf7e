import pytest

from trials.records import ContactRecord, SiteRecord, SponsorRecord
from trials.registries import ctgov
from trials.tests.registries.studies import study


def read(**modules):
    return ctgov.parse(study(**modules))


def test_sites_with_status_and_place():
    record = read(
        contactsLocations={
            "locations": [
                {
                    "facility": "Clinic",
                    "status": "RECRUITING",
                    "city": "Seoul",
                    "state": "Seoul",
                    "zip": "03080",
                    "country": "Korea, Republic of",
                    "geoPoint": {"lat": 37.566, "lon": 126.9784},
                },
                {"city": "Milan", "country": "Italy"},
            ]
        }
    )
    assert record.sites == (
        SiteRecord(
            "Clinic",
            "Seoul",
            "Seoul",
            "03080",
            "KR",
            "Korea, Republic of",
            "RECRUITING",
            "RECRUITING",
            latitude=37.566,
            longitude=126.9784,
        ),
        SiteRecord(city="Milan", country="IT", country_raw="Italy"),
    )
    assert record.problems == ()


def test_a_country_that_is_not_known_is_kept_as_text_and_told_once():
    site = {"city": "Poseidonis", "country": "Atlantis"}
    record = read(contactsLocations={"locations": [site, site, {"country": "Former Serbia and Montenegro"}]})
    assert [(row.country, row.country_raw) for row in record.sites] == [
        ("", "Atlantis"),
        ("", "Atlantis"),
        ("", "Former Serbia and Montenegro"),
    ]
    assert [problem.text for problem in record.problems] == ["Atlantis"]


def test_a_status_that_no_site_can_have_is_kept_as_text_and_told():
    record = read(contactsLocations={"locations": [{"city": "Milan", "status": "APPROVED_FOR_MARKETING"}]})
    assert (record.sites[0].status, record.sites[0].status_raw) == ("", "APPROVED_FOR_MARKETING")
    assert [problem.text for problem in record.problems] == ["APPROVED_FOR_MARKETING"]


def test_coordinates_off_the_earth_are_told():
    record = read(contactsLocations={"locations": [{"city": "Milan", "geoPoint": {"lat": 945.0, "lon": 9.2}}]})
    assert (record.sites[0].latitude, record.sites[0].longitude) == (None, None)
    assert [problem.text for problem in record.problems] == ["945.0, 9.2"]


@pytest.mark.parametrize(
    ("city", "given", "read_as"),
    [
        ("Milan", (42.78235, 12.59836), (45.46427, 9.18951)),
        ("roma", (44.99364, 11.10642), (41.89193, 12.51133)),
        ("Milan", (45.46427, 9.18951), (45.46427, 9.18951)),
        ("Norcia", (42.78235, 12.59836), (42.78235, 12.59836)),
    ],
)
def test_a_town_that_the_registry_puts_elsewhere_lies_where_it_is(city, given, read_as):
    (site,) = located(city, "Italy", given)
    assert (site.latitude, site.longitude) == read_as
    assert bool(site.remark) == (given != read_as)


def test_the_remark_of_a_town_put_elsewhere_keeps_what_the_registry_gives():
    (site,) = located("Milan", "Italy", (42.78235, 12.59836))
    assert site.remark == (
        "The registry’s coordinates (42.78235, 12.59836) are of another place; Milan stands where GeoNames has it."
    )


def test_a_province_that_the_registry_puts_elsewhere_has_no_coordinates():
    (site,) = located("Aichi", "Japan", (32.51879, 130.62158))
    assert (site.latitude, site.longitude) == (None, None)
    assert site.remark == "The registry’s coordinates (32.51879, 130.62158) are of another place and are left out."


def located(city, country, point):
    latitude, longitude = point
    site = {"city": city, "country": country, "geoPoint": {"lat": latitude, "lon": longitude}}
    return read(contactsLocations={"locations": [site]}).sites


def test_contacts_of_the_trial_and_of_its_sites():
    record = read(
        contactsLocations={
            "centralContacts": [
                {"name": "A. Adams", "role": "CONTACT", "phone": "+1 555", "phoneExt": "9", "email": "a@example.org"}
            ],
            "overallOfficials": [{"name": "B. Brown, MD", "affiliation": "Clinic", "role": "STUDY_CHAIR"}],
            "locations": [
                {"facility": "First"},
                {"facility": "Second", "contacts": [{"name": "C. Clark", "role": "PRINCIPAL_INVESTIGATOR"}]},
            ],
        }
    )
    assert record.contacts == (
        ContactRecord("CONTACT", "A. Adams", "", "+1 555", "9", "a@example.org"),
        ContactRecord("STUDY_CHAIR", "B. Brown, MD", "Clinic"),
        ContactRecord("PRINCIPAL_INVESTIGATOR", "C. Clark", site=1),
    )


def test_the_responsible_investigator_is_named_once():
    party = {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "B. Brown", "investigatorAffiliation": "Clinic"}
    alone = read(sponsorCollaborators={"responsibleParty": party})
    assert alone.contacts == (ContactRecord("PRINCIPAL_INVESTIGATOR", "B. Brown", "Clinic"),)
    official = {"name": "B. Brown, MD, PhD", "affiliation": "Clinic of X", "role": "STUDY_DIRECTOR"}
    both = read(sponsorCollaborators={"responsibleParty": party}, contactsLocations={"overallOfficials": [official]})
    assert both.contacts == (ContactRecord("STUDY_DIRECTOR", "B. Brown, MD, PhD", "Clinic of X"),)


def test_names_that_a_copy_left_out_are_not_stated():
    record = read(
        sponsorCollaborators={
            "responsibleParty": {
                "type": "SPONSOR_INVESTIGATOR",
                "investigatorFullName": "withheld",
                "investigatorAffiliation": "Clinic",
            }
        },
        contactsLocations={
            "centralContacts": [{"name": "withheld", "email": "[removed]", "phone": "[removed]"}],
            "overallOfficials": [{"name": "withheld", "affiliation": "Clinic", "role": "PRINCIPAL_INVESTIGATOR"}],
        },
    )
    assert record.contacts == (ContactRecord("PRINCIPAL_INVESTIGATOR", affiliation="Clinic"),)


def test_sponsors_with_their_class():
    record = read(
        identification={"organization": {"fullName": "Registrar", "class": "NETWORK"}},
        sponsorCollaborators={
            "leadSponsor": {"name": "Clinic", "class": "OTHER"},
            "collaborators": [{"name": "Maker", "class": "INDUSTRY"}, {"name": "Fund", "class": "LOTTERY"}],
        },
    )
    assert record.sponsors == (
        SponsorRecord("Clinic", "LEAD_SPONSOR", "OTHER"),
        SponsorRecord("Maker", "COLLABORATOR", "INDUSTRY"),
        SponsorRecord("Fund", "COLLABORATOR"),
        SponsorRecord("Registrar", "RECORD_HOLDER", "NETWORK"),
    )
    assert [problem.text for problem in record.problems] == ["LOTTERY"]


def test_the_record_holder_is_told_only_where_it_is_no_sponsor():
    record = read(
        identification={"organization": {"fullName": "Clinic"}},
        sponsorCollaborators={"leadSponsor": {"name": "Clinic"}},
    )
    assert record.sponsors == (SponsorRecord("Clinic", "LEAD_SPONSOR"),)
