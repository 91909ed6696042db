"""A brand's keys: from the environment or from secrets.toml beside leadbot.toml, never from leadbot.toml."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from leadbot.crm.registry import SECRETS as CRM_SECRETS
from leadbot.errors import Problem
from leadbot.model.secret import Secret
from leadbot.settings import vault
from leadbot.settings.table import Lines, Notes, Table, parse
from leadbot.settings.values import SECRET_NAMES, BrandSettings, Secrets, Settings


def refuse(table: Table) -> None:
    """Note every secret that stands in leadbot.toml."""
    names = [(key, "<HANDLE>") for key in SECRET_NAMES]
    if table.name == "crm":
        names += [(key, "CRM") for key in CRM_SECRETS]
    for key, owner in names:
        if key in table.values:
            fix = f"take it out (renew it if this file was shared) and set LEADBOT_{owner}_{key.upper()}"
            table.fault(
                key, f"{key} is a secret and does not belong in leadbot.toml", fix, rule="secret-in-file"
            )


def add(settings: Settings, notes: Notes, env: Mapping[str, str]) -> tuple[BrandSettings, ...]:
    """The brands with their keys; the environment wins over secrets.toml."""
    kept = _secrets_file(settings, notes)
    entries = vault.load(settings, notes)
    brands = []
    for brand in settings.brands:
        handle = brand.facts.handle
        given = {**kept.get(handle.lower(), {}), **_secrets_in(env, handle, notes)}
        secrets = Secrets(**{name: Secret(text) for name, text in given.items()})
        brand = vault.with_entry(replace(brand, secrets=secrets), entries.get(handle.lower()), notes)
        if not settings.x.is_local and handle.isidentifier() and handle.lower() not in entries.unusable:
            _must_have_keys(brand, settings, notes)
        brands.append(brand)
    return tuple(brands)


def _must_have_keys(brand: BrandSettings, settings: Settings, notes: Notes) -> None:
    handle = brand.facts.handle
    if not brand.secrets.may_speak and brand.kept is None:
        names = ", ".join(f"LEADBOT_{handle.upper()}_{name.upper()}" for name in SECRET_NAMES[:4])
        fix = f"leadbot brand add {handle}; or set {names} (or …_OAUTH2_TOKEN), or write secrets.toml"
        notes.add(f"there are no keys for @{handle}", fix, rule="no-secrets", line=1)
    elif not brand.bearer_token and settings.x.listen != "poll":
        fix = f'set LEADBOT_{handle.upper()}_BEARER_TOKEN (the app\'s), or x.listen = "poll"'
        what = f"listening to the stream for @{handle} needs the app's bearer token"
        notes.add(what, fix, rule="no-secrets")


def _secrets_in(env: Mapping[str, str], handle: str, notes: Notes) -> dict[str, str]:
    prefix = f"LEADBOT_{handle.upper()}_"
    found = {}
    for name, value in env.items():
        key = name.removeprefix(prefix).lower()
        is_ours = handle and name.startswith(prefix) and value
        if not is_ours or key == "client_secret" or (handle.lower() == "crm" and key in CRM_SECRETS):
            continue
        if key in SECRET_NAMES:
            found[key] = sendable(value, name, "the environment", notes)
        elif near := get_close_matches(key, SECRET_NAMES, n=1):
            fix = f"did you mean {prefix}{near[0].upper()}?"
            notes.problems.append(
                Problem(name, "nobody reads this environment variable", fix, "unknown-variable")
            )
    return found


def private_file(settings: Settings, notes: Notes) -> tuple[str, dict[str, Any]] | None:
    """The text and tables of secrets.toml; None if there is none, or others may read it, which is noted."""
    file = settings.folder / "secrets.toml"
    if not file.exists():
        return None
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        notes.problems.append(
            Problem(
                "secrets.toml",
                "others may read this file",
                "chmod 600 secrets.toml",
                "secrets-mode",
                "secrets.toml",
            )
        )
        return None
    return parse(file)


def _secrets_file(settings: Settings, notes: Notes) -> dict[str, dict[str, str]]:
    kept = private_file(settings, notes)
    if kept is None:
        return {}
    text, document = kept
    own = Notes("secrets.toml", Lines(text), notes.problems)
    handles = [brand.facts.handle.lower() for brand in settings.brands]
    found = {}
    for name, values in document.items():
        if name == "crm" and "crm" not in handles:
            continue  # those of the CRM are read by crm_secrets
        table = Table(name, values, own)
        if name.lower() not in handles:
            table.fault(
                "",
                f"no brand has the handle @{name}",
                f"choose one of {', '.join(handles)}",
                rule="unknown-brand",
            )
        table.expect((*SECRET_NAMES, *CRM_SECRETS) if name == "crm" else SECRET_NAMES)
        found[name.lower()] = {
            key: sendable(table.values[key], key, "secrets.toml", own)
            for key in SECRET_NAMES
            if key in table.values
        }
    return found


def sendable(value: object, name: str, where: str, notes: Notes, *, of: str = "X") -> str:
    """A key as a header can carry it; anything else is noted, without a word of it."""
    text = value.strip() if isinstance(value, str) else ""
    if isinstance(value, str) and Secret(text).is_sendable:
        return text
    what = f"{name} is no key of {of}: a text in quotes without spaces, line breaks or foreign letters"
    fix = "copy it again, without anything around it"
    notes.problems.append(Problem(f"{where}: {name}", what, fix, "odd-key"))
    return ""
