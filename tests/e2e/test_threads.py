"""Threads as X makes them, over TCP: who is answered, who is named by the answer, and whose words count."""

from __future__ import annotations

import subprocess

import pytest

from tests.cli.living import leadbot
from tests.e2e.town import Town

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("town")]

WARM = "@acme pricing? about 25 of us, all in excel"


def test_an_answer_names_nobody_but_who_asked(town: Town) -> None:
    friends = [town.somebody() for _ in range(4)]
    asker = town.somebody()
    copied = " ".join(f"@{friend.handle}" for friend in friends)
    post_id = asker.post(f"@acme how much for 20 people? cc {copied}")
    assert asker.turn(post_id).reply
    assert asker.named_under(post_id) == [asker.handle]


def test_a_late_tag_under_a_friends_post_is_answered_without_the_friend(town: Town) -> None:
    friend, asker = town.somebody(), town.somebody()
    talk = friend.whisper("does anybody know a good tool for this?")
    late = asker.reply(talk, "@acme how much is it for 40 people?")
    assert "$6 a seat" in asker.turn(late).reply
    assert asker.named_under(late) == [asker.handle]
    answer = asker.turn(late).reply_id
    assert friend.turn(friend.reply(answer, "me too please")).reply == "", "nobody asked us that"


def test_of_two_brands_of_one_house_the_first_named_answers_and_the_other_is_silent(town: Town) -> None:
    asker = town.somebody()
    post_id = asker.post("@globex @acme how much is it for 20 people?")
    assert "$6 a seat" in asker.turn(post_id).reply
    assert asker.named_under(post_id) == [asker.handle]
    assert "lead_not_addressed" in asker.reasons()


def test_a_brand_of_the_house_that_asks_another_is_not_answered(town: Town) -> None:
    globex = town.known("globex")
    post_id = globex.whisper("@acme how much is it for our 20 people?")
    asker = town.somebody()
    asker.post("@acme how much is it for 20 people?")  # heard after it
    assert globex.turn(post_id).reply == ""
    assert globex.reasons() == []


def test_who_goes_on_under_their_own_post_is_understood(town: Town) -> None:
    asker = town.somebody()
    (first,) = asker.says("@acme what does it cost?")
    more = asker.turn(asker.reply(first.post_id, "about 40 of us, all in excel"))
    assert more.reply.endswith("?")
    found = town.project.rows(f"SELECT answer FROM receipt_line WHERE conversation_id LIKE '%:{asker.id}'")
    assert {row[0] for row in found} == {"many", "spreadsheet"}


def test_a_stop_that_quotes_us_is_a_stop(town: Town) -> None:
    person = town.somebody()
    (first,) = person.says("@acme we want to buy this for our team")
    person.post("@acme stop", quote_tweet_id=first.reply_id)
    assert person.reasons()[-1] == "opt_out"
    assert person.says("@acme how much is it?")[-1].reply == ""


def test_a_third_persons_yes_and_stop_are_their_own(town: Town) -> None:
    buyer, stranger = town.somebody(), town.somebody()
    *_, asked = buyer.says(WARM, "this month")
    assert "OK if I pass this to" in asked.reply
    stranger.reply(asked.reply_id, "yes please")
    stranger.reply(asked.reply_id, "stop")
    assert stranger.reasons() == ["peace", "opt_out"]
    assert buyer.handoff()["consent"] == "asked"
    buyer.reply(asked.reply_id, "yes please")
    assert buyer.handoff()["consent"] == "yes"


def test_short_answers_are_answers_whatever_language_x_takes_them_for(town: Town) -> None:
    buyer = town.somebody()
    (turn,) = buyer.says("@acme we want to buy this for our team")
    for lang, said in (("tl", "40"), ("ro", "excel"), ("zxx", "this month"), ("und", "yes")):
        turn = buyer.turn(buyer.post_in(lang, said, under=turn.reply_id))
    card = buyer.handoff()
    assert (card["score"], card["consent"]) == (65, "yes")


def test_another_language_in_mid_dialog_is_a_humans(town: Town) -> None:
    buyer = town.somebody()
    (turn,) = buyer.says("@acme we want to buy this for our team")
    said = "somos unas cuantas personas en la oficina de Madrid"
    assert buyer.turn(buyer.post_in("es", said, under=turn.reply_id)).reply == ""
    card = buyer.handoff()
    assert (card["reason"], card["question"]) == ("foreign_language_for_human", said)


@pytest.mark.long
def test_a_new_name_in_mid_dialog_is_the_same_person_and_the_new_name_is_said(town: Town) -> None:
    buyer = town.somebody(name="Ana Lima")
    (first,) = buyer.says("@acme we want to buy this for our team")
    buyer.renamed("Bea Moss")
    again = buyer.turn(buyer.reply(first.reply_id, "about 40 of us"))
    assert again.reply
    assert "Ana" not in again.reply
    found = town.project.rows(f"SELECT COUNT(*) FROM conversation WHERE person_id = '{buyer.id}'")
    assert found == [(1,)]


@pytest.mark.long
def test_a_post_of_many_thousand_signs_is_read_whole(town: Town) -> None:
    buyer = town.somebody(premium=True)
    story = "we are a company that has been looking at tools for ages. " * 60
    turn = buyer.turn(buyer.post(f"@acme {story}What does it cost for 40 people?"))
    assert "$6 a seat" in turn.reply
    assert len(turn.reply) < 200


@pytest.mark.long
def test_who_asks_whether_a_bot_writes_is_told_so(town: Town) -> None:
    person = town.somebody()
    *_, told = person.says("@acme we want to buy this for our team", "wait, are you a bot?")
    assert "bot here" in told.reply
    assert told.reply.endswith("?")


def test_scenario_14_a_half_saved_playbook_changes_nothing_while_the_daemon_runs(town: Town) -> None:
    file = town.project.folder / "playbooks" / "team-plan.yaml"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole[: len(whole) // 2].replace("$6", "$9") + "\n  ask: [", encoding="utf-8")
    try:
        (turn,) = town.somebody().says("@acme how much is it for 20 people?")
        assert "$6 a seat" in turn.reply
        looked: subprocess.CompletedProcess[str] = leadbot("status", cwd=town.project.folder)
        assert looked.returncode == 0, "nobody is kept from looking, or from pausing"
        assert "a file has faults" in looked.stdout
        checked = leadbot("check", cwd=town.project.folder)
        assert checked.returncode == 2
        assert "playbooks/team-plan.yaml" in checked.stderr
    finally:
        file.write_text(whole, encoding="utf-8")
