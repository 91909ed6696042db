"""A whole demo from curtain to curtain: for a terminal, for a script, or with you in it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from leadbot.app.look import open_store
from leadbot.app.project import load_project
from leadbot.demo import report, watch
from leadbot.demo.cast import CAST
from leadbot.demo.desk import open_desk
from leadbot.demo.stage import WEEK_S, Actor, Stage
from leadbot.store import Store
from leadbot.store.states import HandOffState

_LOOKS_EVERY_S = 0.25
_ENDS_WITHIN_S = 3.0


def for_scripts(stage: Stage, *, began: float, seconds: float, seed: int) -> dict[str, Any]:
    """Play everything as fast as it goes and report, within `seconds` of `began` (monotonic)."""
    deadline = began + seconds - _ENDS_WITHIN_S
    stage.wait_until_it_listens(deadline=deadline)
    with open_stage_store(stage) as store:
        first = _FirstHandOff(store, began)
        _play(stage, store, first.look, deadline=deadline)
        return report.make(stage, CAST, seed=seed, first_handoff_s=first.after_s)


def for_people(
    stage: Stage, console: Console, *, began: float, seconds: float, seed: int, stays: bool = False
) -> None:
    """Play it at a pace that can be read, within `seconds` of `began` (monotonic), with the desk beside it.

    stays: the desk stays open afterwards, until Ctrl-C.
    """
    watch.opening(console, len(CAST))
    stage.wait_until_it_listens()
    with open_stage_store(stage) as store, open_desk(stage) as address:
        watch.tell_desk(console, address)
        first = _FirstHandOff(store, began)
        shown = watch.Watch(store, console, {role.handle: role for role in CAST})

        def on_look() -> None:
            first.look()
            shown.look()

        deadline = began + seconds - _ENDS_WITHIN_S
        _play(stage, store, on_look, deadline=deadline, thinks_s=1.5, gap_s=1.5)
        watch.closing(console, report.make(stage, CAST, seed=seed, first_handoff_s=first.after_s))
        if stays:
            watch.tell_desk(console, address, stays=True)
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()


def _play(
    stage: Stage,
    store: Store,
    on_look: Callable[[], None],
    *,
    deadline: float,
    thinks_s: float = 0.0,
    gap_s: float = 0.0,
) -> None:
    def is_settled(handle: str, post_id: str) -> bool:
        found = store.queries.find_person(handle)
        if found is None or not store.queries.decisions_of_post(post_id):
            return False
        return not any(one.waiting or one.in_flight for one in found.conversations)

    actors = [Actor(role, stage, is_settled, thinks_s, at * gap_s) for at, role in enumerate(CAST)]
    _act([actor.play for actor in actors], deadline, on_look)
    returning = [actor.return_after_a_week for actor in actors if actor.role.week_later]
    if time.monotonic() < deadline:
        stage.ask("POST", "clock", json={"advance_s": WEEK_S})
        _act(returning, deadline, on_look)


def _act(parts: Sequence[Callable[[], None]], deadline: float, on_look: Callable[[], None]) -> None:
    """Let them act at once, looking on, until all are done or it is late."""
    threads = [threading.Thread(target=part, daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
        on_look()
        time.sleep(_LOOKS_EVERY_S)
    on_look()


class _FirstHandOff:
    """Notes when the first person was handed over."""

    def __init__(self, store: Store, began: float) -> None:
        self._store = store
        self._began = began
        self.after_s: float | None = None

    def look(self) -> None:
        if self.after_s is None and self._store.queries.handoffs(states=tuple(HandOffState), limit=1):
            self.after_s = time.monotonic() - self._began


@contextmanager
def open_stage_store(stage: Stage) -> Iterator[Store]:
    """The daemon's database, to look into."""
    with open_store(load_project(stage.folder, {}).settings) as (store, _):
        yield store
