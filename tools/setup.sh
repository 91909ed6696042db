#!/bin/sh
# Makes .venv with everything leadbot needs. Asks for nothing but Python 3.11 or newer and a package registry.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
        if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

if [ ! -x .venv/bin/python ] || ! is_new_enough .venv/bin/python; then
    python=$(find_python) || {
        say "leadbot needs Python 3.11 or newer, and found none."
        say "Install it (Debian, Ubuntu: apt-get install python3), or name one: make setup PYTHON=/path/to/python3.11"
        exit 1
    }
    rm -rf .venv
    # Debian's python3 comes without ensurepip: then the venv is filled by the system's own pip.
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    else
        "$python" -m venv --without-pip .venv
    fi
else
    python=$(.venv/bin/python -c 'import sys; print(sys._base_executable)')
fi

if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    pip() { .venv/bin/python -m pip "$@"; }
elif "$python" -m pip --version >/dev/null 2>&1; then
    pip() { "$python" -m pip --python .venv/bin/python "$@"; }
else
    say "This Python has neither ensurepip nor pip, so nothing can be installed."
    say "Debian, Ubuntu: apt-get install python3-venv (or python3-pip), then run make setup again."
    rm -rf .venv
    exit 1
fi

say "Installing what leadbot needs into .venv (a minute or two the first time) ..."
if ! pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; then
    say "The packages in requirements.lock could not be installed. Is a package registry reachable? The lines above say what failed."
    exit 1
fi
pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
touch .venv/.ready
say "Ready: .venv/bin/leadbot --help"
