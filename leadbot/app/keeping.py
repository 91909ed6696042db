"""Puts housekeeping together: what must leave our records, and whom to ask about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from leadbot.daemon import Part
from leadbot.forget import Checking, JobChecking, Keeper, Subscribing, Sweeping
from leadbot.ports import Clock
from leadbot.settings import Settings
from leadbot.store import Store
from leadbot.x.account import Account
from leadbot.x.activity import MOST_SUBSCRIPTIONS, Activity, Deletion, Subscriptions
from leadbot.x.compliance import XComplianceJobs
from leadbot.x.relookup import Relookup
from leadbot.x.session import TimeOuts
from leadbot.x.spend import cost_of


def parts(
    settings: Settings, store: Store, accounts: Sequence[Account], clock: Clock, time_outs: TimeOuts
) -> list[Part]:
    """The parts of the daemon that keep house."""
    privacy, base_url = settings.privacy, settings.x.base_url
    app = next((account for account in accounts if account.credentials.has_app), None)
    tasks: list[Callable[[], object]] = []
    found: list[Part] = []
    if app is not None:
        jobs = XComplianceJobs(app, clock, base_url=base_url, time_outs=time_outs)
        tasks.append(JobChecking(store, clock, jobs).step)
    if app is not None and privacy.activity:
        subscriptions = Subscriptions(app, clock, base_url=base_url, time_outs=time_outs)
        tasks.append(Subscribing(store, clock, subscriptions, MOST_SUBSCRIPTIONS).step)
        activity = Activity(
            app, clock, _on_deleted(store, app, clock), base_url=base_url, time_outs=time_outs
        )
        found.append(Part("activity", activity.run))
    watches = {
        account.brand_id: Relookup(account, clock, base_url=base_url, time_outs=time_outs)
        for account in accounts
    }
    sweeping = Sweeping(
        store, clock, timedelta(days=privacy.keep_days), timedelta(days=privacy.keep_days_with_consent)
    )
    # Jobs come first: what they have looked at needs no look that costs. A task a brand: none is long.
    for brand_id, watch in watches.items():
        tasks.append(Checking(store, clock, {brand_id: watch}, privacy.relookup_budget_usd).step)
    tasks += [sweeping.step, store.database.empty_log]
    return [Part("keeper", Keeper(tasks, clock).run), *found]


def _on_deleted(store: Store, app: Account, clock: Clock) -> Callable[[Deletion], None]:
    def on_deleted(deletion: Deletion) -> None:
        now = clock.now()
        store.checks.posts_gone([deletion.post_id], now)
        # X's pages contradict each other on whether this is billed: the dearer reading counts.
        store.spend.record_spend(app.brand_id, "activity", 1, cost_of("post_read"), now)

    return on_deleted
