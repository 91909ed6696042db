"""Adds an account: gets keys, asks X whose they are, has the handle typed back, and only then keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from leadbot import settings as config
from leadbot.app.callback import HOST, PATH, PORT, Callback
from leadbot.errors import AccountError, ConfigError, LeadbotError, Problem
from leadbot.keys import Kind, StoredKeys
from leadbot.model import BrandId
from leadbot.model.secret import Secret
from leadbot.ports import Clock
from leadbot.settings import Settings
from leadbot.settings.appending import append_brand
from leadbot.settings.vault import name_of, vault_of
from leadbot.settings.words import is_handle
from leadbot.x import oauth2
from leadbot.x.account import Profile, profile_of
from leadbot.x.credentials import Credentials, odd_key
from leadbot.x.door import Door
from leadbot.x.oauth2 import App, Endpoints, RefusedCallback, SignIn, Tokens

WAITS_S = 600.0
"""How long an owner may take to say yes (real seconds)."""

OAUTH1_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
_NOBODY = BrandId("")
GIVEN = (*OAUTH1_KEYS, "bearer_token", "client_secret")
"""What may be given beforehand instead of being asked for."""


class Asker(Protocol):
    """The person at the keyboard."""

    def tell(self, line: str) -> None:
        """Show a line."""

    def ask(self, what: str) -> str:
        """An answer in clear."""

    def ask_secret(self, what: str, *, may_be_empty: bool = False) -> Secret:
        """An answer that is not shown while it is typed."""


@dataclass(frozen=True, slots=True)
class How:
    """How to sign in. kind: with which keys. client_id, is_confidential, port, pastes: for OAuth 2.0; pastes
    has the owner copy the address from the browser, for machines without one. given: secrets that need not be
    asked for, by name."""

    kind: Kind
    client_id: str = ""
    is_confidential: bool = False
    port: int = PORT
    pastes: bool = False
    waits_s: float = WAITS_S
    given: Mapping[str, Secret] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Added:
    """What came of it. appended: whether leadbot.toml got a new [[brands]] table."""

    keys: StoredKeys
    where: str
    appended: bool


class NotTypedBack(LeadbotError):
    """The person did not confirm the account; nothing was kept."""


def lenient(folder: Path, env: Mapping[str, str]) -> Settings:
    """The settings as far as they are needed to keep keys. Raises ConfigError."""
    settings, problems = config.read(folder, env)
    grave = [one for one in problems if one.rule in ("base-url", "no-keyring", "clock-follow")]
    if grave:
        raise ConfigError(grave)
    return settings


def add(settings: Settings, file: Path, handle: str, how: How, asker: Asker, clock: Clock) -> Added:
    """Sign in as `handle` and keep the keys.

    Raises ConfigError (also when they are those of another account), NotTypedBack, TransientError,
    AccountError; nothing has been kept then.
    """
    _check(settings, handle, how)
    keys = (
        _oauth1(how, handle, asker, clock)
        if how.kind is Kind.OAUTH1
        else _oauth2(settings, how, handle, asker, clock)
    )
    try:
        profile = _profile(settings, keys, clock)
        _must_be(profile, handle, settings)
        _must_be_typed_back(profile, asker)
        keys = replace(keys, brand_id=profile.id, handle=profile.username)
        vault, name = vault_of(settings), name_of(settings, handle)
        with vault.lock(name):
            vault.save(name, keys)
    except BaseException:  # Ctrl-C too
        _let_go(settings, keys, asker)
        raise
    return Added(keys, vault.where(name), append_brand(file, profile.username))


def remove(settings: Settings, handle: str, asker: Asker, *, revokes: bool) -> bool:
    """Forget the keys of `handle`, and with `revokes` have X forget them first; whether there were any.

    Raises ConfigError, TransientError, AccountError: the keys are then still there.
    """
    vault, name = vault_of(settings), name_of(settings, handle)
    with vault.lock(name):
        kept = vault.load(name)
        if kept is not None and revokes and kept.kind is Kind.OAUTH2:
            oauth2.revoke(
                Endpoints.of(settings.x.base_url), _app_of(kept), kept.refresh_token or kept.access_token
            )
            asker.tell("X has ended what the account's owner allowed.")
        return vault.remove(name)


def _check(settings: Settings, handle: str, how: How) -> None:
    problems = []
    if not is_handle(handle):
        problems.append(
            Problem("HANDLE", f'"{handle}" is no handle', "1 to 15 letters, digits or _", "handle")
        )
    if how.kind is Kind.OAUTH2 and not how.client_id:
        fix = "give the Client ID of your app (X's developer page, Keys and tokens): --client-id"
        problems.append(Problem("--client-id", "OAuth 2.0 needs the id of an app", fix, "no-client-id"))
    if how.kind is Kind.OAUTH1 and settings.x.base_url == "https://api.x.com":
        fix = "take x.base_url out of leadbot.toml, or use --oauth2"
        what = "keys of OAuth 1.0a are signed for https://api.twitter.com"
        problems.append(Problem("x.base_url", what, fix, "oauth1-address"))
    if problems:
        raise ConfigError(problems)


def _oauth1(how: How, handle: str, asker: Asker, clock: Clock) -> StoredKeys:
    if not all(name in how.given for name in OAUTH1_KEYS):
        asker.tell(f"The four keys of @{handle} from X's developer page. They are not shown while you type.")
    found = {name: _given(how, name, asker) for name in OAUTH1_KEYS}
    bearer = _given(how, "bearer_token", asker, may_be_empty=True)
    return StoredKeys(
        Kind.OAUTH1,
        _NOBODY,
        handle,
        clock.now(),
        consumer_key=found["consumer_key"],
        consumer_secret=found["consumer_secret"],
        access_token=found["access_token"],
        access_token_secret=found["access_token_secret"],
        bearer_token=bearer,
    )


def _oauth2(settings: Settings, how: How, handle: str, asker: Asker, clock: Clock) -> StoredKeys:
    secret = _given(how, "client_secret", asker) if how.is_confidential else Secret()
    app, endpoints = App(how.client_id, secret), Endpoints.of(settings.x.base_url)
    bearer = _given(how, "bearer_token", asker, may_be_empty=True)
    try:
        attempt, code = (
            _paste(app, endpoints, how, handle, asker)
            if how.pastes
            else _receive(app, endpoints, how, handle, asker)
        )
    except RefusedCallback as refused:
        fix = "run the command again, and say yes in a browser that is signed in to X as the account"
        raise ConfigError(
            [Problem(f"@{handle}", f"not signed in: {refused}", fix, "not-signed-in")]
        ) from None
    tokens = oauth2.exchange(endpoints, attempt, code, now=clock.now())
    if missing := [scope for scope in oauth2.SCOPES if scope not in tokens.scopes]:
        asker.tell(f"Mind: X did not grant {' '.join(missing)}; leadbot cannot do all of its work like this.")
    return _stored(app, tokens, handle, bearer, clock)


def _receive(app: App, endpoints: Endpoints, how: How, handle: str, asker: Asker) -> tuple[SignIn, Secret]:
    with closing(Callback(how.port)) as callback:
        attempt = SignIn(app, callback.address)
        _show(attempt, endpoints, handle, asker)
        asker.tell(
            f"Waiting for the browser at {callback.address} (register this address for your app at X) …"
        )
        return attempt, callback.wait(attempt, within_s=how.waits_s)


def _paste(app: App, endpoints: Endpoints, how: How, handle: str, asker: Asker) -> tuple[SignIn, Secret]:
    attempt = SignIn(app, f"http://{HOST}:{how.port}{PATH}")
    _show(attempt, endpoints, handle, asker)
    asker.tell("The browser then shows a page that cannot be reached: copy its whole address.")
    # It holds a code that is good for half a minute, so it is treated like a secret.
    return attempt, attempt.code_in(asker.ask_secret("That address").reveal())


def _show(attempt: SignIn, endpoints: Endpoints, handle: str, asker: Asker) -> None:
    asker.tell(f"Open this address in a browser that is signed in to X as @{handle}, and say yes:")
    asker.tell(attempt.address(endpoints))


def _stored(app: App, tokens: Tokens, handle: str, bearer: Secret, clock: Clock) -> StoredKeys:
    return StoredKeys(
        Kind.OAUTH2,
        _NOBODY,
        handle,
        clock.now(),
        access_token=tokens.access,
        bearer_token=bearer,
        client_id=app.client_id,
        client_secret=app.client_secret,
        refresh_token=tokens.refresh,
        scopes=tokens.scopes,
        issued_at=tokens.issued_at,
        expires_at=tokens.expires_at,
    )


def _given(how: How, name: str, asker: Asker, *, may_be_empty: bool = False) -> Secret:
    words = name.replace("_", " ")
    if may_be_empty:
        words += " (of the app, for the stream; Enter for none)"
    found = how.given[name] if name in how.given else asker.ask_secret(words, may_be_empty=may_be_empty)
    if not found.is_sendable:
        raise ConfigError([odd_key(name)])
    return found


def _profile(settings: Settings, keys: StoredKeys, clock: Clock) -> Profile:
    door = Door(_credentials(keys), clock, base_url=settings.x.base_url, owner=keys.handle)
    with closing(door):
        try:
            return profile_of(door)
        except AccountError as error:
            raise AccountError(error.reason, f"X refuses these keys: {error}") from None


def _credentials(keys: StoredKeys) -> Credentials:
    if keys.kind is Kind.OAUTH2:
        return Credentials(oauth2_user_token=keys.access_token)
    return Credentials(keys.consumer_key, keys.consumer_secret, keys.access_token, keys.access_token_secret)


def _must_be(profile: Profile, handle: str, settings: Settings) -> None:
    if profile.username.lower() != handle.lower():
        what = f"these are keys of @{profile.username} ({profile.id}), and you asked for @{handle}"
        fix = f"sign in to X as @{handle} and run this again; nothing was kept"
        raise ConfigError([Problem(f"@{handle}", what, fix, "wrong-account")])
    for brand in settings.brands:
        is_same, is_ours = brand.facts.handle.lower() == handle.lower(), brand.facts.id == profile.id
        if brand.facts.id and brand.has_id and is_same and not is_ours:
            what = (
                f"leadbot.toml says that @{handle} is the account {brand.facts.id}, and X says {profile.id}"
            )
            fix = "correct its id in leadbot.toml, or take the line out; nothing was kept"
            raise ConfigError([Problem(f"@{handle}", what, fix, "wrong-account")])


def _must_be_typed_back(profile: Profile, asker: Asker) -> None:
    asker.tell(f"X says: these are the keys of @{profile.username} ({profile.name}), account {profile.id}.")
    typed = asker.ask("Type the handle to keep them").strip().lstrip("@")
    if typed.lower() != profile.username.lower():
        raise NotTypedBack("nothing was kept: the handle was not typed back")


def _let_go(settings: Settings, keys: StoredKeys, asker: Asker) -> None:
    """Tokens that nobody will keep should not stay good at X."""
    if keys.kind is Kind.OAUTH2:
        try:
            oauth2.revoke(
                Endpoints.of(settings.x.base_url), _app_of(keys), keys.refresh_token or keys.access_token
            )
        except LeadbotError:
            asker.tell("The tokens could not be given back: end them on X's page Settings, Connected apps.")


def _app_of(keys: StoredKeys) -> App:
    return App(keys.client_id, keys.client_secret)
