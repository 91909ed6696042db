"""The one door in: everything once, under its natural key."""

from __future__ import annotations

from dataclasses import replace

from leadbot import model as m
from leadbot.ports import Odd
from leadbot.store import Store
from leadbot.store.aside import KEPT_A_DAY, KEPT_BYTES, KEPT_DAYS
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND, person

OTHER = m.BrandId("200")


def post(clock: ManualClock, post_id: str, **more: object) -> m.Post:
    made = m.Post(m.PostId(post_id), m.PersonId("7"), "@acme hi", "hi", clock.now(), m.PostId(post_id))
    return replace(made, **more)  # type: ignore[arg-type]


def test_hearing_a_post_twice_is_hearing_it_once(store: Store, clock: ManualClock) -> None:
    heard = [(post(clock, "1"), person()), (post(clock, "2"), person())]
    assert store.inbox.put_posts(BRAND, heard, channel="stream") == 2
    assert store.inbox.put_posts(BRAND, heard, channel="poll") == 0


def test_a_post_that_tags_two_brands_is_heard_by_both(store: Store, clock: ManualClock) -> None:
    heard = [(post(clock, "1"), person())]
    assert store.inbox.put_posts(BRAND, heard, channel="poll") == 1
    assert store.inbox.put_posts(OTHER, heard, channel="poll") == 1


def test_scenario_4_each_edit_is_an_event_of_its_own(store: Store, clock: ManualClock) -> None:
    chain = (m.PostId("1"), m.PostId("5"))
    first, edited = post(clock, "1"), post(clock, "5", edit_history=chain)
    assert store.inbox.put_posts(BRAND, [(first, person()), (edited, person())], channel="poll") == 2
    claim = store.work.claim([BRAND], clock.now(), limit=10)
    assert [entry.kind for entry in claim.entries] == ["PostReceived", "PostEdited"]


def test_an_edit_whose_first_version_was_never_seen_is_an_event(store: Store, clock: ManualClock) -> None:
    edited = post(clock, "5", edit_history=(m.PostId("1"), m.PostId("5")))
    assert store.inbox.put_posts(BRAND, [(edited, person())], channel="poll") == 1


def test_a_click_counts_once(store: Store, clock: ManualClock) -> None:
    event = m.TakenOver("Ana Ruiz", clock.now())
    assert store.inbox.put_event(BRAND, m.PersonId("7"), event, key="takeover:1")
    assert not store.inbox.put_event(BRAND, m.PersonId("7"), event, key="takeover:1")


def test_the_watermark_moves_forward_only(store: Store) -> None:
    assert store.inbox.watermark(BRAND) is None
    for post_id in ("999", "1000", "998"):
        store.inbox.move_watermark(BRAND, m.PostId(post_id))
    assert store.inbox.watermark(BRAND) == "1000"
    assert store.inbox.watermark(OTHER) is None


def test_new_posts_wake_the_engine_and_old_ones_do_not(store: Store, clock: ManualClock) -> None:
    woken: list[int] = []
    store.heard.connect(lambda: woken.append(1))
    heard = [(post(clock, "1"), person())]
    store.inbox.put_posts(BRAND, heard, channel="poll")
    store.inbox.put_posts(BRAND, heard, channel="poll")
    assert len(woken) == 1


def test_a_brand_has_caught_up_when_everything_a_poll_brought_is_decided(
    store: Store, clock: ManualClock
) -> None:
    store.brands.begin_catch_up(BRAND)
    store.inbox.put_posts(BRAND, [(post(clock, "1"), person())], channel="poll")
    assert not store.brands.state(BRAND).has_caught_up
    store.brands.poll_completed(BRAND, store.inbox.newest_id(BRAND))
    assert not store.brands.state(BRAND).has_caught_up
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE inbox SET state = 'done'")
    store.inbox.put_posts(BRAND, [(post(clock, "2"), person())], channel="poll")
    assert store.brands.state(BRAND).has_caught_up, "later posts are no part of the catching up"
    store.brands.begin_catch_up(BRAND)
    assert not store.brands.state(BRAND).has_caught_up


def test_a_malformed_item_that_every_poll_brings_again_is_kept_once_and_counted(
    store: Store, clock: ManualClock
) -> None:
    for _ in range(3):
        store.inbox.set_aside([Odd(BRAND, b"{}", "no id")])
        store.inbox.set_aside([Odd(None, b"{}", "no id")])
    assert store.queries.counts(clock.now()).set_aside == 2


def test_malformed_items_are_kept(store: Store) -> None:
    store.inbox.set_aside([Odd(BRAND, b"\xff{", "not JSON")])
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT raw, why FROM aside").all() == [(b"\xff{", "not JSON")]


def test_all_odd_items_are_counted_and_the_newest_of_a_day_are_kept(store: Store, clock: ManualClock) -> None:
    for batch in range(4):
        store.inbox.set_aside([Odd(None, b"%d-%d" % (batch, number), "odd") for number in range(90)])
    with store.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT raw FROM aside ORDER BY id").scalars().all()
    assert (len(kept), kept[0], kept[-1]) == (KEPT_A_DAY, b"1-70", b"3-89")
    assert store.queries.counts(clock.now()).set_aside == 360
    clock.advance((KEPT_DAYS + 2) * 86_400)
    store.inbox.set_aside([Odd(BRAND, b"a month later", "odd")])
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT raw FROM aside").scalars().all() == [b"a month later"]


def test_of_an_odd_item_that_is_too_long_the_beginning_is_kept_and_it_stays_one_item(store: Store) -> None:
    long = b"x" * (KEPT_BYTES + 1)
    for _ in range(2):
        store.inbox.set_aside([Odd(BRAND, long, "not JSON")])
    with store.database.read() as connection:
        ((size, why),) = connection.exec_driver_sql("SELECT length(raw), why FROM aside").all()
    assert (size, why) == (KEPT_BYTES, f"not JSON; cut, it had {KEPT_BYTES + 1} bytes")
