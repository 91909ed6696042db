"""What shall be done, and the decision that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from leadbot.model.conversations import Conversation, LineKind
from leadbot.model.dialogs import Answer, Consent, ReceiptLine, Source
from leadbot.model.ids import PostId


@dataclass(frozen=True, slots=True)
class SendReply:
    """Say one line. key: ``{conversation}:reply:{post first id}``, so one post can have one reply only.

    by: the rep whose own words these are; empty for words of a playbook. brand_id: the account whose page a
    rep wrote them on. starts_dialog: only then is the budget asked; continuations, hand-off lines and
    goodbyes it never stops (SCENARIOS 20). exclude: user ids that must not be mentioned.
    """

    key: str
    in_reply_to: PostId
    text: str
    kind: LineKind
    dialog: int
    message: int  # 1-based number of this bot post in its dialog
    limit: int  # most bot posts this dialog may have
    max_length: int  # weighted characters
    parent_at: datetime
    source: Source | None
    is_summons: bool
    starts_dialog: bool = False
    reserve_usd: float = 0.0  # worst case of the dialog, asked of the budget when it starts
    exclude: tuple[str, ...] = ()
    facts_used: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()  # ``team_size.ask=a``: which variant of a line these words are
    too_late_s: float | None = None  # an older post is for a human; None: as the brand has it
    by: str = ""
    brand_id: str = ""


@dataclass(frozen=True, slots=True)
class HandOff:
    """Give this person to a human, with the whole story. A second one with the same key updates the first."""

    key: str
    team: str
    rep: str
    score: int
    receipt: tuple[ReceiptLine, ...]
    consent: Consent
    consent_words: str
    reason: str
    answers: tuple[Answer, ...] = ()
    not_known: tuple[str, ...] = ()  # cards nobody answered
    question: str = ""  # a question of theirs that waits for an answer
    last_post_id: PostId | None = None
    claim_within_s: float | None = None  # business seconds
    consent_post_id: PostId | None = None  # first ids of the posts these words stand in
    question_post_id: PostId | None = None
    warmth: float | None = None  # of the post the dialog began with


@dataclass(frozen=True, slots=True)
class RaiseTask:
    """Something a human should look at that is no lead.

    kind: a short stable name; why: never verbatim text of a stranger.
    """

    key: str
    kind: str
    why: str
    post_id: PostId | None = None
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell a team, or one of its reps. labels: receipt labels, never verbatim words (SCENARIOS 25).
    handoff_key: what it is about, for a link.
    """

    key: str
    team: str
    subject: str
    labels: tuple[str, ...] = ()
    rep: str = ""
    handoff_key: str = ""


@dataclass(frozen=True, slots=True)
class PushToCrm:
    """Release a handoff to the CRM. Only ever decided after a yes.

    cleans: the CRM has it already, and words in it left X since: record and note are replaced.
    """

    key: str
    handoff_key: str
    cleans: bool = False


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """Tell the CRM what became of a handoff; nothing happens if the CRM never got it."""

    key: str
    handoff_key: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Suppress:
    """Put the person on (or, with lifted, take them off) the suppression list of this brand."""

    key: str
    reason: str
    post_id: PostId | None = None
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake this conversation up. A second one of the same name replaces the first."""

    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer; no harm if there is none."""

    name: str


Effect = (
    SendReply | HandOff | RaiseTask | Notify | PushToCrm | PushOutcome | Suppress | SetTimer | CancelTimer
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What `flows.decide` answers: the conversation as it now stands, what shall be done, and why.

    reason: a short stable name (docs/reasons.md); trace: plain sentences, in order, of what was looked at.
    """

    conversation: Conversation
    effects: tuple[Effect, ...]
    reason: str
    trace: tuple[str, ...] = ()
