"""Lines in variants: who hears which, and where that is written down."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from leadbot.flows.cards import Card, Line, Playbook
from leadbot.flows.gate import normalise
from leadbot.flows.playbook import PlaybookSource, check
from leadbot.model import Person, PersonId, SendReply
from tests.flows.factories import TEAM_SIZE, TIMING, TODAY, WANTS_IT, Stage, deck, forty, playbook
from tests.flows.test_playbook_problems import PLAYBOOK, changed, line_of, problems_of

A, B = ("How many are you?", "How big is the team?"), ("How many seats?", "For how many people?")
SIZE: Card = replace(TEAM_SIZE, ask=Line((*A, *B), 20, variants=(("a", A), ("b", B)), name="team_size.ask"))
WITH_VARIANTS = changed(
    'ask: "What do you use today?"',
    'ask:\n      variants:\n        a: "What do you use today?"\n'
    '        b: ["What does it today?", "And today?"]',
)


def loaded(text: str) -> Playbook:
    (book,), problems = check([PlaybookSource("plan.yaml", text)], brands=None, teams=None)
    assert problems == ()
    return book


def first_reply(number: int, *, said: frozenset[str] = frozenset()) -> tuple[Stage, SendReply]:
    person = Person(PersonId(str(number)), f"person{number}", "")
    stage = Stage(deck(playbook(cards=(SIZE, TODAY, TIMING))), person=person, recent_texts=said)
    reply = stage.turn("@acme we want to buy this", WANTS_IT)
    assert reply is not None
    return stage, reply


def test_each_variant_may_be_one_wording_or_several() -> None:
    ask = loaded(WITH_VARIANTS).cards[1].ask
    assert ask.name == "today.ask"
    assert ask.variants == (
        ("a", ("What do you use today?",)),
        ("b", ("What does it today?", "And today?")),
    )
    assert len(ask.wordings) == 3


def test_about_half_of_the_people_hear_each_and_nobody_both() -> None:
    heard = Counter()
    for number in range(100, 300):
        stage, reply = first_reply(number)
        (variant,) = reply.variants
        heard[variant] += 1
        wordings = A if variant == "team_size.ask=a" else B
        assert any(wording in reply.text for wording in wordings)
        assert stage.conversation.variants == (("team_size.ask", variant[-1]),)
    assert min(heard["team_size.ask=a"], heard["team_size.ask=b"]) > 70


def test_a_person_keeps_the_variant_when_the_question_comes_again() -> None:
    stage, first = first_reply(7)
    second = stage.turn("👀", replace(forty(), slots=(), is_question=False))
    dialog = stage.conversation.dialog
    assert dialog is not None
    assert second is not None
    assert dialog.variants == first.variants


def test_two_people_running_hear_different_words_as_long_as_a_variant_is_fresh() -> None:
    _, first = first_reply(7)
    told = frozenset(normalise(f"{first.text.splitlines()[0]}\n{wording}") for wording in A)
    _, second = first_reply(7, said=told)
    assert second.variants == ("team_size.ask=b",)


def test_the_variant_stands_on_the_dialog_and_in_the_trace() -> None:
    stage, reply = first_reply(7)
    assert any("in the variant team_size.ask=" in note for note in stage.decisions[-2].trace)
    dialog = stage.conversation.dialog
    assert dialog is not None
    assert dialog.variants == reply.variants


@pytest.mark.parametrize(
    ("old", "new", "rule", "words"),
    [
        ("variants:", "varians:", "unknown-key", "varians"),
        ('        a: "What do you use today?"\n', "", "limit", "variants:"),
        ("What does it today?", "What {{ person.nmae }}?", "template", "person.nmae"),
        ("And today?", "W" * 200, "too-long", "WWW"),
        ("And today?", "What do you use today?", "duplicate-wording", "b: ["),
    ],
)
def test_a_fault_in_a_variant_is_found_at_its_line(old: str, new: str, rule: str, words: str) -> None:
    text = WITH_VARIANTS.replace(old, new, 1)
    found = [(problem.rule, problem.line) for problem in problems_of(text)]
    assert (rule, line_of(text, words)) in found


def test_a_comment_that_eats_words_of_a_variant_is_told() -> None:
    text = WITH_VARIANTS.replace('a: "What do you use today?"', "a: What #tools do you use?")
    assert [problem.rule for problem in problems_of(text)] == ["comment"]


def test_a_line_without_variants_has_none_on_its_reply() -> None:
    reply = Stage().turn("@acme we want to buy this", WANTS_IT)
    assert reply is not None
    assert reply.variants == ()
    assert all(not card.ask.variants for card in loaded(PLAYBOOK).cards)
