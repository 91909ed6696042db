"""Frozen values shared by every room. No I/O, no clock, no logging.

Words (see docs/glossary.md): a *conversation* is our record of one brand and one person; a *dialog* is one run of
a playbook inside it; a *turn* is one post of the person and at most one answer of ours.
All datetimes are UTC-aware and end in ``_at``; durations are seconds and end in ``_s``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import NewType

PersonId = NewType("PersonId", str)  # numeric X user id as a string; handles change, this does not
BrandId = NewType("BrandId", str)  # numeric X user id of an account that speaks
PostId = NewType("PostId", str)  # Snowflake id as a string (larger than 2^53)
ConversationId = NewType("ConversationId", str)  # "{brand}:{person}"
VersionId = NewType("VersionId", str)  # hash of a playbook's content

PARTITIONS = 64


def conversation_id(brand_id: BrandId, person_id: PersonId) -> ConversationId:
    """The key of a conversation: one brand, one person, whatever the thread (SCENARIOS 1)."""
    return ConversationId(f"{brand_id}:{person_id}")


def partition_of(brand_id: BrandId, person_id: PersonId) -> int:
    """Partition 0..PARTITIONS-1 that keeps one person's events in order on one worker."""
    digest = blake2b(f"{brand_id}:{person_id}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % PARTITIONS


# ---------------------------------------------------------------- what X tells us


class Channel(StrEnum):
    """How a post reached us."""

    STREAM = "stream"
    POLL = "poll"


@dataclass(frozen=True, slots=True)
class Mention:
    """One @mention in a post. typed: False for those X adds in front of a reply by itself."""

    user_id: str
    username: str
    typed: bool


@dataclass(frozen=True, slots=True)
class Post:
    """One post on X.

    text: whole text as X stored it; said: what the person typed (leading auto-mentions cut by display_text_range,
    HTML entities undone). edit_history: the chain of ids, oldest first, this post's id last.
    """

    id: PostId
    author_id: PersonId
    text: str
    said: str
    created_at: datetime
    root_id: PostId  # X's conversation_id
    in_reply_to_post_id: PostId | None = None
    in_reply_to_user_id: str | None = None
    quoted_post_id: PostId | None = None
    is_repost: bool = False
    mentions: tuple[Mention, ...] = ()
    edit_history: tuple[PostId, ...] = ()
    lang: str | None = None

    @property
    def first_id(self) -> PostId:
        """The id of the first version: the same for all edits of one post."""
        return self.edit_history[0] if self.edit_history else self.id

    @property
    def edit_version(self) -> int:
        """0 for the first version, 1 for the first edit, …"""
        return max(len(self.edit_history) - 1, 0)


@dataclass(frozen=True, slots=True)
class Person:
    """A public profile as X gave it. Handles and names are display text and hostile."""

    id: PersonId
    username: str
    name: str = ""
    description: str = ""
    followers_count: int | None = None
    following_count: int | None = None
    tweet_count: int | None = None
    is_protected: bool = False
    is_automated: bool = False  # X's "Automated" label: never converse with such accounts
    created_at: datetime | None = None


# ---------------------------------------------------------------- what nlp tells us


class Intent(StrEnum):
    """What the author wants from the brand; higher rows win when two fit."""

    OPT_OUT = "opt_out"
    ABUSE = "abuse"
    SPAM_PROMO = "spam_promo"
    ASKS_FOR_HUMAN = "asks_for_human"
    PURCHASE_INTENT = "purchase_intent"
    PRICING = "pricing"
    PRODUCT_QUESTION = "product_question"
    SUPPORT = "support"
    BUSINESS = "business"
    PRAISE = "praise"
    SMALL_TALK = "small_talk"
    OTHER = "other"


LEAD_INTENTS = frozenset({Intent.PURCHASE_INTENT, Intent.PRICING, Intent.PRODUCT_QUESTION})


class OptOut(StrEnum):
    """What a text says about being written to, before asking whom it was said to."""

    NONE = "none"
    CLEAR = "clear"  # "stop", "unsubscribe", "leave me alone"
    UNCLEAR = "unclear"  # may be meant for us: pause and let a human look
    START = "start"  # their own "start": lifts an earlier stop


class SlotType(StrEnum):
    """The types of answers a card can learn."""

    COUNT = "count"
    MONEY = "money"
    TIMEFRAME = "timeframe"
    PLACE = "place"
    EMAIL = "email"
    PHONE = "phone"
    YES_NO = "yes_no"
    AUTHORITY = "authority"
    CHOICE = "choice"
    TEXT = "text"


class Bucket(StrEnum):
    """Timeframes, nearest first; NONE is an explicit "no plan" ("just looking")."""

    NOW = "now"
    THIS_MONTH = "this_month"
    THIS_QUARTER = "this_quarter"
    THIS_HALF = "this_half"
    THIS_YEAR = "this_year"
    LATER = "later"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SlotValue:
    """One answer found in a text.

    words: verbatim, ``said[start:end]``. volunteered: True when it can be nothing else ("about 40 of us"); False when it
    counts only as the answer to a question of that type (a bare "40", "yes").
    low/high: count and money, high None = open ended. per: month, year, week, once. bucket and from_on/to_on: timeframe.
    value: yes_no (yes, no, maybe), authority (decides, influences, no), place, email, phone (E.164).
    """

    type: SlotType
    words: str
    start: int
    end: int
    volunteered: bool = False
    low: float | None = None
    high: float | None = None
    currency: str | None = None
    per: str | None = None
    bucket: Bucket | None = None
    from_on: date | None = None
    to_on: date | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A text to read. text: what the person typed; at: when (UTC); zone: IANA name that decides "today";
    phrases: the ``sounds_like`` phrases of the brand's playbooks; lang: X's own language field."""

    text: str
    at: datetime
    zone: str = "UTC"
    phrases: frozenset[str] = frozenset()
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says. Readings are facts: what they mean for a dialog is for `flows.decide`.

    warmth: calibrated probability 0..1 that this is a lead. echoes: phrases of the request that the text resembles, with a
    similarity 0..1 (1.0 = the phrase stands in it word for word), best first, only those near enough to count.
    why: words that moved the intent, with their weight. rules: names of the rules that fired.
    """

    intent: Intent = Intent.OTHER
    warmth: float = 0.0
    probabilities: tuple[tuple[Intent, float], ...] = ()
    opt_out: OptOut = OptOut.NONE
    asks_for_human: bool = False
    asks_price: bool = False
    is_question: bool = False
    is_noise: bool = False  # nothing to read: only emoji, "hm", a bare mention
    slots: tuple[SlotValue, ...] = ()
    echoes: tuple[tuple[str, float], ...] = ()
    why: tuple[tuple[str, float], ...] = ()
    rules: tuple[str, ...] = ()


# ---------------------------------------------------------------- brands and reps


class Mode(StrEnum):
    """How much a brand's bot may do: listen only, prepare drafts, or speak."""

    WATCH = "watch"
    DRAFT = "draft"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Rep:
    """A salesperson. name: as in leadbot.toml; first_name: what lines may say."""

    name: str
    first_name: str


@dataclass(frozen=True, slots=True)
class Team:
    """Reps who take handoffs. hours: weekday 0..6 (Monday 0) → periods in minutes of the local day, in `zone` (IANA)."""

    name: str
    reps: tuple[Rep, ...]
    zone: str = "UTC"
    hours: tuple[tuple[int, int, int], ...] = ()  # (weekday, from_minute, to_minute); empty = always open
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Brand:
    """An account that speaks, and what binds everything it says. Facts only; credentials live in `x/`.

    disclosures: wordings put before the first post of every dialog, each at most 40 weighted characters.
    quiet_hours: (from_minute, to_minute) of the local day in `zone`, may wrap over midnight; None = none.
    pace_s: (least, most) seconds a reply waits. too_late_s: an older post is for a human.
    same_text_hours / same_text_per_hour: the duplicate rule (docs/decisions.md).
    """

    id: BrandId
    handle: str
    name: str = ""
    zone: str = "UTC"
    mode: Mode = Mode.WATCH
    disclosures: tuple[str, ...] = ("🤖 bot here · say STOP or HUMAN anytime",)
    pace_s: tuple[float, float] = (20.0, 90.0)
    quiet_hours: tuple[int, int] | None = None
    too_late_s: float = 12 * 3600.0
    daily_budget_usd: float = 5.0
    same_text_hours: float = 24.0
    same_text_per_hour: int = 20
    teams: tuple[Team, ...] = ()


# ---------------------------------------------------------------- conversations


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


class Consent(StrEnum):
    """What the person said to "may I pass this on?"."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class LineKind(StrEnum):
    """What a line of ours does."""

    ANSWER = "answer"
    ASK = "ask"
    ANSWER_AND_ASK = "answer_and_ask"
    IF_UNCLEAR = "if_unclear"
    HAND_OFF = "hand_off"
    ENDING = "ending"
    SMALL_TALK = "small_talk"
    GOODBYE = "goodbye"  # acknowledges a stop where the brand chose to; the default says nothing


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line or a point comes from: file, content version and 1-based line number of a playbook."""

    playbook: str
    version: VersionId
    line: int

    def __str__(self) -> str:
        return f"{self.playbook}@{self.version[:8]} line {self.line}"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a score. The score is the sum of these and nothing else.

    words: what the person said, verbatim; counts_as: "interest" or "fit".
    """

    points: int
    words: str
    card: str
    answer: str
    source: Source
    post_id: PostId
    counts_as: str = "interest"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered to a card, remembered across dialogs. value None: kept word for word only."""

    card: str
    answer: str
    words: str
    post_id: PostId
    at: datetime
    value: SlotValue | None = None


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
class Dialog:
    """One run of a playbook. `messages` counts bot posts committed to be sent in it."""

    number: int
    playbook: str
    version: VersionId
    started_at: datetime
    messages: int = 0
    asked: str | None = None  # the card that waits for an answer
    unclear: tuple[str, ...] = ()  # cards whose if_unclear was said
    passed: tuple[str, ...] = ()  # cards given up on
    answers: tuple[Answer, ...] = ()
    receipt: tuple[ReceiptLine, ...] = ()
    consent: Consent = Consent.NOT_ASKED
    consent_words: str = ""
    consent_post_id: PostId | None = None  # first id of the post that answered "may I pass this on?"
    ending: str | None = None
    ended_at: datetime | None = None
    last_asked_at: datetime | None = None
    handoff_key: str | None = None

    @property
    def score(self) -> int:
        """Sum of the receipt's points."""
        return sum(line.points for line in self.receipt)


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
    """How a conversation stood before the reply in flight was chosen: the way back when that reply is superseded."""

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
    answered: tuple[PostId, ...] = ()  # first ids of posts that had their one answer or were let be, newest last, at most 50
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
    edited: tuple[tuple[PostId, PostId], ...] = ()  # (id of an edited version, first id), newest last, at most 50


# ---------------------------------------------------------------- events: what happened


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
    """What became of a handoff: won, later, not_a_fit, not_a_lead."""

    outcome: str
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
    """A reply of ours will not be sent: held for good by the gate, refused by X, dropped or unknown. It is a task now."""

    key: str
    reason: str
    at: datetime


Event = (
    PostReceived
    | PostEdited
    | PostDeleted
    | TimerFired
    | OptOutRequested
    | TakenOver
    | ReleasedToBot
    | RepReplied
    | OutcomeSet
    | ReplySent
    | ReplyRefused
)


# ---------------------------------------------------------------- effects: what shall be done


@dataclass(frozen=True, slots=True)
class SendReply:
    """Say one line. key: ``{conversation}:reply:{post first id}``, so one post can have one reply only.

    continues: the dialog was running already (a post of ours is the parent). holds_budget: False for continuations,
    hand-off lines and goodbyes, which the budget never stops (SCENARIOS 20). exclude: user ids that must not be mentioned.
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


@dataclass(frozen=True, slots=True)
class HandOff:
    """Give this person to a human, with the whole story. A second HandOff with the same key updates the first."""

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


@dataclass(frozen=True, slots=True)
class RaiseTask:
    """Something a human should look at that is no lead. kind: a short stable name; words: never verbatim text of a stranger."""

    key: str
    kind: str
    why: str
    post_id: PostId | None = None
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell a team. labels: receipt labels, never verbatim words (SCENARIOS 25)."""

    key: str
    team: str
    subject: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PushToCrm:
    """Release a handoff to the CRM. Only ever decided after a yes."""

    key: str
    handoff_key: str


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


Effect = SendReply | HandOff | RaiseTask | Notify | PushToCrm | Suppress | SetTimer | CancelTimer


@dataclass(frozen=True, slots=True)
class Decision:
    """What `flows.decide` answers: the conversation as it now stands, what shall be done, and why.

    reason: a short stable name (docs/reasons.md); trace: plain sentences, in order, of what was looked at.
    """

    conversation: Conversation
    effects: tuple[Effect, ...]
    reason: str
    trace: tuple[str, ...] = ()


# ---------------------------------------------------------------- the gate


class Speaker(StrEnum):
    """Who wants to speak; gate rules bind one or both."""

    BOT = "bot"
    HUMAN = "human"


class Parent(StrEnum):
    """What is known of the post that would be answered."""

    THERE = "there"
    GONE = "gone"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class GateFacts:
    """All the gate looks at. `decide` fills in what it knows and leaves the rest at its harmless default; the relay knows all.

    None for an account id means "not looked up yet" and is harmless in `decide` only (`at_send` False).
    """

    now: datetime
    speaker: Speaker
    at_send: bool  # False when asked by decide, True at the moment of sending
    brand_id: BrandId
    person_id: PersonId
    text: str
    max_length: int
    mode: Mode
    parent_at: datetime
    too_late_s: float
    zone: str
    token_account_id: str | None = None
    is_suppressed: bool = False
    is_paused: bool = False
    is_approved: bool = False  # a person approved this draft
    starts_dialog: bool = False
    cost_usd: float = 0.0
    reserve_usd: float = 0.0
    budget_left_usd: float = 1e9
    same_text_to_person: int = 0  # within Brand.same_text_hours
    same_text_last_hour: int = 0
    same_text_per_hour: int = 20
    parent: Parent = Parent.NOT_ASKED
    is_own_post: bool = False
    is_author_automated: bool = False
    is_summons: bool = True
    owner: Owner = Owner.BOT
    is_answered: bool = False  # that post already has a reply of ours
    message: int = 1
    limit: int = 4
    quiet_hours: tuple[int, int] | None = None
    has_unread_posts: bool = False  # an unprocessed inbox row of this brand and person
    has_foreign_post: bool = False  # a post of the brand in the thread that we did not send
    has_caught_up: bool = True  # one complete poll was decided since start or reconnect


class Hold(StrEnum):
    """What happens to a reply the gate holds."""

    WAIT = "wait"  # ask again at `until`, or when something changes
    DRAFT = "draft"  # wait for a person's approval
    TASK = "task"  # never by the bot: a human decides
    DROP = "drop"  # must not be said at all; no task either


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer. rule "" and hold None: go."""

    rule: str = ""
    hold: Hold | None = None
    until: datetime | None = None
    why: str = ""

    @property
    def is_go(self) -> bool:
        """Whether the reply may leave."""
        return self.hold is None


@dataclass(frozen=True, slots=True)
class Lead:
    """A handoff as a CRM sees it. external_key is ``x:<numeric user id>``: never a handle, never an e-mail."""

    external_key: str
    brand_id: BrandId
    brand_handle: str
    username: str
    name: str
    score: int
    receipt: tuple[ReceiptLine, ...]
    answers: tuple[Answer, ...]
    consent: Consent
    consent_words: str
    consent_at: datetime | None
    handoff_key: str
    permalink: str = ""
    fields: dict[str, str] = field(default_factory=dict)
