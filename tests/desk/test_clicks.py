"""What a rep does: claim, speak, give back, close. Each click meets engine, gate and relay as in life."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from leadbot import model as m
from leadbot.store.desk_access import Role
from leadbot.store.erase import erase_person
from tests.desk.conftest import ACME, BRAND, Desk, open_desk
from tests.fakes import decide as fake


def talk(conversation_id: str) -> str:
    return f"/talk/{conversation_id}"


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found[1]


def test_who_waits_is_on_the_queue_and_their_card_says_why(desk: Desk) -> None:
    who = desk.hand_over(name="Ida Berg", description="ops lead")

    maya = desk.as_("Maya Lindqvist")
    queue, page = maya.get("/").text, maya.get(talk(who)).text

    assert "Ida Berg" in queue
    assert "@<bdi>acme</bdi>" in queue
    assert "asked for a human" in page
    assert "Hi Ida, Maya here, a real person. How can I help?" in page


def test_of_two_reps_one_wins_and_the_other_is_told_who(desk: Desk) -> None:
    who = desk.hand_over()
    maya, tomas = desk.as_("Maya Lindqvist"), desk.as_("Tomás Rivera")
    key = desk.key_of(who)

    first = maya.click(f"{talk(who)}/claim", key=key)
    second = tomas.click(f"{talk(who)}/claim", key=key)

    assert first.status_code == 303
    assert second.status_code == 409
    assert "Maya Lindqvist has this handoff already." in second.text
    assert "Maya Lindqvist has it" in tomas.get(talk(who)).text


def test_a_claim_silences_the_bot_and_a_hand_back_lets_it_speak(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")

    maya.click(f"{talk(who)}/claim", key=desk.key_of(who))
    desk.machinery.settle()
    claimed = desk.store.desk_stories.story(who).conversation
    maya.click(f"{talk(who)}/hand-back")
    desk.machinery.settle()
    given_back = desk.store.desk_stories.story(who)

    assert (claimed.owner, claimed.last_rep) == (m.Owner.HUMAN, "Maya Lindqvist")
    assert given_back.conversation.owner is m.Owner.BOT
    assert (given_back.handoff.state, given_back.handoff.outcome) == ("closed", None)


def test_a_reply_leaves_as_the_brand_through_the_one_door_and_is_known_as_the_rep_s(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    page = maya.get(talk(who)).text

    sent = maya.click(f"{talk(who)}/reply", text="Hi, Maya here. 40 seats: yes!", seen=seen(page))
    desk.machinery.settle()
    story = desk.store.desk_stories.story(who)

    assert sent.status_code == 303
    assert [(post.who, post.by, post.text) for post in story.thread if post.who != "person"] == [
        ("human", "Maya Lindqvist", "Hi, Maya here. 40 seats: yes!")
    ]
    assert story.conversation.owner is m.Owner.HUMAN
    assert story.conversation.last_rep == "Maya Lindqvist"
    assert [one.said for one in desk.machinery.timeline.posts] == ["Hi, Maya here. 40 seats: yes!"]


def test_the_same_click_twice_says_it_once(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    newest = seen(maya.get(talk(who)).text)

    answers = [maya.click(f"{talk(who)}/reply", text="Yes!", seen=newest) for _ in range(2)]
    desk.machinery.settle()

    assert [one.headers["location"].split("said=")[1] for one in answers] == ["replied", "already"]
    assert len(desk.machinery.timeline.posts) == 1


def test_who_wrote_meanwhile_is_read_first_and_the_words_are_kept(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    newest = seen(maya.get(talk(who)).text)
    desk.hand_over("and does it do SSO? human please")

    answer = maya.click(f"{talk(who)}/reply", text="Here are my words", seen=newest)
    desk.machinery.settle()

    assert answer.status_code == 409
    assert "They wrote again meanwhile" in answer.text or "they wrote again meanwhile" in answer.text
    assert "Here are my words</textarea>" in answer.text
    assert desk.machinery.timeline.posts == []


def test_words_the_gate_refuses_come_back_as_a_task(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    newest = seen(maya.get(talk(who)).text)
    maya.click(f"{talk(who)}/reply", text="Just this.", seen=newest)
    desk.machinery.settle()
    newest = seen(maya.get(talk(who)).text)
    desk.hand_over("human again please")
    maya.click(f"{talk(who)}/reply", text="JUST  this.", seen=seen(maya.get(talk(who)).text))
    desk.machinery.settle()

    (task,) = desk.store.desk_stories.story(who).tasks

    assert task.kind == "rep_reply_refused"
    assert task.text == "JUST  this."
    assert "told just that already" in task.why
    page = maya.get(talk(who)).text
    assert "Your words were not sent" in page
    assert "Open on X with these words" in page


def test_while_the_account_watches_the_page_offers_x_alone(desk: Desk) -> None:
    who = desk.hand_over()
    desk.store.brands.set_mode(BRAND, m.Mode.WATCH, by="ops", began_as=m.Mode.LIVE)
    maya = desk.as_("Maya Lindqvist")
    page = maya.get(talk(who)).text

    refused = maya.click(f"{talk(who)}/reply", text="Hello", seen=seen(page))

    assert "Send as @acme" not in page
    assert "https://x.com/intent/post?" in page
    assert refused.status_code == 409
    assert "only watches" in refused.text


def test_a_reply_on_its_way_while_the_mode_falls_to_watch_becomes_a_task(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    maya.click(f"{talk(who)}/reply", text="Hello", seen=seen(maya.get(talk(who)).text))
    desk.store.brands.set_mode(BRAND, m.Mode.WATCH, by="ops", began_as=m.Mode.LIVE)
    desk.machinery.settle()

    assert desk.machinery.timeline.posts == []
    assert [task.kind for task in desk.store.desk_stories.story(who).tasks] == ["rep_reply_refused"]


def test_an_outcome_is_one_tap_and_tells_the_dialog(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")

    answer = maya.click(f"{talk(who)}/outcome", key=desk.key_of(who), outcome="later", why="budget in May")
    desk.machinery.settle()
    story = desk.store.desk_stories.story(who)

    assert answer.status_code == 303
    assert (story.handoff.state, story.handoff.outcome) == ("closed", "later")
    assert story.handoff.outcome_why == "budget in May"
    assert story.conversation.on_desk is None


def test_a_snoozed_person_is_off_the_queue_until_they_write(desk: Desk) -> None:
    who = desk.hand_over(name="Ida Berg")
    maya = desk.as_("Maya Lindqvist")
    desk.machinery.clock.advance(1)
    maya.click(f"{talk(who)}/snooze", key=desk.key_of(who))

    asleep = maya.get("/").text
    listed = maya.get("/?view=snoozed").text
    desk.machinery.clock.advance(1)
    desk.hand_over("hello? human?", name="Ida Berg")

    assert "Ida Berg" not in asleep
    assert "Ida Berg" in listed
    assert "Ida Berg" in maya.get("/").text


def test_a_draft_is_changed_and_approved_and_leaves_in_the_new_words(drafting_desk: Desk) -> None:
    desk = drafting_desk
    desk.machinery.say("what does it cost?")
    desk.machinery.settle(seconds=31)
    maya = desk.as_("Maya Lindqvist", Role.MARKETER)
    (draft,) = desk.store.desk_queue.drafts(brands=None).items

    page = maya.get(talk(draft.conversation_id)).text
    maya.click(f"/drafts/{draft.id}/approve", text="Six dollars a seat.")
    desk.machinery.settle()

    assert draft.text in page
    assert [one.said for one in desk.machinery.timeline.posts] == ["Six dollars a seat."]


def test_a_dropped_draft_is_never_said(drafting_desk: Desk) -> None:
    desk = drafting_desk
    desk.machinery.say("what does it cost?")
    desk.machinery.settle(seconds=31)
    (draft,) = desk.store.desk_queue.drafts(brands=None).items

    desk.as_("Maya Lindqvist").click(f"/drafts/{draft.id}/drop")
    desk.machinery.settle()

    assert desk.machinery.timeline.posts == []
    assert desk.store.desk_queue.drafts(brands=None).items == ()


def test_a_take_over_cancels_the_draft_and_does_not_hold_the_rep_s_words_up(drafting_desk: Desk) -> None:
    desk = drafting_desk
    desk.machinery.say("what does it cost?")
    desk.machinery.settle(seconds=31)
    (draft,) = desk.store.desk_queue.drafts(brands=None).items
    maya = desk.as_("Maya Lindqvist")

    maya.click(f"{talk(draft.conversation_id)}/take-over")
    newest = seen(maya.get(talk(draft.conversation_id)).text)
    maya.click(f"{talk(draft.conversation_id)}/reply", text="Maya here: six dollars.", seen=newest)
    desk.machinery.settle()

    assert [one.said for one in desk.machinery.timeline.posts] == ["Maya here: six dollars."]
    assert desk.store.desk_queue.drafts(brands=None).items == ()


def test_a_task_is_ticked_off(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    maya.click(f"{talk(who)}/reply", text="Hello", seen=seen(maya.get(talk(who)).text))
    desk.store.brands.set_mode(BRAND, m.Mode.WATCH, by="ops", began_as=m.Mode.LIVE)
    desk.machinery.settle()
    (task,) = desk.store.desk_stories.story(who).tasks

    maya.click("/tasks/done", key=task.id)

    assert desk.store.desk_stories.story(who).tasks == ()


def test_a_pause_stands_on_every_page_and_an_operator_lifts_it(desk: Desk) -> None:
    who = desk.hand_over()
    olga, maya = desk.as_("Olga", Role.OPERATOR), desk.as_("Maya Lindqvist")

    olga.click(f"/brands/{BRAND}/pause", why="a storm")

    for path in ("/", talk(who), "/brands"):
        assert "a storm" in maya.get(path).text
    olga.click(f"/brands/{BRAND}/resume")
    assert desk.resumed == [(BRAND, "Olga")]


def test_everything_that_was_done_is_in_the_log(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    maya.click(f"{talk(who)}/claim", key=desk.key_of(who))
    maya.click(f"{talk(who)}/outcome", key=desk.key_of(who), outcome="won")

    page = desk.as_("Olga", Role.OPERATOR).get("/log").text

    assert "Maya Lindqvist" in page
    assert "claimed" in page
    assert "closed: <bdi>won</bdi>" in page


def test_a_reply_the_gate_holds_is_listed_and_can_be_stopped(tmp_path: Path) -> None:
    at_night = replace(ACME, quiet_hours=(9 * 60, 23 * 60))
    desk = open_desk(tmp_path, brand=at_night, decide=fake.decide)
    desk.machinery.say("what does it cost?")
    desk.machinery.settle(seconds=31)
    maya = desk.as_("Maya Lindqvist")

    listed = maya.get("/?view=held").text
    (held,) = desk.store.desk_queue.held(brands=None).items
    page = maya.get(talk(held.conversation_id)).text
    maya.click(f"/drafts/{held.id}/stop")
    desk.machinery.settle(seconds=15 * 3600)

    assert "Is held" in listed
    assert "is held: quiet hours" in page
    assert desk.machinery.timeline.posts == []
    assert desk.store.desk_queue.held(brands=None).items == ()
    desk.machinery.close()


def test_who_was_forgotten_is_forgotten_by_the_log_too(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    maya.click(f"{talk(who)}/claim", key=desk.key_of(who))

    erase_person(desk.store.database, m.PersonId("7"))

    items = [item for _, item in desk.store.desk_access.log_items()]
    assert [(item.what, item.subject) for item in items] == [("claimed", "")]
