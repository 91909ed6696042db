"""The writer against the simulator: what is refused, what is uncertain, and what it tells of the world."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from leadbot.errors import AccountError, ConfigError, PermanentError, TransientError, UnknownOutcome
from leadbot.model import BrandId, PostId
from leadbot.simulator import Player
from leadbot.x.account import Account, verify
from leadbot.x.credentials import Credentials
from leadbot.x.writer import XWriter
from tests.fakes.permits import say, to_delete

from .rooms import SHORT, Control, RealClock, account_of
from .wire import ScriptedServer, answer

MakeWriter = Callable[..., XWriter]


@pytest.fixture
def writer(writer_at: MakeWriter, base_url: str) -> XWriter:
    """One whose token was just looked at, as before every write."""
    writer = writer_at(base_url)
    writer.token_account_id()
    return writer


@pytest.fixture
def mention(ann: Player) -> PostId:
    return PostId(ann.post("@acme what does it cost for 40 people?"))


def test_a_reply_stands_under_the_post_it_answers(writer: XWriter, mention: PostId) -> None:
    sent = say(writer, "Hi Ann, here are the prices.", in_reply_to=mention)
    (own,) = writer.own_posts(since_id=None)
    assert (own.id, own.in_reply_to, own.root_id) == (sent, mention, mention)
    assert own.text == "@ann Hi Ann, here are the prices."
    assert own.said == "Hi Ann, here are the prices."


def test_the_token_tells_which_account_speaks(
    writer: XWriter, control: Control, acme: Account, base_url: str
) -> None:
    assert writer.token_account_id() == acme.brand_id
    assert writer.token_account_id() == acme.brand_id
    assert control.count("GET /2/users/me") == 1
    assert verify(acme, RealClock(), base_url=base_url) == acme.brand_id


def test_keys_of_another_account_than_the_handle_s_are_found_out(base_url: str) -> None:
    mixed_up = Account(BrandId(""), "acme", account_of("globex").credentials)
    with pytest.raises(AccountError, match=r"keys of @globex .* not of @acme") as caught:
        verify(mixed_up, RealClock(), base_url=base_url)
    assert caught.value.reason == "keys_of_another"


def test_an_oauth2_user_token_speaks_as_well(writer_at: MakeWriter, base_url: str, mention: PostId) -> None:
    account = Account(account_of("acme").brand_id, "acme", Credentials(oauth2_user_token="sim-user-acme"))
    writer = writer_at(base_url, account)
    assert writer.token_account_id() == account.brand_id
    assert say(writer, "Gladly.", in_reply_to=mention)


def test_a_post_that_does_not_name_us_is_refused(writer: XWriter, ann: Player) -> None:
    stranger = PostId(ann.post("just saying"))
    with pytest.raises(PermanentError) as refused:
        say(writer, "May I?", in_reply_to=stranger)
    assert refused.value.reason == "not_summoned"


def test_the_older_wording_of_the_same_refusal_is_known(
    writer: XWriter, ann: Player, control: Control
) -> None:
    control.settings(summon_wording="2026-05")
    stranger = PostId(ann.post("just saying"))
    with pytest.raises(PermanentError) as refused:
        say(writer, "May I?", in_reply_to=stranger)
    assert refused.value.reason == "not_summoned"


def test_the_same_words_twice_are_a_duplicate(writer: XWriter, mention: PostId) -> None:
    say(writer, "Here you are.", in_reply_to=mention)
    with pytest.raises(PermanentError) as refused:
        say(writer, "Here you are.", in_reply_to=mention)
    assert refused.value.reason == "duplicate"


def test_a_deleted_parent_is_gone(writer: XWriter, ann: Player, mention: PostId) -> None:
    ann.delete(mention)
    with pytest.raises(PermanentError) as refused:
        say(writer, "Hello?", in_reply_to=mention)
    assert refused.value.reason == "parent_gone"


def test_a_text_over_280_is_too_long(writer: XWriter, mention: PostId) -> None:
    with pytest.raises(PermanentError) as refused:
        say(writer, "x" * 300, in_reply_to=mention)
    assert refused.value.reason == "too_long"


def test_any_other_403_stops_one_reply_and_not_the_account(
    writer: XWriter, control: Control, mention: PostId
) -> None:
    control.fault("POST /2/tweets", "status", status=403)
    with pytest.raises(PermanentError) as refused:
        say(writer, "Hello", in_reply_to=mention)
    assert refused.value.reason == "forbidden"
    assert not isinstance(refused.value, AccountError)


@pytest.mark.parametrize("kind", ["drop_after_accept", "timeout_after_accept"])
def test_an_answer_that_never_comes_leaves_it_unknown(
    writer: XWriter, control: Control, mention: PostId, kind: str
) -> None:
    control.fault("POST /2/tweets", kind, seconds=3)
    with pytest.raises(UnknownOutcome):
        say(writer, "Did this arrive?", in_reply_to=mention)
    assert [post.said for post in writer.own_posts(since_id=None)] == ["Did this arrive?"]


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "html"}])
def test_a_server_error_on_a_post_is_unknown_and_on_a_read_transient(
    writer: XWriter, control: Control, mention: PostId, fault: dict[str, object]
) -> None:
    control.ask("POST", "faults", json={"on": "*", "times": 2, **fault})
    with pytest.raises(UnknownOutcome):
        say(writer, "Hello", in_reply_to=mention)
    with pytest.raises(TransientError):
        writer.own_posts(since_id=None)


def test_a_429_says_when_to_come_back(writer: XWriter, control: Control, mention: PostId) -> None:
    control.settings(limits={"POST /2/tweets": {"user": 0}})
    with pytest.raises(TransientError) as refused:
        say(writer, "Hello", in_reply_to=mention)
    assert refused.value.retry_at is not None
    assert 0 < (refused.value.retry_at - RealClock().now()).total_seconds() <= 901


def test_a_daily_limit_is_read_from_its_own_headers(
    writer: XWriter, control: Control, mention: PostId
) -> None:
    control.settings(limits={"POST /2/tweets": {"user_day": 0}})
    with pytest.raises(TransientError) as refused:
        say(writer, "Hello", in_reply_to=mention)
    assert refused.value.retry_at is not None
    assert (refused.value.retry_at - RealClock().now()).total_seconds() > 80_000


def test_a_429_without_headers_leaves_the_wait_to_the_caller(
    writer: XWriter, control: Control, mention: PostId
) -> None:
    control.fault("POST /2/tweets", "status", status=429, headers=False)
    with pytest.raises(TransientError) as refused:
        say(writer, "Hello", in_reply_to=mention)
    assert refused.value.retry_at is None


def test_the_months_cap_and_empty_credits_stop_the_account(
    writer: XWriter, control: Control, mention: PostId
) -> None:
    control.fault("POST /2/tweets", "usage_cap")
    with pytest.raises(AccountError) as capped:
        say(writer, "Hello", in_reply_to=mention)
    control.fault("POST /2/tweets", "status", status=402)
    with pytest.raises(AccountError) as broke:
        say(writer, "Hello", in_reply_to=mention)
    assert (capped.value.reason, broke.value.reason) == ("usage_cap", "credits")


def test_a_401_counts_only_when_two_other_addresses_say_so_too(
    writer: XWriter, control: Control, mention: PostId
) -> None:
    control.fault("POST /2/tweets", "status", status=401)
    with pytest.raises(TransientError):
        say(writer, "Hello", in_reply_to=mention)
    control.fault("*", "status", status=401, times=2)  # the write itself and /2/users/me: as in July 2026
    with pytest.raises(TransientError, match="answers elsewhere 200"):
        say(writer, "Hello", in_reply_to=mention)
    control.fault("*", "status", status=401, times=3)
    with pytest.raises(AccountError) as refused:
        say(writer, "Hello", in_reply_to=mention)
    assert refused.value.reason == "unauthorized"


def test_a_wrong_key_is_an_account_error(writer_at: MakeWriter, base_url: str) -> None:
    writer = writer_at(base_url, account_of("acme", access_token_secret="wrong"))
    with pytest.raises(AccountError):
        writer.token_account_id()


def test_nobody_listening_means_nothing_was_sent(writer_at: MakeWriter) -> None:
    writer = writer_at("http://127.0.0.1:9")
    with pytest.raises(TransientError):
        say(writer, "Hello", in_reply_to=PostId("1"))


def test_look_up_finds_what_can_still_be_seen(writer: XWriter, ann: Player, mention: PostId) -> None:
    gone = PostId(ann.post("@acme never mind"))
    ann.delete(gone)
    found = writer.look_up([mention, gone])
    assert list(found) == [mention]
    assert found[mention].said == "@acme what does it cost for 40 people?"
    assert writer.look_up([]) == {}


def test_own_posts_come_newest_first_over_several_pages(
    writer: XWriter, ann: Player, control: Control
) -> None:
    control.settings(rate_limits=False)
    asked = [PostId(ann.post(f"@acme question {number}")) for number in range(12)]
    sent = [say(writer, f"Answer {post_id}", in_reply_to=post_id) for post_id in asked]
    assert [post.id for post in writer.own_posts(since_id=None, limit=7)] == sent[::-1][:7]
    assert [post.id for post in writer.own_posts(since_id=sent[8])] == sent[:8:-1]


def test_a_post_of_ours_can_be_taken_back(writer: XWriter, mention: PostId) -> None:
    sent = say(writer, "Oops", in_reply_to=mention)
    writer.delete(to_delete(writer.brand_id, sent))
    assert writer.look_up([sent]) == {}
    with pytest.raises(PermanentError):
        writer.delete(to_delete(writer.brand_id, sent))


def test_each_read_and_each_reply_is_told_as_spent(
    writer_at: MakeWriter, base_url: str, mention: PostId, control: Control
) -> None:
    spent: list[tuple[str, int]] = []
    writer = writer_at(base_url, on_spend=lambda brand, kind, count: spent.append((kind, count)))
    writer.token_account_id()
    sent = say(writer, "Hi", in_reply_to=mention)
    writer.own_posts(since_id=None)
    writer.own_posts(since_id=None)
    writer.look_up([mention])
    writer.delete(to_delete(writer.brand_id, sent))
    assert spent == [
        ("user_read", 1),
        ("summoned_reply", 1),
        ("owned_read", 1),
        ("post_read", 1),
        ("post_delete", 1),
    ]


def test_four_threads_may_send_at_once(writer: XWriter, ann: Player) -> None:
    asked = [PostId(ann.post(f"@acme question {number}")) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda one: say(writer, f"Answer to {one}", in_reply_to=one), asked))
    assert len(set(sent)) == 12


def test_the_people_named_in_exclude_are_not_mentioned(
    writer: XWriter, ann: Player, person: Callable[..., Player]
) -> None:
    bob = person("bob")
    asked = PostId(ann.post("@acme and @bob what do you say?"))
    say(writer, "Hello", in_reply_to=asked, exclude=[str(bob.id)])
    assert writer.own_posts(since_id=None)[0].text == "@ann Hello"


def test_without_user_credentials_there_is_no_writer(writer_at: MakeWriter, acme: Account) -> None:
    bare = Account(acme.brand_id, "acme", Credentials(bearer_token="only-the-app"))
    with pytest.raises(ConfigError):
        writer_at("http://127.0.0.1:9", bare)


def test_time_outs_are_set_where_tweepy_has_none() -> None:
    assert SHORT.read_s < 5


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 503])
def test_a_read_that_x_refuses_is_a_reason_to_wait_and_never_an_empty_timeline(
    writer_at: MakeWriter, base_url: str, control: Control, mention: PostId, status: int
) -> None:
    writer = writer_at(base_url)
    for route in ("GET /2/users/me", "GET /2/users/:id/tweets", "GET /2/tweets"):
        control.fault(route, "status", status=status)
    with pytest.raises(TransientError):
        writer.token_account_id()
    with pytest.raises(TransientError):
        writer.own_posts(since_id=None)
    with pytest.raises(TransientError):
        writer.look_up([mention])


def test_an_account_x_does_not_show_has_no_empty_timeline(
    writer_at: MakeWriter, server: ScriptedServer
) -> None:
    unseen = {"errors": [{"title": "Not Found Error", "parameter": "id", "resource_type": "user"}]}
    server.scripts[f"GET /2/users/{account_of('acme').brand_id}/tweets"] = [[answer(200, unseen)]]
    with pytest.raises(TransientError, match="without a page"):
        writer_at(server.base_url).own_posts(since_id=None)
