"""Prices asked, questions, noise."""

from __future__ import annotations

import pytest

from leadbot.nlp.signals import asks_price, is_noise, is_question
from leadbot.nlp.text import said

PRICES = """
pricing?|how much|what does it cost|cost per seat|quote|@acme pricing? about 40 of us
how much is it for 20 seats?
what's the price|price pls|can I get a quote for 12 users|what are your rates?|cuánto cuesta?|combien ça coûte
what would that run me|and the price?|do you have a price list|how much would 30 licences be
team plan pricing?|how does your pricing work for agencies?|how much capital do you require
"""
NO_PRICES = """
how much coffee do you folks drink|so how much did that superbowl ad cost
worth the price|pay the price|how much longer|how much I love this|you charged me twice
quote of the day: be nice
the cost of freedom|great price!|price went up again|any discount?|how much do you love it|stop raising prices
"""
QUESTIONS = """
does it do SSO|what is this|is it free|sure, what's it about?|how do I sign up|can you ship to Spain
anyone know if it works on mac|really?|¿tienen envío?|ok but why?
"""
NO_QUESTIONS = "what a day!|how nice|yes|40|I like it|that is why we love you|see http://a.b/?q=1|why not"


def rows(table: str) -> list[str]:
    return [text for line in table.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", rows(PRICES))
def test_a_price_is_asked(text):
    assert asks_price(said(text))


@pytest.mark.parametrize("text", rows(NO_PRICES))
def test_no_price_is_asked(text):
    assert not asks_price(said(text))


@pytest.mark.parametrize("text", rows(QUESTIONS))
def test_it_is_a_question(text):
    assert is_question(said(text))


@pytest.mark.parametrize("text", rows(NO_QUESTIONS))
def test_it_is_no_question(text):
    assert not is_question(said(text))


@pytest.mark.parametrize("text", ["😂😂", "@acme", "hmm", "lol", "http://x.y", "", ".", "haha lol", "?"])
def test_nothing_to_read_is_noise(text):
    assert is_noise(said(text))


@pytest.mark.parametrize("text", ["👍", "👌", "✅", "ok", "hi", "40", "👎", "lol 👍"])
def test_an_answer_is_no_noise(text):
    assert not is_noise(said(text))
