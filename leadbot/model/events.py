"""What happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from leadbot.model.ids import PostId, VersionId
from leadbot.model.posts import Person, Post
from leadbot.model.readings import Reading


@dataclass(frozen=True, slots=True)
class PostReceived:
    """A person's post, already read."""

    post: Post
    person: Person
    reading: Reading
    at: datetime


@dataclass(frozen=True, slots=True)
class PostEdited:
    """A later version of a post (its chain is in ``post.edit_history``)."""

    post: Post
    person: Person
    reading: Reading
    at: datetime


@dataclass(frozen=True, slots=True)
class PostDeleted:
    """The person took a post back: its words leave our records."""

    post_id: PostId
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonGone:
    """X shows this account no longer: all it said and its profile leave our records.

    why: ``gone`` (deleted, deactivated or suspended) or ``protected``.
    """

    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer is due. name: ``pace``, ``gives_up``, ``quiet``."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OptOutRequested:
    """An operator or a rep puts the person on the suppression list."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A human speaks here from now on. by: rep name, or "native" when seen on the brand's own timeline."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleasedToBot:
    """A rep gives the conversation back."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RepReplied:
    """A rep's own words went out."""

    by: str
    post_id: PostId
    at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeSet:
    """What became of a handoff: won, later, not_a_fit, not_a_lead.

    handoff_key: which one; from_crm: the CRM told it, and need not be told.
    """

    outcome: str
    by: str
    at: datetime
    handoff_key: str = ""
    from_crm: bool = False


@dataclass(frozen=True, slots=True)
class PlaybookWithdrawn:
    """A version of a playbook shall say nothing more, not even in the dialog that runs on it."""

    version: VersionId
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplySent:
    """X accepted a reply of ours."""

    key: str
    post_id: PostId
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplyRefused:
    """A reply of ours will not be sent: held for good by the gate, refused by X, dropped or unknown.

    It is a task now.
    """

    key: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LineReplaced:
    """A person has other words said in a reply that has not left. is_apology: it asks nothing more."""

    key: str
    text: str
    by: str
    at: datetime
    is_apology: bool = False


@dataclass(frozen=True, slots=True)
class Vetoed:
    """A person stopped what was about to be said here; from now on a human speaks."""

    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Retracted:
    """A person had a post of ours deleted again; from now on a human speaks."""

    post_id: PostId
    by: str
    at: datetime
    why: str = ""


Event = (
    PostReceived
    | PostEdited
    | PostDeleted
    | PersonGone
    | TimerFired
    | OptOutRequested
    | TakenOver
    | ReleasedToBot
    | RepReplied
    | OutcomeSet
    | PlaybookWithdrawn
    | ReplySent
    | ReplyRefused
    | LineReplaced
    | Vetoed
    | Retracted
)
