"""How a dialog runs: what is asked, answered, passed over and judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from leadbot.flows import gate
from leadbot.flows.cards import Limits, OnlyIf
from leadbot.model import (
    Bucket,
    Consent,
    HandOff,
    Intent,
    LineKind,
    Mention,
    Mode,
    Status,
    TimerFired,
)
from tests.flows.factories import (
    ANN,
    ASKS_PRICE,
    ASKS_SSO,
    ASKS_UNKNOWN,
    BRAND,
    COMPLAINT,
    EXCEL,
    NOISE,
    NONSENSE,
    PLAN,
    PRICE_LINE,
    SSO_LINE,
    TEAM_SIZE,
    TIMING,
    TODAY,
    TYPED_ACME,
    WANTS_IT,
    YES,
    Stage,
    count,
    deck,
    forty,
    line,
    playbook,
    reads,
    timeframe,
)

EVERYTHING = (
    count(40, "about 40 of us", volunteered=True),
    timeframe(Bucket.NOW, "right now", volunteered=True),
)
TOLD_ALL = reads(Intent.PURCHASE_INTENT, *EVERYTHING, echoes=(("excel", 1.0),))
TOLD_ALL_AND_ASKED = replace(TOLD_ALL, intent=Intent.PRICING, asks_price=True, is_question=True)


def started(**changes: object) -> Stage:
    stage = Stage(deck(playbook(**changes)))
    stage.turn("@acme we want it", WANTS_IT)
    return stage


def test_a_whole_dialog_ends_at_a_rep_with_a_receipt() -> None:
    stage = Stage()
    stage.to_consent()
    assert [reply.kind for reply in stage.replies] == [
        LineKind.ASK,
        LineKind.ASK,
        LineKind.ASK,
        LineKind.HAND_OFF,
    ]
    handoff = stage.handoffs[-1]
    assert handoff.score == 65
    assert [(r.points, r.card, r.source.line, r.words) for r in handoff.receipt] == [
        (30, "team_size", 27, "40"),
        (20, "today", 33, "all in excel"),
        (15, "timing", 40, "right now"),
    ]
    assert (handoff.team, handoff.claim_within_s) == ("inside-sales", 1800.0)
    assert handoff.key == f"{stage.conversation.id}:handoff:1"
    stage.answers("yes", YES)
    assert [push.handoff_key for push in stage.pushes] == [handoff.key]


def test_the_first_post_says_what_speaks_and_no_other_does() -> None:
    stage = Stage()
    stage.to_consent()
    assert [reply.text.startswith("🤖 bot here") for reply in stage.replies] == [True, False, False, False]


def test_an_answer_and_the_first_question_share_a_post_if_they_fit() -> None:
    stage = Stage()
    reply = stage.turn("@acme pricing?", ASKS_PRICE)
    assert reply is not None
    assert reply.kind is LineKind.ANSWER_AND_ASK
    assert f"{PRICE_LINE} Happy to help, Ann!" in reply.text


def test_otherwise_the_answer_goes_alone_and_the_question_waits() -> None:
    stage = Stage(deck(playbook(limits=Limits(messages=4, characters=100))))
    reply = stage.turn("@acme pricing?", ASKS_PRICE)
    assert reply is not None
    assert (reply.kind, stage.conversation.dialog and stage.conversation.dialog.asked) == (
        LineKind.ANSWER,
        None,
    )
    next_reply = stage.turn("ok", NOISE)
    assert next_reply is not None
    assert next_reply.text == "Happy to help, Ann! How many of you?"


def test_two_questions_at_once_are_both_answered() -> None:
    stage = Stage(deck(playbook(limits=Limits(messages=4, characters=200))))
    reading = replace(ASKS_PRICE, echoes=ASKS_SSO.echoes)
    reply = stage.turn("@acme price? and does it do sso?", reading)
    assert reply is not None
    assert f"{PRICE_LINE} {SSO_LINE}" in reply.text


@pytest.mark.parametrize("intent", [Intent.PRICING, Intent.PRODUCT_QUESTION])
def test_a_question_we_cannot_answer_never_starts_a_dialog(intent: Intent) -> None:
    stage = Stage()
    stage.hears("@acme any student discount?", reads(intent, is_question=True))
    assert stage.pace().reason == "question_for_human"
    assert stage.replies == []
    assert stage.handoffs[-1].question == "@acme any student discount?"
    assert stage.conversation.status is Status.HANDED_OVER


def test_how_to_buy_needs_no_answer_first() -> None:
    stage = Stage()
    reply = stage.turn("@acme how do I sign up?", reads(Intent.PURCHASE_INTENT, is_question=True))
    assert reply is not None
    assert reply.kind is LineKind.ASK


def test_volunteered_answers_skip_their_cards() -> None:
    stage = Stage()
    reading = replace(ASKS_PRICE, slots=EVERYTHING[:1], echoes=(("excel", 1.0),))
    stage.turn("@acme pricing? about 40 of us, all in excel", reading)
    assert stage.score == 50
    assert stage.conversation.dialog is not None
    assert stage.conversation.dialog.asked == "timing"


def test_a_bare_number_before_any_question_answers_nothing() -> None:
    stage = Stage()
    stage.turn("@acme we want it. 40", reads(Intent.PURCHASE_INTENT, count(40)))
    assert stage.score == 0


def test_a_slot_answers_one_card_only() -> None:
    seats = replace(TEAM_SIZE, learn="offices")
    stage = started(cards=(TEAM_SIZE, seats, TIMING))
    stage.turn("40", reads(Intent.OTHER, count(40, volunteered=True)))
    assert stage.conversation.dialog is not None
    assert [answer.card for answer in stage.conversation.dialog.answers] == ["team_size"]
    assert stage.conversation.dialog.asked == "offices"


def test_what_came_before_our_question_is_no_answer_to_it() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT)
    stage.pace()
    stage.hears("@acme 40", forty())
    stage.sent()
    assert stage.pace().reason == "nothing_to_answer"
    assert stage.score == 0
    assert len(stage.replies) == 1


def test_unclear_is_said_once_then_the_card_is_passed() -> None:
    stage = started()
    first = stage.turn("dunno", NONSENSE)
    second = stage.turn("really dunno", NONSENSE)
    assert first is not None
    assert second is not None
    assert (first.kind, second.kind) == (LineKind.IF_UNCLEAR, LineKind.ASK)
    assert second.text == TODAY.ask.wordings[0]
    third = stage.turn("excel", EXCEL)
    assert third is not None
    assert third.kind is LineKind.ENDING  # 20 points, and the last message is kept


def test_a_card_without_if_unclear_is_passed_over() -> None:
    stage = started(cards=(replace(TEAM_SIZE, if_unclear=None), TODAY, TIMING))
    reply = stage.turn("dunno", NONSENSE)
    assert reply is not None
    assert reply.text == TODAY.ask.wordings[0]


def test_unclear_twice_with_nothing_left_to_ask_goes_to_a_human() -> None:
    stage = started(cards=(TEAM_SIZE,))
    stage.turn("dunno", NONSENSE)
    reply = stage.turn("still dunno", NONSENSE)
    assert reply is not None
    assert reply.kind is LineKind.HAND_OFF
    assert stage.handoffs[-1].reason == "unclear_for_human"
    assert stage.handoffs[-1].not_known == ("team_size",)


def test_anything_takes_an_answer_but_not_noise_or_a_question() -> None:
    stage = started()
    stage.turn("40", forty())
    stage.turn("👀", NOISE)
    assert stage.conversation.dialog is not None
    assert stage.conversation.dialog.passed == ("today",)
    other = started()
    other.turn("40", forty())
    other.turn("pigeons mostly", NONSENSE)
    assert other.score == 35


def test_a_question_back_with_an_answer_repeats_the_card() -> None:
    stage = started()
    reply = stage.turn("does it do SSO?", ASKS_SSO)
    assert reply is not None
    assert reply.kind is LineKind.ANSWER_AND_ASK
    assert reply.text == f"{SSO_LINE} Happy to help, Ann! How many of you?"
    assert stage.turn("40", forty()) is not None
    assert stage.score == 30


def test_a_question_back_that_does_not_fit_leaves_the_card_open_to_a_bare_answer() -> None:
    stage = Stage(deck(playbook(limits=Limits(messages=4, characters=80))))
    stage.turn("@acme we want it", WANTS_IT)
    long_answer = line("SSO is in every plan, and it works with all the big identity providers.", number=12)
    answers_first = tuple(
        replace(a, say=long_answer) if a.sounds_like else a for a in stage.deck.playbooks[0].answers_first
    )
    stage.deck = deck(replace(stage.deck.playbooks[0], answers_first=answers_first))
    reply = stage.turn("does it do SSO?", ASKS_SSO)
    assert reply is not None
    assert reply.kind is LineKind.ANSWER
    stage.turn("40", forty())
    assert stage.score == 30


def test_with_one_message_left_a_question_goes_to_a_human_even_if_it_has_an_answer() -> None:
    stage = started()
    stage.turn("dunno", NONSENSE)
    stage.turn("40", forty())
    reply = stage.turn("does it do SSO?", ASKS_SSO)
    assert reply is not None
    assert reply.kind is LineKind.HAND_OFF
    assert stage.handoffs[-1].question == "does it do SSO?"
    assert stage.handoffs[-1].reason == "question_for_human"


def test_a_doubt_is_not_a_question() -> None:
    stage = started()
    reply = stage.turn("40 I guess?", reads(Intent.OTHER, count(40), is_question=True))
    assert reply is not None
    assert reply.kind is LineKind.ASK
    assert stage.score == 30


def test_an_answer_with_a_question_keeps_the_answer_and_hands_over_the_question() -> None:
    stage = started()
    reading = replace(ASKS_UNKNOWN, slots=(count(40),))
    stage.turn("40, but does it float on water at all?", reading)
    assert stage.handoffs[-1].score == 30
    assert stage.handoffs[-1].reason == "question_for_human"


def test_everything_told_at_once_and_a_price_asked() -> None:
    stage = Stage()
    reply = stage.turn("@acme price? about 40 of us, right now, all in excel", TOLD_ALL_AND_ASKED)
    assert reply is not None
    assert reply.kind is LineKind.ANSWER
    assert stage.handoffs[-1].consent is Consent.NOT_ASKED
    assert stage.conversation.status is Status.OPEN
    assert stage.answers("yes", YES).reason == "pace"
    stage.pace()
    stage.sent()
    assert stage.replies[-1].kind is LineKind.HAND_OFF
    assert stage.pushes == []
    assert stage.handoffs[-1].consent is Consent.ASKED
    stage.answers("yes", YES)
    assert len(stage.pushes) == 1


def test_everything_told_at_once_without_a_question_asks_consent_at_once() -> None:
    stage = Stage()
    reply = stage.turn("@acme we want it for about 40 of us, right now, all in excel", TOLD_ALL)
    assert reply is not None
    assert reply.kind is LineKind.HAND_OFF
    assert stage.handoffs[-1].consent is Consent.ASKED


def test_silence_after_a_handoff_without_consent_leaves_it_on_the_desk() -> None:
    stage = Stage()
    stage.turn("@acme price? about 40 of us, right now, all in excel", TOLD_ALL_AND_ASKED)
    stage.later(timedelta(days=3))
    assert stage.tell(TimerFired("gives_up", stage.at)).reason == "faded"
    assert stage.conversation.status is Status.HANDED_OVER


def test_an_answer_that_closes_ends_the_dialog_at_once() -> None:
    stage = started()
    reply = stage.turn("just me", reads(Intent.OTHER, count(1, "just me")))
    assert reply is not None
    assert (reply.kind, reply.text) == (LineKind.ENDING, "The free plan should do it for now.")
    assert stage.conversation.dialog is not None
    assert stage.conversation.dialog.ending == "kind_close"
    assert stage.conversation.status is Status.IDLE
    assert stage.handoffs == []


def test_a_price_and_just_me_are_answered_and_closed_in_one_post() -> None:
    stage = Stage()
    reading = replace(ASKS_PRICE, slots=(count(1, "just me", volunteered=True),))
    reply = stage.turn("@acme price for just me?", reading)
    assert reply is not None
    assert reply.text.endswith(f"{PRICE_LINE} The free plan should do it for now.")
    assert stage.conversation.status is Status.IDLE


def test_too_few_points_end_kindly() -> None:
    stage = started()
    stage.turn("5", reads(Intent.OTHER, count(5)))
    stage.turn("pigeons", NONSENSE)
    reply = stage.turn("some day", reads(Intent.OTHER, timeframe(Bucket.LATER)))
    assert reply is not None
    assert reply.kind is LineKind.ENDING
    assert stage.handoffs == []


def test_an_ending_that_says_nothing_is_silent() -> None:
    silent = {**playbook().endings, "kind_close": replace(playbook().endings["kind_close"], say=None)}
    stage = started(endings=silent)
    assert stage.turn("just me", reads(Intent.OTHER, count(1, "just me"))) is None
    assert stage.conversation.status is Status.IDLE


def test_a_card_with_only_if_is_asked_of_those_it_is_for() -> None:
    only_many = replace(TODAY, only_if=(OnlyIf("team_size", frozenset({"many"})),))
    few = started(cards=(TEAM_SIZE, only_many, TIMING))
    reply = few.turn("5", reads(Intent.OTHER, count(5)))
    assert reply is not None
    assert reply.text == TIMING.ask.wordings[0]
    many = started(cards=(TEAM_SIZE, only_many, TIMING))
    reply = many.turn("40", forty())
    assert reply is not None
    assert reply.text == TODAY.ask.wordings[0]


def test_who_returns_is_not_asked_again() -> None:
    stage = Stage()
    stage.to_consent()
    stage.tell_outcome()
    stage.later(timedelta(days=20))
    reply = stage.turn("@acme we want it after all", WANTS_IT)
    assert reply is not None
    assert reply.kind is LineKind.HAND_OFF
    assert stage.handoffs[-1].score == 65
    assert stage.handoffs[-1].key.endswith(":handoff:2")


def test_what_they_said_is_forgotten_a_month_after_the_last_contact() -> None:
    stage = Stage()
    stage.to_consent()
    stage.tell_outcome()
    stage.later(timedelta(days=31))
    reply = stage.turn("@acme we want it after all", WANTS_IT)
    assert reply is not None
    assert reply.kind is LineKind.ASK
    assert stage.conversation.known == ()


def test_a_complaint_in_mid_dialog_goes_to_a_human_without_a_pitch() -> None:
    stage = started()
    said = len(stage.replies)
    assert stage.turn("my login is broken", COMPLAINT) is None
    assert stage.handoffs[-1].reason == "support_for_human"
    assert len(stage.replies) == said


def test_an_answer_that_sounds_like_a_complaint_is_an_answer() -> None:
    stage = started()
    stage.turn("40", forty())
    stage.turn("honestly a mess", reads(Intent.SUPPORT, echoes=(("honestly a mess", 1.0),)))
    assert stage.score == 50


def test_abuse_in_mid_dialog_pauses_and_asks_a_human() -> None:
    stage = started()
    assert stage.turn("scum, all of you", reads(Intent.ABUSE)) is None
    assert stage.tasks == ["abuse"]
    assert stage.conversation.status is Status.PAUSED


@pytest.mark.parametrize(
    "person",
    [replace(ANN, is_protected=True), replace(ANN, tweet_count=1, followers_count=0)],
)
def test_a_thin_or_protected_profile_gets_its_answer_and_no_questions(person: object) -> None:
    stage = Stage(person=person)  # type: ignore[arg-type]
    reply = stage.turn("@acme pricing?", ASKS_PRICE)
    assert reply is not None
    assert reply.kind is LineKind.ANSWER
    assert "?" not in reply.text
    assert stage.conversation.status is Status.IDLE
    silent = Stage(person=person)  # type: ignore[arg-type]
    assert silent.turn("@acme we want it", WANTS_IT) is None
    assert silent.tasks == ["thin_profile"]


def test_two_people_running_never_get_the_same_wording_when_there_is_a_choice() -> None:
    card = replace(TEAM_SIZE, ask=line("How many of you?", "How big is the team?", "How many seats?"))
    using = deck(playbook(cards=(card,)))
    lately: list[str] = []
    for number in range(3):
        stage = Stage(using, person=replace(ANN, id=str(number)), recent_texts=tuple(lately))  # type: ignore[arg-type]
        reply = stage.turn("@acme we want it", WANTS_IT)
        assert reply is not None
        assert gate.normalise(reply.text) not in lately
        lately.append(gate.normalise(reply.text))
    fourth = Stage(using, person=replace(ANN, id="4"), recent_texts=lately)  # type: ignore[arg-type]
    assert fourth.turn("@acme we want it", WANTS_IT) is not None  # a preference, not a ban


def test_a_line_that_fits_in_no_wording_becomes_a_task() -> None:
    stage = Stage(deck(playbook(limits=Limits(messages=4, characters=20))))
    stage.turn("@acme we want it", WANTS_IT)
    assert stage.replies == []
    assert stage.tasks == ["line_too_long"]
    assert stage.conversation.status is Status.PAUSED


def test_a_watching_bot_shows_what_it_would_have_said() -> None:
    stage = Stage(deck(brand=replace(BRAND, mode=Mode.WATCH)))
    stage.turn("@acme we want it", WANTS_IT)
    assert stage.replies == []
    assert stage.tasks == ["would_have_replied"]
    assert (stage.conversation.status, stage.conversation.dialogs) == (Status.IDLE, 0)


def test_a_post_that_waited_too_long_is_for_a_human() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT)
    stage.later(timedelta(hours=13))
    assert stage.pace().reason == "held_by_gate"
    assert stage.tasks == ["reply_held"]
    assert stage.conversation.status is Status.PAUSED


def test_quiet_hours_hold_a_reply_but_do_not_lose_it() -> None:
    stage = Stage(deck(brand=replace(BRAND, quiet_hours=(10 * 60, 14 * 60))))
    assert stage.turn("@acme we want it", WANTS_IT) is not None


def test_bystanders_are_not_mentioned() -> None:
    stage = Stage()
    stage.hears("@acme @bob we want it", WANTS_IT, mentions=(TYPED_ACME, Mention("8", "bob", typed=True)))
    stage.pace()
    assert stage.replies[0].exclude == ("8",)


def test_a_notice_goes_out_once_a_handoff() -> None:
    stage = Stage()
    stage.to_consent()
    stage.answers("yes", YES)
    stage.answers("and when?", reads(is_question=True))
    assert len([e for e in stage.effects if type(e).__name__ == "Notify"]) == 1
    assert len(stage.all(HandOff)) >= 3


def test_the_rep_is_always_the_same_for_the_same_person() -> None:
    reps = {Stage(person=replace(ANN, id=str(n))).rep_after_consent() for n in range(20)}  # type: ignore[arg-type]
    assert reps == {"Mia Winter", "Leo Sand"}
    assert Stage().rep_after_consent() == Stage().rep_after_consent()


def test_hand_off_lines_work_with_messages_to_spare() -> None:
    stage = Stage(deck(playbook(cards=(TEAM_SIZE,), hand_off=replace(PLAN, at_points=30))))
    stage.turn("@acme we want it", WANTS_IT)
    reply = stage.turn("40", forty())
    assert reply is not None
    assert reply.kind is LineKind.HAND_OFF
