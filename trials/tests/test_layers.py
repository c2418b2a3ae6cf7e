"""Which way imports may go. Read from the source files, imports inside functions included."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Room -> the rooms of the house that it may import (itself always). A room is the longest prefix that fits.
MAY_IMPORT: dict[str, set[str]] = {
    "trials.records": set(),
    "trials.phrases": set(),
    "trials.long_work": set(),
    "trials.places": set(),
    "trials.workbooks": set(),
    "trials.reading": {"trials.records"},
    "trials.registries": {"trials.records", "trials.reading"},
    "trials.models": {"trials.records"},
    "trials.accounts": {"trials.models", "trials.phrases"},
    "trials.quality": {"trials.models", "trials.records", "trials.quality.rules"},
    "trials.quality.rules": {"trials.records"},
    "trials.search": {
        "trials.models",
        "trials.records",
        "trials.phrases",
        "trials.quality",
        "trials.quality.rules",
        "trials.search.text.terms",
        "trials.long_work",
    },
    "trials.search.text.terms": set(),
    "trials.fixtures": {"trials.models", "trials.records", "trials.intake", "trials.search", "trials.long_work"},
    "trials.intake": {
        "trials.models",
        "trials.records",
        "trials.reading",
        "trials.registries",
        "trials.search",
        "trials.quality",
        "trials.quality.rules",
        "trials.workbooks",
        "trials.long_work",
    },
    "trials.generating": {"trials.models", "trials.records", "trials.intake", "trials.long_work"},
    "trials.views": {
        "trials.accounts",
        "trials.search",
        "trials.models",
        "trials.records",
        "trials.phrases",
        "trials.quality.rules",
        "trials.places",
    },
    "trials.templatetags": {"trials.search", "trials.models", "trials.records", "trials.phrases"},
    "trials.admin": {
        "trials.accounts",
        "trials.models",
        "trials.search",
        "trials.intake",
        "trials.records",
        "trials.phrases",
        "trials.quality.rules",
        "trials.places",
    },
    "trials.management": {
        "trials.accounts",
        "trials.fixtures",
        "trials.generating",
        "trials.intake",
        "trials.long_work",
        "trials.models",
        "trials.quality.rules",
        "trials.search",
        "trials.reading",
        "trials.records",
        "trials.registries",
        "trials.phrases",
    },
    "trials.urls": {"trials.views"},
    "trials.apps": set(),
}
# Pure rooms: no Django at all.
PURE = {
    "trials.records",
    "trials.phrases",
    "trials.quality.rules",
    "trials.places",
    "trials.workbooks",
    "trials.reading",
    "trials.registries",
    "trials.search.text.terms",
}
# The project knows nothing about trials, but for what settings and addresses must name.
PROJECT_MAY_NAME = {"catalogue.urls", "catalogue.settings"}


def modules() -> list[tuple[str, Path]]:
    """(dotted name, path) of every module of the house but tests and migrations."""
    found = []
    for folder in ("trials", "catalogue"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "tests" not in parts and "migrations" not in parts:
                found.append((".".join(part for part in parts if part != "__init__"), path))
    return found


def imported(source: str) -> set[str]:
    """Dotted names that a module imports, with the names taken from a package added to the package's."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room_of(module: str) -> str | None:
    fitting = [room for room in MAY_IMPORT if module == room or module.startswith(f"{room}.")]
    return max(fitting, key=len, default=None)


def wrong_imports(module: str, source: str) -> set[str]:
    """Imports of `module` that the house forbids."""
    wrong = set()
    room = room_of(module)
    for name in imported(source):
        if name.split(".")[0].startswith("django") and room in PURE:
            wrong.add(name)
        target = room_of(name)
        if target and room and target != room and target not in MAY_IMPORT[room]:
            wrong.add(name)
        if module.startswith("catalogue") and name.startswith("trials") and module not in PROJECT_MAY_NAME:
            wrong.add(name)
    return wrong


@pytest.mark.parametrize(("module", "path"), modules(), ids=[name for name, _ in modules()])
def test_imports_go_one_way(module, path):
    assert wrong_imports(module, path.read_text(encoding="utf-8")) == set()


def test_every_module_of_the_app_is_in_a_room():
    strays = [name for name, _ in modules() if name.startswith("trials.") and room_of(name) is None]
    assert strays == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("trials.models.trial", "from trials.views.home import home_page"),
        ("trials.models.trial", "def f():\n    import trials.admin"),
        ("trials.search.browse", "from trials import intake"),
        ("trials.records", "from django.db import models"),
        ("trials.registries.values", "from django_countries import countries"),
        ("trials.registries.ctgov", "from trials.models import Trial"),
        ("trials.reading.criteria", "from trials.registries import values"),
        ("trials.quality.keeping", "from trials.search.publishing import publishing"),
        ("trials.quality.rules.ages", "from trials.models import Trial"),
        ("trials.quality.rules.ages", "from django.db import models"),
        ("catalogue.wsgi", "import trials.models"),
    ],
)
def test_a_forbidden_import_is_noticed(module, source):
    assert wrong_imports(module, source)
