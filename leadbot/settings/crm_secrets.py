"""The keys of the CRM: from the environment or from secrets.toml, never from leadbot.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from leadbot.crm.registry import ADAPTERS, SECRETS
from leadbot.errors import Problem
from leadbot.model.secret import Secret
from leadbot.settings import secrets
from leadbot.settings.table import Lines, Notes, Table
from leadbot.settings.values import SECRET_NAMES, CrmSettings, Settings

PREFIX = "LEADBOT_CRM_"


def add(settings: Settings, notes: Notes, env: Mapping[str, str]) -> CrmSettings:
    """The CRM's settings with its keys; the environment wins. A missing one is told by the adapter."""
    entry = ADAPTERS.get(settings.crm.adapter)
    if entry is None or not entry.secrets:
        return settings.crm
    has_brand = any(brand.facts.handle.lower() == "crm" for brand in settings.brands)
    given = _in_file(settings, notes, has_brand=has_brand) | _in_env(env, notes, has_brand=has_brand)
    found = {name: Secret(given[name]) for name in entry.secrets if given.get(name)}
    return replace(settings.crm, options={**settings.crm.options, "secrets": found})


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
