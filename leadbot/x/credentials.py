"""What X wants to see before it answers. Nothing in here ever prints a secret."""

from __future__ import annotations

from dataclasses import dataclass

from leadbot.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """The keys of one brand and of the app it belongs to; empty string means "not given".

    consumer_key/secret and access_token/secret: OAuth 1.0a user context, which does not expire.
    oauth2_user_token: OAuth 2.0 user context instead (two hours; somebody else refreshes it). bearer_token:
    app-only, for the stream and its rules.
    """

    consumer_key: str = ""
    consumer_secret: str = ""
    access_token: str = ""
    access_token_secret: str = ""
    bearer_token: str = ""
    oauth2_user_token: str = ""

    @property
    def has_oauth1(self) -> bool:
        """Whether all four parts of OAuth 1.0a are there."""
        return all((self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret))

    @property
    def has_user_context(self) -> bool:
        """Whether we can speak as an account at all."""
        return self.has_oauth1 or bool(self.oauth2_user_token)

    @property
    def has_app(self) -> bool:
        """Whether the stream can be opened."""
        return bool(self.bearer_token)

    def __repr__(self) -> str:
        given = [
            name
            for name, there in (
                ("oauth1", self.has_oauth1),
                ("oauth2", bool(self.oauth2_user_token)),
                ("app bearer", self.has_app),
            )
            if there
        ]
        return f"Credentials({', '.join(given) or 'none'})"


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
