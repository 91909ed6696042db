"""The language of stream rules: a table of rules, posts and whether they meet."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadbot.simulator import World
from leadbot.simulator.accounts import Client, Post
from leadbot.simulator.matcher import RuleError, compile_rule
from leadbot.simulator.world import Draft


@pytest.fixture(scope="module")
def posts() -> dict[str, Post]:
    world = World(brands=["acme"])
    ann, bob, acme = (
        world.add_user("ann"),
        world.add_user("bob", lang="de", verified=True),
        world.by_name["acme"],
    )
    asked = world.post(
        ann, Draft("@acme what is the PRICE of #CRM seats? $ACME example.com/a"), Client.NATIVE
    )
    answer = world.post(acme, Draft("From 5 a month", reply_to=asked.id), Client.NATIVE)
    return {
        "asked": asked,
        "answer": answer,
        "again": world.post(ann, Draft("about forty", reply_to=answer.id), Client.NATIVE),
        "quote": world.post(bob, Draft("Preis pro Platz? 🤖", quote=asked.id), Client.NATIVE),
    }


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ("@acme", {"asked", "again"}),
        ("@ACME", {"asked", "again"}),
        ("(@acme OR to:acme) -is:retweet -from:acme", {"asked", "again"}),
        ("from:ann", {"asked", "again"}),
        ("to:ann", {"answer"}),
        ("from:ann -to:acme", {"asked"}),
        ("price", {"asked"}),
        ("pric", set()),
        ('"the price"', {"asked"}),
        ('"price the"', set()),
        ('from:ann -"about forty"', {"asked"}),
        ("price OR month", {"asked", "answer"}),
        ("price month", set()),
        ("from:ann price OR month", {"asked", "answer"}),
        ("from:ann (price OR forty)", {"asked", "again"}),
        ("from:ann -(price OR month)", {"again"}),
        ("#crm", {"asked"}),
        ("$acme", {"asked"}),
        ("url:example.com", {"asked"}),
        ("from:ann has:links", {"asked"}),
        ("from:ann -has:hashtags", {"again"}),
        ("(from:ann OR from:bob OR from:acme) is:reply", {"answer", "again"}),
        ("(from:ann OR from:bob) is:quote", {"quote"}),
        ("(from:ann OR from:bob) is:verified", {"quote"}),
        ("(from:ann OR from:bob) lang:de", {"quote"}),
        ("preis lang:en", set()),
        ("🤖", {"quote"}),
        ("from:ann is:retweet", set()),
    ],
)
def test_a_rule_meets_the_posts_it_describes(posts: dict[str, Post], rule: str, met: set[str]) -> None:
    matches = compile_rule(rule)
    assert {name for name, post in posts.items() if matches(post)} == met


def test_ids_name_a_conversation_and_a_parent(posts: dict[str, Post]) -> None:
    asked = posts["asked"].id
    thread, direct = compile_rule(f"conversation_id:{asked}"), compile_rule(f"in_reply_to_tweet_id:{asked}")
    assert [name for name, post in posts.items() if thread(post)] == ["asked", "answer", "again"]
    assert [name for name, post in posts.items() if direct(post)] == ["answer"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "empty"),
        ("-price", "stand alone"),
        ("is:reply lang:en", "stand alone"),
        ("price OR -month", "stand alone"),
        ("(price", "never closed"),
        ("price)", "no opening"),
        ("price OR", "missing"),
        ("()", "missing"),
        ("price AND month", "AND is not"),
        ("from:", "needs a value"),
        ("is:nice price", "not known"),
        ("colour:red", "not an operator"),
        ('"price', "cannot read"),
        ("x" * 1025, "1025 characters"),
    ],
)
def test_what_x_would_refuse_is_refused_with_the_reason(rule: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        compile_rule(rule)


@given(st.text(max_size=60) | st.text(alphabet='ab:@#$-()" OR', max_size=40))
def test_any_text_is_either_a_rule_or_refused(rule: str) -> None:
    with contextlib.suppress(RuleError):
        assert callable(compile_rule(rule))
