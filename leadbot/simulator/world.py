"""The world behind the API: accounts, posts, the rules of posting. No HTTP, no threads, no waiting.

Rules of this file: every change of the world goes through a method of `World`; what X would refuse is raised
as a `Problem` before anything has changed; whoever wants to hear of new posts adds a function to `on_post`.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leadbot.simulator import text as words
from leadbot.simulator.accounts import Client, Post, User, user_id_for
from leadbot.simulator.clock import SimClock, Snowflakes, iso
from leadbot.simulator.conduct import Conduct
from leadbot.simulator.faults import TIMELINES, FaultBook
from leadbot.simulator.limits import RateLimits
from leadbot.simulator.oauth2 import OAuth2Book
from leadbot.simulator.problems import forbidden, invalid, not_summoned
from leadbot.simulator.rules import RuleBook
from leadbot.simulator.settings import SimSettings
from leadbot.simulator.spend import SpendMeter

if TYPE_CHECKING:
    from leadbot.simulator.activity import Subscription
    from leadbot.simulator.compliance import Job
    from leadbot.simulator.dms import Message

REQUESTS_KEPT = 5_000
MAX_WEIGHT, MAX_WEIGHT_PREMIUM = 280, 25_000
REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")


@dataclass(frozen=True, slots=True)
class Draft:
    """A post as asked for, before any rule has been applied."""

    text: str
    reply_to: int | None = None
    exclude: frozenset[int] = frozenset()
    quote: int | None = None
    edit_of: int | None = None
    reply_settings: str = "everyone"
    lang: str = ""  # what X takes its language for; empty: the author's


@dataclass
class World:
    """All state of one simulated X. `seed` decides every random choice; `brands` exist from the start."""

    seed: int = 0
    rate: float = 1.0
    epoch: datetime | None = None
    brands: Sequence[str] = ()
    on_post: list[Callable[[Post], None]] = field(default_factory=list)
    on_delete: list[Callable[[Post], None]] = field(default_factory=list)
    on_reset: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = SimClock.start(rate=self.rate, epoch=self.epoch)
        self.ids = Snowflakes(self.clock)
        self.settings = SimSettings()
        self._clear()

    def _clear(self) -> None:
        self.random = random.Random(self.seed)
        self.users: dict[int, User] = {}
        self.by_name: dict[str, User] = {}
        self.posts: dict[int, Post] = {}
        self.jobs: dict[int, Job] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.timeline: dict[int, list[int]] = {}
        self.mentions: dict[int, list[int]] = {}
        self.answers: dict[int, list[int]] = {}
        self.mail: list[Message] = []
        self.requests: deque[dict[str, Any]] = deque(maxlen=REQUESTS_KEPT)
        self.exchanges: deque[dict[str, Any]] = deque(maxlen=REQUESTS_KEPT)
        self._said: dict[tuple[int, str], datetime] = {}
        self.rules = RuleBook(self.clock, self.ids, self.settings)
        self.limits = RateLimits(self.clock, self.settings)
        self.spend = SpendMeter(self.clock, self.settings)
        self.conduct = Conduct(self.settings)
        self.faults = FaultBook(self.random)
        self.oauth2 = OAuth2Book(self.clock, random.Random(f"{self.seed}:oauth2"))
        for username in self.brands:
            self.add_brand(username)

    def reset(self, *, settings: bool = True) -> None:
        """Forgets all but the clock and the first brands; with `settings`, also the changed switches."""
        if settings:
            self.settings.change(SimSettings().as_json())
        self._clear()
        for heard in self.on_reset:
            heard()

    # -- accounts --------------------------------------------------------------------------------------------

    def add_user(self, username: str, **profile: Any) -> User:
        """Makes an account, or changes the given parts of the profile of the one that has this handle."""
        user = self.by_name.get(username.lower())
        if user is None:
            made_at = self.clock.now() - timedelta(days=1_000)
            user = User(id=user_id_for(username), username=username, name=username, created_at=made_at)
            self.users[user.id] = self.by_name[username.lower()] = user
            self.timeline[user.id], self.mentions[user.id] = [], []
        for name, value in profile.items():
            setattr(user, name, value)
        return user

    def add_brand(self, username: str, **profile: Any) -> User:
        """Makes a brand's account: labelled as automated, its profile names the bot and who runs it."""
        about = f"Automated assistant of {username}, run by its team. STOP ends it, HUMAN gets a person."
        return self.add_user(username, **{"description": about, "automated": True, "brand": True, **profile})

    def user_named(self, username: str) -> User | None:
        """The account with this handle, in any case."""
        return self.by_name.get(username.lower())

    # -- reading ---------------------------------------------------------------------------------------------

    def may_see(self, post: Post, viewer: User | None) -> bool:
        """Whether X shows the post to this viewer (None is an app without a user)."""
        author = post.author
        if post.deleted or author.suspended or author.deactivated:
            return False
        return (
            not author.protected or viewer is author or (viewer is not None and viewer.id in author.follows)
        )

    def is_newest_version(self, post: Post) -> bool:
        """Whether no later edit has replaced this version."""
        return post.chain[-1] == post.id

    def is_listed(self, post: Post) -> bool:
        """Whether timelines and searches show the post yet. X may take a while; a lookup by id is exact."""
        return post.listed_at is None or post.listed_at <= self.clock.now()

    # -- writing ---------------------------------------------------------------------------------------------

    def post(self, author: User, draft: Draft, client: Client) -> Post:
        """Publishes a post, a reply or an edit, or raises the Problem with which X refuses it."""
        edited = self._edited(author, draft)
        parent = edited.parent if edited else self._parent(author, draft)
        quoted = edited.quoted if edited else self._quoted(author, draft)
        body, shown_from = draft.text, 0
        if parent is not None:
            body, shown_from = words.with_reply_prefix(
                draft.text, self._auto_mentions(author, parent, draft.exclude)
            )
        self._check_text(author, body[shown_from:], client)
        if client is Client.API:
            self._check_app_rules(author, parent, draft, body[shown_from:])
        self._check_duplicate(author, body, shown_from, client)
        post = self._publish(author, body, shown_from, client, draft, parent, quoted, edited)
        self._tell(post)
        return post

    def repost(self, author: User, post_id: int, client: Client) -> Post:
        """Passes a post on: a post whose words are `RT @handle: …`. Raises 403 for a hidden one."""
        original = self.posts.get(post_id)
        if original is None or not self.may_see(original, author) or original.author.protected:
            raise forbidden("You cannot repost a post that is deleted or not visible to you.")
        draft = Draft(f"RT @{original.author.username}: {original.text}", lang=original.lang)
        post = self._publish(author, draft.text, 0, client, draft, None, None, None)
        post.reposted = original
        original.reposts += 1
        self._tell(post)
        return post

    def _tell(self, post: Post) -> None:
        if late := self.faults.strike("timelines", TIMELINES, client=post.client.value):
            post.listed_at = post.created_at + timedelta(seconds=late.seconds)
        self.conduct.judge(post)
        for heard in self.on_post:
            heard(post)

    def delete(self, author: User, post_id: int) -> bool:
        """Takes away an own post in all versions; False if there was none. Raises 403 for another's post."""
        post = self.posts.get(post_id)
        if post is None or post.deleted:
            return False
        if post.author is not author:
            raise forbidden("You are not authorized to delete this Tweet.")
        for version in post.chain:
            self.posts[version].deleted = True
            self.posts[version].deleted_at = self.clock.now()
        author.tweet_count = max(0, author.tweet_count - 1)
        for heard in self.on_delete:
            heard(self.posts[post.chain[-1]])
        return True

    def _edited(self, author: User, draft: Draft) -> Post | None:
        if draft.edit_of is None:
            return None
        old = self.posts.get(draft.edit_of)
        if old is None or old.deleted or old.author is not author or not self.is_newest_version(old):
            raise forbidden("You are not allowed to edit this Tweet.")
        if not self.edits_left(old) or (old.parent is not None and not self.settings.replies_editable):
            raise forbidden("This Tweet can no longer be edited.")
        return old

    def edits_left(self, post: Post) -> int:
        """How often the post may still be changed now."""
        first = self.posts[post.root_id]
        if self.clock.now() - first.created_at > timedelta(seconds=self.settings.edit_window_s):
            return 0
        return max(0, self.settings.edits_allowed - (len(post.chain) - 1))

    def editable_until(self, post: Post) -> datetime:
        """The end of the edit window, counted from the first version."""
        return self.posts[post.root_id].created_at + timedelta(seconds=self.settings.edit_window_s)

    def _parent(self, author: User, draft: Draft) -> Post | None:
        if draft.reply_to is None:
            return None
        parent = self.posts.get(draft.reply_to)
        if parent is None or not self.may_see(parent, author):
            raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
        if author.id in parent.author.blocks:
            raise forbidden("You have been blocked from the author of the Tweet you are replying to.")
        if author is not parent.author and not _lets_reply(parent, author):
            raise forbidden("The original Tweet author restricted who can reply to this Tweet.")
        return parent

    def _quoted(self, author: User, draft: Draft) -> Post | None:
        if draft.quote is None:
            return None
        quoted = self.posts.get(draft.quote)
        if quoted is None or not self.may_see(quoted, author):
            raise invalid("The quoted post is deleted or not visible to you.", "quote_tweet_id", draft.quote)
        return quoted

    def _auto_mentions(self, author: User, parent: Post, exclude: frozenset[int]) -> list[str]:
        # X always keeps the author of the answered post; only the others can be left out.
        others = [who for _, who in parent.mentions if who is not None and who.id not in exclude]
        return list({who.username: None for who in [parent.author, *others] if who is not author})

    def _check_text(self, author: User, said: str, client: Client) -> None:
        if not said.strip():
            raise invalid("text must not be empty; a post needs words", "text", said)
        weight = words.weighted_length(said)
        if weight > (MAX_WEIGHT_PREMIUM if author.premium else MAX_WEIGHT):
            raise forbidden(f"Your Tweet text is too long. ({weight} weighted characters)")
        is_self_serve = client is Client.API and not self.settings.is_enterprise
        if is_self_serve and len(words.cashtags_in(said)) > 1:
            raise forbidden("Your Tweet contains more than one cashtag.")

    def _check_app_rules(self, author: User, parent: Post | None, draft: Draft, said: str) -> None:
        if self.settings.is_enterprise:
            return
        if draft.quote is not None:
            raise not_summoned("2026-07", self.settings.summon_title)
        if parent is None or not self.settings.summon_rule:
            return
        if not is_summoned(author, parent, implicit=self.settings.implicit_mention_counts):
            raise not_summoned(self.settings.summon_wording, self.settings.summon_title)

    def _check_duplicate(self, author: User, body: str, shown_from: int, client: Client) -> None:
        if client is Client.NATIVE and not self.settings.duplicates_for_people:
            return
        # Public reports show X comparing the whole text, its leading @handle included: scope "addressee".
        compared = body if self.settings.duplicate_scope == "addressee" else body[shown_from:]
        key, now = (author.id, words.folded(compared)), self.clock.now()
        before = self._said.get(key)
        if before is not None and now - before < timedelta(seconds=self.settings.duplicate_window_s):
            raise forbidden("You are not allowed to create a Tweet with duplicate content.")
        self._said[key] = now

    def _publish(
        self,
        author: User,
        body: str,
        shown_from: int,
        client: Client,
        draft: Draft,
        parent: Post | None,
        quoted: Post | None,
        edited: Post | None,
    ) -> Post:
        post_id, created_at = self.ids.next()
        chain = edited.chain if edited else []
        chain.append(post_id)
        post = Post(
            id=post_id,
            author=author,
            text=body,
            shown_from=shown_from,
            created_at=created_at,
            client=client,
            conversation_id=edited.conversation_id
            if edited
            else parent.conversation_id
            if parent
            else post_id,
            mentions=[(span, self.by_name.get(span.name.lower())) for span in words.mentions_in(body)],
            chain=chain,
            lang=draft.lang or author.lang,
            parent=parent,
            quoted=quoted,
            reply_settings=edited.reply_settings if edited else draft.reply_settings,
        )
        self.posts[post_id] = post
        self.timeline[author.id].append(post_id)
        for named in {who.id for _, who in post.mentions if who is not None}:
            self.mentions[named].append(post_id)
        if parent is not None:
            self.answers.setdefault(parent.id, []).append(post_id)
        if edited is None:
            _count(post)
        return post

    def log_entry(self, post: Post) -> dict[str, Any]:
        """A post as `GET /_sim/log` shows it."""
        return {
            "id": str(post.id),
            "author": str(post.author.id),
            "username": post.author.username,
            "text": post.text,
            "said": post.said,
            "in_reply_to": str(post.parent.id) if post.parent else None,
            "repost_of": str(post.reposted.id) if post.reposted else None,
            "names": sorted({who.username for _, who in post.mentions if who is not None}),
            "lang": post.lang,
            "conversation_id": str(post.conversation_id),
            "created_at": iso(post.created_at),
            "client": post.client.value,
            "edit_of": str(post.chain[post.chain.index(post.id) - 1]) if post.id != post.root_id else None,
            "deleted": post.deleted,
            "deleted_at": iso(post.deleted_at) if post.deleted_at else None,
        }


def is_summoned(account: User, post: Post, *, implicit: bool) -> bool:
    """X's rule for app replies since 2026-02-23: the author named or quoted the account, or is it."""
    if post.author is account or post.names(account, typed_only=not implicit):
        return True
    return post.quoted is not None and post.quoted.author is account


def _lets_reply(parent: Post, author: User) -> bool:
    if parent.reply_settings == "everyone" or parent.names(author):
        return True
    if parent.reply_settings == "following":
        return author.id in parent.author.follows
    return parent.reply_settings == "verified" and author.verified


def _count(post: Post) -> None:
    post.author.tweet_count += 1
    if post.parent is not None:
        post.parent.replies += 1
    if post.quoted is not None:
        post.quoted.quotes += 1
