"""Our record of one brand and one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadbot.model.dialogs import Answer, Dialog
from leadbot.model.ids import BrandId, ConversationId, PersonId, PostId
from leadbot.model.posts import Person, Post
from leadbot.model.readings import Reading


class Status(StrEnum):
    """Where a conversation stands."""

    IDLE = "idle"  # no dialog open
    OPEN = "open"  # a dialog is running
    AWAITING_CONSENT = "awaiting_consent"  # the hand-off line was said; a yes releases the push to the CRM
    HANDED_OVER = "handed_over"  # a human has it
    PAUSED = "paused"  # something unclear: a human looks first
    OPTED_OUT = "opted_out"  # never written to by the bot again, unless they say "start"


class Owner(StrEnum):
    """Who may speak in a conversation."""

    BOT = "bot"
    HUMAN = "human"


class LineKind(StrEnum):
    """What a line of ours does."""

    ANSWER = "answer"
    ASK = "ask"
    ANSWER_AND_ASK = "answer_and_ask"
    IF_UNCLEAR = "if_unclear"
    HAND_OFF = "hand_off"
    ENDING = "ending"
    SMALL_TALK = "small_talk"
    APOLOGY = "apology"  # after a pause, in place of a line that came too late to be said as it was
    GOODBYE = "goodbye"  # acknowledges a stop where the brand chose to; the default says nothing


@dataclass(frozen=True, slots=True)
class Heard:
    """A post of the person that waits for its turn, with its reading."""

    post: Post
    reading: Reading
    is_summons: bool  # asked before the words are chosen and again at the moment of sending


@dataclass(frozen=True, slots=True)
class Said:
    """One post of ours in this conversation. post_id None: not (yet) confirmed by X."""

    key: str
    in_reply_to: PostId
    text: str
    kind: LineKind
    dialog: int
    at: datetime
    post_id: PostId | None = None
    sent_at: datetime | None = None  # when X accepted it
    is_unsent: bool = False  # refused: its words never left, a human has the draft
    is_superseded: bool = False  # taken back before it left: its post may still have an answer


@dataclass(frozen=True, slots=True)
class OnDesk:
    """The handoff a human has not closed yet; the next HandOff effect with its key updates it."""

    key: str
    team: str
    rep: str
    reason: str
    dialog: int  # 0: no dialog belongs to it
    claim_within_s: float | None = None
    question: str = ""
    question_post_id: PostId | None = None  # first id of the post that asked it
    last_post_id: PostId | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """How a conversation stood before the reply in flight was chosen: the way back when it is superseded."""

    status: Status
    dialog: Dialog | None
    dialogs: int
    small_talk_at: datetime | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Our record of one brand and one person. `version` counts commits and guards against lost updates."""

    id: ConversationId
    brand_id: BrandId
    person_id: PersonId
    version: int = 0
    status: Status = Status.IDLE
    owner: Owner = Owner.BOT
    person: Person | None = None
    dialog: Dialog | None = None  # the open one, or the last
    dialogs: int = 0  # how many have begun
    waiting: tuple[Heard, ...] = ()  # posts heard and not yet answered, oldest first
    in_flight: str | None = None  # key of a reply handed to the relay whose fate is not known yet
    said: tuple[Said, ...] = ()  # our posts, newest last, at most 50
    answered: tuple[PostId, ...] = ()  # first ids of posts answered or let be, newest last, at most 50
    known: tuple[Answer, ...] = ()  # never asked again
    last_rep: str | None = None
    last_heard_at: datetime | None = None
    small_talk_at: datetime | None = None
    wants_no_bot: bool = False
    wake_at: datetime | None = None  # when the pace timer is due
    talked_at: datetime | None = None  # when a dialog or a rep last had words with them; None after a release
    on_desk: OnDesk | None = None
    answering: tuple[Heard, ...] = ()  # the posts the reply in flight answers, oldest first
    before: Before | None = None
    edited: tuple[tuple[PostId, PostId], ...] = ()  # (edited version, first id), newest last, at most 50
    variants: tuple[tuple[str, str], ...] = ()  # name of a line, its variant for this person
    deleted: tuple[PostId, ...] = ()  # first ids of posts taken back, newest last, at most 50
