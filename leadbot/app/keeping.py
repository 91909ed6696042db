"""Puts housekeeping together: what must leave our records, and whom to ask about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from leadbot.forget import Checking, JobChecking, Keeper, Sweeping
from leadbot.ports import Clock
from leadbot.settings import Settings
from leadbot.store import Store
from leadbot.x.account import Account
from leadbot.x.compliance import XComplianceJobs
from leadbot.x.relookup import Relookup


def keeper(settings: Settings, store: Store, accounts: Sequence[Account], clock: Clock) -> Keeper:
    """The part of the daemon that keeps house."""
    watches = {
        account.brand_id: Relookup(account, clock, base_url=settings.x.base_url) for account in accounts
    }
    checking = Checking(store, clock, watches, settings.privacy.relookup_budget_usd)
    sweeping = Sweeping(
        store,
        clock,
        timedelta(days=settings.privacy.keep_days),
        timedelta(days=settings.privacy.keep_days_with_consent),
    )
    app = next((account for account in accounts if account.credentials.has_app), None)
    jobs = []
    if app is not None:
        asked = XComplianceJobs(app, clock, base_url=settings.x.base_url)
        jobs.append(JobChecking(store, clock, asked).step)
    # Jobs come first: what they have looked at needs no look that costs.
    return Keeper([*jobs, checking.step, sweeping.step, store.database.empty_log], clock)
