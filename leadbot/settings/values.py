"""Settings as frozen values: what leadbot.toml, secrets and the environment come to."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from leadbot.model import Brand

X_ITSELF = "https://api.twitter.com"  # the host tweepy signs for; api.x.com takes OAuth 2.0 only


@dataclass(frozen=True, slots=True)
class Secrets:
    """A brand's keys for X, as its developer page names them. Never logged, never in leadbot.toml."""

    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    access_token_secret: str = field(default="", repr=False)
    bearer_token: str = field(default="", repr=False)
    oauth2_token: str = field(default="", repr=False)

    @property
    def may_speak(self) -> bool:
        """Whether these are enough to act as the account."""
        oauth1 = (self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret)
        return bool(self.oauth2_token) or all(oauth1)


SECRET_NAMES = tuple(f.name for f in fields(Secrets))


@dataclass(frozen=True, slots=True)
class XSettings:
    """How X is reached and listened to."""

    base_url: str = X_ITSELF
    listen: str = "both"
    poll_s: float = 45.0

    @property
    def is_local(self) -> bool:
        """Whether "X" is a simulator on this machine."""
        return is_loopback(self.base_url)


@dataclass(frozen=True, slots=True)
class CrmSettings:
    """Which CRM adapter receives leads, and its options."""

    adapter: str = "file"
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """How long silence is no alarm (seconds), how often an alarm is repeated, and whom it is told to."""

    no_poll_s: float = 15 * 60.0
    nothing_heard_s: float = 3 * 86_400.0
    nothing_sent_s: float = 30 * 60.0
    again_s: float = 86_400.0
    team: str = "operators"


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """How long people's words are kept after the last contact (days), and what looking for deleted posts may
    cost.

    relookup_budget_usd: for each brand and UTC day.
    """

    keep_days: float = 30.0
    keep_days_with_consent: float = 365.0
    relookup_budget_usd: float = 1.0


@dataclass(frozen=True, slots=True)
class BrandSettings:
    """An account that speaks. `facts.id` is empty until it has been looked up."""

    facts: Brand
    playbooks: tuple[Path, ...]
    secrets: Secrets = Secrets()
    has_id: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole project."""

    folder: Path
    database_url: str
    x: XSettings
    clock_follow: str | None
    crm: CrmSettings
    brands: tuple[BrandSettings, ...]
    alarms: AlarmSettings = AlarmSettings()
    privacy: PrivacySettings = PrivacySettings()
    log_format: str = "console"
    log_level: str = "info"


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
