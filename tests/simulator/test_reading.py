"""Lookups, timelines and search through real tweepy."""

from __future__ import annotations

import pytest
import tweepy

AS_COLLECTED = {
    "id": str,
    "text": str,
    "author_id": str,
    "conversation_id": str,
    "created_at": str,
    "in_reply_to_user_id": str,
    "referenced_tweets": list,
    "edit_history_tweet_ids": list,
    "display_text_range": list,
    "entities": dict,
}
"""The fields of a reply to a bot as the filtered stream of X delivered it, and their types in JSON."""


def my_id(client: tweepy.Client) -> str:
    return str(client.get_me().data.id)


def test_lookup_names_what_is_gone_and_what_is_hidden(acme, ann, person) -> None:
    here, gone = ann.post("@acme one"), ann.post("@acme two")
    hidden = person("shy", protected=True).post("@acme three")
    ann.delete(gone)
    found = acme.get_tweets([here, gone, hidden, "5"])
    assert [str(post.id) for post in found.data] == [here]
    assert [error["title"] for error in found.errors] == [
        "Not Found Error",
        "Authorization Error",
        "Not Found Error",
    ]
    assert acme.get_tweet(gone).data is None


def test_mentions_come_newest_first_in_pages(acme, ann) -> None:
    ids = [ann.post(f"@acme {number}") for number in range(12)]
    me, seen, token = my_id(acme), [], None
    while True:
        page = acme.get_users_mentions(me, max_results=5, pagination_token=token, user_auth=True)
        seen += [str(post.id) for post in page.data]
        token = page.meta.get("next_token")
        if token is None:
            break
    assert seen == ids[::-1]
    assert page.meta["result_count"] == 2


def test_since_and_until_ids_are_exclusive_and_an_empty_page_has_no_data(acme, ann) -> None:
    ids = [ann.post(f"@acme {number}") for number in range(4)]
    me = my_id(acme)
    page = acme.get_users_mentions(me, since_id=ids[0], until_id=ids[3], user_auth=True)
    assert [str(post.id) for post in page.data] == [ids[2], ids[1]]
    empty = acme.get_users_mentions(me, since_id=ids[3], user_auth=True)
    assert (empty.data, empty.meta) == (None, {"result_count": 0})


def test_times_bound_a_timeline(acme, ann, control) -> None:
    ann.post("@acme early")
    noon = control.ask("POST", "clock", json={"advance_s": 3_600})["now"]
    late = ann.post("@acme late")
    page = acme.get_users_mentions(my_id(acme), start_time=noon, user_auth=True)
    assert [str(post.id) for post in page.data] == [late]


def test_only_the_newest_800_mentions_are_kept(acme, simulator, control) -> None:
    def flood(world) -> None:
        from leadbot.simulator.accounts import Client
        from leadbot.simulator.world import Draft

        ann = world.add_user("ann")
        for number in range(810):
            world.post(ann, Draft(f"@acme {number}"), Client.NATIVE)

    simulator.call(flood)
    pages = tweepy.Paginator(acme.get_users_mentions, my_id(acme), max_results=100, user_auth=True)
    assert len(list(pages.flatten())) == 800


def test_own_posts_may_leave_out_replies(acme, ann) -> None:
    acme.create_tweet(text="I'm a bot.", in_reply_to_tweet_id=ann.post("@acme price?"))
    own = str(acme.create_tweet(text="We are open.").data["id"])
    me = my_id(acme)
    assert len(acme.get_users_tweets(me, user_auth=True).data) == 2
    page = acme.get_users_tweets(me, exclude=["replies"], user_auth=True)
    assert [str(post.id) for post in page.data] == [own]


def test_referenced_posts_and_people_come_in_includes_or_in_errors(acme, ann) -> None:
    asked = ann.post("@acme price?")
    reply = acme.create_tweet(text="I'm a bot.", in_reply_to_tweet_id=asked).data["id"]
    wanted = ["referenced_tweets.id", "referenced_tweets.id.author_id", "entities.mentions.username"]
    found = acme.get_tweet(reply, expansions=wanted, tweet_fields=["referenced_tweets"])
    assert [str(post.id) for post in found.includes["tweets"]] == [asked]
    assert [user.username for user in found.includes["users"]] == ["ann"]
    ann.delete(asked)
    assert acme.get_tweet(reply, expansions=wanted).errors[0]["resource_id"] == asked


def test_search_finds_by_rule_for_seven_days(acme, ann, control) -> None:
    old = ann.post("@acme old price")
    control.ask("POST", "clock", json={"advance_s": 8 * 86_400})
    new = ann.post("@acme new price")
    found = acme.search_recent_tweets("price -from:acme")
    assert [str(post.id) for post in found.data] == [new]
    assert old
    for bad in ("-price", "x" * 513):
        with pytest.raises(tweepy.BadRequest):
            acme.search_recent_tweets(bad)


def test_a_brand_shows_the_automated_label_and_people_do_not(acme, ann) -> None:
    fields = ["affiliation", "description", "public_metrics", "created_at", "protected", "verified"]
    brand, user = (acme.get_user(username=name, user_fields=fields).data for name in ("ACME", "ann"))
    assert brand["affiliation"] == {"description": "Automated"}
    assert "bot" in brand.description.lower() or "automated" in brand.description.lower()
    assert user.data.get("affiliation") is None
    assert user.public_metrics["followers_count"] == 120


def test_users_are_found_by_id_and_missing_ones_named(acme, ann) -> None:
    found = acme.get_users(ids=[ann.id, "5"])
    assert [user.username for user in found.data] == ["ann"]
    assert found.errors[0]["value"] == "5"
    assert acme.get_user(id=ann.id).data.username == "ann"
    assert acme.get_user(username="nobody").data is None


def test_unknown_fields_are_refused(acme, ann) -> None:
    post_id = ann.post("@acme price?")
    with pytest.raises(tweepy.BadRequest):
        acme.get_tweet(post_id, tweet_fields=["colour"])


def test_text_is_escaped_and_the_offsets_fit_the_escaped_text(acme, ann) -> None:
    bot_post = acme.create_tweet(
        text="R&D? I'm a bot.", in_reply_to_tweet_id=ann.post("@acme <3 & you")
    ).data["id"]
    post = acme.get_tweet(
        ann.reply(bot_post, "R&D says hi @acme"), tweet_fields=["display_text_range", "entities"]
    )
    start, end = post.data["display_text_range"]
    assert post.data.text[start:end] == "R&amp;D says hi @acme"
    last = post.data.entities["mentions"][-1]
    assert post.data.text[last["start"] : last["end"]] == "@acme"


def test_a_mention_has_the_shape_of_the_collected_payload(acme, ann) -> None:
    reply = acme.create_tweet(text="I'm a bot.", in_reply_to_tweet_id=ann.post("@acme price?")).data["id"]
    answer = ann.reply(reply, "about 40 people, rollout in Q1")
    asked = [name for name in AS_COLLECTED if name not in ("id", "text")]
    shape = acme.get_tweet(answer, tweet_fields=asked).data.data
    assert {name: type(value) for name, value in shape.items()} == AS_COLLECTED
    assert set(shape["entities"]["mentions"][0]) == {"start", "end", "username", "id"}


def test_search_comes_in_pages_and_names_what_is_referred_to_and_gone(acme, ann) -> None:
    first = ann.post("@acme price 0")
    posts = [ann.reply(first, f"@acme price {number}") for number in range(1, 13)]
    ann.delete(first)
    wanted = {"expansions": ["referenced_tweets.id"], "max_results": 10}
    page = acme.search_recent_tweets("price", **wanted)
    rest = acme.search_recent_tweets("price", next_token=page.meta["next_token"], **wanted)
    assert [str(post.id) for post in [*page.data, *rest.data]] == posts[::-1]
    assert "next_token" not in rest.meta
    assert {error["resource_id"] for error in page.errors} == {first}
