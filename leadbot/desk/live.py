"""News without reloading: one watcher asks the database once a second, for all open desks together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from leadbot.desk import access
from leadbot.desk.access import NotSignedIn, Visit
from leadbot.errors import TransientError
from leadbot.store.desk_queue import DeskQueue

_log = structlog.get_logger()
router = APIRouter()

LOOKS_EVERY_S = 1.0
_SPEAKS_EVERY_S = 15.0
MOST_LISTENERS = 500
_MOST_UNREAD = 20


@dataclass(eq=False, slots=True)
class _Listener:
    """An open page. talk: the conversation it shows, if any."""

    talk: str
    news: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(_MOST_UNREAD))


class Watcher:
    """Looks for changes and tells the pages they concern: "list" and "story". Lives in the server's loop."""

    def __init__(self, queue: DeskQueue, *, every_s: float = LOOKS_EVERY_S) -> None:
        self._queue = queue
        self._every_s = every_s
        self._listeners: set[_Listener] = set()
        self._print: tuple[Any, ...] = ()
        self._decision_id = -1
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    async def run(self) -> None:
        """Until it is cancelled. Also while nobody listens: what a page was opened on must be known then."""
        self._loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(TransientError):
                await self.look()
            await asyncio.sleep(self._every_s)

    async def look(self) -> None:
        """One look at the database; everybody hears what concerns them."""
        found, decision_id, changed = await run_in_threadpool(self._ask)
        is_first, self._decision_id = self._decision_id < 0, decision_id
        has_news = found != self._print and not is_first
        self._print = found
        for listener in self._listeners:
            if has_news:
                _put(listener, "list")
            if listener.talk and (listener.talk in changed or has_news):
                _put(listener, "story")

    def _ask(self) -> tuple[tuple[Any, ...], int, frozenset[str]]:
        found = self._queue.fingerprint()
        decision_id, changed = self._queue.changed_since(self._decision_id)
        return found, decision_id, changed

    def close(self) -> None:
        """Let all pages go: the server is about to stop. From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._let_go)

    def _let_go(self) -> None:
        self._is_closed = True
        for listener in self._listeners:
            _put(listener, "")

    async def news(self, request: Request, visit: Visit, talk: str) -> AsyncIterator[str]:
        """The stream of one page; ends with its session, its connection or the server."""
        listener = _Listener(talk)
        self._listeners.add(listener)
        try:
            yield "retry: 3000\n\n"
            while not self._is_closed and not await request.is_disconnected():
                try:
                    name = await asyncio.wait_for(listener.news.get(), _SPEAKS_EVERY_S)
                except TimeoutError:
                    if not await _is_still_in(request, visit):
                        return
                    yield ": still here\n\n"
                    continue
                if name:
                    yield f"event: {name}\ndata: \n\n"
        finally:
            self._listeners.discard(listener)

    @property
    def is_full(self) -> bool:
        """Whether no more pages can be told."""
        return len(self._listeners) >= MOST_LISTENERS


def _put(listener: _Listener, name: str) -> None:
    # A page that reads slowly loses nothing: it has an unread word already, and then asks for everything.
    with contextlib.suppress(asyncio.QueueFull):
        listener.news.put_nowait(name)


async def _is_still_in(request: Request, visit: Visit) -> bool:
    try:
        now = await run_in_threadpool(access.visit, request)
    except NotSignedIn:
        return False
    return now.session.token_hash == visit.session.token_hash


@router.get("/events")
async def events(
    request: Request, visit: Annotated[Visit, Depends(access.visit)], talk: str = ""
) -> Response:
    """Server-sent events: the page asks again for what they name."""
    if talk:
        visit.see(talk.partition(":")[0])
    watcher: Watcher = request.app.state.watcher
    if watcher.is_full:
        raise HTTPException(503, "Too many desks are open.")
    return StreamingResponse(watcher.news(request, visit, talk), media_type="text/event-stream")
