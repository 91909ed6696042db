"""The contracts between the core and the world. Each method says which of `leadbot.errors` it may raise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from leadbot.errors import Problem
from leadbot.model import BrandId, Lead, Permit, Person, PersonId, Post, PostId, Reading, ReadRequest


class Clock(Protocol):
    """One clock as a value: epoch + rate × monotonic."""

    def now(self) -> datetime:
        """The time, UTC-aware."""

    def real_s(self, virtual_s: float) -> float:
        """How many real seconds `virtual_s` seconds of this clock last."""


class Reader(Protocol):
    """Reads posts. Pure apart from its model files; safe to call from one thread at a time."""

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        """One reading a request, in order. Never raises for odd text."""


@dataclass(frozen=True, slots=True)
class SentPost:
    """A post of the brand as X shows it (own timeline)."""

    id: PostId
    text: str  # whole, with leading auto-mentions
    said: str  # without them
    in_reply_to: PostId | None
    root_id: PostId
    created_at: datetime
    in_reply_to_user: str | None = None
    quoted: PostId | None = None
    names: tuple[str, ...] = ()  # ids of the accounts it names by typed mentions


@dataclass(frozen=True, slots=True)
class Room:
    """How much X lets an account say. at_once: replies that may go now. for_starts: how many of them may
    begin a dialog; the last ones are kept for those under way. next_at: when there may be more; None: now.
    """

    at_once: int = 1_000_000
    for_starts: int = 1_000_000
    next_at: datetime | None = None


class PostWriter(Protocol):
    """Speaks as exactly one brand. There is one writer a brand, and no "current account" anywhere."""

    @property
    def brand_id(self) -> BrandId:
        """The account this writer was built for."""

    @property
    def keys_brand_id(self) -> BrandId:
        """The account its keys were stored for."""

    def token_account_id(self) -> str:
        """Id of the account the token really belongs to (live ``/2/users/me``, cached a while).

        Raises TransientError, AccountError.
        """

    def room(self) -> Room:
        """What X's limits leave, as it told with its last answers. Asks nobody."""

    def send(self, permit: Permit) -> PostId:
        """Reply once, exactly as the permit says. Never retried in here; a permit serves once.

        Raises TransientError (surely not posted; with retry_at on a 429), PermanentError (refused:
        ``not_summoned``, ``duplicate``, ``parent_gone``, ``forbidden``, ``too_long``), AccountError,
        UnknownOutcome (may have been posted). A permit of another account, of another deed or one that was
        used is refused as ``not_permitted``.
        """

    def own_posts(self, *, since_id: PostId | None, limit: int = 100) -> list[SentPost]:
        """The brand's own posts after `since_id`, newest first. Raises TransientError, AccountError."""

    def look_up(self, post_ids: Sequence[PostId]) -> dict[PostId, Post]:
        """Those of `post_ids` (at most 100) that still can be seen. Raises TransientError, AccountError."""

    def delete(self, permit: Permit) -> None:
        """Take a post of ours back. Raises TransientError, PermanentError, AccountError."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What X said about posts. Of those in neither set it told nothing, and nothing may be concluded.

    newer: an asked version → the newest one of its chain, where there is one.
    """

    there: frozenset[PostId]
    gone: frozenset[PostId]
    newer: Mapping[PostId, PostId] = field(default_factory=dict)


class Standing(StrEnum):
    """How an account stands with X."""

    THERE = "there"
    PROTECTED = "protected"  # its posts are for its followers only
    GONE = "gone"  # deleted, deactivated or suspended


class PostWatch(Protocol):
    """Asks X, as somebody without special rights, what it still shows of what we keep."""

    def look(self, post_ids: Sequence[PostId]) -> Looked:
        """At most 100 posts. Raises TransientError, PermanentError, AccountError."""

    def fetch(self, post_ids: Sequence[PostId]) -> list[tuple[Post, Person]]:
        """The posts themselves, as far as X shows them: for edits nobody told us of. Raises as `look`."""

    def standing(self, person_ids: Sequence[PersonId]) -> dict[PersonId, Standing]:
        """At most 100 accounts; those X told nothing about are left out. Raises as `look`."""


class JobKind(StrEnum):
    """What a compliance job is about."""

    POSTS = "tweets"
    PEOPLE = "users"


class ComplianceJobs(Protocol):
    """X looks at a whole list for us. One job of a kind at a time. All raise TransientError, PermanentError,
    AccountError.
    """

    def running(self, kind: JobKind) -> str | None:
        """The id of a job of ours that X works on, begun by an earlier process perhaps."""

    def start(self, kind: JobKind, ids: Sequence[str]) -> str:
        """Hand a list over; returns the job's id."""

    def results(self, job_id: str) -> dict[str, str] | None:
        """Ids that must not be kept → why (``deleted``, ``suspended``, ``protected``, …); None: not ready."""


@dataclass(frozen=True, slots=True)
class CrmCandidate:
    """Somebody in the CRM who may be this person. Shown, never merged by us."""

    ref: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class CrmOutcome:
    """What a CRM says became of a lead."""

    ref: str
    external_key: str
    outcome: str
    at: datetime


class CrmAdapter(Protocol):
    """Where warm leads go. Every call is idempotent under its key; ids are numeric X ids."""

    def capabilities(self) -> frozenset[str]:
        """Which of find, upsert, add_note, delete_note, set_outcome and pull_outcomes do something here."""

    def find(self, lead: Lead) -> list[CrmCandidate]:
        """People who may be the same. Raises TransientError, PermanentError."""

    def upsert(self, lead: Lead, *, key: str) -> str:
        """Create or update the lead under `lead.external_key`; returns its ref. A `key` seen changes nothing.
        An update replaces what was there: words that are no longer in `lead` must not stay.

        Raises TransientError, PermanentError, UnknownOutcome.
        """

    def add_note(self, ref: str, text: str, *, key: str) -> str:
        """Add a note once per `key`; returns its id so that it can be deleted. Raises as upsert."""

    def delete_note(self, ref: str, note_id: str, *, key: str) -> None:
        """Take a note back, for the words in it are gone from X; one that is not there is no error. Raises as
        upsert.
        """

    def set_outcome(self, ref: str, outcome: str, *, key: str) -> None:
        """Record what became of the lead. Raises as upsert."""

    def pull_outcomes(self, since_at: datetime) -> list[CrmOutcome]:
        """Outcomes set in the CRM since then. Raises TransientError, PermanentError."""

    def examine(self) -> list[Problem]:
        """Everything that is wrong at the CRM's side: keys, rights, fields that are missing or of another
        kind. Asks the CRM and changes nothing; what it raises otherwise it tells as a problem.
        """


class Notifier(Protocol):
    """Tells a team that somebody waits."""

    def notify(
        self,
        team: str,
        subject: str,
        labels: Sequence[str],
        *,
        key: str,
        rep: str = "",
        handoff_key: str = "",
    ) -> None:
        """Deliver once per key, to one rep if it is named. handoff_key: what it is about. Raises
        TransientError, PermanentError.
        """


@dataclass(frozen=True, slots=True)
class Odd:
    """An item from X that makes no sense. brand_id None: the stream brought it, for nobody knows whom."""

    brand_id: BrandId | None
    raw: bytes
    why: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Mentions with ids after `after` and before `before` that no poll reaches; `before` moves down as a
    search fills it. found: what the search has brought so far.
    """

    id: int
    brand_id: BrandId
    after: PostId
    before: PostId
    found: int = 0


class Inbox(Protocol):
    """Where the listener puts what it heard; returns only once it is on disk."""

    def put_posts(self, brand_id: BrandId, heard: Sequence[tuple[Post, Person]], *, channel: str) -> int:
        """Insert posts that are new, by natural key (brand, post id, edit version). Returns how many were.

        Raises TransientError.
        """

    def set_aside(self, items: Sequence[Odd]) -> None:
        """Count malformed items and keep the newest."""

    def watermark(self, brand_id: BrandId) -> PostId | None:
        """Newest post id up to which every page of the mentions poll is on disk."""

    def move_watermark(self, brand_id: BrandId, post_id: PostId) -> None:
        """Move it forward; called only after all pages are committed, never from the stream."""

    def open_gap(self, brand_id: BrandId, *, after: PostId, before: PostId) -> None:
        """Mentions between two ids could not be polled: remembered until they are found or lost."""

    def gaps(self, brand_id: BrandId) -> list[Gap]:
        """Gaps still open, oldest first."""

    def narrow_gap(self, gap: Gap, *, before: PostId, found: int) -> None:
        """A search has brought `found` more, and all from `before` on is on disk."""

    def close_gap(self, gap: Gap, *, lost: str = "") -> None:
        """Nothing is left to look for: filled, or lost for the reason given. A loss is a task for a human."""
