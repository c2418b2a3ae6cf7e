"""The four roles as groups. Their permissions come with `manage.py prepare`: Django makes those after all migrations,
and each release may add some (`trials.accounts.roles`)."""

from django.db import migrations

NAMES = ("Reader", "Editor", "Vocabulary keeper", "Administrator")


def make(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects
    for name in NAMES:
        groups.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("trials", "0002_text_tables"),
    ]

    operations = [
        # Back again nothing is taken away: people may be in them.
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
