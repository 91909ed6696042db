"""Passwords: argon2, a few at a time, and slower with every failure."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from leadbot.store.desk_access import DeskAccess, Tries

LEAST_LENGTH = 10
FORGET_AFTER = timedelta(hours=1)
_FREE_TRIES = 4
_LONGEST_WAIT = timedelta(minutes=15)

_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(2)  # each takes 64 MB
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """What is kept of it. Raises ValueError for one that is too short."""
    if len(password) < LEAST_LENGTH:
        raise ValueError(f"a password needs {LEAST_LENGTH} characters or more")
    return _hasher.hash(password)


def is_right(hashed: str, password: str) -> bool:
    """Whether it is the password of this hash; takes its time also where there is no hash."""
    with _at_once:
        try:
            return _hasher.verify(hashed or _NOBODY, password[:1000]) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False


def wait_of(tries: Tries) -> timedelta:
    """How long to wait after so many failures in a row: nothing at first, then 2, 4, 8 … seconds."""
    beyond = tries.count - _FREE_TRIES
    return min(timedelta(seconds=2 ** min(beyond, 20)), _LONGEST_WAIT) if beyond > 0 else timedelta(0)


def must_wait_until(access: DeskAccess, keys: tuple[str, ...], now: datetime) -> datetime | None:
    """Until when nobody may try under one of these keys; None: now."""
    found = []
    for key in keys:
        tries = access.tries(key)
        if tries.last_at is not None and tries.last_at > now - FORGET_AFTER:
            found.append(tries.last_at + wait_of(tries))
    latest = max(found, default=now)
    return latest if latest > now else None
