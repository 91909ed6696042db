"""The pace timer fired: is there a turn to take, and which one?"""

from __future__ import annotations

from leadbot.flows import dialog, handoff, hearing, smalltalk, speaking, starting
from leadbot.flows.cards import Playbook
from leadbot.flows.reasons import Reason
from leadbot.flows.step import Step
from leadbot.model import LEAD_INTENTS, Heard, Hold, LineKind, Status


def answer_waiting(step: Step) -> Reason:
    """Answer the newest of the posts that wait, having read them all."""
    conversation = step.conversation
    step.change(wake_at=None)
    if not conversation.waiting:
        return Reason.NOTHING_TO_ANSWER
    if conversation.in_flight is not None:
        return Reason.REPLY_IN_FLIGHT
    if conversation.status is Status.OPEN:
        return _continue(step)
    if conversation.status is Status.HANDED_OVER:
        return _announce_human(step)
    if conversation.status is Status.IDLE:
        return _start(step)
    step.let_be()
    return Reason.NOTHING_TO_ANSWER


def _continue(step: Step) -> Reason:
    playbook = handoff.playbook_of(step)
    if playbook is None:
        post = step.conversation.waiting[-1].post
        step.let_be()
        handoff.give(step, Reason.PLAYBOOK_WITHDRAWN, playbook=None, post=post, question=post.said)
        handoff.hold_for_human(step)
        return Reason.PLAYBOOK_WITHDRAWN
    return dialog.take_turn(step, playbook, is_start=False, way_back=speaking.before(step.conversation))


def _announce_human(step: Step) -> Reason:
    """Say that a human will write, as they asked; consent to a CRM record is the rep's to ask."""
    playbook, target = handoff.playbook_of(step), speaking.newest_answerable(step.conversation)
    if playbook is None or target is None or speaking.left(step, playbook) < 1:
        step.let_be()
        return Reason.NOTHING_TO_ANSWER
    line = playbook.hand_off.say_if_asked_for
    text = speaking.compose(step, playbook, (line,))
    if text is None:
        step.let_be()
        return Reason.NOTHING_TO_ANSWER
    way_back = speaking.before(step.conversation)
    verdict = speaking.speak(step, playbook, target, text, LineKind.HAND_OFF, line=line, way_back=way_back)
    if verdict.hold in (Hold.DROP, Hold.TASK):
        speaking.unsaid(step, target.post.id, verdict, text.text)
        step.let_be()
        return Reason.HELD_BY_GATE
    return Reason.ASKED_FOR_HUMAN


def _start(step: Step) -> Reason:
    """Open a dialog if one of the posts is a lead; otherwise give small talk back, or leave them."""
    waiting = step.conversation.waiting
    found = _lead(step, waiting)
    if found is None:
        return _without_dialog(step, waiting)
    playbook, heard = found
    reason = starting.instead(step, playbook, heard)
    if reason is not None:
        return reason
    way_back = speaking.before(step.conversation)
    starting.begin(step, playbook, warmth=heard.reading.warmth)
    step.note(f"playbook {playbook.name} begins")
    return dialog.take_turn(step, playbook, is_start=True, way_back=way_back)


def _lead(step: Step, waiting: tuple[Heard, ...]) -> tuple[Playbook, Heard] | None:
    for heard in waiting:
        playbook = starting.playbook_for(step.deck, heard.reading, heard.post.said)
        if playbook is not None:
            return playbook, heard
    return None


def _without_dialog(step: Step, waiting: tuple[Heard, ...]) -> Reason:
    reasons = [hearing.leave(step, heard) for heard in waiting]
    worth_seeing = next((reason for reason in reasons if reason is not Reason.PEACE), None)
    target = speaking.newest_answerable(step.conversation)
    if worth_seeing is None and target is not None and target.reading.intent in smalltalk.INTENTS:
        return smalltalk.give_back(step, target)
    step.let_be()
    if worth_seeing is not None:
        return worth_seeing
    is_lead = any(heard.reading.intent in LEAD_INTENTS for heard in waiting)
    return Reason.NOT_WARM_ENOUGH if is_lead else Reason.PEACE
