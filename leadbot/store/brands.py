"""What holds for a brand right now: its mode, its pause, and whether it has caught up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.engine import Connection

from leadbot.errors import PermanentError
from leadbot.model import BrandId, Mode
from leadbot.ports import Clock
from leadbot.store import brand_log, dialect
from leadbot.store.brand_log import Act
from leadbot.store.database import Database
from leadbot.store.signal import Signal
from leadbot.store.states import CLAIMABLE, InboxState, Lane
from leadbot.store.tables import BRAND_STATE, INBOX, OUTBOX

_log = structlog.get_logger()

_PROGRAMS = frozenset({"account", "breaker"})
"""Who pauses a brand without being a person."""

_NOTED_EVERY = timedelta(seconds=30)
"""A poll every second need not write every second that it was there."""


@dataclass(frozen=True, slots=True)
class BrandState:
    """A brand as the gate sees it. mode None: nobody has set one. paused_at None: not paused."""

    brand_id: BrandId
    handle: str = ""
    mode: Mode | None = None
    paused_at: datetime | None = None
    paused_by: str | None = None
    paused_why: str = ""
    has_caught_up: bool = False
    last_heard_at: datetime | None = None


class Brands:
    """Reads and sets `BrandState`. Each setter is one transaction and raises TransientError."""

    def __init__(self, database: Database, clock: Clock, on_change: Signal) -> None:
        self._database = database
        self._clock = clock
        self._on_change = on_change

    def state(self, brand_id: BrandId) -> BrandState:
        """How the brand stands; its defaults if nothing was ever set."""
        with self._database.read() as connection:
            return load_state(connection, brand_id)

    def paused(self) -> list[BrandState]:
        """The brands that are paused."""
        query = select(BRAND_STATE.c.brand_id).where(BRAND_STATE.c.paused_at.is_not(None))
        with self._database.read() as connection:
            ids = connection.execute(query.order_by(BRAND_STATE.c.brand_id)).scalars().all()
            return [load_state(connection, BrandId(brand_id)) for brand_id in ids]

    def introduce(self, brand_id: BrandId, handle: str) -> None:
        """Remember the brand's handle, for display."""
        self._set(brand_id, handle=handle)

    def name_if_new(self, handles: Mapping[BrandId, str]) -> None:
        """Remember handles of brands that never ran: something is about to be written down about them."""
        for brand_id, handle in handles.items():
            if not self.state(brand_id).handle:
                self.introduce(brand_id, handle)

    def modes(self) -> dict[BrandId, Mode]:
        """The mode of every brand that was given one by hand."""
        with self._database.read() as connection:
            return load_modes(connection)

    def set_mode(
        self, brand_id: BrandId, mode: Mode, *, by: str, began_as: Mode, seen: Mode | None = None
    ) -> Mode:
        """How much the bot may do from now on, for good. began_as: what held while nobody had said anything.

        Returns the mode before. Whoever raises it has had the handle typed back; see `leadbot brand mode`.
        Replies in hand are asked about at once: lowering turns them into drafts, or drops them visibly. seen:
        what it was when the person agreed. Raises PermanentError (``mode_changed``), and nothing has
        happened, when this would raise it from something else.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            before = load_state(connection, brand_id).mode or began_as
            if seen not in (None, before) and mode.is_above(before):
                raise PermanentError("mode_changed", f"somebody has set it to {before} meanwhile")
            _set(connection, brand_id, mode=mode.value)
            brand_log.write(
                connection, brand_id, Act.MODE, by=by, at=now, before=before.value, after=mode.value
            )
            waits = and_(OUTBOX.c.brand_id == brand_id, OUTBOX.c.lane == Lane.REPLY)
            in_hand = update(OUTBOX).where(waits, OUTBOX.c.state.in_(CLAIMABLE))
            connection.execute(in_hand.values(not_before=now))
        _log.warning("brand.mode_set", brand=brand_id, before=before.value, after=mode.value, by=by)
        self._on_change.send()
        return before

    def pause(self, brand_id: BrandId, *, why: str, by: str) -> None:
        """Nothing leaves for this brand until `resume`. The first reason stays: it is the cause."""
        self.pause_all([brand_id], why=why, by=by)

    def pause_all(self, brand_ids: Sequence[BrandId], *, why: str, by: str) -> None:
        """Pause several brands in one transaction. Replies not handed to X by then stay here."""
        with self._database.write() as connection:
            for brand_id in brand_ids:
                pause(connection, brand_id, why=why, by=by, at=self._clock.now())
        self._on_change.send()

    def resume(self, brand_id: BrandId, *, by: str) -> None:
        """Lift a pause."""
        with self._database.write() as connection:
            resume(connection, brand_id, by=by, at=self._clock.now())
        self._on_change.send()

    def begin_catch_up(self, brand_id: BrandId) -> None:
        """A start or a reconnect: nothing is sent until one complete poll has been decided."""
        self._set(brand_id, has_caught_up=False, catch_up_to=None)

    def poll_completed(self, brand_id: BrandId, newest_id: int | None = None) -> None:
        """All pages are on disk up to inbox row `newest_id` (the brand's newest if None).

        Only the first complete poll since `begin_catch_up` counts: later ones are the normal course, of
        which the time is noted now and then.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            state = select(BRAND_STATE.c.catch_up_to, BRAND_STATE.c.last_polled_at)
            row = connection.execute(state.where(BRAND_STATE.c.brand_id == brand_id)).first()
            if row is None or row.last_polled_at is None or now - row.last_polled_at >= _NOTED_EVERY:
                _set(connection, brand_id, last_polled_at=now)
            if row is not None and row.catch_up_to is not None:
                return
            if newest_id is None:
                query = select(func.max(INBOX.c.id)).where(INBOX.c.brand_id == brand_id)
                newest_id = connection.execute(query).scalar() or 0
            _set(connection, brand_id, catch_up_to=newest_id)
        self._on_change.send()

    def _set(self, brand_id: BrandId, **values: object) -> None:
        with self._database.write() as connection:
            _set(connection, brand_id, **values)
        self._on_change.send()


def begin_catch_up_everywhere(connection: Connection) -> None:
    """At a start no brand has caught up, whatever an earlier run left behind."""
    connection.execute(update(BRAND_STATE).values(has_caught_up=False, catch_up_to=None))


def pause(connection: Connection, brand_id: BrandId, *, why: str, by: str, at: datetime) -> None:
    """Pause inside somebody's transaction; an earlier pause stays as it is, and the log has both."""
    is_first = load_state(connection, brand_id).paused_at is None
    if is_first or by not in _PROGRAMS:  # which say so again and again while X refuses
        before = "" if is_first else "paused"
        brand_log.write(connection, brand_id, Act.PAUSE, by=by, at=at, before=before, after="paused", why=why)
    if is_first:
        _set(connection, brand_id, paused_at=at, paused_by=by, paused_why=why)
        _log.warning("brand.paused", brand=brand_id, by=by, why=why)


def resume(connection: Connection, brand_id: BrandId, *, by: str, at: datetime) -> None:
    """Lift a pause inside somebody's transaction; nothing happens to a brand that is not paused."""
    state = load_state(connection, brand_id)
    if state.paused_at is None:
        return
    _set(connection, brand_id, paused_at=None, paused_by=None, paused_why="")
    why = f"was paused: {state.paused_why}"
    brand_log.write(connection, brand_id, Act.RESUME, by=by, at=at, before="paused", why=why)
    _log.info("brand.resumed", brand=brand_id, by=by)


def load_modes(connection: Connection) -> dict[BrandId, Mode]:
    """The modes set by hand, inside somebody's transaction."""
    query = select(BRAND_STATE.c.brand_id, BRAND_STATE.c.mode).where(BRAND_STATE.c.mode.is_not(None))
    return {BrandId(row.brand_id): Mode(row.mode) for row in connection.execute(query)}


def load_state(connection: Connection, brand_id: BrandId) -> BrandState:
    """The state inside somebody's transaction."""
    query = select(BRAND_STATE).where(BRAND_STATE.c.brand_id == brand_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        return BrandState(brand_id)
    return BrandState(
        brand_id=brand_id,
        handle=row["handle"],
        mode=None if row["mode"] is None else Mode(row["mode"]),
        paused_at=row["paused_at"],
        paused_by=row["paused_by"],
        paused_why=row["paused_why"],
        has_caught_up=row["has_caught_up"] or _has_decided(connection, brand_id, row["catch_up_to"]),
        last_heard_at=row["last_heard_at"],
    )


def _has_decided(connection: Connection, brand_id: BrandId, up_to: int | None) -> bool:
    if up_to is None:
        return False
    is_waiting = exists().where(
        INBOX.c.state == InboxState.NEW, dialect.plain(INBOX.c.brand_id) == brand_id, INBOX.c.id <= up_to
    )
    return not connection.execute(select(is_waiting)).scalar()


def _set(connection: Connection, brand_id: BrandId, **values: object) -> None:
    row = {"brand_id": brand_id, "handle": "", "paused_why": "", "has_caught_up": False, **values}
    connection.execute(dialect.upsert(connection, BRAND_STATE, list(values)), row)
