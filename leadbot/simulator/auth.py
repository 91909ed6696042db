"""Who asks: app-only bearer, OAuth 2.0 user token, or OAuth 1.0a signature.

tweepy signs for `https://api.twitter.com` before a session adapter re-points the request, so a signature over
that address is as good as one over the address really called, or over `https://api.x.com`.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from oauthlib.oauth1.rfc5849 import signature

from leadbot.simulator.accounts import (
    APP_BEARER,
    APP_KEY,
    Client,
    User,
    credentials_for,
    native_credentials_for,
)
from leadbot.simulator.problems import Problem, unauthorized, wrong_auth
from leadbot.simulator.world import World

APP_ONLY = "OAuth 2.0 Application-Only"
OAUTH1_USER = "OAuth 1.0a User Context"
OAUTH2_USER = "OAuth 2.0 User Context"

APP = (APP_ONLY,)
USER = (OAUTH1_USER, OAUTH2_USER)
ANY = (APP_ONLY, OAUTH1_USER, OAUTH2_USER)

SIGNED_FOR = ("https://api.twitter.com", "https://api.x.com")


@dataclass(frozen=True, slots=True)
class Identity:
    """The result of a good token: how it was shown, for which kind of program, and whose account it is."""

    means: str
    client: Client
    user: User | None = None
    scopes: tuple[str, ...] | None = None  # None: this kind of token has none

    @property
    def is_native(self) -> bool:
        """Whether X's own client asks, which no rule for apps binds."""
        return self.client is Client.NATIVE


@dataclass(frozen=True, slots=True)
class _Key:
    """The two secrets, under the names by which oauthlib asks for them."""

    client_secret: str
    resource_owner_secret: str


def identify(
    world: World, authorization: str, *, method: str, origin: str, path_qs: str, supported: tuple[str, ...]
) -> Identity:
    """Reads an Authorization header; raises 401 for a bad one, 403 for a kind the endpoint does not take."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        identity = _bearer(world, rest.strip())
    elif scheme.lower() == "oauth":
        identity = _oauth1(world, authorization, method, origin, path_qs)
    else:
        raise unauthorized()
    if identity.user is not None and identity.user.deactivated:
        raise unauthorized()
    if identity.user is not None and identity.user.suspended:
        raise Problem(403, _SUSPENDED)
    if identity.means not in supported:
        raise wrong_auth(identity.means, supported)
    return identity


def means_shown(authorization: str) -> str | None:
    """Which kind of token a header shows, whether or not it is good."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return APP_ONLY if token.strip() == APP_BEARER else OAUTH2_USER
    return OAUTH1_USER if scheme.lower() == "oauth" else None


_SUSPENDED = {
    "title": "Forbidden",
    "type": "about:blank",
    "status": 403,
    "detail": "Your account is suspended and is not permitted to access this feature.",
}


def _bearer(world: World, token: str) -> Identity:
    if token == APP_BEARER:
        return Identity(APP_ONLY, Client.API)
    for prefix, client in (("sim-user-", Client.API), ("sim-native-", Client.NATIVE)):
        user = world.user_named(token.removeprefix(prefix)) if token.startswith(prefix) else None
        if user is not None and (client is Client.NATIVE or user.brand):
            return Identity(OAUTH2_USER, client, user)
    grant = world.oauth2.grant_of(token)
    if grant is not None:
        return Identity(OAUTH2_USER, Client.API, grant.user, grant.scopes)
    raise unauthorized()


def _oauth1(world: World, authorization: str, method: str, origin: str, path_qs: str) -> Identity:
    path, _, query = path_qs.partition("?")
    headers = {"Authorization": authorization}
    try:
        shown = dict(signature.collect_parameters(headers=headers, exclude_oauth_signature=False))
        params = signature.collect_parameters(uri_query=query, headers=headers)
    except ValueError:
        raise unauthorized() from None
    user = world.user_named(shown.get("oauth_token", "").rpartition("-")[2])
    client = Client.API if shown.get("oauth_consumer_key") == APP_KEY else Client.NATIVE
    if user is None or (client is Client.API and not user.brand):
        raise unauthorized()
    owned = (credentials_for if client is Client.API else native_credentials_for)(user.username)["oauth1"]
    names_fit = (shown["oauth_token"], shown.get("oauth_consumer_key")) == (
        owned["access_token"],
        owned["consumer_key"],
    )
    # The published stubs of these two are narrower than what oauthlib takes.
    oauth: Any = signature
    normal = oauth.normalize_parameters(params)
    bases = [
        oauth.signature_base_string(method, oauth.base_string_uri(base + path), normal)
        for base in (*SIGNED_FOR, origin)
    ]
    key = _Key(owned["consumer_secret"], owned["access_token_secret"])
    given = shown.get("oauth_signature", "")
    if names_fit and any(
        hmac.compare_digest(signature.sign_hmac_sha1_with_client(base, key), given) for base in bases
    ):
        return Identity(OAUTH1_USER, client, user)
    raise unauthorized()
