#!/bin/sh
# Makes .tryton: a Tryton server of its own with an empty CRM, which make test-all runs as a separate program.
# Tryton is under the GPL; nothing of it is imported by leadbot or installed into its .venv.
set -eu
cd "$(dirname "$0")/.."
series=8.0
folder=.tryton

say() { printf '%s\n' "$*" >&2; }

[ -f "$folder/ready-$series" ] && exit 0
say "Installing Tryton $series into $folder (some minutes, once) ..."
rm -rf "$folder"
mkdir -p "$folder/empty"
.venv/bin/python -c 'import sys; print(sys._base_executable)' > "$folder/python"
"$(cat "$folder/python")" -m venv "$folder/venv"
if ! "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    "trytond==$series.*" "trytond_sale_opportunity==$series.*"; then
    say "Tryton could not be installed. Is a package registry reachable? The lines above say what failed."
    exit 1
fi
printf '[database]\nuri = sqlite://\npath = %s/empty\n' "$PWD/$folder" > "$folder/empty.conf"
printf 'admin-of-the-tests' > "$folder/password"
: > "$folder/empty/crm.sqlite"
TRYTONPASSFILE="$folder/password" "$folder/venv/bin/trytond-admin" -c "$folder/empty.conf" -d crm \
    -u sale_opportunity --activate-dependencies --email admin@example.com --password
: > "$folder/ready-$series"
say "Ready."
