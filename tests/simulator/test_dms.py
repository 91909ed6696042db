"""Direct messages: an app answers there, and begins nothing."""

from __future__ import annotations

import pytest
import tweepy

from leadbot.simulator import credentials_for

BRAND_ID = credentials_for("acme")["user_id"]


def write(client: tweepy.Client, to_id: str, text: str = "Hi, a bot.") -> str:
    sent = client.create_direct_message(participant_id=to_id, text=text)
    return str(sent.data["dm_event_id"])


def texts(client: tweepy.Client, **more: str) -> list[str]:
    return [event.text for event in client.get_direct_message_events(user_auth=True, **more).data or []]


def test_an_app_may_write_only_to_who_wrote_first(acme, ann, person, control) -> None:
    with pytest.raises(tweepy.Forbidden, match="permission to DM"):
        write(acme, ann.id)
    ann.message(BRAND_ID, "hello?")
    assert write(acme, ann.id)
    with pytest.raises(tweepy.Forbidden):
        write(acme, person("bob").id)
    control.settings(dm_needs_first_word=False)
    assert write(acme, person("bob").id)


def test_who_blocks_the_brand_gets_no_message(acme, ann, control) -> None:
    ann.message(BRAND_ID, "hello?")
    control.ask("POST", "blocks", json={"by": "ann", "whom": "acme"})
    with pytest.raises(tweepy.Forbidden):
        write(acme, ann.id)


def test_each_side_reads_its_own_messages_newest_first(acme, ann, person, client) -> None:
    ann.message(BRAND_ID, "one")
    write(acme, ann.id, "two")
    person("bob").message(BRAND_ID, "three")
    assert texts(acme) == ["three", "two", "one"]
    assert texts(acme, participant_id=ann.id) == ["two", "one"]
    assert texts(client("globex")) == []


def test_an_event_shows_only_what_was_asked_for(acme, ann) -> None:
    ann.message(BRAND_ID, "hello?")
    (plain,) = acme.get_direct_message_events(user_auth=True).data
    assert set(plain.data) == {"id", "event_type", "text"}
    fields = ["sender_id", "dm_conversation_id", "created_at"]
    (full,) = acme.get_direct_message_events(dm_event_fields=fields, user_auth=True).data
    assert full.data["sender_id"] == ann.id
    assert sorted(full.data["dm_conversation_id"].split("-")) == sorted([ann.id, BRAND_ID])
    with pytest.raises(tweepy.BadRequest, match="not one of"):
        acme.get_direct_message_events(dm_event_fields=["mood"], user_auth=True)


def test_messages_come_in_pages_and_can_be_answered_by_their_conversation(acme, ann) -> None:
    for number in range(3):
        ann.message(BRAND_ID, f"line {number}")
    page = acme.get_direct_message_events(
        max_results=2, dm_event_fields=["dm_conversation_id"], user_auth=True
    )
    rest = acme.get_direct_message_events(pagination_token=page.meta["next_token"], user_auth=True)
    assert [event.text for event in (*page.data, *rest.data)] == ["line 2", "line 1", "line 0"]
    conversation = page.data[0].data["dm_conversation_id"]
    assert acme.create_direct_message(dm_conversation_id=conversation, text="Hi, a bot.").data
    with pytest.raises(tweepy.Forbidden, match="not a participant"):
        acme.create_direct_message(dm_conversation_id="1-2", text="Hi")


@pytest.mark.parametrize(("to_id", "text"), [("1", "hi"), ("ann", "hi"), (BRAND_ID, "hi"), ("", "")])
def test_a_message_to_nobody_or_without_words_is_refused(acme, ann, to_id, text) -> None:
    with pytest.raises(tweepy.BadRequest):
        write(acme, to_id or ann.id, text)


def test_fifteen_messages_fit_into_fifteen_minutes_and_each_has_its_price(acme, ann, control) -> None:
    ann.message(BRAND_ID, "hello?")
    for number in range(15):
        write(acme, ann.id, f"line {number}")
    with pytest.raises(tweepy.TooManyRequests):
        write(acme, ann.id, "one more")
    assert texts(acme)[0] == "line 14"
    assert control.ask("GET", "spend")["by_kind"] == {"dm_create": 0.225, "dm_read": 0.16}
