"""One connection to the filtered stream, through tweepy, with everything taken out of its hands that kills
or hangs it.

tweepy's loop ends for ever at the first exception in a callback, reconnects without a delay after a clean
close, retries refusals for ever, and sleeps up to 320 s where nobody can wake it. So every hook here ends the
loop after one connection; when to connect again is for `stream.Stream` to say.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import requests
import structlog
import tweepy

from leadbot.model.secret import Secret
from leadbot.x.limits import Limits
from leadbot.x.mapping import EXPANSIONS, POST_FIELDS, USER_FIELDS
from leadbot.x.patience import trace
from leadbot.x.refusals import Answer
from leadbot.x.session import TimeOuts, mount, quiet_vendors

log = structlog.get_logger(__name__)

CHUNK = 16_384
"""Bytes per read. X sends each item as one HTTP chunk, so a large value delays nothing and costs fewer
reads."""


class End(StrEnum):
    """How a connection ended."""

    CLOSED = "closed"  # the other side closed it properly
    LOST = "lost"  # reset, cut short, silent for too long, or never reached
    REFUSED = "refused"  # an answer other than 200
    BROKEN = "broken"  # an exception nobody foresaw
    HUSHED = "hushed"  # we ended it


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a connection. answer: what was refused with. was_connected: whether there was a 200
    before."""

    how: End
    answer: Answer | None = None
    was_connected: bool = False


class Ears(tweepy.StreamingClient):  # type: ignore[misc]  # tweepy has no types
    """Listens once. All hooks run in the thread that called `listen`."""

    def __init__(
        self,
        bearer_token: Secret,
        *,
        base_url: str,
        on_connected: Callable[[], None],
        on_line: Callable[[bytes], None],
        on_beat: Callable[[], None],
        time_outs: TimeOuts | None = None,
        limits: Limits | None = None,
    ) -> None:
        quiet_vendors()
        super().__init__(bearer_token.reveal(), return_type=requests.Response, chunk_size=CHUNK)
        mount(self.session, base_url, time_outs or TimeOuts(), is_stream=True, limits=limits, owner="app")
        self.session.hooks["response"].append(self._met)
        self._on_connected, self._on_line, self._on_beat = on_connected, on_line, on_beat
        self._response: requests.Response | None = None
        self._answer: Answer | None = None
        self._how = End.LOST
        self._was_connected = False
        self._is_hushed = False

    def listen(self) -> Ended:
        """Connect, listen until the connection ends, and say how it ended. Never raises."""
        self.filter(tweet_fields=POST_FIELDS, expansions=EXPANSIONS, user_fields=USER_FIELDS)
        how = End.HUSHED if self._is_hushed else self._how
        return Ended(how, self._answer, self._was_connected)

    def hush(self) -> None:
        """End it from another thread, at once. tweepy's `disconnect` waits for the next line: up to 21 s."""
        self.running = False
        self.wind_down()

    def wind_down(self) -> None:
        """End it from any thread once what has already come is read."""
        self._is_hushed = True
        response = self._response
        if response is not None:
            # Closing the file descriptor does not wake a blocked read; shutting the socket down does, and
            # leaves what lies in its buffer to be read.
            with contextlib.suppress(Exception):
                response.raw.shutdown()

    def on_connect(self) -> None:
        """A 200. A second one in the same loop would be tweepy's own reconnect: leave that to the caller."""
        if self._was_connected:
            self.running = False
            return
        self._was_connected = True
        self._safely(self._on_connected)

    def on_data(self, raw_data: bytes) -> None:
        """One line. Only passed on: parsing in here could end the loop."""
        self._safely(self._on_line, raw_data)

    def on_keep_alive(self) -> None:
        """The blank line of every 20 s."""
        self._safely(self._on_beat)

    def on_closed(self, response: requests.Response) -> None:
        """The other side closed properly."""
        self._finish(End.CLOSED)

    def on_connection_error(self) -> None:
        """Reset, time-out or a chunk cut short."""
        self._finish(End.LOST)

    def on_request_error(self, status_code: int) -> None:
        """Refused; `_met` has read why."""
        self._finish(End.REFUSED)

    def on_exception(self, exception: Exception) -> None:
        """Something in the loop raised."""
        log.warning("stream.broken", error=type(exception).__name__, why=str(exception))
        self._finish(End.BROKEN)

    def on_disconnect(self) -> None:
        """The loop is over; `listen` says how."""

    def _finish(self, how: End) -> None:
        self._how = how
        self.running = False

    def _met(self, response: requests.Response, *args: Any, **kwargs: Any) -> None:
        self._response = response
        if response.status_code != 200:
            self._answer = Answer.of(response)
        if self._is_hushed:
            self.running = False

    def _safely(self, tell: Callable[..., None], *args: Any) -> None:
        try:
            tell(*args)
        except Exception:
            log.error("stream.hook_failed", trace=trace())
