"""Settings as frozen values: what leadbot.toml, secrets and the environment come to."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from leadbot.keys import Kind, StoredKeys
from leadbot.model import Brand
from leadbot.model.secret import Secret, secret

_NONE = Secret()

KEEP_ALIVE_S = 20.0
"""Real seconds between two signs of life of X's stream."""

X_ITSELF = "https://api.twitter.com"  # the host tweepy signs for; api.x.com takes OAuth 2.0 only


SECRET_NAMES = (
    "consumer_key",
    "consumer_secret",
    "access_token",
    "access_token_secret",
    "bearer_token",
    "oauth2_token",
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """A brand's keys for X, as its developer page names them. Never logged, never in leadbot.toml."""

    consumer_key: Secret = _NONE
    consumer_secret: Secret = _NONE
    access_token: Secret = _NONE
    access_token_secret: Secret = _NONE
    bearer_token: Secret = _NONE
    oauth2_token: Secret = _NONE

    def __post_init__(self) -> None:
        for name in SECRET_NAMES:
            object.__setattr__(self, name, secret(getattr(self, name)))

    @property
    def may_speak(self) -> bool:
        """Whether these are enough to act as the account."""
        return bool(self.oauth2_token) or self.has_oauth1

    @property
    def has_oauth1(self) -> bool:
        """Whether all four keys of OAuth 1.0a are there."""
        return all((self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret))


@dataclass(frozen=True, slots=True)
class XSettings:
    """How X is reached and listened to."""

    base_url: str = X_ITSELF
    listen: str = "both"
    poll_s: float = 45.0
    timeout_s: float = 20.0  # real
    silence_s: float = 22.0  # real
    own_posts_s: float = 60.0  # 0: only before each reply

    @property
    def is_local(self) -> bool:
        """Whether "X" is a simulator on this machine."""
        return is_loopback(self.base_url)


@dataclass(frozen=True, slots=True)
class CrmSettings:
    """Which CRM adapter receives leads, and its options: with ``fields`` (the field map) and ``secrets`` (by
    name) among them. pull_every_s: between two looks at what became of leads.
    """

    adapter: str = "file"
    options: Mapping[str, Any] = field(default_factory=dict)
    pull_every_s: float = 300.0


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
    activity: bool = True  # whether to listen to X's Activity API for deletions


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Where the reps' page is. public_url: as people reach it through a proxy with TLS; proxies: addresses
    whose forwarding headers count; with_daemon: `leadbot run` serves it as well.
    """

    host: str = "127.0.0.1"
    port: int = 8788
    public_url: str = ""
    proxies: tuple[str, ...] = ()
    with_daemon: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """Where somebody is told. rep: empty for the whole team. name: the environment variable; url: what it
    holds, empty where nobody looked.
    """

    team: str
    rep: str
    name: str
    url: Secret = _NONE


@dataclass(frozen=True, slots=True)
class KeysSettings:
    """Where `leadbot brand add` keeps keys: "file" or "keyring"; the folder holds files or their locks."""

    store: str = "file"
    folder: Path = Path("keys")


@dataclass(frozen=True, slots=True)
class BrandSettings:
    """An account that speaks. `facts.id` is empty until it has been looked up. kept: its keys in the
    vault."""

    facts: Brand
    playbooks: tuple[Path, ...]
    secrets: Secrets = Secrets()
    has_id: bool = False
    daily_reads_usd: float = 2.5
    kept: StoredKeys | None = None

    @property
    def has_oauth1(self) -> bool:
        """Whether it speaks by OAuth 1.0a."""
        if self.secrets.may_speak:
            return self.secrets.has_oauth1
        return self.kept is not None and self.kept.kind is Kind.OAUTH1

    @property
    def bearer_token(self) -> Secret:
        """The app's, for the stream, wherever it stands."""
        return self.secrets.bearer_token or (self.kept.bearer_token if self.kept else _NONE)


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
    keys: KeysSettings = KeysSettings()
    desk: DeskSettings = DeskSettings()
    channels: tuple[Channel, ...] = ()
    log_format: str = "console"
    log_level: str = "info"


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
