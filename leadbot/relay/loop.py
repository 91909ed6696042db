"""Takes rows from the outbox, asks the gate again at the last moment, and carries them out.

The only way out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial

import structlog

from leadbot import model as m
from leadbot.errors import TransientError
from leadbot.flows.cards import Deck
from leadbot.ports import Clock, CrmAdapter, Notifier, PostWriter
from leadbot.reconcile import Outcomes, Reconciler
from leadbot.relay.checkpoint import Ask, Checkpoint, Cleared
from leadbot.relay.errands import Errands
from leadbot.relay.sending import Breaker, Sender
from leadbot.store import Store
from leadbot.store.states import Lane

_log = structlog.get_logger()

_IDLE_S = 0.25
SUMMONED_REPLY_USD = 0.010
"""What X charges for a reply to somebody who mentioned us."""


class Relay:
    """One relay per database. writers: brand id → the account that speaks; decks: for the brands' settings.

    workers: requests under way at once; 0 carries everything out in the caller's thread. timeout_s: the
    writers' time-out. Call `recover` once before anything else runs; `run` does so if nobody has. ask and
    normalise are those of `flows.gate`.
    """

    def __init__(
        self,
        store: Store,
        decks: Mapping[m.BrandId, Deck],
        writers: Mapping[m.BrandId, PostWriter],
        clock: Clock,
        *,
        ask: Ask,
        normalise: Callable[[str], str] = str.casefold,
        crm: CrmAdapter | None = None,
        notifier: Notifier | None = None,
        reply_usd: float = SUMMONED_REPLY_USD,
        timeout_s: float = 30.0,
        workers: int = 4,
        looks_up_parents: bool = False,
    ) -> None:
        self._store = store
        self._decks = decks
        self._writers = writers
        self._clock = clock
        self._workers = workers
        outcomes = Outcomes(store, clock, reply_usd)
        self._sender = Sender(store, clock, outcomes, Breaker())
        self._reconciler = Reconciler(store, clock, outcomes, normalise, timeout_s)
        self._checkpoint = Checkpoint(store, clock, ask, normalise, reply_usd, looks_up_parents)
        self._errands = Errands(store, clock, crm, notifier)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="relay") if workers else None
        self._under_way: dict[int, Future[None]] = {}
        self._has_recovered = False
        self._has_lost_track = False
        self._wake = threading.Event()
        store.decided.connect(self._wake.set)

    def recover(self) -> int:
        """Once at a start, before the listener: rows found in ``sending`` become unknown, no brand has caught
        up.

        Returns how many rows were found.
        """
        if self._has_recovered:
            return 0
        self._has_recovered = True
        found = self._store.outbox.recover()
        if found:
            _log.warning("outbox.recovered", rows=found)
        return found

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then wait for requests under way and note their outcome."""
        self.recover()
        while not stop.is_set():
            self._wake.clear()
            try:
                begun = self._begin()
            except TransientError as error:
                _log.warning("relay.waited", why=str(error))
                stop.wait(1.0)
                continue
            if not begun:
                self._wake.wait(self._idle_s())
        self._finish()

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def step(self) -> int:
        """Carry out what is due and wait for it.

        Returns how many rows were looked at; 0 when nothing is due.
        """
        self.recover()
        begun = self._begin()
        self._finish()
        return begun

    def close(self) -> None:
        """Wait for requests under way and let the threads go."""
        self._finish()
        if self._pool is not None:
            self._pool.shutdown()

    def _begin(self) -> int:
        self._collect()
        looked = self._reconciler.step(self._writers)
        free = self._workers - len(self._under_way) if self._workers else 1
        if free <= 0:
            return looked
        begun = 0
        for brand_id, writer in self._writers.items():
            deck = self._decks.get(brand_id)
            if deck is None:
                continue
            seen, cleared = self._checkpoint.clear(deck.brand, writer, limit=max(free - begun, 0))
            looked += seen
            begun += len(cleared)
            self._send(cleared, writer)
        return looked + begun + self._run_errands(max(free - begun, 1))

    def _send(self, cleared: Sequence[Cleared], writer: PostWriter) -> None:
        for one in cleared:
            self._start(one.entry.id, partial(self._sender.send, one.entry, one.effect, writer))

    def _run_errands(self, limit: int) -> int:
        now = self._clock.now()
        lanes = (Lane.CRM, Lane.NOTICE)
        entries = self._store.outbox.due(tuple(self._decks), now, limit=limit, lanes=lanes)
        if entries:
            self._store.outbox.mark_sending([entry.id for entry in entries], now)
        for entry in entries:
            handle = self._decks[entry.brand_id].brand.handle
            self._start(entry.id, partial(self._errands.run, entry, handle))
        return len(entries)

    def _start(self, row_id: int, job: Callable[[], None]) -> None:
        if self._pool is None:
            self._run_here(job)
            return
        future = self._pool.submit(job)
        self._under_way[row_id] = future
        future.add_done_callback(lambda _: self._wake.set())

    def _run_here(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:
            self._lose_track(error)

    def _lose_track(self, error: BaseException) -> None:
        # The outcome could not be written down: the row must not stay in ``sending`` for ever.
        _log.error("outcome.lost", exc_info=error)
        self._has_lost_track = True

    def _collect(self) -> None:
        for row_id, future in list(self._under_way.items()):
            if not future.done():
                continue
            del self._under_way[row_id]
            error = future.exception()
            if error is not None:
                self._lose_track(error)
        if self._has_lost_track:
            self._store.outbox.lose_track(tuple(self._under_way))
            self._has_lost_track = False

    def _finish(self) -> None:
        wait(self._under_way.values())
        self._collect()

    def _idle_s(self) -> float:
        due_at = self._store.outbox.next_due_at(tuple(self._decks))
        if due_at is None or len(self._under_way) >= max(self._workers, 1):
            return _IDLE_S
        due_in_s = self._clock.real_s(max((due_at - self._clock.now()).total_seconds(), 0.0))
        return min(max(due_in_s, 0.02), _IDLE_S)
