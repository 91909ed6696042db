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
from leadbot.store.brands import BrandState


@contextmanager
def open_store(settings: Settings) -> Iterator[tuple[Store, Clock]]:
    """The database alone, for commands that look. Raises ConfigError."""
    with ExitStack() as stack:
        clock = _clock(settings, stack)
        store = Store(open_database(settings.database_url), clock)
        stack.callback(store.close)
        yield store, clock


def brand_ids(settings: Settings, store: Store) -> dict[str, BrandId]:
    """Handle, lower case → id, for the accounts whose id is known without asking X.

    A database may know a handle twice: by its id at the simulator, where a project begins, and by that at X.
    """
    known: dict[str, BrandId] = {}
    for state in sorted((status.brand for status in store.queries.status()), key=_heard_at):
        is_of_simulator = state.brand_id == str(user_id_for(state.handle))
        if state.handle and is_of_simulator == settings.x.is_local:
            known[state.handle.lower()] = state.brand_id
    for brand in settings.brands:
        handle = brand.facts.handle
        if settings.x.is_local:
            known.setdefault(handle.lower(), BrandId(str(user_id_for(handle))))
        if brand.facts.id:
            known[handle.lower()] = brand.facts.id
    return known


def _heard_at(state: BrandState) -> float:
    return state.last_heard_at.timestamp() if state.last_heard_at else 0.0


def _clock(settings: Settings, stack: ExitStack) -> Clock:
    if settings.clock_follow is None:
        return SystemClock()
    return stack.enter_context(FollowedClock(settings.clock_follow))
