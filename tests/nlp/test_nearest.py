"""A brand's own examples and phrases: known by what they mean, without training."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leadbot.model import Intent, Reading, ReadRequest
from leadbot.nlp import SpacyReader

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = frozenset(
    {
        ("is the blue whale back in the tank?", Intent.PRODUCT_QUESTION),
        ("my whale does not sing", Intent.SUPPORT),
    }
)


def read(reader: SpacyReader, text: str, examples: frozenset[tuple[str, Intent]] = frozenset()) -> Reading:
    return reader.read([ReadRequest(text, NOON, examples=examples)])[0]


def test_a_post_like_an_own_example_is_read_as_the_example_says(reader: SpacyReader) -> None:
    assert read(reader, "@acme my whale does not sing", OWN).intent is Intent.SUPPORT
    assert read(reader, "@acme is the blue whale back in the tank?", OWN).intent is Intent.PRODUCT_QUESTION


@pytest.mark.parametrize(("label", "warm"), [(Intent.PURCHASE_INTENT, True), (Intent.SMALL_TALK, False)])
def test_an_own_example_turns_the_same_words_either_way(
    reader: SpacyReader, label: Intent, warm: bool
) -> None:
    text = "@acme a golden ticket would make my week"
    found = read(reader, text, frozenset({(text, label)}))
    assert found.intent is label
    assert (found.warmth >= 0.6) is warm


def test_posts_unlike_every_example_are_read_as_before(reader: SpacyReader) -> None:
    text = "@acme my order is 3 days late"
    assert read(reader, text, OWN).intent is read(reader, text).intent


def test_examples_of_one_brand_do_not_sway_the_posts_of_another(reader: SpacyReader) -> None:
    text = "@acme a golden ticket would make my week"
    mine = ReadRequest(text, NOON, examples=frozenset({(text, Intent.PURCHASE_INTENT)}))
    theirs = ReadRequest(text, NOON)
    together = reader.read([mine, theirs])
    assert together[1] == reader.read([theirs])[0]
    assert together[0].intent is Intent.PURCHASE_INTENT


PHRASES = frozenset(
    {"excel", "my boss decides", "small dog", "large dog", "nothing yet", "home gym", "oily skin"}
)


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        ("a chihuahua", "small dog"),
        ("my manager has the final say", "my boss decides"),
        ("not using anything at the moment", "nothing yet"),
        ("i work out at my house", "home gym"),
    ],
)
def test_a_short_answer_in_other_words_means_the_nearest_phrase(
    reader: SpacyReader, answer: str, phrase: str
) -> None:
    (echo,) = reader.read([ReadRequest(answer, NOON, phrases=PHRASES)])[0].echoes
    assert echo[0] == phrase
    assert 0.55 <= echo[1] <= 0.9


@pytest.mark.parametrize(
    "answer", ["who won the game", "it depends", "my order is late", "next week maybe", "idk"]
)
def test_an_answer_that_means_none_of_them_echoes_none(reader: SpacyReader, answer: str) -> None:
    assert reader.read([ReadRequest(answer, NOON, phrases=PHRASES)])[0].echoes == ()


def test_phrases_that_mean_the_same_are_told_and_others_are_not(reader: SpacyReader) -> None:
    pairs = reader.alike(frozenset({"what does it cost", "how much does it cost", "we use a spreadsheet"}))
    assert [set(pair[:2]) for pair in pairs] == [{"what does it cost", "how much does it cost"}]
    assert reader.alike(frozenset()) == []
