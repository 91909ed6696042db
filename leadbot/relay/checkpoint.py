"""Where the gate is asked again: gathers what it must know, and marks as sending what may go, in one
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from leadbot import model as m
from leadbot.errors import AccountError, TransientError
from leadbot.flows.cards import Deck
from leadbot.ports import Clock, PostWriter, Room
from leadbot.relay.rest import Rest, Rests
from leadbot.relay.timeline import Timeline
from leadbot.store import Store, codec, outbox, own_posts, spend
from leadbot.store.brands import BrandState, load_state
from leadbot.store.database import Transaction
from leadbot.store.facts import ReplyFacts, gather
from leadbot.store.outbox import OutboxEntry
from leadbot.store.states import Lane, OutboxState

_log = structlog.get_logger()

Ask = Callable[[m.GateFacts], m.Verdict]
"""`flows.gate.ask`."""

PermitReply = Callable[..., m.Permit]
"""`flows.gate.permit_reply`."""

RECHECK = timedelta(seconds=1)
"""When to ask again if the gate doesn't say: most of what it waits for is over soon."""

RECHECK_ACCOUNT = timedelta(minutes=1)
"""A token of a wrong account does not heal by itself, and looking costs requests."""

LOOK_AHEAD = 2
"""Rows asked about per row that may be sent now: held ones make room for those behind them."""

_MOST_AT_REST = 200
"""Rows put off in one transaction while X cannot be asked."""

_UNREADABLE = m.Verdict("unreadable", m.Hold.TASK, None, "its conversation can't be read from the database")


@dataclass(frozen=True, slots=True)
class Cleared:
    """A reply the gate let through. permit: there once its row is in ``sending``."""

    entry: OutboxEntry
    effect: m.SendReply
    permit: m.Permit | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What X said just now about the account and the posts to be answered."""

    token_account_id: str | None = None
    gone: frozenset[str] = frozenset()
    there: frozenset[str] = frozenset()

    def parent(self, post_id: str) -> m.Parent:
        if post_id in self.gone:
            return m.Parent.GONE
        return m.Parent.THERE if post_id in self.there else m.Parent.NOT_ASKED


@dataclass(slots=True)
class _Purse:
    """What is left of the day's budget while a batch goes through."""

    left_usd: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Asks twice: first with what the database knows, so that a held reply costs no request; then with X's
    answers.
    """

    store: Store
    clock: Clock
    ask: Ask
    permit: PermitReply
    normalise: Callable[[str], str]
    price: Callable[[str], float]
    looks_up_parents: bool
    rests: Rests
    decks: Mapping[m.BrandId, Deck]
    timeline: Timeline

    def clear(self, brand: m.Brand, writer: PostWriter, *, limit: int) -> tuple[int, list[Cleared]]:
        """Returns how many rows were held or refused, and up to `limit` that are to be sent now."""
        state = self.store.brands.state(brand.id)
        if state.paused_at is not None or not state.has_caught_up or limit <= 0:
            return 0, []  # shut as a whole: the brand shows the reason, the rows stay as they are
        now = self.clock.now()
        rest = self.rests.of(brand.id, now)
        most = LOOK_AHEAD * limit if rest is None else _MOST_AT_REST
        due = self.store.outbox.due([brand.id], now, limit=most, lanes=[Lane.REPLY])
        if rest is not None:
            self._postpone(due, rest)
            return len(due), []
        held, open_ = self._judge(brand, writer, self._readable(due), None)
        late, first = self._within(writer.room(), open_, limit)
        if not first:
            return held + late, []
        held += late
        try:
            seen = self._look(brand, writer, first)
        except AccountError as error:
            self.store.brands.pause(brand.id, why=f"X refuses the account: {error}", by="account")
            return held + len(first), []
        except TransientError as error:
            self._postpone([one.entry for one in first], self.rests.failed(brand.id, error, now))
            return held + len(first), []
        held_late, cleared = self._judge(brand, writer, first, seen)
        return held + held_late, cleared

    def _within(self, room: Room, rows: Sequence[Cleared], limit: int) -> tuple[int, list[Cleared]]:
        """Those of `rows` that X's limits let go now; the others wait. Dialogs under way come before new
        ones.
        """
        running = [row for row in rows if not row.effect.starts_dialog]
        starts = [row for row in rows if row.effect.starts_dialog]
        may = running[: room.at_once]
        may += starts[: max(min(room.for_starts, room.at_once) - len(may), 0)]
        late = [row.entry.id for row in rows if row not in may]
        if room.next_at is None:
            late = []  # they may go as soon as those before them are on their way
        elif late:
            why = "what X still allows is spread over the time left, dialogs under way first"
            until = max(room.next_at, self.clock.now() + RECHECK)
            self.store.outbox.postpone(late, until=until, rule="x_limit", why=why)
        order = {row.entry.id: number for number, row in enumerate(rows)}
        return len(late), sorted(may, key=lambda row: order[row.entry.id])[:limit]

    def _look(self, brand: m.Brand, writer: PostWriter, cleared: Sequence[Cleared]) -> _Seen:
        account = writer.token_account_id()
        since = min((one.effect.in_reply_to for one in cleared), key=int)
        self.timeline.read(brand.id, writer, since=since)
        if not self.looks_up_parents:
            return _Seen(account)
        asked = [one.effect.in_reply_to for one in cleared]
        there = frozenset(writer.look_up(asked))
        return _Seen(account, gone=frozenset(asked) - there, there=there)

    def _postpone(self, entries: Sequence[OutboxEntry], rest: Rest) -> None:
        if entries:
            ids = [entry.id for entry in entries]
            self.store.outbox.postpone(ids, until=rest.until, rule="x_unavailable", why=rest.why)

    def _readable(self, entries: Sequence[OutboxEntry]) -> list[Cleared]:
        """Rows as effects. One that can't be read is for a human; it must not hold up those behind it."""
        rows = []
        for entry in entries:
            try:
                effect = codec.effect(entry.kind, entry.payload)
            except codec.UNREADABLE as error:
                _log.error("reply.unreadable", key=entry.key, exc_info=error)
                now = self.clock.now()
                self.store.outbox.reply_refused(entry, "unreadable", now, why="the row can't be read")
                self.store.heard.send()
                continue
            assert isinstance(effect, m.SendReply), "the reply lane holds replies only"
            rows.append(Cleared(entry, effect))
        return rows

    def _judge(
        self, brand: m.Brand, writer: PostWriter, rows: Sequence[Cleared], seen: _Seen | None
    ) -> tuple[int, list[Cleared]]:
        """Ask about each row; settle those that are held. With `seen` given, mark the others as sending and
        give them their permits.
        """
        if not rows:
            return 0, []
        now = self.clock.now()
        held = 0
        go: list[Cleared] = []
        with self.store.database.write() as connection:
            claimable = outbox.still_claimable(connection, [row.entry.id for row in rows])
            rows = [row for row in rows if row.entry.id in claimable]
            text_keys = {row.entry.id: self.normalise(row.entry.text) for row in rows}
            known = self._gather(connection, brand, rows, text_keys, now)
            state = load_state(connection, brand.id)
            left = brand.daily_budget_usd
            left -= spend.spent(connection, brand.id, now) + spend.reserved(connection, brand.id)
            purse = _Purse(left)
            for row in rows:
                key = text_keys[row.entry.id]
                facts = self._facts(brand, writer, state, row, known, key, purse, seen, now)
                is_readable = row.entry.conversation_id not in known.unreadable
                verdict = self.ask(facts) if is_readable else _UNREADABLE
                if not verdict.is_go:
                    _hold(connection, row.entry, verdict, now)
                    held += 1
                    continue
                go.append(row if seen is None else self._permitted(row, facts))
                known.same_texts.add(key, row.entry.person_id)
                purse.left_usd -= row.effect.reserve_usd if row.effect.starts_dialog else 0.0
                if seen is not None:
                    cost_usd = self.price(row.entry.text)
                    outbox.sending(connection, [row.entry.id], now, text_key=key, cost_usd=cost_usd)
        if held:
            self.store.heard.send()
        return held, go

    def _permitted(self, row: Cleared, facts: m.GateFacts) -> Cleared:
        entry = row.entry
        tries = {"attempt": entry.attempts + 1, "approved_by": entry.approved_by}
        return replace(row, permit=self.permit(facts, row.effect, key=entry.key, **tries))

    def _gather(
        self,
        connection: Transaction,
        brand: m.Brand,
        rows: Sequence[Cleared],
        text_keys: Mapping[int, str],
        now: datetime,
    ) -> ReplyFacts:
        return gather(
            connection,
            brand.id,
            [row.entry for row in rows],
            parent_at={row.entry.id: row.effect.parent_at for row in rows},
            text_keys=text_keys,
            now=now,
            same_text_window=timedelta(hours=brand.same_text_hours),
        )

    def _facts(
        self,
        brand: m.Brand,
        writer: PostWriter,
        state: BrandState,
        row: Cleared,
        known: ReplyFacts,
        text_key: str,
        purse: _Purse,
        seen: _Seen | None,
        now: datetime,
    ) -> m.GateFacts:
        entry, effect = row.entry, row.effect
        conversation = known.conversations.get(entry.conversation_id)
        person = conversation.person if conversation else None
        return m.GateFacts(
            now=now,
            speaker=m.Speaker.HUMAN if effect.by else m.Speaker.BOT,
            at_send=seen is not None,
            brand_id=brand.id,
            person_id=entry.person_id,
            text=entry.text,
            max_length=effect.max_length,
            mode=state.mode or brand.mode,
            parent_at=effect.parent_at,
            too_late_s=effect.too_late_s or brand.too_late_s,
            zone=brand.zone,
            witnesses=self._witnesses(brand.id, writer, row, conversation),
            token_account_id=None if seen is None else seen.token_account_id,
            is_suppressed=entry.person_id in known.suppressed_people,
            is_paused=state.paused_at is not None,
            is_approved=bool(entry.approved_by),
            starts_dialog=effect.starts_dialog,
            cost_usd=self.price(entry.text),
            reserve_usd=effect.reserve_usd,
            budget_left_usd=purse.left_usd,
            same_text_to_person=known.same_texts.to_person[text_key, entry.person_id],
            same_text_last_hour=known.same_texts.last_hour[text_key],
            same_text_per_hour=brand.same_text_per_hour,
            parent=m.Parent.NOT_ASKED if seen is None else seen.parent(effect.in_reply_to),
            is_own_post=str(entry.person_id) == str(brand.id),
            is_author_automated=person.is_automated if person else False,
            is_summons=effect.is_summons,
            owner=conversation.owner if conversation else m.Owner.BOT,
            is_answered=entry.id in known.answered,
            message=effect.message,
            limit=effect.limit,
            quiet_hours=brand.quiet_hours,
            has_unread_posts=entry.person_id in known.unread_people,
            has_foreign_post=entry.id in known.by_hand,
            has_caught_up=state.has_caught_up,
        )

    def _witnesses(
        self, brand_id: m.BrandId, writer: PostWriter, row: Cleared, conversation: m.Conversation | None
    ) -> tuple[m.Witness, ...]:
        """Everybody who knows which account would speak, but the live token."""
        entry, source = row.entry, row.effect.source
        playbook = self.decks[brand_id].playbook(source.version) if source else None
        of_playbook = (source.brand_id if source else "") or (playbook.brand_id if playbook else "")
        found: list[m.Witness] = [
            ("outbox row", entry.brand_id),
            ("conversation", entry.conversation_id.partition(":")[0]),
            ("desk", row.effect.brand_id) if row.effect.by else ("playbook", of_playbook),
            ("writer", writer.brand_id),
            ("keys", writer.keys_brand_id),
        ]
        if playbook is not None:
            found.append(("playbook", playbook.brand_id))
        if conversation is not None:
            found.append(("conversation", conversation.brand_id))
            if conversation.dialog is not None and conversation.dialog.brand_id:
                found.append(("dialog", conversation.dialog.brand_id))
        return tuple(found)


def _hold(connection: Transaction, entry: OutboxEntry, verdict: m.Verdict, now: datetime) -> None:
    rule, why = verdict.rule, verdict.why
    if verdict.hold is m.Hold.WAIT:
        soonest = now + (RECHECK_ACCOUNT if rule == "account" else RECHECK)
        until = max(verdict.until or soonest, soonest)
        outbox.settle(connection, [entry.id], OutboxState.HELD, not_before=until, rule=rule, why=why)
    elif verdict.hold is m.Hold.DRAFT:
        outbox.settle(connection, [entry.id], OutboxState.DRAFT, rule=rule, why=why)
    elif verdict.hold is m.Hold.DROP:
        if rule == "foreign_post":
            own_posts.tell_taken_over(connection, entry.brand_id, entry.person_id, f"row:{entry.key}", now)
        outbox.refuse(connection, entry, rule, now, why=why, state=OutboxState.CANCELLED)
    else:
        outbox.refuse(connection, entry, rule, now, why=why)
    _log.info("gate.held", key=entry.key, rule=rule, hold=str(verdict.hold), brand=entry.brand_id)
