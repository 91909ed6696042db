"""Asks X again about posts we keep: the way to learn of deletions that is always there.

X's answer names what it does not show in `errors`. Only what is named there counts as gone: an answer that
says nothing about a post must not cost anybody their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from leadbot.model import Person, PersonId, Post, PostId
from leadbot.ports import Clock, Looked, Standing
from leadbot.x.account import Account
from leadbot.x.door import Door
from leadbot.x.limits import Limits
from leadbot.x.mapping import EXPANSIONS, POST_FIELDS, USER_FIELDS, MalformedItem, post_and_author
from leadbot.x.session import PRODUCTION_URL, TimeOuts

log = structlog.get_logger(__name__)

MOST = 100
"""Posts or accounts X answers for at once."""

_GONE = ("resource-not-found", "not-authorized-for-resource", "resource-unavailable")
"""Last path segments of the problem types by which X says that it does not show something. A protected or
suspended author's post comes as not-authorized, a deleted one as not-found."""


class Relookup:
    """ports.PostWatch over GET /2/tweets and GET /2/users.

    Asks as the app where it has a bearer token: the account itself may see posts of protected people it
    follows, and those are no longer public either. Safe for several threads.
    """

    def __init__(
        self,
        account: Account,
        clock: Clock,
        *,
        base_url: str = PRODUCTION_URL,
        limits: Limits | None = None,
        time_outs: TimeOuts | None = None,
    ) -> None:
        as_app = bool(account.credentials.bearer_token)
        self._door = Door(
            account.credentials,
            clock,
            base_url=base_url,
            owner="app" if as_app else account.handle,
            as_app=as_app,
            limits=limits,
            time_outs=time_outs,
        )

    def look(self, post_ids: Sequence[PostId]) -> Looked:
        """Which of these posts X shows. Raises TransientError, PermanentError, AccountError."""
        body = self._door.ask(
            lambda client: client.get_tweets(
                list(post_ids), tweet_fields=["withheld"], user_auth=self._door.user_auth
            )
        )
        shown = {PostId(post["id"]): post for post in _items(body, "data")}
        asked = set(post_ids)
        there = {one for one, post in shown.items() if one in asked and not post.get("withheld")}
        gone = {PostId(one) for one in _named_gone(body)} | (set(shown) - there)
        newer = {one: last for one in there if (last := _newest(shown[one])) != one}
        return Looked(frozenset(there), frozenset(gone & asked) - there, newer)

    def fetch(self, post_ids: Sequence[PostId]) -> list[tuple[Post, Person]]:
        """Posts with their authors. Raises as `look`."""
        body = self._door.ask(
            lambda client: client.get_tweets(
                list(post_ids),
                tweet_fields=POST_FIELDS,
                expansions=EXPANSIONS,
                user_fields=USER_FIELDS,
                user_auth=self._door.user_auth,
            )
        )
        found = []
        for data in _items(body, "data"):
            try:
                found.append(post_and_author(data, body.get("includes")))
            except MalformedItem as fault:
                log.warning("post.left_out", why=str(fault))
        return found

    def standing(self, person_ids: Sequence[PersonId]) -> dict[PersonId, Standing]:
        """How these accounts stand. Raises TransientError, PermanentError, AccountError."""
        body = self._door.ask(
            lambda client: client.get_users(
                ids=list(person_ids),
                user_fields=["protected", "withheld"],
                user_auth=self._door.user_auth,
            )
        )
        found = {PersonId(user["id"]): _standing(user) for user in _items(body, "data")}
        gone = dict.fromkeys((PersonId(one) for one in _named_gone(body)), Standing.GONE)
        return {one: standing for one, standing in {**gone, **found}.items() if one in set(person_ids)}

    def close(self) -> None:
        """Close all connections."""
        self._door.close()


def _standing(user: Mapping[str, Any]) -> Standing:
    if user.get("withheld"):
        return Standing.GONE
    return Standing.PROTECTED if user.get("protected") is True else Standing.THERE


def _named_gone(body: Mapping[str, Any]) -> list[str]:
    """The ids X says it does not show."""
    return [
        str(problem.get("resource_id") or problem.get("value") or "")
        for problem in _items(body, "errors", needs_id=False)
        if str(problem.get("type") or "").rsplit("/", 1)[-1] in _GONE
    ]


def _newest(post: Mapping[str, Any]) -> PostId:
    chain = post.get("edit_history_tweet_ids")
    ids = (
        [one for one in chain if isinstance(one, str) and one.isdecimal()] if isinstance(chain, list) else []
    )
    return PostId(max([*ids, post["id"]], key=int))


def _items(body: Mapping[str, Any], name: str, *, needs_id: bool = True) -> list[Mapping[str, Any]]:
    found = body.get(name)
    items = found if isinstance(found, list) else []
    return [
        one for one in items if isinstance(one, dict) and (not needs_id or isinstance(one.get("id"), str))
    ]
