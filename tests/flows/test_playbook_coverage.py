"""Tests inside a playbook are judged by what they reach: lines said, answers heard, endings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from leadbot.flows.cards import Playbook, PlaybookTest
from leadbot.flows.coverage import coverage
from leadbot.flows.rehearse import run_tests
from leadbot.model import BrandId, Reading, ReadRequest
from leadbot.nlp import load_reader
from leadbot.ports import Reader
from tests.flows.test_playbook_rehearse import FILES, ROOT, WordReader, deck_for, load


def team_plan(*tests: PlaybookTest) -> Playbook:
    return replace(load(ROOT / "playbooks" / "team-plan.yaml"), tests=tests)


def untouched(playbook: Playbook) -> set[str]:
    outcomes = run_tests(playbook, deck_for(playbook), WordReader())
    return {spot.what for spot in coverage(playbook, outcomes).untouched}


def test_what_no_test_reaches_is_named_with_its_line() -> None:
    playbook = team_plan(PlaybookTest("one", ("@acme price? 40 of us",), {"started": True}, 1))
    outcomes = run_tests(playbook, deck_for(playbook), WordReader())
    left = {spot.what: spot.line for spot in coverage(playbook, outcomes).untouched}
    assert {"answers_first pricing", "ask of today", "answer many of team_size"}.isdisjoint(left)
    rows = playbook.content.splitlines()
    assert rows[left["answer a_few of team_size"] - 1].lstrip().startswith("a_few:")
    assert rows[left["ending kind_close"] - 1].strip() == "kind_close:"
    assert left["ask of team_size"] < left["ask of timing"]


def test_what_is_said_when_nobody_is_in_can_be_reached_by_a_test() -> None:
    words = ("@acme price? 40 of us", "excel", "now")
    in_hours = team_plan(PlaybookTest("in", words, {"handed_off": True}, 1))
    at_night = team_plan(PlaybookTest("out", words, {"handed_off": True}, 1, after_hours=True))
    assert "say_after_hours" in untouched(in_hours)
    assert "hand_off say" not in untouched(in_hours)
    assert "say_after_hours" not in untouched(at_night)
    assert "hand_off say" in untouched(at_night)


def test_a_test_can_let_them_fall_silent() -> None:
    test = PlaybookTest("silent", ("@acme price?",), {"ending": "silence"}, 1, then_silence=True)
    playbook = team_plan(test)
    (outcome,) = run_tests(playbook, deck_for(playbook), WordReader())
    assert outcome.passed, outcome.got


class RememberingReader:
    """Reads each text once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[ReadRequest, Reading] = {}

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        new = [request for request in requests if request not in self._read]
        self._read.update(zip(new, self._reader.read(new), strict=True))
        return [self._read[request] for request in requests]


def fails(playbook: Playbook, brand_id: str, reader: Reader) -> list[object]:
    """What does not hold or is not reached when that account speaks: each takes other wordings."""
    deck = deck_for(playbook)
    deck = replace(deck, brand=replace(deck.brand, id=BrandId(brand_id)))
    outcomes = run_tests(playbook, deck, reader)
    failed = [(one.name, one.expected, one.got) for one in outcomes if not one.passed]
    return [*failed, *coverage(playbook, outcomes).untouched]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_tests_of_a_shipped_playbook_hold_and_reach_every_line(file: Path) -> None:
    playbook = load(file)
    assert len(playbook.tests) >= 10
    assert fails(playbook, "77", load_reader()) == []


@pytest.mark.long
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_they_do_so_whichever_wordings_the_engine_takes(file: Path) -> None:
    playbook, reader = load(file), RememberingReader(load_reader())
    assert [fails(playbook, str(number), reader) for number in range(100, 124)] == [[]] * 24
