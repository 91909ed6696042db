"""The brand's own timeline as we saw it: which posts are ours, and which a human wrote by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from leadbot.model import BrandId, PersonId, PostId, TakenOver
from leadbot.ports import SentPost
from leadbot.store import dialect, inbox
from leadbot.store.database import Database
from leadbot.store.states import MAYBE_OUT
from leadbot.store.tables import CONVERSATION, INBOX, OUTBOX, OWN_POST

SameWords = Callable[[str, str], bool]
"""Whether two texts are the same reply, whatever X did to links and spaces."""


class OwnPosts:
    """Keeps own posts and compares them with what we sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, brand_id: BrandId) -> tuple[PostId, datetime] | None:
        """The newest own post seen so far."""
        query = (
            select(OWN_POST.c.id, OWN_POST.c.created_at)
            .where(OWN_POST.c.brand_id == brand_id)
            .order_by(OWN_POST.c.created_at.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else (PostId(row.id), row.created_at)

    def under(self, brand_id: BrandId, parent_id: str) -> list[tuple[str, str]]:
        """Own posts under a post: (id, words), oldest first."""
        query = (
            select(OWN_POST.c.id, OWN_POST.c.said)
            .where(OWN_POST.c.brand_id == brand_id, OWN_POST.c.in_reply_to == parent_id)
            .order_by(OWN_POST.c.created_at)
        )
        with self._database.read() as connection:
            return [(row.id, row.said) for row in connection.execute(query)]

    def _unsettled(self, posts: Sequence[SentPost]) -> list[SentPost]:
        """Those not known to be ours already: most of what an overlapping read brings needs no write."""
        ids = [post.id for post in posts]
        query = select(OWN_POST.c.id).where(OWN_POST.c.id.in_(ids), OWN_POST.c.outbox_key.is_not(None))
        with self._database.read() as connection:
            settled = set(connection.execute(query).scalars()) if ids else set()
        return [post for post in posts if post.id not in settled]

    def keep(
        self, brand_id: BrandId, posts: Sequence[SentPost], now: datetime, *, same_words: SameWords
    ) -> int:
        """Remember what the timeline shows. Returns how many posts to people we know were written by hand.

        Each of those becomes a `TakenOver` event by ``native``: a human speaks there now (SCENARIOS 18). A
        post that matches a row of ours in flight is ours, even if nobody has told us yet (SCENARIOS 19).
        """
        posts = self._unsettled(posts)
        if not posts:
            return 0
        with self._database.write() as connection:
            ours = _ours(connection, brand_id, posts, same_words)
            people = _spoken_to(connection, brand_id, posts)
            rows = [_row(brand_id, post, ours.get(post.id), people) for post in posts]
            connection.execute(dialect.insert_new(connection, OWN_POST), rows)
            _learn_late(connection, ours, people)
            return sum(
                tell_taken_over(connection, brand_id, people[post.id], post.id, now)
                for post in posts
                if post.id not in ours and post.id in people
            )


def tell_taken_over(
    connection: Connection, brand_id: BrandId, person_id: PersonId, cause: str, now: datetime
) -> int:
    """A human speaks with this person on X itself. Returns 1 if that is news; once for each cause."""
    event = TakenOver("native", now)
    row = inbox.event_values(brand_id, person_id, event, key=f"native:{cause}", at=now)
    return inbox.put(connection, [row])


def _ours(
    connection: Connection, brand_id: BrandId, posts: Sequence[SentPost], same_words: SameWords
) -> dict[str, str]:
    table = OUTBOX.c
    ids = [post.id for post in posts]
    parents = [post.in_reply_to for post in posts if post.in_reply_to]
    query = select(table.key, table.parent_id, table.text, table.post_id).where(
        dialect.plain(table.brand_id) == brand_id,
        dialect.plain(table.state).in_(MAYBE_OUT),
        or_(table.post_id.in_(ids), table.parent_id.in_(parents)),
    )
    rows = connection.execute(query).all()
    by_id: dict[str, str] = {row.post_id: row.key for row in rows if row.post_id}
    ours: dict[str, str] = {post.id: by_id[post.id] for post in posts if post.id in by_id}
    for post in posts:
        for row in rows:
            is_free = row.post_id is None and row.parent_id == post.in_reply_to
            if post.id not in ours and is_free and same_words(row.text, post.said):
                ours[post.id] = row.key
    return ours


def _spoken_to(
    connection: Connection, brand_id: BrandId, posts: Sequence[SentPost]
) -> dict[PostId, PersonId]:
    """Whom these posts speak to, as far as we know the person: they answer or quote a post of theirs, go on
    in a thread with them, answer something of theirs we never heard, or name them alone at the top level.
    """
    linked = {one for post in posts for one in (post.in_reply_to, post.quoted) if one is not None}
    person_of = _people_of_posts(connection, brand_id, linked)
    named = {one for post in posts for one in (post.in_reply_to_user, *post.names) if one is not None}
    known = _known_people(connection, brand_id, named)
    found: dict[PostId, PersonId] = {}
    for post in sorted(posts, key=lambda post: int(post.id)):
        # Threads written by hand: the second post answers the first.
        person_id = person_of.get(post.in_reply_to or "") or person_of.get(post.quoted or "")
        is_top_level = post.in_reply_to is None and post.quoted is None
        alone = post.names[0] if is_top_level and len(post.names) == 1 else None
        for one in (post.in_reply_to_user, alone):
            if person_id is None and one in known:
                person_id = PersonId(one or "")
        if person_id is not None and str(person_id) != str(brand_id):
            found[post.id] = person_of[post.id] = person_id
    return found


def _people_of_posts(
    connection: Connection, brand_id: BrandId, post_ids: Collection[str]
) -> dict[str, PersonId]:
    """Whose conversation these posts belong to: people's own, and ours to them."""
    ids = list(post_ids)
    queries = (
        select(OWN_POST.c.id, OWN_POST.c.person_id).where(
            OWN_POST.c.brand_id == brand_id, OWN_POST.c.id.in_(ids), OWN_POST.c.person_id.is_not(None)
        ),
        select(OUTBOX.c.post_id, OUTBOX.c.person_id).where(
            OUTBOX.c.post_id.in_(ids), dialect.plain(OUTBOX.c.brand_id) == brand_id
        ),
        select(INBOX.c.post_id, INBOX.c.person_id).where(
            INBOX.c.brand_id == brand_id, INBOX.c.post_id.in_(ids)
        ),
    )
    return {row[0]: PersonId(row[1]) for query in queries for row in connection.execute(query)}


def _known_people(connection: Connection, brand_id: BrandId, user_ids: Collection[str]) -> set[str]:
    ids = [f"{brand_id}:{user_id}" for user_id in user_ids]
    query = select(CONVERSATION.c.person_id).where(CONVERSATION.c.id.in_(ids))
    return set(connection.execute(query).scalars())


def _row(
    brand_id: BrandId, post: SentPost, outbox_key: str | None, people: dict[PostId, PersonId]
) -> dict[str, object]:
    return {
        "id": post.id,
        "brand_id": brand_id,
        "person_id": people.get(post.id),
        "in_reply_to": post.in_reply_to,
        "root_id": post.root_id,
        "said": post.said,
        "outbox_key": outbox_key,
        "created_at": post.created_at,
    }


def _learn_late(connection: Connection, ours: dict[str, str], people: dict[PostId, PersonId]) -> None:
    # Seen before its outcome was on disk, and only now known to be ours; or before the post it answers.
    for post_id, key in ours.items():
        connection.execute(
            update(OWN_POST)
            .where(OWN_POST.c.id == post_id, OWN_POST.c.outbox_key.is_(None))
            .values(outbox_key=key)
        )
    for post_id, person_id in people.items():
        connection.execute(
            update(OWN_POST)
            .where(OWN_POST.c.id == post_id, OWN_POST.c.person_id.is_(None))
            .values(person_id=person_id)
        )
