"""An account that leadbot speaks as, with its keys."""

from __future__ import annotations

from dataclasses import dataclass

from leadbot.errors import TransientError
from leadbot.model import BrandId
from leadbot.ports import Clock
from leadbot.x.credentials import Credentials
from leadbot.x.door import Door
from leadbot.x.session import PRODUCTION_URL


@dataclass(frozen=True, slots=True)
class Account:
    """One brand on X. handle: without the @."""

    brand_id: BrandId
    handle: str
    credentials: Credentials


def account_id(door: Door) -> str:
    """The account behind the token, live. Raises TransientError, AccountError."""
    body = door.read(lambda client: client.get_me(user_auth=door.user_auth))
    data = body.get("data")
    found = data.get("id") if isinstance(data, dict) else None
    if not isinstance(found, str):
        raise TransientError("/2/users/me answered without an id")
    return found


def verify(account: Account, clock: Clock, *, base_url: str = PRODUCTION_URL) -> str:
    """Ask X whom the account's token belongs to; the caller compares with `account.brand_id`.

    Costs one user read. Raises TransientError, AccountError.
    """
    door = Door(account.credentials, clock, base_url=base_url, owner=account.handle)
    try:
        return account_id(door)
    finally:
        door.close()
