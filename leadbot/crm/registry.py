"""The adapters by name, as ``adapter = "…"`` in leadbot.toml knows them.

An adapter's module is imported when it is used: their libraries are extras, and take time to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from leadbot.crm.base import Build, Surroundings
from leadbot.errors import ConfigError, Problem
from leadbot.ports import CrmAdapter


@dataclass(frozen=True, slots=True)
class Entry:
    """An adapter. options: keys of ``[crm]`` it reads; secrets: names it needs, kept where the keys of X are;
    library: what must be installed besides, by ``pip install 'leadbot[NAME]'``.
    """

    options: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    library: str = ""


ADAPTERS: Mapping[str, Entry] = {
    "file": Entry(("path",)),
    "webhook": Entry(("url", "outcomes_url", "key_id", "allow_private", "timeout_s"), ("signing_secret",)),
    "hubspot": Entry(("base_url", "key_property", "outcome_property", "timeout_s"), ("token",), "hubspot"),
    "salesforce": Entry(
        ("url", "client_id", "key_field", "outcome_field", "company", "timeout_s"),
        ("client_secret",),
        "simple_salesforce",
    ),
    "tryton": Entry(("url", "database", "user", "timeout_s"), ("password",)),
}
"""Name → what it reads. A new CRM is one file of that name in this folder, and one line here."""

OPTIONS = tuple(dict.fromkeys(name for entry in ADAPTERS.values() for name in entry.options))
"""Every option any of them reads."""

SECRETS = tuple(dict.fromkeys(name for entry in ADAPTERS.values() for name in entry.secrets))
"""Every secret an adapter may need: ``LEADBOT_CRM_<NAME>``, or ``[crm]`` in secrets.toml."""


def names() -> tuple[str, ...]:
    """The names that may stand in leadbot.toml."""
    return tuple(sorted(ADAPTERS))


def build(name: str, options: Mapping[str, Any], around: Surroundings | None = None) -> CrmAdapter:
    """Make the adapter `name`. Raises ConfigError when there is none, or when its options do not do."""
    entry = ADAPTERS.get(name)
    if entry is None:
        raise ConfigError([_unknown(name)])
    if entry.library and find_spec(entry.library) is None:
        what = f"the library of {name} is not installed"
        raise ConfigError([Problem("crm.adapter", what, f"pip install 'leadbot[{name}]'", "no-library")])
    make: Build = import_module(f"leadbot.crm.{name}").build
    return make(options, around or Surroundings())


def _unknown(name: str) -> Problem:
    near = get_close_matches(name.lower(), names(), n=1, cutoff=0.5)
    known = ", ".join(f'"{one}"' for one in names())
    fix = f'did you mean "{near[0]}"?' if near else f"choose one of {known}"
    return Problem("crm.adapter", f'there is no CRM adapter "{name}"', fix, "unknown-adapter")
