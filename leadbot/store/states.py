"""The states rows go through. docs/storage.md draws them."""

from __future__ import annotations

from enum import StrEnum


class InboxState(StrEnum):
    """What became of an event."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"  # deciding on it raised: a bug; the log has the traceback and the desk a task


class OutboxState(StrEnum):
    """What became of an effect that leaves the house."""

    PENDING = "pending"
    HELD = "held"  # the gate said wait; asked again at `not_before`
    DRAFT = "draft"  # waits for a person's approval
    SENDING = "sending"  # handed to the world; found so at a start it is unknown
    UNKNOWN = "unknown"  # may have been carried out; being looked for
    SENT = "sent"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


UNSETTLED = (
    OutboxState.PENDING,
    OutboxState.HELD,
    OutboxState.DRAFT,
    OutboxState.SENDING,
    OutboxState.UNKNOWN,
)
CLAIMABLE = (OutboxState.PENDING, OutboxState.HELD)
MAYBE_OUT = (OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.SENT)
"""States in which X may show the words already."""


class Lane(StrEnum):
    """Rows of one conversation keep their order within a lane: a reply held for the night holds back no
    notice.
    """

    REPLY = "reply"
    CRM = "crm"
    NOTICE = "notice"


class HandOffState(StrEnum):
    """Where a handoff stands on the desk."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class TaskState(StrEnum):
    """Where a task stands on the desk."""

    OPEN = "open"
    DONE = "done"
