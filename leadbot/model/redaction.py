"""Values without the words of posts that are gone. What an answer was worth stays: a score is the sum of its
lines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from leadbot.model.dialogs import Answer, Dialog, ReceiptLine
from leadbot.model.effects import HandOff
from leadbot.model.ids import PostId

DELETED = "[deleted]"
"""Stands where the words of a post stood that its author took back."""


def receipt_without(
    receipt: tuple[ReceiptLine, ...], gone: Collection[PostId] | None
) -> tuple[ReceiptLine, ...]:
    """Lines that came from one of the posts `gone` lose their words; None: all do."""
    return tuple(replace(line, words=DELETED) if _is_in(line.post_id, gone) else line for line in receipt)


def answers_without(answers: tuple[Answer, ...], gone: Collection[PostId] | None) -> tuple[Answer, ...]:
    """As `receipt_without`, for answers."""
    return tuple(_blank(answer) if _is_in(answer.post_id, gone) else answer for answer in answers)


def dialog_without(dialog: Dialog | None, gone: Collection[PostId] | None) -> Dialog | None:
    """A dialog whose answers, receipt and consent no longer hold the words of these posts."""
    if dialog is None:
        return None
    return replace(
        dialog,
        answers=answers_without(dialog.answers, gone),
        receipt=receipt_without(dialog.receipt, gone),
        consent_words=_words(dialog.consent_words, dialog.consent_post_id, gone),
    )


def handoff_without(handoff: HandOff, gone: Collection[PostId] | None) -> HandOff:
    """A handoff as it may be kept once these posts are gone."""
    is_question = _is_in(handoff.question_post_id, gone)
    return replace(
        handoff,
        receipt=receipt_without(handoff.receipt, gone),
        answers=answers_without(handoff.answers, gone),
        consent_words=_words(handoff.consent_words, handoff.consent_post_id, gone),
        question="" if is_question else handoff.question,
    )


def _blank(answer: Answer) -> Answer:
    value = replace(answer.value, words=DELETED) if answer.value else None
    return replace(answer, words=DELETED, value=value)


def _words(words: str, post_id: PostId | None, gone: Collection[PostId] | None) -> str:
    # Words nobody can tell the post of (kept by an earlier version) go with the first that does.
    return DELETED if words and (post_id is None or _is_in(post_id, gone)) else words


def _is_in(post_id: PostId | None, gone: Collection[PostId] | None) -> bool:
    return gone is None or post_id in gone
