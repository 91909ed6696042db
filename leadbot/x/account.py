"""An account that leadbot speaks as, with its keys."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape

from leadbot.errors import AccountError, TransientError
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


@dataclass(frozen=True, slots=True)
class Profile:
    """What X shows of the account behind a token. affiliation: its label, such as "Automated"."""

    id: BrandId
    username: str
    name: str
    description: str = ""
    affiliation: str = ""
    is_protected: bool = False


PROFILE_FIELDS = ["affiliation", "description", "protected"]


def profile_of(door: Door) -> Profile:
    """The account behind the token, live, with its profile: one user read. Raises TransientError,
    AccountError."""
    body = door.read(lambda client: client.get_me(user_fields=PROFILE_FIELDS, user_auth=door.user_auth))
    data = body.get("data")
    shown = data if isinstance(data, dict) else {}
    if not all(isinstance(shown.get(name), str) for name in ("id", "username")):
        raise TransientError("/2/users/me answered without an id and a handle")
    label = shown.get("affiliation")
    return Profile(
        BrandId(shown["id"]),
        shown["username"],
        str(shown.get("name") or shown["username"]),
        unescape(str(shown.get("description") or "")),
        str(label.get("description") or "") if isinstance(label, dict) else "",
        shown.get("protected") is True,
    )


def account_id(door: Door) -> str:
    """The account behind the token, live. Raises TransientError, AccountError."""
    body = door.read(lambda client: client.get_me(user_auth=door.user_auth))
    data = body.get("data")
    found = data.get("id") if isinstance(data, dict) else None
    if not isinstance(found, str):
        raise TransientError("/2/users/me answered without an id")
    return found


def verify(account: Account, clock: Clock, *, base_url: str = PRODUCTION_URL) -> str:
    """Ask X for the id of the account, with its own keys; they must be those of its handle.

    Costs one user read. Raises TransientError, AccountError (``keys_of_another`` when X names another handle:
    every witness would agree on that account, and it would speak this one's playbooks).
    """
    door = Door(account.credentials, clock, base_url=base_url, owner=account.handle)
    try:
        found = profile_of(door)
    finally:
        door.close()
    if found.username.lower() != account.handle.lower():
        why = f"these are keys of @{found.username} ({found.id}), not of @{account.handle}"
        raise AccountError("keys_of_another", why)
    return found.id
