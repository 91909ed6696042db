"""The filtered stream: connections, what each is sent, and how it goes wrong by script.

Each item is one HTTP/1.1 chunk that ends in CRLF; silence is broken by a chunk of CRLF alone. A connection
has its own queue and sleeps until there is something for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from aiohttp import web

from leadbot.simulator.accounts import Post
from leadbot.simulator.auth import APP_ONLY
from leadbot.simulator.clock import iso, snowflake_at
from leadbot.simulator.faults import STREAM_ITEM, STREAM_NOW, Fault
from leadbot.simulator.paging import Page
from leadbot.simulator.problems import PROBLEMS, forbidden, invalid, stream_refused
from leadbot.simulator.rules import StreamRule
from leadbot.simulator.settings import SimSettings
from leadbot.simulator.shapes import Wanted, answer, with_unknown_fields
from leadbot.simulator.world import World

ROUTE = "GET /2/tweets/search/stream"
ENDPOINT_NAME = "filtered_stream"
_CLOSED_KEPT = 100
SLOW_READER_GRACE_S = 1.0
MOST_BACKFILL_MIN = 5


@dataclass(eq=False, slots=True)
class Connection:
    """One client on the stream."""

    wanted: Wanted
    client_ip: str
    connected_at: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    queue: asyncio.Queue[tuple[Post, list[StreamRule]] | None] = field(default_factory=asyncio.Queue)
    closing: str = ""
    closed_at: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    cut: Callable[[], None] | None = None
    no_items_until: float = 0.0
    held: list[bytes] = field(default_factory=list)

    def wake(self, closing: str = "") -> None:
        """Makes the connection look up: for a new fault, or to end for the reason given."""
        self.closing = self.closing or closing
        if self.closing:
            self.ended.set()
        self.queue.put_nowait(None)

    def as_json(self) -> dict[str, str]:
        """The connection as `GET /2/connections` lists it."""
        shown = {"id": self.id, "endpoint_name": ENDPOINT_NAME, "connected_at": self.connected_at}
        shown["client_ip"] = self.client_ip
        if self.closed_at:
            shown |= {
                "disconnected_at": self.closed_at,
                "disconnect_reason": self.closing or "client_disconnect",
            }
        return shown


class _Gone(Exception):
    """The connection is over; nothing more can be written."""


class StreamHub:
    """Knows the connections and hands each new post to those whose rules it meets."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.open: dict[str, Connection] = {}
        self.closed: deque[Connection] = deque(maxlen=_CLOSED_KEPT)
        self.on_change: list[Callable[[], None]] = []
        world.on_post.append(self.publish)
        world.on_reset.append(self._on_reset)

    def _on_reset(self) -> None:
        self.close_all("reset")

    def publish(self, post: Post) -> None:
        """Offers a new post to the stream. Posts of protected and suspended accounts are never delivered."""
        if not self.open or not self.world.may_see(post, None):
            return
        rules = self.world.rules.matching(post)
        if not rules:
            return
        for connection in list(self.open.values()):
            if connection.closing:
                continue
            if connection.queue.qsize() >= self.world.settings.slow_reader_items:
                self._let_go(connection)
            else:
                connection.queue.put_nowait((post, rules))

    def _let_go(self, connection: Connection) -> None:
        connection.wake("SlowReader")
        if connection.cut is not None:
            # A client that reads nothing also holds up the close, so the line is cut a little later.
            asyncio.get_running_loop().call_later(SLOW_READER_GRACE_S, connection.cut)

    def wake_all(self) -> None:
        """Lets all connections look at the fault script."""
        for connection in self.open.values():
            connection.wake()

    def close_all(self, reason: str) -> int:
        """Ends all connections and frees their places; returns how many there were."""
        ended = list(self.open.values())
        self.open.clear()
        for connection in ended:
            connection.wake(reason)
        return len(ended)

    def close(self, ids: list[str]) -> int:
        """Ends the named connections; returns how many there were."""
        ended = [self.open.pop(name) for name in ids if name in self.open]
        for connection in ended:
            connection.wake("killed")
        return len(ended)

    def admit(self, query: Mapping[str, str], client_ip: str) -> Connection:
        """Gives a place on the stream, or raises 400, 403, 409 or 429 as X does."""
        past = self._past(query)
        if not self.world.rules.rules:
            detail = "You must define at least one rule before you connect to this stream."
            raise stream_refused(409, "RuleConfigurationIssue", detail)
        if self.open and self.world.settings.stream_mode == "refuse":
            detail = "This stream is currently at the maximum allowed connection limit."
            raise stream_refused(429, "TooManyConnections", detail)
        wanted = Wanted.read(query)
        self.close_all("replaced by a newer connection")
        connection = Connection(wanted, client_ip, iso(self.world.clock.now()))
        self.open[connection.id] = connection
        for post, rules in past:
            connection.queue.put_nowait((post, rules))
        self._changed()
        return connection

    def _past(self, query: Mapping[str, str]) -> list[tuple[Post, list[StreamRule]]]:
        """What an Enterprise app asked to hear again: all of it, what it has heard before as well.

        Raises 400 for a number X does not know, 403 for a self-serve app.
        """
        given = query.get("backfill_minutes", "0")
        if not given.isdigit() or int(given) > MOST_BACKFILL_MIN:
            message = f"The `backfill_minutes` query parameter value [{given}] is not between 0 and 5"
            raise invalid(message, "backfill_minutes", given)
        if given == "0" and "start_time" not in query and "end_time" not in query:
            return []
        if not self.world.settings.is_enterprise:
            raise forbidden("backfill_minutes, start_time and end_time need Enterprise access.")
        now = self.world.clock.now()
        page = Page.read(
            {name: query[name] for name in ("start_time", "end_time") if name in query}, smallest=1
        )
        after = page.after or snowflake_at(now - timedelta(minutes=int(given)))
        posts = [post for post in self.world.posts.values() if after < post.id < page.before]
        matched = (
            (post, self.world.rules.matching(post)) for post in posts if self.world.may_see(post, None)
        )
        return [(post, rules) for post, rules in matched if rules]

    async def serve(
        self, connection: Connection, request: web.Request, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """Writes to one client until either side ends it."""
        response = web.StreamResponse(headers=headers)
        response.content_type, response.charset = "application/json", "utf-8"
        response.enable_chunked_encoding()
        response.force_close()
        is_zipped = takes_gzip(request, self.world.settings)
        if is_zipped:
            response.headers["Content-Encoding"] = "gzip"
        lost = False
        try:
            connection.cut = request.transport.abort if request.transport is not None else None
            await response.prepare(request)
            pipe = _Pipe(self.world, connection, request, response, _zipper() if is_zipped else None)
            await pipe.run()
            await response.write_eof()
        except (_Gone, ConnectionError):
            lost = True
            if request.transport is not None:
                request.transport.abort()
        except asyncio.CancelledError:
            # aiohttp cancels the handler when the client goes away.
            lost = True
            raise
        finally:
            self._leave(connection, lost=lost)
        return response

    def _leave(self, connection: Connection, *, lost: bool) -> None:
        connection.closed_at = iso(self.world.clock.now())
        self.closed.append(connection)
        if lost and self.world.settings.ghost_s > 0:
            # X notices a lost client late; until then its place stays taken.
            asyncio.get_running_loop().call_later(self.world.settings.ghost_s, self._forget, connection)
        else:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        self.open.pop(connection.id, None)
        self._changed()

    def _changed(self) -> None:
        for heard in self.on_change:
            heard()


@dataclass(slots=True)
class _Pipe:
    """The writing side of one connection."""

    world: World
    connection: Connection
    request: web.Request
    response: web.StreamResponse
    zipper: Any = None

    async def _send(self, line: bytes) -> None:
        """One chunk; zipped, it is flushed as well, or items would be held back."""
        if self.zipper is not None:
            line = self.zipper.compress(line) + self.zipper.flush(zlib.Z_SYNC_FLUSH)
        await self.response.write(line)

    async def run(self) -> None:
        while not self.connection.closing:
            fault = self.world.faults.strike("stream", STREAM_NOW)
            if fault is not None and await self._now(fault):
                return
            try:
                async with asyncio.timeout(self.world.settings.keep_alive_s):
                    event = await self.connection.queue.get()
            except TimeoutError:
                await self._send(b"\r\n")
                continue
            if event is not None:
                await self._item(*event)

    async def _item(self, post: Post, rules: list[StreamRule]) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < self.connection.no_items_until or not self.world.may_see(post, None):
            return
        fault = self.world.faults.strike("stream", STREAM_ITEM)
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        lines = self._spoilt(fault, self._line(post, rules, fault))
        if fault is not None and fault.kind == "rst_mid_item":
            await self._send(lines[0][: len(lines[0]) // 2])
            reset(self.request)
            raise _Gone
        if self.world.settings.keeps_exchanges:
            self._keep(lines)
        for line in lines:
            await self._send(line)
        if lines:
            self.world.spend.posts_read([post], None)

    def _keep(self, lines: list[bytes]) -> None:
        asked = {
            "method": "GET",
            "path": self.request.raw_path,
            "means": APP_ONLY,
            "body": None,
        }
        for line in lines:
            with contextlib.suppress(msgspec.DecodeError):
                self.world.exchanges.append({**asked, "status": 200, "answer": msgspec.json.decode(line)})

    def _line(self, post: Post, rules: list[StreamRule], fault: Fault | None) -> bytes:
        body, users, _ = answer(self.world, [post], self.connection.wanted, None, single=True)
        if self.world.settings.bill_includes:
            self.world.spend.users_read(users, None)
        body["matching_rules"] = [rule.as_match() for rule in rules]
        if fault is not None and fault.kind == "no_tag":
            body["matching_rules"] = [{"id": rule.id} for rule in rules]
        if fault is not None and fault.kind == "big_item":
            body["data"]["padding"] = "x" * fault.bytes
        if self.world.settings.unknown_fields:
            body = with_unknown_fields(body)
        return msgspec.json.encode(body) + b"\r\n"

    def _spoilt(self, fault: Fault | None, line: bytes) -> list[bytes]:
        kind = fault.kind if fault is not None else ""
        if kind == "out_of_order":
            # Held back until the next item has gone out.
            self.connection.held.append(line)
            return []
        lines = [line]
        if kind == "duplicate":
            lines = [line, line]
        if kind == "bad_json":
            lines = [line[: len(line) // 2] + b"\r\n"]
        lines += self.connection.held
        self.connection.held.clear()
        return lines

    async def _now(self, fault: Fault) -> bool:
        """Plays a fault that strikes at once; True when the connection ends with it."""
        if fault.kind == "operational_disconnect":
            await self._send(msgspec.json.encode(_DISCONNECT) + b"\r\n")
        elif fault.kind == "rst":
            reset(self.request)
            raise _Gone
        elif fault.kind == "half_line":
            await self._send(_HALF_LINE)
            await self._silence(fault.seconds)
            raise _Gone
        elif fault.kind == "silence":
            await self._silence(fault.seconds)
        elif fault.kind == "no_items":
            self.connection.no_items_until = asyncio.get_running_loop().time() + fault.seconds
        if fault.kind in ("clean_close", "operational_disconnect"):
            self.connection.closing = fault.kind
            return True
        return False

    async def _silence(self, seconds: float) -> None:
        """Nothing at all for so many real seconds, unless somebody ends the connection."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.connection.ended.wait()


_HALF_LINE = b'{"data":{"id":"1990000000000000101","text":"@acme we need a pl'
_DISCONNECT: dict[str, Any] = {
    "errors": [
        {
            "title": "operational-disconnect",
            "disconnect_type": "UpstreamOperationalDisconnect",
            "detail": "This stream has been disconnected upstream for operational reasons.",
            "type": PROBLEMS + "operational-disconnect",
        }
    ]
}


def takes_gzip(request: web.Request, settings: SimSettings) -> bool:
    """Whether this client is answered zipped."""
    return settings.gzip and "gzip" in request.headers.get("Accept-Encoding", "")


def _zipper() -> Any:
    return zlib.compressobj(wbits=31)  # 31: with the header of gzip


def reset(request: web.Request) -> None:
    """Cuts the connection with a TCP RST: what a crash on the way looks like."""
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
