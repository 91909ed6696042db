"""What a bio gives to a line: a topic of our own table, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leadbot.flows import profile
from leadbot.flows.profile import LONGEST_TOPIC, TOPICS, bio_topic
from leadbot.flows.weights import weighted_length
from tests.flows.factories import ANN, TEAM_SIZE, TIMING, TODAY, WANTS_IT, Stage, deck, line, playbook
from tests.flows.test_playbook_problems import changed, problems_of

FACT = "{% if person.bio_topic %}From one {{ person.bio_topic }} fan to another: {% endif %}how many are you?"


@pytest.mark.parametrize(
    ("bio", "topic"),
    [
        ("Barista by day, runner by night", "coffee"),
        ("runner. coffee.", "running"),
        ("Software developer in Leeds", "software"),
        ("I hate coffee", ""),
        ("ex-chef, now in sales", ""),
        ("not much of a morning runner", ""),
        ("{{ 7*7 }} @acme $COFFEE https://coffee.example", "coffee"),
        ("", ""),
        ("☕", ""),
        ("just here for the memes", ""),
    ],
)
def test_a_topic_is_the_first_that_is_surely_meant(bio: str, topic: str) -> None:
    assert bio_topic(bio) == topic


@pytest.mark.parametrize("bio", ["@evil coffee", "$TSLA runner http://x.co", "c o f f e e chess <b>"])
def test_nothing_of_a_bio_itself_is_ever_said(bio: str) -> None:
    assert bio_topic(bio) in {*TOPICS, ""}


def test_topics_are_plain_words_and_the_longest_is_known() -> None:
    assert all(topic.replace(" ", "").isalpha() and topic.islower() for topic in TOPICS)
    assert max(map(weighted_length, TOPICS)) == weighted_length(LONGEST_TOPIC)
    assert all(word.isalpha() for words in profile._WORDS.values() for word in words.split())


def staged(bio: str) -> Stage:
    size = replace(TEAM_SIZE, ask=line(FACT, number=20))
    return Stage(deck(playbook(cards=(size, TODAY, TIMING))), person=replace(ANN, description=bio))


def test_a_line_says_the_topic_and_the_reply_tells_that_it_was_used() -> None:
    stage = staged("Espresso first.")
    reply = stage.turn("@acme we want to buy this", WANTS_IT)
    assert reply is not None
    assert "From one coffee fan to another: how many" in reply.text
    assert reply.facts_used == ("bio_topic",)
    assert any("used of their profile: bio_topic" in note for note in stage.decisions[-2].trace)


def test_without_a_topic_the_line_reads_well_and_nothing_was_used() -> None:
    reply = staged("hello").turn("@acme we want to buy this", WANTS_IT)
    assert reply is not None
    assert reply.text.endswith("\nhow many are you?")
    assert reply.facts_used == ()


@pytest.mark.parametrize(
    "asked", ["As a {{ person.bio_topic }} fan, how many?", "You like {{ person.bio_topic }}!"]
)
def test_a_line_that_needs_the_topic_is_refused(asked: str) -> None:
    text = changed("What do you use today?", asked)
    assert [problem.rule for problem in problems_of(text)] == ["reads-badly"]


def test_the_longest_topic_counts() -> None:
    pad = "w" * (140 - 41 - len(LONGEST_TOPIC) - 3)
    ok = changed(
        "What do you use today?", pad + "{% if person.bio_topic %}, {{ person.bio_topic }}{% endif %}?"
    )
    assert problems_of(ok) == ()
    (problem,) = problems_of(ok.replace(pad, pad + "w"))
    assert problem.rule == "too-long"
    assert "longest topic" in problem.what
