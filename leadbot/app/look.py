"""The database of a project, for commands that look or give a word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from leadbot.clock import FollowedClock, SystemClock
from leadbot.model import BrandId
from leadbot.ports import Clock
from leadbot.settings import Settings
from leadbot.simulator.accounts import user_id_for
from leadbot.store import Store, open_database


@contextmanager
def open_store(settings: Settings) -> Iterator[tuple[Store, Clock]]:
    """The database alone, for commands that look. Raises ConfigError."""
    with ExitStack() as stack:
        clock = _clock(settings, stack)
        store = Store(open_database(settings.database_url), clock)
        stack.callback(store.close)
        yield store, clock


def brand_ids(settings: Settings, store: Store) -> dict[str, BrandId]:
    """Handle, lower case → id, for the accounts whose id is known without asking X."""
    known = {status.brand.handle.lower(): status.brand.brand_id for status in store.queries.status()}
    for brand in settings.brands:
        handle = brand.facts.handle
        local_id = BrandId(str(user_id_for(handle))) if settings.x.is_local else None
        found = brand.facts.id or known.get(handle.lower()) or local_id
        if found:
            known[handle.lower()] = found
    return known


def _clock(settings: Settings, stack: ExitStack) -> Clock:
    if settings.clock_follow is None:
        return SystemClock()
    return stack.enter_context(FollowedClock(settings.clock_follow))
