"""Generated playbooks: each is proved, or has a counterexample that the engine reproduces."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadbot.flows.cards import AnswerRule, Card, Limits, Line, OnlyIf, Playbook, Range
from leadbot.flows.stage import BEGINS_AT
from leadbot.flows.verify import HAND_OFF, replay, verify
from leadbot.flows.verify_classes import Classes
from leadbot.flows.verify_moves import Moves
from leadbot.flows.verify_proofs import check
from leadbot.flows.verify_round import deck_for, place_of, play
from leadbot.model import SlotType
from tests.flows.factories import PLAN, line, playbook

POINTS = st.sampled_from([0, 5, 10, 20, 30])
THEN = st.sampled_from([None, None, None, "kind_close"])
ASKS = st.sampled_from(["How about {0}?", "And {0}{{{{ person.comma_name }}}}?", "Well " * 24 + "{0}?"])
CONSENT = st.sampled_from(["OK if I pass this on?"] * 4 + ["{{ rep.first_name }} will call."])
SMALL_TALK = st.sampled_from(["Thank you!"] * 4 + ["Try our free plan!"])
WORDS = ("bilo", "demu", "fago", "garu", "hiko", "kepa")


@st.composite
def cards(draw: st.DrawFn, number: int) -> Card:
    """A card of any kind with two or three answers, at lines of its own."""
    at, kind = 100 * (number + 1), draw(st.sampled_from(list(MEANINGS)))
    answers = tuple(
        replace(rule, line=at + 10 + index, points=draw(POINTS), then=draw(THEN))
        for index, rule in enumerate(MEANINGS[kind](number))
    )
    ask = Line((draw(ASKS).format(WORDS[number]),), at + 1)
    if_unclear = Line((f"Roughly, {WORDS[number]}?",), at + 2) if draw(st.booleans()) else None
    return Card(f"card{number}", kind, ask, answers, at, if_unclear)


def _counts(number: int) -> list[AnswerRule]:
    return [
        AnswerRule("few", 0, 0, range=Range(1, 9, True)),
        AnswerRule("many", 0, 0, range=Range(10, None, True)),
    ]


def _choices(number: int) -> list[AnswerRule]:
    named = [AnswerRule(f"a{i}", 0, 0, sounds_like=(f"{WORDS[number]} {WORDS[i]}",)) for i in range(2)]
    return [*named, AnswerRule("rest", 0, 0, anything=True)]


def _times(number: int) -> list[AnswerRule]:
    soon, late = frozenset({"now", "this_month"}), frozenset({"this_year", "later"})
    return [
        AnswerRule("soon", 0, 0, values=soon),
        AnswerRule("late", 0, 0, values=late),
        AnswerRule("never", 0, 0, values=frozenset({"none"})),
    ]


def _yes_or_no(number: int) -> list[AnswerRule]:
    return [AnswerRule(word, 0, 0, values=frozenset({word})) for word in ("yes", "no")]


MEANINGS = {
    SlotType.COUNT: _counts,
    SlotType.CHOICE: _choices,
    SlotType.TIMEFRAME: _times,
    SlotType.YES_NO: _yes_or_no,
}


@st.composite
def books(draw: st.DrawFn) -> Playbook:
    """A playbook of one to three cards; some hang on the first."""
    deck = [draw(cards(number)) for number in range(draw(st.integers(1, 3)))]
    if len(deck) > 1 and draw(st.booleans()):
        first = deck[0].answers[0].name
        deck[-1] = replace(deck[-1], only_if=(OnlyIf(deck[0].learn, frozenset({first})),))
    plan = replace(PLAN, at_points=draw(st.sampled_from([5, 20, 40])), say=line(draw(CONSENT), number=46))
    return playbook(
        cards=tuple(deck),
        hand_off=plan,
        limits=Limits(draw(st.sampled_from([2, 3])), 160),
        small_talk=(line(draw(SMALL_TALK), number=60),),
    )


FRUGAL = settings(
    max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@FRUGAL
@given(books(), st.integers(0, 1000))
def test_a_generated_playbook_is_proved_or_has_a_counterexample_the_engine_reproduces(
    book: Playbook, seed: int
) -> None:
    found = verify(book)
    assert found.walked == found.paths
    for finding in found.findings:
        if finding.example is None:
            continue
        again = replay(book, finding.example)
        assert again.chat == finding.example.chat
        told = {(breach.rule, breach.line) for breach in again.breaches}
        assert (finding.problem.rule, finding.problem.line) in told
    known = {(finding.problem.rule, finding.problem.line) for finding in found.findings}
    for dialog in range(40):
        _stroll(book, random.Random(seed + dialog), known, dict(found.score))


def _stroll(
    book: Playbook, chance: random.Random, known: set[tuple[str, int]], score: dict[str, tuple[int, int]]
) -> None:
    """A dialog of random moves, answers and bundles without any merging, breaks nothing that was not told."""
    deck = deck_for(book, None)
    moves = Moves(book, Classes(book, BEGINS_AT.date(), merged=False), merged=False)
    place = place_of(deck)
    for _ in range(7):
        round_ = play(place, chance.choice(list(moves.at(place))), deck)
        assert {(breach.rule, breach.line) for breach in check(round_, book)} <= known
        place = round_.after
        dialog = place.conversation.dialog
        if dialog is not None and round_.last_reason == "handed_over":
            assert score[HAND_OFF][0] <= dialog.score <= score[HAND_OFF][1]
        if dialog is not None and dialog.ending in book.endings and dialog.number == 1:
            assert score[dialog.ending][0] <= dialog.score <= score[dialog.ending][1]
