"""Whether the installed reader understands the playbook: every phrase is read back as what it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from leadbot.flows import answers, hearing, questions
from leadbot.flows.cards import AnswerFirst, AnswerRule, Card, Deck, Playbook
from leadbot.flows.verify_proofs import Breach
from leadbot.model import OptOut, Reading, ReadRequest

AT_ONCE = 64  # a reader reads a larger batch less carefully
CONFUSABLE = 0.8  # likeness from which two phrases of different answers are one and the same to it


class Listener(Protocol):
    """A reader that can also tell which phrases mean the same to it."""

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        """One reading a request, in order."""

    def alike(self, phrases: frozenset[str]) -> list[tuple[str, str, float]]:
        """Pairs of phrases it can't tell apart, with their likeness 0..1, likest first."""


def check_reader(playbook: Playbook, deck: Deck, reader: Listener, at: datetime) -> Iterator[Breach]:
    """Every phrase that is not heard as what it stands for, and every pair that is one to the reader."""
    phrases = [phrase for card in playbook.cards for rule in card.answers for phrase in rule.sounds_like]
    asked = [f"{phrase.rstrip('?')}?" for line in playbook.answers for phrase in line.sounds_like]
    readings = _read(dict.fromkeys([*phrases, *asked]), deck, reader, at)
    for card in playbook.cards:
        for rule in card.answers:
            for phrase in rule.sounds_like:
                yield from _check_answer(card, rule, phrase, readings[phrase], at)
    for line in playbook.answers:
        for phrase in line.sounds_like:
            yield from _check_question(playbook, line, phrase, readings[f"{phrase.rstrip('?')}?"])
    yield from _confusable(playbook, reader)


def hints(playbook: Playbook, reader: Listener) -> list[str]:
    """Phrases of different answers that are near each other, though not so near as to be a problem."""
    return [
        f'{where}: "{one}" and "{other}" mean much the same but belong to different answers'
        for where, _, one, other, likeness in _pairs(playbook, reader)
        if likeness < CONFUSABLE
    ]


def _read(texts: dict[str, None], deck: Deck, reader: Listener, at: datetime) -> dict[str, Reading]:
    requests = [ReadRequest(text, at, deck.brand.zone, deck.phrases, "en", deck.examples) for text in texts]
    found: list[Reading] = []
    for start in range(0, len(requests), AT_ONCE):
        found += reader.read(requests[start : start + AT_ONCE])
    return dict(zip(texts, found, strict=True))


def _check_answer(
    card: Card, rule: AnswerRule, phrase: str, reading: Reading, at: datetime
) -> Iterator[Breach]:
    heard = ""
    match = answers.match(card, answers.Said(phrase, reading, at.date()), is_asked=True)
    if reading.opt_out is not OptOut.NONE:
        heard = "a wish to be left alone"
    elif hearing.asks_for_human(reading):
        heard = "a wish for a human"
    elif match is None:
        heard = "nothing at all"
    elif match.rule is not rule:
        heard = f'"{match.rule.name}"'
    if heard:
        what = f'"{phrase}" stands for "{rule.name}" of {card.learn}, and is heard as {heard}'
        yield Breach("misheard", rule.line, what, "say it in other words, or take it out")


def _check_question(playbook: Playbook, line: AnswerFirst, phrase: str, reading: Reading) -> Iterator[Breach]:
    if line not in questions.find_answers(playbook, reading):
        what = f'"{phrase}" is not heard as the question this line answers'
        yield Breach("misheard", line.line, what, "say it in other words, or take it out")


def _confusable(playbook: Playbook, reader: Listener) -> Iterator[Breach]:
    for where, line, one, other, likeness in _pairs(playbook, reader):
        if likeness >= CONFUSABLE:
            what = (
                f'{where}: "{one}" and "{other}" are the same to the reader, but stand for different answers'
            )
            yield Breach("confusable", line, what, "keep one of them")


def _pairs(playbook: Playbook, reader: Listener) -> Iterator[tuple[str, int, str, str, float]]:
    """Phrases of different answers in one place that are alike, with the line of the later answer."""
    for card in playbook.cards:
        owners = {phrase: rule.line for rule in card.answers for phrase in rule.sounds_like}
        yield from _alike(f"`{card.learn}`", owners, reader)
    owners = {phrase: line.line for line in playbook.answers for phrase in line.sounds_like}
    yield from _alike("`answers_first` and `faq`", owners, reader)


def _alike(
    where: str, owners: dict[str, int], reader: Listener
) -> Iterator[tuple[str, int, str, str, float]]:
    if len(set(owners.values())) < 2:
        return
    for one, other, likeness in reader.alike(frozenset(owners)):
        if owners[one] != owners[other]:
            yield where, max(owners[one], owners[other]), one, other, likeness
