"""What X wants to see before it answers. Nothing in here ever prints a secret."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

from leadbot.errors import ConfigError, Problem
from leadbot.model.secret import Secret, secret

_NONE = Secret()


class TokenSource(Protocol):
    """Access tokens of OAuth 2.0 that somebody renews. Safe for several threads."""

    def current(self) -> Secret:
        """A token that is good now. Raises TransientError, AccountError."""

    def renew(self, refused: Secret) -> bool:
        """After a confirmed refusal: whether there is another token now. Raises TransientError,
        AccountError."""


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """The keys of one brand and of the app it belongs to; empty string means "not given".

    consumer_key/secret and access_token/secret: OAuth 1.0a user context, which does not expire.
    tokens: OAuth 2.0 user context instead, renewed by its source; oauth2_user_token: the same as one token
    that ends after two hours. bearer_token: app-only, for the stream and its rules. A text given as one of
    these becomes a Secret. brand_id: the account they were stored for, compared before each write. Raises
    ConfigError for keys that no header may carry.
    """

    consumer_key: Secret = _NONE
    consumer_secret: Secret = _NONE
    access_token: Secret = _NONE
    access_token_secret: Secret = _NONE
    bearer_token: Secret = _NONE
    oauth2_user_token: Secret = _NONE
    tokens: TokenSource | None = None
    brand_id: str = ""

    def __post_init__(self) -> None:
        odd = []
        for field in fields(self):
            if field.name not in ("tokens", "brand_id"):
                object.__setattr__(self, field.name, found := secret(getattr(self, field.name)))
                odd += [] if found.is_sendable else [odd_key(field.name)]
        if odd:
            raise ConfigError(odd)

    @property
    def has_oauth1(self) -> bool:
        """Whether all four parts of OAuth 1.0a are there."""
        return all((self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret))

    @property
    def has_user_context(self) -> bool:
        """Whether we can speak as an account at all."""
        return self.has_oauth1 or bool(self.oauth2_user_token) or self.tokens is not None

    @property
    def has_app(self) -> bool:
        """Whether the stream can be opened."""
        return bool(self.bearer_token)

    def __repr__(self) -> str:
        given = [
            name
            for name, there in (
                ("oauth1", self.has_oauth1),
                ("oauth2", bool(self.oauth2_user_token) or self.tokens is not None),
                ("app bearer", self.has_app),
            )
            if there
        ]
        return f"Credentials({', '.join(given) or 'none'})"


def odd_key(name: str) -> Problem:
    """The problem of a key that no header may carry."""
    what = f"{name} has a character that no key of X has: a space, a quote, a line break?"
    return Problem(name, what, "copy it again, without anything around it", "odd-key")


def require_user_context(credentials: Credentials, handle: str) -> None:
    """Raise ConfigError unless these credentials can speak as `handle`."""
    if not credentials.has_user_context:
        raise ConfigError(
            [
                Problem(
                    where=f"credentials of @{handle}",
                    what="nothing to speak with: neither four OAuth 1.0a keys nor an OAuth 2.0 user token",
                    fix="give consumer_key, consumer_secret, access_token and access_token_secret",
                    rule="no-user-context",
                )
            ]
        )


def require_app(credentials: Credentials, handle: str) -> None:
    """Raise ConfigError unless these credentials can open the stream."""
    if not credentials.has_app:
        raise ConfigError(
            [
                Problem(
                    where=f"credentials of @{handle}",
                    what="no app bearer token, and X opens the filtered stream to apps only",
                    fix='give bearer_token, or listen by mode "poll"',
                    rule="no-app-bearer",
                )
            ]
        )
