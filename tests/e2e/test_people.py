"""People as they are, talking to a real leadbot on a simulated X: what they are told, and what a rep reads.

One simulator, one daemon, many people; each test brings its own. Nothing is stood in for.
"""

from __future__ import annotations

import pytest

from leadbot.simulator.text import weighted_length
from tests.e2e.town import Town
from tests.x.openapi import OpenApi, faults_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("town")]  # one town, however many workers

WARM = "@acme pricing? about 25 of us, all in excel"
DISCLOSED = "🤖 bot here · say STOP or HUMAN anytime"


def test_a_buyer_gets_the_price_first_and_the_rep_gets_their_words(town: Town) -> None:
    buyer = town.somebody()
    first, _, consent = buyer.says(WARM, "now, this month", "yes please go ahead")
    assert DISCLOSED in first.reply
    assert first.reply.index("$6 a seat") < first.reply.index("?")
    assert consent.reply == ""
    card = buyer.handoff()
    assert [line["words"] for line in card["receipt"]] == [
        "about 25 of us",
        "all in excel",
        "now, this month",
    ]
    assert card["score"] == sum(line["points"] for line in card["receipt"]) == 65
    assert (card["reason"], card["consent"]) == ("handed_over", "yes")
    assert card["crm_ref"]


def test_only_a_clear_yes_is_consent(town: Town) -> None:
    meant = {"👍": "yes", "yes but not this week": "yes", "maybe": "unclear", "no thanks": "no"}
    buyers = {said: town.somebody() for said in meant}
    for said, buyer in buyers.items():
        buyer.says(WARM, "this month", said)
    cards = town.cards()
    for said, buyer in buyers.items():
        card = cards[buyer.handle]
        assert (card["consent"], card["consent_words"]) == (meant[said], said)
        assert bool(card["crm_ref"]) is (meant[said] == "yes")


@pytest.mark.parametrize("word", ["STOP!!", "no más mensajes", "arrêtez", "hör auf", "pare"])
def test_a_stop_in_five_languages_ends_it_for_good(town: Town, word: str) -> None:
    person = town.somebody()
    *_, stopped, again = person.says("@acme we want to buy this for our team", word, "@acme how much is it?")
    assert (stopped.reply, again.reply) == ("", "")
    assert "opt_out" in person.reasons()


def test_a_stop_said_to_a_friend_only_pauses(town: Town) -> None:
    person, friend = town.somebody(), town.somebody()
    (first,) = person.says("@acme pricing for 20 people?")
    joke = friend.post("they will write to you for ever, Ana", in_reply_to_tweet_id=first.post_id)
    assert person.turn(person.post("stop", in_reply_to_tweet_id=joke)).reply == ""
    assert person.reasons()[-1] == "opt_out_unclear"
    listed = town.project.rows(f"SELECT 1 FROM suppression WHERE person_id = '{person.id}'")
    assert listed == []


def test_a_wish_for_a_person_is_met_in_the_middle_of_everything(town: Town) -> None:
    wishes = [
        "can I talk to a human?",
        "HUMAN",
        "je voudrais parler à quelqu'un",
        "quero falar com uma pessoa",
    ]
    people = {wish: town.somebody() for wish in wishes}
    for wish, person in people.items():
        assert "from our team will write to you here." in person.says(WARM, wish)[-1].reply
    cards = town.cards()
    for person in people.values():
        card = cards[person.handle]
        assert (card["reason"], card["consent"]) == ("asked_for_human", "not_asked")


def test_a_question_without_an_answer_reaches_a_rep_word_for_word(town: Town) -> None:
    buyer = town.somebody()
    *_, last = buyer.says("@acme we want to buy this for our team of 30", "do you have an on-prem version?")
    assert last.reply.endswith("who will write to you?")
    assert buyer.handoff()["question"] == "do you have an on-prem version?"


def test_a_complaint_in_the_middle_is_no_answer(town: Town) -> None:
    customer = town.somebody()
    complaint = "your last invoice was wrong and nobody answers my ticket"
    *_, last = customer.says("@acme we want to buy this for our team of 20", complaint)
    assert last.reply == ""
    card = customer.handoff()
    assert (card["reason"], card["question"]) == ("support_for_human", complaint)


def test_a_correction_is_followed(town: Town) -> None:
    buyer = town.somebody()
    *_, corrected, _ = buyer.says(
        "@acme we want to buy this for our team", "about 4", "sorry, 40 I mean", "all in excel"
    )
    assert corrected.reply.endswith("today?")
    found = town.project.rows(
        f"SELECT answer, points FROM receipt_line WHERE conversation_id LIKE '%:{buyer.id}' ORDER BY position"
    )
    assert found == [("many", 30), ("spreadsheet", 20)]


def test_an_edit_is_read_again_and_not_answered_twice(town: Town) -> None:
    buyer = town.somebody()
    (first,) = buyer.says("@acme we want to buy seats for 4 people")
    assert buyer.turn(buyer.edit(first.post_id, "@acme we want to buy seats for 400 people")).reply == ""
    found = town.project.rows(
        f"SELECT words, answer FROM receipt_line WHERE conversation_id LIKE '%:{buyer.id}'"
    )
    assert found == [("400 people", "many")]


@pytest.mark.parametrize("name", ["{{7*7}}", "@everyone", "$BTC moon", "https://evil.example x", "\u202eanA"])
def test_a_hostile_name_is_never_said(town: Town, name: str) -> None:
    (turn,) = town.somebody(name=name).says("@acme we want to buy this for our team")
    assert turn.reply.split("\n")[-1] in (
        "Happy to help! Roughly how many of you would use it?",
        "How many people would be on it?",
    )


@pytest.mark.parametrize(
    "said",
    [
        "@acme your app crashed again, third time today",
        "@acme is it down for everyone or just me?",
        "@acme oh great, another price hike. love paying more for less",
        "@acme how much coffee do you folks drink",
        "@acme my boss wants to switch away from you",
        "@acme just signed up my team of 12, so excited!",
    ],
)
def test_nobody_who_did_not_ask_is_pitched_at(town: Town, said: str) -> None:
    (turn,) = town.somebody().says(said)
    assert turn.reply == ""


def test_a_third_person_in_the_thread_has_a_dialog_of_their_own(town: Town) -> None:
    buyer, other = town.somebody(), town.somebody(name="Bob Berg")
    (first,) = buyer.says("@acme pricing for 20 people?")
    mine = other.turn(other.post("@acme same here, how much for 8?", in_reply_to_tweet_id=first.post_id))
    assert mine.reply.startswith(f"@{other.handle} {DISCLOSED}")
    assert buyer.handle not in mine.reply


def test_a_nearly_empty_profile_gets_its_answer_and_no_question(town: Town) -> None:
    (turn,) = town.somebody(followers_count=0, tweet_count=1).says("@acme how much for 20 people?")
    assert "$6 a seat" in turn.reply
    assert "?" not in turn.reply


def test_all_that_was_said_was_short_and_within_the_rules(town: Town) -> None:
    posts = [post for post in town.project.sim("log", requests=0)["posts"] if post["username"] == "acme"]
    said = [post["text"].partition(" ")[2] for post in posts]
    assert all(weighted_length(text) <= 140 for text in said)
    assert town.project.sim("violations")["violations"] == []


def test_whatever_the_daemon_and_its_people_send_over_the_wire_is_as_x_writes_it(town: Town) -> None:
    document = OpenApi.here()
    if document is None:
        pytest.skip("X's OpenAPI document is not on this machine")
    town.somebody().says(WARM, "this month")
    every = town.project.sim("exchanges")["exchanges"]
    latest = [one for one in every if one["path"].startswith("/2/")][-200:]
    assert any(one["path"] == "/2/tweets" and one["status"] == 201 for one in latest)
    assert faults_in(document, latest) == []
