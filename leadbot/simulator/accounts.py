"""Accounts and posts as plain records, and the credentials that follow from a handle alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # X's rules for texts take long to load, and commands that look at a project need ids only.
    from leadbot.simulator.text import Span


class Client(StrEnum):
    """Which kind of program made a post: a self-serve API app, or X's own client in a person's hand."""

    API = "api"
    NATIVE = "native"


@dataclass(slots=True)
class User:
    """One account. Followers and the like are plain numbers; nobody is behind them."""

    id: int
    username: str
    name: str
    created_at: datetime
    description: str = ""
    followers_count: int = 120  # an ordinary person, unless told otherwise
    following_count: int = 150
    tweet_count: int = 400
    protected: bool = False
    suspended: bool = False
    deactivated: bool = False
    automated: bool = False
    verified: bool = False
    premium: bool = False
    brand: bool = False
    lang: str = "en"
    withheld_in: list[str] = field(default_factory=list)
    blocks: set[int] = field(default_factory=set)
    follows: set[int] = field(default_factory=set)

    @property
    def is_gone(self) -> bool:
        """Whether X no longer shows the account to anybody."""
        return self.suspended or self.deactivated


@dataclass(slots=True)
class Post:
    """One version of one post. An edit is a new record that shares the list `chain` with older ones."""

    id: int
    author: User
    text: str
    shown_from: int
    created_at: datetime
    client: Client
    conversation_id: int
    mentions: list[tuple[Span, User | None]]
    chain: list[int]
    lang: str
    parent: Post | None = None
    quoted: Post | None = None
    reposted: Post | None = None
    reply_settings: str = "everyone"
    deleted: bool = False
    deleted_at: datetime | None = None
    withheld_in: list[str] = field(default_factory=list)
    listed_at: datetime | None = None
    replies: int = 0
    quotes: int = 0
    reposts: int = 0

    @property
    def said(self) -> str:
        """The visible part: without the mentions that X put in front of a reply."""
        return self.text[self.shown_from :]

    @property
    def root_id(self) -> int:
        """The id of the first version; all versions of a post share it."""
        return self.chain[0]

    def names(self, user: User, *, typed_only: bool = False) -> bool:
        """Whether the post mentions the account; `typed_only` leaves out the mentions X added."""
        return any(
            who is user and (not typed_only or span.start >= self.shown_from) for span, who in self.mentions
        )


APP_BEARER = "sim-app-bearer"
"""The app-only bearer token of the one API app: for the stream, its rules and public reads."""

APP_KEY, APP_SECRET = "sim-app-key", "sim-app-secret"
NATIVE_KEY, NATIVE_SECRET = "sim-native-key", "sim-native-secret"


def user_id_for(username: str) -> int:
    """The id of the account with this handle: 18 digits, the same on every run and every machine."""
    digest = hashlib.blake2b(username.lower().encode(), digest_size=8).digest()
    return 10**17 + int.from_bytes(digest, "big") % (9 * 10**17)


def credentials_for(username: str) -> dict[str, Any]:
    """A brand's `user_id`, `bearer_token`, `app_bearer_token` and `oauth1`, known before the simulator runs.

    They follow from the handle alone, whatever its case, and belong to the API app, so every rule for apps
    applies.
    """
    return {
        "user_id": str(user_id_for(username)),
        "bearer_token": f"sim-user-{username.lower()}",
        "app_bearer_token": APP_BEARER,
        "oauth1": _oauth1(username, APP_KEY, APP_SECRET, "sim"),
    }


def native_credentials_for(username: str) -> dict[str, Any]:
    """What stands for X's own client in the hand of this account's owner: no rule for apps applies."""
    return {
        "bearer_token": f"sim-native-{username.lower()}",
        "oauth1": _oauth1(username, NATIVE_KEY, NATIVE_SECRET, "native"),
    }


def _oauth1(username: str, key: str, secret: str, kind: str) -> dict[str, str]:
    return {
        "consumer_key": key,
        "consumer_secret": secret,
        "access_token": f"{user_id_for(username)}-{kind}-{username.lower()}",
        "access_token_secret": f"{kind}-secret-{username.lower()}",
    }
