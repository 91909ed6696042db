"""Speaks on X as exactly one brand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from leadbot.errors import PermanentError, UnknownOutcome
from leadbot.model import BrandId, Deed, Permit, Post, PostId, dissent
from leadbot.ports import Clock, Room, SentPost
from leadbot.x.account import Account, account_id
from leadbot.x.credentials import require_user_context
from leadbot.x.door import Door, page_of
from leadbot.x.egress import Shut
from leadbot.x.limits import Limits
from leadbot.x.mapping import EXPANSIONS, POST_FIELDS, USER_FIELDS, MalformedItem, post_and_author
from leadbot.x.proof import Proof
from leadbot.x.session import PRODUCTION_URL, TimeOuts
from leadbot.x.spend import ReadLedger, has_link

log = structlog.get_logger(__name__)

OnSpend = Callable[[BrandId, str, int], None]
"""(brand, kind as in `spend.PRICES_USD`, how many)."""

PAGE = 100
"""Most posts X gives at once."""


_POST = "POST /2/tweets"


class XWriter:
    """ports.PostWriter over tweepy. Safe for several threads at once: each has a client of its own. Never
    retries, never waits."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        *,
        base_url: str = PRODUCTION_URL,
        on_spend: OnSpend | None = None,
        limits: Limits | None = None,
        time_outs: TimeOuts | None = None,
    ) -> None:
        """Raises ConfigError when the account has no user credentials."""
        require_user_context(account.credentials, account.handle)
        self._account = account
        self._clock = clock
        self._on_spend = on_spend
        self._ledger = ReadLedger()
        self._limits = limits or Limits(clock)
        self._last_at: datetime | None = None
        self._proof = Proof(account.credentials, clock, self._ask_whose)
        self._door = Door(
            account.credentials,
            clock,
            base_url=base_url,
            owner=account.handle,
            limits=self._limits,
            time_outs=time_outs,
        )

    @property
    def brand_id(self) -> BrandId:
        """The account this writer was built for."""
        return self._account.brand_id

    @property
    def keys_brand_id(self) -> BrandId:
        """The account its keys were stored for; the account itself where nobody wrote that down."""
        return BrandId(self._account.credentials.brand_id or self._account.brand_id)

    def token_account_id(self) -> str:
        """Id of the account the token belongs to, as `proof.Proof` knows it. Raises TransientError,
        AccountError."""
        return self._proof.account_id()

    def _ask_whose(self) -> str:
        found = account_id(self._door)
        self._spent_reads("user_read", [found])
        return found

    def room(self) -> Room:
        """What X's limits leave for replies, spread over their windows. Asks nobody."""
        return self._limits.room(self._account.handle, _POST, self._last_at)

    def send(self, permit: Permit) -> PostId:
        """Reply once; the errors are those of ports.PostWriter. A ``duplicate`` after an unknown outcome
        means "already sent"."""
        self._compare(permit, Deed.REPLY)
        self._last_at = self._clock.now()  # before it goes: many are under way at once
        try:
            body = self._door.write(
                permit,
                lambda client: client.create_tweet(
                    text=permit.text,
                    in_reply_to_tweet_id=permit.in_reply_to,
                    exclude_reply_user_ids=list(permit.exclude) or None,
                    user_auth=self._door.user_auth,
                ),
            )
        except PermanentError as refusal:
            self._proof.doubt(refusal.reason)
            raise
        post_id = _data(body).get("id")
        if not isinstance(post_id, str):
            raise UnknownOutcome("X accepted a post and did not say its id")
        self._proof.posted(PostId(post_id))
        self._spent("post_create_with_url" if has_link(permit.text) else "summoned_reply", 1)
        return PostId(post_id)

    def own_posts(self, *, since_id: PostId | None, limit: int = 100) -> list[SentPost]:
        """The brand's newest posts after `since_id`, newest first. Raises TransientError, AccountError."""
        found: list[SentPost] = []
        token = None
        while len(found) < limit:
            body = self._own_page(since_id, min(PAGE, max(5, limit - len(found))), token)
            found += [_sent(post) for post in self._posts(body, "owned_read") if not post.is_repost]
            token = body["meta"].get("next_token")
            if not token:
                break
        self._proof.seen(post.id for post in found)
        return found[:limit]

    def look_up(self, post_ids: Sequence[PostId]) -> dict[PostId, Post]:
        """Those of `post_ids` (at most 100) that still can be seen. Raises TransientError, AccountError."""
        if not post_ids:
            return {}
        body = self._door.read(
            lambda client: client.get_tweets(
                [str(one) for one in post_ids],
                tweet_fields=POST_FIELDS,
                expansions=EXPANSIONS,
                user_fields=USER_FIELDS,
                user_auth=self._door.user_auth,
            )
        )
        return {post.id: post for post in self._posts(body, "post_read")}

    def delete(self, permit: Permit) -> None:
        """Take a post of ours back. Raises TransientError, PermanentError, AccountError."""
        # Deleting twice does no harm, so a lost answer is a matter for another try and not for reconciling.
        self._compare(permit, Deed.DELETE)
        post_id, user_auth = permit.post_id, self._door.user_auth
        body = self._door.write(permit, lambda client: client.delete_tweet(post_id, user_auth=user_auth))
        if _data(body).get("deleted") is not True:
            raise PermanentError("not_deleted", f"X did not delete post {post_id}")
        self._spent("post_delete", 1)

    def _compare(self, permit: Permit, deed: Deed) -> None:
        """The last look before a write: permit, account, keys and live token name one account.

        Raises PermanentError (``not_permitted``), TransientError, AccountError.
        """
        if permit.deed is not deed:
            raise Shut(f"the permit for {permit.key} allows to {permit.deed}, not to {deed}")
        last = (("writer", self.brand_id), ("keys", self.keys_brand_id), ("token", self.token_account_id()))
        fault = dissent(permit.brand_id, (*permit.witnesses, *last))
        if fault:
            raise Shut(fault)

    def close(self) -> None:
        """Close all connections."""
        self._door.close()

    def _own_page(self, since_id: PostId | None, size: int, token: str | None) -> Mapping[str, Any]:
        body = self._door.read(
            lambda client: client.get_users_tweets(
                self.brand_id,
                since_id=since_id,
                max_results=size,
                pagination_token=token,
                tweet_fields=POST_FIELDS,
                user_auth=self._door.user_auth,
            )
        )
        return page_of(body)

    def _posts(self, body: Mapping[str, Any], kind: str) -> list[Post]:
        posts = []
        found = body.get("data")
        for data in found if isinstance(found, list) else []:
            try:
                posts.append(post_and_author(data, body.get("includes"))[0])
            except MalformedItem as fault:
                log.warning("post.left_out", brand=self.brand_id, why=str(fault))
        self._spent_reads(kind, [post.id for post in posts])
        return posts

    def _spent_reads(self, kind: str, ids: Sequence[str]) -> None:
        self._spent(kind, self._ledger.new(kind, ids, self._clock.now()))

    def _spent(self, kind: str, count: int) -> None:
        if count and self._on_spend is not None:
            self._on_spend(self.brand_id, kind, count)


def _sent(post: Post) -> SentPost:
    return SentPost(
        id=post.id,
        text=post.text,
        said=post.said,
        in_reply_to=post.in_reply_to_post_id,
        root_id=post.root_id,
        created_at=post.created_at,
        in_reply_to_user=post.in_reply_to_user_id,
        quoted=post.quoted_post_id,
        names=tuple(dict.fromkeys(mention.user_id for mention in post.mentions if mention.typed)),
    )


def _data(body: Mapping[str, Any]) -> Mapping[str, Any]:
    data = body.get("data")
    return data if isinstance(data, dict) else {}
