"""What an app may do, what it can afford, and how its answers are packed."""

from __future__ import annotations

import gzip
import zlib

import pytest
import requests
import tweepy

from leadbot.simulator.accounts import APP_BEARER

from .wire import Wire

SAYS_GZIP = "Accept-Encoding: gzip\r\n"


def test_an_answer_is_zipped_for_whoever_takes_that_and_plain_for_others(base_url, ann, control) -> None:
    head = {"Authorization": f"Bearer {APP_BEARER}"}
    address = f"{base_url}/2/users/by/username/ann"
    zipped = requests.get(address, headers={**head, "Accept-Encoding": "gzip"}, timeout=5, stream=True)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert b'"ann"' in gzip.decompress(zipped.raw.read())
    plain = requests.get(address, headers={**head, "Accept-Encoding": "identity"}, timeout=5)
    assert "Content-Encoding" not in plain.headers
    control.settings(gzip=False)
    assert "Content-Encoding" not in requests.get(address, headers=head, timeout=5).headers


def test_a_zipped_stream_holds_no_item_back(base_url, rule, ann) -> None:
    with Wire(base_url, more_headers=SAYS_GZIP) as wire:
        assert wire.headers["content-encoding"] == "gzip"
        unzipper = zlib.decompressobj(wbits=31)
        for words in ("@acme one", "@acme two"):
            ann.post(words)
            line = unzipper.decompress(wire.chunk())
            assert words.encode() in line
            assert line.endswith(b"\r\n")


def test_an_app_without_credits_gets_402_for_everything(acme, ann, control) -> None:
    control.settings(credits_usd=0.014)
    acme.create_tweet(text="We are open.")
    for attempt in (acme.get_me, lambda: acme.create_tweet(text="Still open.")):
        with pytest.raises(tweepy.HTTPException) as caught:
            attempt()
        assert caught.value.response.status_code == 402
        assert caught.value.response.json()["title"] == "CreditsDepleted"
    assert ann.post("people pay nothing")
    control.settings(credits_usd=20)
    assert acme.get_me().data


def test_used_up_post_reads_are_a_429_with_healthy_headers_and_writing_goes_on(acme, ann, control) -> None:
    me = acme.get_me().data.id
    ann.post("@acme price?")
    control.settings(post_reads_cap=1)
    acme.get_users_mentions(me, user_auth=True)
    with pytest.raises(tweepy.TooManyRequests) as caught:
        acme.get_users_mentions(me, user_auth=True)
    assert caught.value.response.json()["title"] == "UsageCapExceeded"
    assert int(caught.value.response.headers["x-rate-limit-remaining"]) > 0
    assert acme.create_tweet(text="We are open.")
    assert acme.get_me().data


def test_a_connect_to_the_stream_counts_and_shows_its_window(base_url, rule, control) -> None:
    control.settings(limits={"GET /2/tweets/search/stream": {"app": 1}})
    with Wire(base_url) as wire:
        assert wire.headers["x-rate-limit-limit"] == "1"
        assert wire.headers["x-rate-limit-remaining"] == "0"
    with Wire(base_url) as refused:
        assert refused.status == 429


def test_a_days_limit_of_an_account_has_headers_of_its_own(acme, client, control) -> None:
    control.settings(limits={"POST /2/tweets": {"user_day": 1}})
    raw = client("acme", return_type=requests.Response)
    headers = raw.create_tweet(text="We are open.").headers
    assert headers["x-user-limit-24hour-limit"] == "1"
    assert headers["x-user-limit-24hour-remaining"] == "0"
    assert int(headers["x-rate-limit-remaining"]) > 0
    with pytest.raises(tweepy.TooManyRequests) as caught:
        acme.create_tweet(text="Still open.")
    day, window = (
        int(caught.value.response.headers[name])
        for name in ("x-user-limit-24hour-reset", "x-rate-limit-reset")
    )
    assert day > window


@pytest.mark.parametrize("wording", ["2026-07", "2026-05"])
@pytest.mark.parametrize(
    ("title", "kind"),
    [("Authorization Error", "not-authorized-for-resource"), ("Forbidden", "about:blank")],
)
def test_both_wordings_of_the_summon_rule_come_with_both_titles(
    acme, ann, control, wording, title, kind
) -> None:
    control.settings(summon_wording=wording, summon_title=title)
    with pytest.raises(tweepy.Forbidden) as caught:
        acme.create_tweet(text="Hi, a bot.", in_reply_to_tweet_id=ann.post("any CRM tips?"))
    body = caught.value.response.json()
    assert (body["title"], body["type"].rpartition("/")[2]) == (title, kind)
    assert ("mentioned" in body["detail"]) is True


def test_an_enterprise_app_may_quote_like_and_answer_anybody(acme, ann, control) -> None:
    control.settings(access="enterprise")
    asked = ann.post("any CRM tips?")
    assert acme.create_tweet(text="Here is one.", in_reply_to_tweet_id=asked).data["id"]
    assert acme.create_tweet(text="look", quote_tweet_id=asked).data["id"]
    assert acme.like(asked).data["liked"] is True


def test_an_enterprise_app_hears_the_last_minutes_again_with_what_it_has_heard(
    base_url, rule, ann, control
) -> None:
    control.settings(access="enterprise")
    ann.post("@acme long ago")
    control.ask("POST", "clock", json={"advance_s": 600})
    with Wire(base_url) as first:
        heard = ann.post("@acme heard")
        assert first.item()["data"]["id"] == heard
    control.ask("GET", "stream", params={"wait_s": 5, "until": "none"})
    missed = ann.post("@acme missed")
    with Wire(base_url, "backfill_minutes=5") as again:
        assert [again.item()["data"]["id"] for _ in range(2)] == [heard, missed]


@pytest.mark.parametrize("given", ["6", "-1", "two"])
def test_backfill_goes_back_five_minutes_at_most(base_url, rule, control, given) -> None:
    control.settings(access="enterprise")
    with Wire(base_url, f"backfill_minutes={given}") as wire:
        assert wire.status == 400
