"""What happens to a post the moment it is heard, before any words are chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from leadbot.flows import summons
from leadbot.model import (
    Consent,
    Intent,
    LineKind,
    Mention,
    OptOut,
    Owner,
    PostId,
    Reading,
    Status,
)
from tests.flows.factories import (
    ACME,
    ANN,
    ASKS_PRICE,
    ASKS_UNKNOWN,
    AUTO_ACME,
    BRAND,
    COMPLAINT,
    FRIEND,
    HELLO,
    HUMAN_PLEASE,
    NONSENSE,
    STOP,
    TYPED_ACME,
    WANTS_IT,
    YES,
    Stage,
    deck,
    forty,
    playbook,
    post,
    reads,
)

FRIEND_TYPED = Mention(FRIEND, "friend", typed=True)
FRIEND_AUTO = Mention(FRIEND, "friend", typed=False)


@pytest.mark.parametrize(
    ("reading", "reason", "tasks"),
    [
        (reads(), "peace", []),
        (reads(Intent.ABUSE), "peace", []),
        (reads(Intent.SPAM_PROMO), "peace", []),
        (COMPLAINT, "support", ["support"]),
        (reads(Intent.BUSINESS), "business", ["business"]),
        (reads(Intent.PURCHASE_INTENT, warmth=0.5), "not_warm_enough", []),
        (reads(Intent.SUPPORT, asks_for_human=True), "support", ["support"]),
    ],
)
def test_what_is_no_lead_is_left_in_peace_or_given_to_a_human(
    reading: Reading, reason: str, tasks: list[str]
) -> None:
    stage = Stage()
    assert stage.hears("@acme something", reading).reason == reason
    assert stage.tasks == tasks
    assert stage.timers == []
    assert stage.conversation.dialog is None


def test_complaints_of_one_day_are_one_task() -> None:
    stage = Stage()
    one = stage.hears("@acme broken", COMPLAINT).effects[0]
    two = stage.hears("@acme still broken", COMPLAINT).effects[0]
    stage.later(timedelta(days=1))
    three = stage.hears("@acme still!", COMPLAINT).effects[0]
    keys = [effect.key for effect in (one, two, three) if hasattr(effect, "key")]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"by": replace(ANN, is_automated=True)}, "automated_account"),
        ({"is_repost": True}, "repost"),
    ],
)
def test_bots_and_reposts_are_ignored(change: dict[str, object], reason: str) -> None:
    stage = Stage(person=change.pop("by", ANN))  # type: ignore[arg-type]
    assert stage.hears("@acme we want it", WANTS_IT, **change).reason == reason
    assert stage.effects == []


def test_a_post_heard_twice_counts_once() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT, id="5")
    assert stage.hears("@acme we want it", WANTS_IT, id="5").reason == "heard_already"
    stage.pace()
    assert stage.hears("@acme we want it", WANTS_IT, id="5").reason == "heard_already"
    assert len(stage.replies) == 1


def test_small_talk_is_given_back_once() -> None:
    stage = Stage()
    reply = stage.turn("@acme good morning", HELLO)
    assert reply is not None
    assert reply.kind is LineKind.SMALL_TALK
    assert reply.text.endswith("☕ Right back at you!")
    assert reply.text.startswith("🤖")
    assert stage.hears("@acme and to you", HELLO).reason == "small_talk_cooldown"
    stage.later(timedelta(days=1))
    assert stage.hears("@acme good morning", HELLO).reason == "pace"


def test_small_talk_without_lines_is_left_in_peace() -> None:
    stage = Stage(deck(playbook(small_talk=())))
    assert stage.hears("@acme good morning", HELLO).reason == "peace"


def test_thanks_after_a_dialog_are_not_answered() -> None:
    stage = Stage()
    stage.to_consent()
    stage.answers("yes", YES)
    assert stage.answers("thanks!", reads(Intent.PRAISE)).reason == "human_has_it"


def test_a_lead_that_x_does_not_let_us_answer_is_a_task() -> None:
    stage = Stage()
    told = stage.hears("we want it", WANTS_IT, under="77", mentions=())
    assert told.reason == "lead_not_summoned"
    assert stage.tasks == ["lead_not_summoned"]
    assert stage.hears("lol", NONSENSE, under="77", mentions=()).reason == "not_summoned"


def test_an_answer_that_x_does_not_let_us_answer_goes_to_a_human_with_what_it_says() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    assert stage.answers("40", forty(), mentions=()).reason == "not_summoned_for_human"
    assert stage.handoffs[-1].score == 30
    assert len(stage.replies) == 1


def test_friends_who_copy_us_in_are_left_alone() -> None:
    stage = Stage()
    chat = {"under": "77", "reply_to_user": FRIEND, "mentions": (FRIEND_AUTO, AUTO_ACME)}
    assert stage.hears("we should buy that", WANTS_IT, **chat).reason == "not_addressed"
    assert stage.effects == []


def test_a_friend_named_first_is_the_one_spoken_to() -> None:
    stage = Stage()
    told = stage.hears("@friend look at @acme prices?", ASKS_PRICE, mentions=(FRIEND_TYPED, TYPED_ACME))
    assert told.reason == "lead_not_addressed"


def test_asking_for_a_human_in_mid_dialog_hands_over_at_once_with_what_is_known() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    told = stage.answers("40. can a human call me?", replace(HUMAN_PLEASE, slots=forty().slots))
    assert told.reason == "asked_for_human"
    assert stage.handoffs[-1].score == 30
    assert stage.handoffs[-1].consent is Consent.NOT_ASKED
    stage.pace()
    assert "will write to you here" in stage.last_said
    stage.sent()
    assert stage.conversation.status is Status.HANDED_OVER


def test_call_me_about_sixty_seats_is_a_lead_and_a_call_for_a_human() -> None:
    stage = Stage()
    reading = replace(WANTS_IT, asks_for_human=True)
    assert stage.hears("@acme call me about 60 seats", reading).reason == "asked_for_human"


def test_who_once_asked_for_a_human_meets_no_bot_again() -> None:
    stage = Stage()
    stage.turn("@acme a human please", HUMAN_PLEASE)
    stage.tell_outcome()
    stage.later(timedelta(days=60))
    assert stage.hears("@acme we want more", WANTS_IT).reason == "wants_no_bot"
    assert len(stage.replies) == 1


def test_a_human_is_called_even_without_a_playbook() -> None:
    stage = Stage(replace(deck(), playbooks=()))
    assert stage.hears("@acme a human please", HUMAN_PLEASE).reason == "asked_for_human"
    assert stage.handoffs[-1].team == "inside-sales"
    assert stage.handoffs[-1].key.endswith(f":handoff:0:{stage.handoffs[-1].last_post_id}")
    assert stage.hears("@acme price?", ASKS_PRICE).reason == "human_has_it"
    assert len({handoff.key for handoff in stage.handoffs}) == 1


def test_a_brand_without_teams_still_hands_over() -> None:
    stage = Stage(deck(brand=replace(BRAND, teams=())))
    stage.to_consent()
    assert stage.last_said == "OK if I pass this to someone, who will write to you?"
    assert stage.handoffs[-1].team == "inside-sales"


def test_a_question_while_a_human_has_it_is_shown_to_them() -> None:
    stage = Stage()
    stage.to_consent()
    stage.answers("yes", YES)
    stage.answers("does it float?", ASKS_UNKNOWN)
    assert stage.handoffs[-1].question == "does it float?"
    assert len(stage.replies) == 4


def test_yes_before_the_question_is_out_is_no_consent() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("40", forty())
    stage.turn("excel", reads(echoes=(("excel", 1.0),)))
    stage.answers("now", reads(slots=()))
    stage.pace()  # unclear, and the last message is kept for the line that asks consent
    assert stage.replies[-1].kind is LineKind.HAND_OFF
    stage.hears("@acme yes", YES)
    stage.sent()
    assert stage.pushes == []
    assert stage.conversation.status is Status.AWAITING_CONSENT
    stage.answers("yes", YES)
    assert len(stage.pushes) == 1


def test_a_classifier_alone_suppresses_nobody() -> None:
    stage = Stage()
    assert stage.hears("@acme ugh", reads(Intent.OPT_OUT)).reason == "opt_out_unclear"
    assert stage.suppressions == []


def test_stop_at_every_point_of_a_dialog_silences_the_bot() -> None:
    letters = ("lead", "forty", "excel", "soon")
    for turns in range(len(letters) + 1):
        stage = Stage()
        script = [
            ("@acme we want it", WANTS_IT),
            ("40", forty()),
            ("excel", reads(echoes=(("excel", 1.0),))),
            ("later", NONSENSE),
        ]
        for said, reading in script[:turns]:
            stage.turn(said, reading)
        (stage.answers if stage.last_post_id else stage.hears)("@acme stop", STOP)
        count = len(stage.replies)
        stage.turn("@acme we want it", WANTS_IT)
        assert len(stage.replies) == count
        assert stage.conversation.status is Status.OPTED_OUT
        assert len(stage.suppressions) == 1


def test_start_from_somebody_who_never_stopped_is_an_ordinary_word() -> None:
    stage = Stage()
    assert stage.hears("@acme start", reads(opt_out=OptOut.START)).reason == "peace"


def test_a_further_post_does_not_move_the_timer() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT)
    due_at = stage.conversation.wake_at
    for _ in range(5):
        assert stage.hears("@acme and also", NONSENSE).reason == "gathered"
    assert stage.conversation.wake_at == due_at


def test_without_a_pace_the_words_are_due_at_once() -> None:
    stage = Stage(deck(brand=replace(BRAND, pace_s=(0.0, 0.0))))
    stage.hears("@acme we want it", WANTS_IT)
    assert stage.timers[-1].due_at == stage.at


@pytest.mark.parametrize(
    ("changes", "starts", "continues"),
    [
        ({}, True, True),
        ({"under": "900"}, True, True),
        ({"under": "900", "mentions": ()}, False, False),
        ({"under": "77", "reply_to_user": FRIEND, "mentions": (FRIEND_AUTO, AUTO_ACME)}, False, False),
        ({"under": "77", "reply_to_user": FRIEND, "mentions": (FRIEND_AUTO, TYPED_ACME)}, True, True),
        ({"mentions": (), "quotes": PostId("900")}, True, True),
        ({"mentions": (FRIEND_TYPED,)}, False, False),
    ],
)
def test_who_summons_us_to_start_and_to_continue(
    changes: dict[str, object], starts: bool, continues: bool
) -> None:
    heard = post("something", **changes)  # type: ignore[arg-type]
    ours = frozenset({PostId("900")})
    assert summons.is_summons(heard, ACME, ours, is_continuing=False) is starts
    assert summons.is_summons(heard, ACME, ours, is_continuing=True) is continues


def test_who_writes_during_a_pause_is_shown_to_a_human() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.answers("oh stop it", reads(opt_out=OptOut.UNCLEAR))
    assert stage.answers("40", forty()).reason == "paused"
    assert stage.tasks == ["opt_out_unclear", "paused_person_wrote"]


def test_a_stop_takes_the_conversation_from_the_bot_while_a_reply_is_on_its_way() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT)
    stage.pace()
    stage.hears("@acme stop", STOP)
    assert stage.conversation.owner is Owner.HUMAN  # the gate drops the reply even before the list is written
    stage.refused("bot_owns")
    assert stage.tasks == []
    assert stage.conversation.status is Status.OPTED_OUT


def test_a_waiting_post_edited_to_stop_is_an_opt_out() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT)
    first = stage.conversation.waiting[0].post
    assert stage.edits(first, "@acme stop", STOP).reason == "opt_out"
    assert stage.conversation.waiting == ()
