"""Nothing is written to X but what a permit says: tried at tweepy itself, below everything we wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
import tweepy
from hypothesis import given
from hypothesis import strategies as st

from leadbot.errors import PermanentError
from leadbot.model import BrandId, Deed, Mode, Permit, PostId
from leadbot.x.account import Account
from leadbot.x.credentials import Credentials
from leadbot.x.door import Door
from leadbot.x.egress import UPKEEP, Egress, Shut, body_for
from leadbot.x.session import TWEEPY_HOST, ClientPool, TimeOuts, mount
from leadbot.x.writer import XWriter
from tests.fakes.permits import say, to_delete, to_say, witnesses

from .rooms import SHORT, RealClock, account_of
from .wire import ScriptedServer, answer

ME, POST = "GET /2/users/me", "POST /2/tweets"
ACME = BrandId("100")
WRITES: dict[str, Callable[[tweepy.Client], object]] = {
    "a post": lambda client: client.create_tweet(text="hi"),
    "a reply": lambda client: client.create_tweet(text="hi", in_reply_to_tweet_id=5),
    "a deletion": lambda client: client.delete_tweet(5),
    "a like": lambda client: client.like(5),
    "a repost": lambda client: client.retweet(5),
    "a follow": lambda client: client.follow_user(5),
    "a message": lambda client: client.create_direct_message(participant_id=5, text="hi"),
    "a hidden reply": lambda client: client.hide_reply(5),
    "a stream rule": lambda client: client.request("POST", "/2/tweets/search/stream/rules", json={}),
    "the end of connections": lambda client: client.request("DELETE", "/2/connections/all"),
    "anything else": lambda client: client.request("PATCH", "/2/whatever", json={}),
}


@contextmanager
def client_of(base_url: str, *, as_app: bool = False) -> Iterator[tweepy.Client]:
    """tweepy with an account's keys, as our writer has it under the lid."""
    pool = ClientPool(account_of("acme").credentials, base_url, as_app=as_app, time_outs=SHORT)
    yield pool.client()[0]
    pool.close()


@pytest.mark.parametrize("what", WRITES)
def test_no_write_leaves_without_a_permit_whoever_calls_tweepy(server: ScriptedServer, what: str) -> None:
    with client_of(server.base_url) as client, pytest.raises(Shut, match="without a permit"):
        WRITES[what](client)
    assert server.requests == []


def test_the_app_may_keep_its_rules_and_end_its_own_connections_and_write_no_post(
    server: ScriptedServer,
) -> None:
    """The only writes without a permit are upkeep, by route; none of them makes a post."""
    for route in ("POST /2/tweets/search/stream/rules", "DELETE /2/connections/all"):
        server.scripts[route] = [[answer(200, {"data": {}})]]
    with client_of(server.base_url, as_app=True) as client:
        for what, write in WRITES.items():
            if what in ("a stream rule", "the end of connections"):
                write(client)
            else:
                with pytest.raises(Shut):
                    write(client)
    assert set(server.requests) == {"POST /2/tweets/search/stream/rules", "DELETE /2/connections/all"}
    assert set(server.requests) < UPKEEP
    assert not any(route.startswith(("POST /2/tweets ", "POST /2/users", "POST /2/dm")) for route in UPKEEP)


def test_a_request_to_another_host_never_leaves(server: ScriptedServer) -> None:
    with client_of(TWEEPY_HOST) as client, pytest.raises(Shut, match="another host"):
        client.session.get(server.base_url)
    assert server.requests == []


@pytest.fixture
def speaker(server: ScriptedServer) -> Iterator[XWriter]:
    server.scripts[ME] = [[answer(200, {"data": {"id": ACME}})]]
    server.scripts[POST] = [[answer(201, {"data": {"id": "9"}})]]
    account = Account(ACME, "acme", Credentials(oauth2_user_token="t"))  # type: ignore[arg-type]
    writer = XWriter(account, RealClock(), base_url=server.base_url, time_outs=SHORT)
    yield writer
    writer.close()


def test_a_permit_serves_once(speaker: XWriter, server: ScriptedServer) -> None:
    permit = to_say(ACME, "hi", in_reply_to=PostId("5"))
    assert speaker.send(permit) == "9"
    with pytest.raises(PermanentError, match="used already"):
        speaker.send(permit)
    assert server.count(POST) == 1


def test_a_permit_for_one_deed_serves_no_other(speaker: XWriter, server: ScriptedServer) -> None:
    with pytest.raises(PermanentError, match="not to reply"):
        speaker.send(to_delete(ACME, PostId("5")))
    with pytest.raises(PermanentError, match="not to delete"):
        speaker.delete(to_say(ACME, "hi", in_reply_to=PostId("5")))
    assert server.requests == []


def test_a_redirect_does_not_take_a_post_along(speaker: XWriter, server: ScriptedServer) -> None:
    for place in ("https://api.twitter.com/2/tweets", "http://elsewhere.invalid/2/tweets"):
        server.scripts[POST] = [[answer(307, {}, headers=[("Location", place)])]]
        with pytest.raises(PermanentError):
            say(speaker, "hi", in_reply_to=PostId("5"))
    assert server.count(POST) == 2, "once each"


def test_other_words_under_the_same_permit_never_leave(server: ScriptedServer) -> None:
    door = Door(account_of("acme").credentials, RealClock(), base_url=server.base_url, owner="acme")
    others: list[dict[str, Any]] = [
        {"text": "other words", "in_reply_to_tweet_id": "5"},
        {"text": "hi", "in_reply_to_tweet_id": "6"},
        {"text": "hi"},
        {"text": "hi", "in_reply_to_tweet_id": "5", "exclude_reply_user_ids": ["7"]},
        {"text": "hi", "in_reply_to_tweet_id": "5", "reply_settings": "following"},
    ]
    for words in others:
        with pytest.raises(Shut, match="other words"):
            door.write(
                to_say(ACME, "hi", in_reply_to=PostId("5")),
                lambda client, words=words: client.create_tweet(user_auth=True, **words),
            )
    door.close()
    assert server.requests == []


_TEXTS = st.sampled_from(["hi", "hello", " hi", ""])
_IDS = st.sampled_from(["5", "55", "05"])


@given(
    method=st.sampled_from(["POST", "PUT", "DELETE", "PATCH", "post", "GET"]),
    path=st.sampled_from(
        ["/2/tweets", "/2/tweets/5", "/2/tweets/55", "/2/tweets/", "//2/tweets", "/2/users/1/likes"]
    ),
    body=st.fixed_dictionaries(
        {"text": _TEXTS, "reply": st.fixed_dictionaries({"in_reply_to_tweet_id": _IDS})}
    ),
    deed=st.sampled_from(Deed),
)
def test_only_the_very_request_of_a_permit_passes(
    method: str, path: str, body: dict[str, Any], deed: Deed
) -> None:
    post_id = PostId("5")
    permit = to_say(ACME, "hi", in_reply_to=post_id) if deed is Deed.REPLY else to_delete(ACME, post_id)
    request = requests.Request(method, f"{TWEEPY_HOST}{path}", json=body).prepare()
    is_reply = request.method == "POST" and path == "/2/tweets" and body == body_for(permit)
    is_deletion = request.method == "DELETE" and path == "/2/tweets/5"
    allowed = is_reply if deed is Deed.REPLY else is_deletion
    egress = Egress()
    with egress.opened(permit):
        if request.method == "GET" or allowed:
            egress.check(request)
        else:
            with pytest.raises(Shut):
                egress.check(request)
        if request.method != "GET":
            with pytest.raises(Shut):
                egress.check(request)  # spent by the first look, whatever came of it


# ---------------------------------------------------------------- what cannot even be a permit


@given(
    named=st.lists(
        st.tuples(st.sampled_from([who for who, _ in witnesses("")]), st.sampled_from(["100", "200", ""]))
    ),
    mode=st.sampled_from(Mode),
    deed=st.sampled_from(Deed),
    by=st.sampled_from(["", "ana"]),
)
def test_a_permit_exists_only_if_all_who_know_name_one_account_and_the_mode_allows_it(
    named: list[tuple[str, str]], mode: Mode, deed: Deed, by: str
) -> None:
    is_reply = deed is Deed.REPLY
    needed = {who for who, _ in witnesses("") if is_reply or who != "playbook"}
    may_be = (
        {account for _, account in named} == {"100"}
        and needed <= {who for who, _ in named}
        and (mode is Mode.LIVE or (mode is Mode.DRAFT and by != ""))
        and (is_reply or by != "")
    )

    def make() -> Permit:
        words = {"text": "hi", "in_reply_to": PostId("5")} if is_reply else {"post_id": PostId("5")}
        return Permit(deed, "key", 1, ACME, mode, tuple(named), by=by, **words)  # type: ignore[arg-type]

    if may_be:
        assert make().brand_id == ACME
    else:
        with pytest.raises(PermanentError) as caught:
            make()
        assert caught.value.reason == "not_permitted"
        assert str(caught.value), "with a reason"


@given(
    account=st.sampled_from(["100", "200"]),
    keys_of=st.sampled_from(["", "100", "200"]),
    token=st.sampled_from(["100", "200"]),
    permitted=st.sampled_from(["100", "200"]),
)
def test_the_writer_compares_itself_its_keys_and_the_live_token_before_each_write(
    account: str, keys_of: str, token: str, permitted: str
) -> None:
    with ScriptedServer() as server:
        server.scripts[ME] = [[answer(200, {"data": {"id": token}})]]
        server.scripts[POST] = [[answer(201, {"data": {"id": "9"}})]]
        keys = Credentials(oauth2_user_token="t", brand_id=keys_of)  # type: ignore[arg-type]
        writer = XWriter(
            Account(BrandId(account), "acme", keys), RealClock(), base_url=server.base_url, time_outs=SHORT
        )
        agree = {account, keys_of or account, token, permitted} == {account}
        if agree:
            assert say_for(writer, permitted) == "9"
        else:
            with pytest.raises(PermanentError, match="belongs to account"):
                say_for(writer, permitted)
        writer.close()
        assert server.count(POST) == agree


def say_for(writer: XWriter, brand_id: str) -> PostId:
    return writer.send(to_say(brand_id, "hi", in_reply_to=PostId("5")))


def test_a_session_for_the_stream_is_shut_as_well() -> None:
    session = requests.Session()
    mount(session, TWEEPY_HOST, TimeOuts(), is_stream=True)
    with pytest.raises(Shut):
        session.post(f"{TWEEPY_HOST}/2/tweets", json={"text": "hi"})
    session.close()
