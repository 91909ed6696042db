"""What really goes over the wire, held to X's own OpenAPI document where that lies beside the project."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import tweepy

from leadbot.errors import LeadbotError
from leadbot.model import PersonId, PostId
from leadbot.ports import JobKind
from leadbot.simulator import Player, SimulatorServer, credentials_for
from leadbot.simulator.shapes import EXPANSIONS, TWEET_FIELDS, USER_FIELDS
from leadbot.x.account import Account, verify
from leadbot.x.compliance import XComplianceJobs
from leadbot.x.listener import Listener
from leadbot.x.relookup import Relookup
from leadbot.x.session import TWEEPY_HOST
from leadbot.x.writer import XWriter
from tests.fakes.permits import say, to_delete
from tests.fakes.simulated import Redirect

from .openapi import DOCUMENT, OpenApi, faults_in
from .rooms import SHORT, Control, MemoryInbox, RealClock, until

PAYLOADS = DOCUMENT.with_name("payloads.json")
pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="X's OpenAPI document is not on this machine")

Exchange = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> OpenApi:
    return OpenApi(json.loads(DOCUMENT.read_text(encoding="utf-8")))


@pytest.fixture
def exchanges(simulator: SimulatorServer, control: Control) -> Callable[[], list[Exchange]]:
    """What was asked of X's API and answered since the start."""
    control.settings(keeps_exchanges=True)

    def kept() -> list[Exchange]:
        every = simulator.call(lambda world: list(world.exchanges))
        return [one for one in every if one["path"].startswith("/2/")]

    return kept


@pytest.fixture
def client(base_url: str) -> Iterator[tweepy.Client]:
    known = credentials_for("acme")
    made = tweepy.Client(known["app_bearer_token"], **known["oauth1"])
    made.session.mount(TWEEPY_HOST, Redirect(base_url))
    yield made
    made.session.close()


def routes(document: OpenApi, found: list[Exchange]) -> set[str]:
    return {f"{one['method']} {document.path_of(one['path'].partition('?')[0])}" for one in found}


def test_what_the_listener_asks_and_hears_is_as_x_writes_it(
    document: OpenApi,
    exchanges: Callable[[], list[Exchange]],
    listen: Callable[..., Listener],
    inbox: MemoryInbox,
    base_url: str,
    acme: Account,
    globex: Account,
    person: Callable[..., Player],
    control: Control,
) -> None:
    ann, bob = person("ann"), person("bob", premium=True)
    control.ask("POST", "faults", json={"on": "GET /2/tweets/search/stream", "kind": "status", "status": 503})
    listen(base_url, acme, globex)
    control.wait_connected()
    asked = ann.post("@acme @globex price &amp; $acme? #crm example.com")
    bob.post("@acme " + "word " * 80, reply={"in_reply_to_tweet_id": asked})
    ann.edit(asked, "@acme price?")
    ann.quote(asked, "@acme so?", lang="en")
    ann.repost(asked)
    inbox.wait_for(lambda inbox: len(inbox.texts()) >= 4)
    control.fault("stream", "operational_disconnect")
    until(lambda: control.count("GET /2/tweets/search/stream", 200) > 1)
    found = exchanges()
    assert faults_in(document, found) == []
    assert {
        "GET /2/tweets/search/stream",
        "GET /2/tweets/search/stream/rules",
        "POST /2/tweets/search/stream/rules",
        "GET /2/users/{id}/mentions",
    } <= routes(document, found)
    assert any(one["answer"] and "matching_rules" in one["answer"] for one in found), "items of the stream"


def test_a_ghost_is_sent_away_as_x_wants_it(
    document: OpenApi,
    exchanges: Callable[[], list[Exchange]],
    listen: Callable[..., Listener],
    base_url: str,
    control: Control,
) -> None:
    control.settings(ghost_s=60)
    first = listen(base_url)
    control.wait_connected()
    first.stop()
    listen(base_url)
    until(
        lambda: (
            control.count("DELETE /2/connections") or any(one["method"] == "DELETE" for one in exchanges())
        )
    )
    found = exchanges()
    assert faults_in(document, found) == []
    assert "DELETE /2/connections/all" in routes(document, found)


def test_what_the_writer_and_the_second_look_ask_is_as_x_writes_it(
    document: OpenApi,
    exchanges: Callable[[], list[Exchange]],
    writer_at: Callable[..., XWriter],
    base_url: str,
    acme: Account,
    clock: RealClock,
    person: Callable[..., Player],
    control: Control,
) -> None:
    ann, bob = person("ann"), person("bob")
    asked = ann.post("@acme @bob price?")
    gone = bob.post("@acme hello?")
    bob.delete(gone)
    writer, looks = writer_at(base_url), Relookup(acme, clock, base_url=base_url, time_outs=SHORT)
    assert verify(acme, clock, base_url=base_url) == writer.token_account_id() == acme.brand_id
    said = say(writer, "Hi, a bot.", in_reply_to=PostId(asked), exclude=(bob.id,))
    for words, parent in (("Hello, a bot.", gone), ("x" * 300, asked)):
        with pytest.raises(LeadbotError):
            say(writer, words, in_reply_to=PostId(parent))
    assert len(writer.own_posts(since_id=PostId(asked))) == 1
    writer.own_posts(since_id=None)
    writer.look_up([PostId(asked), PostId(gone)])
    looks.look([PostId(asked), PostId(gone)])
    looks.fetch([PostId(asked)])
    looks.standing([PersonId(ann.id), PersonId("1")])
    writer.delete(to_delete(writer.brand_id, said))
    looks.close()
    found = exchanges()
    assert faults_in(document, found) == []
    assert {
        "POST /2/tweets",
        "GET /2/tweets",
        "DELETE /2/tweets/{id}",
        "GET /2/users",
        "GET /2/users/me",
        "GET /2/users/{id}/tweets",
    } <= routes(document, found)


def test_what_leadbot_asks_about_words_it_must_forget_is_as_x_writes_it(
    document: OpenApi,
    exchanges: Callable[[], list[Exchange]],
    base_url: str,
    acme: Account,
    clock: RealClock,
    client: tweepy.Client,
    person: Callable[..., Player],
) -> None:
    gone = person("ann").post("@acme price?")
    person("ann").delete(gone)
    jobs = XComplianceJobs(acme, clock, base_url=base_url, time_outs=SHORT)
    assert jobs.running(JobKind.POSTS) is None
    assert jobs.results(jobs.start(JobKind.POSTS, [gone])) == {gone: "deleted"}
    jobs.close()
    subscription = {"event_type": "post.delete", "filter": {"user_id": person("ann").id}, "tag": "ann"}
    made = client.request("POST", "/2/activity/subscriptions", json=subscription).json()
    client.request("GET", "/2/activity/subscriptions", params={"max_results": "10"})
    made_id = made["data"]["subscription"]["subscription_id"]
    client.request("DELETE", f"/2/activity/subscriptions/{made_id}")
    client.request("DELETE", "/2/activity/subscriptions", params={"ids": "1"})
    found = exchanges()
    assert faults_in(document, found) == []
    assert {
        "POST /2/compliance/jobs",
        "GET /2/compliance/jobs",
        "GET /2/compliance/jobs/{id}",
        "POST /2/activity/subscriptions",
    } <= routes(document, found)


def test_a_gap_is_searched_as_x_writes_it(
    document: OpenApi,
    exchanges: Callable[[], list[Exchange]],
    listen: Callable[..., Listener],
    inbox: MemoryInbox,
    base_url: str,
    acme: Account,
    person: Callable[..., Player],
    clock: RealClock,
) -> None:
    asked = person("ann").post("@acme price?")
    now = PostId(str(int(asked) + 1))
    inbox.open_gap(acme.brand_id, after=PostId(str(int(asked) - 1)), before=now)
    listen(base_url, mode="poll")
    until(lambda: "GET /2/tweets/search/recent" in routes(document, exchanges()))
    assert faults_in(document, exchanges()) == []


def test_the_simulator_answers_as_x_does_whatever_is_asked(
    document: OpenApi,
    exchanges: Callable[[], list[Exchange]],
    client: tweepy.Client,
    base_url: str,
    person: Callable[..., Player],
    control: Control,
) -> None:
    me = credentials_for("acme")["user_id"]
    ann, bob = person("ann", verified=True, protected=False), person("bob", protected=True, premium=True)
    asked = ann.post("@acme price & $acme? #crm example.com", reply_settings="following")
    control.ask("POST", "withhold", json={"post_id": asked, "countries": ["DE"]})
    control.ask("POST", "withhold", json={"username": "ann", "countries": ["DE"]})
    hidden = bob.post("@acme " + "word " * 80)
    ann.quote(ann.edit(ann.post("@acme one"), "@acme two"), "@acme three")
    everything: dict[str, Any] = {
        "tweet_fields": sorted(TWEET_FIELDS),
        "user_fields": sorted(USER_FIELDS),
        "expansions": ["author_id", "referenced_tweets.id", "referenced_tweets.id.author_id"],
    }
    said = client.create_tweet(text="Hi, a bot.", in_reply_to_tweet_id=asked).data["id"]
    client.get_tweets([asked, hidden, "1"], **everything)
    client.get_tweet(asked, **everything)
    client.get_users_mentions(me, **everything, max_results=5, user_auth=True)
    client.get_users_tweets(me, **everything, exclude=["replies"], user_auth=True)
    client.search_recent_tweets("@acme", **everything)
    client.get_user(username="ann", user_fields=sorted(USER_FIELDS))
    client.get_user(id=bob.id, user_fields=sorted(USER_FIELDS))
    client.get_users(ids=[ann.id, bob.id, "1"], user_fields=sorted(USER_FIELDS))
    client.get_me(user_fields=sorted(USER_FIELDS))
    client.retweet(asked)
    client.get_tweet("1")
    control.settings(access="enterprise")
    client.like(asked)
    client.create_tweet(text="look", quote_tweet_id=asked, reply_settings="mentionedUsers")
    ann.message(me, "hello?")
    client.create_direct_message(participant_id=ann.id, text="Hi, a bot.")
    client.get_direct_message_events(user_auth=True, dm_event_fields=["created_at", "dm_conversation_id"])
    client.get_direct_message_events(participant_id=ann.id, user_auth=True)
    client.delete_tweet(said)
    client.request("GET", "/2/connections", params={"status": "all"})
    client.request("GET", "/2/tweets/search/stream/rules/counts")
    _rules(base_url)
    found = exchanges()
    assert {"author_id"} < EXPANSIONS
    assert faults_in(document, found) == []
    assert len(routes(document, found)) >= 20


def _rules(base_url: str) -> None:
    streamer = tweepy.StreamingClient(credentials_for("acme")["app_bearer_token"])
    streamer.session.mount(TWEEPY_HOST, Redirect(base_url))
    made = streamer.add_rules([tweepy.StreamRule("@acme", tag="one"), tweepy.StreamRule("@globex")])
    streamer.add_rules([tweepy.StreamRule("@acme", tag="one"), tweepy.StreamRule("-alone")], dry_run=True)
    streamer.get_rules()
    streamer.delete_rules([made.data[0].id, "1"])
    streamer.session.close()


def test_the_simulators_refusals_have_what_the_collected_ones_have(
    client: tweepy.Client, person: Callable[..., Player], control: Control
) -> None:
    collected = json.loads(PAYLOADS.read_text(encoding="utf-8"))
    ann = person("ann")
    asked = ann.post("@acme price?")
    client.create_tweet(text="Hi, a bot.", in_reply_to_tweet_id=asked)
    cold = ann.post("any tips?")

    def scripted(**fault: Any) -> Callable[[], Any]:
        control.ask("POST", "faults", json={"on": "GET /2/users/me", **fault})
        return client.get_me

    tries: dict[str, Callable[[], Any]] = {
        "http_403_duplicate": lambda: client.create_tweet(text="Hi, a bot.", in_reply_to_tweet_id=asked),
        "http_403_not_summoned_2026_07": lambda: client.create_tweet(text="Hi", in_reply_to_tweet_id=cold),
        "http_403_parent_gone": lambda: client.create_tweet(text="Hi", in_reply_to_tweet_id="1"),
        "http_429_rate": lambda: scripted(kind="status", status=429)(),
        "http_429_usage_cap": lambda: scripted(kind="usage_cap")(),
        "http_402_credits": lambda: scripted(kind="status", status=402)(),
        "http_503": lambda: scripted(kind="status", status=503)(),
        "http_401": lambda: scripted(kind="status", status=401)(),
    }
    for name, attempt in tries.items():
        with pytest.raises(tweepy.HTTPException) as caught:
            attempt()
        assert _shape(caught.value.response.json()) == _shape(collected[name]), name


def test_the_simulators_answers_have_what_the_collected_ones_have(
    client: tweepy.Client,
    exchanges: Callable[[], list[Exchange]],
    base_url: str,
    person: Callable[..., Player],
) -> None:
    collected = json.loads(PAYLOADS.read_text(encoding="utf-8"))
    asked = person("ann").post("@acme price?")
    said = client.create_tweet(text="Hi, a bot.", in_reply_to_tweet_id=asked).data["id"]
    client.get_tweets([asked, "1"])
    client.delete_tweet(said)
    _rules(base_url)
    answers = {(one["method"], one["path"].partition("?")[0]): one["answer"] for one in reversed(exchanges())}
    for key, name in {
        ("POST", "/2/tweets"): "post_tweets_201",
        ("GET", "/2/tweets"): "partial_200",
        ("DELETE", f"/2/tweets/{said}"): "delete_tweet_200",
        ("POST", "/2/tweets/search/stream/rules"): "rules_post_201",
    }.items():
        assert _shape(collected[name]).items() <= _shape(answers[key]).items(), name


def _shape(value: Any) -> Any:
    """The members of a body and the types of their values, without the collection's own remarks."""
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return type(value).__name__


def exchange(method: str, path: str, **more: Any) -> Exchange:
    means = "OAuth 1.0a User Context"
    return {
        "method": method,
        "path": path,
        "means": means,
        "body": None,
        "status": 200,
        "answer": None,
        **more,
    }


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (exchange("GET", "/2/tweet"), "is no operation"),
        (exchange("GET", "/2/users/me?mood=good"), "the parameter mood is unknown"),
        (exchange("GET", "/2/users/me?user.fields=mood"), "user.fields has no 'mood'"),
        (exchange("GET", "/2/users/1/mentions?max_results=1"), "max_results"),
        (exchange("GET", "/2/users/1/mentions?since_id=x"), "since_id"),
        (exchange("GET", "/2/users/ann/mentions"), "id: body"),
        (exchange("GET", "/2/tweets"), "the parameter ids is missing"),
        (exchange("GET", "/2/tweets/search/stream"), "UserToken is not among ['BearerToken']"),
        (exchange("POST", "/2/tweets", body={"text": 1}, status=201), "text"),
        (exchange("POST", "/2/tweets", body={"txt": "x"}, status=201), "'txt' was unexpected"),
        (exchange("POST", "/2/tweets", body=None, status=201), "None is not"),
        (exchange("DELETE", "/2/tweets/1", body={"a": 1}), "a body where none belongs"),
        (exchange("DELETE", "/2/tweets/1", status=202), "the status 202 is unknown"),
        (exchange("DELETE", "/2/tweets/1", answer={"data": {"deleted": "yes"}}), "deleted"),
        (exchange("DELETE", "/2/tweets/1", answer={"data": {}}), "'deleted' is a required property"),
        (exchange("GET", "/2/users/me", answer={"data": {"id": "1", "mood": "x"}}), "'mood' was unexpected"),
        (exchange("GET", "/2/users/me", answer={"errors": [{"type": "x/mood"}]}), "'mood' is unknown"),
        (
            exchange("GET", "/2/users/me", status=403, answer={"type": "x/mood"}),
            "the problem 'mood' is unknown",
        ),
    ],
)
def test_the_check_finds_what_x_would_not_know(document: OpenApi, spoilt: Exchange, said: str) -> None:
    assert any(said in fault for fault in document.faults_in(spoilt)), document.faults_in(spoilt)


def test_what_is_kept_holds_no_token(
    exchanges: Callable[[], list[Exchange]], client: tweepy.Client, base_url: str
) -> None:
    client.get_me()
    kept = requests.get(f"{base_url}/_sim/exchanges", timeout=5).text
    assert "/2/users/me" in kept
    assert "sim-" not in kept
    assert "oauth" not in kept.replace("OAuth 1.0a", "").lower()
