#!/bin/sh
# Makes .venv and installs the locked requirements: `tools/install.sh` for running, `tools/install.sh dev` for testing.
# Does nothing when everything is in place, so every other target can start with it. VENV names another folder.
set -eu
cd "$(dirname "$0")/.."

fail() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

version() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'
}

check_python() {
    version "$python" >/dev/null 2>&1 ||
        fail "Python 3.11 or newer is needed and “$python” cannot be run. Name one that you have: make ... PYTHON=python3.12"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 or newer is needed; “$python” is $(version "$python"). Name another: make ... PYTHON=python3.12"
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "“$python” cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv. Elsewhere install Python with its venv and ensurepip modules."
}

# The folder may be missing, half made, from a Python that is gone, or from another than the one asked for.
have_venv() {
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 || return 1
    [ -z "${PYTHON:-}" ] || [ "$(version "$PYTHON" 2>/dev/null)" = "$(version "$venv/bin/python")" ]
}

install() {
    # A copy of the lock in the same folder says what was installed.
    if cmp -s "$1" "$venv/$1"; then
        return
    fi
    echo "Installing $1 into $venv ..."
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$1" ||
        fail "The packages of $1 could not be installed: see above. pip must reach a package index."
    cp "$1" "$venv/$1"
}

python=${PYTHON:-python3}
venv=${VENV:-.venv}
if ! have_venv; then
    check_python
    echo "Making $venv with Python $(version "$python") ..."
    "$python" -m venv --clear "$venv" || fail "“$python -m venv $venv” failed: see above."
fi
install requirements.txt
if [ "${1:-}" = dev ]; then
    install requirements-dev.txt
fi
