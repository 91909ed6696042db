"""What humans decide: operators stop, reps take over, answer, give back and close, authors take a playbook
back."""

from __future__ import annotations

from leadbot.flows import handoff, optout, speaking
from leadbot.flows.reasons import Reason
from leadbot.flows.step import Step
from leadbot.model import (
    CancelTimer,
    Consent,
    OptOutRequested,
    OutcomeSet,
    Owner,
    PlaybookWithdrawn,
    PushOutcome,
    ReleasedToBot,
    RepReplied,
    Retracted,
    Status,
    TakenOver,
    Vetoed,
)

NATIVE = "native"  # somebody answers on X itself; which rep, nobody knows


def stop(step: Step, event: OptOutRequested) -> Reason:
    """An operator or a rep puts the person on the list."""
    if step.conversation.status is Status.OPTED_OUT:
        return Reason.OPTED_OUT
    optout.close(step, f"asked for by {event.by}", by=event.by)
    return Reason.OPT_OUT_REQUESTED


def take_over(step: Step, event: TakenOver) -> Reason:
    """A human speaks here from now on; the bot's dialog is over, and its story is on the desk."""
    _hold(step, event.by)
    if event.by == NATIVE:
        step.change(talked_at=event.at)
    return Reason.TAKEN_OVER


def note_reply(step: Step, event: RepReplied) -> Reason:
    """A rep's words went out: who writes has taken over."""
    _hold(step, event.by)
    step.change(talked_at=event.at)
    return Reason.REP_REPLIED


def _hold(step: Step, by: str) -> None:
    conversation = step.conversation
    # What the bot was about to answer stands on the card as well: a reply on its way may not leave any more.
    about = (*conversation.answering, *conversation.waiting)
    post = about[-1].post if about else None
    step.let_be()
    if by and by != NATIVE:
        step.change(last_rep=by)
    if conversation.status is Status.OPTED_OUT:
        return  # their stop binds humans too
    is_running = conversation.status in (Status.OPEN, Status.AWAITING_CONSENT)
    if is_running or about or conversation.on_desk is not None:
        playbook, question = handoff.playbook_of(step), post.said if post else ""
        handoff.give(step, Reason.TAKEN_OVER, playbook=playbook, post=post, question=question)
    step.change(status=Status.HANDED_OVER, owner=Owner.HUMAN)
    if step.open_dialog is not None:
        step.change_dialog(ending="taken_over", ended_at=step.at)
    step.effects.append(CancelTimer("gives_up"))


def veto(step: Step, event: Vetoed) -> Reason:
    """What was about to be said is not said. A reply in the outbox is stopped there; no other one follows."""
    conversation = step.conversation
    if conversation.status is Status.OPTED_OUT:
        return Reason.OPTED_OUT
    if conversation.waiting:
        why = f"{event.by} stopped what was about to be said" + (f": {event.why}" if event.why else "")
        step.raise_task("vetoed", why, post_id=conversation.waiting[-1].post.id)
    _hold(step, NATIVE)
    return Reason.VETOED


def note_retracted(step: Step, event: Retracted) -> Reason:
    """A post of ours was deleted again: a human takes it from here, with a task that says why."""
    post_id = event.post_id
    if step.conversation.status is Status.OPTED_OUT:
        return Reason.OPTED_OUT
    step.note(f"{event.by} had post {post_id} deleted" + (f": {event.why}" if event.why else ""))
    _hold(step, NATIVE)
    step.raise_task("retracted", f"{event.by} had our post deleted: {event.why}", post_id=post_id)
    return Reason.RETRACTED


def release(step: Step, event: ReleasedToBot) -> Reason:
    """The bot may speak again. A stop stays a stop, a pause ends where it began, the rest begins afresh."""
    conversation = step.conversation
    if conversation.status is Status.OPTED_OUT:
        return Reason.OPTED_OUT
    if conversation.owner is Owner.BOT and conversation.status is not Status.HANDED_OVER:
        return Reason.NOTHING_TO_DO
    step.let_be()
    # talked_at is forgotten: "lately talked to a rep" must not send the next question straight back to that
    # rep.
    step.change(owner=Owner.BOT, wants_no_bot=False, talked_at=None, on_desk=None)
    if conversation.status is Status.PAUSED and step.open_dialog is not None:
        step.change(status=Status.OPEN)
        speaking.await_answer(step)
    else:
        step.change(status=Status.IDLE)
        if step.open_dialog is not None:
            step.change_dialog(ending="released", ended_at=step.at)
    return Reason.RELEASED


def set_outcome(step: Step, event: OutcomeSet) -> Reason:
    """The handoff is closed. The conversation stays with the human who took it until that human gives it
    back.
    """
    conversation = step.conversation
    if conversation.status in (Status.HANDED_OVER, Status.AWAITING_CONSENT):
        step.let_be()
        if conversation.owner is Owner.BOT:
            step.change(status=Status.IDLE)
        if step.open_dialog is not None:
            step.change_dialog(ending=event.outcome, ended_at=step.at)
    step.change(on_desk=None)
    if event.handoff_key and not event.from_crm:
        # One person may be won, and be back on the market next year: the moment tells two such apart.
        key = f"{event.handoff_key}:outcome:{int(event.at.timestamp() * 1000)}"
        step.emit(PushOutcome(key, event.handoff_key, event.outcome))
    return Reason.OUTCOME_SET


def withdraw(step: Step, event: PlaybookWithdrawn) -> Reason:
    """The playbook's words are wrong: its open dialog ends at a human, and what is on its way is dropped by
    the gate (SCENARIOS 13). A question for consent that was put stays: the person is with a human already.
    """
    conversation, dialog = step.conversation, step.open_dialog
    is_unsaid = conversation.status is Status.AWAITING_CONSENT and conversation.in_flight is not None
    if dialog is None or dialog.version != event.version:
        return Reason.NOTHING_TO_DO
    if conversation.status is not Status.OPEN and not is_unsaid:
        return Reason.NOTHING_TO_DO
    post = conversation.waiting[-1].post if conversation.waiting else None
    step.let_be()
    question = post.said if post else ""
    playbook = handoff.playbook_of(step)
    handoff.give(step, Reason.PLAYBOOK_WITHDRAWN, playbook=playbook, post=post, question=question)
    step.change(status=Status.HANDED_OVER, owner=Owner.HUMAN)
    step.change_dialog(ending="withdrawn", ended_at=step.at)
    if is_unsaid:
        step.change_dialog(consent=Consent.NOT_ASKED)
    step.effects.append(CancelTimer("gives_up"))
    return Reason.PLAYBOOK_WITHDRAWN
