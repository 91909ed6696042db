"""What `decide` makes of words that people change, stop and take back."""

from __future__ import annotations

from datetime import timedelta

from leadbot.flows.decide import decide, new_conversation
from leadbot.model import (
    Conversation,
    Decision,
    Intent,
    LineKind,
    LineReplaced,
    Owner,
    PostId,
    PostReceived,
    RaiseTask,
    ReplyRefused,
    ReplySent,
    Retracted,
    SendReply,
    Status,
    TimerFired,
    Vetoed,
)
from tests.flows.factories import ACME, ANN, STOP, T0, WANTS_IT, count, deck, post, reads

LATER = T0 + timedelta(minutes=5)
DECK = deck()


def hear(conversation: Conversation, said: str, reading: object = WANTS_IT, **more: object) -> Decision:
    heard = post(said, **more)  # type: ignore[arg-type]
    return decide(PostReceived(heard, ANN, reading, heard.created_at), conversation, DECK)  # type: ignore[arg-type]


def asked() -> tuple[Conversation, SendReply]:
    """Somebody wants it, and the first card's question is chosen."""
    waiting = hear(new_conversation(ACME, ANN.id), "@acme we want it", at=T0).conversation
    decision = decide(TimerFired("pace", LATER), waiting, DECK)
    (reply,) = [effect for effect in decision.effects if isinstance(effect, SendReply)]
    return decision.conversation, reply


def tasks(decision: Decision) -> list[str]:
    return [effect.kind for effect in decision.effects if isinstance(effect, RaiseTask)]


def test_a_veto_stops_the_pace_and_leaves_a_task_with_its_reason() -> None:
    waiting = hear(new_conversation(ACME, ANN.id), "@acme we want it", at=T0).conversation
    decision = decide(Vetoed("Mia Winter", LATER, "a competitor"), waiting, DECK)
    assert decision.reason == "vetoed"
    assert tasks(decision) == ["vetoed"]
    after = decision.conversation
    assert (after.owner, after.waiting, after.wake_at) == (Owner.HUMAN, (), None)
    assert decide(TimerFired("pace", LATER), after, DECK).reason == "nothing_to_answer"


def test_a_vetoed_reply_leaves_its_draft_on_the_task_and_no_words_follow() -> None:
    chosen, reply = asked()
    refused = decide(ReplyRefused(reply.key, "vetoed", LATER), chosen, DECK)
    (task,) = [effect for effect in refused.effects if isinstance(effect, RaiseTask)]
    assert (task.kind, task.why, task.draft) == ("reply_refused", "vetoed", reply.text)
    after = decide(Vetoed("Mia Winter", LATER), refused.conversation, DECK).conversation
    assert (after.owner, after.status) == (Owner.HUMAN, Status.HANDED_OVER)


def test_a_veto_of_somebody_who_said_stop_changes_nothing() -> None:
    stopped = hear(new_conversation(ACME, ANN.id), "@acme stop", STOP).conversation
    decision = decide(Vetoed("Mia Winter", LATER), stopped, DECK)
    assert (decision.conversation, decision.reason) == (stopped, "opted_out")


def test_a_retracted_post_silences_the_bot_and_says_why() -> None:
    chosen, reply = asked()
    sent = decide(ReplySent(reply.key, PostId("77"), LATER), chosen, DECK).conversation
    decision = decide(Retracted(PostId("77"), "Mia Winter", LATER, "a wrong price"), sent, DECK)
    assert (decision.reason, tasks(decision)) == ("retracted", ["retracted"])
    assert any("a wrong price" in line for line in decision.trace)
    assert (decision.conversation.owner, decision.conversation.status) == (Owner.HUMAN, Status.HANDED_OVER)
    assert decision.conversation.said[-1].post_id == "77", "its post has had its answer all the same"


def test_other_words_stand_in_our_memory_as_they_were_said() -> None:
    chosen, reply = asked()
    decision = decide(LineReplaced(reply.key, "For how many of you?", "Mia Winter", LATER), chosen, DECK)
    said = decision.conversation.said[-1]
    assert (said.text, said.kind) == ("For how many of you?", chosen.said[-1].kind)
    assert decision.conversation.dialog == chosen.dialog


def test_an_apology_asks_nothing_but_takes_what_is_told_anyway() -> None:
    chosen, reply = asked()
    sorry = decide(LineReplaced(reply.key, "Sorry.", "Mia Winter", LATER, is_apology=True), chosen, DECK)
    assert sorry.conversation.said[-1].kind is LineKind.APOLOGY
    assert sorry.conversation.dialog is not None
    assert sorry.conversation.dialog.asked is None
    sent = decide(ReplySent(reply.key, PostId("77"), LATER), sorry.conversation, DECK).conversation
    at = LATER + timedelta(minutes=1)
    bare = hear(sent, "40", reads(Intent.OTHER, count(40)), under=PostId("77"), at=at)
    told = hear(
        sent, "we are 40", reads(Intent.OTHER, count(40, volunteered=True)), under=PostId("77"), at=at
    )
    done = decide(TimerFired("pace", at + timedelta(minutes=5)), told.conversation, DECK).conversation
    assert done.dialog is not None
    assert [answer.words for answer in done.dialog.answers] == ["40"]
    nothing = decide(TimerFired("pace", at + timedelta(minutes=5)), bare.conversation, DECK).conversation
    assert nothing.dialog is not None
    assert nothing.dialog.answers == (), "a bare number answers no question that was never asked"


def test_news_of_a_reply_that_is_not_on_its_way_changes_no_words() -> None:
    chosen, reply = asked()
    sent = decide(ReplySent(reply.key, PostId("77"), LATER), chosen, DECK).conversation
    decision = decide(LineReplaced(reply.key, "Too late", "Mia Winter", LATER), sent, DECK)
    assert (decision.conversation, decision.reason) == (sent, "reply_unknown")
