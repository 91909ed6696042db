"""A small `decide` with the same habits as the real one: a post sets a timer, the timer answers the newest
post.

For tests of the machinery round it, which must hold whatever is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from leadbot import model as m
from leadbot.flows.cards import Deck

PACE_S = 30.0


def new_conversation(brand_id: m.BrandId, person_id: m.PersonId) -> m.Conversation:
    """Nothing said yet."""
    return m.Conversation(m.conversation_id(brand_id, person_id), brand_id, person_id)


def decide(
    event: m.Event,
    conversation: m.Conversation,
    deck: Deck,
    *,
    recent_texts: Sequence[str] = (),
    brands: Collection[str] = (),
) -> m.Decision:
    """Answer every post once; hand over who says "yes"; leave alone who says "stop"."""
    match event:
        case m.PostReceived():
            return _heard(event, conversation)
        case m.TimerFired():
            return _answer(event, conversation)
        case m.ReplySent():
            said = tuple(
                replace(one, post_id=event.post_id) if one.key == event.key else one
                for one in conversation.said
            )
            return _more(replace(conversation, in_flight=None, said=said), event, "sent")
        case m.ReplyRefused():
            task = m.RaiseTask(f"{event.key}:refused", "reply_refused", event.reason)
            effects = () if event.reason == "superseded" else (task,)
            return _more(replace(conversation, in_flight=None), event, "refused", *effects)
        case m.TakenOver():
            return m.Decision(replace(conversation, owner=m.Owner.HUMAN), (), "taken_over")
    return m.Decision(conversation, (), "noted")


def _heard(event: m.PostReceived, conversation: m.Conversation) -> m.Decision:
    after = replace(conversation, person=event.person, last_heard_at=event.at)
    if event.reading.opt_out is m.OptOut.CLEAR:
        stop = m.Suppress(f"{after.id}:suppress:{event.post.id}", "asked", event.post.id)
        done = replace(after, status=m.Status.OPTED_OUT, waiting=())
        return m.Decision(done, (stop, m.CancelTimer("pace")), "opted_out")
    if after.status is m.Status.OPTED_OUT:
        return m.Decision(after, (), "left_in_peace")
    after = replace(after, waiting=(*after.waiting, m.Heard(event.post, event.reading, True)))
    if event.post.said == "yes":
        return m.Decision(after, (*_handover(event, after), _timer(event)), "handed_over")
    return m.Decision(after, (_timer(event),), "heard")


def _handover(event: m.PostReceived, after: m.Conversation) -> tuple[m.Effect, ...]:
    source = m.Source("team-plan", m.VersionId("v1"), 12)
    line = m.ReceiptLine(30, "about 40 of us", "team_size", "many", source, event.post.id)
    key = f"{after.id}:handoff:1"
    handoff = m.HandOff(key, "sales", "Ana Ruiz", 30, (line,), m.Consent.YES, "yes", "consent")
    notice = m.Notify(f"{key}:notice", "sales", "Somebody said yes", ("team_size=many",))
    return handoff, notice, m.PushToCrm(f"{key}:push", key)


def _timer(event: m.PostReceived) -> m.SetTimer:
    return m.SetTimer("pace", event.at + timedelta(seconds=PACE_S))


def _answer(event: m.TimerFired, conversation: m.Conversation) -> m.Decision:
    if conversation.in_flight is not None or not conversation.waiting:
        return m.Decision(conversation, (), "nothing_to_answer")
    post = conversation.waiting[-1].post
    key = f"{conversation.id}:reply:{post.first_id}"
    text = f"Thanks for “{post.said}” ({post.id})"
    reply = m.SendReply(
        key=key,
        in_reply_to=post.id,
        text=text,
        kind=m.LineKind.ANSWER,
        dialog=1,
        message=1,
        limit=4,
        max_length=280,
        parent_at=post.created_at,
        source=m.Source("team-plan", m.VersionId("v1"), 12, conversation.brand_id),
        is_summons=True,
        starts_dialog=not conversation.said,
        reserve_usd=0.04,
    )
    said = m.Said(key, post.id, text, m.LineKind.ANSWER, 1, event.at)
    after = replace(conversation, waiting=(), in_flight=key, said=(*conversation.said, said))
    return m.Decision(after, (reply,), "answered")


def _more(conversation: m.Conversation, event: m.Event, reason: str, *effects: m.Effect) -> m.Decision:
    """What was heard meanwhile gets its own turn."""
    if conversation.waiting:
        effects = (*effects, m.SetTimer("pace", event.at + timedelta(seconds=PACE_S)))
    return m.Decision(conversation, effects, reason)
