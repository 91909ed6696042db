"""A nicety is given right back, once: no question, no link, no points, and not to people we talk business
with.
"""

from __future__ import annotations

from datetime import timedelta

from leadbot.flows import speaking, wording
from leadbot.flows.cards import Playbook
from leadbot.flows.reasons import Reason
from leadbot.flows.step import Step
from leadbot.model import Heard, Hold, Intent, LineKind

COOLDOWN = timedelta(hours=24)
INTENTS = frozenset({Intent.SMALL_TALK, Intent.PRAISE})


def playbook_for(step: Step) -> Playbook | None:
    """The first playbook with lines for it."""
    return next((book for book in step.deck.playbooks if book.small_talk), None)


def is_too_soon(step: Step) -> bool:
    """Whether we gave something back, or talked, only lately."""
    moments = (step.conversation.small_talk_at, step.conversation.talked_at)
    return any(at is not None and step.at - at < COOLDOWN for at in moments)


def give_back(step: Step, heard: Heard) -> Reason:
    """Answer in kind, or leave it at that."""
    playbook = playbook_for(step)
    if playbook is None or is_too_soon(step):
        step.let_be()
        return Reason.PEACE if playbook is None else Reason.SMALL_TALK_COOLDOWN
    conversation = step.conversation
    lines = playbook.small_talk
    line = lines[wording.seed(conversation.id, "small talk", len(conversation.answered)) % len(lines)]
    text = speaking.compose(step, playbook, (line,), is_small_talk=True)
    way_back = speaking.before(conversation)
    if text is None:
        step.let_be()
        return Reason.PEACE
    verdict = speaking.speak(step, playbook, heard, text, LineKind.SMALL_TALK, line=line, way_back=way_back)
    if verdict.hold in (Hold.DROP, Hold.TASK):
        step.let_be()
        return Reason.HELD_BY_GATE
    step.change(small_talk_at=step.at)
    return Reason.SMALL_TALK
