"""The tables of the text search. They are no models: each database has its own, filled by `search/text/store.py`.

`trials_text` names no other table, so that rebuilding those leaves it alone.
"""

from django.db import migrations

SQLITE = (
    "CREATE TABLE trials_text (trial_id integer NOT NULL PRIMARY KEY, tokens text NOT NULL)",
    # The words come ready made: blanks part them. No ranking by the database, so no sizes are kept.
    "CREATE VIRTUAL TABLE trials_text_index USING fts5("
    "tokens, content='trials_text', content_rowid='trial_id', tokenize='ascii', columnsize=0)",
)
SQLITE_AWAY = ("DROP TABLE trials_text_index", "DROP TABLE trials_text")

POSTGRESQL = (
    # Reading which trials hold a word touches the row but never its text, which is therefore kept elsewhere.
    "CREATE TABLE trials_text (trial_id bigint NOT NULL PRIMARY KEY, tokens tsvector NOT NULL)"
    " WITH (toast_tuple_target = 128)",
    "ALTER TABLE trials_text ALTER COLUMN tokens SET STORAGE EXTERNAL",
    "CREATE INDEX trials_text_tokens ON trials_text USING gin (tokens)",
    # The planner does not know what fetching a text costs: for a common word it would read every one of them.
    """
    CREATE FUNCTION trials_text_holding(asked tsquery) RETURNS bytea LANGUAGE sql STABLE
    SET enable_seqscan = off SET jit = off SET work_mem = '64MB' AS
    $$ SELECT coalesce(string_agg(int4send(trial_id::integer), ''::bytea), ''::bytea)
       FROM trials_text WHERE tokens @@ asked $$
    """,
    # The words are searched by their beginnings, letter by letter, whatever the language of the database.
    'ALTER TABLE trials_word ALTER COLUMN word TYPE varchar(64) COLLATE "C"',
    # So are names.
    'ALTER TABLE trials_name ALTER COLUMN start TYPE varchar(200) COLLATE "C"',
    'ALTER TABLE trials_trialname ALTER COLUMN key TYPE varchar(200) COLLATE "C"',
)
POSTGRESQL_AWAY = ("DROP FUNCTION trials_text_holding(tsquery)", "DROP TABLE trials_text")

MAKE = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
AWAY = {"sqlite": SQLITE_AWAY, "postgresql": POSTGRESQL_AWAY}


def make(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def take_away(apps, schema_editor):
    for statement in AWAY[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("trials", "0001_catalogue")]

    operations = [
        migrations.RunPython(make, take_away),
    ]
