"""Decides on everything that waits for one conversation, in order, and turns the decisions into rows.

No I/O: the engine loads before and commits after.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import structlog

from leadbot import model as m
from leadbot.errors import InvariantError
from leadbot.flows.cards import Deck
from leadbot.store import rows
from leadbot.store.work import Batch, DueTimer, InboxEntry

_log = structlog.get_logger()

MOST_TIMERS = 16
"""Timers that may fire for one person in one step.

A decision that sets timers in the past for ever is a bug.
"""


class Decide(Protocol):
    """`flows.decide.decide`."""

    def __call__(
        self,
        event: m.Event,
        conversation: m.Conversation,
        deck: Deck,
        *,
        recent_texts: Collection[str] = (),
        brands: Collection[str] = (),
    ) -> m.Decision: ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """An inbox row with its event, or with the reason why there is none."""

    entry: InboxEntry
    event: m.Event | None
    error: Exception | None = None


@dataclass(slots=True)
class Fold:
    """One conversation on its way through a batch."""

    deck: Deck
    decide: Decide
    now: datetime
    batch: Batch
    recent_texts: Callable[[], Collection[str]]
    brands: Collection[str]
    said: Callable[[str], None]
    before: m.Conversation
    is_new: bool
    is_readable: bool = True
    current: m.Conversation = field(init=False)
    timers: dict[str, datetime | None] = field(default_factory=dict)
    receipts: dict[int, tuple[m.ReceiptLine, ...]] = field(default_factory=dict)
    row: rows.Row | None = None  # the conversation after the newest decision; None: nothing was decided

    def __post_init__(self) -> None:
        self.current = replace(self.before, version=self.before.version + 1)  # as it will be written

    def run(self, arrivals: Sequence[Arrival], timers: Sequence[DueTimer]) -> None:
        """Fold in what arrived, then every timer that is due, also those set on the way."""
        due = {timer.name: timer.due_at for timer in timers}
        self.timers.update(due)
        for arrival in arrivals:
            self._take(arrival)
        self._fire()
        self._close()

    def give_up(self, arrivals: Sequence[Arrival], timers: Sequence[DueTimer]) -> None:
        """The stored conversation can't be read: its events are set aside with a task, its timers stopped."""
        error = InvariantError(f"conversation {self.before.id} can't be read from the database")
        for arrival in arrivals:
            self.fail(arrival.entry, error)
        for timer in timers:
            self._raise_bug(f"bug:timer:{timer.conversation_id}:{timer.name}", f"timer {timer.name}", error)
            self.batch.timers_gone.append((timer.conversation_id, timer.name))

    def _take(self, arrival: Arrival) -> None:
        entry = arrival.entry
        if arrival.event is None:
            self.fail(entry, arrival.error or ValueError("no event"))
            return
        try:
            self._apply(arrival.event, inbox_id=entry.id)
        except Exception as error:
            self.fail(entry, error)
            return
        self.batch.done.append(entry.id)

    def fail(self, entry: InboxEntry, error: Exception) -> None:
        """Set a row aside whose decision raised: a bug must cost one row, not the queue."""
        _log.error("event.failed", inbox_id=entry.id, kind=entry.kind, exc_info=error)
        self.batch.failed.append(entry.id)
        self._raise_bug(
            f"bug:inbox:{entry.id}", f"{entry.kind} of inbox row {entry.id}", error, entry.post_id
        )

    def _raise_bug(self, key: str, what: str, error: Exception, post_id: str | None = None) -> None:
        effect = m.RaiseTask(
            key=key,
            kind="bug",
            why=f"Deciding on {what} raised {type(error).__name__}; the log has the whole story.",
            post_id=None if post_id is None else m.PostId(post_id),
        )
        self.batch.tasks.append(rows.task(effect, self.before, self.now))

    def _fire(self) -> None:
        for _ in range(MOST_TIMERS):
            due = [(at, name) for name, at in self.timers.items() if at is not None and at <= self.now]
            if not due:
                return
            due_at, name = min(due)
            self.timers[name] = None
            try:
                self._apply(m.TimerFired(name, self.now), inbox_id=None)
            except Exception as error:
                _log.error("timer.failed", conversation=self.before.id, timer=name, exc_info=error)
                key = f"bug:timer:{self.before.id}:{name}:{due_at.isoformat()}"
                self._raise_bug(key, f"timer {name} of {self.before.id}", error)

    def _apply(self, event: m.Event, *, inbox_id: int | None) -> None:
        decision = self.decide(
            event, self.current, self.deck, recent_texts=self.recent_texts(), brands=self.brands
        )
        new = Batch(at=self.now)  # apart, so that a decision that can't be written down leaves nothing behind
        timers: dict[str, datetime | None] = {}
        texts: list[str] = []
        for effect in decision.effects:
            self._perform(effect, decision, event, new, timers, texts)
        new.decisions.append(rows.decision(event, decision, inbox_id, self.now))
        self._note_post(event, decision.conversation, new)
        row = rows.conversation(decision.conversation, self.now)
        self._move_to(decision.conversation, row)
        self.timers.update(timers)
        for name in _MERGED:
            getattr(self.batch, name).extend(getattr(new, name))
        self.batch.people.update(new.people)
        for text in texts:
            self.said(text)

    def _note_post(self, event: m.Event, after: m.Conversation, new: Batch) -> None:
        brand_id = self.before.brand_id
        if isinstance(event, m.PostDeleted):
            new.deleted_posts.append((brand_id, event.post_id))
        if isinstance(event, m.PersonGone):
            new.people_gone.append((brand_id, self.before.person_id))
            new.people.pop(self.before.person_id, None)
        if not isinstance(event, m.PostReceived | m.PostEdited):
            return
        if event.post.first_id in after.deleted:
            new.deleted_posts.append((brand_id, event.post.first_id))
            return
        first_id = event.post.first_id
        versions = [one for one, first in after.edited if first == first_id]
        if versions:
            new.replaced_posts.append((brand_id, first_id, max(versions, key=int)))
        if event.person != self.current.person:
            new.people[event.person.id] = rows.person(event.person, self.now)
        if self.current.in_flight is not None:
            new.draft_keys.append(self.current.in_flight)

    def _perform(
        self,
        effect: m.Effect,
        decision: m.Decision,
        event: m.Event,
        new: Batch,
        timers: dict[str, datetime | None],
        texts: list[str],
    ) -> None:
        after = decision.conversation
        match effect:
            case m.SetTimer(name, due_at):
                timers[name] = due_at
            case m.CancelTimer(name):
                timers[name] = None
            case m.SendReply():
                root_id = _root_of(effect.in_reply_to, event, self.current, after)
                new.outbox.append(rows.reply(effect, after, root_id, self.now))
                texts.append(effect.text)
            case m.Notify() | m.PushToCrm() | m.PushOutcome():
                new.outbox.append(rows.errand(effect, after, self.now))
            case m.HandOff():
                new.handoffs.append(rows.handoff(effect, after, event.at))
            case m.RaiseTask():
                new.tasks.append(rows.task(effect, after, self.now))
            case m.Suppress():
                new.suppressions.append(rows.suppression(effect, after, self.now))

    def _move_to(self, after: m.Conversation, row: rows.Row) -> None:
        self.current, self.row = after, row
        if after.dialog is not None:
            self.receipts[after.dialog.number] = after.dialog.receipt

    def _close(self) -> None:
        """Write the conversation once, as it stands after everything, and its timers and receipts."""
        if self.row is not None:
            if self.is_new:
                self.batch.new_conversations.append(self.row)
            else:
                guard = {"row_id": self.before.id, "row_version": self.before.version}
                self.batch.conversations.append({**self.row, **guard})
            self._save_receipts()
        for name, due_at in self.timers.items():
            if due_at is None:
                self.batch.timers_gone.append((self.before.id, name))
            else:
                self.batch.timers.append(rows.timer(self.before, name, due_at))

    def _save_receipts(self) -> None:
        had = {self.before.dialog.number: self.before.dialog.receipt} if self.before.dialog else {}
        for dialog, receipt in self.receipts.items():
            if receipt == had.get(dialog, ()):
                continue
            self.batch.receipts.append((self.before.id, dialog))
            self.batch.receipt_lines.extend(
                rows.receipt_line(self.before.id, dialog, position, line)
                for position, line in enumerate(receipt)
            )


_MERGED = (
    "decisions",
    "outbox",
    "handoffs",
    "tasks",
    "suppressions",
    "draft_keys",
    "deleted_posts",
    "replaced_posts",
    "people_gone",
)


def _root_of(post_id: m.PostId, event: m.Event, before: m.Conversation, after: m.Conversation) -> m.PostId:
    """The thread a post belongs to, as far as the conversation still knows."""
    heard = [h.post for h in (*before.waiting, *after.waiting)]
    if isinstance(event, m.PostReceived | m.PostEdited):
        heard.append(event.post)
    return next((post.root_id for post in heard if post_id in (post.id, post.first_id)), post_id)
