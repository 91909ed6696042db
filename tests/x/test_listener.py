"""The listener against the simulator: all that is said to a brand arrives once, whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from leadbot.errors import ConfigError
from leadbot.model import BrandId, PostId
from leadbot.simulator import Player
from leadbot.x.account import Account
from leadbot.x.credentials import Credentials
from leadbot.x.listener import Listener
from leadbot.x.snowflake import id_at
from tests.fakes.permits import say

from .rooms import Control, MemoryInbox, RealClock, account_of, busy, until

Listen = Callable[..., Listener]


def test_a_mention_arrives_by_stream_with_its_author(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    listen(base_url, mode="stream")
    control.wait_connected()
    mention = PostId(ann.post("@acme a plan for 40 seats?"))
    inbox.wait_for_texts("@acme a plan for 40 seats?")
    post, person, channel = inbox.rows[acme.brand_id, mention]
    assert (post.author_id, person.username, person.followers_count) == (ann.id, "ann", 120)
    assert (channel, post.mentions[0].typed, post.root_id) == ("stream", True, mention)


def test_a_mention_arrives_by_poll_alone(
    listen: Listen, base_url: str, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    listener = listen(base_url, mode="poll")
    until(lambda: inbox.marks)
    mention = PostId(ann.post("@acme hello"))
    inbox.wait_for_texts("@acme hello")
    assert inbox.rows[acme.brand_id, mention][2] == "poll"
    until(lambda: inbox.marks[acme.brand_id] == mention)
    assert listener.health()["stream"] is None


def test_a_reply_to_the_brand_shows_what_was_typed_and_what_x_added(
    listen: Listen,
    base_url: str,
    control: Control,
    inbox: MemoryInbox,
    ann: Player,
    acme: Account,
    writer_at: Callable[..., object],
) -> None:
    listen(base_url, mode="stream")
    control.wait_connected()
    asked = PostId(ann.post("@acme how much?"))
    ours = say(writer_at(base_url), "For how many?", in_reply_to=asked)  # type: ignore[attr-defined]
    answer = PostId(ann.reply(ours, "about 40 & growing"))
    inbox.wait_for(lambda box: (acme.brand_id, answer) in box.rows)
    post = inbox.rows[acme.brand_id, answer][0]
    assert (post.said, post.in_reply_to_post_id, post.in_reply_to_user_id) == (
        "about 40 & growing",
        ours,
        acme.brand_id,
    )
    assert [(m.username, m.typed) for m in post.mentions] == [("acme", False)]
    assert len(inbox.rows) == 2  # our own reply was not heard


def test_one_post_that_names_two_brands_is_put_for_both(
    listen: Listen,
    base_url: str,
    control: Control,
    inbox: MemoryInbox,
    ann: Player,
    acme: Account,
    globex: Account,
) -> None:
    listen(base_url, acme, globex, mode="stream")
    control.wait_connected()
    mention = PostId(ann.post("@acme @globex which is cheaper?"))
    both = {(acme.brand_id, mention), (globex.brand_id, mention)}
    inbox.wait_for(lambda box: both <= set(box.rows))


def test_an_item_without_a_tag_finds_its_brand_by_the_mention(
    listen: Listen,
    base_url: str,
    control: Control,
    inbox: MemoryInbox,
    ann: Player,
    acme: Account,
    globex: Account,
) -> None:
    control.fault("stream", "no_tag", times=2)
    listen(base_url, acme, globex, mode="stream")
    control.wait_connected()
    ann.post("@globex no tag on this one")
    inbox.wait_for_texts("@globex no tag on this one")
    assert {brand for brand, _ in inbox.rows} == {globex.brand_id}


def test_an_edit_is_heard_as_a_new_version_of_the_same_post(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    listen(base_url, mode="both")
    control.wait_connected()
    first = PostId(ann.post("@acme for 4"))
    second = PostId(ann.edit(first, "@acme for 400"))
    inbox.wait_for_texts("@acme for 400")
    edited = inbox.rows[acme.brand_id, second][0]
    assert (edited.first_id, edited.edit_version) == (first, 1)


def test_two_brands_in_one_thread_do_not_hear_each_other(
    listen: Listen,
    base_url: str,
    control: Control,
    inbox: MemoryInbox,
    ann: Player,
    acme: Account,
    globex: Account,
    writer_at: Callable[..., object],
) -> None:
    listener = listen(base_url, acme, globex, mode="both")
    control.wait_connected()
    asked = PostId(ann.post("@acme @globex anyone?"))
    say(writer_at(base_url), "We are.", in_reply_to=asked)  # type: ignore[attr-defined]
    until(lambda: listener.health()["stream"]["own"])
    ann.post("@acme @globex thanks")
    inbox.wait_for_texts("@acme @globex thanks")
    assert {post.author_id for post, _, _ in inbox.rows.values()} == {ann.id}


@pytest.mark.parametrize("fault", ["bad_json", "big_item", "duplicate", "out_of_order"])
def test_an_odd_item_does_not_end_the_stream(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, fault: str
) -> None:
    listener = listen(base_url, mode="stream")
    control.wait_connected()
    control.fault("stream", fault)
    ann.post("@acme the odd one")
    ann.post("@acme the next one")
    inbox.wait_for_texts("@acme the next one")
    if fault == "bad_json":
        inbox.wait_for(lambda box: len(box.aside) == 1)
        assert listener.health()["stream"]["malformed"] == 1
        assert inbox.aside[0][1].startswith(b'{"data"')
    else:
        inbox.wait_for_texts("@acme the odd one")
    assert listener.health()["stream"]["connects"] == 1


@pytest.mark.parametrize("fault", ["clean_close", "rst", "half_line", "silence", "operational_disconnect"])
def test_after_a_lost_connection_the_stream_comes_back(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, fault: str
) -> None:
    listener = listen(base_url, mode="stream")
    control.wait_connected()
    control.fault("stream", fault, seconds=30)
    until(lambda: listener.health()["stream"]["connects"] >= 2)
    until(control.is_connected)
    ann.post("@acme still there?")
    inbox.wait_for_texts("@acme still there?")


def test_what_was_said_while_nobody_listened_is_polled_at_once(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    control.fault("stream", "no_items", times=None, seconds=30)
    listener = listen(base_url, mode="both", poll_s=3600.0)
    control.wait_connected()
    until(lambda: listener.health()["polls"][acme.brand_id]["polls"] >= 1)
    ann.post("@acme into the void")
    control.fault("stream", "clean_close")
    inbox.wait_for_texts("@acme into the void")


def test_the_watermark_moves_after_all_pages_and_never_by_the_stream(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    inbox.marks[acme.brand_id] = id_at(RealClock().now() - timedelta(minutes=1))
    for number in range(230):
        ann.post(f"@acme question {number}")
    listen(base_url, mode="poll")
    until(lambda: "mark" in inbox.calls)
    assert inbox.calls[: inbox.calls.index("mark")] == ["put:poll:30", "put:poll:100", "put:poll:100"]
    assert len(inbox.rows) == 230
    inbox.calls.clear()
    listen(base_url, mode="stream")
    control.wait_connected()
    ann.post("@acme by both")
    inbox.wait_for(lambda box: "put:stream:1" in box.calls)


def test_a_poll_that_cannot_be_written_is_polled_again(
    listen: Listen, base_url: str, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    inbox.marks[acme.brand_id] = id_at(RealClock().now() - timedelta(minutes=1))
    ann.post("@acme hold on")
    inbox.failures = busy(2)
    before = inbox.marks[acme.brand_id]
    listener = listen(base_url, mode="poll")
    inbox.wait_for_texts("@acme hold on")
    until(lambda: int(inbox.marks[acme.brand_id]) > int(before))
    until(lambda: listener.health()["well"])


def test_mentions_from_before_the_installation_are_left_alone(
    listen: Listen, base_url: str, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    ann.post("@acme said long ago")
    listener = listen(base_url, mode="poll")
    until(lambda: listener.health()["polls"][acme.brand_id]["polls"] >= 2)
    ann.post("@acme said now")
    inbox.wait_for_texts("@acme said now")
    assert inbox.texts() == ["@acme said now"]


def test_a_look_back_takes_them_in(listen: Listen, base_url: str, inbox: MemoryInbox, ann: Player) -> None:
    ann.post("@acme said before")
    listen(base_url, mode="poll", lookback_s=3600.0)
    inbox.wait_for_texts("@acme said before")


def test_the_overlap_finds_what_x_showed_late(
    listen: Listen, base_url: str, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    late = PostId(ann.post("@acme shown late"))
    inbox.marks[acme.brand_id] = PostId(str(int(late) + 1))
    listen(base_url, mode="poll")
    inbox.wait_for_texts("@acme shown late")


def test_a_complete_poll_and_each_read_are_told(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    completed: list[BrandId] = []
    spent: list[tuple[BrandId, str, int]] = []
    listen(
        base_url, mode="both", on_poll_completed=completed.append, on_spend=lambda *read: spent.append(read)
    )
    control.wait_connected()
    until(lambda: completed)
    ann.post("@acme once")
    until(lambda: len(spent) >= 2)
    before = len(completed)
    until(lambda: len(completed) > before + 2)
    assert sorted(spent) == [(acme.brand_id, "owned_read", 1), (acme.brand_id, "post_read", 1)]


def test_a_batch_the_database_was_too_busy_for_is_put_again(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player
) -> None:
    listen(base_url, mode="stream")
    control.wait_connected()
    inbox.failures = busy(2)
    ann.post("@acme be patient")
    inbox.wait_for_texts("@acme be patient")


def test_a_row_that_spoils_its_batch_is_set_aside_alone(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    listen(base_url, mode="stream")
    control.wait_connected()
    inbox.poison = "poison"
    for text in ("@acme one", "@acme poison", "@acme two"):
        ann.post(text)
    inbox.wait_for_texts("@acme one", "@acme two")
    inbox.wait_for(lambda box: bool(box.aside))
    brand, raw, _ = inbox.aside[0]
    assert brand == acme.brand_id
    assert b"poison" in raw


def test_rules_are_made_once_and_rules_of_others_stay(
    listen: Listen, base_url: str, control: Control, simulator: object, acme: Account, globex: Account
) -> None:
    first = listen(base_url, acme, globex, mode="stream")
    control.wait_connected()
    first.stop()
    until(lambda: not control.is_connected())
    listen(base_url, acme, mode="stream")
    control.wait_connected()
    assert control.count("POST /2/tweets/search/stream/rules") == 2  # both added; then globex taken away


def test_stop_is_prompt_while_the_stream_is_silent(listen: Listen, base_url: str, control: Control) -> None:
    listener = listen(base_url, mode="both", time_outs=None)
    control.wait_connected()
    started = time.monotonic()
    listener.stop()
    assert time.monotonic() - started < 1.0
    until(lambda: not control.is_connected())
    assert not listener.health()["alive"]


def test_the_stream_can_be_muted_and_opened_again(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player
) -> None:
    listener = listen(base_url, mode="both", poll_s=3600.0)
    control.wait_connected()
    listener.save_reads(mute_stream=True, poll_s=0.05)
    until(lambda: not control.is_connected())
    ann.post("@acme by poll")
    inbox.wait_for_texts("@acme by poll")
    assert listener.health()["well"]
    listener.save_reads(mute_stream=False)
    control.wait_connected()


def test_a_poll_that_fails_leaves_the_brand_deaf_if_there_is_no_stream(
    listen: Listen, base_url: str, control: Control, acme: Account
) -> None:
    events: list[str] = []
    control.fault("GET /2/users/:id/mentions", "status", status=503, skip=1, times=2)
    listen(
        base_url,
        mode="poll",
        on_deaf=lambda brand_id: events.append(f"deaf:{brand_id}"),
        on_poll_completed=lambda brand_id: events.append("complete"),
    )
    until(lambda: events[-1:] == ["complete"] and len(events) >= 4)
    assert events[:4] == ["complete", f"deaf:{acme.brand_id}", f"deaf:{acme.brand_id}", "complete"]


@pytest.mark.parametrize("mode", ["both", "stream"])
def test_a_lost_stream_leaves_the_brand_deaf_if_no_poll_makes_up_for_it(
    listen: Listen, base_url: str, control: Control, acme: Account, mode: str
) -> None:
    deaf: list[BrandId] = []
    listener = listen(base_url, mode=mode, on_deaf=deaf.append)
    control.wait_connected()
    until(lambda: listener.health()["well"])
    control.fault("GET /2/users/:id/mentions", "status", status=503, times=10_000)
    until(lambda: mode == "stream" or listener.health()["polls"][acme.brand_id]["reason"])
    assert deaf == [], "one channel is enough"
    control.fault("stream", "rst")
    until(lambda: deaf)
    assert set(deaf) == {acme.brand_id}


def test_health_shows_heartbeats_and_limits(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player, acme: Account
) -> None:
    control.settings(keep_alive_s=0.05)
    listener = listen(base_url, mode="both")
    control.wait_connected()
    until(lambda: listener.health()["well"])
    first = listener.health()["stream"]["last_byte_at"]
    until(lambda: listener.health()["stream"]["last_byte_at"] > first)
    health = listener.health()
    assert health["alive"]
    assert health["stream"]["last_item_at"] is None
    assert health["polls"][acme.brand_id]["completed_at"]
    assert health["limits"]["acme"]["GET /2/users/:id/mentions"]["15min"]["limit"] == 300
    assert health["limits"]["app"]["GET /2/tweets/search/stream"]["15min"]["limit"] == 50


def test_a_callback_that_fails_harms_nobody(
    listen: Listen, base_url: str, inbox: MemoryInbox, ann: Player
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("not your day")

    listen(base_url, on_poll_completed=fail, on_spend=fail, on_connected=fail, lookback_s=60.0)
    ann.post("@acme one")
    inbox.wait_for_texts("@acme one")
    ann.post("@acme two")
    inbox.wait_for_texts("@acme two")


def test_a_stream_without_an_app_token_is_a_config_error(inbox: MemoryInbox, clock: RealClock) -> None:
    bare = Account(BrandId("1"), "acme", Credentials(oauth2_user_token="x"))
    with pytest.raises(ConfigError):
        Listener([bare], inbox, clock, mode="both")
    with pytest.raises(ConfigError):
        Listener([], inbox, clock)


def test_a_poll_by_the_app_alone_costs_a_full_read(
    listen: Listen, base_url: str, inbox: MemoryInbox, ann: Player
) -> None:
    spent: list[str] = []
    known = account_of("acme")
    app_only = Account(known.brand_id, "acme", Credentials(bearer_token=known.credentials.bearer_token))
    ann.post("@acme hello")
    listen(base_url, app_only, mode="poll", lookback_s=60.0, on_spend=lambda b, kind, n: spent.append(kind))
    inbox.wait_for_texts("@acme hello")
    until(lambda: spent == ["post_read"])


def test_under_random_faults_every_mention_arrives(
    listen: Listen, base_url: str, control: Control, inbox: MemoryInbox, ann: Player
) -> None:
    control.settings(rate_limits=False, keep_alive_s=0.05)
    for kind in ("clean_close", "rst", "half_line", "bad_json", "duplicate", "no_tag", "out_of_order"):
        control.fault("stream", kind, probability=0.1, seconds=0.05)
    for kind in ("status", "html", "drop_before"):
        control.fault("GET /2/users/:id/mentions", kind, probability=0.1)
        control.fault("GET /2/tweets/search/stream", kind, probability=0.1)
    listener = listen(base_url, mode="both", lookback_s=60.0)
    said = [f"@acme question {number}" for number in range(80)]
    for text in said:
        ann.post(text)
    inbox.wait_for_texts(*said)
    assert sorted(inbox.texts()) == sorted(said)
    assert listener.health()["alive"]
