"""The wire under tweepy: where requests really go, and how long they may take.

tweepy has its host written into its code and knows no time-outs (tweepy#2024). An adapter mounted on the
public `session` of its clients mends both without patching anything.

OAuth 1.0a signs the address *before* an adapter sees it, so the signature says
``https://api.twitter.com/…`` whatever the base: right for api.twitter.com itself and for the simulator.
``https://api.x.com`` is for OAuth 2.0 only.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from leadbot.model.secret import Secret
from leadbot.x.credentials import Credentials
from leadbot.x.egress import Egress, Shut
from leadbot.x.limits import Limits, route_of

TWEEPY_HOST = "https://api.twitter.com"
"""The host that tweepy 4 has written into its code."""

PRODUCTION_URL = TWEEPY_HOST

HOSTS_OF_X = ("https://api.twitter.com", "https://api.x.com")
"""The second one is for OAuth 2.0 only, see above."""

RECYCLE_S = 3600.0
"""Real seconds after which a session is thrown away: pooled connections and looked-up addresses grow stale
over months."""


def is_of_x(base_url: str) -> bool:
    """Whether this is X itself."""
    return base_url.rstrip("/") in HOSTS_OF_X


@dataclass(frozen=True, slots=True)
class TimeOuts:
    """Real seconds. connect_s: to reach X; read_s: between two bytes of an answer; silence_s: of the
    stream, whose
    keep-alive comes every 20 s."""

    connect_s: float = 5.0
    read_s: float = 20.0
    silence_s: float = 22.0


class Nowhere(HTTPAdapter):
    """For every host but X's: tweepy has no business there, and a redirect must not take a post along."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Raises Shut."""
        raise Shut(f"{request.method} to another host than X: {urlsplit(request.url or '').hostname}")


class Rebase(HTTPAdapter):
    """Sends what is addressed to tweepy's host to `base_url`, with time-outs, and notes the rate limits in
    the answers. `egress` decides whether it leaves at all."""

    def __init__(
        self,
        base_url: str,
        *,
        connect_s: float,
        read_s: float,
        egress: Egress,
        limits: Limits | None = None,
        owner: str = "",
    ) -> None:
        super().__init__()
        self.egress = egress
        self.base_url = base_url.rstrip("/")
        self.last: requests.Response | None = None
        self._timeout = (connect_s, read_s)
        self._limits = limits
        self._owner = owner

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Pass one request on. Raises what requests raises, `Shut` for what nobody permitted, and UsedUp for
        what X is known to refuse.
        """
        self.last = None
        self.egress.check(request)
        url = request.url or ""
        route = route_of(request.method or "", urlsplit(url).path)
        if self._limits is not None:
            self._limits.check(self._owner, route)
        if self.base_url != TWEEPY_HOST and url.startswith(TWEEPY_HOST):
            request.url = self.base_url + url.removeprefix(TWEEPY_HOST)
            # requests chose the proxy for the old host; a loopback base must not go through one.
            kwargs["proxies"] = get_environ_proxies(request.url)
        kwargs["timeout"] = self._timeout
        response = super().send(request, *args, **kwargs)
        self.last = response
        if self._limits is not None:
            self._limits.note(self._owner, route, response.headers)
        return response


def mount(
    session: requests.Session,
    base_url: str,
    time_outs: TimeOuts,
    *,
    is_stream: bool = False,
    is_app: bool = False,
    limits: Limits | None = None,
    owner: str = "",
) -> Rebase:
    """Put a Rebase under one of tweepy's sessions and return it. is_app: it shows the app's own token."""
    read_s = time_outs.silence_s if is_stream else time_outs.read_s
    egress = Egress(is_app=is_app)
    rebase = Rebase(
        base_url, connect_s=time_outs.connect_s, read_s=read_s, egress=egress, limits=limits, owner=owner
    )
    for anywhere in ("https://", "http://"):
        session.mount(anywhere, Nowhere())
    session.mount(TWEEPY_HOST, rebase)
    return rebase


def quiet_vendors() -> None:
    """Keep tweepy and oauthlib from logging request headers: at DEBUG those hold tokens."""
    for name in ("tweepy", "oauthlib", "requests_oauthlib"):
        logger = logging.getLogger(name)
        if logger.level < logging.INFO:
            logger.setLevel(logging.INFO)


@dataclass(slots=True)
class _Held:
    client: tweepy.Client
    rebase: Rebase
    born: float


class ClientPool:
    """One tweepy.Client a thread (requests sessions are not safe to share), rebuilt every RECYCLE_S."""

    def __init__(
        self,
        credentials: Credentials,
        base_url: str,
        *,
        as_app: bool = False,
        time_outs: TimeOuts | None = None,
        limits: Limits | None = None,
        owner: str = "",
        recycle_s: float = RECYCLE_S,
    ) -> None:
        quiet_vendors()
        self.user_auth = credentials.has_oauth1 and not as_app
        self._credentials = credentials
        self._source = None if as_app or credentials.has_oauth1 else credentials.tokens
        self._as_app = as_app
        self._base_url = base_url
        self._time_outs = time_outs or TimeOuts()
        self._limits = limits
        self._owner = owner
        self._recycle_s = recycle_s
        self._lock = threading.Lock()
        self._held: dict[int, _Held] = {}

    def client(self) -> tuple[tweepy.Client, Rebase]:
        """This thread's client, with a token that is good now, and the adapter under it.

        Raises TransientError, AccountError when there is no such token.
        """
        client, rebase = self._client()
        if self._source is not None:
            client.bearer_token = self._source.current().reveal()
        return client, rebase

    def last(self) -> requests.Response | None:
        """The last answer to this thread; None if its last question had none."""
        return self._client()[1].last

    def renew(self) -> bool | None:
        """X refused the token of this thread's client: is there another now? None: ours do not change.

        Raises TransientError, AccountError.
        """
        if self._source is None:
            return None
        return self._source.renew(Secret(self._client()[0].bearer_token or ""))

    def _client(self) -> tuple[tweepy.Client, Rebase]:
        me = threading.get_ident()
        with self._lock:
            held = self._held.get(me)
            if held is not None and time.monotonic() - held.born < self._recycle_s:
                return held.client, held.rebase
            # Threads that ended leave their clients behind; these go when they are old.
            born_before = time.monotonic() - self._recycle_s
            stale = [self._held.pop(one) for one in list(self._held) if self._held[one].born <= born_before]
            fresh = self._held[me] = self._build()
        for one in stale:
            one.client.session.close()
        return fresh.client, fresh.rebase

    def close(self) -> None:
        """Close every connection; the pool can be used again afterwards."""
        with self._lock:
            held, self._held = list(self._held.values()), {}
        for one in held:
            one.client.session.close()

    def _build(self) -> _Held:
        keys = self._credentials
        client = tweepy.Client(
            bearer_token=(keys.bearer_token if self._as_app else keys.oauth2_user_token).reveal(),
            consumer_key=keys.consumer_key.reveal(),
            consumer_secret=keys.consumer_secret.reveal(),
            access_token=keys.access_token.reveal(),
            access_token_secret=keys.access_token_secret.reveal(),
            return_type=requests.Response,
            wait_on_rate_limit=False,  # without the header tweepy would ask again at once, recursively
        )
        rebase = mount(
            client.session,
            self._base_url,
            self._time_outs,
            is_app=self._as_app,
            limits=self._limits,
            owner=self._owner,
        )
        return _Held(client, rebase, time.monotonic())
