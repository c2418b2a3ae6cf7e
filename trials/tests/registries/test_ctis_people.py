"""EU CTIS answers: sites, sponsors, and who may take part."""

import pytest

from trials.records import Age, SiteRecord
from trials.tests.registries.ctis_answers import answer, read, site, state


# -------------------------------------------------------------------------------------------------------------- sites
def test_each_site_has_the_status_of_its_member_state():
    record = read(
        answer(
            top={"trialCountries": ["Spain:4", "France:2"]},
            parts_two=[state("Spain", 5, site("Clinic", "Madrid", "Spain")), state("France", 5, site("CHU", "Lyon"))],
        )
    )
    assert record.sites == (
        SiteRecord(
            facility="CHU",
            city="Lyon",
            country="FR",
            country_raw="France",
            status="NOT_YET_RECRUITING",
            status_raw="Authorised, recruitment pending (France)",
        ),
        SiteRecord(
            facility="Clinic",
            city="Madrid",
            country="ES",
            country_raw="Spain",
            status="RECRUITING",
            status_raw="Ongoing, recruiting (Spain)",
        ),
    )


def test_statuses_by_country_in_words_may_hold_commas():
    record = read(
        answer(
            new=False,
            top={"trialCountries": "BE: Ongoing, recruiting, GR:Ended, PL: Authorised, not started"},
            parts_two=[state(name, 1, site("Clinic")) for name in ("Belgium", "Greece", "Poland")],
        )
    )
    assert [one.status for one in record.sites] == ["RECRUITING", "COMPLETED", "NOT_YET_RECRUITING"]


def test_a_status_that_no_site_can_have_stays_a_word():
    record = read(answer(top={"trialCountries": ["Spain:10"]}, parts_two=[state("Spain", 1, site("Clinic"))]))
    assert (record.sites[0].status, record.sites[0].status_raw) == ("", "Revoked (Spain)")


def test_countries_outside_the_area_are_sites_without_a_place():
    row = {"rowCountriesInfo": [{"name": "Switzerland", "isoAlpha2Code": "CH"}]}
    record = read(answer(part_one=row, parts_two=[state("Spain", 1)]))
    assert [(one.country, one.facility) for one in record.sites] == [("ES", ""), ("CH", "")]


def test_an_unknown_country_is_kept_and_reported():
    record = read(answer(parts_two=[state("Ruritania", 1, site("Clinic"))]))
    assert (record.sites[0].country, record.sites[0].country_raw) == ("", "Ruritania")
    assert record.problems[0].text == "Ruritania"


def test_investigators_belong_to_their_sites_and_contacts_to_the_trial():
    contact = {"functionalName": "Trial desk", "functionalEmailAddress": "desk@example.org", "telephone": "+34 1"}
    sponsor = {"primary": True, "organisation": {"name": "Clinic"}, "publicContacts": [contact, contact]}
    person = {"firstName": "Ada", "lastName": "Muster", "email": "ada@example.org"}
    record = read(
        answer(
            part_one={"sponsors": [sponsor]},
            parts_two=[state("Spain", 1, site("Z clinic", person=person)), state("Austria", 1, site("A clinic"))],
        )
    )
    assert [(one.role, one.name, one.email, one.site) for one in record.contacts] == [
        ("CONTACT", "Trial desk", "desk@example.org", None),
        ("PRINCIPAL_INVESTIGATOR", "Ada Muster", "ada@example.org", 1),
    ]
    assert record.sites[1].facility == "Z clinic"


def test_people_whom_a_copy_leaves_out_are_said_to_be_left_out():
    person = {"firstName": "withheld", "lastName": "withheld", "email": "[removed]"}
    record = read(answer(parts_two=[state("Spain", 1, site("Clinic", person=person))]))
    assert (record.contacts, record.not_kept) == ((), ("contacts",))


# ---------------------------------------------------------------------------------------------------- sponsors, people
def test_a_sponsor_repeated_as_its_own_co_sponsor_is_one_sponsor():
    sponsor = {"primary": True, "organisation": {"name": "Acme AG", "type": "Pharmaceutical company"}}
    record = read(
        answer(
            new=False,
            top={"coSponsors": [sponsor, sponsor]},
            part_one={"sponsors": [sponsor]},
            information={"sourceOfMonetarySupport": [{"organisationName": "ACME AG"}, {"organisationName": "A fund"}]},
        )
    )
    assert [(one.name, one.role, one.agency_class, one.wording) for one in record.sponsors] == [
        ("Acme AG", "LEAD_SPONSOR", "INDUSTRY", "Pharmaceutical company"),
        ("A fund", "COLLABORATOR", "", "Source of monetary support"),
    ]


def test_the_primary_sponsor_leads_wherever_it_stands():
    second = {"primary": False, "organisation": {"name": "B", "type": "Educational Institution"}}
    first = {"primary": True, "organisation": {"name": "A", "type": "Hospital/Clinic/Other health care facility"}}
    record = read(answer(part_one={"sponsors": [second, first]}))
    assert [(one.name, one.role) for one in record.sponsors] == [("A", "LEAD_SPONSOR"), ("B", "COLLABORATOR")]


def test_a_kind_of_organisation_nobody_has_seen_is_kept_and_reported():
    sponsor = {"primary": True, "organisation": {"name": "A", "type": "Space agency"}}
    record = read(answer(part_one={"sponsors": [sponsor]}))
    assert (record.sponsors[0].agency_class, record.sponsors[0].wording) == ("", "Space agency")
    assert record.problems[0].text == "Space agency"


@pytest.mark.parametrize(
    ("groups", "fine", "low", "high"),
    [
        (["3"], ["9"], Age(18.0, "YEARS"), Age(64.0, "YEARS")),
        (["3", "4"], ["9"], Age(18.0, "YEARS"), None),
        (["2"], [], None, Age(17.0, "YEARS")),
        (["2"], ["4", "5"], Age(2.0, "YEARS"), Age(17.0, "YEARS")),
        (["2"], ["2", "3", "1"], None, Age(23.0, "MONTHS")),
        (["2", "3"], ["5"], Age(12.0, "YEARS"), Age(64.0, "YEARS")),
        (["1", "2"], [], None, Age(17.0, "YEARS")),
        (["4"], [], Age(65.0, "YEARS"), None),
        ([], [], None, None),
    ],
)
def test_age_groups_give_the_widest_limits(groups, fine, low, high):
    people = {
        "ageRanges": [{"ageRangeCategory": group} for group in groups],
        "ageRangeSecondaryIds": [
            {"ageRangeCategory": "3" if code == "9" else "2", "ctAgeRange": code} for code in fine
        ],
    }
    record = read(answer(information={"populationOfTrialSubjects": people}))
    assert (record.min_age, record.max_age) == (low, high)


def test_age_groups_in_words_stand_in_for_missing_codes():
    assert read(answer(top={"ageGroup": "65+ years, 18-64 years"})).min_age == Age(18.0, "YEARS")


@pytest.mark.parametrize(
    ("female", "male", "sex"), [(True, True, "ALL"), (True, False, "FEMALE"), (False, True, "MALE")]
)
def test_sex_is_two_answers(female, male, sex):
    people = {"isFemaleSubjects": female, "isMaleSubjects": male}
    assert read(answer(information={"populationOfTrialSubjects": people})).sex == sex


def test_the_size_counts_the_world_and_says_how_it_spreads():
    part_one = {"rowSubjectCount": 19, "rowCountriesInfo": [{"name": "Japan", "isoAlpha2Code": "JP"}]}
    record = read(
        answer(top={"totalNumberEnrolled": "9"}, part_one=part_one, parts_two=[state("Poland", 3), state("Belgium", 6)])
    )
    assert (record.enrollment_count, record.enrollment_type) == (28, "ESTIMATED")
    assert record.enrollment_note == "Belgium: 6; Poland: 3; outside the EEA: 19"
    assert record.problems == ()


def test_an_overview_that_counts_differently_is_reported():
    record = read(answer(top={"totalNumberEnrolled": "10"}, parts_two=[state("Spain", 7)]))
    assert record.enrollment_count == 7
    assert [(problem.field, problem.text) for problem in record.problems] == [("enrollment_count", "10")]


@pytest.mark.parametrize(("group", "healthy"), [("Patients", False), ("Healthy volunteers", True)])
def test_healthy_volunteers_are_a_group(group, healthy):
    people = {"clinicalTrialGroups": [{"code": "1", "name": group}]}
    assert read(answer(information={"populationOfTrialSubjects": people})).healthy_volunteers is healthy


def test_references_are_links():
    record = read(answer(details={"pubmedCode": ["12345678"], "pubmedUrl": ["https://example.org/a"]}))
    assert [(one.kind, one.pmid, one.url) for one in record.references] == [
        ("LINK", "12345678", ""),
        ("LINK", "", "https://example.org/a"),
    ]
