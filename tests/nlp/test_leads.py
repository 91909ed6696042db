"""A wrong lead is a pitch at somebody who did not ask: who is in trouble, jokes or leaves is not warm."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leadbot.model import LEAD_INTENTS, Intent, Reading, ReadRequest
from leadbot.nlp import SpacyReader

WARM = 0.6


def read(reader: SpacyReader, text: str) -> Reading:
    return reader.read([ReadRequest(text, datetime(2026, 3, 2, tzinfo=UTC))])[0]


@pytest.mark.parametrize(
    "text",
    [
        "@acme I bought the gold bundle on Monday and have yet to receive it, do I need to go somewhere?",
        "@acme I have a problem with my game, it says I need to buy the game but I bought it years ago",
        "@acme I'm switching from pc to tablet and it seems I have to rebuy it, I already paid once",
        "@acme hi! I ordered a phone on your page but the bill wasn't sent, how can I get it?",
        "@acme somehow I missed the free trial and directly had to pay 7.99, any chance of a refund?",
        "@acme is it down for everyone or just me?",
        "@acme when is the bug with exports going to be fixed?",
        "@acme I won a car on the wheel and still don't have it in my garage, can you help me?",
    ],
)
def test_somebody_in_trouble_is_no_buyer(reader: SpacyReader, text: str) -> None:
    found = read(reader, text)
    assert found.warmth < WARM
    assert found.intent is Intent.SUPPORT or found.intent not in LEAD_INTENTS


@pytest.mark.parametrize(
    "text",
    [
        "@acme can I unfollow a folder that some other user put me in? how can I do that?",
        "@acme somebody shared a huge folder with me, how can I pull just one file out of it?",
        "@acme when I export my film, do I just click the toggle off and that's it?",
    ],
)
def test_a_how_to_without_a_word_of_buying_is_not_warm(reader: SpacyReader, text: str) -> None:
    assert read(reader, text).warmth < WARM


@pytest.mark.parametrize(
    "text",
    [
        "@acme our current tool has so many bugs, looking for an alternative for 20 people",
        "@acme done with our old vendor, it's broken every week. how do we sign up with you for 30 seats?",
        "@acme looking for a team plan for 40 people, who sells it?",
        "@acme how do we buy this for our office of 12?",
        "@acme we want to move our team over to you, where do we start?",
    ],
)
def test_trouble_with_somebody_else_does_not_cool_a_buyer(reader: SpacyReader, text: str) -> None:
    found = read(reader, text)
    assert found.warmth >= WARM
    assert found.intent in LEAD_INTENTS


@pytest.mark.parametrize(
    "text",
    [
        "@acme how much coffee do you folks drink",
        "@acme my boss wants to switch away from you",
        "@acme thinking about switching from you to globex",
        "@acme we are leaving you, moving our team of 30 over to globex",
        "@acme how do I upgrade my plan? already a customer",
        "@acme need help with 5 licences",
    ],
)
def test_who_leaves_jokes_or_is_a_customer_gets_no_pitch(reader: SpacyReader, text: str) -> None:
    found = read(reader, text)
    assert found.warmth < WARM
    assert not found.asks_price


@pytest.mark.parametrize(
    "text",
    [
        "@acme sign me up!",
        "@acme need 50 seats",
        "@acme my company wants to order 50 seats before the end of the quarter",
        "@acme how does your pricing work for agencies?",
    ],
)
def test_plain_words_of_a_buyer_are_warm(reader: SpacyReader, text: str) -> None:
    found = read(reader, text)
    assert found.warmth >= WARM
    assert found.intent in LEAD_INTENTS
