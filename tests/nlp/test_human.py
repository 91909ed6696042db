"""Wishes for a person are found, questions about persons are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.model import Intent
from leadbot.nlp.human import asks_for_human
from leadbot.nlp.text import said

DATA = Path(__file__).parent / "data"

WISHES = """
can I talk to a human?|human please|HUMAN|real person|agent|who do I talk to?
can someone from your team call me?
call me about 60 seats|get me a real person|I want to speak to a manager|is there a human I can talk to
please connect me to sales|let me talk to someone|I need to speak with an agent|speak to a human
Give me a person
no bots please|I don't want to talk to a bot
quiero hablar con una persona|humano|je veux parler à un humain|ich möchte mit einem Menschen sprechen
quero falar com um atendente|could I speak to somebody in sales please
"""
NO_WISHES = """
I'm only human|human resources|are you human?|I like talking to people|great to talk to a real person today!
my travel agent booked it|am I talking to a bot?|call me maybe|give me a break|who do you think you are
human rights now|the person next to me snores|I need a person who can drive|don't call me
are you a real person?
"""


def rows(table: str) -> list[str]:
    return [text for line in table.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", rows(WISHES))
def test_a_wish_for_a_person_is_found(read, text):
    assert read(text).asks_for_human


@pytest.mark.parametrize("text", rows(NO_WISHES))
def test_talk_about_persons_is_no_wish(read, text):
    assert not read(text).asks_for_human


@pytest.mark.parametrize("text", ["HUMAN", "can I talk to a human?", "quiero hablar con una persona"])
def test_the_bare_wish_is_the_intent(read, text):
    assert read(text).intent is Intent.ASKS_FOR_HUMAN


def test_a_buyer_who_asks_whom_to_talk_to_is_both(read):
    reading = read("@acme looking for a team plan for 40 people, who do I talk to?")
    assert reading.asks_for_human
    assert reading.intent is Intent.PURCHASE_INTENT


def test_the_wish_counts_in_any_language(read):
    assert read("ich möchte mit einem Menschen sprechen", lang="de").intent is Intent.ASKS_FOR_HUMAN


def table(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_no_way_to_ask_for_a_person_is_missed():
    ways = table("human-wishes.txt")
    assert len(ways) >= 150
    assert [way for way in ways if not asks_for_human(said(way))] == []


def test_hardly_any_near_miss_is_taken_for_a_wish():
    near = table("near-human-wishes.txt")
    taken = [text for text in near if asks_for_human(said(text))]
    assert len(near) >= 150
    assert len(taken) <= 1, taken
