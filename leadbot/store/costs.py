"""What X cost, by brand, day, playbook and lead.

Replies are known one by one. All else (reading mentions and the brand's own timeline, whose token it is,
looking posts up again, deleting) is known by day only: a day's sum is shared out evenly among the posts heard
on that day. A post belongs to a dialog, and so to its playbook, if its person wrote it from the dialog's
first answered post on, until their next dialog begins or 30 days after the dialog's last reply. What is left
is the price of listening to people who were left in peace.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from leadbot.model import BrandId
from leadbot.store.database import Database
from leadbot.store.spend import utc_day
from leadbot.store.states import MAYBE_OUT, Lane
from leadbot.store.tables import BRAND_STATE, HANDOFF, INBOX, OUTBOX, SPEND

SAID = frozenset({"reply"})
"""Kinds in the ledger that are known row by row."""

LINGERS = timedelta(days=30)
UNKNOWN = "(unknown)"
"""The playbook of replies from before playbooks were noted."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many requests of a kind on a UTC day, in US dollars together."""

    day: str
    kind: str
    count: int
    usd: float


@dataclass(frozen=True, slots=True)
class PlaybookCost:
    """What the dialogs of one playbook cost. leads: handed over with a score; per_lead_usd None: no lead
    yet.
    """

    playbook: str
    dialogs: int
    replies: int
    replies_usd: float
    reads_usd: float
    leads: int

    @property
    def usd(self) -> float:
        """All of it."""
        return self.replies_usd + self.reads_usd

    @property
    def per_lead_usd(self) -> float | None:
        """What a qualified lead of this playbook cost."""
        return self.usd / self.leads if self.leads else None


@dataclass(frozen=True, slots=True)
class BrandCost:
    """One brand over the days asked for. listening_usd: what no dialog's share covers. usd is the sum of
    all.
    """

    brand_id: BrandId
    handle: str
    lines: tuple[Line, ...]
    playbooks: tuple[PlaybookCost, ...]
    listening_usd: float
    usd: float
    leads: int

    @property
    def per_lead_usd(self) -> float | None:
        """Everything the brand cost, listening included, by qualified lead."""
        return self.usd / self.leads if self.leads else None


@dataclass(frozen=True, slots=True)
class _Dialog:
    begins_at: datetime
    ends_at: datetime
    playbook: str


def costs(database: Database, now: datetime, *, days: int, handle: str | None = None) -> list[BrandCost]:
    """Of every brand, or the one of that handle, over the last `days` UTC days, today included.

    Raises TransientError.
    """
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    with database.read() as connection:
        rows = connection.execute(select(BRAND_STATE.c.brand_id, BRAND_STATE.c.handle)).all()
        wanted = [row for row in rows if handle is None or row.handle.lower() == handle.lower()]
        return [_of_brand(connection, BrandId(row.brand_id), row.handle, first) for row in wanted]


def _of_brand(connection: Connection, brand_id: BrandId, handle: str, first: date) -> BrandCost:
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    lines = _lines(connection, brand_id, first)
    dialogs = _dialogs(connection, brand_id, since - LINGERS)
    reads = _shares(connection, brand_id, since, dialogs, lines)
    replies, said_usd, begun = _replies(connection, brand_id, since)
    leads = _leads(connection, brand_id, since)
    names = sorted({*reads, *replies, *leads} - {""})
    total = sum(line.usd for line in lines)
    playbooks = tuple(
        PlaybookCost(name, len(begun[name]), replies[name], said_usd[name], reads.get(name, 0.0), leads[name])
        for name in names
    )
    left = total - sum(one.usd for one in playbooks)
    return BrandCost(brand_id, handle, lines, playbooks, max(left, 0.0), total, sum(leads.values()))


def _lines(connection: Connection, brand_id: BrandId, first: date) -> tuple[Line, ...]:
    table = SPEND.c
    query = select(table.day, table.kind, table.count, table.usd).where(
        table.brand_id == brand_id, table.day >= first.isoformat()
    )
    return tuple(Line(*row) for row in connection.execute(query.order_by(table.day, table.kind)))


def _dialogs(connection: Connection, brand_id: BrandId, since: datetime) -> dict[str, list[_Dialog]]:
    """By person: their dialogs, oldest first."""
    table = OUTBOX.c
    first, last = func.min(table.id), func.max(table.created_at)
    spans = (
        select(first.label("id"), last.label("last_at"))
        .where(
            table.brand_id == brand_id,
            table.lane == Lane.REPLY,
            table.dialog > 0,
            table.created_at >= since,
            table.state.in_(MAYBE_OUT),
        )
        .group_by(table.conversation_id, table.dialog)
        .subquery()
    )
    heard = INBOX.c
    query = (
        select(table.person_id, table.playbook, table.created_at, spans.c.last_at, heard.put_at)
        .select_from(
            OUTBOX.join(spans, spans.c.id == table.id).outerjoin(
                INBOX, (heard.post_id == table.parent_id) & (heard.brand_id == table.brand_id)
            )
        )
        .order_by(table.id)
    )
    found: dict[str, list[_Dialog]] = defaultdict(list)
    for person_id, playbook, created_at, last_at, put_at in connection.execute(query):
        begins_at = put_at or created_at
        found[person_id].append(_Dialog(begins_at, last_at + LINGERS, playbook or UNKNOWN))
    return found


def _shares(
    connection: Connection,
    brand_id: BrandId,
    since: datetime,
    dialogs: dict[str, list[_Dialog]],
    lines: Iterable[Line],
) -> dict[str, float]:
    """US dollars for all but replies, by playbook; "" for posts that belong to no dialog."""
    usd: Counter[str] = Counter()
    for line in lines:
        if line.kind not in SAID:
            usd[line.day] += line.usd  # type: ignore[assignment]  # typeshed counts in whole numbers
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    query = select(INBOX.c.person_id, INBOX.c.put_at).where(
        INBOX.c.brand_id == brand_id, INBOX.c.put_at >= since, INBOX.c.post_id.is_not(None)
    )
    for person_id, put_at in connection.execute(query):
        heard[utc_day(put_at)][_playbook_at(dialogs.get(person_id, ()), put_at)] += 1
    shares: dict[str, float] = defaultdict(float)
    for day, posts in heard.items():
        for playbook, count in posts.items():
            shares[playbook] += usd[day] * count / posts.total()
    return shares


def _playbook_at(dialogs: Sequence[_Dialog], at: datetime) -> str:
    number = bisect_right([dialog.begins_at for dialog in dialogs], at)
    if number == 0 or at > dialogs[number - 1].ends_at:
        return ""
    return dialogs[number - 1].playbook


def _replies(
    connection: Connection, brand_id: BrandId, since: datetime
) -> tuple[Counter[str], dict[str, float], dict[str, set[tuple[str, int]]]]:
    """By playbook: how many went out, what they cost, and the dialogs they belong to."""
    table = OUTBOX.c
    query = select(table.playbook, table.cost_usd, table.conversation_id, table.dialog).where(
        table.brand_id == brand_id,
        table.lane == Lane.REPLY,
        table.state == "sent",
        table.settled_at >= since,
    )
    counts: Counter[str] = Counter()
    usd: dict[str, float] = defaultdict(float)
    dialogs: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for playbook, cost_usd, conversation_id, dialog in connection.execute(query):
        name = playbook or UNKNOWN
        counts[name] += 1
        usd[name] += cost_usd
        dialogs[name].add((conversation_id, dialog))
    return counts, usd, dialogs


def _leads(connection: Connection, brand_id: BrandId, since: datetime) -> Counter[str]:
    """Handed over with a score, by the playbook of their dialog."""
    of_dialog = (OUTBOX.c.conversation_id == HANDOFF.c.conversation_id) & (
        OUTBOX.c.dialog == HANDOFF.c.dialog
    )
    query = (
        select(HANDOFF.c.key, func.max(OUTBOX.c.playbook))
        .select_from(HANDOFF.outerjoin(OUTBOX, of_dialog))
        .where(HANDOFF.c.brand_id == brand_id, HANDOFF.c.created_at >= since, HANDOFF.c.score > 0)
        .group_by(HANDOFF.c.key)
    )
    return Counter(playbook or UNKNOWN for _, playbook in connection.execute(query))
