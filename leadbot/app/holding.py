"""Which keys each account has, without showing one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from leadbot.app.look import modes_in_force, open_store
from leadbot.errors import Problem
from leadbot.keys import Kind
from leadbot.model import Mode
from leadbot.settings import BrandSettings, Settings
from leadbot.settings.vault import name_of, vault_of

NAMES = {Kind.OAUTH1: "OAuth 1.0a", Kind.OAUTH2: "OAuth 2.0"}


@dataclass(frozen=True, slots=True)
class Holding:
    """The keys of one account. kind: "OAuth 1.0a", "OAuth 2.0" or "no keys"; where: which place won.

    expires_at: the end of the access token; None if it has none, or nobody knows. renews: whether a new one
    comes by itself.
    """

    handle: str
    id: str
    mode: str
    kind: str
    where: str
    has_stream: bool
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    renews: bool = False

    @property
    def renewal(self) -> str:
        """What happens at its end."""
        return "renewed by itself" if self.renews else "then somebody has to sign in again"

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        told = self.expires_at.isoformat() if self.expires_at else None
        return {**asdict(self), "scopes": list(self.scopes), "expires_at": told}


def holdings(settings: Settings) -> list[Holding]:
    """All accounts of a project, with the modes in force. Raises ConfigError, TransientError."""
    modes: Mapping[str, Mode] = {}
    if Path(settings.database_url.partition(":///")[2]).exists():
        with open_store(settings) as (store, _):
            modes = modes_in_force(settings, store)
    return [
        holding_of(brand, settings, mode=modes.get(brand.facts.handle.lower(), brand.facts.mode))
        for brand in settings.brands
    ]


ABOUT_KEYS = (
    "keys-mode", "keys-file", "keys-of-another", "same-account", "secrets-mode", "odd-key", "no-keyring",
    "secret-in-file",
)  # fmt: skip
"""Rules of the settings that are about keys."""


def about_keys(problems: Sequence[Problem]) -> list[Problem]:
    """Those of the problems that are about keys: an entry that cannot be used is not listed as one."""
    return [one for one in problems if one.rule in ABOUT_KEYS]


def holding_of(brand: BrandSettings, settings: Settings, *, mode: Mode) -> Holding:
    """The keys of one account."""
    facts, kept = brand.facts, brand.kept
    has_stream = bool(brand.bearer_token) or settings.x.is_local
    shared = (facts.handle, str(facts.id), mode.value)
    if brand.secrets.may_speak:
        kind = Kind.OAUTH1 if brand.secrets.has_oauth1 else Kind.OAUTH2
        return Holding(*shared, NAMES[kind], "the environment or secrets.toml", has_stream)
    if kept is not None:
        where = vault_of(settings).where(name_of(settings, facts.handle))
        ends = (kept.scopes, kept.expires_at, bool(kept.refresh_token))
        return Holding(*shared, NAMES[kept.kind], where, has_stream, *ends)
    if settings.x.is_local:
        return Holding(*shared, NAMES[Kind.OAUTH1], "the simulator's own", has_stream)
    return Holding(*shared, "no keys", f"nowhere; leadbot brand add {facts.handle}", has_stream)
