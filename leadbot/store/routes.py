"""Where handoffs went: the routing log, which is the claim timers too. A step, the handoff's new rep and the
notice are one transaction under natural keys, so that a crash neither loses nor doubles one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.engine import Connection, RowMapping

from leadbot.flows.routing import Route, Stage, Turn, Why
from leadbot.model import BrandId, Conversation, HandOff, Notify
from leadbot.ports import Clock
from leadbot.store import codec, dialect, rows
from leadbot.store.database import Database
from leadbot.store.route_tables import ROUTE
from leadbot.store.signal import Signal
from leadbot.store.states import HandOffState
from leadbot.store.tables import CONVERSATION, HANDOFF, OUTBOX

_MOST_TURNS = 2_000
"""Turns that count. Credits of so long ago have met each other many times over."""


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An open handoff whose next step is due. routes: its steps so far. told: replies to them, to look whose
    name they know.
    """

    key: str
    brand_id: BrandId
    team: str
    rep: str
    claim_within_s: float | None
    story: HandOff
    conversation: Conversation
    routes: tuple[Route, ...]
    told: tuple[str, ...]


class Routes:
    """Every method is one transaction and raises TransientError."""

    def __init__(self, database: Database, clock: Clock, decided: Signal) -> None:
        self._database = database
        self._clock = clock
        self._decided = decided

    def due(self, brand_ids: Collection[BrandId], *, limit: int = 50) -> list[Unclaimed]:
        """Handoffs nobody has claimed: their time is up, or they were never routed. Longest first."""
        with self._database.read() as connection:
            keys = [
                *_up(connection, brand_ids, self._clock.now(), limit),
                *_new(connection, brand_ids, limit),
            ]
            found = [_unclaimed(connection, key) for key in keys[:limit]]
        return [one for one in found if one is not None]

    def turns(self, team: str) -> tuple[Turn, ...]:
        """Who of a team had their turn, and who could have had it, oldest first."""
        query = (
            select(ROUTE.c.rep, ROUTE.c.passed)
            .where(ROUTE.c.team == team, ROUTE.c.why == Why.TURN.name, ROUTE.c.rep != "")
            .order_by(ROUTE.c.at.desc(), ROUTE.c.handoff_key.desc(), ROUTE.c.step.desc())
            .limit(_MOST_TURNS)
        )
        with self._database.read() as connection:
            found = connection.execute(query).all()
        return tuple(Turn(row.rep, _could(row.passed)) for row in reversed(found))

    def take(self, one: Unclaimed, route: Route, notice: Notify | None) -> bool:
        """Write a step down and tell of it. False, and nothing is written: somebody claimed or closed it, or
        the step was taken already.
        """
        with self._database.write() as connection:
            still = and_(HANDOFF.c.key == one.key, HANDOFF.c.state == HandOffState.OPEN)
            row = {**_row(route), "handoff_key": one.key, "conversation_id": one.conversation.id}
            if connection.execute(select(HANDOFF.c.key).where(still)).first() is None:
                return False
            insert = dialect.insert_new(connection, ROUTE)
            if not connection.execute(insert, [{**row, "brand_id": one.brand_id}]).rowcount:
                return False
            before = and_(ROUTE.c.handoff_key == one.key, ROUTE.c.step < route.step)
            connection.execute(update(ROUTE).where(before).values(due_at=None))
            now = self._clock.now()
            values = {"team": route.team, "rep": route.rep, "updated_at": now}
            connection.execute(update(HANDOFF).where(still).values(**values))
            if notice is not None:
                errand = rows.errand(notice, one.conversation, now)
                connection.execute(dialect.insert_new(connection, OUTBOX), [errand])
        self._decided.send()
        return True

    def of(self, handoff_key: str) -> tuple[Route, ...]:
        """The steps of a handoff, first to last."""
        with self._database.read() as connection:
            return _routes(connection, handoff_key)

    def at_the_manager(self) -> Mapping[BrandId, int]:
        """How many handoffs nobody claimed at all, by brand."""
        query = (
            select(HANDOFF.c.brand_id, func.count())
            .join(ROUTE, ROUTE.c.handoff_key == HANDOFF.c.key)
            .where(ROUTE.c.stage == Stage.MANAGER.value, HANDOFF.c.state == HandOffState.OPEN)
            .group_by(HANDOFF.c.brand_id)
        )
        with self._database.read() as connection:
            return {BrandId(brand_id): count for brand_id, count in connection.execute(query)}


def _up(connection: Connection, brand_ids: Collection[BrandId], now: datetime, limit: int) -> Sequence[str]:
    """Those whose time is up, by the index of timers."""
    query = (
        select(ROUTE.c.handoff_key)
        .join(HANDOFF, HANDOFF.c.key == ROUTE.c.handoff_key)
        .where(
            ROUTE.c.due_at <= now,
            ROUTE.c.brand_id.in_(sorted(brand_ids)),
            dialect.plain(HANDOFF.c.state) == HandOffState.OPEN.value,
        )
        .order_by(ROUTE.c.due_at, ROUTE.c.handoff_key)
    )
    return connection.execute(query.limit(limit)).scalars().all()


def _new(connection: Connection, brand_ids: Collection[BrandId], limit: int) -> Sequence[str]:
    """Those nobody was asked for, by the index of the queue alone: its keys begin with the brand."""
    key = HANDOFF.c.key
    query = (
        select(key)
        .where(
            HANDOFF.c.state == HandOffState.OPEN,
            or_(*(key.startswith(f"{brand_id}:", autoescape=True) for brand_id in sorted(brand_ids))),
            ~exists().where(ROUTE.c.handoff_key == key),
        )
        .order_by(HANDOFF.c.created_at, key)
    )
    return connection.execute(query.limit(limit)).scalars().all()


def _unclaimed(connection: Connection, key: str) -> Unclaimed | None:
    query = select(HANDOFF, CONVERSATION.c.state.label("memory")).join(
        CONVERSATION, CONVERSATION.c.id == HANDOFF.c.conversation_id
    )
    row = connection.execute(query.where(HANDOFF.c.key == key)).mappings().first()
    if row is None:
        return None
    story = codec.effect("HandOff", row["payload"])
    assert isinstance(story, HandOff), "codec.effect decodes by kind"
    return Unclaimed(
        key=key,
        brand_id=BrandId(row["brand_id"]),
        team=row["team"],
        rep=row["rep"],
        claim_within_s=row["claim_within_s"],
        story=story,
        conversation=codec.conversation(row["memory"]),
        routes=_routes(connection, key),
        told=_told(connection, row),
    )


def _told(connection: Connection, row: RowMapping) -> tuple[str, ...]:
    table = OUTBOX.c
    query = select(table.text).where(
        table.conversation_id == row["conversation_id"], table.kind == "SendReply", table.author.is_(None)
    )
    return tuple(connection.execute(query).scalars())


def _routes(connection: Connection, key: str) -> tuple[Route, ...]:
    query = select(ROUTE).where(ROUTE.c.handoff_key == key).order_by(ROUTE.c.step)
    return tuple(_route(row) for row in connection.execute(query).mappings())


def _route(row: RowMapping) -> Route:
    passed = tuple((rep, Why[why]) for rep, why in json.loads(row["passed"]))
    names = {name: row[name] for name in ("step", "team", "rep", "at", "due_at")}
    return Route(**names, stage=Stage(row["stage"]), why=Why[row["why"]], passed=passed)


def _row(route: Route) -> dict[str, str | int | datetime | None]:
    return {
        "step": route.step,
        "at": route.at,
        "team": route.team,
        "rep": route.rep,
        "stage": route.stage.value,
        "why": route.why.name,
        "passed": json.dumps([[rep, why.name] for rep, why in route.passed], ensure_ascii=False),
        "due_at": route.due_at,
    }


def _could(passed: str) -> tuple[str, ...]:
    return tuple(rep for rep, why in json.loads(passed) if why == Why.NOT_THEIR_TURN.name)
