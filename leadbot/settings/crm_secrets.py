"""The keys of the CRM: from the environment, secrets.toml or the vault, never from leadbot.toml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from leadbot.crm.registry import ADAPTERS, SECRETS
from leadbot.errors import ConfigError, Problem
from leadbot.model.secret import Secret
from leadbot.settings import secrets, vault
from leadbot.settings.table import Lines, Notes, Table
from leadbot.settings.values import SECRET_NAMES, CrmSettings, Settings

PREFIX = "LEADBOT_CRM_"

ENTRY = "@crm"
"""In the vault: no handle, so no account's."""


def add(settings: Settings, notes: Notes, env: Mapping[str, str]) -> CrmSettings:
    """The CRM's settings with its keys; the environment wins. A missing one is told by the adapter."""
    entry = ADAPTERS.get(settings.crm.adapter)
    if entry is None or not entry.secrets:
        return settings.crm
    has_brand = any(brand.facts.handle.lower() == "crm" for brand in settings.brands)
    given = _in_file(settings, notes, has_brand=has_brand) | _in_env(env, notes, has_brand=has_brand)
    if not all(given.get(name) for name in entry.secrets):
        given = _in_vault(settings, notes) | given
    found = {name: Secret(given[name]) for name in entry.secrets if given.get(name)}
    return replace(settings.crm, options={**settings.crm.options, "secrets": found})


def keep(settings: Settings, secrets_of_crm: Mapping[str, Secret]) -> str:
    """Put keys of the CRM into the vault, beside those of others; returns where. Raises ConfigError."""
    store = vault.vault_of(settings)
    with store.lock(ENTRY):
        kept = _read(store.load_text(ENTRY))
        kept |= {name: secret.reveal() for name, secret in secrets_of_crm.items()}
        store.save_text(ENTRY, Secret(json.dumps(kept, indent=1) + "\n"))
    return store.where(ENTRY)


def _in_vault(settings: Settings, notes: Notes) -> dict[str, str]:
    try:
        store = vault.vault_of(settings)
        return _read(store.load_text(ENTRY))
    except ConfigError as error:
        notes.problems.extend(error.problems)
        return {}


def _read(text: Secret | None) -> dict[str, str]:
    """What `keep` wrote. Raises ConfigError for anything else."""
    try:
        found = {} if text is None else json.loads(text.reveal())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        fix = "remove it, and run leadbot crm keys again"
        problem = Problem(f"keys/{ENTRY}.json", "is not what leadbot wrote", fix, "keys-file")
        raise ConfigError([problem])
    return {name: value for name, value in found.items() if name in SECRETS and isinstance(value, str)}


def _in_env(env: Mapping[str, str], notes: Notes, *, has_brand: bool) -> dict[str, str]:
    found = {}
    for name, value in env.items():
        key = name.removeprefix(PREFIX).lower()
        if not name.startswith(PREFIX) or not value or (has_brand and key in SECRET_NAMES):
            continue
        if key in SECRETS:
            found[key] = secrets.sendable(value, name, "the environment", notes, of="a CRM")
        elif not has_brand:
            near = get_close_matches(key, SECRETS, n=1)
            known = ", ".join(f"{PREFIX}{one.upper()}" for one in SECRETS)
            fix = f"did you mean {PREFIX}{near[0].upper()}?" if near else f"known: {known}"
            what = "nobody reads this environment variable"
            notes.problems.append(Problem(name, what, fix, "unknown-variable"))
    return found


def _in_file(settings: Settings, notes: Notes, *, has_brand: bool) -> dict[str, str]:
    # Faults of the file itself are noted where the keys of X are read.
    kept = secrets.private_file(settings, Notes("secrets.toml", Lines("")))
    if kept is None or "crm" not in kept[1]:
        return {}
    own = Notes("secrets.toml", Lines(kept[0]), notes.problems)
    table = Table("crm", kept[1]["crm"], own)
    if not has_brand:
        table.expect(SECRETS)
    return {
        key: secrets.sendable(table.values[key], key, "secrets.toml", own, of="a CRM")
        for key in SECRETS
        if key in table.values
    }
