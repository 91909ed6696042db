"""What goes wrong with single requests, by script."""

from __future__ import annotations

import random
from typing import Any

import pytest
import requests
import tweepy

from leadbot.simulator.faults import REQUEST, FaultBook, FaultError

POST = "POST /2/tweets"


def test_an_accepted_post_may_never_be_confirmed(acme, ann, control) -> None:
    asked = ann.post("@acme price?")
    control.fault({"on": POST, "kind": "drop_after_accept"})
    with pytest.raises(requests.ConnectionError):
        acme.create_tweet(text="I'm a bot.", in_reply_to_tweet_id=asked)
    assert [post["in_reply_to"] for post in control.ask("GET", "log")["posts"]] == [None, asked]
    assert control.violations() == []


@pytest.mark.parametrize("kind", ["drop_before", "timeout"])
def test_a_dropped_request_may_have_done_nothing(acme, control, kind) -> None:
    control.fault({"on": POST, "kind": kind, "seconds": 0.01})
    with pytest.raises(requests.ConnectionError):
        acme.create_tweet(text="I'm a bot.")
    assert control.ask("GET", "log")["posts"] == []


def test_a_timeout_may_hide_an_accepted_post(acme, control) -> None:
    control.fault({"on": POST, "kind": "timeout_after_accept", "seconds": 0.01})
    with pytest.raises(requests.ConnectionError):
        acme.create_tweet(text="I'm a bot.")
    assert len(control.ask("GET", "log")["posts"]) == 1


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (401, tweepy.Unauthorized),
        (402, tweepy.HTTPException),
        (403, tweepy.Forbidden),
        (429, tweepy.TooManyRequests),
        (503, tweepy.TwitterServerError),
    ],
)
def test_any_status_can_be_scripted(acme, control, status, raised) -> None:
    control.fault({"on": POST, "kind": "status", "status": status})
    with pytest.raises(raised) as caught:
        acme.create_tweet(text="I'm a bot.")
    assert caught.value.response.status_code == status
    assert acme.create_tweet(text="I'm a bot.").data["id"]


def test_a_429_may_come_without_headers(acme, control) -> None:
    control.fault({"on": POST, "kind": "status", "status": 429, "headers": False})
    with pytest.raises(tweepy.TooManyRequests) as caught:
        acme.create_tweet(text="I'm a bot.")
    assert "x-rate-limit-reset" not in caught.value.response.headers


def test_the_usage_cap_is_a_429_that_looks_healthy(acme, control) -> None:
    control.fault({"on": POST, "kind": "usage_cap"})
    with pytest.raises(tweepy.TooManyRequests) as caught:
        acme.create_tweet(text="I'm a bot.")
    assert int(caught.value.response.headers["x-rate-limit-remaining"]) > 0
    assert caught.value.response.json()["title"] == "UsageCapExceeded"


def test_an_error_page_may_be_html(acme, control) -> None:
    control.fault({"on": "*", "kind": "html"})
    with pytest.raises(tweepy.TwitterServerError) as caught:
        acme.get_me()
    assert caught.value.response.headers["content-type"].startswith("text/html")


def test_faults_strike_the_bot_and_not_people_unless_told_so(ann, control) -> None:
    control.fault({"on": POST, "kind": "status", "status": 503})
    assert ann.post("@acme price?")


def struck(seed: int) -> list[bool]:
    book = FaultBook(random.Random(seed))
    book.add({"on": POST, "kind": "status", "probability": 0.5})
    return [book.strike(POST, REQUEST) is not None for _ in range(40)]


def test_chance_is_decided_by_the_seed() -> None:
    assert struck(1) == struck(1) != struck(2)
    assert 5 < sum(struck(1)) < 35


def test_a_fault_may_let_some_chances_pass_first() -> None:
    book = FaultBook(random.Random(0))
    book.add({"on": "*", "kind": "status", "skip": 2, "times": 1})
    assert [book.strike(POST, REQUEST) is not None for _ in range(4)] == [False, False, True, False]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("boom", "an object such as"),
        ({"on": POST}, "choose one of"),
        ({"on": POST, "kind": "clean_close"}, "choose one of"),
        ({"on": "stream", "kind": "html"}, "choose one of"),
        ({"on": "tweets", "kind": "status"}, "give a route"),
        ({"on": POST, "kind": "status", "status": 200}, "from 400"),
        ({"on": POST, "kind": "status", "time": 3}, "unknown keys time"),
        ({"on": POST, "kind": "status", "seconds": "9"}, "give a number"),
        ({"on": POST, "kind": "status", "client": "bot"}, "choose api"),
    ],
)
def test_a_senseless_fault_is_refused_with_what_would_do(entry: Any, said: str) -> None:
    with pytest.raises(FaultError, match=said):
        FaultBook(random.Random(0)).add(entry)


def test_a_post_may_show_up_late_on_timelines_and_in_searches_and_at_once_by_its_id(
    acme, ann, control
) -> None:
    me = acme.get_me().data.id
    control.fault({"on": "timelines", "kind": "late", "seconds": 60, "client": "any"})
    late, prompt = ann.post("@acme price?"), ann.post("@acme hello?")

    def listed() -> list[list[str]]:
        found = (acme.get_users_mentions(me, user_auth=True), acme.search_recent_tweets("@acme"))
        return [[str(post.id) for post in one.data] for one in found]

    assert acme.get_tweet(late).data.text == "@acme price?"
    assert listed() == [[prompt], [prompt]]
    control.ask("POST", "clock", json={"advance_s": 61})
    assert listed() == [[prompt, late], [prompt, late]]


def test_weather_is_everything_with_a_chance_and_ends_when_told(acme, ann, control) -> None:
    made = control.ask("POST", "weather", json={"chance": 1, "seconds": 0})["faults"]
    assert {fault["probability"] for fault in made} == {1}
    with pytest.raises((tweepy.HTTPException, requests.ConnectionError)):
        acme.create_tweet(text="We are open.")
    assert control.ask("POST", "weather", json={"chance": 0})["faults"] == []
    assert acme.create_tweet(text="We are open.")
    (struck,) = control.ask("GET", "faults")["struck"].items()
    assert struck == ("drop_before on POST /2/tweets", 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "from 0 to 1"),
        ({"chance": 2}, "from 0 to 1"),
        ({"chance": 0.1, "seconds": -1}, "0 or more"),
        ({"chance": "high"}, "give a number"),
        ({"chances": 1}, "give chance and seconds"),
    ],
)
def test_weather_that_makes_no_sense_is_refused(control, body, said) -> None:
    assert said in control.ask("POST", "weather", status=400, json=body)["error"]
