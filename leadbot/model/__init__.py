"""Frozen values shared by every room. No I/O, no clock, no logging.

Words (see docs/glossary.md): a *conversation* is our record of one brand and one person; a *dialog* is one
run of a playbook inside it; a *turn* is one post of the person and at most one answer of ours.
All datetimes are UTC-aware and end in ``_at``; durations are seconds and end in ``_s``.
"""

from __future__ import annotations

from leadbot.model.brands import Brand, Mode, Rep, Team
from leadbot.model.conversations import Before, Conversation, Heard, LineKind, OnDesk, Owner, Said, Status
from leadbot.model.dialogs import Answer, Consent, Dialog, ReceiptLine, Source
from leadbot.model.effects import (
    CancelTimer,
    Decision,
    Effect,
    HandOff,
    Notify,
    PushToCrm,
    RaiseTask,
    SendReply,
    SetTimer,
    Suppress,
)
from leadbot.model.events import (
    Event,
    OptOutRequested,
    OutcomeSet,
    PersonGone,
    PlaybookWithdrawn,
    PostDeleted,
    PostEdited,
    PostReceived,
    ReleasedToBot,
    ReplyRefused,
    ReplySent,
    RepReplied,
    TakenOver,
    TimerFired,
)
from leadbot.model.gate import GateFacts, Hold, Parent, Speaker, Verdict
from leadbot.model.ids import (
    PARTITIONS,
    BrandId,
    ConversationId,
    PersonId,
    PostId,
    VersionId,
    conversation_id,
    partition_of,
)
from leadbot.model.leads import Lead
from leadbot.model.posts import Channel, Mention, Person, Post
from leadbot.model.readings import (
    LEAD_INTENTS,
    Bucket,
    Intent,
    OptOut,
    Reading,
    ReadRequest,
    SlotType,
    SlotValue,
)

__all__ = [
    "LEAD_INTENTS",
    "PARTITIONS",
    "Answer",
    "Before",
    "Brand",
    "BrandId",
    "Bucket",
    "CancelTimer",
    "Channel",
    "Consent",
    "Conversation",
    "ConversationId",
    "Decision",
    "Dialog",
    "Effect",
    "Event",
    "GateFacts",
    "HandOff",
    "Heard",
    "Hold",
    "Intent",
    "Lead",
    "LineKind",
    "Mention",
    "Mode",
    "Notify",
    "OnDesk",
    "OptOut",
    "OptOutRequested",
    "OutcomeSet",
    "Owner",
    "Parent",
    "Person",
    "PersonGone",
    "PersonId",
    "PlaybookWithdrawn",
    "Post",
    "PostDeleted",
    "PostEdited",
    "PostId",
    "PostReceived",
    "PushToCrm",
    "RaiseTask",
    "ReadRequest",
    "Reading",
    "ReceiptLine",
    "ReleasedToBot",
    "Rep",
    "RepReplied",
    "ReplyRefused",
    "ReplySent",
    "Said",
    "SendReply",
    "SetTimer",
    "SlotType",
    "SlotValue",
    "Source",
    "Speaker",
    "Status",
    "Suppress",
    "TakenOver",
    "Team",
    "TimerFired",
    "Verdict",
    "VersionId",
    "conversation_id",
    "partition_of",
]
