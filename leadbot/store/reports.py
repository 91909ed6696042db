"""What reports count: dialogs with what was asked and answered in them, and what became of handoffs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from leadbot import model as m
from leadbot.store import codec
from leadbot.store.database import Database
from leadbot.store.states import MAYBE_OUT, Lane
from leadbot.store.tables import HANDOFF, INBOX, OUTBOX, RECEIPT_LINE

DialogKey = tuple[str, int]
"""Conversation and number of the dialog."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reply of a dialog: which line of which playbook, and what it cost."""

    source: m.Source
    usd: float


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a handoff. warmth: of the post its dialog began with, None if that was not kept."""

    key: str
    score: int
    warmth: float | None
    is_claimed: bool
    outcome: str | None


@dataclass(slots=True)
class Told:
    """A dialog as the database tells it. answered: (card, answer), as its receipt stands."""

    spoken: list[Spoken] = field(default_factory=list)
    answered: list[tuple[str, str]] = field(default_factory=list)
    became: Became | None = None


def dialogs(database: Database, brand_id: m.BrandId, since: datetime) -> dict[DialogKey, Told]:
    """Dialogs of a brand whose first reply left since then, or may have. Raises TransientError."""
    with database.read() as connection:
        found = _spoken(connection, brand_id, since)
        for key, answer in _answers(connection, brand_id):
            if key in found:
                found[key].answered.append(answer)
        for key, became in _handoffs(connection, brand_id, since):
            if key in found:
                found[key].became = became
    return found


def handed_over(database: Database, brand_id: m.BrandId, since: datetime) -> list[Became]:
    """Handoffs with a score since then. Raises TransientError."""
    with database.read() as connection:
        return [became for _, became in _handoffs(connection, brand_id, since) if became.score > 0]


def people_heard(database: Database, brand_id: m.BrandId, since: datetime) -> tuple[int, int]:
    """How many posts were heard since then, and of how many people. Raises TransientError."""
    table = INBOX.c
    query = select(func.count(), func.count(table.person_id.distinct())).where(
        table.brand_id == brand_id, table.put_at >= since, table.kind == "PostReceived"
    )
    with database.read() as connection:
        posts, people = connection.execute(query).one()
    return posts, people


def _spoken(connection: Connection, brand_id: m.BrandId, since: datetime) -> dict[DialogKey, Told]:
    table = OUTBOX.c
    query = (
        select(table.conversation_id, table.dialog, table.payload, table.cost_usd)
        .where(
            table.brand_id == brand_id,
            table.lane == Lane.REPLY,
            table.dialog > 0,
            table.state.in_(MAYBE_OUT),
            table.created_at >= since,
        )
        .order_by(table.id)
    )
    found: dict[DialogKey, Told] = {}
    for conversation_id, number, payload, usd in connection.execute(query):
        try:
            effect = codec.effect("SendReply", payload)
        except codec.UNREADABLE:
            continue
        assert isinstance(effect, m.SendReply), "codec.effect decodes by kind"
        key = (conversation_id, number)
        if effect.source is None or (effect.message > 1 and key not in found):
            continue  # not of a playbook; or begun before
        found.setdefault(key, Told()).spoken.append(Spoken(effect.source, usd))
    return found


def _answers(connection: Connection, brand_id: m.BrandId) -> list[tuple[DialogKey, tuple[str, str]]]:
    table = RECEIPT_LINE.c
    # ";" comes after ":": a range that the primary key can answer.
    of_brand = (table.conversation_id >= f"{brand_id}:", table.conversation_id < f"{brand_id};")
    query = select(table.conversation_id, table.dialog, table.card, table.answer).where(*of_brand)
    rows = connection.execute(query.order_by(table.conversation_id, table.dialog, table.position))
    return [((row.conversation_id, row.dialog), (row.card, row.answer)) for row in rows]


def _handoffs(connection: Connection, brand_id: m.BrandId, since: datetime) -> list[tuple[DialogKey, Became]]:
    table = HANDOFF.c
    query = select(
        table.conversation_id,
        table.dialog,
        table.key,
        table.score,
        table.payload,
        table.claimed_at,
        table.outcome,
    ).where(table.brand_id == brand_id, table.created_at >= since)
    found: list[tuple[DialogKey, Became]] = []
    for row in connection.execute(query.order_by(table.created_at)):
        try:
            effect = codec.effect("HandOff", row.payload)
        except codec.UNREADABLE:
            continue
        assert isinstance(effect, m.HandOff), "codec.effect decodes by kind"
        is_claimed = row.claimed_at is not None
        became = Became(row.key, row.score, effect.warmth, is_claimed, row.outcome)
        found.append(((row.conversation_id, row.dialog), became))
    return found
