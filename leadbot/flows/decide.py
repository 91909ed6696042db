"""The heart: one event meets one conversation, and what shall be done comes out.

Pure: no clock, no chance, no log. Time, ids and readings come with the event; whatever looks random is a hash
of the conversation, the dialog and the turn. Total: every event has an answer in every status,
`nothing_to_do` at the least.
"""

from __future__ import annotations

from collections.abc import Collection

from leadbot.flows import edits, forgetting, hearing, humans, settling, turns
from leadbot.flows.cards import Deck
from leadbot.flows.reasons import Reason
from leadbot.flows.step import Step
from leadbot.model import (
    BrandId,
    Conversation,
    Decision,
    Event,
    LineReplaced,
    OptOutRequested,
    OutcomeSet,
    PersonGone,
    PersonId,
    PlaybookWithdrawn,
    PostDeleted,
    PostEdited,
    PostReceived,
    ReleasedToBot,
    ReplyRefused,
    ReplySent,
    RepReplied,
    Retracted,
    TakenOver,
    TimerFired,
    Vetoed,
    conversation_id,
)


def new_conversation(brand_id: BrandId, person_id: PersonId) -> Conversation:
    """The record of a brand and a person who never met."""
    return Conversation(conversation_id(brand_id, person_id), brand_id, person_id)


def decide(
    event: Event,
    conversation: Conversation,
    deck: Deck,
    *,
    recent_texts: Collection[str] = (),
    brands: Collection[str] = (),
) -> Decision:
    """What this event changes, and what shall be done about it.

    `recent_texts`: normalised texts (`gate.normalise`) this brand said lately, avoided when there is a
    choice.
    `brands`: ids of all brands of this installation (SCENARIOS 15).
    """
    step = Step(conversation, deck, event.at, recent_texts=recent_texts, brands=brands)
    return step.done(_dispatch(step, event))


def _dispatch(step: Step, event: Event) -> Reason:
    match event:
        case PostReceived(post, person, reading):
            return hearing.hear(step, post, person, reading)
        case PostEdited(post, person, reading):
            return edits.hear_edit(step, post, person, reading)
        case PostDeleted(post_id):
            return forgetting.forget_post(step, post_id)
        case PersonGone():
            return forgetting.forget_person(step)
        case TimerFired(name):
            return _wake(step, name)
        case OptOutRequested():
            return humans.stop(step, event)
        case TakenOver():
            return humans.take_over(step, event)
        case ReleasedToBot():
            return humans.release(step, event)
        case RepReplied():
            return humans.note_reply(step, event)
        case OutcomeSet():
            return humans.set_outcome(step, event)
        case PlaybookWithdrawn():
            return humans.withdraw(step, event)
        case ReplySent():
            return settling.note_sent(step, event)
        case ReplyRefused():
            return settling.note_refused(step, event)
        case LineReplaced():
            return settling.note_replaced(step, event)
        case Vetoed():
            return humans.veto(step, event)
        case Retracted():
            return humans.note_retracted(step, event)


def _wake(step: Step, name: str) -> Reason:
    if name == "pace":
        return turns.answer_waiting(step)
    if name == "gives_up":
        return settling.give_up(step)
    return Reason.NOTHING_TO_DO
