"""Takes rows from the outbox, asks the gate again at the last moment, and carries them out.

The only way out.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from functools import partial

import structlog

from leadbot import model as m
from leadbot.errors import InvariantError, TransientError
from leadbot.flows import gate
from leadbot.flows.cards import Deck
from leadbot.ports import Clock, CrmAdapter, Notifier, PostWriter
from leadbot.reconcile import Outcomes, Reconciler
from leadbot.relay.checkpoint import Ask, Checkpoint
from leadbot.relay.errands import Errands
from leadbot.relay.rest import Rests
from leadbot.relay.sending import Breaker, Sender
from leadbot.relay.timeline import Timeline, TimelineWatch
from leadbot.store import Store
from leadbot.store.states import Lane

_log = structlog.get_logger()

_IDLE_S = 0.5
"""Work of this process wakes the relay at once; that of others (a draft approved by a command) so late."""

REPLY_WORKERS = 16
"""Replies under way at once. Not for the sending itself: so many rows share one round of asking the gate,
reading the timeline and writing down, and with 4 those rounds were what replies waited for.
"""

_ERRAND_WORKERS = 2
"""Apart from the replies' workers: a CRM that hangs must not hold replies back."""

SUMMONED_REPLY_USD = 0.010
"""What X charges for a reply to somebody who mentioned us."""


_Job = tuple[Future[None], Callable[[], None]]


class _Crew:
    """A few threads for one kind of work. workers 0: the caller's thread does it.

    They are daemon threads, which those of ThreadPoolExecutor are not: a request X doesn't answer must not
    keep a stopped program alive. Its row stays in ``sending`` and is looked for at the next start.
    """

    def __init__(self, workers: int, name: str, on_done: Callable[[], None]) -> None:
        self._workers = workers
        self._on_done = on_done
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()
        self.under_way: dict[int, Future[None]] = {}

    @property
    def free(self) -> int:
        """How many rows may be begun now."""
        return max(self._workers - len(self.under_way), 0) if self._workers else 1

    def start(self, row_id: int, job: Callable[[], None]) -> None:
        """Begin; what it raises comes out of `collect`, except a kill in the caller's own thread."""
        future: Future[None] = Future()
        if self._workers:
            self.under_way[row_id] = future
            future.add_done_callback(lambda _: self._on_done())
            self._jobs.put((future, job))
            return
        try:
            job()
            future.set_result(None)
        except Exception as error:
            future.set_exception(error)
        self.under_way[row_id] = future

    def collect(self) -> list[BaseException]:
        """Forget what has ended; returns what went wrong with writing outcomes down."""
        ended = [row_id for row_id, future in self.under_way.items() if future.done()]
        errors = [self.under_way.pop(row_id).exception() for row_id in ended]
        return [error for error in errors if error is not None]

    def finish(self) -> None:
        """Wait for everything under way."""
        wait(self.under_way.values())

    def close(self, wait_s: float | None) -> None:
        """Let the threads go; wait so long for what is under way (None: for ever)."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(wait_s)

    def _work(self) -> None:
        while (found := self._jobs.get()) is not None:
            future, job = found
            try:
                job()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(None)


def _must_be_its_own(decks: Mapping[m.BrandId, Deck], writers: Mapping[m.BrandId, PostWriter]) -> None:
    """Raises InvariantError if a deck or a writer was given for another account than its own."""
    named = [(brand_id, "deck", deck.brand.id) for brand_id, deck in decks.items()]
    named += [(brand_id, "writer", writer.brand_id) for brand_id, writer in writers.items()]
    for brand_id, what, own in named:
        if own != brand_id:
            raise InvariantError(f"the {what} of account {own} was given for account {brand_id}")


class Relay:
    """One relay per database. writers: brand id → the account that speaks; decks: for the brands' settings.

    workers: replies under way at once; 0 carries everything out in the caller's thread. timeout_s: the
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
        price: Callable[[str], float] = lambda text: SUMMONED_REPLY_USD,
        timeout_s: float = 30.0,
        workers: int = REPLY_WORKERS,
        looks_up_parents: bool = False,
    ) -> None:
        _must_be_its_own(decks, writers)
        self._store = store
        self._decks = decks
        self._writers = writers
        self._clock = clock
        self._wake = threading.Event()
        outcomes = Outcomes(store, clock, price)
        rests = Rests()
        self._sender = Sender(store, clock, outcomes, Breaker(), rests)
        self._reconciler = Reconciler(store, clock, outcomes, normalise, timeout_s)
        self.timeline = Timeline(store, clock, normalise)
        self._rests = rests
        self._checkpoint = Checkpoint(
            store,
            clock,
            ask,
            gate.permit_reply,
            normalise,
            price,
            looks_up_parents,
            rests,
            decks,
            self.timeline,
        )
        self._errands = Errands(store, clock, crm, notifier)
        self._speakers = _Crew(workers, "reply", self._wake.set)
        self._runners = _Crew(min(workers, _ERRAND_WORKERS), "errand", self._wake.set)
        self._turn = 0
        self._has_recovered = False
        self._has_lost_track = False
        store.decided.connect(self._wake.set)

    def recover(self) -> int:
        """Once at a start, before the listener: rows found in ``sending`` become unknown, no brand has caught
        up.

        Returns how many rows were found.
        """
        if self._has_recovered:
            return 0
        found = self._store.outbox.recover()
        self._has_recovered = True
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

    def timelines(self, *, every_s: float) -> TimelineWatch:
        """What looks at the brands' own timelines also when nothing is to be sent; it runs beside `run`."""
        return TimelineWatch(self.timeline, self._writers, self._rests, every_s)

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

    def close(self, *, wait_s: float | None = None) -> None:
        """Wait for requests under way, so long at most for each thread, and let the threads go."""
        self._speakers.close(wait_s)
        self._runners.close(wait_s)

    def _begin(self) -> int:
        self._collect()
        try:
            return self._reconciler.step(self._writers) + self._speak() + self._run_errands()
        except Exception:
            # Rows may be marked as sending and not begun: the next round finds out what became of them.
            self._has_lost_track = True
            raise

    def _speak(self) -> int:
        """One round over the brands, each time beginning with another, so that none can starve the rest."""
        looked = 0
        ids = [brand_id for brand_id in self._writers if brand_id in self._decks]
        self._turn = (self._turn + 1) % max(len(ids), 1)
        for brand_id in ids[self._turn :] + ids[: self._turn]:
            writer, brand = self._writers[brand_id], self._decks[brand_id].brand
            held, cleared = self._checkpoint.clear(brand, writer, limit=self._speakers.free)
            looked += held + len(cleared)
            for one in cleared:
                assert one.permit is not None, "what was cleared has its permit"
                send = partial(self._sender.send, one.entry, one.permit, writer)
                self._speakers.start(one.entry.id, send)
        return looked

    def _run_errands(self) -> int:
        if not self._runners.free:
            return 0
        now = self._clock.now()
        lanes = (Lane.CRM, Lane.NOTICE)
        entries = self._store.outbox.due(tuple(self._decks), now, limit=self._runners.free, lanes=lanes)
        marked = self._store.outbox.mark_sending([entry.id for entry in entries], now) if entries else set()
        entries = [entry for entry in entries if entry.id in marked]
        for entry in entries:
            handle = self._decks[entry.brand_id].brand.handle
            self._runners.start(entry.id, partial(self._errands.run, entry, handle))
        return len(entries)

    def _collect(self) -> None:
        for error in self._speakers.collect() + self._runners.collect():
            # The outcome could not be written down: the row must not stay in ``sending`` for ever.
            _log.error("outcome.lost", exc_info=error)
            self._has_lost_track = True
        if self._has_lost_track:
            known = (*self._speakers.under_way, *self._runners.under_way)
            self._store.outbox.lose_track(known)
            self._has_lost_track = False

    def _finish(self) -> None:
        self._speakers.finish()
        self._runners.finish()
        self._collect()

    def _idle_s(self) -> float:
        now = self._clock.now()
        due_at = self._store.outbox.next_due_at(tuple(self._decks), now)
        if due_at is None:
            return _IDLE_S
        return min(max(self._clock.real_s((due_at - now).total_seconds()), 0.02), _IDLE_S)
