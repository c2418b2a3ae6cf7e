"""Related trials: named by a source, or sharing something, always with the reason."""

import pytest

from trials.models import Organisation
from trials.models.choices import State
from trials.search.publishing import publish_all
from trials.tests.search.making import trial
from trials.tests.views._record.making import open_page
from trials.views._record import related
from trials.views._record.links import doi_url, pubmed_url, registry_url, web_url

pytestmark = pytest.mark.django_db


def kin_of(this):
    publish_all()
    return related.kin_of(this)


def test_open_ones_come_first_and_each_says_what_it_shares():
    this = trial("nct00000001", conditions=("systemic-sclerosis",), cells=("mesenchymal-stromal",))
    trial("done", conditions=("systemic-sclerosis",), cells=("mesenchymal-stromal",), status="COMPLETED", title="Done")
    trial("open", cells=("mesenchymal-stromal",), status="RECRUITING", title="Open")
    trial("other", conditions=("leukaemia",), status="RECRUITING")
    assert [(kin.title, kin.reasons) for kin in kin_of(this)] == [
        ("Open", ("same cell type: Mesenchymal stromal",)),
        ("Done", ("same condition: Systemic sclerosis", "same cell type: Mesenchymal stromal")),
    ]


def test_among_equally_open_ones_the_condition_counts_most():
    this = trial("nct00000001", conditions=("als",), cells=("mononuclear",))
    this.sponsorships.create(order=1, role="LEAD_SPONSOR", organisation=Organisation.objects.create(name="Murcia"))
    by_sponsor = trial("a-sponsor", title="Sponsor")
    by_sponsor.sponsorships.create(order=1, role="COLLABORATOR", organisation=Organisation.objects.get())
    trial("b-cell", cells=("mononuclear",), title="Cell")
    trial("c-condition", conditions=("als",), title="Condition")
    assert [kin.title for kin in kin_of(this)] == ["Condition", "Cell", "Sponsor"]
    assert kin_of(this)[2].reasons == ("same organisation: Murcia",)


def test_six_are_shown_drafts_and_the_trial_itself_are_not():
    this = trial("nct00000001", conditions=("als",))
    trial("draft", conditions=("als",), state=State.DRAFT)
    for number in range(8):
        trial(f"other-{number}", conditions=("als",))
    assert [kin.url for kin in kin_of(this)] == [f"/trials/other-{number}/" for number in range(6)]


def test_a_trial_that_shares_nothing_has_no_kin():
    trial("other", conditions=("als",))
    assert kin_of(trial("nct00000001")) == ()


def test_a_trial_named_by_the_source_leads_to_the_registry_with_what_the_source_says():
    this = trial("nct06087341")
    this.relatedrecords.create(
        order=1,
        kind="LISTED",
        number="NCT05448820",
        title="YH001 Plus Envafolimab",
        status_raw="Active, not recruiting",
        phase_raw="Phase 1/Phase 2",
        reason="Same condition.",
    )
    page = open_page(this)
    assert "https://clinicaltrials.gov/study/NCT05448820" in page.links
    assert (
        "NCT05448820 YH001 Plus Envafolimab Active, not recruiting · Phase 1/Phase 2 · "
        "Listed by the source without a reason Our remark: Same condition."
    ) in page.section("related")


@pytest.mark.parametrize(
    ("state", "link"), [("PUBLISHED", "/trials/earlier/"), ("DRAFT", "https://clinicaltrials.gov/study/NCT02286011")]
)
def test_a_named_trial_leads_to_our_page_only_when_the_public_may_see_it(state, link):
    this, earlier = trial("nct04849065"), trial("earlier", state=state)
    this.relatedrecords.create(order=1, kind="PREDECESSOR", number="NCT02286011", related=earlier)
    page = open_page(this)
    assert link in page.links
    assert ("in this catalogue" in page.section("related")) == (state == "PUBLISHED")


@pytest.mark.parametrize(
    ("number", "url"),
    [
        ("NCT04034316", "https://clinicaltrials.gov/study/NCT04034316"),
        ("2023-508432-53-00", "https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT=2023-508432-53-00"),
        ("2019-003906-28", "https://www.clinicaltrialsregister.eu/ctr-search/search?query=2019-003906-28"),
        ("EUCTR2019-003906-28", "https://www.clinicaltrialsregister.eu/ctr-search/search?query=2019-003906-28"),
        ("NCT0403431", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_only_numbers_of_a_known_form_lead_to_a_registry(number, url):
    assert registry_url(number) == url


def test_only_addresses_that_a_browser_may_follow_become_links():
    assert web_url("https://example.org/a") == "https://example.org/a"
    assert web_url("javascript:alert(1)") == ""
    assert pubmed_url("27269294") == "https://pubmed.ncbi.nlm.nih.gov/27269294/"
    assert pubmed_url("27269294/../x") == ""
    assert doi_url('10.1136/a"b') == "https://doi.org/10.1136/a%22b"
    assert doi_url("doi: unknown") == ""
