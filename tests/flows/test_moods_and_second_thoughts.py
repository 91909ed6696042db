"""What people say beside the question: niceties, complaints, corrections; and what stands on the receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from leadbot.flows import quoting
from leadbot.flows.cards import Card
from leadbot.model import Consent, Intent, LineKind, Status, TimerFired
from tests.flows.factories import (
    ASKS_SSO,
    BRAND,
    COMPLAINT,
    EXCEL,
    HELLO,
    HUMAN_PLEASE,
    NONSENSE,
    SOON,
    SSO_LINE,
    STOP,
    TEAM_SIZE,
    TIMING,
    TODAY,
    WANTS_IT,
    Stage,
    count,
    deck,
    forty,
    line,
    playbook,
    reads,
    yes_no,
)
from tests.flows.factories import post as a_post


def unsure(intent: Intent, probability: float, *slots: object) -> object:
    return reads(intent, *slots, probabilities=((intent, probability),))  # type: ignore[arg-type]


TWO_WAYS = replace(
    TODAY, ask=line("Thanks! What do you use for it today?", "And what do you use today?", number=31)
)


def asked_for_today(today: Card = TWO_WAYS) -> Stage:
    stage = Stage(deck(playbook(cards=(TEAM_SIZE, today, TIMING))))
    stage.turn("@acme we want to move our team to you", WANTS_IT)
    stage.turn("4", reads(Intent.OTHER, count(4)))
    return stage


# ---------------------------------------------------------------- moods


def test_a_complaint_is_no_answer_to_a_card_that_takes_anything() -> None:
    stage = asked_for_today()
    assert stage.turn("your last invoice was wrong and nobody answers", COMPLAINT) is None
    assert stage.handoffs[-1].reason == "support_for_human"
    assert stage.score == 15


def test_an_insult_is_no_answer_to_a_card_that_takes_anything() -> None:
    stage = asked_for_today()
    assert stage.turn("you are all scum", reads(Intent.ABUSE)) is None
    assert stage.tasks == ["abuse"]


def test_praise_is_no_answer_and_the_card_is_asked_once_more() -> None:
    stage = asked_for_today()
    reply = stage.turn("haha love the bot", HELLO)
    assert reply is not None
    assert reply.kind is LineKind.ASK
    assert "today?" in reply.text
    assert stage.score == 15
    stage.turn("lovely weather", HELLO)
    assert "today" in stage.conversation.dialog.passed  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ["next week", "pretty much nothing", "email mostly"])
def test_a_fragment_the_reader_is_not_sure_of_is_an_answer(said: str) -> None:
    stage = asked_for_today()
    assert stage.turn(said, unsure(Intent.SUPPORT, 0.65)) is not None
    assert stage.score == 20


# ---------------------------------------------------------------- second thoughts


def test_a_correction_changes_the_earlier_answer_and_the_open_card_is_asked_again() -> None:
    stage = asked_for_today()
    reply = stage.turn("sorry, 40 I mean", reads(Intent.OTHER, count(40)))
    assert reply is not None
    assert "today?" in reply.text
    assert [(r.card, r.answer, r.points) for r in stage.conversation.dialog.receipt] == [  # type: ignore[union-attr]
        ("team_size", "many", 30)
    ]
    stage.turn("all in excel", EXCEL)
    assert stage.score == 50


def test_a_question_with_one_wording_is_not_asked_twice_in_the_same_words() -> None:
    stage = asked_for_today(TODAY)
    reply = stage.turn("sorry, 40 I mean", reads(Intent.OTHER, count(40)))
    assert reply is not None
    assert "for now" in reply.text


def test_a_number_that_comes_late_answers_the_card_that_was_given_up() -> None:
    stage = Stage()
    stage.turn("@acme we want to move our team to you", WANTS_IT)
    stage.turn("hard to say", NONSENSE)
    stage.turn("no idea", NONSENSE)
    assert stage.conversation.dialog.passed == ("team_size",)  # type: ignore[union-attr]
    stage.turn("12", reads(Intent.OTHER, count(12)))
    assert stage.score == 30


def test_a_number_in_an_answer_is_no_correction() -> None:
    stage = asked_for_today()
    stage.turn("an old tool that 3 others here hate", reads(Intent.OTHER, count(3)))
    assert [r.answer for r in stage.conversation.dialog.receipt] == ["a_few", "anything"]  # type: ignore[union-attr]


def test_a_question_that_is_asked_again_comes_in_other_words() -> None:
    sizes = replace(TEAM_SIZE, ask=line("How many of you?", "How big is the team?", number=20))
    stage = Stage(deck(playbook(cards=(sizes, TODAY, TIMING))))
    first = stage.turn("@acme we want to move our team to you", WANTS_IT)
    second = stage.turn("does it do sso?", ASKS_SSO)
    assert first is not None
    assert second is not None
    assert SSO_LINE in second.text
    asked = {wording for wording in sizes.ask.wordings if wording in first.text + second.text}
    assert asked == set(sizes.ask.wordings)


def test_a_correction_may_bring_another_answer_along() -> None:
    stage = asked_for_today()
    reading = reads(Intent.OTHER, count(40), echoes=(("excel", 1.0),))
    stage.turn("sorry, 40 I mean. all in excel", reading)
    assert stage.score == 50


# ---------------------------------------------------------------- the words on the receipt


def test_a_receipt_quotes_the_clause_that_answered_and_no_handle() -> None:
    stage = Stage()
    reading = reads(
        Intent.PRICING,
        count(25, "about 25 of us", volunteered=True),
        asks_price=True,
        is_question=True,
        echoes=(("excel", 1.0),),
    )
    stage.turn("@acme pricing? about 25 of us, all in excel", reading)
    words = [line.words for line in stage.conversation.dialog.receipt]  # type: ignore[union-attr]
    assert words == ["about 25 of us", "all in excel"]


def test_a_handle_typed_before_an_answer_does_not_stand_on_the_receipt() -> None:
    stage = Stage()
    stage.turn("@acme we want to move our team to you", WANTS_IT)
    stage.turn("@acme 40", forty())
    assert stage.conversation.dialog.receipt[0].words == "40"  # type: ignore[union-attr]


def test_a_faint_likeness_in_a_post_nobody_asked_for_is_no_answer() -> None:
    stage = Stage()
    stage.turn("@acme want seats, mail me", replace(WANTS_IT, echoes=(("another tool", 0.62),)))
    assert stage.conversation.dialog.receipt == ()  # type: ignore[union-attr]


def test_an_edited_post_is_quoted_as_shortly_as_the_first_one() -> None:
    stage = Stage()
    first = a_post("@acme seats for 4 people", at=stage.at, id="9000")
    stage.hears(first.said, replace(WANTS_IT, slots=(count(4, "4 people", volunteered=True),)), id="9000")
    stage.pace()
    stage.sent()
    four_hundred = replace(WANTS_IT, slots=(count(400, "400 people", volunteered=True),))
    stage.edits(first, "@acme seats for 400 people", four_hundred)
    assert [line.words for line in stage.conversation.dialog.receipt] == ["400 people"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("phrase", "said", "clause"),
    [
        ("excel", "pricing? about 25 of us, all in excel", "all in excel"),
        ("google sheets", "we use Google Sheets @acme", "we use Google Sheets"),
        ("a spreadsheet", "hi! it is all spreadsheets. how much?", "it is all spreadsheets"),
        ("just me", "only 1.5 of us - just me really", "just me really"),
        ("excel", "nothing of that kind", "nothing of that kind"),
    ],
)
def test_the_clause_that_holds_a_phrase_is_found(phrase: str, said: str, clause: str) -> None:
    assert quoting.clause_with(phrase, said) == clause


def test_a_very_long_post_does_not_fill_the_desk() -> None:
    words = quoting.without_handles("@acme " + "lorem ipsum " * 2000)
    assert len(words) <= quoting.MOST
    assert words.startswith("lorem")
    assert words.endswith("…")


# ---------------------------------------------------------------- the card on the desk


def test_a_handoff_keeps_the_reason_it_was_made_for() -> None:
    stage = Stage()
    stage.turn("@acme can I talk to a human?", HUMAN_PLEASE)
    stage.answers("thanks", reads(Intent.PRAISE))
    assert stage.handoffs[-1].reason == "asked_for_human"
    warm = Stage()
    warm.to_consent()
    warm.answers("yes", reads(Intent.OTHER, yes_no("yes")))
    assert warm.handoffs[-1].reason == "handed_over"
    assert warm.handoffs[-1].consent is Consent.YES


def test_a_stop_takes_the_place_of_the_reason_of_a_handoff() -> None:
    stage = Stage()
    stage.to_consent()
    stage.answers("stop", STOP)
    assert stage.handoffs[-1].reason == "opt_out"


def test_asking_for_a_human_instead_of_consenting_is_answered_while_a_message_is_left() -> None:
    stage = Stage()
    reading = replace(WANTS_IT, slots=(count(40, "40 of us", volunteered=True),), echoes=(("excel", 1.0),))
    stage.turn("@acme 40 of us want it, all in excel", reading)
    stage.turn("now", SOON)
    assert stage.conversation.status is Status.AWAITING_CONSENT
    assert stage.answers("HUMAN", HUMAN_PLEASE).reason == "asked_for_human"
    stage.pace()
    assert "will write to you here" in stage.last_said
    assert stage.pushes == []
    assert stage.handoffs[-1].consent is Consent.UNCLEAR
    assert stage.handoffs[-1].reason == "handed_over"
    assert stage.handoffs[-1].question == "HUMAN"


def test_asking_for_a_human_instead_of_consenting_never_costs_a_fifth_message() -> None:
    stage = Stage()
    stage.to_consent()
    stage.answers("can I talk to a human?", HUMAN_PLEASE)
    stage.pace()
    assert len(stage.replies) == 4


# ---------------------------------------------------------------- other languages


def test_a_price_asked_in_a_language_the_reader_cannot_place_is_a_task() -> None:
    stage = Stage(deck(playbook()))
    told = stage.hears("@acme ¿cuánto cuesta para 20 personas?", reads(asks_price=True, is_question=True))
    assert told.reason == "price_for_human"
    assert stage.tasks == ["price_for_human"]
    assert stage.replies == []


# ---------------------------------------------------------------- after days


def test_a_dialog_that_reopens_after_days_says_again_that_a_bot_writes() -> None:
    stage = Stage()
    stage.turn("@acme we want to move our team to you", WANTS_IT)
    stage.later(timedelta(days=3))
    stage.tell(TimerFired("gives_up", stage.at))
    reply = stage.turn("40", forty())
    assert reply is not None
    assert "bot here" in reply.text
    assert "use for it today" in reply.text
    following = stage.turn("all in excel", EXCEL)
    assert following is not None
    assert "bot here" not in following.text


@pytest.mark.parametrize(
    "said", ["no", "nope", "nah too expensive", "not interested, thanks", "no thank you"]
)
def test_who_does_not_want_to_go_on_is_left_in_peace(said: str) -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn(said, reads(Intent.OTHER, yes_no("no", said)))
    assert stage.decisions[-1].reason == "declined"
    assert len(stage.replies) == 1
    assert stage.conversation.status is Status.IDLE
    assert stage.conversation.dialog is not None
    assert stage.conversation.dialog.ending == "declined"


@pytest.mark.parametrize("said", ["no idea", "no clue, sorry", "not sure", "no date yet"])
def test_who_does_not_know_is_asked_more_easily(said: str) -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn(said, reads(Intent.OTHER, yes_no("no", said)))
    assert stage.decisions[-2].reason == "asked_again"


@pytest.mark.parametrize(("said", "goes_on"), [("nope", True), ("no thanks, too expensive", False)])
def test_a_bare_no_may_answer_what_they_have_so_far(said: str, goes_on: bool) -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("40", forty())
    reply = stage.turn(said, reads(Intent.OTHER, yes_no("no", said)))
    assert (reply is not None) is goes_on


def test_a_no_with_a_number_is_an_answer() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("no, we are 40", reads(Intent.OTHER, count(40), yes_no("no", "no, we are 40")))
    assert stage.score == 30


def test_a_plain_no_is_no_complaint_however_it_reads() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("no", unsure(Intent.SUPPORT, 0.91, yes_no("no")))
    assert stage.decisions[-1].reason == "declined"
    assert stage.handoffs == []


def test_who_asks_something_else_and_whether_a_bot_writes_is_told_both() -> None:
    stage = Stage()
    stage.turn("@acme we want to move our team to you", WANTS_IT)
    stage.answers("does it do sso?", ASKS_SSO)
    stage.answers("and are you a bot?", reads(Intent.OTHER, is_question=True))
    stage.pace()
    assert stage.last_said.startswith("🤖")
    assert SSO_LINE in stage.last_said
    assert stage.handoffs == []


@pytest.mark.parametrize("said", ["are you a bot?", "Is this a real person?", "wait, am I talking to a bot"])
def test_who_asks_whether_a_bot_writes_is_told_so_and_asked_again(said: str) -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    reply = stage.turn(said, reads(Intent.SMALL_TALK, is_question=True))
    assert reply is not None
    assert reply.text.startswith(f"{BRAND.disclosures[0]}\nNo exact number needed")
    assert stage.turn("40", forty()) is not None
    assert stage.score == 30
    assert stage.handoffs == []


def test_who_asks_again_whether_a_bot_writes_gets_a_human() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    for _ in range(2):
        stage.turn("are you a bot?", reads(Intent.SMALL_TALK, is_question=True))
    assert "question_for_human" in [decision.reason for decision in stage.decisions]
    assert stage.handoffs[-1].question == "are you a bot?"
