"""The one door through which rows come in: addresses of trials, and bulk writing that names the row at fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.db.models import BooleanField, CharField, Model, UniqueConstraint
from django.utils.text import slugify

from trials.models import FormerSlug, Trial
from trials.models.trial import RESERVED_SLUGS

# Leaves room for a number at the end of an address whose words are taken.
_LONGEST_SLUG = 90
_BATCH = 500


def free_slug(numbers: Sequence[str], title: str, taken: Collection[str] = ()) -> str:
    """An address that no trial has or ever had: the first registry number in lower case, else words of the title.

    `numbers` are registry numbers in the order of their importance; blank ones are passed over. An address that
    is taken, also by being among those in `taken`, gets `-2`, `-3` … at its end.
    """
    number = next((number for number in numbers if number.strip()), "")
    wanted = _slug_of(number) or _slug_of(title) or "trial"
    candidate, count = wanted, 1
    while candidate in taken or _slug_owner(candidate) is not None:
        count += 1
        candidate = f"{wanted}-{count}"
    return candidate


def rename_slug(trial: Trial, new_slug: str) -> None:
    """Moves `trial` to the address `new_slug` and keeps the old address leading to it.

    ValidationError says when the new address is malformed, reserved, or belongs or belonged to another trial.
    A trial may take one of its own former addresses back.
    """
    if new_slug == trial.slug:
        return
    Trial._meta.get_field("slug").clean(new_slug, trial)
    with transaction.atomic():
        owner = _slug_owner(new_slug)
        own_former = FormerSlug.objects.filter(slug=new_slug, trial=trial)
        if owner is not None and not own_former.exists():
            raise ValidationError({"slug": f"The address “{new_slug}” is taken: {owner}. Choose another."})
        own_former.delete()
        FormerSlug.objects.create(slug=trial.slug, trial=trial)
        trial.slug = new_slug
        trial.save(update_fields=["slug", "updated"])


def may_stand_at(trial: int, slug: str) -> bool:
    """Whether a trial, given by its number, may take an address: a sound one that never was another trial's."""
    if _slug_of(slug) != slug or slug in RESERVED_SLUGS or Trial.objects.filter(slug=slug).exists():
        return False
    return not FormerSlug.objects.filter(slug=slug).exclude(trial=trial).exists()


def _slug_of(text: str) -> str:
    """Words and figures of `text` in lower case, joined by hyphens and cut after a whole word."""
    slug = slugify(re.sub(r"[^\w\s-]", " ", text))
    if len(slug) > _LONGEST_SLUG:
        slug = slug[: _LONGEST_SLUG + 1].rpartition("-")[0] or slug[:_LONGEST_SLUG]
    return slug.strip("-_")


def _slug_owner(slug: str) -> str | None:
    """Whose address `slug` is, in words for an editor; None when it is free."""
    if slug in RESERVED_SLUGS:
        return "it is the address of a page"
    if Trial.objects.filter(slug=slug).exists():
        return "another trial stands there"
    if FormerSlug.objects.filter(slug=slug).exists():
        return "it led to another trial, and addresses are never reused"
    return None


class Refusal(NamedTuple):
    """A row that the database did not take, and why, in words."""

    row: Model
    reason: str


def insert(rows: Sequence[Model]) -> list[Refusal]:
    """Writes new rows of one model in bulk and gives each its number.

    A batch that the database refuses is repeated row by row: the sound ones are written, the others returned.
    """
    refused: list[Refusal] = []
    for batch in _batches(rows):
        try:
            _create(batch)
        except (IntegrityError, DataError):
            for row in batch:
                try:
                    _create([row])
                except (IntegrityError, DataError) as error:
                    refused.append(Refusal(row, _reason(row, error)))
    return refused


def update(rows: Sequence[Model], fields: Collection[str]) -> list[Refusal]:
    """Writes `fields` of existing rows of one model in bulk; refused rows are returned.

    After a refusal the transaction has to be rolled back: rows may have let go of their unique values.
    """
    refused: list[Refusal] = []
    for batch in _batches(rows):
        try:
            _change(batch, fields)
        except (IntegrityError, DataError):
            refused.extend(_change_one_by_one(batch, fields))
    return refused


def link(model: type[Model], field: str, wanted: Mapping[int, set[int]], current: Mapping[int, set[int]]) -> None:
    """Makes the many-to-many links of rows those that are `wanted`, given those that they have: row -> rows."""
    many: Any = model._meta.get_field(field)
    through, own, other = many.remote_field.through, many.m2m_column_name(), many.m2m_reverse_name()
    fresh: list[Model] = []
    for pk, linked in wanted.items():
        had = current.get(pk, set())
        if gone := had - linked:
            through._base_manager.filter(**{own: pk, f"{other}__in": gone}).delete()
        fresh.extend(through(**{own: pk, other: number}) for number in sorted(linked - had))
    through._base_manager.bulk_create(fresh, batch_size=_BATCH)


def _batches(rows: Sequence[Model]) -> Iterator[Sequence[Model]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]


def _create(batch: Sequence[Model]) -> None:
    for row in batch:
        # A first try that failed may have left a number behind.
        row.pk, row._state.adding = None, True
    with transaction.atomic():
        type(batch[0])._base_manager.bulk_create(batch)


def _change(batch: Sequence[Model], fields: Collection[str]) -> None:
    with transaction.atomic():
        type(batch[0])._base_manager.bulk_update(batch, fields)


def _change_one_by_one(batch: Sequence[Model], fields: Collection[str]) -> Iterator[Refusal]:
    """Rows may hand unique values on to each other, so each first lets go of those that are about to change."""
    manager = type(batch[0])._base_manager
    for name, is_text in _unique_fields(type(batch[0]), fields):
        for row in batch:
            if is_text:
                manager.filter(pk=row.pk).exclude(**{name: ""}).update(**{name: f"~{row.pk}"})
            else:
                manager.filter(pk=row.pk).update(**{name: False})
    for row in batch:
        try:
            _change([row], fields)
        except (IntegrityError, DataError) as error:
            yield Refusal(row, _reason(row, error))


def _unique_fields(model: type[Model], names: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Those of the fields that a uniqueness rule speaks of and that can let go: free texts (true) and marks (false)."""
    rules = [rule for rule in model._meta.constraints if isinstance(rule, UniqueConstraint)]
    for name in names:
        field: Any = model._meta.get_field(name)
        ruled = field.unique or any(name in rule.fields or name in str(rule.condition) for rule in rules)
        if ruled and isinstance(field, BooleanField):
            yield name, False
        elif ruled and isinstance(field, CharField) and not field.choices:
            yield name, True


def _reason(row: Model, error: DatabaseError) -> str:
    """The rule that a row broke, in the words of the model where it has some."""
    for constraint in row._meta.constraints:
        try:
            constraint.validate(type(row), row)
        except ValidationError as broken:
            return f"{' '.join(broken.messages)} (rule {constraint.name})"
    try:
        row.validate_unique()
    except ValidationError as broken:
        return " ".join(broken.messages)
    return f"the database refused it: {str(error).splitlines()[0]}"
