"""What people wrote to a brand in some time, for whoever plays it through another playbook. Reads only."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from leadbot import model as m
from leadbot.store import codec
from leadbot.store.database import Database
from leadbot.store.tables import DECISION, INBOX

_READ_AS = re.compile(r'^\["read as (\w+), warmth')
_MANY = 500  # people asked for at once, well below what a statement may hold


@dataclass(frozen=True, slots=True)
class PastPeople:
    """posts: how many were heard in that time. people: how many wrote them. wrote: those that matter, each
    with their posts, oldest first.
    """

    posts: int
    people: int
    wrote: Mapping[m.PersonId, tuple[m.Person, tuple[m.Post, ...]]]


class PastPosts:
    """Reads the inbox as it stands: words that left X are gone here too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, brand_id: m.BrandId, at: datetime, intents: Collection[m.Intent]) -> PastPeople:
        """Everybody who since then wrote a post that was read as one of these intents, with all their posts.

        How a post was read stands in its decision, so nobody has to be read again who wanted nothing.
        """
        names = {intent.value for intent in intents}
        is_theirs = (INBOX.c.brand_id == brand_id, INBOX.c.put_at >= at, INBOX.c.kind == "PostReceived")
        counts = select(func.count(), func.count(INBOX.c.person_id.distinct())).where(*is_theirs)
        readings = select(DECISION.c.conversation_id, DECISION.c.trace).where(
            DECISION.c.at >= at, DECISION.c.brand_id == brand_id, DECISION.c.event == "PostReceived"
        )
        with self._database.read() as connection:
            posts, people = connection.execute(counts).one()
            wanted = {
                str(conversation).partition(":")[2]
                for conversation, trace in connection.execute(readings)
                if (read := _READ_AS.match(trace)) is not None and read[1] in names
            }
            found: dict[m.PersonId, tuple[m.Person, list[m.Post]]] = {}
            for some in _chunks(sorted(wanted)):
                theirs = (*is_theirs, INBOX.c.person_id.in_(some), INBOX.c.payload != codec.ERASED)
                query = select(INBOX.c.kind, INBOX.c.payload).where(*theirs).order_by(INBOX.c.id)
                for kind, payload in connection.execute(query):
                    item = codec.item(kind, payload)
                    assert isinstance(item, codec.HeardPost), "posts only"
                    found.setdefault(item.person.id, (item.person, []))[1].append(item.post)
        wrote = {key: (person, _in_order(written)) for key, (person, written) in found.items()}
        return PastPeople(posts, people, wrote)


def _in_order(posts: Sequence[m.Post]) -> tuple[m.Post, ...]:
    return tuple(sorted(posts, key=lambda post: post.created_at))


def _chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _MANY] for start in range(0, len(ids), _MANY)]
