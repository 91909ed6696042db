"""The tests inside a playbook are played through the real core."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from leadbot.errors import PlaybookError
from leadbot.flows import playbook as playbooks
from leadbot.flows.cards import Deck, Playbook, PlaybookTest
from leadbot.flows.playbook import PlaybookSource
from leadbot.flows.rehearse import TestOutcome, run_tests
from leadbot.model import (
    Brand,
    BrandId,
    Bucket,
    Intent,
    Mode,
    OptOut,
    Reading,
    ReadRequest,
    Rep,
    SlotType,
    SlotValue,
    Team,
)

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "playbooks").glob("*.yaml"))


class WordReader:
    """Understands a few words, and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[ReadRequest] = []

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        self.requests += requests
        return [_reading(request.text) for request in requests]


def _reading(text: str) -> Reading:
    if "stop" in text:
        return Reading(Intent.OPT_OUT, opt_out=OptOut.CLEAR)
    if "human" in text:
        return Reading(Intent.ASKS_FOR_HUMAN, asks_for_human=True)
    slots = []
    if "40" in text:
        at = text.index("40")
        slots.append(SlotValue(SlotType.COUNT, "40", at, at + 2, volunteered=True, low=40, high=40))
    if "now" in text:
        at = text.index("now")
        slots.append(SlotValue(SlotType.TIMEFRAME, "now", at, at + 3, volunteered=True, bucket=Bucket.NOW))
    echoes = (("excel", 1.0),) if "excel" in text else ()
    if "price" in text:
        return Reading(Intent.PRICING, 0.9, asks_price=True, slots=tuple(slots), echoes=echoes)
    return Reading(slots=tuple(slots), echoes=echoes)


def load(file: Path) -> Playbook:
    (loaded,) = playbooks.load(
        [PlaybookSource(file.name, file.read_text(encoding="utf-8"))], brands=None, teams=None
    )
    return loaded


def deck_for(playbook: Playbook) -> Deck:
    hours = tuple((weekday, 9 * 60, 17 * 60) for weekday in range(5))
    team = Team(playbook.hand_off.to, (Rep("Sam Reed", "Sam"),), hours=hours)
    return Deck(Brand(BrandId("77"), playbook.brand, "Acme", quiet_hours=(0, 1439), teams=(team,)), ())


def play(*them: str, **expect: object) -> TestOutcome:
    playbook = load(ROOT / "playbooks" / "team-plan.yaml")
    test = PlaybookTest("a dialog", them, expect, 7)
    (outcome,) = run_tests(replace(playbook, tests=(test,)), deck_for(playbook), WordReader())
    return outcome


def test_a_dialog_is_played_to_its_hand_off() -> None:
    outcome = play(
        "@acme price for 40 of us?",
        "excel",
        "now",
        started=True,
        points=65,
        asked="timing",
        messages=3,
        handed_off=True,
        said_contains=["$6", "sam"],
        opted_out=False,
        ending=None,
    )
    assert outcome.passed, outcome.got
    assert [who for who, _ in outcome.chat] == ["them", "bot"] * 3
    assert outcome.line == 7


@pytest.mark.parametrize(
    ("expect", "got"),
    [
        ({"points": 45}, {"points": 30}),
        ({"asked": "timing"}, {"asked": "today"}),
        ({"handed_off": True}, {"handed_off": False}),
        ({"messages": 2}, {"messages": 1}),
        ({"ending": "kind_close"}, {"ending": None}),
    ],
)
def test_what_came_is_shown_beside_what_was_expected(
    expect: dict[str, object], got: dict[str, object]
) -> None:
    outcome = play("@acme price for 40 of us?", **expect)
    assert not outcome.passed
    assert (outcome.expected, outcome.got) == (expect, got)


def test_words_that_were_not_said_fail_the_test() -> None:
    assert not play("@acme price?", said_contains=["$6", "a free lunch"]).passed


def test_stop_is_heard() -> None:
    assert play("@acme price?", "stop", opted_out=True, messages=1, handed_off=False).passed


def test_a_human_is_called() -> None:
    assert play("@acme price?", "a human please", handed_off=True, messages=2).passed


def test_the_first_post_may_leave_the_handle_out() -> None:
    assert play("price for 40?", started=True, points=30).passed


def test_tests_run_alike_whatever_the_brand_is_set_to() -> None:
    playbook = load(ROOT / "playbooks" / "team-plan.yaml")
    test = PlaybookTest("a price", ("@acme price?",), {"messages": 1}, 1)
    playbook, deck = replace(playbook, tests=(test,)), deck_for(playbook)
    quiet = replace(deck, brand=replace(deck.brand, mode=Mode.WATCH, pace_s=(60.0, 90.0)))
    live = replace(deck, brand=replace(deck.brand, mode=Mode.LIVE, quiet_hours=None))
    assert run_tests(playbook, quiet, WordReader()) == run_tests(playbook, live, WordReader())


def test_the_reader_is_told_which_phrases_to_listen_for() -> None:
    playbook = load(ROOT / "playbooks" / "team-plan.yaml")
    reader = WordReader()
    run_tests(playbook, deck_for(playbook), reader)
    assert {request.phrases for request in reader.requests} == {playbook.phrases}


def test_a_stored_version_is_restored_without_being_linted_again() -> None:
    text = (
        (ROOT / "playbooks" / "team-plan.yaml")
        .read_text(encoding="utf-8")
        .replace("at: 45 points", "at: 450 points")
    )
    _, problems = playbooks.check([PlaybookSource("old.yaml", text)], brands=None, teams=None)
    assert [problem.rule for problem in problems] == ["threshold"]
    restored = playbooks.restore(PlaybookSource("old.yaml", text))
    assert restored.version == playbooks.version_of(text)
    assert restored.hand_off.at_points == 450


@pytest.mark.parametrize("text", ["", "{", "playbook: x", "- a"])
def test_a_stored_text_that_is_no_playbook_is_not_restored(text: str) -> None:
    with pytest.raises(PlaybookError):
        playbooks.restore(PlaybookSource("old.yaml", text))


def test_the_schema_file_for_editors_is_up_to_date() -> None:
    stored = json.loads((ROOT / "schemas" / "playbook.v1.json").read_text(encoding="utf-8"))
    assert stored == playbooks.json_schema()
