"""Takes events from the inbox, has them read and decided, and commits what follows.

The only writer of conversations.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import msgspec
import structlog

from leadbot import model as m
from leadbot.engine.fold import Arrival, Decide, Fold
from leadbot.engine.recent import WINDOW, RecentTexts
from leadbot.errors import InvariantError, TransientError
from leadbot.flows.cards import Deck
from leadbot.ports import Clock, Reader
from leadbot.store import Store, codec
from leadbot.store.work import Batch, Claim, DueTimer, InboxEntry, StaleError, UnstorableError

_log = structlog.get_logger()

BATCH = 200
"""Events in one transaction: large enough to share the cost of a durable commit, small enough to stay quick.
"""

_YIELD_S = 0.002
_IDLE_S = 0.5
_STALE_TRIES = 5

NewConversation = Callable[[m.BrandId, m.PersonId], m.Conversation]


class Engine:
    """One engine per database. decks: brand id → what `decide` may know about it; read anew for every batch.

    Brands without a deck keep their events waiting. decide, new_conversation and normalise are those of
    `flows`.
    """

    def __init__(
        self,
        store: Store,
        reader: Reader,
        decks: Mapping[m.BrandId, Deck],
        clock: Clock,
        *,
        decide: Decide,
        new_conversation: NewConversation,
        normalise: Callable[[str], str] = str.casefold,
        batch: int = BATCH,
    ) -> None:
        self._store = store
        self._reader = reader
        self._decks = decks
        self._clock = clock
        self._decide = decide
        self._new_conversation = new_conversation
        self._normalise = normalise
        self._batch = batch
        self._singly = (
            0  # steps left in which events are decided one by one, to find the one that can't be stored
        )
        self._recent: dict[m.BrandId, RecentTexts] = {}
        self._wake = threading.Event()
        store.heard.connect(self._wake.set)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set.

        Wakes at once for events put by this process, soon for those of others.
        """
        while not stop.is_set():
            self._wake.clear()
            try:
                decided = self.step()
            except TransientError as error:
                _log.warning("engine.waited", why=str(error))
                stop.wait(1.0)
                continue
            if decided:
                stop.wait(_YIELD_S)  # lets the listener, the relay and the desk write
            else:
                self._wake.wait(self._idle_s())

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def step(self) -> int:
        """Decide on one batch. Returns how many events and timers it took; 0 when there is nothing to do.

        Raises TransientError when the database is busy; nothing is lost then.
        """
        for _ in range(_STALE_TRIES):
            now = self._clock.now()
            claim = self._store.work.claim(tuple(self._decks), now, limit=1 if self._singly else self._batch)
            if not len(claim):
                self._singly = 0
                return 0
            try:
                self._decide_on(claim, now)
            except StaleError as error:
                _log.info("batch.was_stale", why=str(error))
                continue
            self._singly = max(self._singly - 1, 0)
            return len(claim)
        raise InvariantError("another engine keeps taking this one's work: only one may run on a database")

    def _decide_on(self, claim: Claim, now: datetime) -> None:
        said: list[tuple[m.BrandId, str]] = []
        batch = self._fold(claim, now, said)
        try:
            self._store.work.commit(batch)
        except UnstorableError as error:
            self._isolate(claim, now, error)
            return
        for brand_id, text in said:
            self._texts(brand_id, now).add(text, now)
        if batch.outbox:
            self._store.decided.send()

    def _isolate(self, claim: Claim, now: datetime, error: UnstorableError) -> None:
        """Go one by one to find the event whose decision can't be stored; set it aside when it is alone."""
        if len(claim) > 1:
            _log.warning("batch.split", size=len(claim), why=str(error))
            self._singly = 2 * len(claim)
            return
        batch = Batch(at=now)
        for entry in claim.entries:
            self._make_fold(entry.brand_id, entry.person_id, claim, now, batch, []).fail(entry, error)
        for timer in claim.timers:
            _log.error("timer.failed", conversation=timer.conversation_id, timer=timer.name, exc_info=error)
            batch.timers_gone.append((timer.conversation_id, timer.name))
        self._store.work.commit(batch)

    def _fold(self, claim: Claim, now: datetime, said: list[tuple[m.BrandId, str]]) -> Batch:
        batch = Batch(at=now)
        arrivals: dict[tuple[m.BrandId, m.PersonId], list[Arrival]] = defaultdict(list)
        timers: dict[tuple[m.BrandId, m.PersonId], list[DueTimer]] = defaultdict(list)
        for arrival in self._read(claim.entries):
            arrivals[arrival.entry.brand_id, arrival.entry.person_id].append(arrival)
        for timer in claim.timers:
            timers[timer.brand_id, timer.person_id].append(timer)
        for brand_id, person_id in dict.fromkeys((*arrivals, *timers)):
            theirs = arrivals[brand_id, person_id]
            fold = self._make_fold(brand_id, person_id, claim, now, batch, said)
            if fold.is_readable:
                fold.run(theirs, timers[brand_id, person_id])
            else:
                fold.give_up(theirs, timers[brand_id, person_id])
        return batch

    def _make_fold(
        self,
        brand_id: m.BrandId,
        person_id: m.PersonId,
        claim: Claim,
        now: datetime,
        batch: Batch,
        said: list[tuple[m.BrandId, str]],
    ) -> Fold:
        texts = self._texts(brand_id, now)
        before = self._new_conversation(brand_id, person_id)
        if before.id in claim.suppressed:
            # On the list without a record: imported, or forgotten since. Only their own "start" lifts it.
            before = replace(before, status=m.Status.OPTED_OUT, owner=m.Owner.HUMAN)
        state = claim.states.get(before.id)
        is_readable = True
        if state is not None:
            try:
                before = codec.conversation(state)
            except msgspec.DecodeError:
                is_readable = False
        return Fold(
            deck=_in_mode(self._decks[brand_id], claim.modes.get(brand_id)),
            decide=self._decide,
            now=now,
            batch=batch,
            recent_texts=lambda: texts.at(now),
            brands=self._decks.keys(),
            said=lambda text: said.append((brand_id, text)),
            before=before,
            is_new=state is None,
            is_readable=is_readable,
        )

    def _texts(self, brand_id: m.BrandId, now: datetime) -> RecentTexts:
        if brand_id not in self._recent:
            said = self._store.work.sent_texts(brand_id, now - WINDOW)
            self._recent[brand_id] = RecentTexts(self._normalise, said)
        return self._recent[brand_id]

    def _read(self, entries: tuple[InboxEntry, ...]) -> list[Arrival]:
        """Every entry as an event; posts are read in one batch."""
        arrivals: dict[int, Arrival] = {}
        posts: list[tuple[InboxEntry, codec.HeardPost]] = []
        for entry in entries:
            try:
                item = codec.item(entry.kind, entry.payload)
            except (msgspec.DecodeError, KeyError) as error:
                arrivals[entry.id] = Arrival(entry, None, error)
                continue
            if isinstance(item, codec.HeardPost):
                posts.append((entry, item))
            else:
                arrivals[entry.id] = Arrival(entry, item)
        for arrival in self._read_posts(posts):
            arrivals[arrival.entry.id] = arrival
        return [arrivals[entry.id] for entry in entries]

    def _read_posts(self, posts: list[tuple[InboxEntry, codec.HeardPost]]) -> list[Arrival]:
        if not posts:
            return []
        phrases = {brand_id: self._decks[brand_id].phrases for brand_id in {e.brand_id for e, _ in posts}}
        requests = [
            m.ReadRequest(
                text=heard.post.said,
                at=heard.post.created_at,
                zone=self._decks[entry.brand_id].brand.zone,
                phrases=phrases[entry.brand_id],
                lang=heard.post.lang,
                examples=self._decks[entry.brand_id].examples,
            )
            for entry, heard in posts
        ]
        readings = self._readings(requests)
        return [_arrival(*post, reading) for post, reading in zip(posts, readings, strict=True)]

    def _readings(self, requests: list[m.ReadRequest]) -> list[m.Reading | Exception]:
        try:
            return list(self._reader.read(requests))
        except Exception as error:
            _log.error("reading.failed", size=len(requests), exc_info=error)
        return [self._reading_alone(request) for request in requests]

    def _reading_alone(self, request: m.ReadRequest) -> m.Reading | Exception:
        try:
            return self._reader.read([request])[0]
        except Exception as error:
            return error

    def _idle_s(self) -> float:
        due_at = self._store.work.next_timer_at(tuple(self._decks))
        if due_at is None:
            return _IDLE_S
        due_in_s = self._clock.real_s(max((due_at - self._clock.now()).total_seconds(), 0.0))
        return min(max(due_in_s, 0.001), _IDLE_S)


def _arrival(entry: InboxEntry, heard: codec.HeardPost, reading: m.Reading | Exception) -> Arrival:
    if isinstance(reading, Exception):
        return Arrival(entry, None, reading)
    make = m.PostEdited if entry.kind == "PostEdited" else m.PostReceived
    return Arrival(entry, make(heard.post, heard.person, reading, entry.put_at))


def _in_mode(deck: Deck, mode: m.Mode | None) -> Deck:
    """The deck with the mode that somebody set by hand."""
    if mode is None or mode is deck.brand.mode:
        return deck
    return replace(deck, brand=replace(deck.brand, mode=mode))
