"""Flags of rules beside what people wrote: they come, go, and stay dismissed while their facts are the same."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from trials.intake import rechecking
from trials.intake.digest import catalogue_digest
from trials.intake.flagging import dismiss, reopen
from trials.models import Absence, CatalogueState, CellProduct, Criterion, Edit, Flag, Revision, Trial
from trials.models.choices import EditKind
from trials.quality import rules
from trials.quality.gathering import handed, read
from trials.search.publishing import publishing, trials_changed
from trials.search.rows import Rows
from trials.tests.admin.making import superuser
from trials.tests.intake.test_saving import save, secondary, study
from trials.tests.quality.making import TODAY

pytestmark = pytest.mark.django_db


def recruiting(slug: str = "nct00000001", **values: Any) -> Trial:
    """A published trial that recruits and lists no outcomes."""
    made = Trial.objects.create(slug=slug, title=slug, state="PUBLISHED", status="RECRUITING", **values)
    change(made)
    return made


def change(trial: Trial, **values: Any) -> None:
    with publishing():
        Trial.objects.filter(pk=trial.pk).update(**values or {"acronym": "X"})
        trials_changed(trial.pk)


def flags(trial: Trial) -> list[tuple[str, str]]:
    return list(trial.flags.order_by("rule", "pk").values_list("rule", "dismissed"))


def test_a_flag_comes_and_goes_with_what_a_rule_finds():
    trial = recruiting()
    assert flags(trial) == [("no-outcomes", "")]
    change(trial, status="COMPLETED")
    assert flags(trial) == []


def test_a_flag_that_still_holds_stays_the_same_row():
    trial = recruiting()
    before = trial.flags.get()
    change(trial, acronym="Y")
    after = trial.flags.get()
    assert (after.pk, after.since) == (before.pk, before.since)


def test_what_this_copy_leaves_out_is_not_flagged():
    trial = recruiting()
    Absence.objects.create(trial=trial, order=1, field="primary_outcomes", reason="NOT_KEPT")
    change(trial)
    assert flags(trial) == []


def test_a_rule_keeps_silent_where_the_same_was_written_by_hand():
    trial = recruiting()
    trial.flags.create(order=1, rule="no-outcomes", sentence="None at all.")
    change(trial)
    assert [flag.sentence for flag in trial.flags.all()] == ["None at all."]


def test_a_dismissal_lasts_until_its_facts_change_and_stays_in_the_history():
    trial, editor = recruiting(), superuser()
    (flag,) = dismiss([trial.flags.get().pk], "  The sponsor said  so. ", editor)
    assert (flag.dismissed, flag.dismissed_by) == ("The sponsor said so.", editor)
    change(trial, acronym="Y")
    assert flags(trial) == [("no-outcomes", "The sponsor said so.")]
    change(trial, status="ENROLLING_BY_INVITATION")
    assert flags(trial) == [("no-outcomes", "")]
    lapsed, noted = Edit.objects.filter(trial=trial)
    assert lapsed.old
    assert noted.new
    assert (noted.kind, noted.by, noted.new[0]["dismissed"]) == (EditKind.EDITED, editor, "The sponsor said so.")
    assert (lapsed.kind, lapsed.by, lapsed.old[0]["dismissed"]) == (EditKind.LAPSED, None, "The sponsor said so.")


def test_dismissing_needs_a_reason_and_can_be_taken_back():
    trial, editor = recruiting(), superuser()
    number = trial.flags.get().pk
    with pytest.raises(ValidationError, match="Say why"):
        dismiss([number], "  ", editor)
    dismiss([number], "Right.", editor)
    # Somebody was faster: it is dismissed already.
    assert dismiss([number], "Right too.", editor) == []
    (flag,) = reopen([number], editor)
    assert (flag.dismissed, flag.dismissed_by, flag.dismissed_on) == ("", None, None)


def test_what_rules_find_does_not_change_the_catalogues_digest_and_a_dismissal_does():
    trial, editor = recruiting(), superuser()
    before = catalogue_digest()
    number = trial.flags.get().pk
    Flag.objects.all().delete()
    assert catalogue_digest() == before
    rechecking.recheck_all()
    dismiss([trial.flags.get().pk], "Right.", editor)
    assert trial.flags.get().pk != number
    assert catalogue_digest() != before


def test_what_was_just_written_is_looked_at_as_if_it_had_been_read(monkeypatch):
    seen: list[Rows] = []
    monkeypatch.setattr("trials.intake.adding.trials_made", lambda made: seen.extend(made))
    save(
        study(
            identificationModule__secondaryIdInfos=secondary(("EUDRACT_NUMBER", "2004-000083-27")),
            statusModule__startDateStruct={"date": "2020-05", "type": "ACTUAL"},
            eligibilityModule={
                "eligibilityCriteria": "Inclusion Criteria:\n\n* Age 18 to 75\n* Ill\n\nExclusion Criteria:\n\n* Other",
                "minimumAge": "18 Years",
            },
            outcomesModule={"primaryOutcomes": [{"measure": "Survival"}]},
        ),
        keep_all=True,
    )
    (made,) = seen
    assert made.written is not None
    number = made.trial.id
    from_written, from_tables = handed(*made.written), read([number])[number]
    assert from_written.criteria
    assert from_tables.sites
    for name in from_tables.__slots__:
        one, other = getattr(from_written, name), getattr(from_tables, name)
        assert (list(one), name) == (list(other), name) if name != "trial" else one == other


@pytest.fixture
def broken(monkeypatch):
    """The rule on outcomes cannot cope, as soon as it is called."""

    def breaks() -> None:
        def check(trial: Any, today: Any) -> Any:
            raise KeyError(">\xa0=")

        torn = [replace(rule, check=check) if rule.id == "no-outcomes" else rule for rule in rules.RULES]
        monkeypatch.setattr(rules, "RULES", tuple(torn))

    return breaks


def test_a_rule_that_fails_stops_no_save_and_takes_no_dismissal(broken, caplog):
    trial = recruiting()
    dismiss([trial.flags.get().pk], "Right.", superuser())
    broken()
    with caplog.at_level(logging.ERROR):
        change(trial, acronym="Y", min_age_value=18, min_age_unit="YEARS", max_age_value=16, max_age_unit="YEARS")
    assert flags(trial) == [("age-limits-contradict", ""), ("no-outcomes", "Right.")]
    assert f"Rule no-outcomes failed on trial {trial.pk}" in caplog.messages


def test_a_rule_that_fails_stops_no_import(broken, caplog):
    broken()
    limits = {"minimumAge": "18 Years", "maximumAge": "16 Years", "eligibilityCriteria": ""}
    save(study(eligibilityModule=limits, statusModule__overallStatus="COMPLETED"), keep_all=True)
    trial = Trial.objects.get()
    assert ("age-limits-contradict", "") in flags(trial)
    assert f"Rule no-outcomes failed on trial {trial.pk}" in caplog.messages


def test_an_import_flags_what_it_brings_and_what_a_later_version_brings():
    limits = {"minimumAge": "18 Years", "maximumAge": "16 Years", "eligibilityCriteria": ""}
    save(study(eligibilityModule=limits, statusModule__overallStatus="COMPLETED"), keep_all=True)
    trial = Trial.objects.get()
    assert ("age-limits-contradict", "") in flags(trial)
    later = limits | {"maximumAge": "60 Years"}
    save(study(updated="2024-02-01", eligibilityModule=later, statusModule__overallStatus="COMPLETED"), keep_all=True)
    assert "age-limits-contradict" not in dict(flags(trial))


def test_a_batch_of_trials_costs_no_more_queries_than_one(django_assert_num_queries):
    trials = [recruiting(f"nct0000000{at}").pk for at in range(1, 6)]
    for number in trials:
        Criterion.objects.create(trial_id=number, kind="INCLUSION", order=1, text="Age 18 to 75 years")
        CellProduct.objects.create(trial_id=number, order=1, name="Cells")
    # The trial, its 13 lists, cell types and gaps.
    for some in (trials[:1], trials):
        with django_assert_num_queries(16):
            read(some)


def test_time_alone_makes_a_status_doubtful_and_only_those_trials_are_due():
    with publishing():
        soon = Trial.objects.create(
            slug="soon", title="Soon", state="PUBLISHED", status="RECRUITING", completion_date="2099-01-31"
        )
        trials_changed(soon.pk)
    recruiting("later", completion_date="2100-01-31")
    day = TODAY.replace(year=2099)
    assert [trial.slug for trial in rechecking.due(day)] == ["soon"]
    rechecking.recheck(rechecking.due(day), today=day)
    assert "status-past-completion" in dict(flags(soon))
    assert not rechecking.due(day).exists()


def test_checking_again_tells_workers_of_those_trials_alone_whose_flags_moved():
    trial = recruiting()
    recruiting("nct00000002")
    trial.flags.all().delete()
    last = Revision.objects.latest("number").number
    assert rechecking.recheck_all() == 1
    assert list(Revision.objects.filter(number__gt=last).values_list("trial", flat=True)) == [trial.pk]


def test_other_rules_than_todays_make_all_trials_wait_to_be_checked():
    recruiting()
    assert not rechecking.is_behind()
    CatalogueState.objects.update(rules=0)
    assert rechecking.is_behind()
    rechecking.recheck_all()
    assert not rechecking.is_behind()
