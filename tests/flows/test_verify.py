"""The verifier: what it finds, that merging loses nothing, and that its counterexamples are real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leadbot.flows import playbook as playbooks
from leadbot.flows.cards import AnswerFirst, AnswerRule, Card, Ending, Limits, OnlyIf, Playbook, Range
from leadbot.flows.chat import Act, Chat, Kind
from leadbot.flows.linelint import LONGEST_NAME
from leadbot.flows.names import first_name
from leadbot.flows.playbook import PlaybookSource
from leadbot.flows.profile import LONGEST_TOPIC, bio_topic
from leadbot.flows.verify import ExampleReader, Verified, replay, verify
from leadbot.flows.verify_round import LONG_BIO, LONG_NAME, deck_for
from leadbot.flows.weights import weighted_length
from leadbot.model import Intent, SlotType
from tests.flows.factories import PLAN, TEAM_SIZE, TIMING, TODAY, line, playbook

FILES = sorted((Path(__file__).parents[2] / "playbooks").glob("*.yaml"))


def sound(**changes: object) -> Playbook:
    """Two cards, nothing wrong with them."""
    base = playbook(
        cards=(replace(TEAM_SIZE, ask=line("How many of you?", number=20)), TODAY),
        hand_off=replace(PLAN, at_points=40),
        small_talk=(line("Thank you{{ person.comma_name }}!", number=60),),
        limits=Limits(2, 160),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def rules(found: Verified) -> set[tuple[str, int]]:
    return {(finding.problem.rule, finding.problem.line) for finding in found.findings}


def test_a_sound_playbook_is_proved() -> None:
    found = verify(sound(limits=Limits(3, 160)))
    assert found.findings == ()
    assert found.walked == found.paths > 1000
    assert found.score["hand_off"] == (45, 50)
    assert found.score["kind_close"] == (0, 35)
    assert found.max_messages == 3


FEW = [file for file in FILES if file.stem == "volunteers"]
REST = [pytest.param(file, marks=pytest.mark.long) for file in FILES if file not in FEW]


@pytest.mark.parametrize("file", [*FEW, *REST], ids=lambda file: file.name)
def test_no_playbook_that_ships_raises_an_alarm(file: Path) -> None:
    (book,) = playbooks.load(
        [PlaybookSource(file.name, file.read_text(encoding="utf-8"))], brands=None, teams=None
    )
    found = verify(book)
    assert [str(finding.problem) for finding in found.findings] == []
    assert found.walked == found.paths


# ---------------------------------------------------------------- one thing broken at a time


def card(learn: str, *answers: AnswerRule, kind: SlotType = SlotType.CHOICE, at: int = 30) -> Card:
    return Card(learn, kind, line(f"What about {learn}?", number=at + 1), answers, at)


NEVER = AnswerRule("never", 5, 33, sounds_like=())
LOST = Ending("lost", line("Bye for now.", number=72), "lost", 72)
NO_CONSENT = replace(PLAN, at_points=40, say=line("{{ rep.first_name }} will call you.", number=46))
ASKS_MAIL = replace(TODAY, ask=line("Thanks! What is your email address?", number=31))

BROKEN: dict[str, tuple[Callable[[], Playbook], tuple[str, int], int]] = {
    # what is broken → the playbook, the rule and line that tell, how many moves show it (0: none is needed)
    "1 an ending that is not there": (lambda: sound(endings={}), ("ends", 1), 1),
    "1 a patience without end": (
        lambda: sound(limits=Limits(4, 160, gives_up_after_s=float("inf"))),
        ("ends", 1),
        1,
    ),
    "2 a line too long for a long name": (
        lambda: sound(
            cards=(
                replace(TEAM_SIZE, ask=line("Dear friend{{ person.comma_name }}! " + "so " * 34, number=20)),
                TODAY,
            )
        ),
        ("too-long", 20),
        1,
    ),
    "2 a line too long for anybody": (
        lambda: sound(cards=(replace(TEAM_SIZE, ask=line("how many " * 20, number=20)), TODAY)),
        ("too-long", 20),
        1,
    ),
    "3 a variable nobody knows": (
        lambda: sound(cards=(replace(TEAM_SIZE, ask=line("Hi {{ person.shoe_size }}?", number=20)), TODAY)),
        ("template", 20),
        0,
    ),
    "3 code in a line": (
        lambda: sound(cards=(replace(TEAM_SIZE, ask=line("{{ ''.__class__ }}?", number=20)), TODAY)),
        ("template", 20),
        0,
    ),
    "4 a pitch in small talk": (
        lambda: sound(small_talk=(line("Thanks! Try our free plan.", number=60),)),
        ("small-talk", 60),
        1,
    ),
    "4 a question in small talk": (
        lambda: sound(small_talk=(line("Thanks! And you?", number=60),)),
        ("small-talk", 60),
        1,
    ),
    "4 who asks for a human is asked something": (
        lambda: sound(
            hand_off=replace(PLAN, at_points=40, say_if_asked_for=line("Which of us do you want?", number=48))
        ),
        ("human", 48),
        1,
    ),
    "5 a hand-off that does not ask": (lambda: sound(hand_off=NO_CONSENT), ("consent", 46), 1),
    "5 private data is asked for": (
        lambda: sound(cards=(TEAM_SIZE, ASKS_MAIL)),
        ("private-data", 31),
        1,
    ),
    "6 a card nobody is asked": (
        lambda: sound(
            cards=(TEAM_SIZE, TODAY, replace(TIMING, only_if=(OnlyIf("today", frozenset({"x"})),)))
        ),
        ("unreachable", 37),
        0,
    ),
    "6 an ending nothing leads to": (
        lambda: sound(endings={**playbook().endings, "lost": LOST}),
        ("unreachable", 72),
        0,
    ),
    "6 an answer nobody can give": (
        lambda: sound(cards=(TEAM_SIZE, replace(TODAY, answers=(*TODAY.answers, NEVER)))),
        ("unreachable", 33),
        0,
    ),
    "6 an answer in the shadow of another": (
        lambda: sound(
            cards=(
                replace(
                    TEAM_SIZE,
                    answers=(
                        *TEAM_SIZE.answers,
                        AnswerRule("dozens", 9, 29, range=Range(12, 40, True)),
                    ),
                ),
                TODAY,
            )
        ),
        ("unreachable", 29),
        0,
    ),
    "7 a threshold nobody reaches": (
        lambda: sound(hand_off=replace(PLAN, at_points=400)),
        ("threshold", 45),
        0,
    ),
    "7 a threshold nobody misses": (
        lambda: sound(hand_off=replace(PLAN, at_points=3), cards=(TODAY,)),
        ("threshold", 45),
        0,
    ),
    "8 a link nobody allowed": (
        lambda: sound(cards=(TEAM_SIZE, replace(TODAY, ask=line("See acme.com: what now?", number=31)))),
        ("link", 31),
        1,
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_each_proof_fails_when_what_it_proves_is_broken(what: str) -> None:
    make, told, moves = BROKEN[what]
    book = make()
    found = verify(book)
    assert told in rules(found)
    finding = next(f for f in found.findings if (f.problem.rule, f.problem.line) == told)
    assert len(finding.example.moves if finding.example else ()) == moves
    if finding.example is not None:
        again = replay(book, finding.example)
        assert again.chat == finding.example.chat
        assert told in {(breach.rule, breach.line) for breach in again.breaches}


def test_a_counterexample_can_be_played_in_a_chat() -> None:
    book = sound(hand_off=NO_CONSENT)
    finding = next(f for f in verify(book).findings if f.problem.rule == "consent")
    assert finding.example is not None
    chat = Chat(book, deck_for(book, None), ExampleReader(finding.example), name=LONG_NAME)
    said = [
        words
        for move in finding.example.moves
        for post in move.posts
        for words in chat.act(Act(Kind.SAY, f"@acme {post.text}"))
    ]
    assert said == [words for who, words in finding.example.chat if who == "bot"]


def test_a_link_makes_a_dialog_dearer() -> None:
    linked = replace(TODAY, ask=replace(line("See acme.com: what do you use now?", number=31), link=True))
    dear, cheap = verify(sound(cards=(TEAM_SIZE, linked))), verify(sound())
    assert dear.findings == cheap.findings == ()
    assert dear.max_cost_usd > cheap.max_cost_usd + 0.15


def test_the_scarcest_line_tells_how_many_dialogs_an_hour_there_can_be() -> None:
    found = verify(sound())
    assert found.dialogs_per_hour == 20


# ---------------------------------------------------------------- merging loses nothing

YES = AnswerRule("yes", 20, 41, values=frozenset({"yes"}))
NO = AnswerRule("no", 0, 42, values=frozenset({"no"}), then="kind_close")
HURRY = Card("hurry", SlotType.YES_NO, line("Is it urgent?", number=40), (YES, NO), 39)
SMALL_ANSWERS = AnswerFirst(line("$6.", number=10), 10, when="pricing")
TINY: dict[str, dict[str, object]] = {
    "one card": {"cards": (TEAM_SIZE,), "hand_off": replace(PLAN, at_points=30)},
    "one card, anything goes": {"cards": (TODAY,), "hand_off": replace(PLAN, at_points=15)},
    "two cards": {"cards": (TEAM_SIZE, HURRY), "hand_off": replace(PLAN, at_points=40)},
    "a card that hangs on another": {
        "cards": (TODAY, replace(HURRY, only_if=(OnlyIf("today", frozenset({"rival", "anything"})),))),
        "hand_off": replace(PLAN, at_points=25),
    },
    "a pitch in small talk": {"cards": (TEAM_SIZE,), "small_talk": (line("Try our free plan!", number=60),)},
    "no consent asked": {"cards": (TEAM_SIZE,), "hand_off": replace(NO_CONSENT, at_points=30)},
}


@pytest.mark.parametrize("what", TINY)
@pytest.mark.parametrize("messages", [2, pytest.param(3, marks=pytest.mark.long)])
def test_merging_finds_what_walking_every_dialog_by_itself_finds(what: str, messages: int) -> None:
    book = sound(limits=Limits(messages, 160), answers_first=(SMALL_ANSWERS,), **TINY[what])
    merged, whole = verify(book), verify(book, merged=False)
    assert whole.places > merged.places
    assert rules(merged) == rules(whole)
    shown = {f.problem.rule: f.example and len(f.example.moves) for f in whole.findings}
    assert {f.problem.rule: f.example and len(f.example.moves) for f in merged.findings} == shown
    assert merged.score == whole.score
    assert merged.max_messages == whole.max_messages
    assert merged.max_cost_usd == whole.max_cost_usd
    assert merged.max_weighted_length == whole.max_weighted_length


def test_the_walk_is_taken_by_people_with_the_longest_name_and_topic() -> None:
    assert weighted_length(first_name(LONG_NAME)) == LONGEST_NAME
    assert weighted_length(bio_topic(LONG_BIO)) == weighted_length(LONGEST_TOPIC)


def test_every_start_is_walked() -> None:
    starts = sound().start_when
    only_price = sound(start_when=replace(starts, intents=frozenset({Intent.PRICING})))
    assert verify(only_price).findings == ()
    named = sound(start_when=replace(starts, mentions_any=("seats",)))
    assert verify(named).findings == ()
