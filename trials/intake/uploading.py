"""Files that somebody sends: kept under DATA_DIR/uploads by a random name, and looked into without trusting them."""

from __future__ import annotations

import os
import secrets
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from trials.intake.sources import Fault, read_as
from trials.intake.versions import Incoming
from trials.models import Job
from trials.registries.readers import FORMS

REGISTRIES = [(name, form.label) for name, form in FORMS.items()]
# A file with no more than this is dealt with while its sender waits; a larger one is the worker's.
FEW_RECORDS, FEW_BYTES = 300, 2 << 20
_MOST_LOOKED_AT = 8 << 20
# Seconds after which a file that belongs to no job is cleared away.
_FORGOTTEN = 24 * 3600


class NotUsable(ValueError):  # noqa: N818 (says what it is)
    """A file that holds no record, or more than may be sent. The message says what to do."""


@dataclass(frozen=True)
class Look:
    """What the beginning of a file tells: whose records it holds, and whether they are few enough to do at once."""

    registry: str
    is_small: bool


def folder() -> Path:
    """Where uploads are kept; nobody but the catalogue may look into it."""
    path = Path(settings.DATA_DIR, "uploads")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def stored(name: str) -> Path:
    """The file of that random name."""
    return folder() / Path(name).name


def keep(pieces: Iterable[bytes]) -> tuple[str, int]:
    """Writes a file that is sent in pieces; its random name and its bytes. NotUsable if it is too large."""
    name, size, most = secrets.token_hex(16), 0, settings.UPLOAD_MB << 20
    descriptor = os.open(stored(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > most:
                    raise NotUsable(too_large())
                file.write(piece)
    except BaseException:
        remove(name)
        raise
    return name, size


def too_large() -> str:
    return (
        f"The file is larger than {settings.UPLOAD_MB} MB (UPLOAD_MB). Pack it as .zip or .gz, send it in parts, or "
        "import it with manage.py import_trials."
    )


def remove(name: str) -> None:
    """Takes a stored file away, if it is there."""
    if name:
        stored(name).unlink(missing_ok=True)


def shown_name(name: str) -> str:
    """A file's own name, without folders and without characters that are no text; its end counts, so that is kept."""
    own = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(mark for mark in own if unicodedata.category(mark)[0] != "C").strip()
    return plain[-200:] or "a file without a name"


def look(name: str, called: str, size: int, registry: str = "") -> Look:
    """Looks into a stored file that its sender calls `called`; `registry` is what the sender says it holds, or "".

    NotUsable if the beginning of the file holds no record of a registry that is known.
    """
    found, why, records, length = registry, "", 0, 0
    for piece in read_as(stored(name), called):
        records += 1
        if isinstance(piece, Incoming):
            length += len(piece.body)
            found = found or piece.source
        elif isinstance(piece, Fault):
            why = why or f"{piece.place}: {piece.reason}"
        if records > FEW_RECORDS or length > _MOST_LOOKED_AT:
            break
    if not found:
        known = ", ".join(form.label for form in FORMS.values())
        raise NotUsable(
            f"No record of {known} was found in the file{f' ({why})' if why else ''}. If it holds broken records of "
            "one of them, say which."
        )
    return Look(found, size <= FEW_BYTES and records <= FEW_RECORDS and length <= _MOST_LOOKED_AT)


def clear_forgotten() -> None:
    """Removes files that belong to no job, such as those of requests that broke off."""
    known = set(Job.objects.exclude(stored="").values_list("stored", flat=True))
    for path in folder().iterdir():
        try:
            if path.name not in known and time.time() - path.stat().st_mtime > _FORGOTTEN:
                path.unlink()
        except OSError:
            continue
