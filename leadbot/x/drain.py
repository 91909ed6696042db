"""From raw lines of the stream to rows of the inbox: one thread, small batches."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from leadbot.errors import TransientError
from leadbot.model import BrandId, Channel, Person, Post
from leadbot.ports import Clock, Inbox, Odd
from leadbot.x.account import Account
from leadbot.x.mapping import Heard, MalformedItem, heard_in
from leadbot.x.patience import BackOff, trace
from leadbot.x.recent import Recent
from leadbot.x.rules import brands_tagged
from leadbot.x.spend import ReadLedger

log = structlog.get_logger(__name__)

BATCH, BATCH_S = 200, 0.005
"""A batch is put when it has 200 items or 5 ms (real) after its first: one commit for many in a storm."""

MOST_WAITING = 50_000
"""Lines kept while the inbox cannot be written. More are dropped: the mentions poll brings them again."""


@dataclass(slots=True)
class Counts:
    """What became of the stream's lines since the start."""

    items: int = 0
    malformed: int = 0
    strays: int = 0  # matched a rule that is not ours
    own: int = 0  # said by one of our own accounts
    dropped: int = 0
    notices_seen: int = 0  # in-stream error messages
    notices: list[str] = field(default_factory=list)  # the newest in-stream error messages


@dataclass(frozen=True, slots=True)
class _Item:
    raw: bytes
    heard: Heard


class Drain:
    """Takes lines from the stream thread and never makes it wait."""

    def __init__(
        self,
        accounts: Sequence[Account],
        inbox: Inbox,
        clock: Clock,
        stop: threading.Event,
        *,
        siblings: frozenset[str],
        recent: Recent,
        ledger: ReadLedger,
        on_spend: Callable[[BrandId, str, int], None],
        on_batch: Callable[[int], None],
        on_offer: Callable[[], None],
    ) -> None:
        """siblings: ids of all our accounts, whose posts are never put. on_spend(brand, kind, count);
        on_batch(lines still waiting) after each batch; on_offer() for each line.
        """
        self.counts = Counts()
        self._siblings = siblings
        self._first = accounts[0].brand_id
        self._brands = {account.brand_id for account in accounts}
        self._inbox = inbox
        self._clock = clock
        self._stop = stop
        self._recent = recent
        self._ledger = ledger
        self._on_spend = on_spend
        self._on_batch, self._on_offer = on_batch, on_offer
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    @property
    def waiting(self) -> int:
        """Lines not yet looked at."""
        return self._lines.qsize()

    def offer(self, raw: bytes) -> None:
        """Take one line; called by the stream thread."""
        self._on_offer()
        if self._lines.qsize() >= MOST_WAITING:
            self.counts.dropped += 1
        else:
            self._lines.put(raw)

    def wake(self) -> None:
        """Make `run` look at `stop` now."""
        self._lines.put(b"")

    def run(self) -> None:
        """Empty the queue into the inbox until `stop`, then put what has already arrived."""
        while not self._stop.is_set():
            self._put_all(self._batch(wait_s=0.5))
        self._put_all(self._batch(wait_s=0.0))

    def _batch(self, *, wait_s: float) -> list[bytes]:
        try:
            lines = [self._lines.get(timeout=wait_s)]
        except queue.Empty:
            return []
        closes_at = time.monotonic() + BATCH_S
        while len(lines) < BATCH and (left_s := closes_at - time.monotonic()) > 0:
            try:
                lines.append(self._lines.get(timeout=left_s))
            except queue.Empty:
                break
        return lines

    def _put_all(self, lines: Sequence[bytes]) -> None:
        by_brand: dict[BrandId, list[_Item]] = {}
        reads: Counter[BrandId] = Counter()
        odd: list[Odd] = []
        for raw in filter(None, lines):
            heard = self._read(raw, odd)
            if heard is not None:
                for brand_id in self._brands_of(heard, reads):
                    by_brand.setdefault(brand_id, []).append(_Item(raw, heard))
        if odd:
            log.warning("items.set_aside", count=len(odd), why=odd[-1].why)
            self._set_aside(odd)
        for brand_id, count in (+reads).items():
            self._on_spend(brand_id, "post_read", count)
        for brand_id, items in by_brand.items():
            self._put(brand_id, items)
        if lines:
            self._on_batch(self._lines.qsize())

    def _read(self, raw: bytes, odd: list[Odd]) -> Heard | None:
        try:
            heard = heard_in(raw)
        except MalformedItem as fault:
            self._odd(raw, fault, odd)
            return None
        self.counts.items += 1
        return heard

    def _odd(self, raw: bytes, fault: MalformedItem, odd: list[Odd]) -> None:
        if b'"errors"' in raw and b'"data"' not in raw:
            # X says why it is about to close; the stream deals with the closing.
            self.counts.notices_seen += 1
            self.counts.notices = [*self.counts.notices[-9:], raw[:500].decode("utf-8", "replace")]
            log.warning("stream.notice_received", notice=self.counts.notices[-1])
            return
        self.counts.malformed += 1
        odd.append(Odd(None, raw, str(fault)))

    def _brands_of(self, heard: Heard, reads: Counter[BrandId]) -> list[BrandId]:
        """The brands an item is for: by the tags of its rules and by whom it names. A tag is optional.

        What X bills for it is put down to the first of them.
        """
        post = heard.post
        named = {BrandId(mention.user_id) for mention in post.mentions}
        named |= brands_tagged(heard.tags)
        if post.in_reply_to_user_id is not None:
            named.add(BrandId(post.in_reply_to_user_id))
        ours = sorted(named & self._brands)
        # X bills the app for what is not ours as well: somebody must see it.
        payer = ours[0] if ours else self._first
        reads[payer] += self._ledger.new("post_read", [post.id], self._clock.now())
        if post.author_id in self._siblings or post.is_repost:
            # Two of our accounts in one thread would otherwise answer each other for ever.
            self.counts.own += 1
            return []
        if not ours:
            self.counts.strays += 1
        return ours

    def _put(self, brand_id: BrandId, items: Sequence[_Item]) -> None:
        back_off = BackOff(0.05, 2.0)
        while True:
            try:
                self._inbox.put_posts(brand_id, [_pair(item) for item in items], channel=Channel.STREAM)
                self._recent.add(brand_id, [item.heard.post for item in items])
                return
            except TransientError as error:
                log.warning("inbox.not_written", brand=brand_id, items=len(items), why=str(error))
                if self._stop.wait(back_off.next_s()):
                    return  # the poll brings them again after the next start
            except Exception as error:
                self._put_singly(brand_id, items, error)
                return

    def _put_singly(self, brand_id: BrandId, items: Sequence[_Item], error: Exception) -> None:
        """One item spoils the batch: find it, set it aside, and put the others."""
        if len(items) > 1:
            for item in items:
                self._put(brand_id, [item])
            return
        self.counts.malformed += 1
        log.error("item.set_aside", brand=brand_id, trace=trace())
        self._set_aside([Odd(brand_id, items[0].raw, f"{type(error).__name__}: {error}")])

    def _set_aside(self, odd: Sequence[Odd]) -> None:
        try:
            self._inbox.set_aside(odd)
        except Exception:
            log.error("items.lost", count=len(odd), trace=trace())


def _pair(item: _Item) -> tuple[Post, Person]:
    return item.heard.post, item.heard.person
