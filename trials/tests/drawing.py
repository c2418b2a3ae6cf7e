"""How many examples hypothesis draws where each of them writes to tables."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

LONG = "long"


def is_long() -> bool:
    """Whether this is the run of `make test-long`."""
    return settings.get_current_profile_name() == LONG


def over_tables(many: int) -> settings:
    """Settings for `many` examples in `make test-long`, and for a third of them in every other run.

    What is drawn is the same, and hypothesis draws something else each time.
    """
    drawn = many if is_long() else many // 3
    return settings(max_examples=drawn, suppress_health_check=[HealthCheck.function_scoped_fixture])
