"""How many examples hypothesis draws where each of them writes to tables."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

LONG = "long"


def over_tables(many: int) -> settings:
    """Settings for `many` examples in `make test-long`, and for a third of them in every other run.

    What is drawn is the same, and hypothesis draws something else each time.
    """
    drawn = many if settings.get_current_profile_name() == LONG else many // 3
    return settings(max_examples=drawn, suppress_health_check=[HealthCheck.function_scoped_fixture])
