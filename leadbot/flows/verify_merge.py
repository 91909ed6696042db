"""When two dialogs are one for the walk: the argument of docs/verifier.md, "Merging", as code.

`decide` looks at a conversation only through what stands in a `Sort`: where it stands, which card is asked,
how many messages are left, what was said last, how the answered cards lead on. Points count only against
`hand_off.at`, and are kept apart (`verify_classes`). Of two dialogs of one sort the one with more cards open
can do everything the other can: what the other has told already, it may tell in its next post.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import NamedTuple

from leadbot.flows import answers, names, profile, render, speaking
from leadbot.flows.cards import Card, Playbook
from leadbot.flows.gate import normalise
from leadbot.flows.verify_classes import CORRECTABLE, Classes
from leadbot.flows.verify_round import Place
from leadbot.model import Conversation, Dialog, Status


class Sort(NamedTuple):
    """All of a dialog that decides what may come.

    room: messages left. is_spent: whether every wording of the card was told to them already, alone and with
    the disclosure. known: by card, how it was answered or given up on. told: cards
    told unasked, where that leaves fewer answers.
    """

    status: Status
    ending: str | None = None
    consent: str = ""
    on_desk: bool = False
    room: int = 0
    asked: str | None = None
    next_card: str | None = None
    has_more: bool = False
    was_unclear: bool = False
    is_spent: tuple[bool, bool] = (False, False)
    known: tuple[tuple[str, str], ...] = ()
    told: frozenset[str] = frozenset()
    second_thoughts: frozenset[tuple[str, str | None]] = frozenset()
    small_talk: bool = False


def sort_of(
    place: Place,
    playbook: Playbook,
    classes: Classes,
    *,
    told: Collection[str] = (),
    disclosure: str = "",
) -> Sort:
    """The sort of a dialog at rest. told: cards answered without being asked. disclosure: the brand's."""
    conversation = place.conversation
    dialog = conversation.dialog
    if dialog is None:
        return Sort(conversation.status, small_talk=conversation.small_talk_at is not None)
    if conversation.status is not Status.OPEN:
        return _closed(conversation, dialog, playbook)
    cards = answers.open_cards(playbook, dialog)
    focus = dialog.asked or (cards[0].learn if cards else None)
    return Sort(
        Status.OPEN,
        consent=dialog.consent.value,
        on_desk=conversation.on_desk is not None,
        room=speaking.limit_of(playbook) - dialog.messages,
        asked=dialog.asked,
        next_card=cards[0].learn if cards else None,
        has_more=len(cards) > 1,
        was_unclear=focus in dialog.unclear,
        is_spent=_is_spent(conversation, playbook.card(focus or ""), disclosure),
        known=_known(dialog, playbook, classes),
        told=frozenset(
            answer.card
            for answer in dialog.answers
            if answer.card in told and classes.is_narrower_told(answer.card, answer.answer)
        ),
        second_thoughts=_second_thoughts(dialog, playbook, classes),
    )


def _closed(conversation: Conversation, dialog: Dialog, playbook: Playbook) -> Sort:
    """Of a dialog that is over little counts: who speaks now, and whether a late answer reopens it."""
    status, room = conversation.status, speaking.limit_of(playbook) - dialog.messages
    if status in (Status.OPTED_OUT, Status.PAUSED):
        return Sort(status)
    if status is Status.IDLE and dialog.ending == "silence":
        return Sort(status, ending="silence", room=room, asked=dialog.asked)
    is_on_desk = conversation.on_desk is not None
    return Sort(status, consent=dialog.consent.value, on_desk=is_on_desk, room=min(room, 1))


def _is_spent(conversation: Conversation, card: Card | None, disclosure: str) -> tuple[bool, bool]:
    if card is None:
        return False, False
    # Of a line with variants they hear one, always the same.
    wordings = card.ask.of_variant(dict(conversation.variants).get(card.ask.name, ""))
    if len(wordings) > len(conversation.said):
        return False, False
    person = conversation.person
    values = render.Values(
        first_name=names.first_name(person.name) if person else "",
        bio_topic=profile.bio_topic(person.description) if person else "",
    )
    told = {normalise(said.text) for said in conversation.said}
    asked = [render.render(wording, values) for wording in wordings]
    alone = all(normalise(text) in told for text in asked)
    return alone, all(normalise(render.with_disclosure(text, disclosure)) in told for text in asked)


def _known(dialog: Dialog, playbook: Playbook, classes: Classes) -> tuple[tuple[str, str], ...]:
    """Cards that other cards hang on, by how they were answered; and what was given up on."""
    given = {answer.card: answer.answer for answer in dialog.answers}
    found = []
    for card in playbook.cards:
        if card.learn in classes.conditions and card.learn in given:
            one = classes.of(card.learn, given[card.learn])
            found.append((card.learn, ",".join(sorted(one.opens)) if one else ""))
        elif card.learn in dialog.passed:
            found.append((card.learn, "passed"))
    return tuple(found)


def _second_thoughts(
    dialog: Dialog, playbook: Playbook, classes: Classes
) -> frozenset[tuple[str, str | None]]:
    """Where taking an earlier answer back may lead: types that can be, and endings."""
    given = {answer.card for answer in dialog.answers}
    return frozenset(
        (card.type.value, found.then)
        for card in playbook.cards
        if card.learn in given and card.type in CORRECTABLE
        for found in classes.of_card(card)
    )


def may_go_on(place: Place) -> bool:
    """Whether the dialog is open, or a late answer can open it again."""
    conversation = place.conversation
    is_silent = conversation.dialog is not None and conversation.dialog.ending == "silence"
    return conversation.status in (Status.OPEN, Status.AWAITING_CONSENT) or (
        conversation.status is Status.IDLE and is_silent
    )


def exactly(place: Place) -> Hashable:
    """For the walk without merging: all of a dialog but ids and times, and every word we said."""
    conversation, dialog = place.conversation, place.conversation.dialog
    if dialog is None:
        return conversation.status
    return (
        conversation.status,
        conversation.on_desk is not None,
        dialog.ending,
        dialog.consent,
        dialog.asked,
        dialog.unclear,
        dialog.passed,
        dialog.messages,
        tuple(sorted((answer.card, answer.answer) for answer in dialog.answers)),
        tuple(said.text for said in conversation.said),
    )


def open_set(place: Place, playbook: Playbook) -> frozenset[str]:
    """Cards that may still be told."""
    dialog = place.conversation.dialog
    if dialog is None or place.conversation.status is not Status.OPEN:
        return frozenset()
    return frozenset(card.learn for card in answers.open_cards(playbook, dialog))
