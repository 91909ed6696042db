"""The scenarios that break naive bots, as far as the core and the gate decide them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from leadbot.flows import answers, calendar, gate
from leadbot.flows.cards import AnswerRule, Range
from leadbot.model import (
    Bucket,
    Consent,
    Hold,
    Intent,
    LineKind,
    Mention,
    Mode,
    OptOut,
    Owner,
    PostId,
    ReleasedToBot,
    SendReply,
    Status,
    TakenOver,
    Team,
    TimerFired,
)
from tests.flows.factories import (
    ACME,
    ASKS_PRICE,
    ASKS_UNKNOWN,
    AUTO_ACME,
    BRAND,
    EXCEL,
    FRIEND,
    GLOBEX,
    HUMAN_PLEASE,
    NO,
    PRICE_LINE,
    SOON,
    START,
    STOP,
    T0,
    TEAM_SIZE,
    TIMING,
    TO_SAME_REP,
    TYPED_ACME,
    WANTS_IT,
    YES,
    Stage,
    count,
    deck,
    forty,
    money,
    playbook,
    post,
    reads,
    timeframe,
    yes_no,
)
from tests.flows.test_gate import facts

FORTY_VOLUNTEERED = reads(Intent.OTHER, count(40, "about 40 of us", volunteered=True))


def test_scenario_01_two_top_level_posts_are_one_dialog() -> None:
    stage = Stage()
    stage.hears("@acme pricing?", ASKS_PRICE)
    stage.later(timedelta(seconds=4))
    second = stage.hears("@acme about 40 of us", FORTY_VOLUNTEERED)
    stage.pace()
    assert second.reason == "gathered"
    assert len(stage.replies) == 1
    assert stage.conversation.dialogs == 1
    assert stage.replies[0].in_reply_to == post("", at=stage.conversation.last_heard_at or T0).id
    assert stage.score == 30
    assert stage.conversation.dialog is not None
    assert stage.conversation.dialog.asked == "today"


def test_scenario_02_words_are_chosen_when_the_pace_is_over_not_before() -> None:
    stage = Stage()
    first = stage.hears("@acme pricing?", ASKS_PRICE)
    assert [type(effect).__name__ for effect in first.effects] == ["SetTimer"]
    due_at = stage.timers[0].due_at
    assert 20 <= (due_at - stage.at).total_seconds() <= 90
    stage.hears("@acme about 40 of us", FORTY_VOLUNTEERED)
    assert [timer.due_at for timer in stage.timers] == [due_at]
    assert stage.pace().reason == "started"


def test_scenario_03_an_answer_in_flight_stands_and_the_new_post_opens_the_next_turn() -> None:
    stage = Stage()
    stage.hears("@acme we want to move to you", WANTS_IT)
    stage.pace()
    assert stage.hears("@acme 40 of us", FORTY_VOLUNTEERED).reason == "reply_in_flight"
    assert stage.tell(TimerFired("pace", stage.at)).effects == ()
    stage.sent()
    assert stage.pace().reason == "asked"
    assert [reply.message for reply in stage.replies] == [1, 2]
    assert len({reply.in_reply_to for reply in stage.replies}) == 2


def test_scenario_04_an_edit_before_the_answer_is_read_instead() -> None:
    stage = Stage()
    stage.hears("@acme pricing for 4?", reads(Intent.PRICING, count(4, volunteered=True), asks_price=True))
    first = stage.conversation.waiting[0].post
    reading = reads(Intent.PRICING, count(400, volunteered=True), asks_price=True)
    edit = stage.edits(first, "@acme pricing for 400?", reading)
    assert edit.reason == "edit_waits"
    stage.pace()
    assert stage.conversation.dialog is not None
    assert [answer.answer for answer in stage.conversation.dialog.answers] == ["many"]
    assert stage.replies[0].key.endswith(first.id)
    assert stage.replies[0].in_reply_to != first.id  # under the newest version


def test_scenario_04_an_edit_after_the_answer_updates_the_receipt_and_says_nothing() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.answers("4", reads(Intent.OTHER, count(4)))
    answer = stage.conversation.waiting[0].post
    stage.pace()
    stage.sent()
    assert stage.score == 15
    edit = stage.edits(answer, "400", reads(Intent.OTHER, count(400)))
    assert edit.reason == "edit_updated"
    assert edit.effects == ()
    assert stage.score == 30
    assert stage.conversation.dialog is not None
    assert stage.conversation.dialog.receipt[0].words == "400"


def test_scenario_04_an_edit_of_what_was_handed_over_tells_the_desk() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.answers("4", reads(Intent.OTHER, count(4)))
    answer = stage.conversation.waiting[0].post
    stage.pace()
    stage.sent()
    stage.turn("excel", EXCEL)
    stage.turn("now", SOON)
    stage.edits(answer, "400", reads(Intent.OTHER, count(400)))
    assert [handoff.score for handoff in stage.handoffs] == [50, 65]
    assert len({handoff.key for handoff in stage.handoffs}) == 1


def test_scenario_04_an_edit_that_says_stop_is_an_opt_out() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    first = post("@acme we want it", at=T0 + timedelta(seconds=1))
    edit = stage.edits(first, "@acme stop", STOP)
    assert edit.reason == "opt_out"
    assert stage.conversation.status is Status.OPTED_OUT


def faded(stage: Stage) -> None:
    stage.turn("@acme we want it", WANTS_IT)
    stage.later(timedelta(days=2, seconds=1))
    assert stage.tell(TimerFired("gives_up", stage.at)).reason == "faded"


def test_scenario_05_a_late_answer_reopens_the_dialog_at_that_card() -> None:
    stage = Stage(deck(playbook(unless=(TO_SAME_REP,))))
    faded(stage)
    stage.later(timedelta(days=1))
    assert stage.answers("40", forty()).reason == "reopened"
    stage.pace()
    assert stage.conversation.dialogs == 1
    # After days a bot says again what it is.
    assert stage.last_said == f"{BRAND.disclosures[0]}\nThanks! What do you use for it today?"


def test_scenario_05_an_answer_after_thirty_days_goes_to_a_rep() -> None:
    stage = Stage()
    faded(stage)
    stage.later(timedelta(days=31))
    assert stage.answers("40", forty()).reason == "late_answer_for_human"
    assert stage.handoffs[-1].score == 30
    assert len(stage.replies) == 1


def test_scenario_05_a_late_answer_to_a_playbook_that_is_gone_goes_to_a_rep() -> None:
    stage = Stage()
    faded(stage)
    stage.deck = deck(playbook(version="another"))
    assert stage.answers("40", forty()).reason == "late_answer_for_human"


def test_scenario_06_a_returning_buyer_goes_to_the_rep_they_know_without_words() -> None:
    stage = Stage(deck(playbook(unless=(TO_SAME_REP,))))
    stage.to_consent()
    stage.answers("no thanks", NO)
    stage.conversation = replace(stage.conversation, last_rep="Leo Sand")
    stage.later(timedelta(days=10))
    said = len(stage.replies)
    assert stage.hears("@acme what about 10 more seats?", ASKS_PRICE).reason == "to_same_rep"
    assert stage.handoffs[-1].rep == "Leo Sand"
    assert stage.handoffs[-1].key.endswith(f":handoff:0:{stage.handoffs[-1].last_post_id}")
    assert stage.handoffs[-1].question == "@acme what about 10 more seats?"
    assert len(stage.replies) == said


def test_scenario_06_after_thirty_days_a_dialog_may_begin_again() -> None:
    stage = Stage(deck(playbook(unless=(TO_SAME_REP,))))
    stage.to_consent()
    stage.answers("no thanks", NO)
    stage.later(timedelta(days=31))
    assert stage.hears("@acme what about 10 more seats?", ASKS_PRICE).reason == "pace"


@pytest.mark.parametrize(
    ("low", "high", "answer"), [(5, 15, "a_few"), (11, None, "many"), (0, 5, None), (10, 10, "a_few")]
)
def test_scenario_07_the_lower_bound_decides(low: float, high: float | None, answer: str | None) -> None:
    slot = replace(count(low), high=high)
    said = answers.Said("x", reads(Intent.OTHER, slot), T0.date())
    match = answers.match(TEAM_SIZE, said, is_asked=True)
    assert (match.rule.name if match else None) == answer


BUDGET = replace(
    TEAM_SIZE,
    learn="budget",
    type=money(1, "1").type,
    answers=(
        AnswerRule("small", 5, 1, range=Range(0, 1000, False)),
        AnswerRule("big", 20, 2, range=Range(1000, None, False)),
    ),
    currency="USD",
    per="month",
)


@pytest.mark.parametrize(
    ("slot", "answer"),
    [
        (money(500, "500 euro a year", currency="EUR", per="year"), None),
        (money(500, "500", currency=None), "small"),
        (money(24000, "24k a year", currency="USD", per="year"), "big"),
        (money(300, "$300 a week", currency="USD", per="week"), "big"),
        (money(1000, "$1000", currency="USD", per="month"), "big"),
        (money(5000, "$5000 once", currency="USD", per="once"), None),
    ],
)
def test_scenario_08_money_is_converted_in_time_but_never_in_currency(
    slot: object, answer: str | None
) -> None:
    said = answers.Said("x", reads(Intent.OTHER, slot), T0.date())  # type: ignore[arg-type]
    match = answers.match(BUDGET, said, is_asked=True)
    assert (match.rule.name if match else None) == answer


def test_scenario_09_within_days_works_over_new_year() -> None:
    card = replace(TIMING, answers=(AnswerRule("near", 15, 1, within_days=90), *TIMING.answers))
    slot = timeframe(Bucket.LATER, "in January", from_on=date(2027, 1, 1), to_on=date(2027, 1, 31))
    said = answers.Said("in January", reads(Intent.OTHER, slot), date(2026, 12, 20))
    match = answers.match(card, said, is_asked=True)
    assert match is not None
    assert match.rule.name == "near"


def test_scenario_10_a_question_without_an_answer_goes_to_a_human_at_once() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.turn("40", forty())
    reply = stage.turn("does it do SSO over SAML with Okta?", ASKS_UNKNOWN)
    assert reply is not None
    assert reply.kind is LineKind.HAND_OFF
    assert stage.handoffs[-1].question == "does it do SSO over SAML with Okta?"
    assert stage.handoffs[-1].not_known == ("today", "timing")
    assert not [r for r in stage.replies if r.kind is LineKind.IF_UNCLEAR]


@pytest.mark.parametrize(
    ("said", "reading", "consent", "pushes"),
    [
        ("yes", YES, Consent.YES, 1),
        ("👍", reads(Intent.OTHER, yes_no("yes", "👍")), Consent.YES, 1),
        ("yes but not this week", reads(Intent.OTHER, yes_no("yes")), Consent.YES, 1),
        (
            "sure, what's it about?",
            reads(Intent.OTHER, yes_no("yes", "sure"), is_question=True),
            Consent.UNCLEAR,
            0,
        ),
        ("maybe", reads(Intent.OTHER, yes_no("maybe")), Consent.UNCLEAR, 0),
        ("👀", reads(is_noise=True), Consent.UNCLEAR, 0),
        ("no thanks", NO, Consent.NO, 0),
    ],
)
def test_scenario_11_only_a_clear_yes_releases_the_push(
    said: str, reading: object, consent: Consent, pushes: int
) -> None:
    stage = Stage()
    stage.to_consent()
    assert stage.conversation.status is Status.AWAITING_CONSENT
    stage.answers(said, reading)  # type: ignore[arg-type]
    assert stage.handoffs[-1].consent is consent
    assert stage.handoffs[-1].consent_words == said
    assert len(stage.pushes) == pushes
    assert len(stage.replies) == 4  # never a fifth message
    assert stage.conversation.status is (Status.IDLE if consent is Consent.NO else Status.HANDED_OVER)


def test_scenario_12_asking_for_a_human_is_no_consent_to_a_crm_record() -> None:
    stage = Stage()
    first = stage.hears("@acme can I talk to a human?", HUMAN_PLEASE)
    assert first.reason == "asked_for_human"
    assert stage.handoffs[-1].consent is Consent.NOT_ASKED
    stage.pace()
    assert "will write to you here." in stage.last_said
    assert "?" not in stage.last_said
    stage.sent()
    stage.answers("yes", YES)
    assert stage.pushes == []
    assert len(stage.replies) == 1


def test_scenario_13_a_withdrawn_playbook_ends_its_open_dialogs_at_a_human() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.answers("40", forty())
    stage.deck = deck(playbook(version="new"))
    assert stage.pace().reason == "playbook_withdrawn"
    assert stage.handoffs[-1].team == "inside-sales"
    assert len(stage.replies) == 1


def test_scenario_13_a_stored_version_finishes_its_dialog() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    old = stage.deck.playbooks[0]
    stage.deck = replace(deck(playbook(version="new")), versions={old.version: old})
    stage.answers("40", forty())
    assert stage.pace().reason == "asked"


BOTH = (TYPED_ACME, Mention(GLOBEX, "globex", typed=True))


def test_scenario_15_the_first_brand_typed_answers_and_the_other_asks_a_human() -> None:
    acme = Stage()
    acme.hears("@acme @globex which is cheaper?", ASKS_PRICE, mentions=BOTH)
    assert acme.conversation.waiting
    globex = Stage(deck(brand=replace(BRAND, id=GLOBEX, handle="globex")))
    told = globex.hears("@acme @globex which is cheaper?", ASKS_PRICE, mentions=BOTH)
    assert told.reason == "lead_not_addressed"
    assert globex.tasks == ["lead_not_addressed"]
    assert globex.conversation.dialog is None


def test_scenario_15_the_author_of_the_parent_comes_before_the_first_brand_typed() -> None:
    brands = (ACME, GLOBEX)
    acme = Stage(brands=brands)
    under = {"under": "77", "reply_to_user": GLOBEX, "mentions": BOTH}
    assert acme.hears("@acme is cheaper, no?", ASKS_PRICE, **under).reason == "lead_not_addressed"
    globex = Stage(deck(brand=replace(BRAND, id=GLOBEX, handle="globex")), brands=brands)
    assert globex.hears("@acme is cheaper, no?", ASKS_PRICE, **under).reason == "pace"


def test_scenario_16_stop_to_a_friend_pauses_and_asks_a_human() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    to_friend = {"under": "77", "reply_to_user": FRIEND, "mentions": (Mention(FRIEND, "f", False), AUTO_ACME)}
    assert stage.hears("stop", STOP, **to_friend).reason == "opt_out_unclear"
    assert stage.suppressions == []
    assert stage.conversation.status is Status.PAUSED
    assert stage.tasks == ["opt_out_unclear"]
    stage.answers("40", forty())
    stage.pace()
    assert len(stage.replies) == 1


def test_scenario_16_a_pause_that_was_nothing_goes_on_where_it_stood() -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    stage.answers("oh stop it", reads(opt_out=OptOut.UNCLEAR))
    stage.tell(ReleasedToBot("Mia Winter", stage.at))
    assert stage.turn("40", forty()) is not None
    assert stage.score == 30


@pytest.mark.parametrize("under_ours", [True, False])
def test_scenario_16_stop_said_to_us_is_final(under_ours: bool) -> None:
    stage = Stage()
    stage.turn("@acme we want it", WANTS_IT)
    told = stage.answers("stop", STOP) if under_ours else stage.hears("@acme stop", STOP)
    assert told.reason == "opt_out"
    assert [suppress.lifted for suppress in stage.suppressions] == [False]


def test_scenario_17_an_opted_out_person_who_comes_back_meets_a_human() -> None:
    stage = Stage()
    stage.hears("@acme stop", STOP)
    stage.later(timedelta(days=365))
    assert stage.hears("@acme need 50 seats", WANTS_IT).reason == "opted_out_person_wrote"
    assert stage.hears("@acme nice weather", reads(Intent.SMALL_TALK)).reason == "opted_out"
    assert stage.tasks == ["opted_out_person_wrote"]
    assert stage.replies == []
    stage.tell(ReleasedToBot("Mia Winter", stage.at))
    assert stage.conversation.status is Status.OPTED_OUT


def test_scenario_17_only_their_own_start_lifts_it() -> None:
    stage = Stage()
    stage.hears("@acme stop", STOP)
    assert stage.hears("@acme start", START).reason == "opt_out_lifted"
    assert [suppress.lifted for suppress in stage.suppressions] == [False, True]
    assert stage.turn("@acme need 50 seats", WANTS_IT) is not None


def test_scenario_18_a_rep_who_answers_by_hand_silences_the_reply_on_its_way() -> None:
    stage = Stage()
    stage.hears("@acme pricing?", ASKS_PRICE)
    stage.pace()
    stage.tell(TakenOver("native", stage.at))
    assert stage.conversation.owner is Owner.HUMAN
    verdict = gate.ask(facts(owner=Owner.HUMAN, at_send=True, token_account_id=ACME))
    assert (verdict.rule, verdict.hold) == ("bot_owns", Hold.DROP)
    seen_first = gate.ask(facts(has_foreign_post=True))
    assert (seen_first.rule, seen_first.hold) == ("foreign_post", Hold.DROP)
    assert stage.refused("foreign_post").conversation.in_flight is None
    assert stage.conversation.status is Status.HANDED_OVER


def test_scenario_19_our_own_post_is_no_post_of_theirs() -> None:
    stage = Stage()
    stage.person = replace(stage.person, id=ACME)  # type: ignore[arg-type]
    assert stage.hears("@acme OK if I pass this on?", YES).reason == "own_post"


def test_scenario_19_a_reply_found_on_the_timeline_later_is_only_written_down() -> None:
    stage = Stage()
    stage.hears("@acme pricing?", ASKS_PRICE)
    stage.pace()
    key = stage.conversation.in_flight or ""
    stage.refused("unknown")
    assert stage.sent_again(key).reason == "reply_sent"
    assert stage.conversation.said[-1].post_id is not None
    assert stage.conversation.said[-1].is_unsent is False


def test_scenario_20_the_budget_holds_starts_and_nothing_else() -> None:
    poor = facts(budget_left_usd=0.0, reserve_usd=0.06, zone="Europe/Berlin", too_late_s=86_400.0)
    assert gate.ask(poor).is_go
    start = gate.ask(replace(poor, starts_dialog=True))
    assert (start.rule, start.hold) == ("budget", Hold.WAIT)
    assert start.until == datetime(2026, 11, 26, tzinfo=UTC)  # X's day ends, not Berlin's
    late = gate.ask(replace(poor, starts_dialog=True, too_late_s=3600.0))
    assert late.hold is Hold.TASK


def test_scenario_20_a_start_reserves_the_whole_dialog_and_a_continuation_nothing() -> None:
    stage = Stage()
    stage.to_consent()
    starts = [(reply.starts_dialog, reply.reserve_usd > 0) for reply in stage.replies]
    assert starts == [(True, True), (False, False), (False, False), (False, False)]


def test_scenario_21_a_newer_post_supersedes_the_draft() -> None:
    stage = Stage(deck(brand=replace(BRAND, mode=Mode.DRAFT)))
    stage.hears("@acme pricing?", ASKS_PRICE)
    stage.pace()
    first = stage.replies[-1]
    stage.hears("@acme about 40 of us", FORTY_VOLUNTEERED)
    assert stage.refused("superseded").reason == "reply_superseded"
    stage.pace()
    fresh = stage.replies[-1]
    assert fresh.key != first.key
    assert fresh.message == 1
    assert PRICE_LINE in fresh.text
    assert "🤖 bot here" in fresh.text
    assert stage.score == 30
    assert stage.conversation.dialogs == 1


def test_scenario_21_an_edit_supersedes_the_draft_and_the_same_post_is_answered_afresh() -> None:
    stage = Stage(deck(brand=replace(BRAND, mode=Mode.DRAFT)))
    stage.hears("@acme want it for 4", reads(Intent.PURCHASE_INTENT, count(4, volunteered=True)))
    first = stage.conversation.waiting[0].post
    stage.pace()
    stage.edits(first, "@acme want it for 40", reads(Intent.PURCHASE_INTENT, count(40, volunteered=True)))
    stage.refused("superseded")
    stage.pace()
    assert len(stage.replies) == 2
    assert stage.replies[1].key == f"{stage.replies[0].key}:2"
    assert stage.score == 30


def test_scenario_21_a_call_for_a_human_while_a_draft_waits_stays_with_the_human() -> None:
    stage = Stage(deck(brand=replace(BRAND, mode=Mode.DRAFT)))
    stage.hears("@acme want it", WANTS_IT)
    stage.pace()
    stage.hears("@acme a human please", HUMAN_PLEASE)
    stage.refused("superseded")
    assert stage.conversation.status is Status.HANDED_OVER
    stage.pace()
    assert "will write to you here" in stage.last_said
    assert stage.last_said.startswith("🤖")


def test_scenario_23_after_hours_the_line_says_when_they_are_really_back() -> None:
    office = Team(
        "inside-sales", BRAND.teams[0].reps, "Europe/Berlin", tuple((d, 540, 1020) for d in range(5))
    )
    stage = Stage(deck(brand=replace(BRAND, teams=(office,))))
    stage.at = datetime(2026, 11, 27, 16, 5, tzinfo=UTC)  # Friday 17:05 in Berlin
    stage.to_consent()
    assert stage.last_said.endswith("Back Monday at 9:00.")


def test_scenario_24_durations_are_elapsed_time_and_quiet_hours_follow_the_wall_clock() -> None:
    before_the_jump = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 00:30 in Berlin, which jumps 02:00 → 03:00
    until = calendar.quiet_until((22 * 60, 8 * 60), "Europe/Berlin", before_the_jump)
    assert until == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    stage = Stage()
    stage.at = before_the_jump
    stage.turn("@acme we want it", WANTS_IT)
    gives_up = [timer for timer in stage.timers if timer.name == "gives_up"]
    assert (gives_up[-1].due_at - stage.at).total_seconds() == 2 * 86400


def test_scenario_25_the_notice_holds_labels_and_a_deleted_post_leaves_no_words() -> None:
    stage = Stage()
    stage.to_consent()
    notices = [effect for effect in stage.effects if type(effect).__name__ == "Notify"]
    assert [notice.labels for notice in notices] == [  # type: ignore[union-attr]
        ("team_size=many +30", "today=spreadsheet +20", "timing=soon +15")
    ]
    assert stage.conversation.dialog is not None
    excel = stage.conversation.dialog.answers[1]
    stage.deletes(excel.post_id)
    assert "all in excel" not in repr(stage.conversation)
    assert "all in excel" not in repr(stage.handoffs[-1])
    assert stage.handoffs[-1].score == 65


def test_a_reply_goes_under_a_post_once_only() -> None:
    stage = Stage()
    stage.to_consent()
    keys = [effect.key for effect in stage.effects if isinstance(effect, SendReply)]
    assert len(keys) == len(set(keys)) == 4
    assert all(isinstance(effect.in_reply_to, str) and PostId(effect.in_reply_to) for effect in stage.replies)
