"""What the person or X took back leaves our records (SCENARIOS 25, X_API §3): a post, or a whole account.

What an answer was worth stays on the receipt, so that the score still is the sum of its lines.
"""

from __future__ import annotations

from dataclasses import replace

from leadbot.flows import handoff, speaking
from leadbot.flows.reasons import Reason
from leadbot.flows.step import MEMORY, Step
from leadbot.model import CancelTimer, Heard, Owner, PostId, Status, redaction


def forget_post(step: Step, post_id: PostId) -> Reason:
    """The person took a post back: its words leave our records."""
    conversation = step.conversation
    first_id = dict(conversation.edited).get(post_id, post_id)
    gone = frozenset((first_id, post_id))

    def is_it(heard: Heard) -> bool:
        return heard.post.first_id in gone or heard.post.id in gone

    step.change(
        waiting=tuple(heard for heard in conversation.waiting if not is_it(heard)),
        answering=tuple(heard for heard in conversation.answering if not is_it(heard)),
        deleted=(*conversation.deleted, first_id)[-MEMORY:],
    )
    _blank(step, gone)
    if not step.conversation.waiting:
        step.forget_wake()
    if len(step.conversation.waiting) < len(conversation.waiting):
        step.change(answered=(*conversation.answered, first_id)[-MEMORY:])
        speaking.await_answer(step)
    on_desk = step.conversation.on_desk
    if on_desk is not None:
        if on_desk.question_post_id in gone:
            step.change(on_desk=replace(on_desk, question="", question_post_id=None))
        handoff.tell(step, Reason.POST_DELETED)
    return Reason.POST_DELETED


def forget_person(step: Step) -> Reason:
    """X shows the account no longer: all its words and its profile go, and its dialog is over.

    A stop stays a stop, and what a human has stays with that human.
    """
    conversation = step.conversation
    step.let_be()
    step.change(answering=(), person=None)
    _blank(step, None)
    on_desk = step.conversation.on_desk
    if on_desk is not None:
        step.change(on_desk=replace(on_desk, question="", question_post_id=None))
        handoff.tell(step, Reason.PERSON_GONE)
    step.effects.append(CancelTimer("gives_up"))
    if step.open_dialog is not None:
        step.change_dialog(ending="person_gone", ended_at=step.at)
    if conversation.owner is Owner.BOT and conversation.status in (Status.OPEN, Status.AWAITING_CONSENT):
        step.change(status=Status.IDLE if conversation.on_desk is None else Status.HANDED_OVER)
    return Reason.PERSON_GONE


def _blank(step: Step, gone: frozenset[PostId] | None) -> None:
    conversation = step.conversation
    step.change(
        known=redaction.answers_without(conversation.known, gone),
        dialog=redaction.dialog_without(conversation.dialog, gone),
    )
    if conversation.before is not None:
        back = redaction.dialog_without(conversation.before.dialog, gone)
        step.change(before=replace(conversation.before, dialog=back))
