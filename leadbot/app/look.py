"""The database of a project, for commands that look or give a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from leadbot.clock import FollowedClock, SystemClock
from leadbot.errors import ConfigError, Problem
from leadbot.model import BrandId, Mode
from leadbot.ports import Clock
from leadbot.settings import Settings
from leadbot.simulator.accounts import user_id_for
from leadbot.store import Store, open_database
from leadbot.store.brands import BrandState


@contextmanager
def open_clock(settings: Settings) -> Iterator[Clock]:
    """The project's clock alone, for commands that need no database."""
    with ExitStack() as stack:
        yield _clock(settings, stack)


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
            # An id in the settings is that at X: what was tried out here must not count there.
            known[handle.lower()] = BrandId(str(user_id_for(handle)))
        elif brand.facts.id:
            known[handle.lower()] = brand.facts.id
    return known


def brands_named(
    settings: Settings, store: Store, handles: Sequence[str], *, all_of_them: bool = False
) -> dict[BrandId, str]:
    """Id → handle of the accounts somebody named; of all for `all_of_them`. Raises ConfigError.

    A project with one account needs no name.
    """
    ids = brand_ids(settings, store)
    if all_of_them or (not handles and len(ids) == 1):
        return {brand_id: handle for handle, brand_id in ids.items()}
    shown = ", ".join("@" + name for name in ids) or "none; run `leadbot run` once"
    if not handles:
        raise ConfigError([Problem("--brand", "which account?", f"name one of {shown}", "which-brand")])
    wanted = [handle.strip().lstrip("@").lower() for handle in handles]
    unknown = [
        Problem(f"@{name}", "is no account of this project", f"known: {shown}", "unknown-brand")
        for name in wanted
        if name not in ids
    ]
    if unknown:
        raise ConfigError(unknown)
    return {ids[name]: name for name in wanted}


def modes_in_force(settings: Settings, store: Store) -> dict[str, Mode]:
    """Handle, lower case → what its bot may do now."""
    ids, set_by_hand = brand_ids(settings, store), store.brands.modes()
    begins = {brand.facts.handle.lower(): brand.facts.mode for brand in settings.brands}
    return {
        handle: set_by_hand.get(ids[handle], mode) if handle in ids else mode
        for handle, mode in begins.items()
    }


def _heard_at(state: BrandState) -> float:
    return state.last_heard_at.timestamp() if state.last_heard_at else 0.0


def _clock(settings: Settings, stack: ExitStack) -> Clock:
    if settings.clock_follow is None:
        return SystemClock()
    return stack.enter_context(FollowedClock(settings.clock_follow))
