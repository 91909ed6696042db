"""The tables: what was heard, what was decided, what shall leave. The hot path uses their Core form.

Rows of one person carry `brand_id` and `partition`, so that more workers can share the work later. The words
a person wrote stay in `inbox.payload`, `conversation.state`, `decision.trace` and `receipt_line.words` and,
once handed over, in `handoff`; `leadbot.store.forget` and `leadbot.store.erase` know all of these.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from leadbot.store.columns import RowId, UtcTime
from leadbot.store.crm_tables import CRM_ANSWER
from leadbot.store.desk_tables import DESK_TABLES
from leadbot.store.forget_tables import CHORE
from leadbot.store.route_tables import ROUTE
from leadbot.store.watch_tables import ALARM, ASIDE_COUNT, GAP

_NEW = text("state = 'new'")
_FAILED = text("state = 'failed'")
_KEPT = text("checked_at IS NOT NULL")
_CLAIMABLE = text("state IN ('pending', 'held')")
_UNSETTLED = text("state IN ('pending', 'held', 'draft', 'sending', 'unknown')")


class InboxRow(SQLModel, table=True):
    """Something that happened. Unique by its natural key, so that hearing it twice changes nothing.

    kind: class name of the event; payload: the event as JSON (posts without their reading); post_id: this
    version's id; checked_at: when the post was last known to stand on X, None where no words are kept (any
    more).
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("brand_id", "key", name="uq_inbox_brand_key"),
        Index("ix_inbox_new", "id", sqlite_where=_NEW, postgresql_where=_NEW),
        Index("ix_inbox_new_person", "person_id", "brand_id", sqlite_where=_NEW, postgresql_where=_NEW),
        Index("ix_inbox_failed", "id", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index("ix_inbox_post", "post_id", "brand_id"),
        Index("ix_inbox_person", "person_id", "brand_id"),
        Index("ix_inbox_checked", "brand_id", "checked_at", sqlite_where=_KEPT, postgresql_where=_KEPT),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_type=RowId, primary_key=True)
    brand_id: str
    key: str
    person_id: str
    partition: int
    kind: str
    payload: str = Field(sa_type=Text)
    post_id: str | None = None
    channel: str = ""
    state: str = "new"
    put_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    checked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ConversationRow(SQLModel, table=True):
    """One brand and one person.

    `state`: the whole `model.Conversation` as JSON; columns repeat what queries ask. contact_at: when either
    side last had words.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_person", "person_id"),
        Index("ix_conversation_status", "status"),
        Index("ix_conversation_contact", "contact_at"),
    )
    id: str = Field(primary_key=True)
    brand_id: str
    person_id: str
    partition: int
    status: str
    owner: str
    version: int
    dialog: int
    playbook_version: str | None = None
    state: str = Field(sa_type=Text)
    updated_at: datetime = Field(sa_type=UtcTime)
    contact_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DecisionRow(SQLModel, table=True):
    """One decision: what happened, what was concluded, and the plain sentences that say why."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_conversation", "conversation_id", "id"),
        Index("ix_decision_post", "post_id"),
        Index("ix_decision_at", "at"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_type=RowId, primary_key=True)
    conversation_id: str
    brand_id: str
    inbox_id: int | None = Field(default=None, sa_type=RowId)
    event: str
    reason: str
    trace: str = Field(sa_type=Text)
    effects: str = ""
    post_id: str | None = None
    at: datetime = Field(sa_type=UtcTime)


class ReceiptLineRow(SQLModel, table=True):
    """One line of a dialog's score, as it stands now."""

    __tablename__ = "receipt_line"
    conversation_id: str = Field(primary_key=True)
    dialog: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    points: int
    words: str = Field(sa_type=Text)
    card: str
    answer: str
    counts_as: str
    playbook: str
    playbook_version: str
    line: int
    post_id: str


class OutboxRow(SQLModel, table=True):
    """An effect that leaves the house.

    `payload` is the effect as decided and is never rewritten; `text` may be edited by a person while it is a
    draft. rule: the gate rule or refusal that decided its state; attempts: tries; looks: times it was looked
    for on the brand's timeline and not found. vetoed_by: who asked for it not to be said while it was under
    way; retracted_at: when a person had the post deleted again. author: the rep whose own words it is.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key", name="uq_outbox_key"),
        Index("ix_outbox_due", "not_before", "id", sqlite_where=_CLAIMABLE, postgresql_where=_CLAIMABLE),
        Index(
            "ix_outbox_head",
            "conversation_id",
            "lane",
            "id",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_outbox_conversation", "conversation_id", "id"),
        Index("ix_outbox_state", "state", "brand_id"),
        Index("ix_outbox_text", "text_key", "brand_id", "sending_at"),
        Index("ix_outbox_parent", "parent_id"),
        Index("ix_outbox_sending", "brand_id", "sending_at"),
        Index("ix_outbox_post", "post_id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_type=RowId, primary_key=True)
    key: str
    kind: str
    lane: str
    brand_id: str
    person_id: str
    conversation_id: str
    partition: int
    payload: str = Field(sa_type=Text)
    text: str = Field(default="", sa_type=Text)
    text_key: str | None = None
    parent_id: str | None = None
    root_id: str | None = None
    dialog: int = 0
    playbook: str | None = None
    reserve_usd: float = 0.0
    cost_usd: float = 0.0
    state: str = "pending"
    rule: str = ""
    why: str = ""
    not_before: datetime = Field(sa_type=UtcTime)
    attempts: int = 0
    looks: int = 0
    post_id: str | None = None
    approved_by: str | None = None
    edited_by: str | None = None
    vetoed_by: str | None = None
    author: str | None = None
    retracted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    sending_at: datetime | None = Field(default=None, sa_type=UtcTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime)


class TimerRow(SQLModel, table=True):
    """A conversation's alarm clock; a second one of the same name replaces the first."""

    __tablename__ = "timer"
    __table_args__ = (Index("ix_timer_due", "due_at"),)
    conversation_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    brand_id: str
    person_id: str
    partition: int
    due_at: datetime = Field(sa_type=UtcTime)


class SuppressionRow(SQLModel, table=True):
    """A person this brand's bot must not write to. lifted_at: they said "start" themselves."""

    __tablename__ = "suppression"
    brand_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    reason: str
    post_id: str | None = None
    at: datetime = Field(sa_type=UtcTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class HandOffRow(SQLModel, table=True):
    """A person given to a human. `payload`: the whole effect as JSON, newest version.

    crm_candidates: people the CRM knows who may be the same, as JSON, shown and never merged; crm_outcome:
    what the CRM is known to say, so that only a change there counts as news.
    snoozed_at: not on the queue since then, until they write again. outcome_why: in the rep's words.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        Index("ix_handoff_state", "state", "brand_id"),
        Index("ix_handoff_conversation", "conversation_id"),
        Index("ix_handoff_crm_ref", "crm_ref"),
        Index("ix_handoff_queue", "state", "created_at", "key"),
    )
    key: str = Field(primary_key=True)
    conversation_id: str
    brand_id: str
    person_id: str
    dialog: int
    team: str
    rep: str
    score: int
    consent: str
    consent_words: str = Field(default="", sa_type=Text)
    consent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: str
    claim_within_s: float | None = None
    last_post_id: str | None = None
    payload: str = Field(sa_type=Text)
    state: str = "open"
    outcome: str | None = None
    claimed_by: str | None = None
    crm_ref: str | None = None
    crm_note_id: str | None = None
    crm_candidates: str | None = Field(default=None, sa_type=Text)
    crm_outcome: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    snoozed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    outcome_why: str = Field(default="", sa_type=Text)


class TaskRow(SQLModel, table=True):
    """Something a human should look at that is no lead."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_state", "state", "brand_id"),
        Index("ix_task_queue", "state", "created_at", "key"),
        Index("ix_task_conversation", "conversation_id", "state"),
    )
    key: str = Field(primary_key=True)
    brand_id: str
    person_id: str | None = None
    conversation_id: str | None = None
    kind: str
    why: str = Field(sa_type=Text)
    draft: str = Field(default="", sa_type=Text)
    post_id: str | None = None
    state: str = "open"
    created_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    done_by: str | None = None


class PersonRow(SQLModel, table=True):
    """A public profile, newest version. The id is the key; the handle is display."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_username", "username"), Index("ix_person_name", "name"))
    id: str = Field(primary_key=True)
    username: str
    name: str
    profile: str = Field(sa_type=Text)
    updated_at: datetime = Field(sa_type=UtcTime)


class BrandStateRow(SQLModel, table=True):
    """What holds for a brand right now.

    catch_up_to: inbox row up to which all must be decided before we speak.
    """

    __tablename__ = "brand_state"
    brand_id: str = Field(primary_key=True)
    handle: str = ""
    mode: str | None = None
    paused_at: datetime | None = Field(default=None, sa_type=UtcTime)
    paused_by: str | None = None
    paused_why: str = ""
    watermark: str | None = None
    has_caught_up: bool = False
    catch_up_to: int | None = Field(default=None, sa_type=RowId)
    last_heard_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_polled_at: datetime | None = Field(default=None, sa_type=UtcTime)


class BrandLogRow(SQLModel, table=True):
    """What a person (or the program, to protect the account) changed about a brand. Rows are only ever added.

    what: ``mode``, ``pause``, ``resume``, ``veto``, ``retract``, ``ship`` or ``withdraw``; subject: the post,
    reply or playbook it is about.
    """

    __tablename__ = "brand_log"
    __table_args__ = (Index("ix_brand_log_brand", "brand_id", "id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_type=RowId, primary_key=True)
    brand_id: str
    what: str
    before: str = ""
    after: str = ""
    subject: str = ""
    why: str = Field(default="", sa_type=Text)
    by: str
    at: datetime = Field(sa_type=UtcTime)


class PlaybookVersionRow(SQLModel, table=True):
    """A shipped playbook, kept whole so that a dialog can finish on the version it began with."""

    __tablename__ = "playbook_version"
    version: str = Field(primary_key=True)
    brand: str = Field(primary_key=True)
    name: str
    file: str
    content: str = Field(sa_type=Text)
    shipped_at: datetime = Field(sa_type=UtcTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SpendRow(SQLModel, table=True):
    """What X was paid, by brand, UTC day and kind of request."""

    __tablename__ = "spend"
    brand_id: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    count: int
    usd: float


class AsideRow(SQLModel, table=True):
    """An item from X that could not be understood, kept as it came. digest: of brand and whole item."""

    __tablename__ = "aside"
    __table_args__ = (
        Index("ix_aside_digest", "digest"),
        Index("ix_aside_at", "at"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_type=RowId, primary_key=True)
    brand_id: str | None = None
    digest: str | None = None
    raw: bytes
    why: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)


class OwnPostRow(SQLModel, table=True):
    """A post of the brand seen on its own timeline. outbox_key None: somebody wrote it by hand."""

    __tablename__ = "own_post"
    __table_args__ = (
        Index("ix_own_post_person", "person_id", "brand_id"),
        Index("ix_own_post_parent", "in_reply_to"),
        Index("ix_own_post_seen", "brand_id", "created_at"),
    )
    id: str = Field(primary_key=True)
    brand_id: str
    person_id: str | None = None
    in_reply_to: str | None = None
    root_id: str
    said: str = Field(sa_type=Text)
    outbox_key: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


INBOX = _table("inbox")
CONVERSATION = _table("conversation")
DECISION = _table("decision")
RECEIPT_LINE = _table("receipt_line")
OUTBOX = _table("outbox")
TIMER = _table("timer")
SUPPRESSION = _table("suppression")
HANDOFF = _table("handoff")
TASK = _table("task")
PERSON = _table("person")
BRAND_STATE = _table("brand_state")
BRAND_LOG = _table("brand_log")
PLAYBOOK_VERSION = _table("playbook_version")
SPEND = _table("spend")
ASIDE = _table("aside")
OWN_POST = _table("own_post")
TABLES = (
    INBOX,
    CONVERSATION,
    DECISION,
    RECEIPT_LINE,
    OUTBOX,
    TIMER,
    SUPPRESSION,
    HANDOFF,
    TASK,
    PERSON,
    BRAND_STATE,
    BRAND_LOG,
    PLAYBOOK_VERSION,
    SPEND,
    ASIDE,
    ASIDE_COUNT,
    OWN_POST,
    ALARM,
    GAP,
    CHORE,
    CRM_ANSWER,
    ROUTE,
    *DESK_TABLES,
)
