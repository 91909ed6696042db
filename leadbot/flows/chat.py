"""A playbook to talk to: what a person does, move by move, what the bot says, and why.

A move can be taken back: the others are played again, and the same moves always lead to the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from leadbot.flows import answers
from leadbot.flows.cards import AnswerRule, Deck, Playbook
from leadbot.flows.stage import SOMEBODY, Beat, Stage, after_hours, in_hours
from leadbot.model import Dialog, Reading, ReadRequest, ReceiptLine, Status
from leadbot.ports import Reader


class Kind(StrEnum):
    """What a person may do in a chat."""

    SAY = "say"
    FALL_SILENT = "silence"
    AFTER_HOURS = "after_hours"  # from here on nobody of the team is in
    IN_HOURS = "in_hours"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person does. text: what they post."""

    kind: Kind
    text: str = ""


class Chat:
    """One person and one playbook. name: as on their profile."""

    def __init__(self, playbook: Playbook, deck: Deck, reader: Reader, *, name: str = "") -> None:
        self._playbook = playbook
        self._deck = Deck(deck.brand, (playbook,), examples=deck.examples)
        self._reader = _Remembering(reader)
        self._person = replace(SOMEBODY, name=name) if name else SOMEBODY
        self._acts: list[Act] = []
        self._stage = self._new_stage()
        self._seen = 0  # beats before the last act

    @property
    def is_after_hours(self) -> bool:
        """Whether nobody of the team is in now."""
        turns = [act.kind for act in self._acts if act.kind in (Kind.AFTER_HOURS, Kind.IN_HOURS)]
        return bool(turns) and turns[-1] is Kind.AFTER_HOURS

    @property
    def dialog(self) -> Dialog | None:
        """The open dialog, or the last."""
        return self._stage.conversation.dialog

    @property
    def receipt(self) -> tuple[ReceiptLine, ...]:
        """The lines of the score so far."""
        return self.dialog.receipt if self.dialog else ()

    def act(self, act: Act) -> tuple[str, ...]:
        """Do something; returns what the bot says to it."""
        self._acts.append(act)
        self._seen = len(self._stage.beats)
        before = len(self._stage.chat)
        self._play(act)
        return tuple(words for who, words in self._stage.chat[before:] if who == "bot")

    def undo(self) -> Act | None:
        """Take the last act back; None if there was none."""
        if not self._acts:
            return None
        gone = self._acts.pop()
        acts, self._acts, self._stage = self._acts, [], self._new_stage()
        for act in acts:
            self.act(act)
        return gone

    def next(self) -> str:
        """What the dialog waits for now, or how it ended."""
        conversation, dialog = self._stage.conversation, self.dialog
        if dialog is None:
            return "no dialog has begun"
        if conversation.status is Status.OPTED_OUT:
            return "they said stop: nothing is ever written to them again"
        if conversation.status is Status.AWAITING_CONSENT:
            return "a yes or no to being passed on"
        if dialog.ending is not None:
            return f"closed: {dialog.ending}"
        if conversation.status in (Status.HANDED_OVER, Status.PAUSED):
            return f"with a human (consent: {dialog.consent.value.replace('_', ' ')})"
        card = self._playbook.card(dialog.asked) if dialog.asked else None
        if card is None:
            cards = answers.open_cards(self._playbook, dialog)
            return f"their next post; then {cards[0].learn}" if cards else "their next post"
        return f"an answer to {card.learn}"

    def choices(self) -> tuple[str, ...]:
        """What may be answered to the card that is asked, and what it is worth."""
        dialog = self.dialog
        is_open = dialog is not None and dialog.ending is None
        card = self._playbook.card(dialog.asked) if dialog and dialog.asked and is_open else None
        return tuple(_choice(rule) for rule in card.answers) if card else ()

    def why(self) -> tuple[str, ...]:
        """How the last act was read and decided, in plain sentences."""
        beats = self._stage.beats[self._seen :]
        return tuple(line for beat in beats for line in _told(beat, self._stage.lines_of(beat)))

    def _play(self, act: Act) -> None:
        stage = self._stage
        if act.kind is Kind.SAY:
            stage.hear(act.text)
        elif act.kind is Kind.FALL_SILENT:
            stage.fall_silent()
        elif act.kind is Kind.AFTER_HOURS:
            stage.deck, stage.at = after_hours(stage.deck, self._playbook, stage.at)
        else:
            stage.at = in_hours(stage.deck, self._playbook, stage.at)

    def _new_stage(self) -> Stage:
        return Stage(self._deck, self._reader, person=self._person)


def _choice(rule: AnswerRule) -> str:
    return f"{rule.name} {rule.points:+d}" + (f" -> {rule.then}" if rule.then else "")


def _told(beat: Beat, said: Sequence[int]) -> list[str]:
    lines = [_read(beat.reading)] if beat.reading is not None else []
    lines += beat.decision.trace
    lines.append(f"-> {beat.decision.reason}")
    lines += [f"says line {line}" for line in said]
    return lines


def _read(reading: Reading) -> str:
    because = [f"{word} {weight:+.1f}" for word, weight in reading.why[:3]]
    because += [f"the rule {rule}" for rule in reading.rules]
    found = [f"{slot.type.value} “{slot.words}”" for slot in reading.slots]
    found += [f"like “{phrase}” ({likeness:.0%})" for phrase, likeness in reading.echoes[:3]]
    parts = [
        f"read as {reading.intent.value}, warmth {reading.warmth:.2f}",
        f"because of {', '.join(because)}" if because else "",
        f"found: {', '.join(found)}" if found else "",
    ]
    return "; ".join(filter(None, parts))


class _Remembering:
    """Reads each post once, however often a chat is played again."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[ReadRequest, Reading] = {}

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        """As the reader behind."""
        new = [request for request in requests if request not in self._read]
        if new:
            self._read.update(zip(new, self._reader.read(new), strict=True))
        return [self._read[request] for request in requests]
