#!/bin/sh
# Writes requirements.txt and requirements-dev.txt from pyproject.toml: one file each for all Pythons and systems, with hashes.
# Versions stay as they are where pyproject.toml still allows them; UPGRADE=1 takes the newest.
set -eu
cd "$(dirname "$0")/.."

uv=var/uv/bin/uv
if [ ! -x "$uv" ]; then
    "${PYTHON:-python3}" -m venv --clear var/uv
    var/uv/bin/python -m pip install --quiet --disable-pip-version-check --no-input 'uv>=0.9'
fi

compile() {
    # Neither a private package index nor a folder of packages may end up in the files.
    "$uv" pip compile --quiet --no-config --no-emit-index-url --no-emit-find-links --universal --python-version 3.11 \
        --generate-hashes --custom-compile-command "make lock" ${UPGRADE:+--upgrade} "$@"
}

compile pyproject.toml -o requirements.txt
compile --group dev -c requirements.txt -o requirements-dev.txt
