"""X's Activity API: what an app subscribed to, and the stream on which it comes (X docs, "X Activity API").

Its oddities are X's: an `event_uuid` may be a negative number as a string, counts have a twin that is text,
and in `post.delete` each included account is wrapped in ``{"data": …}``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from leadbot.simulator import auth
from leadbot.simulator.accounts import Post, User
from leadbot.simulator.api import Answer, Call, Route
from leadbot.simulator.clock import iso
from leadbot.simulator.problems import forbidden, invalid, stream_refused
from leadbot.simulator.shapes import Wanted, tweet_json
from leadbot.simulator.world import World

ROUTE = "GET /2/activity/stream"
MOST_CONNECTIONS, MOST_SUBSCRIPTIONS = 2, 1_500
DELIVERED = frozenset({"post.create", "post.delete"})
PRIVATE = frozenset({"post.mention.create", "post.reply.create", "post.quote.create", "dm.received"})
_FIELDS = frozenset(
    (
        "author_id",
        "conversation_id",
        "created_at",
        "in_reply_to_user_id",
        "public_metrics",
        "referenced_tweets",
    )
)


@dataclass(slots=True)
class Subscription:
    """One event type of one account."""

    id: str
    event_type: str
    user_id: str
    tag: str
    created_at: str

    def as_json(self) -> dict[str, Any]:
        """As X lists it."""
        shown = {"subscription_id": self.id, "event_type": self.event_type, "created_at": self.created_at}
        shown |= {"updated_at": self.created_at, "tag": self.tag} if self.tag else {}
        return {**shown, "filter": {"user_id": self.user_id}}


def subscribe(call: Call) -> Answer:
    """POST /2/activity/subscriptions."""
    world, kind, wanted = call.world, call.body.get("event_type"), call.body.get("filter")
    if not world.settings.activity_offered:
        raise forbidden("Activity subscriptions are not part of your access.")
    if kind not in DELIVERED | PRIVATE:
        raise invalid("$.event_type: is not one this place knows", "event_type", kind)
    user_id = wanted.get("user_id") if isinstance(wanted, dict) else None
    if not (isinstance(user_id, str) and user_id.isdigit() and len(user_id) <= 19):
        raise invalid("$.filter.user_id: must be an id as a string", "filter", wanted)
    if kind in PRIVATE and call.identity.user is None:
        raise forbidden("This event needs a user's OAuth 2.0 token with tweet.read.")
    tag = call.body.get("tag", "")
    if not isinstance(tag, str) or len(tag) > 200:
        raise invalid("$.tag: must be 1 to 200 characters", "tag", tag)
    if any((one.event_type, one.user_id) == (kind, user_id) for one in world.subscriptions.values()):
        raise invalid("A subscription with this event_type and filter exists already", "filter", wanted)
    if len(world.subscriptions) >= MOST_SUBSCRIPTIONS:
        raise forbidden(f"You have {MOST_SUBSCRIPTIONS} subscriptions, the most your access allows.")
    number, at = world.ids.next()
    made = Subscription(str(number), str(kind), user_id, tag, iso(at))
    world.subscriptions[made.id] = made
    return 200, {"data": {"subscription": made.as_json()}}


def subscriptions(call: Call) -> Answer:
    """GET /2/activity/subscriptions, in pages."""
    size, start = (
        call.query.get(name, default)
        for name, default in (("max_results", "1000"), ("pagination_token", "0"))
    )
    if not (size.isdigit() and 1 <= int(size) <= 1000 and start.isdigit()):
        raise invalid("The `max_results` query parameter must be 1 to 1000", "max_results", size)
    every = list(call.world.subscriptions.values())
    shown, end = every[int(start) : int(start) + int(size)], int(start) + int(size)
    meta = {"result_count": len(shown), **({"next_token": str(end)} if end < len(every) else {})}
    return 200, {"data": [one.as_json() for one in shown], "meta": meta}


def unsubscribe(call: Call) -> Answer:
    """DELETE /2/activity/subscriptions?ids=…: those that are not there come in `errors`."""
    ids = [part for part in call.query.get("ids", "").split(",") if part]
    if not ids:
        raise invalid("The `ids` query parameter can not be empty", "ids", "")
    known = call.world.subscriptions
    gone = [{"subscription_id": one, "deleted": True} for one in ids if known.pop(one, None) is not None]
    done = {one["subscription_id"] for one in gone}
    errors = [
        {"subscription_id": one, "reason": "not_found", "message": "There is no such subscription."}
        for one in ids
        if one not in done
    ]
    body: dict[str, Any] = {"data": gone, "meta": {"total_subscriptions": len(known)}}
    return 200, {**body, **({"errors": errors} if errors else {})}


def unsubscribe_one(call: Call) -> Answer:
    """DELETE /2/activity/subscriptions/:id."""
    gone = call.world.subscriptions.pop(call.path["id"], None)
    return 200, {"data": {"deleted": gone is not None}}


ROUTES = (
    Route("POST", "/2/activity/subscriptions", auth.ANY, subscribe),
    Route("GET", "/2/activity/subscriptions", auth.ANY, subscriptions),
    Route("DELETE", "/2/activity/subscriptions", auth.APP, unsubscribe),
    Route("DELETE", "/2/activity/subscriptions/:id", auth.APP, unsubscribe_one),
)


@dataclass(eq=False, slots=True)
class _Listener:
    queue: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)


class ActivityHub:
    """Hands what happens to those who are connected; what happens while nobody is, is lost."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listeners: list[_Listener] = []
        world.on_post.append(self._posted)
        world.on_delete.append(self._deleted)
        world.on_reset.append(self.close_all)

    @property
    def connected(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def close_all(self) -> None:
        """End every connection in good order."""
        for listener in self._listeners:
            listener.queue.put_nowait(None)
        self._listeners.clear()

    def admit(self, query: Mapping[str, str]) -> _Listener:
        """Gives a place on the stream, or raises 403 or 429 as X does."""
        if {"backfill_minutes", "start_time", "end_time"} & set(query):
            raise forbidden("backfill_minutes, start_time and end_time need Enterprise access.")
        if not self._world.settings.activity_offered:
            raise forbidden("The activity stream is not part of your access.")
        if self.connected >= MOST_CONNECTIONS:
            detail = "This stream is currently at the maximum allowed connection limit."
            raise stream_refused(429, "TooManyConnections", detail)
        listener = _Listener()
        self._listeners.append(listener)
        return listener

    async def serve(
        self, listener: _Listener, request: web.Request, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """Writes to one client until either side ends it."""
        response = web.StreamResponse(headers=headers)
        response.content_type, response.charset = "application/json", "utf-8"
        response.enable_chunked_encoding()
        response.force_close()
        try:
            await response.prepare(request)
            while (line := await self._next(listener)) is not None:
                await response.write(line)
            await response.write_eof()
        except ConnectionError:
            pass
        finally:
            if listener in self._listeners:
                self._listeners.remove(listener)
        return response

    async def _next(self, listener: _Listener) -> bytes | None:
        try:
            async with asyncio.timeout(self._world.settings.keep_alive_s):
                return await listener.queue.get()
        except TimeoutError:
            return b"\r\n"

    def _posted(self, post: Post) -> None:
        if self._world.may_see(post, None):
            payload = tweet_json(self._world, post, Wanted(_FIELDS))
            metrics = payload.get("public_metrics", {})
            metrics |= {f"{name}_str": str(value) for name, value in metrics.items()}
            self._publish("post.create", post.author, payload, {})

    def _deleted(self, post: Post) -> None:
        if post.author.protected or post.author.is_gone:
            return  # X delivers nothing of protected accounts
        user = {"id": str(post.author.id), "name": post.author.name, "username": post.author.username}
        payload = {"id": str(post.id), "author_id": str(post.author.id)}
        self._publish("post.delete", post.author, payload, {"users": [{"data": user}]})

    def _publish(self, kind: str, author: User, payload: dict[str, Any], includes: dict[str, Any]) -> None:
        for one in self._world.subscriptions.values():
            if (one.event_type, one.user_id) != (kind, str(author.id)):
                continue
            data = {
                "event_uuid": payload["id"] if kind == "post.create" else f"-{payload['id']}",
                "filter": {"user_id": one.user_id},
                "event_type": kind,
                **({"tag": one.tag} if one.tag else {}),
                "payload": payload,
                **({"includes": includes} if includes else {}),
            }
            line = msgspec.json.encode({"data": data}) + b"\r\n"
            for listener in self._listeners:
                listener.queue.put_nowait(line)
