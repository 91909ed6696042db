"""The simulator's own endpoints under `/_sim/`: make accounts, watch, judge, bend time, script faults."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from leadbot.simulator.accounts import Client, Post, User, credentials_for, native_credentials_for
from leadbot.simulator.api import draft_of
from leadbot.simulator.clock import ClockError, parse_iso
from leadbot.simulator.faults import FaultError
from leadbot.simulator.oauth2_pages import decide
from leadbot.simulator.problems import Problem
from leadbot.simulator.settings import SettingError
from leadbot.simulator.stream import StreamHub
from leadbot.simulator.world import World

Body = Any
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_LANG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
PROFILE: dict[str, type] = {
    "name": str,
    "description": str,
    "followers_count": int,
    "following_count": int,
    "tweet_count": int,
    "protected": bool,
    "suspended": bool,
    "deactivated": bool,
    "automated": bool,
    "verified": bool,
    "premium": bool,
    "lang": str,
}
LONGEST_WAIT_S = 60.0


class ControlError(ValueError):
    """A control request that makes no sense; the message says what to send instead. Answered with 400."""


class Control:
    """Answers `/_sim/` requests. Every method takes the query and the read body, and returns a JSON value."""

    def __init__(self, world: World, hub: StreamHub) -> None:
        self.world = world
        self.hub = hub
        self._waiters: dict[asyncio.Future[None], str | None] = {}
        world.on_post.append(self._on_post)
        hub.on_change.append(self._ring)

    async def handle(self, method: str, name: str, query: Mapping[str, str], body: Body) -> Any:
        """Finds the endpoint and lets it answer; raises ControlError for a request that makes no sense."""
        found = ENDPOINTS.get((method, name))
        if found is None:
            known = ", ".join(f"{m} /_sim/{n}" for m, n in sorted(ENDPOINTS, key=lambda key: key[1]))
            raise ControlError(f"there is no {method} /_sim/{name}; known: {known}")
        wait_s, until_none = _seconds(query), query.get("until") == "none"
        try:
            answer = found(self, query, body)
            while wait_s > 0 and _is_empty(answer) != until_none:
                wait_s = await self._wait(wait_s, query.get("in_reply_to"))
                answer = found(self, query, body)
        except (ClockError, FaultError, SettingError, Problem) as error:
            raise ControlError(str(error)) from error
        return answer

    def _on_post(self, post: Post) -> None:
        self._ring(str(post.parent.id) if post.parent is not None else None)

    def _ring(self, answered: str | None = None) -> None:
        """Wakes those who wait for anything, and those who wait for an answer to this one post."""
        for waiter, wanted in self._waiters.items():
            if wanted in (None, answered) and not waiter.done():
                waiter.set_result(None)

    async def _wait(self, seconds: float, wanted: str | None) -> float:
        """Sleeps until something has happened; returns the real seconds that are left."""
        loop = asyncio.get_running_loop()
        started, waiter = loop.time(), loop.create_future()
        self._waiters[waiter] = wanted
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return 0.0
        finally:
            del self._waiters[waiter]
        return max(0.0, seconds - (loop.time() - started))

    def make_user(self, query: Mapping[str, str], body: Body) -> Any:
        """POST users: an account and its tokens for X's own client; for the API app too if it is a brand."""
        wanted = _object(body)
        username = wanted.pop("username", None)
        if not isinstance(username, str) or not _HANDLE.fullmatch(username):
            raise ControlError(f"username is {username!r}; give 1 to 15 letters, digits or _")
        brand = wanted.pop("brand", False)
        profile = {name: _profile(name, value) for name, value in wanted.items()}
        user = (self.world.add_brand if brand is True else self.world.add_user)(username, **profile)
        return _user(user) | native_credentials_for(user.username) | _app_credentials(user)

    def make_post(self, query: Mapping[str, str], body: Body) -> Any:
        """POST posts: a post of anybody's, in the body of POST /2/tweets with `by` and `lang` added."""
        wanted = _object(body)
        author = self.world.user_named(str(wanted.pop("by", "")))
        if author is None:
            raise ControlError('by is the handle of the author, who must exist: {"by": "ann", "text": "…"}')
        lang = wanted.pop("lang", "")
        if not isinstance(lang, str) or not _LANG.fullmatch(lang or "en"):
            raise ControlError(f'lang is {lang!r}; give a code as X does, such as "es", "ja" or "und"')
        try:
            post = self.world.post(author, replace(draft_of(wanted), lang=lang), Client.NATIVE)
        except Problem as problem:
            raise ControlError(problem.why) from problem
        return self.world.log_entry(post)

    def withhold(self, query: Mapping[str, str], body: Body) -> Any:
        """POST withhold: a post or an account that X hides in some countries; none: no longer."""
        wanted = _object(body)
        codes = wanted.get("countries", [])
        if not isinstance(codes, list) or not all(re.fullmatch("[A-Z]{2}", str(code)) for code in codes):
            raise ControlError(f'countries is {codes!r}; give codes such as ["DE", "TR"]')
        post_id, handle = str(wanted.get("post_id", "")), str(wanted.get("username", ""))
        held = self.world.posts.get(int(post_id)) if post_id.isdigit() else self.world.user_named(handle)
        if held is None:
            raise ControlError(
                'give the post_id or the username of what exists: {"post_id": "…", "countries": ["DE"]}'
            )
        held.withheld_in = codes
        return {"countries": codes}

    def list_users(self, query: Mapping[str, str], body: Body) -> Any:
        """GET users: all accounts."""
        return {"users": [_user(user) for user in self.world.users.values()]}

    def block(self, query: Mapping[str, str], body: Body) -> Any:
        """POST blocks: `by` blocks `whom`; `off` true takes it back."""
        by, whom, off = self._pair(body)
        (by.blocks.discard if off else by.blocks.add)(whom.id)
        return {"by": by.username, "blocks": len(by.blocks)}

    def follow(self, query: Mapping[str, str], body: Body) -> Any:
        """POST follows: `by` follows `whom`; `off` true takes it back."""
        by, whom, off = self._pair(body)
        (by.follows.discard if off else by.follows.add)(whom.id)
        return {"by": by.username, "follows": len(by.follows)}

    def _pair(self, body: Body) -> tuple[User, User, bool]:
        wanted = _object(body)
        by, whom = (self.world.user_named(str(wanted.get(name, ""))) for name in ("by", "whom"))
        if by is None or whom is None:
            raise ControlError('give the handles of two accounts that exist: {"by": "ann", "whom": "acme"}')
        return by, whom, wanted.get("off") is True

    def authorize(self, query: Mapping[str, str], body: Body) -> Any:
        """POST authorize: the owner of `username` answers an authorize `url`; where the browser goes next."""
        wanted = _object(body)
        asked = self.world.oauth2.read_request(dict(parse_qsl(urlsplit(str(wanted.get("url", ""))).query)))
        scopes = tuple(str(wanted.get("scopes") or "").split())
        name, is_yes = str(wanted.get("username", "")), wanted.get("deny") is not True
        return {"redirect": decide(self.world, asked, name, is_yes=is_yes, scopes=scopes)}

    def log(self, query: Mapping[str, str], body: Body) -> Any:
        """GET log: posts in order (after `since`, answering `in_reply_to`, by `username`), last requests."""
        since, parent = query.get("since", "0"), query.get("in_reply_to")
        if not since.isdigit() or not (parent or "0").isdigit():
            raise ControlError("since and in_reply_to are post ids: digits only")
        by = query.get("username", "").lower()
        posts = [
            self.world.log_entry(post)
            for post in self._posts_after(int(since), parent)
            if not by or post.author.username.lower() == by
        ]
        with_requests = query.get("requests", "1") != "0"
        return {"requests": list(self.world.requests) if with_requests else [], "posts": posts}

    def _posts_after(self, since: int, parent: str | None) -> list[Post]:
        newer: list[Post] = []
        ids = self.world.posts if parent is None else self.world.answers.get(int(parent), [])
        for post_id in reversed(ids):
            if post_id <= since:
                break
            newer.append(self.world.posts[post_id])
        return newer[::-1]

    def exchanges(self, query: Mapping[str, str], body: Body) -> Any:
        """GET exchanges: the last 5,000 requests with their bodies and answers, once they are kept."""
        return {"exchanges": list(self.world.exchanges)}

    def spend(self, query: Mapping[str, str], body: Body) -> Any:
        """GET spend: US dollars the API app would have paid."""
        return self.world.spend.as_json()

    def violations(self, query: Mapping[str, str], body: Body) -> Any:
        """GET violations: what the conduct judge wrote down."""
        return {"violations": list(self.world.conduct.violations)}

    def get_clock(self, query: Mapping[str, str], body: Body) -> Any:
        """GET clock: enough to compute the same time elsewhere on this machine."""
        return self.world.clock.as_json()

    def set_clock(self, query: Mapping[str, str], body: Body) -> Any:
        """POST clock: any of `rate`, `now`, `advance_s`; never backwards."""
        wanted = _object(body)
        if unknown := sorted(set(wanted) - {"rate", "now", "advance_s"}):
            raise ControlError(f"unknown keys {', '.join(unknown)}; give any of rate, now, advance_s")
        rate, advance_s = (_number(wanted, name) for name in ("rate", "advance_s"))
        try:
            to = parse_iso(wanted["now"]) if "now" in wanted else None
        except (TypeError, ValueError):
            raise ControlError(
                f"now is {wanted['now']!r}; give a time such as 2026-11-22T10:15:00Z"
            ) from None
        self.world.clock.change(rate=rate, to=to, advance_s=advance_s or 0.0)
        return self.world.clock.as_json()

    def list_faults(self, query: Mapping[str, str], body: Body) -> Any:
        """GET faults: the script, each with the count of its strikes, and all strikes since the start."""
        book = self.world.faults
        return {"faults": [fault.as_json() for fault in book.faults], "struck": dict(book.tally)}

    def add_faults(self, query: Mapping[str, str], body: Body) -> Any:
        """POST faults: one entry or a list; those for the stream strike open connections at once."""
        made = self.world.faults.add(body)
        if any(fault.on == "stream" for fault in made):
            self.hub.wake_all()
        return {"faults": [fault.as_json() for fault in made]}

    def clear_faults(self, query: Mapping[str, str], body: Body) -> Any:
        """DELETE faults: the end of the script."""
        self.world.faults.clear()
        return {"faults": []}

    def set_weather(self, query: Mapping[str, str], body: Body) -> Any:
        """POST weather: from now on everything may go wrong, each with this chance; 0 ends that."""
        wanted = _object(body)
        if unknown := sorted(set(wanted) - {"chance", "seconds"}):
            raise ControlError(f"unknown keys {', '.join(unknown)}; give chance and seconds")
        chance, seconds = _number(wanted, "chance"), _number(wanted, "seconds")
        if chance is None or not 0 <= chance <= 1:
            raise ControlError(f"chance is {chance!r}; give a number from 0 to 1")
        if seconds is not None and seconds < 0:
            raise ControlError(f"seconds is {seconds!r}; give real seconds, 0 or more")
        made = self.world.faults.set_weather(chance, 2.0 if seconds is None else seconds)
        return {"faults": [fault.as_json() for fault in made]}

    def get_settings(self, query: Mapping[str, str], body: Body) -> Any:
        """GET settings: all switches."""
        return self.world.settings.as_json()

    def set_settings(self, query: Mapping[str, str], body: Body) -> Any:
        """POST settings: changes the given switches."""
        self.world.settings.change(_object(body))
        self.hub.wake_all()
        return self.world.settings.as_json()

    def stream(self, query: Mapping[str, str], body: Body) -> Any:
        """GET stream: who is connected; `wait_s` waits for a connection, with `until=none` for its end."""
        return {"connections": [connection.as_json() for connection in self.hub.open.values()]}

    def reset(self, query: Mapping[str, str], body: Body) -> Any:
        """POST reset: forgets all but the clock and the first brands; `settings` false keeps the switches."""
        self.world.reset(settings=_object(body).get("settings", True) is not False)
        return {"reset": True}


_Handler = Callable[[Control, Mapping[str, str], Body], Any]
ENDPOINTS: dict[tuple[str, str], _Handler] = {
    ("POST", "users"): Control.make_user,
    ("POST", "posts"): Control.make_post,
    ("POST", "withhold"): Control.withhold,
    ("GET", "users"): Control.list_users,
    ("POST", "blocks"): Control.block,
    ("POST", "follows"): Control.follow,
    ("POST", "authorize"): Control.authorize,
    ("GET", "log"): Control.log,
    ("GET", "exchanges"): Control.exchanges,
    ("GET", "spend"): Control.spend,
    ("GET", "violations"): Control.violations,
    ("GET", "clock"): Control.get_clock,
    ("POST", "clock"): Control.set_clock,
    ("GET", "faults"): Control.list_faults,
    ("POST", "faults"): Control.add_faults,
    ("DELETE", "faults"): Control.clear_faults,
    ("POST", "weather"): Control.set_weather,
    ("GET", "settings"): Control.get_settings,
    ("POST", "settings"): Control.set_settings,
    ("GET", "stream"): Control.stream,
    ("POST", "reset"): Control.reset,
}


def _is_empty(answer: Any) -> bool:
    """Whether there is nothing to tell: no post, no connection."""
    return isinstance(answer, dict) and (answer.get("posts") == [] or answer.get("connections") == [])


def _seconds(query: Mapping[str, str]) -> float:
    try:
        seconds = float(query.get("wait_s", 0))
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST_WAIT_S:
        raise ControlError(
            f"wait_s is {query.get('wait_s')!r}; give real seconds from 0 to {LONGEST_WAIT_S:g}"
        )
    return seconds


def _object(body: Body) -> dict[str, Any]:
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise ControlError("the body must be a JSON object")
    return dict(body)


def _number(body: Mapping[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise ControlError(f"{name} is {value!r}; give a number")
    return value


def _profile(name: str, value: Any) -> Any:
    kind = PROFILE.get(name)
    if kind is None:
        raise ControlError(f"unknown key {name}; known: username, brand, {', '.join(PROFILE)}")
    if type(value) is not kind or (isinstance(value, int) and value < 0):
        raise ControlError(f"{name} is {value!r}; give {_KIND_NAMES[kind]}")
    return value


_KIND_NAMES = {str: "a text", int: "a count of 0 or more", bool: "true or false"}


def _user(user: User) -> dict[str, Any]:
    shown = {name: getattr(user, name) for name in PROFILE}
    return {"id": str(user.id), "username": user.username, "brand": user.brand, **shown}


def _app_credentials(user: User) -> dict[str, Any]:
    if not user.brand:
        return {}
    credentials = credentials_for(user.username)
    return {"app": {name: credentials[name] for name in ("bearer_token", "app_bearer_token", "oauth1")}}
