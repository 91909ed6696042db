"""What a brand and a person said to each other, put together from what was heard and what was sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from leadbot.store import codec
from leadbot.store.states import OutboxState
from leadbot.store.tables import INBOX, OUTBOX, OWN_POST

DELETED = "(deleted by its author)"
RETRACTED = "(deleted by us)"


@dataclass(frozen=True, slots=True)
class ThreadPost:
    """One post. who: ``person``, ``bot`` or ``human`` (the brand, by hand). by: the rep, if known."""

    id: str
    who: str
    text: str
    at: datetime
    in_reply_to: str | None = None
    by: str = ""
    is_edited: bool = False


def load(connection: Connection, brand_id: str, person_id: str) -> list[ThreadPost]:
    """Both sides, oldest first. Of an edited post the newest version."""
    heard = _heard(connection, brand_id, person_id)
    posts = [
        *heard,
        *_before_answers(_sent(connection, brand_id, person_id), heard),
        *_by_hand(connection, brand_id, person_id),
    ]
    return sorted(posts, key=lambda post: (post.at, post.id))


def _before_answers(sent: list[ThreadPost], heard: list[ThreadPost]) -> list[ThreadPost]:
    """What we sent stands before what answers it: we write it down some moments after X shows it."""
    answered: dict[str, datetime] = {}
    for post in heard:
        if post.in_reply_to is not None:
            answered[post.in_reply_to] = min(post.at, answered.get(post.in_reply_to, post.at))
    moment = timedelta(microseconds=1)
    return [replace(post, at=min(post.at, answered.get(post.id, post.at) - moment)) for post in sent]


def _heard(connection: Connection, brand_id: str, person_id: str) -> list[ThreadPost]:
    query = (
        select(INBOX.c.kind, INBOX.c.payload, INBOX.c.post_id, INBOX.c.put_at, INBOX.c.key)
        .where(
            INBOX.c.person_id == person_id,
            INBOX.c.brand_id == brand_id,
            or_(*(INBOX.c.kind == kind for kind in sorted(codec.POST_KINDS))),
        )
        .order_by(INBOX.c.id)
    )
    newest: dict[str, ThreadPost] = {}
    for kind, payload, post_id, put_at, key in connection.execute(query):
        first_id = key.split(":")[1]
        if payload == codec.ERASED:
            # An older version, whose words an edit took away, must not hide the newest one.
            newest.setdefault(first_id, ThreadPost(post_id, "person", DELETED, put_at))
            continue
        item = codec.item(kind, payload)
        assert isinstance(item, codec.HeardPost), "posts only"
        post = item.post
        first = newest.get(first_id)
        # What was edited stays in its place: the answer to it comes after it, not before.
        at = min(post.created_at, first.at) if first is not None else post.created_at
        newest[first_id] = ThreadPost(
            post.id,
            "person",
            post.said,
            at,
            post.in_reply_to_post_id,
            is_edited=post.edit_version > 0,
        )
    return list(newest.values())


def _sent(connection: Connection, brand_id: str, person_id: str) -> list[ThreadPost]:
    names = ("post_id", "text", "settled_at", "parent_id", "retracted_at", "author")
    query = select(*(OUTBOX.c[name] for name in names)).where(
        OUTBOX.c.conversation_id == f"{brand_id}:{person_id}",
        OUTBOX.c.kind == "SendReply",
        OUTBOX.c.state == OutboxState.SENT,
    )
    return [
        ThreadPost(
            row.post_id,
            "human" if row.author else "bot",
            f"{RETRACTED} {row.text}" if row.retracted_at else row.text,
            row.settled_at,
            row.parent_id,
            by=row.author or "",
        )
        for row in connection.execute(query)
    ]


def _by_hand(connection: Connection, brand_id: str, person_id: str) -> list[ThreadPost]:
    query = select(OWN_POST.c.id, OWN_POST.c.said, OWN_POST.c.created_at, OWN_POST.c.in_reply_to).where(
        OWN_POST.c.brand_id == brand_id,
        OWN_POST.c.person_id == person_id,
        OWN_POST.c.outbox_key.is_(None),
    )
    return [ThreadPost(row[0], "human", row[1], row[2], row[3]) for row in connection.execute(query)]
