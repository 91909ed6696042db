"""HTTP to a CRM: what goes wrong on the way becomes the error that says who acts next.

Asks no CRM that wants to be left alone: after a 429 (or a 503 with a time) every call fails at once until
the time it gave is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from leadbot.errors import AccountError, LeadbotError, PermanentError, TransientError, UnknownOutcome

CONNECT_S = 5.0
READ_S = 20.0
"""Real seconds. Some CRMs run rules of their users before they answer."""

LONGEST_BODY_S = 60.0

LONGEST_REST = timedelta(days=1)
REST_WITHOUT_A_WORD = timedelta(seconds=30)
"""After a 429 that does not say how long."""


class _Plain(HTTPConnectionPool):
    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.close()


class _Encrypted(HTTPSConnectionPool):
    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.close()


class OneShot(HTTPAdapter):
    """A transport that keeps no connection: leads are few, so one would mostly be dead when it is used again,
    and then nobody could tell whether the request arrived.
    """

    pools: Mapping[str, type[HTTPConnectionPool]] = {"http": _Plain, "https": _Encrypted}

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """As requests does, with our pools."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = dict(self.pools)


class Wire(requests.Session):
    """A session that raises what ports.CrmAdapter may raise for everything but plain answers below 500.

    Redirects are answers, not followed: nobody but the address in the settings gets a lead. name: how the CRM
    is called in messages.
    """

    def __init__(
        self,
        name: str,
        now: Callable[[], datetime],
        *,
        timeout: tuple[float, float] = (CONNECT_S, READ_S),
        adapter: BaseAdapter | None = None,
        uses_proxy: bool = True,
    ) -> None:
        super().__init__()
        self._name = name
        self._now = now
        self._timeout = timeout
        self._rests_until: datetime | None = None
        self.trust_env = uses_proxy
        self.auth = _as_it_is  # a password in ~/.netrc must not take the place of ours
        for scheme in ("https://", "http://"):
            self.mount(scheme, adapter or OneShot())

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **more: Any) -> requests.Response:
        """An answer below 500 that is no 429. Raises TransientError, UnknownOutcome, AccountError."""
        if self._rests_until is not None and self._now() < self._rests_until:
            raise TransientError(f"{self._name} asked to be left alone", retry_at=self._rests_until)
        more["timeout"] = more.get("timeout") or self._timeout
        more["allow_redirects"] = False
        is_read = str(method).upper() in ("GET", "HEAD")
        try:
            response = super().request(method, url, *args, **more)
        except requests.RequestException as error:
            raise self._lost(error, is_read=is_read) from None
        self._judge(response, is_read=is_read)
        return response

    def read(self, response: requests.Response, *, most_bytes: int) -> bytes:
        """The body of an answer asked for with ``stream=True``: not longer, not slower than anybody needs.

        Raises TransientError, UnknownOutcome; PermanentError(``too_long``).
        """
        is_read = response.request.method in ("GET", "HEAD")
        deadline, content = time.monotonic() + LONGEST_BODY_S, b""
        try:
            for chunk in response.iter_content(64 * 1024):
                content += chunk
                if len(content) > most_bytes:
                    raise PermanentError("too_long", f"the answer of {self._name} is too long")
                if time.monotonic() > deadline:
                    raise requests.ReadTimeout
        except requests.RequestException as error:
            raise self._lost(error, is_read=is_read) from None
        finally:
            response.close()
        return content

    def _lost(self, error: requests.RequestException, *, is_read: bool) -> LeadbotError:
        """What it means that no answer came. The words of the library are left out: addresses hold keys."""
        if isinstance(error, requests.exceptions.SSLError):
            return AccountError("crm_tls", f"{self._name} shows a certificate that does not hold")
        if isinstance(error, requests.exceptions.InvalidHeader):
            return AccountError("crm_unauthorized", f"the keys of {self._name} cannot be sent")
        was_not_sent = isinstance(error, requests.exceptions.ConnectTimeout) or _never_connected(error)
        if was_not_sent:
            return TransientError(f"{self._name} cannot be reached")
        what = f"the answer of {self._name} was lost ({type(error).__name__})"
        return TransientError(what) if is_read else UnknownOutcome(what)

    def _judge(self, response: requests.Response, *, is_read: bool) -> None:
        status = response.status_code
        if status == 429 or status >= 500:
            response.close()
        if status == 429 or (status == 503 and "Retry-After" in response.headers):
            raise self.rest(retry_after(response, self._now()), f"{self._name} answers {status}")
        if status in (408, 503):
            raise TransientError(f"{self._name} answers {status}")
        if status >= 500:
            what = f"{self._name} answers {status}"
            raise TransientError(what) if is_read else UnknownOutcome(what)

    def rest(self, until: datetime | None, why: str) -> TransientError:
        """Nothing more is asked until then; the error to raise."""
        now = self._now()
        until = min(until or now + REST_WITHOUT_A_WORD, now + LONGEST_REST)
        self._rests_until = until
        return TransientError(why, retry_at=until)

    def rest_for(self, span: timedelta, why: str) -> TransientError:
        """As `rest`, for so long."""
        return self.rest(self._now() + span, why)


def retry_after(response: requests.Response, now: datetime) -> datetime | None:
    """The header Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return now + min(timedelta(seconds=int(text[:9])), LONGEST_REST)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def words_of(content: bytes, *, most: int = 300) -> str:
    """What a refusal says, in one line and not too long: it ends in a log and on a page."""
    return " ".join(content[: 4 * most].decode("utf-8", "replace").split())[:most]


def _never_connected(error: BaseException | None) -> bool:
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, NewConnectionError):
            return True
        reason = getattr(error, "reason", None)
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
        error = reason if isinstance(reason, BaseException) else inner
        seen += 1
    return False


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
