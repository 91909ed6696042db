"""Every short sequence of events, walked from the first to the last: the costly mistakes are public ones.

Sequences share their beginnings, so a walk decides each beginning once. After every single decision all
promises of the core are checked.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec
import pytest

from leadbot.flows.cards import Deck, Limits, Playbook
from leadbot.flows.decide import decide, new_conversation
from leadbot.flows.reasons import Reason
from leadbot.flows.weights import weighted_length
from leadbot.model import (
    CancelTimer,
    Consent,
    Conversation,
    Decision,
    Event,
    HandOff,
    Intent,
    LineReplaced,
    Mention,
    OptOut,
    OptOutRequested,
    OutcomeSet,
    Owner,
    PlaybookWithdrawn,
    Post,
    PostDeleted,
    PostEdited,
    PostId,
    PostReceived,
    PushToCrm,
    RaiseTask,
    Reading,
    ReleasedToBot,
    ReplyRefused,
    ReplySent,
    RepReplied,
    Retracted,
    SendReply,
    SetTimer,
    Status,
    Suppress,
    TakenOver,
    TimerFired,
    Vetoed,
)
from tests.flows.factories import (
    ACME,
    ANN,
    ASKS_UNKNOWN,
    AUTO_ACME,
    BRAND,
    COMPLAINT,
    FRIEND,
    HUMAN_PLEASE,
    NOISE,
    PLAN,
    START,
    STOP,
    T0,
    TEAM_SIZE,
    TO_SAME_REP,
    VERSION,
    WANTS_IT,
    YES,
    deck,
    edit_of,
    forty,
    playbook,
    post,
    reads,
)

REASONS = frozenset(reason.value for reason in Reason)
STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class Walk:
    """One conversation and what a bystander has seen of it so far."""

    conversation: Conversation
    at: object = T0
    posts: tuple[Post, ...] = ()
    replies: tuple[SendReply, ...] = ()
    unsent: frozenset[str] = frozenset()  # keys of superseded replies
    refused_dialogs: frozenset[int] = frozenset()
    timers: tuple[str, ...] = ()
    is_suppressed: bool = False
    is_taken_over: bool = False
    settled: frozenset[str] = frozenset()
    path: tuple[str, ...] = ()


# ---------------------------------------------------------------- the letters of a sequence

Letter = Callable[[Walk], list[Event]]


def _posts(said: str, reading: Reading, **more: object) -> Letter:
    def write(walk: Walk) -> list[Event]:
        """Under our last post that is out, else top-level."""
        ours = next((s.post_id for s in reversed(walk.conversation.said) if s.post_id), None)
        options = {"under": ours, **more}
        heard = post(said if ours else f"@acme {said}", at=walk.at, **options)  # type: ignore[arg-type]
        return [PostReceived(heard, ANN, reading, heard.created_at)]

    return write


def _turn(letter: Letter) -> Letter:
    """They write, the pace is over, X takes what we say: three events as one letter."""

    def turn(walk: Walk) -> list[Event]:
        return [*letter(walk), TimerFired("pace", walk.at), _SENT]  # type: ignore[arg-type]

    return turn


_SENT = ReplySent("", PostId(""), T0)  # stands for "whatever is in flight is sent"


def _sent(walk: Walk) -> list[Event]:
    return [_SENT]


def _refused(reason: str) -> Letter:
    return lambda walk: [ReplyRefused(walk.conversation.in_flight or "no:such:reply", reason, walk.at)]  # type: ignore[arg-type]


def _edits(said: str, reading: Reading) -> Letter:
    def edit(walk: Walk) -> list[Event]:
        first = walk.posts[-1] if walk.posts else post("@acme hm", at=T0)
        return [PostEdited(edit_of(first, said, at=walk.at), ANN, reading, walk.at)]  # type: ignore[arg-type]

    return edit


def _deletes(walk: Walk) -> list[Event]:
    return [PostDeleted(walk.posts[-1].id if walk.posts else PostId("1"), walk.at)]  # type: ignore[arg-type]


def _at(make: Callable[..., Event], *words: str) -> Letter:
    return lambda walk: [make(*words, walk.at)]


def _opt_out_requested(walk: Walk) -> list[Event]:
    return [OptOutRequested(walk.at, "Mia Winter")]  # type: ignore[arg-type]


def _replaced(walk: Walk, *, is_apology: bool) -> list[Event]:
    key = walk.conversation.in_flight or "no:such:reply"
    return [LineReplaced(key, "Sorry for the wait.", "Mia Winter", walk.at, is_apology)]  # type: ignore[arg-type]


LEAD = _posts("we want it", WANTS_IT)
FORTY = _posts("40", forty())
QUESTION = _posts("does it float?", ASKS_UNKNOWN)
SAYS_YES = _posts("yes", YES)
SAYS_STOP = _posts("stop", STOP)
CALLS_HUMAN = _posts("a human please", HUMAN_PLEASE)
STOP_TO_A_FRIEND = _posts(
    "stop", STOP, under="77", reply_to_user=FRIEND, mentions=(Mention(FRIEND, "f", False), AUTO_ACME)
)
NOT_SUMMONED = _posts("and again", WANTS_IT, mentions=())
PACE = _at(TimerFired, "pace")
GIVES_UP = _at(TimerFired, "gives_up")
TAKEN_OVER = _at(TakenOver, "Mia Winter")
RELEASED = _at(ReleasedToBot, "Mia Winter")
VETOED = _at(Vetoed, "Mia Winter")
RETRACTED = _at(Retracted, "5", "Mia Winter")
REFUSED = _refused("too_late")
SUPERSEDED = _refused("superseded")

EVENTS: dict[str, Letter] = {
    "lead": LEAD,
    "forty": FORTY,
    "pace": PACE,
    "sent": _sent,
    "refused": REFUSED,
    "stop": SAYS_STOP,
    "taken over": TAKEN_OVER,
    "released": RELEASED,
}
TURNS: dict[str, Letter] = {
    "lead turn": _turn(LEAD),
    "forty turn": _turn(FORTY),
    "question turn": _turn(QUESTION),
    "noise turn": _turn(_posts("👀", NOISE)),
    "yes turn": _turn(SAYS_YES),
    "human turn": _turn(CALLS_HUMAN),
    "gives up": GIVES_UP,
    "released": RELEASED,
}
ALL_KINDS: dict[str, Letter] = {
    "lead": LEAD,
    "forty": FORTY,
    "question": QUESTION,
    "yes": SAYS_YES,
    "stop": SAYS_STOP,
    "start": _posts("start", START),
    "maybe stop": _posts("oh stop it", reads(opt_out=OptOut.UNCLEAR)),
    "stop to a friend": STOP_TO_A_FRIEND,
    "human": CALLS_HUMAN,
    "complaint": _posts("it is broken", COMPLAINT),
    "abuse": _posts("scum", reads(Intent.ABUSE)),
    "hello": _posts("good morning", reads(Intent.SMALL_TALK)),
    "not summoned": NOT_SUMMONED,
    "edit": _edits("@acme make it 400", reads(Intent.PURCHASE_INTENT)),
    "edit to stop": _edits("@acme stop", STOP),
    "edit to human": _edits("@acme a human please", HUMAN_PLEASE),
    "deleted": _deletes,
    "pace": PACE,
    "gives up": GIVES_UP,
    "quiet": _at(TimerFired, "quiet"),
    "sent": _sent,
    "refused": REFUSED,
    "superseded": SUPERSEDED,
    "parent gone": _refused("parent_gone"),
    "opt-out requested": _opt_out_requested,
    "taken over": TAKEN_OVER,
    "rep replied": lambda walk: [RepReplied("Leo Sand", PostId("5"), walk.at)],  # type: ignore[arg-type]
    "released": RELEASED,
    "withdrawn": lambda walk: [PlaybookWithdrawn(VERSION, "Mia Winter", walk.at)],  # type: ignore[arg-type]
    "apology": lambda walk: _replaced(walk, is_apology=True),
    "other words": lambda walk: _replaced(walk, is_apology=False),
    "vetoed": VETOED,
    "retracted": RETRACTED,
    "won": lambda walk: [OutcomeSet("won", "Mia Winter", walk.at)],  # type: ignore[arg-type]
}


# ---------------------------------------------------------------- what must hold


def step(walk: Walk, letter: str, alphabet: dict[str, Letter], using: Deck) -> Walk:
    """Play one letter and check every promise after each of its events."""
    walk = replace(walk, at=walk.at + STEP, path=(*walk.path, letter))  # type: ignore[operator]
    for event in alphabet[letter](walk):
        walk = _play(walk, event, using)
    return walk


def _play(walk: Walk, event: Event, using: Deck) -> Walk:
    if event is _SENT:
        key = walk.conversation.in_flight or "no:such:reply"
        ours = PostId(str(int(walk.at.timestamp() * 1000) + 1))  # type: ignore[attr-defined]
        event = ReplySent(key, ours, walk.at)  # type: ignore[arg-type]
    if isinstance(event, TimerFired):
        walk = replace(walk, timers=tuple(name for name in walk.timers if name != event.name))
    before = walk.conversation
    decision = decide(event, before, using)
    walk = _look(walk, event, decision)
    try:
        check(walk, before, event, decision)
    except AssertionError as error:
        raise AssertionError(f"after {' → '.join(walk.path)}: {error}") from error
    return walk


def _look(walk: Walk, event: Event, decision: Decision) -> Walk:
    """What a bystander notes of one decision."""
    posts, timers = walk.posts, list(walk.timers)
    settled, unsent, refused = walk.settled, walk.unsent, walk.refused_dialogs
    is_taken_over, is_suppressed = walk.is_taken_over, walk.is_suppressed
    if isinstance(event, PostReceived | PostEdited):
        posts = (*posts, event.post)
    if isinstance(event, ReplySent | ReplyRefused):
        settled = settled | {event.key}
    if isinstance(event, ReplyRefused) and any(reply.key == event.key for reply in walk.replies):
        if event.reason in ("superseded", "parent_gone"):
            unsent = unsent | {event.key}
        else:
            refused = refused | {reply.dialog for reply in walk.replies if reply.key == event.key}
    if isinstance(event, TakenOver | RepReplied | Vetoed | Retracted):
        is_taken_over = True
    if isinstance(event, ReleasedToBot):
        is_taken_over = False
    for effect in decision.effects:
        if isinstance(effect, Suppress):
            is_suppressed = not effect.lifted
            # Only their own "start" gives the bot its voice back.
            is_taken_over = is_taken_over and not effect.lifted
        if isinstance(effect, SetTimer | CancelTimer) and effect.name in timers:
            timers.remove(effect.name)
        if isinstance(effect, SetTimer):
            timers.append(effect.name)
    return replace(
        walk,
        conversation=decision.conversation,
        posts=posts,
        timers=tuple(timers),
        settled=settled,
        unsent=unsent,
        refused_dialogs=refused,
        is_taken_over=is_taken_over,
        is_suppressed=is_suppressed,
        replies=(*walk.replies, *(e for e in decision.effects if isinstance(e, SendReply))),
    )


def check(walk: Walk, before: Conversation, event: Event, decision: Decision) -> None:
    """Every promise of the core."""
    after, effects = decision.conversation, decision.effects
    assert decision.reason in REASONS, decision.reason
    assert (after.id, after.brand_id, after.person_id) == (before.id, before.brand_id, before.person_id)
    _check_words(walk, before, event, effects)
    _check_desk(after, effects)
    _check_nothing_hangs(walk, after)
    _check_score(after)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(after), type=Conversation) == after


def _check_words(walk: Walk, before: Conversation, event: Event, effects: Sequence[object]) -> None:
    new = [effect for effect in effects if isinstance(effect, SendReply)]
    assert len(new) <= 1, "two replies at once"
    for reply in new:
        assert isinstance(event, TimerFired), "words are chosen when the pace is over"
        assert event.name == "pace"
        assert not walk.is_suppressed, "words after a stop"
        assert not walk.is_taken_over, "words over a human"
        assert before.status not in (Status.PAUSED, Status.OPTED_OUT)
        assert before.owner is Owner.BOT
        assert before.in_flight is None, "words while others are on their way"
        assert reply.dialog == 0 or reply.dialog not in walk.refused_dialogs, "words after a refusal"
        assert weighted_length(reply.text) <= reply.max_length <= 280
        assert reply.is_summons
        parent = next(post for post in walk.posts if post.id == reply.in_reply_to)
        assert any(mention.user_id == ACME for mention in parent.mentions), "not summoned"
        assert reply.key.startswith(f"{before.id}:reply:{parent.first_id}")
        assert "{" not in reply.text
        live = [r for r in walk.replies if r.key not in walk.unsent]
        assert len({r.key for r in walk.replies}) == len(walk.replies), "a key twice"
        bases = [r.key.split(":reply:")[1].split(":")[0] for r in live]
        assert len(set(bases)) == len(bases), "two replies to one post"
        in_dialog = [r for r in live if r.dialog == reply.dialog and r.dialog]
        assert len(in_dialog) <= 4, "a fifth message"
        if reply.dialog:
            assert reply.message == len(in_dialog) <= reply.limit
            assert reply.message > 1 or reply.text.startswith("🤖"), "the first post says what speaks"
    assert not new or not any(isinstance(effect, Suppress) for effect in effects)


def _check_desk(after: Conversation, effects: Sequence[object]) -> None:
    for effect in effects:
        if isinstance(effect, PushToCrm):
            assert after.dialog is not None
            assert after.dialog.consent is Consent.YES, "a push without a yes"
            assert after.on_desk is not None
            assert effect.handoff_key == after.on_desk.key
        if isinstance(effect, HandOff):
            assert effect.score == sum(line.points for line in effect.receipt), "score is not its receipt"
        if isinstance(effect, RaiseTask):
            assert effect.kind
            assert effect.key.startswith(after.id)
    keys = [effect.key for effect in effects if isinstance(effect, HandOff)]
    assert len(keys) == len(set(keys)), "one story a card"


def _check_nothing_hangs(walk: Walk, after: Conversation) -> None:
    if after.waiting:
        assert "pace" in walk.timers or after.in_flight, "a post waits for nothing"
    assert (after.wake_at is not None) == ("pace" in walk.timers), "the timer is not what it is said to be"
    if after.in_flight:
        assert after.in_flight in {reply.key for reply in walk.replies}
        assert after.in_flight not in walk.settled, "waits for a reply that is settled"
    if after.status is Status.OPEN and not after.waiting and not after.in_flight:
        assert "gives_up" in walk.timers, "an open dialog nobody will close"
    if after.status is Status.AWAITING_CONSENT:
        assert after.on_desk is not None, "consent asked, and nothing on the desk"


def _check_score(after: Conversation) -> None:
    dialog = after.dialog
    if dialog is not None:
        assert dialog.score == sum(line.points for line in dialog.receipt)
        assert [a.card for a in dialog.answers] == [line.card for line in dialog.receipt]
        assert len({a.card for a in dialog.answers}) == len(dialog.answers)
        assert dialog.consent is not Consent.ASKED or dialog.handoff_key or after.on_desk


def walk_all(starts: Sequence[Walk], alphabet: dict[str, Letter], length: int, using: Deck) -> int:
    """Walk every sequence of this length; returns how many there are."""
    walks = list(starts)
    for _ in range(length - 1):
        walks = [step(walk, letter, alphabet, using) for walk in walks for letter in alphabet]
    return sum(1 for walk in walks for letter in alphabet if step(walk, letter, alphabet, using))


def small(**changes: object) -> Playbook:
    """One card: short sequences reach every place of a dialog."""
    book = playbook(
        cards=(TEAM_SIZE,), hand_off=replace(PLAN, at_points=30), limits=Limits(messages=3, characters=160)
    )
    return replace(book, **changes)  # type: ignore[arg-type]


AT_ONCE = replace(BRAND, pace_s=(0.0, 0.0))
SMALL = deck(small(), brand=AT_ONCE)
FRESH = Walk(new_conversation(ACME, ANN.id))


def test_every_sequence_of_five_events_keeps_every_promise() -> None:
    assert walk_all([FRESH], EVENTS, 5, SMALL) == 32_768


def test_every_sequence_of_four_turns_keeps_every_promise() -> None:
    assert walk_all([FRESH], TURNS, 4, SMALL) == 4_096


@pytest.mark.slow
def test_every_sequence_of_five_turns_keeps_every_promise() -> None:
    assert walk_all([FRESH], TURNS, 5, SMALL) == 32_768


PLACES: dict[str, tuple[str, ...]] = {
    "nothing yet": (),
    "a post waits": ("lead",),
    "a reply is on its way": ("lead", "pace"),
    "a question is out": ("lead", "pace", "sent"),
    "consent is being asked": ("lead", "pace", "sent", "forty", "pace"),
    "consent is asked": ("lead", "pace", "sent", "forty", "pace", "sent"),
    "a human was called": ("human",),
    "a human has it": ("lead", "pace", "sent", "taken over"),
    "opted out": ("stop",),
    "paused": ("lead", "pace", "sent", "maybe stop"),
    "faded": ("lead", "pace", "sent", "give up late"),
    "released": ("lead", "pace", "sent", "taken over", "released"),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_kind_of_event_has_an_answer_in_every_place(place: str) -> None:
    alphabet = {
        **ALL_KINDS,
        "give up late": lambda walk: [TimerFired("gives_up", walk.at + timedelta(days=3))],
    }  # type: ignore[operator]
    walk = FRESH
    for letter in PLACES[place]:
        walk = step(walk, letter, alphabet, SMALL)
    assert walk_all([walk], ALL_KINDS, 2, SMALL) == len(ALL_KINDS) ** 2


def test_returning_buyers_are_never_met_with_silence() -> None:
    using = deck(small(unless=(TO_SAME_REP,)), brand=AT_ONCE)
    walk = FRESH
    for letter in ("lead", "pace", "sent", "released"):
        walk = step(walk, letter, ALL_KINDS, using)
    assert walk_all([walk], EVENTS, 3, using) == 512


def test_the_walk_would_notice_a_mistake() -> None:
    walk = step(step(FRESH, "lead", ALL_KINDS, SMALL), "pace", ALL_KINDS, SMALL)
    with pytest.raises(AssertionError, match="words over a human"):
        check(
            replace(walk, is_taken_over=True),
            FRESH.conversation,
            TimerFired("pace", T0),
            Decision(walk.conversation, walk.replies, "started"),
        )


def test_the_same_events_always_give_the_same_words() -> None:
    letters = list(itertools.islice(itertools.cycle(("lead", "pace", "sent", "forty", "pace")), 5))
    one, two = FRESH, FRESH
    for letter in letters:
        one, two = step(one, letter, ALL_KINDS, SMALL), step(two, letter, ALL_KINDS, SMALL)
    assert one == two
