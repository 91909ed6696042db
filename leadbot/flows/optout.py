"""Stop and start. A missed "stop" is the worst error there is; a misread one silences a customer for ever.

A clear "stop" obeys only if it was said to us: our handle typed, a direct reply to a post of ours or a quote
of it, or more under a post of their own to us. One that X merely copied us into pauses the conversation until
a human has looked (SCENARIOS 16), if we ever wrote to them or were about to. Only their own "start" lifts a
stop.
"""

from __future__ import annotations

from leadbot.flows import handoff, summons
from leadbot.flows.reasons import Reason
from leadbot.flows.step import Step
from leadbot.model import (
    LEAD_INTENTS,
    CancelTimer,
    Consent,
    Intent,
    OptOut,
    Owner,
    Post,
    Reading,
    Status,
    Suppress,
)


def obey(step: Step, post: Post, reading: Reading) -> Reason | None:
    """What an opt-out, a "maybe an opt-out" or a "start" changes; None when the post says nothing of that
    kind.
    """
    said = _said(reading)
    if said is OptOut.NONE:
        return None
    conversation = step.conversation
    is_opted_out = conversation.status is Status.OPTED_OUT
    ours, heard = summons.our_post_ids(conversation), summons.heard_ids(conversation)
    is_directed = summons.is_directed(post, conversation.brand_id, ours, heard)
    if said is OptOut.START:
        return _lift(step, post) if is_opted_out and is_directed else None
    if is_opted_out:
        step.let_be()
        return Reason.OPTED_OUT
    if said is OptOut.CLEAR and is_directed:
        close(step, "they asked us to stop", post=post)
        return Reason.OPT_OUT
    if not is_directed and not (conversation.said or conversation.waiting):
        return None  # a stranger's word to another stranger: we never wrote to them
    return _pause(step, post)


def _said(reading: Reading) -> OptOut:
    # The classifier alone is no reason to suppress anybody, and too good a reason to go on as if nothing was
    # said.
    if reading.opt_out is OptOut.NONE and reading.intent is Intent.OPT_OUT:
        return OptOut.UNCLEAR
    return reading.opt_out


def close(step: Step, why: str, *, post: Post | None = None, by: str = "") -> None:
    """Nothing is ever said here again, by bot or human, until they say "start"."""
    tail = post.id if post else f"{by}:{int(step.at.timestamp() * 1000)}"
    step.let_be()
    step.effects.append(CancelTimer("gives_up"))
    if step.open_dialog is not None:
        step.change_dialog(ending="opted_out", ended_at=step.at)
    if step.dialog is not None and step.dialog.consent in (Consent.ASKED, Consent.UNCLEAR):
        step.change_dialog(consent=Consent.NO)
    # The bot no longer owns it: a reply on its way is dropped by the gate even before the list is written.
    step.change(status=Status.OPTED_OUT, owner=Owner.HUMAN)
    handoff.tell(step, Reason.OPT_OUT, post=post)
    step.change(on_desk=None)
    step.emit(Suppress(f"{step.conversation.id}:suppress:{tail}", why, post.id if post else None))


def _lift(step: Step, post: Post) -> Reason:
    # talked_at is forgotten: who starts the bot is not sent to a rep for having talked lately.
    step.change(status=Status.IDLE, owner=Owner.BOT, talked_at=None)
    key = f"{step.conversation.id}:suppress:{post.id}"
    step.emit(Suppress(key, "they said start", post.id, lifted=True))
    return Reason.OPT_OUT_LIFTED


def _pause(step: Step, post: Post) -> Reason:
    """No words until a human has looked. What a human has already stays with that human."""
    if not handoff.is_with_human(step):
        step.let_be()
        step.change(status=Status.PAUSED, owner=Owner.HUMAN)
    step.raise_task(
        "opt_out_unclear", "may be a request to stop; the bot is silent until you decide", post_id=post.id
    )
    return Reason.OPT_OUT_UNCLEAR


def hear_opted_out(step: Step, post: Post, reading: Reading) -> Reason:
    """They wrote again after a stop: never a reply, but a lead or a call for a human is shown to one
    (SCENARIOS 17).
    """
    if reading.intent in LEAD_INTENTS or reading.asks_for_human or reading.intent is Intent.ASKS_FOR_HUMAN:
        why = "opted out, and now asks for something; the bot stays silent"
        step.raise_task("opted_out_person_wrote", why, post_id=post.id)
        return Reason.OPTED_OUT_PERSON_WROTE
    return Reason.OPTED_OUT
