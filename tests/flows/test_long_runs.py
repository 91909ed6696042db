"""Long random runs of events keep every promise of the core.

Swarm testing: each run draws a few kinds of events and repeats them, because a run that may hold everything
rarely holds enough of one thing. The promises are those of the exhaustive walk, checked after every event.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadbot.flows.cards import Deck
from leadbot.flows.decide import new_conversation
from leadbot.model import Intent, Mention, Mode, PostId, ReplyRefused
from tests.flows.factories import (
    ACME,
    ANN,
    AUTO_ACME,
    BRAND,
    EXCEL,
    FRIEND,
    HELLO,
    NO,
    NONSENSE,
    SOON,
    STOP,
    TO_SAME_REP,
    TYPED_ACME,
    WANTS_IT,
    YES,
    deck,
    forty,
    playbook,
    reads,
    yes_no,
)
from tests.flows.test_exhaustive import ALL_KINDS, AT_ONCE, SMALL, Letter, Walk, _posts, _turn, step

FRIEND_TYPED = Mention(FRIEND, "friend", typed=True)


def _own_thread(said: str, reading: object) -> Letter:
    """Under a post of their own, with nobody but us copied in."""

    def write(walk: Walk) -> list[object]:  # type: ignore[type-arg]
        own = walk.posts[-1].id if walk.posts else PostId("1")
        under = {"under": own, "reply_to_user": str(ANN.id), "mentions": (AUTO_ACME,)}
        return _posts(said, reading, **under)(walk)  # type: ignore[arg-type,return-value]

    return write  # type: ignore[return-value]


def _quote(said: str, reading: object) -> Letter:
    """A quote of our last post, without our handle."""

    def write(walk: Walk) -> list[object]:  # type: ignore[type-arg]
        ours = next((one.post_id for one in reversed(walk.conversation.said) if one.post_id), None)
        return _posts(said, reading, under=None, mentions=(), quotes=ours)(walk)  # type: ignore[arg-type,return-value]

    return write  # type: ignore[return-value]


def _later(letter: Letter, amount: timedelta) -> Letter:
    return lambda walk: letter(replace(walk, at=walk.at + amount))  # type: ignore[operator]


LEAD, AWAY = _posts("we want it", WANTS_IT), timedelta(hours=25)
KINDS: dict[str, Letter] = {
    **ALL_KINDS,
    "lead turn": _turn(LEAD),
    "forty turn": _turn(_posts("40", forty())),
    "excel turn": _turn(_posts("excel", EXCEL)),
    "soon turn": _turn(_posts("right now", SOON)),
    "yes turn": _turn(_posts("yes", YES)),
    "no turn": _turn(_posts("no thanks", reads(Intent.OTHER, yes_no("no", "no thanks")))),
    "hello turn": _turn(_posts("good morning", HELLO)),
    "no": _posts("no", NO),
    "own thread": _own_thread("and 40 of us", forty()),
    "own thread stop": _own_thread("stop", STOP),
    "quote": _quote("40", forty()),
    "quote stop": _quote("stop", STOP),
    "foreign": _posts("nous sommes une petite équipe", NONSENSE, lang="fr"),
    "friend named first": _posts("we want it", WANTS_IT, under=None, mentions=(FRIEND_TYPED, TYPED_ACME)),
    "who are you": _posts("are you a bot?", reads(Intent.SMALL_TALK, is_question=True)),
    "blocked": lambda walk: [
        ReplyRefused(walk.conversation.in_flight or "no:such:reply", "blocked", walk.at)  # type: ignore[arg-type]
    ],
    "a day later": _later(LEAD, AWAY),
}
DECKS: dict[str, Deck] = {
    "one card": SMALL,
    "whole plan": deck(brand=AT_ONCE),
    "returning buyers": deck(playbook(unless=(TO_SAME_REP,)), brand=AT_ONCE),
    "no small talk, no playbook of old": replace(deck(playbook(small_talk=()), brand=AT_ONCE), versions={}),
    "a slow brand": deck(brand=BRAND),
    "drafts": deck(brand=replace(AT_ONCE, mode=Mode.DRAFT)),
    "watching": deck(brand=replace(AT_ONCE, mode=Mode.WATCH)),
    "no playbook": replace(deck(brand=AT_ONCE), playbooks=()),
}
SWARMS = st.lists(st.sampled_from(sorted(KINDS)), min_size=2, max_size=7, unique=True)
RUNS = SWARMS.flatmap(lambda kinds: st.lists(st.sampled_from(kinds), min_size=20, max_size=60))


def run(letters: list[str], using: Deck) -> Walk:
    walk = Walk(new_conversation(ACME, ANN.id))
    for letter in letters:
        walk = step(walk, letter, KINDS, using)
    return walk


@pytest.mark.parametrize("name", DECKS)
@settings(max_examples=14, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(letters=RUNS)
def test_a_long_run_of_a_few_kinds_of_events_keeps_every_promise(name: str, letters: list[str]) -> None:
    run(letters, DECKS[name])


@pytest.mark.long
@pytest.mark.parametrize("name", DECKS)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(letters=RUNS)
def test_many_long_runs_keep_every_promise(name: str, letters: list[str]) -> None:
    run(letters, DECKS[name])


def test_the_runs_reach_every_status() -> None:
    """A check of the checks: what is drawn above can lead to each place of a conversation."""
    turns = ["lead turn", "forty turn", "excel turn", "soon turn"]
    assert run(turns, DECKS["whole plan"]).conversation.status.value == "awaiting_consent"
    assert run([*turns, "yes turn"], DECKS["whole plan"]).conversation.status.value == "handed_over"
    assert run(["lead turn", "quote stop"], DECKS["one card"]).conversation.status.value == "opted_out"
    assert run(["lead turn", "maybe stop"], DECKS["one card"]).conversation.status.value == "paused"
    assert run(["lead turn", "no turn"], DECKS["one card"]).conversation.status.value == "idle"
