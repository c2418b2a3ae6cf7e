"""A test that commits leaves nothing behind for the next."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command

from trials.models import CellType, Trial
from trials.tests.emptying import KEPT


def test_what_a_test_wrote_is_emptied_and_what_migrate_made_stays(db):
    trial = Trial.objects.create(slug="a", title="A")
    trial.products.create(order=1, name="Cells").cell_types.add(CellType.objects.create(slug="b", label="B"))
    User.objects.create(username="editor")
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    kept = {name: tables[name]._base_manager.count() for name in KEPT}
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    assert {name: model._base_manager.count() for name, model in tables.items() if model._base_manager.exists()} == kept
    assert all(kept.values())
