"""X counts in weights; our count is the library's, only faster."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadbot.flows.weights import _parser, has_link, weighted_length

SIGNS = st.one_of(
    st.characters(codec="utf-8"),
    st.characters(max_codepoint=0x2FF),
    st.characters(min_codepoint=0x300, max_codepoint=0x36F),
    st.sampled_from("…–—’“”·•‼™©®☕🤖👍🏽日本é\u0301\u200d\ufe0f\u20e31#*."),
)
PIECES = st.one_of(
    st.text(SIGNS, max_size=12),
    st.sampled_from(
        [
            "acme.com",
            "https://x.co/a?b=c",
            "a.b",
            "e.g. ",
            "$6.50",
            "Hi.Then",
            "\n",
            "\r\n",
            "\r",
            " ",
            "👩‍💻",
            "🇩🇪",
            "1️⃣",
        ]
    ),
    st.sampled_from(
        ["www.acme.co.uk/über", "日本.com", "@acme", "x@acme.com", "t.co/abc", "v2.0", "3.io", "©", "ﬁ"]
    ),
)


def counted_by_the_library(text: str) -> int:
    return int(_parser.parse_tweet(text).weightedLength)


@given(st.lists(PIECES, max_size=8).map("".join))
@settings(max_examples=1500, deadline=None)
@example("🤖 bot here · say STOP or HUMAN anytime\nHow many of you would use it?")
@example("a\u0301\nb")
def test_our_count_is_the_count_of_the_library(text: str) -> None:
    assert weighted_length(text) == counted_by_the_library(text)


def test_every_sign_of_the_plain_range_weighs_what_the_library_says() -> None:
    texts = [f"a{chr(point)}b" for point in range(0x20, 0x2400)]
    assert list(map(weighted_length, texts)) == list(map(counted_by_the_library, texts))


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("hello", 5),
        ("日本", 4),
        ("👩‍👩‍👧", 2),
        ("🤖 bot here · say STOP or HUMAN anytime", 39),
        ("see acme.com", 27),
        ("https://acme.com/a/very/long/path?with=query", 23),
        (unicodedata.normalize("NFD", "é"), 1),
        ("a\r\nb", 3),
    ],
)
def test_known_weights(text: str, weight: int) -> None:
    assert weighted_length(text) == weight


def test_a_link_is_known_with_and_without_its_scheme() -> None:
    assert has_link("see acme.com")
    assert has_link("see https://acme.com/x")
    assert not has_link("It is $6.50, e.g. for ten. Ok.Then")
