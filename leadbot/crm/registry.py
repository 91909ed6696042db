"""The adapters by name, as ``adapter = "…"`` in leadbot.toml knows them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from leadbot.crm import file
from leadbot.crm.base import Build
from leadbot.errors import ConfigError, Problem
from leadbot.ports import CrmAdapter

ADAPTERS: Mapping[str, Build] = {"file": file.build}
"""Name → what makes it. A new CRM is one file in this folder and one line here."""


def names() -> tuple[str, ...]:
    """The names that may stand in leadbot.toml."""
    return tuple(sorted(ADAPTERS))


def build(name: str, options: Mapping[str, Any]) -> CrmAdapter:
    """Make the adapter `name`. Raises ConfigError when there is none, or when its options do not do."""
    found = ADAPTERS.get(name)
    if found is None:
        raise ConfigError([_unknown(name)])
    return found(options)


def _unknown(name: str) -> Problem:
    near = get_close_matches(name.lower(), names(), n=1, cutoff=0.5)
    known = ", ".join(f'"{one}"' for one in names())
    fix = f'did you mean "{near[0]}"?' if near else f"choose one of {known}"
    return Problem("crm.adapter", f'there is no CRM adapter "{name}"', fix, "unknown-adapter")
