"""Values for the tests of the core, built by hand: no reader, no clock, no database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from leadbot.flows.cards import (
    AnswerFirst,
    AnswerRule,
    Card,
    Deck,
    Ending,
    HandOffPlan,
    Limits,
    Line,
    Playbook,
    Range,
    StartWhen,
    Unless,
)
from leadbot.flows.decide import decide, new_conversation
from leadbot.model import (
    Brand,
    BrandId,
    Bucket,
    Conversation,
    Decision,
    Effect,
    Event,
    HandOff,
    Intent,
    Mention,
    Mode,
    OptOut,
    OutcomeSet,
    Person,
    PersonId,
    Post,
    PostDeleted,
    PostEdited,
    PostId,
    PostReceived,
    PushToCrm,
    RaiseTask,
    Reading,
    Rep,
    ReplyRefused,
    ReplySent,
    SendReply,
    SetTimer,
    SlotType,
    SlotValue,
    Suppress,
    Team,
    TimerFired,
    VersionId,
)

T0 = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
ACME, GLOBEX = BrandId("1000"), BrandId("2000")
ANN = Person(PersonId("7"), "ann_b", "Ann Berg")
BOB = Person(PersonId("8"), "bob", "Bob")
FRIEND = "555"
TEAM = Team("inside-sales", (Rep("Mia Winter", "Mia"), Rep("Leo Sand", "Leo")))
BRAND = Brand(
    ACME,
    "acme",
    "Acme",
    mode=Mode.LIVE,
    disclosures=("🤖 bot here · say STOP or HUMAN anytime",),
    pace_s=(20.0, 90.0),
    teams=(TEAM,),
)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


# ---------------------------------------------------------------- posts and readings

TYPED_ACME = Mention(ACME, "acme", typed=True)
AUTO_ACME = Mention(ACME, "acme", typed=False)


def post(
    said: str,
    *,
    by: Person = ANN,
    at: datetime = T0,
    id: str = "",
    under: PostId | str | None = None,
    reply_to_user: str | None = None,
    mentions: tuple[Mention, ...] | None = None,
    edits: tuple[str, ...] = (),
    quotes: PostId | None = None,
    is_repost: bool = False,
    lang: str | None = None,
) -> Post:
    """A post. With `under` it is a reply, to us unless `reply_to_user` says otherwise; else top-level."""
    number = id or f"{int(at.timestamp() * 1000)}"
    if mentions is None:
        mentions = (AUTO_ACME,) if under is not None and "@acme" not in said else (TYPED_ACME,)
    parent = PostId(under) if under is not None else None
    return Post(
        id=PostId(number),
        author_id=by.id,
        text=said,
        said=said,
        created_at=at,
        root_id=parent or PostId(number),
        in_reply_to_post_id=parent,
        in_reply_to_user_id=reply_to_user or (ACME if parent else None),
        quoted_post_id=quotes,
        is_repost=is_repost,
        mentions=mentions,
        edit_history=tuple(PostId(e) for e in (*edits, number)),
        lang=lang,
    )


def edit_of(first: Post, said: str, *, at: datetime) -> Post:
    """The same post with other words."""
    number = PostId(f"{int(at.timestamp() * 1000)}")
    return replace(first, id=number, text=said, said=said, edit_history=(*first.edit_history, number))


def count(low: float, words: str = "", *, high: float | None = None, volunteered: bool = False) -> SlotValue:
    words = words or f"{low:g}"
    top = low if high is None else high
    return SlotValue(SlotType.COUNT, words, 0, len(words), volunteered, low=low, high=top)


def money(low: float, words: str, **more: Any) -> SlotValue:
    return SlotValue(SlotType.MONEY, words, 0, len(words), low=low, **more)


def timeframe(bucket: Bucket, words: str = "soon", *, volunteered: bool = False, **more: Any) -> SlotValue:
    return SlotValue(SlotType.TIMEFRAME, words, 0, len(words), volunteered, bucket=bucket, **more)


def yes_no(value: str, words: str = "") -> SlotValue:
    words = words or value
    return SlotValue(SlotType.YES_NO, words, 0, len(words), value=value)


def reads(intent: Intent = Intent.OTHER, *slots: SlotValue, **more: Any) -> Reading:
    warmth = 0.9 if intent in (Intent.PURCHASE_INTENT, Intent.PRICING, Intent.PRODUCT_QUESTION) else 0.1
    return Reading(intent=intent, **{"warmth": warmth, "slots": slots, **more})


WANTS_IT = reads(Intent.PURCHASE_INTENT)
ASKS_PRICE = reads(Intent.PRICING, asks_price=True, is_question=True)
ASKS_SSO = reads(Intent.PRODUCT_QUESTION, is_question=True, echoes=(("does it do sso", 0.9),))
ASKS_UNKNOWN = reads(Intent.PRODUCT_QUESTION, is_question=True)
NOISE = reads(is_noise=True)
NONSENSE = reads()
COMPLAINT = reads(Intent.SUPPORT)
HUMAN_PLEASE = reads(Intent.ASKS_FOR_HUMAN, asks_for_human=True, is_question=True)
STOP = reads(Intent.OPT_OUT, opt_out=OptOut.CLEAR)
START = reads(opt_out=OptOut.START)
YES, NO = reads(Intent.OTHER, yes_no("yes")), reads(Intent.OTHER, yes_no("no"))
EXCEL = reads(Intent.OTHER, echoes=(("excel", 1.0),))
SOON = reads(Intent.OTHER, timeframe(Bucket.NOW))
HELLO = reads(Intent.SMALL_TALK)


def forty() -> Reading:
    return reads(Intent.OTHER, count(40))


# ---------------------------------------------------------------- a playbook

PRICE_LINE = "Team plans start at $6 a seat a month."
SSO_LINE = "SSO is in every plan."
VERSION = VersionId("0123456789abcdef")


def line(*wordings: str, number: int = 1) -> Line:
    return Line(wordings, number)


TEAM_SIZE = Card(
    "team_size",
    SlotType.COUNT,
    line("Happy to help{{ person.comma_name }}! How many of you?", number=20),
    (
        AnswerRule("just_me", 0, 25, range=Range(1, 1, True), then="kind_close"),
        AnswerRule("a_few", 15, 26, range=Range(2, 10, True), sounds_like=("a handful",)),
        AnswerRule("many", 30, 27, range=Range(11, None, True), sounds_like=("more than ten",)),
    ),
    19,
    if_unclear=line("No exact number needed: just you, a handful, or more than ten?", number=28),
)
TODAY = Card(
    "today",
    SlotType.CHOICE,
    line("Thanks! What do you use for it today?", number=31),
    (
        AnswerRule("spreadsheet", 20, 33, sounds_like=("excel", "honestly a mess")),
        AnswerRule("rival", 15, 34, sounds_like=("another tool",)),
        AnswerRule("anything", 5, 35, anything=True),
    ),
    30,
)
TIMING = Card(
    "timing",
    SlotType.TIMEFRAME,
    line("Is this for now, or just looking around?", number=38),
    (
        AnswerRule("soon", 15, 40, values=frozenset({"now", "this_month", "this_quarter"})),
        AnswerRule("later", 5, 41, values=frozenset({"this_half", "this_year", "later"})),
        AnswerRule("looking", 0, 42, values=frozenset({"none"}), then="kind_close"),
    ),
    37,
)
PLAN = HandOffPlan(
    at_points=45,
    to="inside-sales",
    line=45,
    say=line("OK if I pass this to {{ rep.first_name }}, who will write to you?", number=46),
    say_after_hours=line("OK if I pass this to {{ rep.first_name }}? Back {{ rep.back_at }}.", number=47),
    say_if_asked_for=line("{{ rep.first_name }} from our team will write to you here.", number=48),
    otherwise="kind_close",
    at_once_if=frozenset({"asks_for_human"}),
    claim_within_s=1800.0,
)


def playbook(**changes: Any) -> Playbook:
    """The team plan of the language's own documentation, compiled by hand."""
    book = Playbook(
        name="team-plan",
        file="team-plan.yaml",
        brand="acme",
        version=VERSION,
        content="",
        goal="",
        start_when=StartWhen(
            frozenset({Intent.PURCHASE_INTENT, Intent.PRICING, Intent.PRODUCT_QUESTION}), 0.6
        ),
        cards=(TEAM_SIZE, TODAY, TIMING),
        hand_off=PLAN,
        endings={
            "kind_close": Ending(
                "kind_close", line("The free plan should do it for now.", number=50), "not_a_fit", 50
            ),
            "silence": Ending("silence", None, "faded", 51),
        },
        answers_first=(
            AnswerFirst(line(PRICE_LINE, number=10), 10, when="pricing"),
            AnswerFirst(line(SSO_LINE, number=12), 12, sounds_like=("does it do sso",)),
        ),
        limits=Limits(messages=4, characters=160),
        small_talk=(line("☕ Right back at you!", number=60),),
    )
    return replace(book, **changes)


def deck(*books: Playbook, brand: Brand = BRAND) -> Deck:
    return Deck(brand, books or (playbook(),))


TO_SAME_REP = Unless("to_same_rep", 7, talked_within_s=30 * 86400.0)

# ---------------------------------------------------------------- a stage

E = TypeVar("E", bound=Effect)


@dataclass
class Stage:
    """One person and one brand, event after event, with everything that came of it."""

    deck: Deck = field(default_factory=deck)
    person: Person = ANN
    at: datetime = T0
    recent_texts: Collection[str] = ()
    brands: Collection[str] = ()
    conversation: Conversation = field(init=False)
    effects: list[Effect] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.conversation = new_conversation(self.deck.brand.id, self.person.id)

    def tell(self, event: Event) -> Decision:
        """One event."""
        decision = decide(
            event, self.conversation, self.deck, recent_texts=self.recent_texts, brands=self.brands
        )
        self.conversation = decision.conversation
        self.effects += decision.effects
        self.decisions.append(decision)
        return decision

    def later(self, amount: timedelta) -> None:
        self.at += amount

    def hears(self, said: str, reading: Reading, **more: Any) -> Decision:
        """They post. Top-level unless `under` says otherwise."""
        self.at += seconds(1)
        return self.tell(
            PostReceived(post(said, by=self.person, at=self.at, **more), self.person, reading, self.at)
        )

    def answers(self, said: str, reading: Reading, **more: Any) -> Decision:
        """They reply to our last post."""
        return self.hears(said, reading, under=self.last_post_id, **more)

    def edits(self, first: Post, said: str, reading: Reading) -> Decision:
        self.at += seconds(1)
        return self.tell(PostEdited(edit_of(first, said, at=self.at), self.person, reading, self.at))

    def deletes(self, post_id: PostId) -> Decision:
        return self.tell(PostDeleted(post_id, self.at))

    def pace(self) -> Decision:
        """The pace timer fires when it is due."""
        self.at = max(self.at, self.conversation.wake_at or self.at)
        return self.tell(TimerFired("pace", self.at))

    def sent(self) -> Decision:
        """X takes the reply on its way."""
        self.at += seconds(1)
        key = self.conversation.in_flight or ""
        return self.tell(ReplySent(key, PostId(f"{int(self.at.timestamp() * 1000)}"), self.at))

    def sent_again(self, key: str) -> Decision:
        """News of a reply that was given up on: it is on X after all."""
        return self.tell(ReplySent(key, PostId("999999"), self.at))

    def refused(self, reason: str) -> Decision:
        return self.tell(ReplyRefused(self.conversation.in_flight or "", reason, self.at))

    def turn(self, said: str, reading: Reading, **more: Any) -> SendReply | None:
        """They write (under our last post, if there is one), the words are chosen, and X takes them."""
        before = len(self.replies)
        (self.answers if self.last_post_id else self.hears)(said, reading, **more)
        self.pace()
        if self.conversation.in_flight:
            self.sent()
        return self.replies[-1] if len(self.replies) > before else None

    def all(self, kind: type[E]) -> list[E]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def replies(self) -> list[SendReply]:
        return self.all(SendReply)

    @property
    def last_post_id(self) -> PostId | None:
        return next((s.post_id for s in reversed(self.conversation.said) if s.post_id), None)

    @property
    def last_said(self) -> str:
        return self.replies[-1].text if self.replies else ""

    @property
    def handoffs(self) -> list[HandOff]:
        return self.all(HandOff)

    @property
    def tasks(self) -> list[str]:
        return [task.kind for task in self.all(RaiseTask)]

    @property
    def pushes(self) -> list[PushToCrm]:
        return self.all(PushToCrm)

    @property
    def suppressions(self) -> list[Suppress]:
        return self.all(Suppress)

    @property
    def timers(self) -> list[SetTimer]:
        return self.all(SetTimer)

    @property
    def score(self) -> int:
        return self.conversation.dialog.score if self.conversation.dialog else 0

    def tell_outcome(self, outcome: str = "later") -> Decision:
        return self.tell(OutcomeSet(outcome, "Mia Winter", self.at))

    def rep_after_consent(self) -> str:
        self.to_consent()
        return self.handoffs[-1].rep

    def to_consent(self) -> None:
        """A whole dialog up to the line that asks consent: 65 points."""
        self.turn("@acme we want to move our team to you", WANTS_IT)
        self.turn("40", forty())
        self.turn("all in excel", EXCEL)
        self.turn("right now", SOON)
