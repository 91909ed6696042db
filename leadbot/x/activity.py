"""X's Activity API: tells within a second that somebody took a post back, for those we subscribed to.

An own reader and not tweepy's: tweepy knows this stream not at all. One connection of the two X allows; what
is said while nobody listens is lost, and the daily look finds it.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
import structlog

from leadbot.errors import LeadbotError, PermanentError, TransientError
from leadbot.model import PersonId, PostId
from leadbot.ports import Clock
from leadbot.x.account import Account
from leadbot.x.door import Door
from leadbot.x.patience import BackOff, Patience, pause, trace
from leadbot.x.refusals import Answer, error_for
from leadbot.x.session import PRODUCTION_URL, TWEEPY_HOST, TimeOuts, mount

log = structlog.get_logger(__name__)

EVENT = "post.delete"
TAG = "leadbot"
MOST_SUBSCRIPTIONS = 1_400
"""X gives an app 1,500 (self-serve); others may share it."""

PAGE, MOST_PAGES = 1_000, 4
REFUSED_S = 3_600.0
"""Between two tries while X does not offer the stream to this app."""

_LONGEST_LINE = 1_000_000


@dataclass(frozen=True, slots=True)
class Deletion:
    """Somebody took a post back; the id may be that of any of its versions."""

    post_id: PostId
    author_id: PersonId


def deletion_in(raw: bytes) -> Deletion | None:
    """What one line of the stream says; None for anything that is no deletion.

    X's oddities do not matter here: `event_uuid` may be negative, and included accounts are wrapped.
    """
    try:
        item = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    data = _mapping(_mapping(item).get("data"))
    payload = _mapping(data.get("payload"))
    post_id, author_id = _id(payload.get("id")), _id(payload.get("author_id"))
    if data.get("event_type") != EVENT or not post_id or not author_id:
        return None
    return Deletion(PostId(post_id), PersonId(author_id))


def _id(value: object) -> str:
    """The value if it is an id, else an empty text."""
    is_id = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 19
    return str(value) if is_id else ""


class Subscriptions:
    """Whose deletions X tells us. All raise TransientError, PermanentError, AccountError."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        *,
        base_url: str = PRODUCTION_URL,
        time_outs: TimeOuts | None = None,
    ) -> None:
        """account: any one that has the app's bearer token."""
        self._door = Door(
            account.credentials, clock, base_url=base_url, owner="app", as_app=True, time_outs=time_outs
        )

    def all(self) -> dict[PersonId, str]:
        """Person → id of our subscription; those of other programs are left out."""
        found: dict[PersonId, str] = {}
        token: str | None = None
        for _ in range(MOST_PAGES):
            params = {"max_results": str(PAGE), **({"pagination_token": token} if token else {})}
            body = self._ask("GET", params=params)
            for one in _list(body.get("data")):
                user_id = _id(_mapping(one.get("filter")).get("user_id"))
                if one.get("event_type") == EVENT and one.get("tag") == TAG and user_id:
                    found[PersonId(user_id)] = str(one.get("subscription_id"))
            token = _mapping(body.get("meta")).get("next_token")
            if not token:
                break
        return found

    def add(self, person_id: PersonId) -> None:
        """Hear of this person's deletions from now on."""
        self._ask("POST", json={"event_type": EVENT, "filter": {"user_id": person_id}, "tag": TAG})

    def remove(self, subscription_ids: Sequence[str]) -> None:
        """Hear of them no longer; at most 100 at once."""
        self._ask("DELETE", params={"ids": ",".join(subscription_ids)})

    def close(self) -> None:
        """Close all connections."""
        self._door.close()

    def _ask(self, method: str, **more: Any) -> Mapping[str, Any]:
        return self._door.ask(lambda client: client.request(method, "/2/activity/subscriptions", **more))


class Activity:
    """Listens for deletions until told to stop; connects anew whenever it is cut off."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        on_deleted: Callable[[Deletion], None],
        *,
        base_url: str = PRODUCTION_URL,
        patience: Patience | None = None,
        time_outs: TimeOuts | None = None,
        on_connected: Callable[[], None] = lambda: None,
    ) -> None:
        """account: any one that has the app's bearer token. on_deleted runs in the thread of `run`."""
        self._account = account
        self._clock = clock
        self._on_deleted = on_deleted
        self._on_connected = on_connected
        self._base_url = base_url
        self._patience = patience or Patience()
        self._waits = time_outs or TimeOuts()
        self._response: requests.Response | None = None
        self.odd = 0  # lines that were no event as we know them
        self.reason = ""  # why nobody listens now; empty when all is well

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set."""
        hush = threading.Thread(target=self._hush_at, args=(stop,), name="x-activity-stop", daemon=True)
        hush.start()
        back_off = BackOff(self._patience.back_off_s, self._patience.back_off_most_s)
        while not stop.is_set():
            began = self._clock.now()
            try:
                self._listen(stop)
                self.reason = "closed"
            except PermanentError as error:
                self.reason = str(error)
                log.warning("activity.refused", why=self.reason)
                pause(stop, self._clock, REFUSED_S)
                continue
            except LeadbotError as error:
                self.reason = str(error)
            if self._clock.now() - began >= timedelta(seconds=self._patience.healthy_s):
                back_off.reset()
            if not stop.is_set():
                log.info("activity.ended", why=self.reason)
                pause(stop, self._clock, back_off.next_s())

    def _hush_at(self, stop: threading.Event) -> None:
        stop.wait()
        response = self._response
        if response is not None:
            with contextlib.suppress(Exception):
                response.raw.shutdown()  # closing does not wake a blocked read

    def _listen(self, stop: threading.Event) -> None:
        """One connection, to its end. Raises TransientError, PermanentError, AccountError."""
        with requests.Session() as session:
            mount(session, self._base_url, self._waits, is_stream=True, is_app=True, owner="app")
            token = self._account.credentials.bearer_token
            session.headers["Authorization"] = f"Bearer {token.reveal()}"
            try:
                with session.get(f"{TWEEPY_HOST}/2/activity/stream", stream=True) as response:
                    self._response = response
                    if response.status_code != 200:
                        raise error_for(Answer.of(response), now=self._clock.now(), is_write=False)
                    self.reason = ""
                    log.info("activity.connected")
                    self._on_connected()
                    if stop.is_set():
                        return  # told to stop while we connected: nobody would wake the read
                    self._read(response, stop)
            except requests.RequestException as error:
                raise TransientError(type(error).__name__) from None
            finally:
                self._response = None

    def _read(self, response: requests.Response, stop: threading.Event) -> None:
        rest = b""
        for chunk in response.iter_content(chunk_size=None):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in filter(None, map(bytes.strip, lines)):
                self._hear(line)
            if stop.is_set():
                return
            if len(rest) > _LONGEST_LINE:
                raise TransientError("a line without end")

    def _hear(self, line: bytes) -> None:
        deletion = deletion_in(line)
        if deletion is None:
            self.odd += 1
            return
        try:
            self._on_deleted(deletion)
        except Exception:
            log.error("callback.failed", trace=trace())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
