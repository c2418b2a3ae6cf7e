"""The variables that the catalogue reads, so that a test run can start from none of them."""

from __future__ import annotations

import os

KNOBS = {
    "ALLOWED_HOSTS",
    "AUDIT_DAYS",
    "BIND",
    "CSRF_TRUSTED_ORIGINS",
    "CTGOV_URL",
    "CTIS_URL",
    "DATABASE_PASSWORD",
    "DATABASE_PASSWORD_FILE",
    "DATABASE_POOL_SIZE",
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "DATA_DIR",
    "DEBUG",
    "DEMO",
    "DJANGO_SETTINGS_MODULE",
    "FETCH_CONTACT",
    "GUNICORN_CMD_ARGS",
    "HSTS_SECONDS",
    "HTTPS",
    "LOCKOUT_ADDRESS_FAILURES",
    "LOCKOUT_FAILURES",
    "LOCKOUT_MINUTES",
    "LOG_LEVEL",
    "PORT",
    "PRODUCTION",
    "PROXY_COUNT",
    "SECOND_FACTOR",
    "SECRET_KEY",
    "SECRET_KEY_FILE",
    "SESSION_HOURS",
    "SESSION_IDLE_MINUTES",
    "TIME_ZONE",
    "TRUST_PROXY",
    "WEB_CONCURRENCY",
}


def clean_environment(**knobs: str) -> dict[str, str]:
    """This process's environment without any of the catalogue's variables, and then with `knobs`.

    The demo stays out unless `DEMO` is among them: thousands of trials help no test that does not mean them.
    """
    return {key: value for key, value in os.environ.items() if key not in KNOBS} | {"DEMO": "0"} | knobs
