"""What is told to have moved a reading is what moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from leadbot.model import Intent, ReadRequest
from leadbot.nlp.explain import explained
from leadbot.nlp.reader import SpacyReader

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def test_the_word_that_stopped_us_is_named(reader: SpacyReader) -> None:
    reading = explained(reader, ReadRequest("@acme stop messaging me please", NOON))

    assert reading.intent is Intent.OPT_OUT
    assert [word for word, _ in reading.why][:1] == ["stop"]


@pytest.mark.parametrize(
    "text",
    ["@acme do you have a plan for 40 people?", "my router has been down since friday, nobody answers"],
)
def test_without_the_strongest_word_the_intent_is_less_likely(reader: SpacyReader, text: str) -> None:
    request = ReadRequest(text, NOON)
    reading = explained(reader, request)
    strongest, weight = reading.why[0]

    without = reader.read([replace(request, text=text.replace(strongest, " ", 1))])[0]

    assert weight > 0
    assert dict(without.probabilities)[reading.intent] < dict(reading.probabilities)[reading.intent]
    assert replace(reading, why=()) == replace(reader.read([request])[0], why=())


@pytest.mark.parametrize("text", ["", "🙂", "\ud800", "a" * 9_000, "no " * 500])
def test_odd_texts_are_explained_without_an_error(reader: SpacyReader, text: str) -> None:
    assert len(explained(reader, ReadRequest(text, NOON)).why) <= 6
