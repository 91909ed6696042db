"""Talking to a playbook: acts, taking one back, after hours, and why."""

from __future__ import annotations

import pytest

from leadbot.flows.chat import Act, Chat, Kind
from tests.flows.test_playbook_rehearse import ROOT, WordReader, deck_for, load


@pytest.fixture
def chat() -> Chat:
    playbook = load(ROOT / "playbooks" / "team-plan.yaml")
    return Chat(playbook, deck_for(playbook), WordReader(), name="Ben Okafor")


def say(chat: Chat, text: str) -> str:
    return " ".join(chat.act(Act(Kind.SAY, text)))


def test_a_dialog_goes_on_with_its_receipt_and_its_next_card(chat: Chat) -> None:
    assert chat.next() == "no dialog has begun"
    assert "$6 a seat" in say(chat, "@acme price?")
    assert chat.next() == "an answer to team_size"
    assert chat.choices() == ("just_me +0 -> kind_close", "a_few +15", "many +30")
    say(chat, "40")
    say(chat, "excel")
    say(chat, "now")
    assert [line.points for line in chat.receipt] == [30, 20, 15]
    assert chat.next() == "a yes or no to being passed on"
    assert chat.choices() == ()


def test_an_act_that_is_taken_back_never_was(chat: Chat) -> None:
    first = say(chat, "@acme price?")
    asked = say(chat, "40")
    assert chat.undo() == Act(Kind.SAY, "40")
    assert chat.receipt == ()
    assert say(chat, "40") == asked, "the same acts lead to the same words"
    chat.undo()
    chat.undo()
    assert chat.undo() is None
    assert say(chat, "@acme price?") == first


def test_after_hours_the_line_says_when_they_are_back_and_in_hours_it_does_not(chat: Chat) -> None:
    for text in ("@acme price? 40", "excel"):
        say(chat, text)
    chat.act(Act(Kind.AFTER_HOURS))
    assert chat.is_after_hours
    assert "back tomorrow at 9:00" in say(chat, "now")
    chat.undo()
    chat.act(Act(Kind.IN_HOURS))
    assert not chat.is_after_hours
    assert "back" not in say(chat, "now")


def test_silence_ends_it_without_words(chat: Chat) -> None:
    say(chat, "@acme price?")
    assert chat.act(Act(Kind.FALL_SILENT)) == ()
    assert chat.next() == "closed: silence"


def test_why_tells_reading_reason_and_lines(chat: Chat) -> None:
    say(chat, "@acme price? 40")
    why = chat.why()
    assert why[0].startswith("read as pricing, warmth 0.90; found: count “40”")
    assert "team_size is many: +30" in why
    assert "-> started" in why
    assert any(line.startswith("says line ") for line in why)


def test_a_stop_and_a_human_are_told_as_what_they_are(chat: Chat) -> None:
    say(chat, "@acme price?")
    say(chat, "a human please")
    assert chat.next().startswith("with a human")
    say(chat, "stop")
    assert chat.next() == "they said stop: nothing is ever written to them again"
