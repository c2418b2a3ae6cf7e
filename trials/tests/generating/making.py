"""Small made catalogues."""

from __future__ import annotations

import pytest

from trials.generating import vocabulary


def shrink_vocabulary(patch: pytest.MonkeyPatch) -> None:
    """A tenth of all terms and a few organisations: what is drawn from them has the same shape."""
    sizes = {model: tuple(max(2, size // 10) for size in some) for model, some in vocabulary.SIZES.items()}
    patch.setattr("trials.generating.vocabulary.SIZES", sizes)
    patch.setattr("trials.generating.places.ORGANISATIONS", 200)
