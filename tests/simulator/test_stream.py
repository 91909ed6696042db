"""The filtered stream on the wire and through tweepy: framing, rules, places, gaps."""

from __future__ import annotations

import queue
from typing import Any

import tweepy

from .conftest import DEADLINE_S, RULE
from .wire import Wire


def test_an_item_is_one_chunk_that_ends_in_crlf_with_defaults_only(connect, ann, rule) -> None:
    wire = connect()
    assert wire.status == 200
    assert wire.headers["transfer-encoding"] == "chunked"
    post_id = ann.post("@acme price?")
    assert wire.item() == {
        "data": {"id": post_id, "text": "@acme price?", "edit_history_tweet_ids": [post_id]},
        "matching_rules": [{"id": rule, "tag": "leadbot:mentions"}],
    }


def test_fields_and_expansions_are_honoured(connect, ann) -> None:
    wire = connect(
        "tweet.fields=conversation_id,in_reply_to_user_id&expansions=author_id&user.fields=public_metrics"
    )
    post_id = ann.post("@acme price?")
    item = wire.item()
    assert item["data"]["conversation_id"] == post_id
    assert "in_reply_to_user_id" not in item["data"]
    assert item["includes"]["users"][0]["public_metrics"]["followers_count"] == 120


def test_silence_is_broken_by_keep_alives(connect, control) -> None:
    control.settings(keep_alive_s=0.01)
    wire = connect()
    assert [wire.chunk(), wire.chunk()] == [b"\r\n", b"\r\n"]


def test_posts_that_meet_no_rule_and_own_posts_are_not_sent(connect, ann, acme) -> None:
    wire = connect()
    ann.post("nice weather")
    asked = ann.post("@acme price?")
    bot_post = acme.create_tweet(text="I'm a bot.", in_reply_to_tweet_id=asked).data["id"]
    answer = ann.reply(bot_post, "40")
    assert [wire.item()["data"]["id"], wire.item()["data"]["id"]] == [asked, answer]


def test_protected_accounts_are_never_delivered(connect, ann, person) -> None:
    wire = connect()
    person("shy", protected=True).post("@acme price?")
    open_post = ann.post("@acme price?")
    assert wire.item()["data"]["id"] == open_post


def test_an_edit_arrives_as_an_item_of_its_own(connect, ann) -> None:
    wire = connect()
    first = ann.post("@acme for 4")
    second = ann.edit(first, "@acme for 400")
    wire.item()
    assert wire.item()["data"]["edit_history_tweet_ids"] == [first, second]


def test_a_rule_without_a_tag_matches_without_one(connect, streamer, ann) -> None:
    streamer.add_rules(tweepy.StreamRule("price"))
    wire = connect()
    ann.post("@acme price?")
    assert [sorted(match) for match in wire.item()["matching_rules"]] == [["id", "tag"], ["id"]]


def test_without_rules_the_stream_answers_409(base_url) -> None:
    with Wire(base_url) as wire:
        assert wire.status == 409


def test_a_second_connection_is_refused_until_the_first_has_gone(connect, base_url, control) -> None:
    first = connect()
    with Wire(base_url) as second:
        assert second.status == 429
        assert int(second.headers["x-rate-limit-remaining"]) > 0
    first.__exit__(None, None, None)
    assert control.ask("GET", "stream", params={"until": "none", "wait_s": 5}) == {"connections": []}
    assert connect().status == 200


def test_in_the_other_mode_a_second_connection_ends_the_first(connect, control) -> None:
    control.settings(stream_mode="kick")
    first, second = connect(), connect()
    assert first.chunk() == b""
    assert first.is_closed()
    assert second.status == 200


def test_a_lost_client_may_leave_a_ghost_that_only_delete_connections_ends(
    connect, base_url, control, acme
) -> None:
    control.settings(ghost_s=60)
    connect().__exit__(None, None, None)
    with Wire(base_url) as refused:
        assert refused.status == 429
    listed = acme.request("GET", "/2/connections").json()
    assert listed["data"][0]["endpoint_name"] == "filtered_stream"
    acme.request("DELETE", "/2/connections/all")
    assert connect().status == 200


def test_backfill_is_refused(base_url, rule) -> None:
    with Wire(base_url, "backfill_minutes=5") as wire:
        assert wire.status == 403


def test_posts_of_a_gap_are_lost_to_the_stream_yet_among_the_mentions(connect, ann, acme) -> None:
    missed = ann.post("@acme price?")
    wire = connect()
    heard = ann.post("@acme hello?")
    assert wire.item()["data"]["id"] == heard
    me = acme.get_me().data.id
    mentions = acme.get_users_mentions(me, user_auth=True).data
    assert [str(post.id) for post in mentions] == [heard, missed]


def test_new_rules_deliver_only_after_their_activation_time(connect, ann, control, streamer) -> None:
    control.settings(rule_activation_s=20)
    streamer.add_rules(tweepy.StreamRule("weather", tag="late"))
    wire = connect()
    ann.post("weather now")
    control.ask("POST", "clock", json={"advance_s": 21})
    later = ann.post("weather later")
    assert wire.item()["data"]["id"] == later


def test_a_rule_twice_an_unreadable_one_and_a_dry_run_are_told_apart(streamer, rule) -> None:
    twice = streamer.add_rules(tweepy.StreamRule(RULE, tag="leadbot:mentions"))
    assert [error["title"] for error in twice.errors] == ["DuplicateRule"]
    bad = streamer.add_rules(tweepy.StreamRule("-is:retweet"))
    assert bad.meta["summary"]["invalid"] == 1
    assert len(streamer.add_rules(tweepy.StreamRule("dry"), dry_run=True).data) == 1
    assert [listed.id for listed in streamer.get_rules().data] == [rule]
    streamer.delete_rules(rule)
    assert streamer.get_rules().data is None


def test_delete_all_leaves_no_rules(acme, streamer, rule) -> None:
    body = acme.request(
        "POST", "/2/tweets/search/stream/rules", params={"delete_all": "true"}, json={}
    ).json()
    assert body["meta"]["summary"]["deleted"] == 1
    assert streamer.get_rules().data is None


def test_tweepys_own_stream_hears_a_mention_with_its_author(streamer, rule, ann, control) -> None:
    heard: queue.Queue[Any] = queue.Queue()
    streamer.on_response = heard.put
    thread = streamer.filter(expansions="author_id", tweet_fields=["entities"], threaded=True)
    assert control.ask("GET", "stream", params={"wait_s": 5})["connections"]
    post_id = ann.post("@acme price?")
    response = heard.get(timeout=DEADLINE_S)
    assert str(response.data.id) == post_id
    assert response.includes["users"][0].username == "ann"
    assert response.matching_rules[0].tag == "leadbot:mentions"
    streamer.disconnect()
    ann.post("@acme a last one lets tweepy look at its flag")
    thread.join(DEADLINE_S)
    assert not thread.is_alive()


def test_an_item_names_every_rule_it_met_and_only_those_with_their_tags(connect, streamer, ann, rule) -> None:
    streamer.add_rules([tweepy.StreamRule("price"), tweepy.StreamRule("weather", tag="other")])
    wire = connect()
    ann.post("@acme price?")
    met = wire.item()["matching_rules"]
    assert [one.get("tag") for one in met] == ["leadbot:mentions", None]


def test_no_more_than_a_thousand_rules_fit(streamer, rule) -> None:
    added = streamer.add_rules([tweepy.StreamRule(f"word{number}") for number in range(1_000)])
    assert added.meta["summary"]["created"] == 999
    assert added.errors[0]["title"] == "RulesCapExceeded"


def test_rules_outlive_connections(connect, streamer, rule, control) -> None:
    connect().__exit__(None, None, None)
    control.ask("GET", "stream", params={"wait_s": 5, "until": "none"})
    assert [one.id for one in streamer.get_rules().data] == [rule]


def test_reposts_reach_only_a_rule_that_wants_them(connect, streamer, acme, ann) -> None:
    streamer.add_rules(tweepy.StreamRule("@acme is:retweet", tag="reposts"))
    wire = connect("tweet.fields=referenced_tweets")
    announced = acme.create_tweet(text="We are open.").data["id"]
    ann.repost(announced)
    item = wire.item()
    assert item["data"]["referenced_tweets"] == [{"type": "retweeted", "id": announced}]
    assert [one["tag"] for one in item["matching_rules"]] == ["reposts"]


def test_a_newer_x_may_send_members_nobody_has_heard_of(connect, control, ann, acme) -> None:
    control.settings(unknown_fields=True)
    wire = connect("expansions=author_id")
    asked = ann.post("@acme price?")
    item = wire.item()
    assert "never_heard_of" in item
    assert "never_heard_of" in item["data"]
    assert "never_heard_of" in item["includes"]["users"][0]
    assert acme.get_tweet(asked).data.text == "@acme price?"
    assert acme.get_tweets([asked]).data[0].text == "@acme price?"
