"""How long a playbook lets people wait, what it answers in mid-dialog, and its two sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from leadbot.flows.cards import AnswerFirst
from leadbot.flows.playbook import PlaybookSource, check
from leadbot.model import SetTimer
from tests.flows.factories import (
    ASKS_UNKNOWN,
    TEAM_SIZE,
    TODAY,
    WANTS_IT,
    Stage,
    deck,
    forty,
    line,
    playbook,
)
from tests.flows.test_playbook_problems import PLAYBOOK, changed

SLACK_LINE = "There is a Slack app."


def loaded(text: str) -> object:
    (book,), problems = check([PlaybookSource("plan.yaml", text)], brands=None, teams=None)
    assert problems == ()
    return book


def test_pace_and_too_late_are_read_as_seconds() -> None:
    book = loaded(changed("goal:", "pace: 1 min to 2 min\ntoo_late: 3 h\ngoal:"))
    assert (book.pace_s, book.too_late_s) == ((60.0, 120.0), 3 * 3600.0)  # type: ignore[attr-defined]
    assert loaded(PLAYBOOK).pace_s is None  # type: ignore[attr-defined]


def test_a_playbooks_own_pace_is_kept_from_its_first_reply_on() -> None:
    stage = Stage(deck(playbook(pace_s=(600.0, 660.0))))
    decision = stage.hears("@acme we want to buy this", WANTS_IT)
    (timer,) = (effect for effect in decision.effects if isinstance(effect, SetTimer))
    assert timedelta(seconds=600) <= timer.due_at - stage.at <= timedelta(seconds=660)


def test_a_post_too_late_for_the_playbook_is_for_a_human() -> None:
    stage = Stage(deck(playbook(too_late_s=1800.0)))
    stage.hears("@acme we want to buy this", WANTS_IT)
    stage.later(timedelta(hours=1))
    stage.pace()
    assert stage.replies == []
    assert "reply_held" in stage.tasks


def test_a_reply_carries_what_is_too_late_to_the_moment_of_sending() -> None:
    stage = Stage(deck(playbook(too_late_s=1800.0)))
    reply = stage.turn("@acme we want to buy this", WANTS_IT)
    assert reply is not None
    assert reply.too_late_s == 1800.0


def test_a_faq_answers_in_mid_dialog_and_asks_the_card_again() -> None:
    faq = (AnswerFirst(line(SLACK_LINE, number=30), 30, sounds_like=("does it work with slack",)),)
    stage = Stage(deck(playbook(faq=faq)))
    stage.turn("@acme we want to buy this", WANTS_IT)
    asks = replace(ASKS_UNKNOWN, echoes=(("does it work with slack", 1.0),))
    reply = stage.turn("does it work with slack?", asks)
    assert reply is not None
    assert reply.text.startswith(SLACK_LINE)
    assert stage.handoffs == []


def test_a_faq_is_no_answer_that_a_start_on_pricing_must_hold() -> None:
    text = changed("answers_first:", "faq:")
    _, problems = check([PlaybookSource("plan.yaml", text)], brands=None, teams=None)
    assert [problem.rule for problem in problems] == ["answers-first"]


def test_a_card_that_counts_as_fit_is_summed_apart() -> None:
    book = loaded(changed("type: count", "type: count\n    counts_as: fit"))
    size, today = book.cards  # type: ignore[attr-defined]
    assert {rule.counts_as for rule in size.answers} == {"fit"}
    assert {rule.counts_as for rule in today.answers} == {"interest"}


def test_the_two_sums_make_the_score() -> None:
    fits = replace(TEAM_SIZE, answers=tuple(replace(rule, counts_as="fit") for rule in TEAM_SIZE.answers))
    stage = Stage(deck(playbook(cards=(fits, TODAY))))
    stage.turn("@acme we want to buy this", WANTS_IT)
    stage.turn("40", forty())
    dialog = stage.conversation.dialog
    assert dialog is not None
    assert (dialog.fit, dialog.interest, dialog.score) == (30, 0, 30)
