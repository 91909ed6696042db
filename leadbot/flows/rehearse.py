"""Plays the tests that stand in a playbook, and tells what came of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leadbot.flows.cards import Deck, Playbook, PlaybookTest
from leadbot.flows.stage import BEGINS_AT, Stage, after_hours
from leadbot.ports import Reader


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What came of one test. expected and got have the same keys; line: where the test stands in its file.

    chat: who said what, in order, as ("them" or "bot", words). said: lines of the file that were said; given:
    (card, answer) that were heard; ending: how the dialog closed.
    """

    __test__ = False  # pytest: not a test of ours

    name: str
    passed: bool
    expected: Mapping[str, Any]
    got: Mapping[str, Any]
    line: int
    chat: tuple[tuple[str, str], ...] = ()
    said: frozenset[int] = frozenset()
    given: frozenset[tuple[str, str]] = frozenset()
    ending: str | None = None

    def held(self, key: str) -> bool:
        """Whether this part of what was expected came."""
        return _holds(key, self.expected[key], self.got[key])


def run_tests(playbook: Playbook, deck: Deck, reader: Reader) -> tuple[TestOutcome, ...]:
    """Play every test of `playbook` for the brand of `deck`, alone on its list and as if it were live."""
    alone = Deck(deck.brand, (playbook,), examples=deck.examples)
    return tuple(_run(test, playbook, alone, reader) for test in playbook.tests)


def _run(test: PlaybookTest, playbook: Playbook, deck: Deck, reader: Reader) -> TestOutcome:
    deck, begins_at = after_hours(deck, playbook) if test.after_hours else (deck, BEGINS_AT)
    stage = Stage(deck, reader, begins_at=begins_at)
    for text in test.them:
        stage.hear(text)
    if test.then_silence:
        stage.fall_silent()
    facts = stage.facts()
    got = {key: facts[key] for key in test.expect}
    passed = all(_holds(key, wanted, got[key]) for key, wanted in test.expect.items())
    dialogs = [beat.decision.conversation.dialog for beat in stage.beats]
    return TestOutcome(
        test.name,
        passed,
        dict(test.expect),
        got,
        test.line,
        tuple(stage.chat),
        said=frozenset(line for beat in stage.beats for line in stage.lines_of(beat)),
        given=frozenset((one.card, one.answer) for dialog in dialogs if dialog for one in dialog.answers),
        ending=facts["ending"],
    )


def _holds(key: str, wanted: Any, got: Any) -> bool:
    if key == "said_contains":
        heard = " ".join(got).casefold()
        return all(words.casefold() in heard for words in wanted)
    return bool(wanted == got)
