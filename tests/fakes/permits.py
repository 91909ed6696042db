"""Permits for tests that speak without a gate: as the gate would make them, for one account."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from leadbot.model import BrandId, Deed, Mode, Permit, PostId
from leadbot.ports import PostWriter

_TRIES = count(1)


def witnesses(brand_id: str) -> tuple[tuple[str, str], ...]:
    """All who must be asked, of one mind."""
    names = ("outbox row", "conversation", "playbook", "writer", "keys", "token")
    return tuple((name, brand_id) for name in names)


def to_say(
    brand_id: str, text: str, *, in_reply_to: PostId, exclude: Sequence[str] = (), mode: Mode = Mode.LIVE
) -> Permit:
    """A permit for one reply; each call is a try of its own."""
    return Permit(
        deed=Deed.REPLY,
        key=f"{brand_id}:7:reply:{in_reply_to}",
        attempt=next(_TRIES),
        brand_id=BrandId(brand_id),
        mode=mode,
        witnesses=witnesses(brand_id),
        text=text,
        in_reply_to=in_reply_to,
        exclude=tuple(exclude),
    )


def to_delete(brand_id: str, post_id: PostId, *, by: str = "Ana Ruiz") -> Permit:
    """A permit to take a post back."""
    return Permit(
        deed=Deed.DELETE,
        key=f"{brand_id}:7:retract:{post_id}",
        attempt=next(_TRIES),
        brand_id=BrandId(brand_id),
        mode=Mode.LIVE,
        witnesses=witnesses(brand_id),
        post_id=post_id,
        by=by,
    )


def say(writer: PostWriter, text: str, *, in_reply_to: PostId, exclude: Sequence[str] = ()) -> PostId:
    """Have a writer say something, with a permit for exactly that."""
    return writer.send(to_say(writer.brand_id, text, in_reply_to=in_reply_to, exclude=exclude))
