"""Who said it, to whom, and in what thread: the cases in which a bot speaks to people who did not ask.

One person and one brand each time, as the core sees them; what X makes of such posts is in
tests/e2e/test_threads.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from leadbot.model import (
    Consent,
    Intent,
    Mention,
    Mode,
    OptOut,
    OutcomeSet,
    Owner,
    PersonId,
    Post,
    PostId,
    RaiseTask,
    Reading,
    ReleasedToBot,
    RepReplied,
    Status,
    TakenOver,
    TimerFired,
)
from tests.flows.factories import (
    ACME,
    ANN,
    ASKS_PRICE,
    AUTO_ACME,
    BOB,
    BRAND,
    EXCEL,
    FRIEND,
    GLOBEX,
    HUMAN_PLEASE,
    NOISE,
    NONSENSE,
    SOON,
    START,
    STOP,
    TO_SAME_REP,
    TYPED_ACME,
    WANTS_IT,
    YES,
    Stage,
    count,
    deck,
    forty,
    playbook,
    post,
    reads,
)

RIVAL = "666"
FRIEND_AUTO = Mention(FRIEND, "friend", typed=False)
FRIEND_TYPED = Mention(FRIEND, "friend", typed=True)
RIVAL_TYPED = Mention(RIVAL, "rival", typed=True)
GLOBEX_TYPED = Mention(GLOBEX, "globex", typed=True)
UNDER_OWN = {"reply_to_user": str(ANN.id), "mentions": (AUTO_ACME,)}


def talking() -> Stage:
    """A dialog whose first question is out."""
    stage = Stage(brands=(ACME, GLOBEX))
    stage.turn("@acme we want it", WANTS_IT)
    return stage


def last_post_of(stage: Stage) -> PostId:
    return stage.conversation.answered[-1] if stage.conversation.answered else PostId("")


# ---------------------------------------------------------------- several accounts in one post


@pytest.mark.parametrize(
    ("mentions", "reason"),
    [
        ((TYPED_ACME, RIVAL_TYPED), "pace"),
        ((RIVAL_TYPED, TYPED_ACME), "lead_not_addressed"),
        ((TYPED_ACME, GLOBEX_TYPED, RIVAL_TYPED), "pace"),
        ((GLOBEX_TYPED, TYPED_ACME), "lead_not_addressed"),
        ((FRIEND_TYPED, TYPED_ACME), "lead_not_addressed"),
        ((replace(RIVAL_TYPED, typed=False), TYPED_ACME), "pace"),
    ],
)
def test_of_all_accounts_typed_the_first_one_is_the_one_asked(
    mentions: tuple[Mention, ...], reason: str
) -> None:
    stage = Stage(brands=(ACME, GLOBEX))
    assert stage.hears("which is cheaper?", ASKS_PRICE, mentions=mentions).reason == reason


def test_whoever_else_stands_in_the_post_is_not_mentioned_by_our_answer() -> None:
    stage = Stage()
    stage.hears("@acme @rival which is cheaper?", ASKS_PRICE, mentions=(TYPED_ACME, RIVAL_TYPED, FRIEND_AUTO))
    stage.pace()
    assert stage.replies[0].exclude == (RIVAL, FRIEND)


def test_a_reply_to_a_friend_that_asks_us_is_answered_and_the_friend_left_out() -> None:
    stage = Stage()
    told = stage.hears(
        "@acme what would 40 seats be?",
        ASKS_PRICE,
        under="77",
        reply_to_user=FRIEND,
        mentions=(FRIEND_AUTO, TYPED_ACME),
    )
    assert told.reason == "pace"
    stage.pace()
    assert stage.replies[0].exclude == (FRIEND,)


def test_a_reply_to_a_sister_brand_is_hers_even_if_it_names_us() -> None:
    stage = Stage(brands=(ACME, GLOBEX))
    told = stage.hears(
        "@acme too?", ASKS_PRICE, under="77", reply_to_user=GLOBEX, mentions=(GLOBEX_TYPED, TYPED_ACME)
    )
    assert told.reason == "lead_not_addressed"


# ---------------------------------------------------------------- bots, and posts that are nobody's words


@pytest.mark.parametrize("is_edit", [False, True])
def test_two_brands_of_one_house_do_not_talk_to_each_other(is_edit: bool) -> None:
    globex = replace(ANN, id=PersonId(GLOBEX))
    stage = Stage(brands=(ACME, GLOBEX), person=globex)
    assert stage.hears("@acme what does it cost?", ASKS_PRICE).reason == "sister_brand"
    if is_edit:
        stage.edits(post("@acme x", by=globex, at=stage.at), "@acme price?", ASKS_PRICE)
        assert stage.decisions[-1].reason == "sister_brand"
    assert stage.effects == []


@pytest.mark.parametrize(
    "said", ["RT @acme: Teams start at $6. What will yours cost?", "  RT @acme buy now?"]
)
def test_a_repost_by_hand_is_nobodys_wish(said: str) -> None:
    stage = Stage()
    assert stage.hears(said, WANTS_IT).reason == "repost"
    assert stage.effects == []


def test_a_bot_without_a_label_that_answers_everything_at_once_gets_eight_posts_a_day() -> None:
    stage = Stage(deck(brand=replace(BRAND, pace_s=(0.0, 0.0))))
    parrot = reads(Intent.PURCHASE_INTENT, count(1))  # reads as a lead, and every dialog ends with the answer
    for _ in range(60):
        stage.turn("I want it, just for me", parrot)
    assert 4 < len(stage.replies) <= 8
    assert stage.conversation.dialogs > 1
    assert "enough_for_today" in [decision.reason for decision in stage.decisions[-3:]]
    tasks = [task for task in stage.all(RaiseTask) if task.kind == "enough_for_today"]
    assert len({task.key for task in tasks}) == 1, "one task a day"
    stage.later(timedelta(hours=24))
    assert stage.turn("I want it, just for me", parrot) is not None


# ---------------------------------------------------------------- their own threads, and quotes


def test_who_goes_on_under_their_own_post_is_heard_in_the_same_turn() -> None:
    stage = Stage()
    stage.hears("@acme what does it cost?", ASKS_PRICE)
    first = stage.conversation.waiting[0].post
    told = stage.hears("about 40 of us", forty_volunteered(), under=first.id, **UNDER_OWN)
    assert told.reason == "gathered"
    stage.pace()
    assert len(stage.replies) == 1
    assert stage.score == 30


def forty_volunteered() -> Reading:
    return reads(Intent.OTHER, count(40, "about 40 of us", volunteered=True))


def test_who_answers_under_their_own_post_in_mid_dialog_is_answered() -> None:
    stage = talking()
    own = last_post_of(stage)
    assert stage.hears("about 40 of us", forty_volunteered(), under=own, **UNDER_OWN).reason == "pace"
    stage.pace()
    assert stage.replies[-1].text == "Thanks! What do you use for it today?"


def test_a_thread_of_their_own_with_a_friend_in_it_is_the_friends() -> None:
    stage = talking()
    own = last_post_of(stage)
    to_friend = {**UNDER_OWN, "mentions": (FRIEND_AUTO, AUTO_ACME)}
    assert stage.hears("we want it too", WANTS_IT, under=own, **to_friend).reason == "not_addressed"


def test_a_thread_of_their_own_that_we_never_heard_of_is_not_ours() -> None:
    stage = Stage()
    assert stage.hears("we want it", WANTS_IT, under="4711", **UNDER_OWN).reason == "not_addressed"


def test_a_wish_under_their_own_nicety_is_a_task_because_nobody_named_us() -> None:
    stage = Stage(deck(playbook(small_talk=())))
    stage.hears("@acme great booth", reads(Intent.PRAISE))
    told = stage.hears("we want it", WANTS_IT, under=last_post_of(stage), **UNDER_OWN)
    assert told.reason == "lead_not_summoned"


def test_a_stop_under_their_own_post_to_us_is_a_stop() -> None:
    stage = talking()
    assert stage.hears("stop", STOP, under=last_post_of(stage), **UNDER_OWN).reason == "opt_out"


def test_a_quote_of_our_question_answers_it() -> None:
    stage = talking()
    told = stage.hears("40 of us", forty(), mentions=(), quotes=stage.last_post_id)
    assert told.reason == "pace"
    stage.pace()
    assert stage.score == 30
    assert stage.replies[-1].is_summons


def test_a_quote_of_somebody_elses_post_says_nothing_to_us() -> None:
    stage = talking()
    assert stage.hears("40 of us", forty(), mentions=(), quotes=PostId("5")).reason == "not_addressed"


def test_a_quote_of_somebody_elses_post_that_names_us_is_a_post_to_us() -> None:
    stage = Stage()
    assert stage.hears("@acme how much?", ASKS_PRICE, quotes=PostId("5")).reason == "pace"


def test_a_quote_of_ours_in_a_reply_to_a_friend_is_the_friends() -> None:
    stage = talking()
    to_friend = {"under": "77", "reply_to_user": FRIEND, "mentions": (FRIEND_AUTO,)}
    told = stage.hears("we want it", WANTS_IT, quotes=stage.last_post_id, **to_friend)
    assert told.reason == "not_addressed"


# ---------------------------------------------------------------- third parties


def test_a_third_partys_yes_is_their_own() -> None:
    ann = Stage()
    ann.to_consent()
    bob = Stage(person=BOB)
    assert bob.hears("yes", YES, under=ann.last_post_id).reason == "peace"
    assert bob.pushes == []
    assert ann.conversation.dialog is not None
    assert ann.conversation.dialog.consent is Consent.ASKED


def test_a_third_partys_stop_silences_us_for_them_alone() -> None:
    ann = talking()
    bob = Stage(person=BOB)
    assert bob.hears("stop", STOP, under=ann.last_post_id).reason == "opt_out"
    assert bob.conversation.status is Status.OPTED_OUT
    assert ann.turn("40", forty()) is not None


def test_a_third_partys_number_is_no_answer_to_a_question_we_asked_another() -> None:
    ann = talking()
    bob = Stage(person=BOB)
    assert bob.hears("40", forty(), under=ann.last_post_id).reason == "peace"
    assert ann.score == bob.score == 0


def test_a_new_handle_and_name_in_mid_dialog_are_the_same_person() -> None:
    stage = talking()
    stage.person = replace(ANN, username="ann_at_work", name="Annabel Berg")
    stage.turn("40", forty())
    assert stage.score == 30
    assert stage.conversation.person is not None
    assert stage.conversation.person.username == "ann_at_work"
    stage.turn("excel", EXCEL)
    stage.turn("now", SOON)
    assert stage.conversation.dialogs == 1


# ---------------------------------------------------------------- languages

ANSWERS = [("40", forty()), ("ok 40", forty()), ("40 👍", forty())]


@pytest.mark.parametrize("lang", ["en", "und", "qme", "qht", "zxx", "qam", None, "", "tl", "pl", "xx-YY"])
@pytest.mark.parametrize(("said", "reading"), ANSWERS)
def test_a_short_answer_is_an_answer_whatever_language_x_took_it_for(
    lang: str | None, said: str, reading: Reading
) -> None:
    stage = talking()
    stage.turn(said, reading, lang=lang)
    assert stage.score == 30
    assert stage.replies[-1].text == "Thanks! What do you use for it today?"


@pytest.mark.parametrize(
    ("said", "lang"),
    [
        ("nous sommes une petite équipe à Lyon", "fr"),
        ("hojas de cálculo, sobre todo", "es"),
        ("ちょっと待って", "ja"),
        ("нас сорок", "ru"),
        ("أربعون شخصا", "ar"),
    ],
)
def test_another_language_in_mid_dialog_goes_to_a_human_without_words(said: str, lang: str) -> None:
    stage = talking()
    stage.turn("40", forty())
    before = len(stage.replies)
    stage.turn(said, NONSENSE, lang=lang)
    assert stage.decisions[-1].reason == "foreign_language_for_human"
    assert stage.handoffs[-1].question == said
    assert len(stage.replies) == before


def test_an_answer_in_another_language_that_was_understood_is_taken() -> None:
    stage = talking()
    stage.turn("nous sommes 40 dans l'équipe", forty(), lang="fr")
    assert stage.score == 30
    assert len(stage.replies) == 2


def test_words_in_another_language_are_not_just_anything() -> None:
    stage = talking()
    stage.turn("40", forty())
    stage.turn("wir nehmen dafür seit Jahren etwas Eigenes", NONSENSE, lang="de")
    assert stage.conversation.dialog is not None
    assert [answer.card for answer in stage.conversation.dialog.answers] == ["team_size"]


@pytest.mark.parametrize("lang", ["es", "ja", "zxx", None])
def test_a_stop_and_a_wish_for_a_human_count_in_every_language(lang: str | None) -> None:
    stopped, asked = talking(), talking()
    assert stopped.answers("no me escribas más por favor", STOP, lang=lang).reason == "opt_out"
    assert asked.answers("quiero hablar con una persona", HUMAN_PLEASE, lang=lang).reason == "asked_for_human"


# ---------------------------------------------------------------- next to nothing said


@pytest.mark.parametrize("said", ["", "@acme", "https://t.co/abc", "👀", "\u200f\u202e", "\u200b"])
def test_a_post_without_words_opens_nothing(said: str) -> None:
    stage = Stage()
    assert stage.hears(said, NOISE, mentions=(TYPED_ACME,)).reason == "peace"
    assert stage.effects == []


@pytest.mark.parametrize("said", ["", "@acme", "https://t.co/abc", "👀"])
def test_a_post_without_words_in_mid_dialog_is_asked_about_once_and_then_passed_over(said: str) -> None:
    stage = talking()
    stage.turn(said, NOISE)
    assert stage.last_said == "No exact number needed: just you, a handful, or more than ten?"
    stage.turn(said, NOISE)
    assert stage.last_said == "Thanks! What do you use for it today?"


# ---------------------------------------------------------------- people who do not want to hear from us


def test_who_blocked_the_account_gets_no_words_and_no_draft() -> None:
    stage = talking()
    stage.answers("40", forty())
    stage.pace()
    stage.refused("blocked")
    assert stage.tasks == ["blocked_us"]
    assert stage.conversation.status is Status.PAUSED
    assert stage.conversation.owner is Owner.HUMAN
    stage.answers("all in excel", EXCEL)
    stage.pace()
    assert len(stage.replies) == 2, "no word after the block"
    assert stage.suppressions == [], "only their own stop is a stop"


def test_a_blocked_account_in_a_humans_hands_stays_there() -> None:
    stage = Stage()
    stage.hears("@acme a human please", HUMAN_PLEASE)
    stage.pace()
    stage.refused("blocked")
    assert stage.conversation.status is Status.HANDED_OVER
    assert stage.tasks == ["blocked_us"]


# ---------------------------------------------------------------- stop and start


def reaches(status: Status) -> Stage:
    """A conversation that stands so."""
    stage = talking()
    if status is Status.AWAITING_CONSENT:
        stage = Stage()
        stage.to_consent()
    elif status is Status.HANDED_OVER:
        stage.answers("a human please", HUMAN_PLEASE)
    elif status is Status.PAUSED:
        stage.answers("oh stop it", reads(opt_out=OptOut.UNCLEAR))
    elif status is Status.IDLE:
        stage.turn("just me", reads(Intent.OTHER, count(1)))
    assert stage.conversation.status is status
    return stage


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.OPTED_OUT])
@pytest.mark.parametrize("how", ["reply", "mention", "quote", "edit", "own thread", "typed in a group"])
def test_a_stop_said_to_us_is_obeyed_wherever_the_conversation_stands(status: Status, how: str) -> None:
    stage = reaches(status)
    own = last_post_of(stage)
    says = {
        "reply": lambda: stage.answers("stop", STOP),
        "mention": lambda: stage.hears("@acme stop", STOP),
        "quote": lambda: stage.hears("stop", STOP, mentions=(), quotes=stage.last_post_id),
        "edit": lambda: stage.edits(_known(stage, own), "@acme stop", STOP),
        "own thread": lambda: stage.hears("stop", STOP, under=own, **UNDER_OWN),
        "typed in a group": lambda: stage.hears(
            "@acme stop", STOP, under="77", reply_to_user=FRIEND, mentions=(FRIEND_AUTO, TYPED_ACME)
        ),
    }
    assert says[how]().reason == "opt_out"
    assert stage.conversation.status is Status.OPTED_OUT
    assert [suppress.lifted for suppress in stage.suppressions] == [False]
    said = len(stage.replies)
    stage.turn("@acme we want 50 seats", WANTS_IT)
    assert len(stage.replies) == said


def _known(stage: Stage, post_id: PostId) -> Post:
    return post("@acme we want it", by=stage.person, id=post_id)


@pytest.mark.parametrize("mode", ["watch", "draft", "live"])
def test_a_stop_is_obeyed_in_every_mode(mode: str) -> None:
    stage = Stage(deck(brand=replace(BRAND, mode=Mode(mode))))
    stage.hears("@acme we want it", WANTS_IT)
    stage.pace()
    assert stage.hears("@acme stop", STOP).reason == "opt_out"
    assert [suppress.lifted for suppress in stage.suppressions] == [False]


def test_a_second_stop_changes_nothing() -> None:
    stage = reaches(Status.OPEN)
    stage.answers("stop", STOP)
    assert stage.answers("STOP!", STOP).reason == "opted_out"
    assert len(stage.suppressions) == 1


def test_a_strangers_stop_to_a_friend_is_no_business_of_ours() -> None:
    stage = Stage()
    chat = {"under": "77", "reply_to_user": FRIEND, "mentions": (FRIEND_AUTO, AUTO_ACME)}
    assert stage.hears("stop", STOP, **chat).reason == "not_addressed"
    assert stage.conversation.status is Status.IDLE
    assert stage.hears("@acme what does it cost?", ASKS_PRICE).reason == "pace"


@pytest.mark.parametrize(
    ("said", "reading", "more"),
    [
        ("when can we start?", WANTS_IT, {}),
        ("@friend start", START, {"mentions": (FRIEND_TYPED,)}),
        ("start", START, {"under": "77", "reply_to_user": FRIEND, "mentions": (FRIEND_AUTO, AUTO_ACME)}),
        ("start", START, {"mentions": (), "quotes": PostId("5")}),
    ],
)
def test_what_is_not_start_said_to_us_lifts_nothing(
    said: str, reading: Reading, more: dict[str, object]
) -> None:
    stage = reaches(Status.OPEN)
    stage.answers("stop", STOP)
    stage.hears(said, reading, **more)
    assert stage.conversation.status is Status.OPTED_OUT
    assert [suppress.lifted for suppress in stage.suppressions] == [False]


def test_somebody_elses_start_lifts_nothing_of_ours() -> None:
    ann = reaches(Status.OPEN)
    ann.answers("stop", STOP)
    bob = Stage(person=BOB)
    bob.hears("start", START, under=ann.last_post_id)
    assert bob.suppressions == []
    assert ann.hears("@acme we want it", WANTS_IT).reason == "opted_out_person_wrote"


@pytest.mark.parametrize("event", ["released", "outcome", "taken over", "faded", "rep replied"])
def test_nothing_a_human_does_lifts_a_stop(event: str) -> None:
    stage = reaches(Status.OPEN)
    stage.answers("stop", STOP)
    stage.tell(
        {
            "released": ReleasedToBot("Mia Winter", stage.at),
            "outcome": OutcomeSet("won", "Mia Winter", stage.at),
            "taken over": TakenOver("Mia Winter", stage.at),
            "faded": TimerFired("gives_up", stage.at),
            "rep replied": RepReplied("Mia Winter", PostId("5"), stage.at),
        }[event]
    )
    stage.later(timedelta(days=365))
    assert stage.hears("@acme need 50 seats", WANTS_IT).reason == "opted_out_person_wrote"
    assert stage.conversation.status is Status.OPTED_OUT


def test_an_edit_that_takes_the_word_back_is_not_start() -> None:
    stage = reaches(Status.OPEN)
    stage.answers("stop", STOP)
    stop = _known(stage, stage.conversation.answered[-1])
    stage.edits(stop, "sorry, wrong window", NONSENSE)
    assert stage.conversation.status is Status.OPTED_OUT


def test_who_says_start_meets_the_bot_again_and_not_the_rep_of_before() -> None:
    stage = Stage(deck(playbook(unless=(TO_SAME_REP,))))
    stage.turn("@acme we want it", WANTS_IT)
    stage.answers("stop", STOP)
    stage.answers("start", START)
    assert stage.turn("@acme we want it", WANTS_IT) is not None
