"""An X that fails on demand: before it did anything, after it did everything, or so that nobody can tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from threading import Lock

from leadbot.errors import PermanentError, UnknownOutcome
from leadbot.model import BrandId, Deed, Permit, Post, PostId, dissent
from leadbot.ports import Clock, Room, SentPost

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657


class When(StrEnum):
    """At which moment of a request a fault strikes."""

    BEFORE = "before"  # nothing was posted
    AFTER = "after"  # it was posted, and then the fault struck


@dataclass
class Timeline:
    """What the world can see of one account. Outlives writers, as X outlives our process."""

    posts: list[SentPost] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)  # accepted, but not shown on the timeline yet
    gone: set[str] = field(default_factory=set)  # posts of other people that were deleted

    def replies_to(self, post_id: str) -> list[str]:
        """The words that stand under a post."""
        return [post.said for post in self.posts if post.in_reply_to == post_id]


@dataclass
class Fault:
    """Raise `error` at the next `times` requests."""

    when: When
    error: Callable[[], BaseException]
    times: int = 1


class FakeWriter:
    """A `ports.PostWriter` on a `Timeline`."""

    def __init__(
        self,
        brand_id: BrandId,
        clock: Clock,
        timeline: Timeline | None = None,
        *,
        token_account_id: str | None = None,
    ) -> None:
        self._brand_id = brand_id
        self._clock = clock
        self.timeline = timeline if timeline is not None else Timeline()
        self._token_account_id = token_account_id or brand_id
        self.allowed = Room()
        self.faults: list[Fault] = []
        self.reading_faults: list[Fault] = []
        self.calls: list[str] = []
        self.on_send: Callable[[str], None] = lambda text: None
        self.keys_of: BrandId | None = None
        self._used: set[tuple[str, int]] = set()
        self._lock = Lock()

    @property
    def brand_id(self) -> BrandId:
        """The account this writer was built for."""
        return self._brand_id

    @property
    def keys_brand_id(self) -> BrandId:
        """The account its keys were stored for."""
        return self.keys_of or self._brand_id

    def room(self) -> Room:
        """As much as the test says."""
        return self.allowed

    def token_account_id(self) -> str:
        """Whose token it is."""
        self._strike(self.reading_faults, When.BEFORE)
        return self._token_account_id

    def send(self, permit: Permit) -> PostId:
        """Reply once, unless a fault strikes."""
        self._compare(permit, Deed.REPLY)
        self.calls.append(permit.text)
        self.on_send(permit.text)
        self._strike(self.faults, When.BEFORE)
        post = self.post_by_hand(permit.text, in_reply_to=permit.in_reply_to)
        self._strike(self.faults, When.AFTER)
        return post.id

    def post_by_hand(self, text: str, *, in_reply_to: PostId | None = None) -> SentPost:
        """A post of the brand, whoever made it."""
        with self._lock:
            now = self._clock.now()
            ms = int(now.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS
            post_id = PostId(str((ms << 22) + len(self.timeline.posts) + 1))
            post = SentPost(
                id=post_id,
                text=text,
                said=text,
                in_reply_to=in_reply_to,
                root_id=in_reply_to or post_id,
                created_at=now + timedelta(microseconds=len(self.timeline.posts)),
            )
            self.timeline.posts.append(post)
            return post

    def own_posts(self, *, since_id: PostId | None, limit: int = 100) -> list[SentPost]:
        """Newest first."""
        self._strike(self.reading_faults, When.BEFORE)
        after = int(since_id) if since_id else 0
        shown = [p for p in self.timeline.posts if int(p.id) > after and p.id not in self.timeline.hidden]
        return sorted(shown, key=lambda post: int(post.id), reverse=True)[:limit]

    def look_up(self, post_ids: Sequence[PostId]) -> dict[PostId, Post]:
        """Everything but what is gone; only the ids are real."""
        self._strike(self.reading_faults, When.BEFORE)
        now = self._clock.now()
        blank = {"author_id": "", "text": "", "said": "", "created_at": now}
        return {
            post_id: Post(id=post_id, root_id=post_id, **blank)  # type: ignore[arg-type]
            for post_id in post_ids
            if post_id not in self.timeline.gone
        }

    def delete(self, permit: Permit) -> None:
        """Take it back."""
        self._compare(permit, Deed.DELETE)
        self.timeline.posts = [post for post in self.timeline.posts if post.id != permit.post_id]

    def _compare(self, permit: Permit, deed: Deed) -> None:
        name = (permit.key, permit.attempt)
        last = (("writer", self._brand_id), ("keys", self.keys_brand_id), ("token", self._token_account_id))
        fault = dissent(permit.brand_id, (*permit.witnesses, *last))
        if fault or permit.deed is not deed or name in self._used:
            raise PermanentError("not_permitted", fault or f"the permit for {permit.key} does not serve")
        self._used.add(name)

    def fail(self, when: When, error: Callable[[], BaseException], *, times: int = 1) -> None:
        """The next `times` sends fail so."""
        self.faults.append(Fault(when, error, times))

    def lose_answer(self) -> None:
        """The next send is carried out, but nobody gets to know."""
        self.fail(When.AFTER, lambda: UnknownOutcome("the connection broke while waiting for the answer"))

    def _strike(self, faults: list[Fault], when: When) -> None:
        for fault in faults:
            if fault.when is when and fault.times > 0:
                fault.times -= 1
                raise fault.error()
