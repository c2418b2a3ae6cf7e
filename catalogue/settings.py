"""Every setting of the catalogue, read from the environment.

Without any variable this is *local mode*: DEBUG off, SQLite under DATA_DIR, a key made once there, localhost only,
plain HTTP. `PRODUCTION=1` asks for production, which refuses to start until secrets, hosts and HTTPS are settled.
A secret may stand in the variable itself or in a file named by the variable with `_FILE` after it.
"""

from __future__ import annotations

import contextlib
import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """A variable, or the default where it is not set or empty.

    Read as it stands: django-environ would take a value that begins with “$”, as a made key may, for a reference.
    """
    return os.environ.get(name, "").strip() or default


def secret(name: str) -> str:
    """The value of `name`, or the contents of the file that `name_FILE` points to, or nothing."""
    value, path = text(name), text(f"{name}_FILE")
    if value and path:
        raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set. Keep one of them.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error}.") from error
    return value


def switch(name: str, default: str = "0") -> bool:
    """A yes/no variable: 1, true, yes or on; 0, false, no or off; anything else is refused."""
    value = text(name, default)
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is “{value}”. Write 1 for yes or 0 for no.")


def whole_number(name: str, default: int, least: int = 0) -> int:
    """A variable that holds a whole number from `least` up."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is “{value}”. Write a whole number from {least} up.")
    return int(value)


def words(name: str) -> list[str]:
    """A comma-separated variable as a list without blanks."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


PRODUCTION = switch("PRODUCTION")
DEBUG = switch("DEBUG")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG and PRODUCTION are both on. Production never shows debug pages: unset DEBUG.")

DATA_DIR = Path(text("DATA_DIR", str(BASE_DIR / "var"))).expanduser().resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"DATA_DIR is {DATA_DIR}, which cannot be made: {error.strerror}. Name a folder that you may write."
    ) from error


def local_key() -> str:
    """The key of local mode: made once, kept under DATA_DIR, readable by its owner alone."""
    path = DATA_DIR / "secret_key"
    try:
        # Written under another name and linked into place, so that two processes that start together share one
        # key and none reads half of it.
        fresh = path.with_name(f"secret_key.{os.getpid()}")
        if not path.exists():
            fresh.touch(mode=0o600)
            fresh.write_text(get_random_secret_key(), encoding="utf-8")
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR is {DATA_DIR}, which cannot be written: {error.strerror}. Name a folder that you may write."
        ) from error


# Collected, so that a production start names everything that is missing at once.
missing: list[str] = []

SECRET_KEY = secret("SECRET_KEY")
if not SECRET_KEY:
    if PRODUCTION:
        missing.append("SECRET_KEY (or SECRET_KEY_FILE): at least 50 random characters")
        SECRET_KEY = "missing"  # noqa: S105
    else:
        SECRET_KEY = local_key()
elif PRODUCTION and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    missing.append("SECRET_KEY: at least 50 random characters; this one is too short or too regular")

ALLOWED_HOSTS = words("ALLOWED_HOSTS")
if not PRODUCTION:
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
elif not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    missing.append("ALLOWED_HOSTS: the host names that visitors use, separated by commas (“*” is refused)")

HTTPS = switch("HTTPS")
if PRODUCTION and not HTTPS:
    missing.append("HTTPS=1: visitors reach the catalogue over HTTPS (this server or a proxy in front ends it)")

DATABASE_URL = secret("DATABASE_URL")
if PRODUCTION and not DATABASE_URL:
    missing.append("DATABASE_URL (or DATABASE_URL_FILE): for example postgres://user:password@host:5432/catalogue")

if missing:
    raise ImproperlyConfigured("Production cannot start. Set these variables:\n  - " + "\n  - ".join(missing))


def database() -> dict[str, Any]:
    """Django's settings for the database in DATABASE_URL, or for SQLite under DATA_DIR."""
    if not DATABASE_URL:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "catalogue.sqlite3"}
    # The address may hold a password, so no message repeats it.
    refusal = ImproperlyConfigured(
        "DATABASE_URL cannot be used. Write postgres://user:password@host:5432/name (with @ and / in the password "
        "as %40 and %2F) or sqlite:////folder/file.sqlite3."
    )
    if not DATABASE_URL.startswith(("postgres://", "postgresql://", "sqlite://")):
        raise refusal
    try:
        found = environ.Env.db_url_config(DATABASE_URL)
    except ValueError:
        raise refusal from None
    password = secret("DATABASE_PASSWORD")
    return {**found, "PASSWORD": password} if password else found


DATABASES = {"default": database()}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers wait their turn at the start of a transaction instead of failing half way through it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # WAL: readers never wait for a writer. NORMAL is safe with WAL and far fewer syncs.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": whole_number("DATABASE_POOL_SIZE", 8, least=1),
        # Seconds that a request waits for a database that is away; the pool's own default is 30.
        "timeout": 5,
    }
    # A connection is tried before it is used, so that a restarted database costs no visitor an error page.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

INSTALLED_APPS = [
    "trials",
    "trials.accounts.apps.CatalogueAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
]

MIDDLEWARE = [
    # Before the redirect and the host check: a load balancer asks by plain HTTP and by address.
    "trials.views.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Django pads its answers at random, which blunts BREACH; public pages hold no secret anyway.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "trials.accounts.sessions.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "catalogue.outage.OutageMiddleware",
]

ROOT_URLCONF = "catalogue.urls"
WSGI_APPLICATION = "catalogue.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"desk": "trials.admin.desk.tags"},
        },
    },
]

LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
AUTHENTICATION_BACKENDS = ["trials.accounts.lockout.LockoutBackend", "trials.accounts.lockout.StaffBackend"]
# Passwords are kept by PBKDF2 with SHA-256, Django's own: no package of ours stands between an attacker and them.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# International English: dates and thousands as clinicians in Europe read them.
LANGUAGE_CODE = "en-gb"
USE_I18N = True
TIME_ZONE = text("TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Pages name files by their digests alone: to compress each under its plain name too takes as long again. It also keeps
# collectstatic from going by clock times, which packages and images set as they please, for what has changed.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
# Whether `prepare` loads the demo catalogue beside the seed trials.
DEMO = switch("DEMO", default="0" if PRODUCTION else "1")

# The live services that `fetch_trials` asks, and where their operators reach whoever runs this catalogue.
CTGOV_URL = text("CTGOV_URL", "https://clinicaltrials.gov")
CTIS_URL = text("CTIS_URL", "https://euclinicaltrials.eu")
FETCH_CONTACT = text("FETCH_CONTACT")
# Least seconds between two requests of a scheduled fetch.
FETCH_PAUSE = 1.5

# The largest file that may be sent to the admin, in megabytes; it is written next to where it is kept.
UPLOAD_MB = whole_number("UPLOAD_MB", 100, least=1)
with contextlib.suppress(OSError):
    # `prepare` and the first upload say it where this folder cannot be written.
    (DATA_DIR / "uploads").mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads" if (DATA_DIR / "uploads").is_dir() else None
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "trials.admin.receiving.OnlyStaffAndOnlySoMuch",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# A trial with 300 sites and 100 criteria has some ten thousand form fields, and megabytes of text, when edited whole.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# A session ends with the browser, this long after signing in, and when nobody was here for long.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = whole_number("SESSION_HOURS", 24, least=1) * 3600
SESSION_IDLE_MINUTES = whole_number("SESSION_IDLE_MINUTES", 8 * 60, least=10)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = whole_number("HSTS_SECONDS", 365 * 24 * 3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
# Proxies in front whose entries in X-Forwarded-For are believed; none without TRUST_PROXY.
PROXY_COUNT = 0
if switch("TRUST_PROXY"):
    # Only behind a proxy that sets this header itself; otherwise anyone could claim HTTPS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    PROXY_COUNT = whole_number("PROXY_COUNT", 1, least=1)

# Whoever may do more than edit trials needs a second factor: always, or only those who set one up.
SECOND_FACTOR = text("SECOND_FACTOR", "required" if PRODUCTION else "optional").lower()
if SECOND_FACTOR not in {"required", "optional"}:
    raise ImproperlyConfigured(f"SECOND_FACTOR is “{SECOND_FACTOR}”. Write required or optional.")
OTP_TOTP_ISSUER = "Cell-therapy trials"
# Days that an entry of the audit log is kept.
AUDIT_DAYS = whole_number("AUDIT_DAYS", 730, least=30)

# Failed sign-ins of one name from one address, and of all names from one address, before no more are looked at.
AXES_FAILURE_LIMIT = whole_number("LOCKOUT_FAILURES", 5, least=1)
LOCKOUT_ADDRESS_FAILURES = whole_number("LOCKOUT_ADDRESS_FAILURES", 30, least=1)
LOCKOUT_MINUTES = whole_number("LOCKOUT_MINUTES", 30, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=LOCKOUT_MINUTES)
AXES_HANDLER = "trials.accounts.lockout.Lockout"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "trials.accounts.lockout.key_of"
AXES_CLIENT_IP_CALLABLE = "trials.accounts.address.network_of"
AXES_LOCKOUT_CALLABLE = "trials.views.errors.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "csrfmiddlewaretoken"]
# The catalogue's own audit log says more, and nothing that was typed in vain.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "accelerometer": [],
    "camera": [],
    "geolocation": [],
    "gyroscope": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}

LOG_LEVEL = text("LOG_LEVEL", "WARNING").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured(f"LOG_LEVEL is “{LOG_LEVEL}”. Write DEBUG, INFO, WARNING, ERROR or CRITICAL.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        # Anybody can ask for a foreign host or a page that is not there; neither is a fault of ours.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "django.request": {"level": "ERROR"},
        # Failed sign-ins stand in the audit log.
        "axes": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
