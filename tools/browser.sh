#!/bin/sh
# What the tests in a real browser need: Chromium (by apt, when root) and Playwright. Run by `make test-all`.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

if ! command -v chromium >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Installing Chromium ..."
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    else
        say "No Chromium here: the tests in a browser are skipped (Debian, Ubuntu: apt-get install chromium)."
        exit 0
    fi
fi
python=$(.venv/bin/python -c 'import sys; print(sys._base_executable)')
if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock
else
    "$python" -m pip --python .venv/bin/python install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock
fi
