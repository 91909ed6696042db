"""Tokens: which are good, where, and how each may be shown."""

from __future__ import annotations

import pytest
import requests
import tweepy
from requests_oauthlib import OAuth1

from leadbot.simulator import credentials_for
from leadbot.simulator.accounts import APP_BEARER
from tests.fakes.simulated import Redirect


def ask(base_url: str, path: str, token: str, method: str = "GET") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(method, base_url + path, headers=headers, json={"text": "x"}, timeout=10)


def test_credentials_follow_from_the_handle_whatever_its_case() -> None:
    assert credentials_for("AcmeCloud") == credentials_for("acmecloud")
    assert 16 <= len(credentials_for("acme")["user_id"]) <= 19


@pytest.mark.parametrize("token", ["", "nonsense", "sim-user-nobody", "sim-user-ann", "sim-native-nobody"])
def test_a_missing_or_unknown_token_is_401(base_url, ann, token) -> None:
    answer = ask(base_url, "/2/users/me", token)
    assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("path", "token"),
    [
        ("/2/users/me", APP_BEARER),
        ("/2/tweets/search/stream/rules", "sim-user-acme"),
        ("/2/tweets/search/stream", "sim-native-ann"),
    ],
)
def test_a_good_token_of_the_wrong_kind_is_403(base_url, ann, path, token) -> None:
    answer = ask(base_url, path, token)
    assert (answer.status_code, answer.json()["title"]) == (403, "Unsupported Authentication")


def test_a_signature_for_x_itself_or_for_the_real_address_is_good(base_url, acme) -> None:
    assert str(acme.get_me().data.id) == credentials_for("acme")["user_id"]
    known = credentials_for("acme")["oauth1"]
    auth = OAuth1(
        known["consumer_key"], known["consumer_secret"], known["access_token"], known["access_token_secret"]
    )
    url = f"{base_url}/2/users/{credentials_for('acme')['user_id']}/mentions"
    query = {"start_time": "2026-01-01T00:00:00Z", "tweet.fields": "author_id,entities"}
    assert requests.get(url, params=query, auth=auth, timeout=10).status_code == 200


@pytest.mark.parametrize("part", ["consumer_secret", "access_token_secret", "access_token", "consumer_key"])
def test_one_wrong_part_spoils_the_signature(client, part) -> None:
    with pytest.raises(tweepy.Unauthorized):
        client("acme", **{part: "wrong"}).get_me()


def test_a_header_that_cannot_be_read_is_401(base_url) -> None:
    for header in ("OAuth nonsense", 'OAuth oauth_token="a', "Basic abc"):
        answer = requests.get(base_url + "/2/users/me", headers={"Authorization": header}, timeout=10)
        assert answer.status_code == 401


def test_people_can_play_with_oauth1_and_with_a_bearer_token_through_tweepy(base_url, ann) -> None:
    signed = tweepy.Client(**ann.oauth1)
    bearer = tweepy.Client(bearer_token=ann.bearer_token)
    for client, user_auth in ((signed, True), (bearer, False)):
        client.session.mount("https://api.twitter.com", Redirect(base_url))
        assert client.create_tweet(text=f"@acme price? {user_auth}", user_auth=user_auth).data["id"]
        client.session.close()


def test_a_suspended_account_can_do_nothing(base_url, ann, control) -> None:
    control.ask("POST", "users", json={"username": "ann", "suspended": True})
    assert ask(base_url, "/2/users/me", ann.bearer_token).status_code == 403
