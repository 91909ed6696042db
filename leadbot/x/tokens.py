"""Access tokens that renew themselves: ahead of their end, and when X refuses one.

A refresh token serves once, so the order is: lock the entry, write down that a renewal begins, ask X, keep
the answer durably, and only then let anybody see the new token. Processes that share an entry never renew at
once: who comes second finds a new token in the vault. If a crash or a lost answer falls between asking and
keeping, the old token is tried once more; if X has used it up, an operator has to sign in again, and is told
so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from leadbot.errors import AccountError, ConfigError, LeadbotError, TransientError, UnknownOutcome
from leadbot.keys import StoredKeys, Vault
from leadbot.model import BrandId
from leadbot.model.secret import Secret
from leadbot.ports import Clock
from leadbot.x.oauth2 import App, Endpoints, Tokens, refresh

log = structlog.get_logger(__name__)

AHEAD_S = 600.0
"""So long before its end (seconds of the clock) a token is renewed."""

NEW_S = 600.0
"""A token refused at this age or younger is not to blame: in July 2026 X refused good ones for hours."""

AGAIN_S = 30.0
"""Pause between two renewals that X did not answer."""


_WHOSE_EVER = BrandId("")


class KeptTokens:
    """The tokens of one entry of a vault. Safe for several threads and processes."""

    def __init__(
        self,
        vault: Vault,
        name: str,
        clock: Clock,
        *,
        base_url: str,
        brand_id: BrandId = _WHOSE_EVER,
        ask: Callable[..., Tokens] = refresh,
    ) -> None:
        """brand_id: the account they must belong to, however often the entry is written anew; left out, that
        of the first entry seen. ask: how a refresh token becomes new tokens, as `oauth2.refresh`."""
        self._vault, self._name, self._clock = vault, name, clock
        self._brand_id = brand_id
        self._endpoints = Endpoints.of(base_url)
        self._ask = ask
        self._lock = threading.Lock()
        self._kept: StoredKeys | None = None
        self._unsaved: StoredKeys | None = None
        self._not_before: datetime | None = None

    def current(self) -> Secret:
        """An access token that is good now. Raises TransientError, AccountError."""
        with self._lock:
            self._save_what_could_not_be_kept()
            kept = self._kept = self._kept or self._load()
            if self._left_s(kept) < AHEAD_S:
                kept = self._kept = self._renew_ahead(kept)
            return kept.access_token

    def renew(self, refused: Secret) -> bool:
        """X refused this token, and the refusal was confirmed: have another one, and say whether there is.

        False: the token is so young that it is not to blame. Raises TransientError, AccountError.
        """
        with self._lock:
            if self._kept is not None and self._kept.access_token != refused:
                return True
            kept = self._kept or self._load()
            if kept.access_token == refused and self._age_s(kept) < NEW_S:
                return False
            self._kept = self._renewed(kept)
            return self._kept.access_token != refused

    def _renew_ahead(self, kept: StoredKeys) -> StoredKeys:
        is_good = self._left_s(kept) > 0
        if is_good and self._not_before is not None and self._clock.now() < self._not_before:
            return kept
        try:
            return self._renewed(kept)
        except LeadbotError as error:
            self._not_before = self._clock.now() + timedelta(seconds=AGAIN_S)
            if is_good:
                log.warning("token.not_renewed", handle=kept.handle, why=str(error))
                return kept
            raise

    def _renewed(self, seen: StoredKeys) -> StoredKeys:
        with self._entry():
            kept = self._unsaved or self._load()
            if kept.access_token != seen.access_token and self._left_s(kept) > 0:
                return kept  # another thread or process was faster
            if not kept.refresh_token:
                raise self._over(kept, "it has no refresh token (the scope offline.access is missing)")
            was_begun = kept.renewing_since
            kept = replace(kept, renewing_since=was_begun or self._clock.now())
            try:
                self._vault.save(self._name, kept)
            except ConfigError as error:
                # What cannot be kept must not be asked for: the refresh token would be used up for nothing.
                raise TransientError(f"the token of @{kept.handle} is not renewed: {error}") from None
            return self._store(kept, self._turn(kept, was_begun))

    def _turn(self, kept: StoredKeys, was_begun: datetime | None) -> Tokens:
        app = App(kept.client_id, kept.client_secret)
        try:
            return self._ask(self._endpoints, app, kept.refresh_token, now=self._clock.now())
        except UnknownOutcome as error:
            raise TransientError(f"{error}; the renewal for @{kept.handle} is tried again") from None
        except AccountError as error:
            lost = (
                f"; the answer to the renewal of {was_begun:%Y-%m-%d %H:%M} UTC was lost" if was_begun else ""
            )
            raise self._over(kept, f"{error}{lost}") from None

    def _store(self, kept: StoredKeys, new: Tokens) -> StoredKeys:
        fresh = replace(
            kept,
            access_token=new.access,
            # Without a new refresh token the old one goes on, as RFC 6749 (6) has it.
            refresh_token=new.refresh or kept.refresh_token,
            scopes=new.scopes or kept.scopes,
            issued_at=new.issued_at,
            expires_at=new.expires_at,
            renewing_since=None,
        )
        self._unsaved = fresh
        self._save_unsaved()
        log.info("token.renewed", handle=kept.handle, until=new.expires_at.isoformat())
        return fresh

    def _save_what_could_not_be_kept(self) -> None:
        unsaved = self._unsaved
        if unsaved is None:
            return
        try:
            with self._entry():
                if self._is_outdated(unsaved):
                    self._unsaved = self._kept = None
                else:
                    self._save_unsaved()
        except TransientError as error:
            log.critical("token.not_kept", handle=unsaved.handle, why=str(error))

    @contextmanager
    def _entry(self) -> Iterator[None]:
        """Hold the entry. Raises TransientError when it cannot be held."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._vault.lock(self._name))
            except ConfigError as error:
                raise TransientError(f"the keys {self._name} cannot be worked on: {error}") from None
            yield

    def _is_outdated(self, unsaved: StoredKeys) -> bool:
        """Whether somebody signed in anew, or removed the entry, since these tokens could not be kept."""
        try:
            kept = self._vault.load(self._name)
        except ConfigError:
            return False
        return kept is None or kept.verified_at > unsaved.verified_at

    def _save_unsaved(self) -> None:
        assert self._unsaved is not None, "called when there is something to save"
        try:
            self._vault.save(self._name, self._unsaved)
        except ConfigError as error:
            # The old refresh token is used up and the new one in memory alone: work on, try at each use.
            log.critical("token.not_kept", handle=self._unsaved.handle, why=str(error))
        else:
            self._unsaved = None

    def _load(self) -> StoredKeys:
        try:
            kept = self._vault.load(self._name)
        except ConfigError as error:
            raise AccountError("keys_unusable", str(error)) from None
        if kept is None:
            raise AccountError("signed_out", f"there are no keys any more in {self._vault.where(self._name)}")
        self._brand_id = self._brand_id or kept.brand_id
        if kept.brand_id != self._brand_id:
            # Somebody signed in anew, and the handle has another owner now: not a word is said for them.
            why = f"the keys kept are those of {kept.brand_id} now, not of {self._brand_id}"
            raise AccountError("keys_of_another", why)
        return kept

    def _over(self, kept: StoredKeys, why: str) -> AccountError:
        return AccountError("sign_in_again", f"{why}; sign in again: leadbot brand add {kept.handle}")

    def _left_s(self, kept: StoredKeys) -> float:
        return (kept.expires_at - self._clock.now()).total_seconds() if kept.expires_at else 0.0

    def _age_s(self, kept: StoredKeys) -> float:
        return (self._clock.now() - kept.issued_at).total_seconds() if kept.issued_at else NEW_S
