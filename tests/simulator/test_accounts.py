"""Accounts and posts that X shows only in part, or no longer."""

from __future__ import annotations

import pytest
import tweepy

from leadbot.simulator import Refused


def gone(client: tweepy.Client, post_id: str) -> str:
    """The type of the problem that a lookup names."""
    return str(client.get_tweet(post_id, user_auth=True).errors[0]["type"].rpartition("/")[2])


@pytest.mark.parametrize("state", ["suspended", "deactivated"])
def test_posts_of_an_account_that_is_gone_are_gone_and_come_back_with_it(
    acme, ann, control, connect, state
) -> None:
    asked = ann.post("@acme price?")
    me = acme.get_me().data.id
    control.ask("POST", "users", json={"username": "ann", state: True})
    assert gone(acme, asked) == "resource-not-found"
    assert acme.get_users_mentions(me, user_auth=True).data is None
    assert acme.get_user(username="ann").data is None
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        acme.create_tweet(text="Hi, a bot.", in_reply_to_tweet_id=asked)
    with pytest.raises(Refused):
        ann.post("@acme hello?")
    control.ask("POST", "users", json={"username": "ann", state: False})
    assert acme.get_tweet(asked, user_auth=True).data.text == "@acme price?"


def test_posts_of_a_protected_account_are_shown_to_its_followed_alone(acme, ann, control) -> None:
    asked = ann.post("@acme price?")
    control.ask("POST", "users", json={"username": "ann", "protected": True})
    assert gone(acme, asked) == "not-authorized-for-resource"
    assert acme.get_user(username="ann", user_fields=["protected"]).data.protected is True
    control.ask("POST", "follows", json={"by": "ann", "whom": "acme"})
    assert acme.get_tweet(asked, user_auth=True).data.text == "@acme price?"


def test_what_is_withheld_somewhere_says_where(acme, ann, control) -> None:
    asked = ann.post("@acme price?")
    control.ask("POST", "withhold", json={"post_id": asked, "countries": ["DE", "TR"]})
    control.ask("POST", "withhold", json={"username": "ann", "countries": ["DE"]})
    found = acme.get_tweet(
        asked, tweet_fields=["withheld"], user_fields=["withheld"], expansions=["author_id"]
    )
    assert found.data.withheld["country_codes"] == ["DE", "TR"]
    assert found.includes["users"][0].withheld["scope"] == "user"
    control.ask("POST", "withhold", json={"post_id": asked})
    assert acme.get_tweet(asked, tweet_fields=["withheld"]).data.withheld is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"username": "ann", "countries": "DE"}, "give codes such as"),
        ({"username": "ann", "countries": ["Germany"]}, "give codes such as"),
        ({"username": "nobody", "countries": ["DE"]}, "of what exists"),
        ({"post_id": "1", "countries": ["DE"]}, "of what exists"),
    ],
)
def test_a_senseless_withholding_is_told_what_would_do(control, ann, body, said) -> None:
    assert said in control.ask("POST", "withhold", status=400, json=body)["error"]


@pytest.mark.parametrize(
    ("setting", "who", "passes"),
    [
        ("following", {"follows": True}, True),
        ("following", {}, False),
        ("verified", {"verified": True}, True),
        ("verified", {}, False),
        ("mentionedUsers", {}, False),
        ("subscribers", {}, False),
    ],
)
def test_an_author_decides_who_may_reply(ann, person, control, setting, who, passes) -> None:
    bob = person("bob", verified=who.get("verified", False))
    if who.get("follows"):
        control.ask("POST", "follows", json={"by": "ann", "whom": "bob"})
    asked = ann.post("price talk", reply_settings=setting)
    if passes:
        assert bob.reply(asked, "me too")
    else:
        with pytest.raises(Refused, match="restricted"):
            bob.reply(asked, "me too")
    assert ann.reply(asked, "and one more thing"), "one's own thread is always open"


def test_a_reply_inherits_the_conversation_whoever_speaks(acme, ann, person) -> None:
    asked = ann.post("@acme price?")
    answer = acme.create_tweet(text="Hi, a bot.", in_reply_to_tweet_id=asked).data["id"]
    joined = person("bob").reply(answer, "same for us")
    for post_id in (asked, answer, joined):
        found = acme.get_tweet(post_id, tweet_fields=["conversation_id"]).data
        assert str(found.conversation_id) == asked
