"""A brand's account on X, with the keys that the settings or the vault hold for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import structlog

from leadbot.errors import AccountError, TransientError
from leadbot.keys import Kind
from leadbot.model import BrandId
from leadbot.model.secret import Secret
from leadbot.ports import Clock
from leadbot.settings import BrandSettings, Settings
from leadbot.settings.vault import name_of, vault_of
from leadbot.simulator.accounts import credentials_for
from leadbot.x.account import Account, verify
from leadbot.x.credentials import Credentials
from leadbot.x.tokens import KeptTokens

_log = structlog.get_logger()


def account_of(
    brand: BrandSettings, settings: Settings, clock: Clock, known: Mapping[str, BrandId]
) -> Account:
    """The account with its keys and its id; X is asked for the id unless the settings name it."""
    handle = brand.facts.handle
    credentials, brand_id = credentials_of(brand, settings, clock), brand.facts.id
    if settings.x.is_local:
        brand_id = known[handle.lower()]
    account = Account(brand_id, handle, credentials)
    if account.brand_id:
        return _of(account, brand_id)
    try:
        return _of(account, BrandId(verify(account, clock, base_url=settings.x.base_url)))
    except TransientError as error:
        if handle.lower() in known:
            # X is away: wait for it as at any other time. The gate asks whose token it is before each reply.
            _log.warning("account.not_verified", handle=handle, brand=known[handle.lower()], why=str(error))
            return _of(account, known[handle.lower()])
        what = f"X cannot be asked now whose keys those of @{handle} are ({error})"
        raise TransientError(
            f'{what}: start again later, or write the id of the account: id = "…"'
        ) from error
    except AccountError as error:
        if error.reason == "keys_of_another":
            raise AccountError(error.reason, f"{error}: put the right keys in place") from error
        raise AccountError(error.reason, f"X refuses the keys of @{handle}: {error}") from error


def _of(account: Account, brand_id: BrandId) -> Account:
    """The account under its id, which its keys carry too unless they were stored for another one."""
    keys_of = account.credentials.brand_id or brand_id
    return Account(brand_id, account.handle, replace(account.credentials, brand_id=keys_of))


def credentials_of(brand: BrandSettings, settings: Settings, clock: Clock) -> Credentials:
    """The keys a brand speaks with: its own in the settings first, then those in the vault, and on a local X
    without either those that every simulator takes."""
    found = _given(brand) if brand.secrets.may_speak else _kept(brand, settings, clock)
    found = replace(found, bearer_token=brand.bearer_token)
    if not settings.x.is_local:
        return found
    local = credentials_for(brand.facts.handle)
    return replace(
        found if found.has_user_context else Credentials(**local["oauth1"]),
        bearer_token=found.bearer_token or Secret(local["app_bearer_token"]),
    )


def _given(brand: BrandSettings) -> Credentials:
    own = brand.secrets
    return Credentials(
        consumer_key=own.consumer_key,
        consumer_secret=own.consumer_secret,
        access_token=own.access_token,
        access_token_secret=own.access_token_secret,
        oauth2_user_token=own.oauth2_token,
    )


def _kept(brand: BrandSettings, settings: Settings, clock: Clock) -> Credentials:
    kept = brand.kept
    if kept is None:
        return Credentials()
    if kept.kind is Kind.OAUTH1:
        return Credentials(
            consumer_key=kept.consumer_key,
            consumer_secret=kept.consumer_secret,
            access_token=kept.access_token,
            access_token_secret=kept.access_token_secret,
            brand_id=kept.brand_id,
        )
    name = name_of(settings, brand.facts.handle)
    vault, base_url = vault_of(settings), settings.x.base_url
    tokens = KeptTokens(vault, name, clock, base_url=base_url, brand_id=kept.brand_id)
    return Credentials(tokens=tokens, brand_id=kept.brand_id)
