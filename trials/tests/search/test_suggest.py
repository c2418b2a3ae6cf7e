"""What is suggested while somebody types: literal catalogues in, literal suggestions out."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from trials.models import CellType, Condition, Name, Organisation, Target, Trial, TrialName
from trials.search import names
from trials.search.browse import answer
from trials.search.filters import read_question
from trials.search.live import reading
from trials.search.publishing import publish_all
from trials.search.question import Question
from trials.search.suggest import MOST, Suggestion, suggest
from trials.tests.drawing import over_tables
from trials.tests.search.making import publish, site, term, trial

pytestmark = pytest.mark.django_db

MILAN: dict[str, Any] = {"city": "Milan", "latitude": 45.46, "longitude": 9.19}
MONZA: dict[str, Any] = {"city": "Monza", "latitude": 45.58, "longitude": 9.27}


def suggested(query: str) -> list[Suggestion]:
    publish_all()
    return asked(query)


def asked(query: str) -> list[Suggestion]:
    with reading() as index:
        return suggest(QueryDict(query), index)


def shown(query: str) -> list[tuple[str, str, int]]:
    return [(one.kind, one.label, one.count) for one in suggested(query)]


def sponsored(slug: str, *organisations: str, **fields: Any) -> Trial:
    made = trial(slug, **fields)
    for order, name in enumerate(organisations, 1):
        organisation = Organisation.objects.get_or_create(name=name)[0]
        made.sponsorships.create(order=order, organisation=organisation, role="LEAD_SPONSOR")
    return made


def given_things(slug: str, *interventions: str, **fields: Any) -> Trial:
    made = trial(slug, **fields)
    for order, name in enumerate(interventions, 1):
        made.interventions.create(order=order, name=name)
    return made


def test_a_term_is_found_by_its_label_and_by_a_synonym_which_is_named():
    term(CellType, "mesenchymal-stromal", synonyms=["MSC", "mesenchymal stem cell"])
    trial("a", cells=("mesenchymal-stromal",))
    [one] = suggested("q=msc")
    assert (one.kind, one.label, one.also, one.count) == ("Cell type", "Mesenchymal stromal", "MSC", 1)
    assert one.url == "/trials/?cell_type=mesenchymal-stromal"
    [one] = suggested("q=Mesench")
    assert (one.label, one.also) == ("Mesenchymal stromal", "")
    [one] = suggested("q=mesenchymal+ste")
    assert one.also == "mesenchymal stem cell"


def test_a_later_word_of_a_term_is_found_after_the_beginnings():
    trial("a", conditions=("systemic-lupus", "lupus-nephritis"))
    trial("b", conditions=("systemic-lupus",))
    assert shown("q=lupus") == [("Condition", "Lupus nephritis", 1), ("Condition", "Systemic lupus", 2)]
    assert shown("q=systemic+lup") == [("Condition", "Systemic lupus", 2)]


def test_the_very_name_comes_before_what_more_trials_have():
    trial("a", conditions=("lupus", "lupus-nephritis"))
    trial("b", conditions=("lupus-nephritis",))
    assert [label for _, label, _ in shown("q=lupus")] == ["Lupus", "Lupus nephritis"]


def test_a_british_reader_finds_the_american_term():
    trial("a", cells=("hematopoietic",))
    assert shown("q=haemato") == [("Cell type", "Hematopoietic", 1)]


def test_a_hyphen_makes_no_difference_to_a_molecule():
    term(Target, "cd19", label="CD19")
    product = trial("a").products.create(order=1, name="p")
    product.targets.set([Target.objects.get()])
    assert shown("q=cd-19") == shown("q=CD1") == [("Target", "CD19", 1)]


def test_it_counts_for_the_question_and_leads_to_it_with_the_choice_added():
    trial("a", conditions=("lupus",), status="RECRUITING")
    trial("b", conditions=("lupus",), status="COMPLETED")
    trial("c", conditions=("lupoid",), status="COMPLETED")
    [one] = suggested("q=lup&status=recruiting&page=3&colour=red")
    assert (one.label, one.count, one.url) == ("Lupus", 1, "/trials/?status=recruiting&condition=lupus")


def test_a_facet_ignores_its_own_choice_and_a_chosen_value_is_not_suggested():
    trial("a", conditions=("lupus",))
    trial("b", conditions=("lupoid",))
    [one] = suggested("q=lup&condition=lupus")
    assert (one.label, one.count) == ("Lupoid", 1)
    assert one.url == "/trials/?condition=lupus&condition=lupoid"


def test_a_country_and_a_city_are_places():
    site(trial("a"), "IT", **MILAN)
    site(trial("b"), "IT", **MONZA)
    [one] = suggested("q=ital")
    assert (one.kind, one.label, one.count, one.url) == ("Place", "Italy", 2, "/trials/?country=it")
    [one] = suggested("q=mil")
    assert (one.label, one.hint, one.count) == ("Milan, Italy", "within 100 km", 2)
    assert one.url == "/trials/?near=milan%2Cit"
    assert suggested("q=mil&near=milan%2Cit") == []


def test_a_sponsor_and_an_intervention_lead_to_the_trials_that_bear_their_name():
    sponsored("a", "University of Navarra", status="RECRUITING")
    sponsored("b", "University of Navarra")
    given_things("c", 'Navarixin "fast"', status="RECRUITING")
    sponsor, intervention = suggested("q=navar")[::-1]
    assert (sponsor.kind, sponsor.label, sponsor.count) == ("Sponsor", "University of Navarra", 2)
    assert sponsor.url == "/trials/?q=sponsor%3A%22University+of+Navarra%22"
    assert (intervention.kind, intervention.url) == (
        "Intervention",
        "/trials/?q=intervention%3A%22Navarixin++fast+%22",
    )
    assert [one.count for one in suggested("q=navar&status=recruiting")] == [1, 1]


def test_an_intervention_is_found_by_its_other_names_and_written_once():
    given_things("a", "Tisagenlecleucel").interventions.update(other_names=["Kymriah", "KYMRIAH", 7])
    given_things("b", "stem cells")
    given_things("c", "Stem Cell")
    given_things("d", "stem cell")
    assert shown("q=kymr") == [("Intervention", "Kymriah", 1)]
    assert shown("q=stem") == [("Intervention", "Stem Cell", 2)]


def test_a_trial_is_found_by_its_acronym_the_beginning_of_its_title_and_its_numbers():
    race = trial("nct04034316", title="Reduce Immunosuppression", acronym="RACE", status="RECRUITING")
    race.registrations.create(order=1, registry="CTGOV", number="NCT04034316", document="record")
    race.identifiers.create(order=1, kind="EUDRACT_NUMBER", value="2019-003906-28")
    race.identifiers.create(order=2, kind="ORG_STUDY_ID", value="55555555")
    for typed, also in (
        ("ra", "RACE"),
        ("reduce imm", ""),
        ("NCT 0403", "NCT04034316"),
        ("04034", "NCT04034316"),
        ("2019-0039", "2019-003906-28"),
    ):
        [one] = suggested(f"q={typed}")
        assert (one.kind, one.label, one.also, one.url) == (
            "Trial",
            "Reduce Immunosuppression",
            also,
            "/trials/nct04034316/",
        ), typed
    assert suggested("q=5555") == []


def test_only_a_number_leads_out_of_the_question():
    race = trial("a", title="Reduce", acronym="RACE", status="RECRUITING")
    race.registrations.create(order=1, registry="CTGOV", number="NCT04034316", document="record")
    assert suggested("q=race&status=completed") == []
    assert [one.also for one in suggested("q=nct0403&phase=1")] == ["NCT04034316"]


def test_a_draft_is_never_named_and_a_withdrawn_trial_no_longer():
    hidden = sponsored("hidden", "Secret Company", acronym="SECRET", state="DRAFT")
    given_things("public", "Secretin")
    assert shown("q=secret") == [("Intervention", "Secretin", 1)]
    Trial.objects.filter(pk=hidden.pk).update(state="PUBLISHED")
    publish([hidden.pk])
    assert {one.kind for one in asked("q=secret")} == {"Intervention", "Sponsor", "Trial"}
    Trial.objects.filter(pk=hidden.pk).update(state="DRAFT")
    publish([hidden.pk])
    assert {one.kind for one in asked("q=secret")} == {"Intervention"}
    assert not TrialName.objects.filter(trial=hidden.pk).exists()


def test_a_synonym_acts_as_soon_as_an_editor_adds_it():
    trial("a", conditions=("amyotrophic-lateral-sclerosis",))
    assert suggested("q=als") == []
    Condition.objects.update(synonyms=["ALS"])
    publish([], terms=True)
    assert [one.also for one in asked("q=als")] == ["ALS"]


def test_ten_at_most_and_the_best_of_each_kind_are_among_them():
    for number in range(6):
        made = trial(f"t{number}", conditions=(f"cell-disease-{number}",), cells=(f"cell-{number}",), title="Cells")
        made.interventions.create(order=1, name=f"Cell product {chr(97 + number)}")
        made.sponsorships.create(
            order=1, organisation=Organisation.objects.create(name=f"Cell company {number}"), role="LEAD_SPONSOR"
        )
    found = suggested("q=cell")
    assert len(found) == MOST
    assert [one.kind for one in found] == sorted((one.kind for one in found), key=[one.kind for one in found].index)
    assert {one.kind for one in found} == {"Condition", "Cell type", "Intervention", "Sponsor", "Trial"}


@pytest.mark.parametrize("query", ["", "q=", "q=c", "q=%20c%20", "q=%22%25", "q=" + "cell+" * 60, "q=%00c%00"])
def test_too_little_and_too_much_suggest_nothing(query):
    trial("a", conditions=("cell-disease",), title="Cells")
    assert suggested(query) == []


def catalogue() -> None:
    for number in range(12):
        made = trial(
            f"t{number}",
            conditions=("multiple-myeloma",) if number % 3 else ("multiple-sclerosis", "muscle-loss"),
            cells=("muscle",) if number % 2 else ("mesenchymal",),
            status="RECRUITING" if number % 4 else "COMPLETED",
            phase="PHASE1_PHASE2" if number % 5 else "PHASE3",
        )
        made.interventions.create(order=1, name=("Melphalan", "Mesenchymal cells", "MELPHALAN ")[number % 3])
        name = ("Munich Hospital", "Clinic of Milan")[number % 2]
        organisation = Organisation.objects.get_or_create(name=name)[0]
        made.sponsorships.create(order=1, organisation=organisation, role="LEAD_SPONSOR")
        made.sponsorships.create(order=2, organisation=organisation, role="COLLABORATOR")
        site(made, "IT", **(MILAN if number % 2 else MONZA))
    trial("draft", conditions=("multiple-myeloma",), cells=("muscle",), state="DRAFT")


@pytest.mark.parametrize("question", ["", "status=recruiting", "phase=1&condition=muscle-loss", "near=monza&within=1"])
def test_every_count_is_what_the_plain_tables_and_the_page_say(question):
    catalogue()
    publish_all()
    with reading() as index:
        asked_for, _ = read_question(QueryDict(question), index.values, lambda: index.gazetteer)
        fitting = Trial.objects.filter(pk__in=index.found(asked_for))
    seen = set()
    for typed in ("mu", "me", "mi", "mo", "it", "munich", "multiple", "muscle"):
        for one in asked(f"q={typed}&{question}"):
            seen.add(one.kind)
            assert one.count == counted(one, fitting, asked_for), one
    assert {"Condition", "Cell type", "Place", "Sponsor", "Intervention"} <= seen


def counted(one: Suggestion, fitting: QuerySet[Trial], question: Question) -> int:
    """The count of a suggestion from the plain tables, and where the index gives it, from the page that it leads to."""
    if one.kind == "Trial":
        return 1
    page = answer(QueryDict(urlsplit(one.url).query))
    if one.kind in ("Sponsor", "Intervention"):
        column = "sponsorships__organisation__name" if one.kind == "Sponsor" else "interventions__name"
        # “MELPHALAN ” is melphalan.
        plain = fitting.filter(**{f"{column}__istartswith": one.label}).distinct().count()
        assert plain == page.total
        return plain
    if one.hint:
        return page.total
    [(key, slug)] = set(parse_qsl(urlsplit(one.url).query)) - set(question.parameters())
    return page.counts[key][slug]


def test_names_count_the_public_trials_that_bear_them_whatever_changes():
    catalogue()
    publish_all()
    first, second, third = Trial.objects.public()[:3]
    first.interventions.create(order=2, name="Melphalan flufenamide")
    second.interventions.all().delete()
    third.interventions.update(name="melphalan")
    gone = Trial.objects.public()[4]
    pk = gone.pk
    gone.delete()
    publish([first.pk, second.pk, third.pk, pk])
    Trial.objects.filter(pk=first.pk).update(state="DRAFT")
    publish([first.pk])
    for kind in names.COUNTED:
        bearers: dict[str, set[int]] = {}
        for trial_id, name in TrialName.objects.filter(kind=kind).values_list("trial", "key"):
            bearers.setdefault(name, set()).add(trial_id)
        counts = set(Name.objects.filter(kind=kind).values_list("key", "trials"))
        assert counts == {(name, len(trials)) for name, trials in bearers.items()}
    written = Trial.objects.public().values_list("interventions__name", flat=True)
    melphalan = [name for name in written if name and name.strip().lower() == "melphalan"]
    assert Name.objects.get(key="melphalan").trials == len(melphalan)
    assert not TrialName.objects.filter(trial__in=[first.pk, pk]).exists()


def test_publishing_what_has_not_changed_writes_no_name():
    catalogue()
    publish_all()
    ids = list(Trial.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        publish(ids)
    written = [query["sql"] for query in queries if not query["sql"].startswith("SELECT")]
    assert [sql for sql in written if "trials_name" in sql or "trials_trialname" in sql] == []


def test_the_names_most_trials_bear_come_first_however_many_begin_so(monkeypatch):
    monkeypatch.setattr(names, "MAX_RANKED", 5)
    for number in range(9):
        given_things(f"a{number}", f"Product {chr(97 + number)}", "Product z", "Procedure")
    given_things("b", "Product y")
    given_things("c", "The product y", "Product")
    found = [(one.label, one.count) for one in suggested("q=product")]
    assert found == [("Product", 1), ("Product z", 9), ("Product b", 1)]
    assert suggested("q=prod")[0].label == "Product z"


@pytest.mark.parametrize("question", ["", "&status=recruiting"])
def test_the_number_of_queries_does_not_grow_with_what_is_found(question):
    trial("a", title="Muscle", conditions=("muscle-loss",), status="RECRUITING", acronym="MU")
    publish_all()
    assert asked(f"q=mu{question}")
    with CaptureQueriesContext(connection) as few:
        asked(f"q=mu{question}")
    catalogue()
    publish_all()
    asked(f"q=mu{question}")
    with CaptureQueriesContext(connection) as many:
        assert len(asked(f"q=mu{question}")) > 4
    assert len(many) - len(few) <= 2  # which trials bear the names that were found, one for each kind
    assert len(many) <= 11


@pytest.fixture
def published() -> None:
    catalogue()
    publish_all()


@over_tables(60)
@given(
    typed=st.text(max_size=300)
    | st.sampled_from(["mu'", '"mu', "mu%", "mu_", "mu\\", "{mu}", "mu\x00", "MU OR me", "𝕞𝕦"]),
    name=st.sampled_from(["near", "within", "age", "status", "condition", "page", "sort", "start_from", "q", "x\x00"]),
    value=st.text(max_size=40),
)
def test_whatever_is_sent_is_answered(published, client, typed, name, value):
    response = client.get("/trials/suggest/", {"q": typed, name: value})
    assert response.status_code == 200
    found = [one for group in response.json()["groups"] for one in group["suggestions"]]
    assert len(found) <= MOST
    assert all(one["count"] > 0 and one["label"] and one["url"].startswith("/trials/") for one in found)
