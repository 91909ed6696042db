"""What became of a reply: sent, refused for good, or withdrawn in favour of a newer post."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from leadbot.flows import consent, dialog, handoff, hearing, speaking
from leadbot.flows.reasons import Reason
from leadbot.flows.step import MEMORY, Step
from leadbot.model import (
    Consent,
    Heard,
    LineKind,
    LineReplaced,
    Owner,
    ReplyRefused,
    ReplySent,
    Said,
    SetTimer,
    Status,
)

# Refusals after which the dialog stands as it did before: a newer post takes the turn, or the post itself is
# gone.
SUPERSEDED, PARENT_GONE = "superseded", "parent_gone"
BLOCKED = "blocked"

# Refusals because a human answers: nobody has to look into that.
HUMAN_SPEAKS = ("foreign_post", "bot_owns")


def note_sent(step: Step, event: ReplySent) -> Reason:
    """X took the reply. What they wrote meanwhile opens the next turn."""
    conversation = step.conversation
    said = _find(step, event.key)
    if said is None:
        return Reason.REPLY_UNKNOWN
    _replace_said(step, replace(said, post_id=event.post_id, sent_at=event.at, is_unsent=False))
    if conversation.in_flight != event.key:
        return Reason.REPLY_SENT  # it left after all; what was decided meanwhile stands
    step.change(in_flight=None, answering=(), before=None)
    if said.kind is not LineKind.SMALL_TALK:
        step.change(talked_at=event.at)
    _open_next_turn(step)
    speaking.await_answer(step)
    return Reason.REPLY_SENT


def note_refused(step: Step, event: ReplyRefused) -> Reason:
    """The reply never left. Its draft becomes a task, and the bot says nothing more in that dialog."""
    said = _find(step, event.key)
    if said is None:
        return Reason.REPLY_UNKNOWN
    if step.conversation.in_flight != event.key:
        return Reason.REPLY_UNKNOWN
    if event.reason in (SUPERSEDED, PARENT_GONE):
        _replace_said(step, replace(said, is_superseded=True))
        return _take_back(step, said, keeps_posts=event.reason == SUPERSEDED)
    _replace_said(step, replace(said, is_unsent=True))
    step.change(in_flight=None, answering=(), before=None)
    if event.reason == BLOCKED:
        _respect_block(step, said)
    elif step.conversation.status is not Status.OPTED_OUT and event.reason not in HUMAN_SPEAKS:
        step.raise_task("reply_refused", event.reason, post_id=said.in_reply_to, draft=said.text)
    if said.kind is LineKind.SMALL_TALK:
        _open_next_turn(step)
    elif step.conversation.owner is Owner.BOT:
        _fall_silent(step, said)
    return Reason.REPLY_REFUSED


def _respect_block(step: Step, said: Said) -> None:
    """Who blocks the account wants no word of it, by bot or human: there is no draft to send by hand.

    It is no "stop" either, which only their own "start" would lift: a human looks first.
    """
    if step.conversation.status is Status.OPTED_OUT:
        return
    step.let_be()
    if step.open_dialog is not None:
        step.change_dialog(ending="blocked", ended_at=step.at)
    if not handoff.is_with_human(step):
        step.change(status=Status.PAUSED, owner=Owner.HUMAN)
    why = "they blocked this account; the bot is silent until you decide"
    step.raise_task("blocked_us", why, post_id=said.in_reply_to)


def _fall_silent(step: Step, said: Said) -> None:
    playbook = handoff.playbook_of(step)
    if step.dialog is None or step.dialog.number != said.dialog:
        step.let_be()
        return
    if said.kind is LineKind.HAND_OFF and step.dialog.consent is Consent.ASKED:
        step.change_dialog(consent=Consent.NOT_ASKED)
    post = step.conversation.waiting[-1].post if step.conversation.waiting else None
    if step.open_dialog is None and step.conversation.on_desk is None and not step.conversation.waiting:
        return  # the dialog had ended; its last words are the task's now
    dialog.fall_silent(step, playbook, post)


def _take_back(step: Step, said: Said, *, keeps_posts: bool) -> Reason:
    """Stand as before the reply was chosen; its posts wait again unless they are gone.

    If it was decided meanwhile where the conversation stands, that stays; only the message is given back.
    """
    conversation, back = step.conversation, step.conversation.before
    step.change(in_flight=None, answering=(), before=None)
    if back is None:
        _give_message_back(step, said)
    else:
        posts = conversation.answering if keeps_posts else _others(conversation.answering, said)
        ids = {heard.post.first_id for heard in posts}
        step.change(
            status=back.status,
            dialog=back.dialog,
            dialogs=back.dialogs,
            small_talk_at=back.small_talk_at,
            waiting=(*posts, *conversation.waiting),
            answered=tuple(post_id for post_id in conversation.answered if post_id not in ids),
        )
    _open_next_turn(step)
    speaking.await_answer(step)
    return Reason.REPLY_SUPERSEDED


def note_replaced(step: Step, event: LineReplaced) -> Reason:
    """A person has other words said. An apology asks nothing, so nothing they write next answers our line."""
    said = _find(step, event.key)
    if said is None or step.conversation.in_flight != event.key:
        return Reason.REPLY_UNKNOWN
    kind = LineKind.APOLOGY if event.is_apology else said.kind
    _replace_said(step, replace(said, text=event.text, kind=kind))
    step.note(f"{event.by} has other words said")
    dialog = step.dialog
    if event.is_apology and dialog is not None and dialog.number == said.dialog:
        step.change_dialog(asked=None)
        if dialog.consent is Consent.ASKED:
            # "May I pass this on?" was not said, so no yes can answer it; the card on the desk stays.
            step.change_dialog(consent=Consent.NOT_ASKED)
            handoff.hold_for_human(step)
    return Reason.LINE_REPLACED


def _give_message_back(step: Step, said: Said) -> None:
    dialog = step.dialog
    if dialog is None or dialog.number != said.dialog:
        return
    step.change_dialog(messages=dialog.messages - 1)
    if said.kind is LineKind.HAND_OFF and dialog.consent is Consent.ASKED:
        step.change_dialog(consent=Consent.NOT_ASKED)


def _others(posts: tuple[Heard, ...], said: Said) -> tuple[Heard, ...]:
    return tuple(heard for heard in posts if heard.post.id != said.in_reply_to)


def _open_next_turn(step: Step) -> None:
    """Posts that came while a reply was on its way get their turn."""
    conversation = step.conversation
    if not conversation.waiting:
        return
    if conversation.status is Status.AWAITING_CONSENT:
        _hear_consent(step)
    elif (
        conversation.status in (Status.IDLE, Status.OPEN, Status.HANDED_OVER)
        and conversation.owner is Owner.BOT
    ):
        if conversation.wake_at is None:
            step.wake(step.at + hearing.pace(step))
    else:
        step.let_be()


def _hear_consent(step: Step) -> None:
    """What came while the question for consent was on its way answers it if it stands under it."""
    waiting = step.conversation.waiting
    step.let_be()
    for heard in waiting:
        if consent.is_answer(step, heard):
            consent.hear(step, heard)
        else:
            question = heard.post.said if heard.reading.is_question else ""
            handoff.tell(step, Reason.HUMAN_HAS_IT, post=heard.post, question=question)


def _find(step: Step, key: str) -> Said | None:
    return next((said for said in step.conversation.said if said.key == key), None)


def _replace_said(step: Step, new: Said) -> None:
    step.change(said=tuple(new if said.key == new.key else said for said in step.conversation.said)[-MEMORY:])


def give_up(step: Step) -> Reason:
    """They did not answer. Their silence ends the dialog without words; what is on the desk stays there."""
    conversation, playbook = step.conversation, handoff.playbook_of(step)
    if conversation.status is not Status.OPEN or conversation.waiting or conversation.in_flight is not None:
        return Reason.NOTHING_TO_DO
    if conversation.on_desk is not None:
        handoff.hold_for_human(step)
        handoff.tell(step, Reason.FADED)
        return Reason.FADED
    sent_at = max((s.sent_at for s in conversation.said if s.sent_at is not None), default=None)
    if playbook is not None and sent_at is not None:
        due_at = sent_at + timedelta(seconds=playbook.limits.gives_up_after_s)
        if due_at > step.at:
            step.effects.append(SetTimer("gives_up", due_at))
            return Reason.NOTHING_TO_DO
    step.change_dialog(ending="silence", ended_at=step.at)
    step.change(status=Status.IDLE)
    return Reason.FADED
