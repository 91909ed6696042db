"""Puts housekeeping together: what must leave our records, and whom to ask about it."""

from __future__ import annotations

from collections.abc import Sequence

from leadbot.forget import Checking, Keeper
from leadbot.ports import Clock
from leadbot.settings import Settings
from leadbot.store import Store
from leadbot.x.account import Account
from leadbot.x.relookup import Relookup


def keeper(settings: Settings, store: Store, accounts: Sequence[Account], clock: Clock) -> Keeper:
    """The part of the daemon that keeps house."""
    watches = {
        account.brand_id: Relookup(account, clock, base_url=settings.x.base_url) for account in accounts
    }
    checking = Checking(store, clock, watches, settings.privacy.relookup_budget_usd)
    return Keeper([checking.step, store.database.empty_log], clock)
