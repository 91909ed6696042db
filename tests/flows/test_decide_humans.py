"""Humans, edits, deletions, and what became of a reply."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from leadbot.model import (
    CancelTimer,
    Consent,
    Intent,
    Mode,
    OptOutRequested,
    Owner,
    PersonGone,
    Post,
    PostEdited,
    PostId,
    ReleasedToBot,
    ReplyRefused,
    RepReplied,
    Status,
    TakenOver,
    TimerFired,
)
from tests.flows.factories import (
    ASKS_PRICE,
    ASKS_UNKNOWN,
    BRAND,
    EXCEL,
    HELLO,
    HUMAN_PLEASE,
    NO,
    NONSENSE,
    SOON,
    STOP,
    TO_SAME_REP,
    WANTS_IT,
    YES,
    Stage,
    count,
    deck,
    edit_of,
    forty,
    playbook,
    post,
    reads,
)


def started() -> Stage:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    return stage


def test_a_take_over_puts_the_story_on_the_desk_and_silences_the_bot() -> None:
    stage = started()
    stage.turn("40", forty())
    stage.answers("excel", EXCEL)
    stage.tell(TakenOver("Leo Sand", stage.at))
    assert (stage.conversation.status, stage.conversation.owner) == (Status.HANDED_OVER, Owner.HUMAN)
    assert stage.handoffs[-1].question == "excel"
    assert stage.handoffs[-1].score == 30
    assert CancelTimer("pace") in stage.effects
    said = len(stage.replies)
    stage.turn("hello?", NONSENSE)
    assert len(stage.replies) == said
    assert stage.conversation.last_rep == "Leo Sand"


def test_a_native_answer_takes_over_without_naming_a_rep() -> None:
    stage = started()
    stage.tell(TakenOver("native", stage.at))
    assert stage.conversation.last_rep is None


def test_after_a_release_a_new_dialog_may_begin_and_nothing_is_asked_twice() -> None:
    stage = Stage(deck(playbook(unless=(TO_SAME_REP,))))
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("40", forty())
    stage.tell(RepReplied("Leo Sand", PostId("5"), stage.at))
    stage.tell(ReleasedToBot("Leo Sand", stage.at))
    reply = stage.turn("@acme so what would it cost?", ASKS_PRICE)
    assert reply is not None
    assert stage.conversation.dialogs == 2
    assert stage.conversation.dialog is not None
    assert stage.conversation.dialog.asked == "today"


def test_a_release_of_what_the_bot_has_changes_nothing() -> None:
    stage = started()
    assert stage.tell(ReleasedToBot("Leo Sand", stage.at)).reason == "nothing_to_do"
    assert stage.conversation.status is Status.OPEN


def test_a_closed_handoff_stays_with_the_human_who_took_it() -> None:
    stage = Stage()
    stage.to_consent()
    stage.tell(TakenOver("Mia Winter", stage.at))
    stage.tell_outcome("won")
    stage.later(timedelta(days=90))
    assert stage.hears("@acme 50 more seats?", ASKS_PRICE).reason == "human_has_it"
    assert stage.handoffs[-1].rep == "Mia Winter"
    assert stage.handoffs[-1].key.split(":handoff:")[1].startswith("0:")
    assert len(stage.replies) == 4


def test_a_closed_handoff_nobody_took_frees_the_conversation() -> None:
    stage = Stage()
    stage.to_consent()
    stage.answers("yes", YES)
    stage.tell_outcome("won")
    assert stage.conversation.status is Status.IDLE
    assert stage.conversation.on_desk is None


def test_an_operator_can_stop_everything() -> None:
    stage = started()
    stage.answers("40", forty())
    assert stage.tell(OptOutRequested(stage.at, "Mia Winter")).reason == "opt_out_requested"
    assert stage.tell(OptOutRequested(stage.at, "Mia Winter")).reason == "opted_out"
    assert len(stage.suppressions) == 1
    assert stage.conversation.waiting == ()


def test_a_stop_closes_the_card_on_the_desk() -> None:
    stage = Stage()
    stage.to_consent()
    stage.answers("stop", STOP)
    assert stage.handoffs[-1].consent is Consent.NO
    assert stage.handoffs[-1].reason == "opt_out"
    assert stage.conversation.on_desk is None


@pytest.mark.parametrize("knows_something", [True, False])
def test_a_refused_reply_is_a_task_with_its_draft_and_ends_the_bots_words(knows_something: bool) -> None:
    stage = started()
    if knows_something:
        stage.turn("40", forty())
    stage.answers("excel", EXCEL if knows_something else NONSENSE)
    stage.pace()
    draft = stage.last_said
    stage.refused("not_summoned")
    assert stage.tasks == ["reply_refused"]
    assert [task.draft for task in stage.effects if hasattr(task, "draft")] == [draft]
    expected = Status.HANDED_OVER if knows_something else Status.PAUSED
    assert stage.conversation.status is expected
    said = len(stage.replies)
    stage.turn("well?", WANTS_IT)
    assert len(stage.replies) == said


def test_a_refused_hand_off_line_asked_nothing() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("40", forty())
    stage.turn("excel", EXCEL)
    stage.answers("dunno", NONSENSE)
    stage.pace()
    stage.refused("duplicate")
    assert stage.handoffs[-1].consent is Consent.NOT_ASKED
    assert stage.conversation.status is Status.HANDED_OVER
    stage.hears("@acme yes", YES)
    assert stage.pushes == []


def test_a_refused_nicety_pauses_nobody() -> None:
    stage = Stage()
    stage.hears("@acme good morning", HELLO)
    stage.pace()
    stage.refused("duplicate")
    assert stage.conversation.status is Status.IDLE
    stage.later(timedelta(days=2))
    assert stage.turn("@acme we want it", WANTS_IT) is not None


def test_a_reply_to_a_deleted_post_gives_its_turn_back() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT, id="41")
    stage.pace()
    stage.deletes(PostId("41"))
    stage.refused("parent_gone")
    assert stage.conversation.status is Status.IDLE
    assert stage.conversation.in_flight is None
    assert stage.tasks == []
    assert "we want it" not in repr(stage.conversation)
    reply = stage.turn("@acme we do want it", WANTS_IT)
    assert reply is not None
    assert reply.message == 1


def test_a_deleted_post_that_waits_is_not_answered() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT, id="41")
    stage.deletes(PostId("41"))
    assert stage.conversation.wake_at is None
    assert stage.pace().effects == ()
    assert stage.replies == []


def test_an_older_version_that_comes_late_changes_nothing_but_a_stop_in_it_counts() -> None:
    stage = Stage()
    stage.hears("@acme for 4?", WANTS_IT, id="41")
    first = stage.conversation.waiting[0].post
    older = edit_of(first, "@acme for 40?", at=stage.at + timedelta(seconds=1))
    newest = edit_of(older, "@acme for 400?", at=stage.at + timedelta(seconds=2))
    stage.tell(PostEdited(newest, stage.person, WANTS_IT, stage.at))
    late = stage.tell(PostEdited(older, stage.person, WANTS_IT, stage.at))
    assert late.reason == "heard_already"
    assert [heard.post.said for heard in stage.conversation.waiting] == ["@acme for 400?"]
    assert stage.tell(PostEdited(older, stage.person, STOP, stage.at)).reason == "opt_out"


def test_a_deleted_version_takes_the_whole_post_away() -> None:
    stage = started()
    stage.answers("4", reads(Intent.OTHER, count(4)))
    first = stage.conversation.waiting[0].post
    stage.pace()
    stage.sent()
    stage.edits(first, "four hundred", reads(Intent.OTHER, count(400, "four hundred")))
    assert "four hundred" in repr(stage.conversation.dialog)
    stage.deletes(stage.conversation.edited[-1][0])
    assert "four hundred" not in repr(stage.conversation)


def test_a_deleted_question_leaves_the_card_on_the_desk() -> None:
    stage = started()
    stage.answers("does it float?", ASKS_UNKNOWN, id="4242")
    stage.pace()
    stage.sent()
    stage.tell(TakenOver("Mia Winter", stage.at))
    stage.answers("lol", NONSENSE)
    assert stage.handoffs[-1].question == "does it float?"
    stage.deletes(PostId("4242"))
    assert stage.handoffs[-1].question == ""
    assert "does it float?" not in repr(stage.conversation)


def test_news_of_an_unknown_reply_changes_nothing() -> None:
    stage = started()
    before = stage.conversation
    assert stage.tell(ReplyRefused("no:such:key", "late", stage.at)).reason == "reply_unknown"
    assert stage.sent_again("no:such:key").reason == "reply_unknown"
    assert stage.conversation == before


def test_silence_ends_a_dialog_without_words() -> None:
    stage = started()
    said = len(stage.replies)
    stage.later(timedelta(days=1))
    early = stage.tell(TimerFired("gives_up", stage.at))
    assert early.reason == "nothing_to_do"
    assert early.effects  # the timer is set again: an open dialog is never forgotten
    stage.later(timedelta(days=2))
    assert stage.tell(TimerFired("gives_up", stage.at)).reason == "faded"
    assert len(stage.replies) == said
    assert stage.conversation.dialog is not None
    assert stage.conversation.dialog.ending == "silence"


def test_an_edit_of_a_post_left_in_peace_may_still_start_a_dialog() -> None:
    stage = Stage()
    stage.hears("@acme hm", NONSENSE, id="41")
    first = first_post(stage)
    assert stage.edits(first, "@acme pricing?", ASKS_PRICE).reason == "pace"
    stage.pace()
    assert [reply.key.split(":reply:")[1] for reply in stage.replies] == ["41"]


def first_post(stage: Stage) -> Post:
    return post("@acme hm", at=stage.at, id="41")


def test_an_edit_that_asks_for_a_human_before_the_answer_calls_one() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT)
    first = stage.conversation.waiting[0].post
    assert stage.edits(first, "@acme a human please", HUMAN_PLEASE).reason == "asked_for_human"
    stage.pace()
    assert len(stage.replies) == 1
    assert "will write to you here" in stage.last_said


def test_an_edit_can_take_an_answer_back() -> None:
    stage = started()
    stage.answers("4", reads(Intent.OTHER, count(4)))
    answer = stage.conversation.waiting[0].post
    stage.pace()
    stage.sent()
    stage.edits(answer, "nope", NONSENSE)
    assert stage.score == 0
    assert stage.conversation.known == ()


def test_an_edit_that_makes_a_cold_dialog_warm_calls_a_human() -> None:
    stage = started()
    stage.turn("5", reads(Intent.OTHER, count(5)))
    stage.answers("pigeons", NONSENSE)
    pigeons = stage.conversation.waiting[0].post
    stage.pace()
    stage.sent()
    stage.turn("soon", SOON)
    assert stage.conversation.status is Status.IDLE
    assert stage.score == 35
    stage.edits(pigeons, "excel", EXCEL)
    assert stage.score == 50
    assert stage.handoffs[-1].score == 50
    assert stage.conversation.status is Status.HANDED_OVER


@pytest.mark.parametrize(("second", "consent", "tasks"), [(NO, Consent.NO, 1), (YES, Consent.YES, 0)])
def test_an_edited_yes_is_no_yes(second: object, consent: Consent, tasks: int) -> None:
    stage = Stage()
    stage.to_consent()
    stage.answers("yes", YES, id="77777777777777")
    reply = replace(first_post(stage), id=PostId("77777777777777"), edit_history=(PostId("77777777777777"),))
    stage.edits(reply, "hm no", second)  # type: ignore[arg-type]
    assert stage.handoffs[-1].consent is consent
    assert stage.tasks.count("consent_withdrawn") == tasks


def test_a_draft_that_is_approved_and_sent_goes_on_like_any_other() -> None:
    stage = Stage(deck(brand=replace(BRAND, mode=Mode.DRAFT)))
    stage.turn("@acme we want it", WANTS_IT)
    assert stage.turn("40", forty()) is not None
    assert stage.score == 30


def test_an_account_that_is_away_ends_its_dialog_without_a_word_and_leaves_no_words() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("40", forty())
    stage.answers("all in excel", EXCEL)
    gone = stage.tell(PersonGone("protected", stage.at))
    assert gone.reason == "person_gone"
    assert gone.conversation.status is Status.IDLE
    assert gone.conversation.person is None
    assert gone.conversation.waiting == ()
    dialog = gone.conversation.dialog
    assert dialog is not None
    assert (dialog.ending, dialog.score) == ("person_gone", 30)
    assert {line.words for line in dialog.receipt} == {"[deleted]"}
    assert stage.tell(TimerFired("pace", stage.at)).effects == ()


def test_an_account_that_is_away_stays_with_the_human_who_has_it_and_stays_opted_out() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("does it float?", ASKS_UNKNOWN)
    assert stage.handoffs[-1].question == "does it float?"
    stage.tell(PersonGone("gone", stage.at))
    assert stage.conversation.status is Status.HANDED_OVER
    assert stage.handoffs[-1].question == ""
    stage.hears("@acme stop", STOP)
    stage.tell(PersonGone("gone", stage.at))
    assert stage.conversation.status is Status.OPTED_OUT


def test_a_human_who_answers_natively_while_a_post_waits_lays_a_card_down() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT)
    stage.tell(TakenOver("native", stage.at))
    assert [handoff.reason for handoff in stage.handoffs] == ["taken_over"]
    assert stage.conversation.talked_at == stage.at
    assert stage.tell(TimerFired("pace", stage.at)).effects == ()


def test_a_human_who_answers_chatter_natively_lays_no_card_down() -> None:
    stage = Stage()
    stage.hears("@acme what a day", NONSENSE)
    stage.tell(TakenOver("native", stage.at))
    assert stage.handoffs == []
    assert stage.conversation.owner is Owner.HUMAN


def test_a_reply_a_human_was_faster_with_is_nobodys_task() -> None:
    stage = Stage()
    stage.hears("@acme we want it", WANTS_IT)
    stage.pace()
    stage.tell(TakenOver("native", stage.at))
    stage.refused("foreign_post")
    assert stage.tasks == []
