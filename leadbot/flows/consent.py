"""What they said to "may I pass this on?".

Only a clear yes to that line releases the push to the CRM: a post under it, or one written after it was out.
A yes may have conditions, which are kept word for word. No ends in peace. Anything else stays on the desk
without a push, and without a fifth message (SCENARIOS 11).
"""

from __future__ import annotations

from datetime import timedelta

from leadbot.flows import handoff, summons
from leadbot.flows.reasons import Reason
from leadbot.flows.step import Step
from leadbot.model import Consent, Heard, LineKind, Owner, PushToCrm, Reading, Said, SlotType, Status

KEEPS_FOR = timedelta(days=30)


def is_answer(step: Step, heard: Heard) -> bool:
    """Whether this post answers our question for consent."""
    line, dialog = _line(step), step.dialog
    if step.conversation.on_desk is None or dialog is None or dialog.consent is not Consent.ASKED:
        return False  # not asked, or the handoff is closed
    if line is None or line.sent_at is None:
        return False
    if heard.post.in_reply_to_post_id == line.post_id:
        return True
    is_waiting = step.conversation.status is Status.AWAITING_CONSENT
    is_in_time = heard.post.created_at <= line.sent_at + KEEPS_FOR
    return is_waiting and is_in_time and summons.is_after(heard.post, line)


def _line(step: Step) -> Said | None:
    number = step.dialog.number if step.dialog else 0
    return next(
        (
            said
            for said in reversed(step.conversation.said)
            if said.kind is LineKind.HAND_OFF
            and said.dialog == number
            and not (said.is_unsent or said.is_superseded)
        ),
        None,
    )


def judge(reading: Reading) -> Consent:
    """Yes, no, or neither. "Sure, what's it about?" is a question, not a yes."""
    words = [slot.value for slot in reading.slots if slot.type is SlotType.YES_NO]
    if reading.is_question or not words:
        return Consent.UNCLEAR
    return {"yes": Consent.YES, "no": Consent.NO}.get(words[-1] or "", Consent.UNCLEAR)


def note_unclear(step: Step, heard: Heard) -> bool:
    """If it is neither yes nor no, write that down and nothing more; whether it was."""
    is_unclear = judge(heard.reading) is Consent.UNCLEAR
    if is_unclear:
        _note(step, heard, Consent.UNCLEAR)
    return is_unclear


def _note(step: Step, heard: Heard, consent: Consent) -> None:
    step.change_dialog(
        consent=consent, consent_words=heard.post.said.strip(), consent_post_id=heard.post.first_id
    )


def hear(step: Step, heard: Heard) -> Reason:
    """Write the consent down and do what it allows."""
    consent = judge(heard.reading)
    _note(step, heard, consent)
    # Their words are kept as consent_words; only a question takes the place of an earlier one.
    question = heard.post.said if heard.reading.is_question or heard.reading.asks_price else ""
    if consent is Consent.YES:
        return _release(step, heard)
    if consent is Consent.NO:
        return _let_go(step, heard)
    handoff.hold_for_human(step)
    handoff.tell(step, Reason.CONSENT_UNCLEAR, post=heard.post, question=question)
    return Reason.CONSENT_UNCLEAR


def _release(step: Step, heard: Heard) -> Reason:
    handoff.hold_for_human(step)
    handoff.tell(step, Reason.CONSENT_YES, post=heard.post)
    push(step)
    return Reason.CONSENT_YES


def push(step: Step) -> None:
    """Release the handoff to the CRM. Asks for the yes itself: no other rule may be relied on here."""
    dialog, on_desk = step.dialog, step.conversation.on_desk
    if dialog is not None and on_desk is not None and dialog.consent is Consent.YES:
        step.emit(PushToCrm(f"{step.conversation.id}:push:{dialog.number}", on_desk.key))


def _let_go(step: Step, heard: Heard) -> Reason:
    handoff.tell(step, Reason.CONSENT_NO, post=heard.post)
    if step.open_dialog is not None:
        step.change_dialog(ending="declined", ended_at=step.at)
    if step.conversation.owner is Owner.BOT:
        step.change(status=Status.IDLE, on_desk=None)
    return Reason.CONSENT_NO
