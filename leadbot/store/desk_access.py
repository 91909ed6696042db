"""Who may come to the desk: users, sessions, links that work once, sign-ins that failed, and the log.

Times are given by the caller: they are those of real life, also where a demo's clock runs ahead. Of tokens
only hashes are kept; passwords come here as argon2 hashes.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import Connection, RowMapping

from leadbot.errors import PermanentError
from leadbot.store import dialect
from leadbot.store.database import Database
from leadbot.store.desk_tables import DESK_LOG, DESK_PASS, DESK_SECRET, DESK_SESSION, DESK_TRY, DESK_USER

SEEN_EVERY = timedelta(minutes=1)
"""A page every second need not write every second that somebody was there."""


class Role(StrEnum):
    """What somebody may do: a rep talks to people, a marketer minds the words, an operator minds it all."""

    REP = "rep"
    MARKETER = "marketer"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class DeskUser:
    """Somebody who may sign in. brands: ids of the accounts they see; empty: all of them."""

    key: str
    name: str
    role: Role
    brands: frozenset[str]
    password: str
    is_disabled: bool

    def may_see(self, brand_id: str) -> bool:
        """Whether this account is theirs to see."""
        return not self.brands or brand_id in self.brands


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. form_token: what its forms must bring along."""

    user: DeskUser
    form_token: str
    token_hash: str


@dataclass(frozen=True, slots=True)
class Tries:
    """Sign-ins that failed in a row."""

    count: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeskLogItem:
    """Something that was done on the desk."""

    at: datetime
    by: str
    what: str
    brand_id: str
    subject: str
    why: str
    address: str


def key_of(name: str) -> str:
    """A user's key: their name without regard to case and spaces."""
    return " ".join(name.split()).casefold()


class DeskAccess:
    """Every method is one transaction and raises TransientError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def users(self) -> list[DeskUser]:
        """Everybody, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(DESK_USER).order_by(DESK_USER.c.key)).mappings().all()
        return [_user(row) for row in rows]

    def user(self, name: str) -> DeskUser | None:
        """One of them, by name."""
        with self._database.read() as connection:
            return _load_user(connection, key_of(name))

    def add_user(
        self, name: str, role: Role, *, password: str, brands: Sequence[str] = (), now: datetime
    ) -> None:
        """password: an argon2 hash. Raises PermanentError (``user_exists``)."""
        row = {
            "key": key_of(name),
            "name": " ".join(name.split()),
            "role": role.value,
            "brands": " ".join(brands),
            "password": password,
            "created_at": now,
            "changed_at": now,
        }
        with self._database.write() as connection:
            if not connection.execute(dialect.insert_new(connection, DESK_USER), row).rowcount:
                raise PermanentError("user_exists", f"{name} is there already")

    def change_user(
        self,
        name: str,
        *,
        now: datetime,
        password: str | None = None,
        role: Role | None = None,
        brands: Sequence[str] | None = None,
        is_disabled: bool | None = None,
    ) -> None:
        """What is None stays. Ends all their sessions. Raises PermanentError (``no_such_user``)."""
        values: dict[str, object] = {"changed_at": now}
        values |= {"password": password} if password is not None else {}
        values |= {"role": role.value} if role is not None else {}
        values |= {"brands": " ".join(brands)} if brands is not None else {}
        values |= {"disabled_at": now if is_disabled else None} if is_disabled is not None else {}
        key = key_of(name)
        with self._database.write() as connection:
            if not connection.execute(
                update(DESK_USER).where(DESK_USER.c.key == key).values(values)
            ).rowcount:
                raise PermanentError("no_such_user", f"nobody is called {name} here")
            connection.execute(delete(DESK_SESSION).where(DESK_SESSION.c.user_key == key))

    def begin_session(
        self, user: DeskUser, *, now: datetime, lasts: timedelta, instead_of: str | None = None
    ) -> str:
        """A fresh session; returns its token. instead_of: the token the browser came with, which ends."""
        token = secrets.token_urlsafe(32)
        row = {
            "token_hash": hash_of(token),
            "user_key": user.key,
            "form_token": secrets.token_urlsafe(24),
            "created_at": now,
            "seen_at": now,
            "ends_at": now + lasts,
        }
        with self._database.write() as connection:
            old = DESK_SESSION.c.ends_at <= now
            if instead_of:
                old = or_(old, DESK_SESSION.c.token_hash == hash_of(instead_of))
            connection.execute(delete(DESK_SESSION).where(old))
            connection.execute(DESK_SESSION.insert(), row)
        return token

    def session(self, token: str, *, now: datetime, idle: timedelta) -> Session | None:
        """Who is signed in with this token; None when it ended or nobody used it for `idle`."""
        session = DESK_SESSION.c
        with self._database.read() as connection:
            query = select(DESK_SESSION).where(session.token_hash == hash_of(token))
            row = connection.execute(query).mappings().first()
            user = _load_user(connection, row["user_key"]) if row is not None else None
        if row is None or user is None or user.is_disabled:
            return None
        if row["ends_at"] <= now or row["seen_at"] + idle <= now:
            return None
        if now - row["seen_at"] >= SEEN_EVERY:
            self._seen(row["token_hash"], now)
        return Session(user, row["form_token"], row["token_hash"])

    def _seen(self, token_hash: str, now: datetime) -> None:
        seen = update(DESK_SESSION).where(DESK_SESSION.c.token_hash == token_hash).values(seen_at=now)
        with self._database.write() as connection:
            connection.execute(seen)

    def end_session(self, token: str) -> None:
        """Sign out."""
        with self._database.write() as connection:
            connection.execute(delete(DESK_SESSION).where(DESK_SESSION.c.token_hash == hash_of(token)))

    def make_pass(self, user: DeskUser, *, now: datetime, lasts: timedelta) -> str:
        """A token that signs them in once."""
        token = secrets.token_urlsafe(24)
        row = {"token_hash": hash_of(token), "user_key": user.key, "ends_at": now + lasts}
        with self._database.write() as connection:
            connection.execute(DESK_PASS.insert(), row)
        return token

    def use_pass(self, token: str, *, now: datetime) -> DeskUser | None:
        """Whom it signs in. It is used up by this."""
        table = DESK_PASS.c
        with self._database.write() as connection:
            found = select(table.user_key, table.ends_at).where(table.token_hash == hash_of(token))
            row = connection.execute(found).first()
            connection.execute(delete(DESK_PASS).where(table.token_hash == hash_of(token)))
            user = _load_user(connection, row.user_key) if row is not None else None
        if row is None or user is None or user.is_disabled or row.ends_at <= now:
            return None
        return user

    def tries(self, key: str) -> Tries:
        """How often signing in failed there."""
        with self._database.read() as connection:
            row = connection.execute(select(DESK_TRY).where(DESK_TRY.c.key == key)).first()
        return Tries() if row is None else Tries(row[1], row[2])

    def note_failure(self, keys: Sequence[str], *, now: datetime, forget_after: timedelta) -> None:
        """One more, for each key; what is older than `forget_after` is forgotten."""
        with self._database.write() as connection:
            connection.execute(delete(DESK_TRY).where(DESK_TRY.c.last_at <= now - forget_after))
            for key in keys:
                statement = dialect.insert(connection, DESK_TRY).values(key=key, count=1, last_at=now)
                again = {"count": DESK_TRY.c.count + 1, "last_at": now}
                connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=again))

    def forget_failures(self, keys: Sequence[str]) -> None:
        """It worked."""
        with self._database.write() as connection:
            connection.execute(delete(DESK_TRY).where(DESK_TRY.c.key.in_(list(keys))))

    def secret(self, name: str) -> str:
        """A key of our own, made when it is first asked for."""
        query = select(DESK_SECRET.c.value).where(DESK_SECRET.c.name == name)
        with self._database.read() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            row = {"name": name, "value": secrets.token_urlsafe(32)}
            with self._database.write() as connection:
                connection.execute(dialect.insert_new(connection, DESK_SECRET), row)
                found = connection.execute(query).scalar()
        return str(found)

    def log(
        self,
        what: str,
        *,
        by: str,
        at: datetime,
        brand_id: str = "",
        subject: str = "",
        why: str = "",
        address: str = "",
    ) -> None:
        """Write down that it was done."""
        row = {"at": at, "by": by, "what": what, "brand_id": brand_id, "subject": subject, "why": why}
        with self._database.write() as connection:
            connection.execute(DESK_LOG.insert(), {**row, "address": address})

    def log_items(self, *, limit: int = 200, before: int | None = None) -> list[tuple[int, DeskLogItem]]:
        """The newest lines with their numbers, newest first; `before` a number: those older than it."""
        query = select(DESK_LOG).order_by(DESK_LOG.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(DESK_LOG.c.id < before)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        names = DeskLogItem.__dataclass_fields__
        return [(row["id"], DeskLogItem(**{name: row[name] for name in names})) for row in rows]


def unname(connection: Connection, conversations: Any) -> None:
    """The log forgets whom these lines were about, inside somebody's transaction. conversations: ids, or a
    query for them.
    """
    about = DESK_LOG.c.subject.in_(conversations)
    connection.execute(update(DESK_LOG).where(about).values(subject=""))


def hash_of(token: str) -> str:
    """What is kept of a token: it is long and random, so a plain hash will do."""
    return sha256(token.encode("utf-8", errors="replace")).hexdigest()


def _load_user(connection: Connection, key: str) -> DeskUser | None:
    row = connection.execute(select(DESK_USER).where(DESK_USER.c.key == key)).mappings().first()
    return None if row is None else _user(row)


def _user(row: RowMapping) -> DeskUser:
    return DeskUser(
        key=row["key"],
        name=row["name"],
        role=Role(row["role"]),
        brands=frozenset(row["brands"].split()),
        password=row["password"],
        is_disabled=row["disabled_at"] is not None,
    )
