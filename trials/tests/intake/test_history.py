"""What the history keeps of people's edits, and the ways back. The slow twin keeps every state as a whole."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete, post_save, pre_delete
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trials import models
from trials.intake.deleting import bring_back, delete_trials
from trials.intake.digest import catalogue_digest
from trials.intake.editing import fields, hold, lists, note, state_of, value_of
from trials.intake.history import look, recorded
from trials.intake.registry import Meanwhile
from trials.intake.restoring import Gone, before_change, restore, whole_at
from trials.intake.saving import Saver
from trials.intake.versions import Incoming
from trials.models.history import HISTORIES, HISTORY, TRACKED
from trials.registries.readers import READERS
from trials.search.publishing import publishing
from trials.tests.admin.importing import ONE, THREE, TWO, cities, imported, locks
from trials.tests.admin.making import fill, trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return get_user_model().objects.create_user("robin", is_staff=True)


def edit(of, change, by=None, why=""):
    """Changes a trial as an editor's save does; the moment that the history keeps."""
    with publishing():
        hold(of.pk)
        before = state_of(of.pk, lists())
        change()
        note(of.pk, before, state_of(of.pk, lists()), by, why=why)
    return models.Moment.objects.filter(trial=of.pk).first()


def held(of):
    """The trial with all its rows, but for what every save changes and what has doors of its own."""
    state = state_of(of.pk, set(lists()) & set(TRACKED), whole=False)
    values = {name: value_of(state.columns, name) for name in fields()}
    return values, {name: {pk: row.raw for pk, row in rows.items()} for name, rows in state.lists.items()}


def put_back(of, plan_of, by=None):
    version = models.Trial.objects.get(pk=of.pk).version
    return restore(of.pk, plan_of, by, version, "", "")


def kept():
    return {model.__name__: model._base_manager.count() for model in HISTORY if model._base_manager.exists()}


# What is kept


def test_an_import_writes_no_history_and_a_later_edit_notes_what_it_did(editor):
    study = imported(sites=[ONE, TWO])
    imported("2024-02-01", sites=[ONE, TWO, THREE])
    assert kept() == {}
    edit(study, lambda: study.sites.filter(city="Paris").delete(), editor, "closed")
    imported("2024-03-01", title="Newer", sites=[ONE])
    last = edit(study, lambda: models.Trial.objects.update(phase_raw="one"), editor)
    moments = list(models.Moment.objects.order_by("pk").values_list("kind", "by_name", "why"))
    otherwise, ours = ("OTHERWISE", "", ""), ("EDITED", "robin", "")
    assert moments == [otherwise, ("EDITED", "robin", "closed"), otherwise, ours]
    changed = (
        HISTORIES["trial"]
        ._base_manager.filter(moment=last.pk - 1)
        .values_list("title", "history_type", "history_user_id")
    )
    assert list(changed) == [("Newer", "~", None)]


def test_nothing_listens_to_what_is_saved_or_deleted():
    # A listener would also make Django fetch every row before it deletes any, in imports too.
    heard = [
        model
        for model in TRACKED.values()
        for signal in (post_save, pre_delete, post_delete)
        if signal.has_listeners(model)
    ]
    assert heard == []


def test_only_rows_that_differ_are_written():
    study = trial()
    fill(study, 3)
    moment = edit(study, lambda: study.sites.filter(order=2).update(city="Turin"))
    written = {name: table._base_manager.filter(moment=moment).count() for name, table in HISTORIES.items()}
    assert {name: rows for name, rows in written.items() if rows} == {"sites": 1}


def test_a_change_that_changes_nothing_is_no_moment():
    study = trial()
    edit(study, lambda: models.Trial.objects.update(title=study.title))
    assert kept() == {}


def test_who_did_it_is_named_after_the_account_is_gone(editor):
    study = trial()
    moment = edit(study, lambda: models.Trial.objects.update(title="Other"), editor)
    editor.delete()
    moment.refresh_from_db()
    assert (moment.by, moment.by_name) == (None, "robin")


def test_a_save_costs_as_many_statements_however_many_rows_there_are(django_assert_max_num_queries):
    few, many = trial("few"), trial("many")
    fill(few, 1)
    fill(many, 12)
    counted = []
    for study in (few, many):
        edit(study, lambda study=study: study.sites.filter(order=1).update(city="Bern"))
        with django_assert_max_num_queries(200) as asked:
            edit(study, lambda study=study: study.sites.filter(order=1).update(city="Turin"))
        counted.append(len(asked))
    assert counted[0] == counted[1]


# Restoring


CHANGES = {
    "title": lambda study: models.Trial.objects.filter(pk=study.pk).update(title="Another title", status="COMPLETED"),
    "age": lambda study: models.Trial.objects.filter(pk=study.pk).update(min_age_value=6, min_age_unit="MONTHS"),
    "products": lambda study: study.products.order_by("pk").first() and study.products.order_by("pk").first().delete(),
    "arms": lambda study: study.arms.all().delete(),
    "arm": lambda study: models.Arm.objects.create(trial=study, order=9, label="Late").interventions.set(
        study.interventions.all()
    ),
    "children": lambda study: study.criteria.filter(order__gt=1).update(parent=study.criteria.order_by("pk").first()),
    "criteria": lambda study: study.criteria.all().delete(),
    "absences": lambda study: models.Absence.objects.get_or_create(trial=study, field="sex", reason="NOT_STATED"),
    "no absences": lambda study: study.absences.all().delete(),
    "documents": lambda study: models.Registration.objects.get_or_create(
        trial=study, order=5, registry="CTIS", number="2020-000000-00", document="By hand"
    ),
    "no documents": lambda study: study.registrations.exclude(registry="CTGOV").delete(),
    "terms": lambda study: [product.cell_types.clear() for product in study.products.all()],
    "sites": lambda study: study.sites.update(city="Turin"),
}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=2, max_size=5), st.data())
def test_any_recorded_moment_comes_back_as_a_whole(names, data):
    models.Moment.objects.all().delete()
    models.Trial.objects.all().delete()
    study = trial()
    fill(study, 2)
    twin = {}
    for name in names:
        moment = edit(study, lambda name=name: CHANGES[name](study))
        if moment is not None:
            twin[moment.pk] = held(study)
    if not twin:
        return
    chosen = data.draw(st.sampled_from(sorted(twin)))
    put_back(study, lambda pk: whole_at(pk, chosen))
    assert held(study) == twin[chosen]
    assert recorded([study.pk])[study.pk]["doses"] == look([study.pk])[study.pk]["doses"]


def test_a_deleted_product_comes_back_with_its_doses_statements_and_links():
    study = trial()
    fill(study, 2)
    before = held(study)
    moment = edit(study, lambda: study.products.all().delete())
    assert study.doses.count() == 0
    put_back(study, lambda pk: before_change(pk, moment.pk))
    assert held(study) == before
    assert models.Dose.objects.get(trial=study, order=2).product == study.products.get(order=2)


def test_one_criterion_comes_back_alone_and_its_list_is_locked(editor):
    study = imported(criteria="Inclusion Criteria:\n\n* Adults\n* Lupus\n\nExclusion Criteria:\n\n* Cancer")
    gone = study.criteria.earliest("pk")
    moment = edit(study, lambda: study.criteria.all().delete(), editor)
    models.Lock.objects.all().delete()
    put_back(study, lambda pk: before_change(pk, moment.pk, "criteria", gone.pk), editor)
    assert list(study.criteria.values_list("pk", "text")) == [(gone.pk, gone.text)]
    assert locks(study) == {"criteria"}
    assert models.Edit.objects.filter(kind="RESTORED", moment__by_name="robin").exists()


def test_one_field_comes_back_and_later_edits_of_others_stay():
    study = trial()
    moment = edit(study, lambda: models.Trial.objects.update(title="Wrong", acronym="WRONG"))
    edit(study, lambda: models.Trial.objects.update(status="COMPLETED"))
    put_back(study, lambda pk: before_change(pk, moment.pk, "title"))
    study.refresh_from_db()
    assert (study.title, study.acronym, study.status) == ("A trial called nct00000001", "WRONG", "COMPLETED")


def test_undoing_a_change_of_a_row_leaves_later_changes_of_its_other_columns():
    study = trial()
    fill(study, 1)
    moment = edit(study, lambda: study.sites.update(city="Turin", country="FR"))
    edit(study, lambda: study.sites.update(facility="A clinic", country="DE"))
    put_back(study, lambda pk: before_change(pk, moment.pk, "sites", study.sites.get().pk))
    site = study.sites.get()
    assert (site.city, site.country, site.facility) == ("Milan", "IT", "A clinic")


def test_undoing_a_note_on_a_document_leaves_what_an_import_renewed():
    study = imported()
    moment = edit(study, lambda: study.registrations.update(note="Odd"))
    imported("2024-06-01")
    put_back(study, lambda pk: before_change(pk, moment.pk))
    document = study.registrations.get()
    assert (document.note, str(document.updated)) == ("", "2024-06-01")


def test_a_row_that_names_a_lost_term_comes_back_without_it_and_says_so():
    study = trial()
    fill(study, 1)
    moment = edit(study, lambda: study.conditions.all().delete())
    models.Condition.objects.all().delete()
    plan = put_back(study, lambda pk: before_change(pk, moment.pk))
    assert study.conditions.get().condition is None
    assert plan.notes == ("“ALS” is no longer there; conditions of a trial stand without it.",)


def test_a_row_that_names_a_joined_term_or_organisation_comes_back_with_the_one_that_took_its_name():
    study = trial()
    fill(study, 1)
    moment = edit(study, lambda: (study.conditions.all().delete(), study.sponsorships.all().delete()))
    models.Condition.objects.all().delete()
    models.Organisation.objects.all().delete()
    disease = models.Condition.objects.create(slug="motor", label="Motor neurone disease", synonyms=["als"])
    clinic = models.Organisation.objects.create(name="The clinic")
    models.FormerName.objects.create(name="A hospital", organisation=clinic)
    plan = put_back(study, lambda pk: before_change(pk, moment.pk))
    assert (study.conditions.get().condition, study.sponsorships.get().organisation) == (disease, clinic)
    assert plan.notes == ()


def test_an_organisation_that_is_gone_is_made_again_and_not_by_a_look():
    study = trial()
    fill(study, 1)
    moment = edit(study, lambda: study.sponsorships.all().delete())
    models.Organisation.objects.all().delete()
    before_change(study.pk, moment.pk)
    assert not models.Organisation.objects.exists()
    put_back(study, lambda pk: before_change(pk, moment.pk))
    assert study.sponsorships.get().organisation.name == "A hospital"


def test_a_number_that_another_row_took_is_replaced_and_links_follow():
    study, other = trial("one"), trial("two")
    fill(study, 1)
    product, dose = study.products.get(), study.doses.get()
    moment = edit(study, lambda: study.products.all().delete())
    models.CellProduct.objects.create(pk=product.pk, trial=other, name="Moved here")
    put_back(study, lambda pk: before_change(pk, moment.pk))
    assert study.products.get().pk != product.pk
    assert models.Dose.objects.get(pk=dose.pk).product == study.products.get()
    assert list(study.products.get().cell_types.values_list("slug", flat=True)) == ["msc"]


def test_the_whole_trial_keeps_the_documents_that_imports_brought(editor):
    study = imported()
    first = edit(study, lambda: models.Trial.objects.update(title="Ours"), editor)
    number = study.registrations.get()
    imported("2024-06-01", sites=[THREE])
    edit(study, lambda: models.Trial.objects.update(title="Ours again"), editor)
    plan = put_back(study, lambda pk: whole_at(pk, first.pk), editor)
    study.refresh_from_db()
    assert (study.title, cities(study)) == ("Ours", ["Milan", "Paris"])
    assert (study.registrations.get().pk, str(study.registrations.get().updated)) == (number.pk, "2024-06-01")
    assert plan.notes == ("Documents that imports brought stay as they are.",)


def test_a_document_that_an_editor_deleted_comes_back_with_its_versions():
    study = imported()
    imported("2024-06-01", title="Newer")
    before = catalogue_digest()
    changes = models.Change.objects.count()
    moment = edit(study, lambda: study.registrations.all().delete())
    assert models.Change.objects.count() == 0
    put_back(study, lambda pk: before_change(pk, moment.pk))
    assert models.Change.objects.count() == changes > 0
    models.Edit.objects.all().delete()
    models.Lock.objects.all().delete()
    assert catalogue_digest() == before


def test_what_was_changed_meanwhile_is_not_written_over():
    study = trial()
    moment = edit(study, lambda: models.Trial.objects.update(title="Wrong"))
    with pytest.raises(Meanwhile):
        restore(study.pk, lambda pk: whole_at(pk, moment.pk), None, study.version, "", "")


def test_a_moment_of_another_trial_is_refused():
    moment = edit(trial("one"), lambda: models.Trial.objects.update(title="Wrong"))
    with pytest.raises(Gone, match="no such moment"):
        whole_at(trial("two").pk, moment.pk)


# Deleting


def remade(study):
    return models.Trial.objects.get(pk=study.pk)


def again(**said):
    """Imports the same record once more; what became of it."""
    raw = models.RawRecord.objects.latest("pk")
    return dict(Saver(READERS).save([Incoming(raw.source, raw.text)]).counts)


def test_a_deleted_trial_comes_back_whole_and_its_record_counts_as_unchanged(editor):
    study = imported()
    imported("2024-06-01", title="Newer")
    fill(trial("other"), 1)
    models.FormerSlug.objects.create(slug="an-old-address", trial=study)
    models.RelatedRecord.objects.filter(trial__slug="other").update(related=study)
    edit(study, lambda: study.sites.filter(city="Paris").delete(), editor)
    before, rows = catalogue_digest(), held(study)
    delete_trials(models.Trial.objects.filter(pk=study.pk), editor, "a mistake")
    assert catalogue_digest() != before
    deleted = models.DeletedTrial.objects.get()
    assert (deleted.slug, deleted.moment.by_name, deleted.moment.why) == (study.slug, "robin", "a mistake")
    bring_back(deleted.pk, editor)
    assert held(study) == rows
    assert catalogue_digest() == before
    assert models.Card.objects.filter(trial=study).exists()
    assert again() == {"unchanged": 1}
    assert not models.DeletedTrial.objects.exists()


def test_a_version_that_came_while_the_trial_was_deleted_is_let_in_afterwards():
    study = imported()
    delete_trials(models.Trial.objects.all())
    with pytest.raises(models.Trial.DoesNotExist):
        imported("2024-06-01", title="Newer")
    bring_back(models.DeletedTrial.objects.get().pk, None)
    assert again() == {"changed": 1}
    assert remade(study).title == "Newer"


def test_a_number_that_is_registered_elsewhere_meanwhile_is_named():
    study = imported()
    delete_trials(models.Trial.objects.all())
    models.Registration.objects.create(trial=trial("thief"), registry="CTGOV", number="NCT00000001", document="By hand")
    with pytest.raises(Gone, match=r"NCT00000001 is registered with another trial by now, thief: A trial called"):
        bring_back(models.DeletedTrial.objects.get().pk, None)
    assert not models.Trial.objects.filter(pk=study.pk).exists()
