"""Spend, rate limits and the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
import tweepy

from leadbot.simulator.clock import ClockError, SimClock, Snowflakes, parse_iso, snowflake_at, time_of


def test_each_kind_of_call_has_its_price(acme, ann, control) -> None:
    asked = ann.post("@acme price?")
    me = acme.get_me().data.id
    acme.get_users_mentions(me, user_auth=True)
    acme.get_tweet(ann.post("hello"))
    reply = acme.create_tweet(text="I'm a bot.", in_reply_to_tweet_id=asked).data["id"]
    acme.create_tweet(text="We are open.")
    acme.create_tweet(text="See example.com")
    acme.delete_tweet(reply)
    assert control.ask("GET", "spend") == {
        "total_usd": 0.251,
        "by_kind": {
            "owned_read": 0.001,
            "post_create": 0.015,
            "post_create_with_url": 0.2,
            "post_delete": 0.01,
            "post_read": 0.005,
            "summoned_reply": 0.01,
            "user_read": 0.01,
        },
        "by_brand": {"(app)": 0.005, "acme": 0.246},
    }


def test_a_post_read_twice_on_one_utc_day_is_paid_once(acme, ann, control) -> None:
    control.ask("POST", "clock", json={"rate": 0})
    me = acme.get_me().data.id
    ann.post("@acme price?")
    before = control.ask("GET", "spend")["total_usd"]
    for _ in range(3):
        acme.get_users_mentions(me, user_auth=True)
    assert control.ask("GET", "spend")["total_usd"] - before == pytest.approx(0.001)
    control.ask("POST", "clock", json={"advance_s": 86_400})
    acme.get_users_mentions(me, user_auth=True)
    assert control.ask("GET", "spend")["total_usd"] - before == pytest.approx(0.002)


def test_people_cost_nothing(ann, person, control) -> None:
    person("bob").reply(ann.post("@bob hi"), "hi")
    assert ann.mentions()
    assert control.ask("GET", "spend")["total_usd"] == 0


def test_every_answer_tells_the_window_and_the_day(base_url, acme, client, ann) -> None:
    raw = client("acme", return_type=requests.Response)
    headers = raw.create_tweet(text="We are open.").headers
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]) == ("100", "99")
    assert headers["x-app-limit-24hour-limit"] == "10000"
    assert raw.get_me().headers["x-rate-limit-limit"] == "75"


def test_a_used_up_window_is_a_429_until_it_opens_in_virtual_time(acme, control) -> None:
    control.settings(limits={"GET /2/users/me": {"user": 2}})
    acme.get_me()
    acme.get_me()
    with pytest.raises(tweepy.TooManyRequests) as caught:
        acme.get_me()
    headers = caught.value.response.headers
    assert headers["x-rate-limit-remaining"] == "0"
    opens = datetime.fromtimestamp(int(headers["x-rate-limit-reset"]), UTC)
    control.ask("POST", "clock", json={"now": opens.isoformat()})
    assert acme.get_me().data


def test_each_account_has_a_window_of_its_own_and_limits_can_be_off(acme, client, control) -> None:
    control.settings(limits={"GET /2/users/me": {"user": 1}})
    acme.get_me()
    assert client("globex").get_me().data.username == "globex"
    control.settings(rate_limits=False)
    assert acme.get_me().data


def test_the_clock_runs_at_its_rate_and_never_back() -> None:
    start = datetime(2026, 11, 22, 10, tzinfo=UTC)
    clock = SimClock.start(rate=0, epoch=start)
    assert clock.now() == start
    clock.change(advance_s=90)
    assert clock.now() == start + timedelta(seconds=90)
    for change in ({"to": start}, {"advance_s": -1}, {"rate": -1}):
        with pytest.raises(ClockError):
            clock.change(**change)
    clock.change(rate=100_000)
    begun = time.monotonic()
    now = clock.now()
    assert now >= start + timedelta(seconds=90)
    assert clock.now() - now <= timedelta(seconds=100_000 * (time.monotonic() - begun))


def test_another_process_computes_the_same_time(control) -> None:
    told = control.ask("POST", "clock", json={"rate": 60, "advance_s": 3_600})
    mine = SimClock(parse_iso(told["epoch"]), told["anchor"], told["rate"])
    before = mine.now()
    theirs = parse_iso(control.ask("GET", "clock")["now"])
    assert before - timedelta(milliseconds=1) <= theirs <= mine.now()


def test_ids_rise_strictly_even_when_time_stands_still() -> None:
    clock = SimClock.start(rate=0, epoch=datetime(2026, 11, 22, 10, 0, 0, 123_000, tzinfo=UTC))
    ids = Snowflakes(clock)
    given = [ids.next()[0] for _ in range(3)]
    assert given == [snowflake_at(clock.now()) + step for step in range(3)]
    assert time_of(given[2]) == clock.now()
