"""The ten-second card: never more than sixty words, whatever was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbot import model as m
from leadbot.desk.card import MOST_WORDS, Card, card_of
from leadbot.store.desk_story import HandOffFacts, Story
from leadbot.store.threads import ThreadPost

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
SOURCE = m.Source("team-plan", m.VersionId("v7"), 22, "100")
WORDY = "word " * 40


def line(points: int, words: str, card: str = "team_size") -> m.ReceiptLine:
    return m.ReceiptLine(points, words, card, "many", SOURCE, m.PostId("1"))


def story(
    *,
    name: str = "Maria Example",
    bio: str = "ops lead in Lyon",
    receipt: tuple[m.ReceiptLine, ...] = (line(30, "about 40 of us"), line(20, "spreadsheets", "today")),
    said: str = "@acme do you have a team trial?",
    suppressed: str = "",
    **more: object,
) -> Story:
    handoff = m.HandOff(
        key="100:7:handoff:1",
        team="inside-sales",
        rep="Maya Lindqvist",
        score=sum(one.points for one in receipt),
        receipt=receipt,
        consent=m.Consent.YES,
        consent_words="yes",
        reason="handed_over",
        not_known=("budget",),
    )
    handoff = replace(handoff, **more)  # type: ignore[arg-type]
    facts = HandOffFacts(handoff.key, "open", None, "", None, AT, AT, False, None, (), handoff)
    person = m.Person(m.PersonId("7"), "maria_ex", name, bio)
    return Story(
        conversation=m.Conversation(m.ConversationId("100:7"), m.BrandId("100"), person.id),
        person=person,
        brand="acme",
        is_paused=False,
        handoff=facts,
        handoffs_before=0,
        thread=(ThreadPost("1", "person", said, AT),),
        decisions=(),
        about_to_say=(),
        facts_used=(),
        tasks=(),
        suppressed_why=suppressed,
    )


def card(**more: object) -> Card:
    return card_of(story(**more), rep="Maya Lindqvist")  # type: ignore[arg-type]


def test_it_says_who_why_what_and_what_not() -> None:
    found = card()

    assert (found.who, found.about, found.score) == ("Maria Example", "ops lead in Lyon", 50)
    assert [(one.points, one.words) for one in found.why] == [(30, "about 40 of us"), (20, "spreadsheets")]
    assert found.wants == "do you have a team trial?"
    assert found.not_known == "budget"
    assert found.avoid == "ask again: team size, today"
    assert found.first_line.startswith("Hi Maria, Maya here")


@pytest.mark.parametrize(
    "more",
    [
        {"name": WORDY, "bio": WORDY, "said": WORDY, "question": WORDY},
        {"receipt": tuple(line(n, WORDY, f"a_card_of_many_words_{n}") for n in range(1, 9))},
        {"not_known": tuple(f"another_card_{n}" for n in range(9)), "receipt": (line(5, WORDY),) * 6},
    ],
)
def test_it_never_has_more_than_sixty_words(more: dict[str, object]) -> None:
    found = card(**more)

    assert found.words <= MOST_WORDS
    assert found.first_line
    assert found.why or not more.get("receipt")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.lists(st.text(max_size=80), max_size=6))
def test_whatever_they_write_it_fits_and_adds_nothing(name: str, said: str, words: list[str]) -> None:
    receipt = tuple(line(10, one) for one in words)

    found = card(name=name, bio=said, said=said, receipt=receipt)

    assert found.words <= MOST_WORDS
    assert found.score == 10 * len(words)


def test_the_first_line_holds_no_word_of_a_stranger_s_but_a_plain_first_name() -> None:
    hostile = ["@everyone Free", "http://evil.example", "Ana'); DROP", "{{ 7*7 }}", "💰💰"]

    lines = [card(name=name).first_line for name in hostile]

    assert all(not set("@/{$💰<") & set(one) for one in lines)


def test_who_said_stop_gets_no_line_and_the_card_says_so() -> None:
    found = card(suppressed="asked")

    assert found.first_line == ""
    assert found.avoid == "write: they asked us to stop"
