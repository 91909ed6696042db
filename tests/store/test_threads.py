"""What was said, in the order a rep can follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from leadbot import model as m
from leadbot.store import Store
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND, House, person


def test_an_edited_post_keeps_its_place_and_shows_its_newest_words(store: Store, clock: ManualClock) -> None:
    first = m.Post(m.PostId("1"), m.PersonId("7"), "for 4", "for 4", clock.now(), m.PostId("1"))
    minute = timedelta(minutes=1)
    second = replace(first, id=m.PostId("2"), said="in excel", created_at=clock.now() + minute)
    edited = replace(
        first,
        id=m.PostId("3"),
        said="for 400",
        created_at=clock.now() + 2 * minute,
        edit_history=(m.PostId("1"), m.PostId("3")),
    )
    store.inbox.put_posts(BRAND, [(post, person()) for post in (first, second, edited)], channel="poll")
    thread = store.queries.thread(BRAND, m.PersonId("7"))
    assert [post.text for post in thread] == ["for 400", "in excel"]


def test_what_we_said_stands_before_their_answer_to_it_though_we_wrote_it_down_later(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.say("price?")
    house.settle(seconds=40)
    (ours,) = house.timeline.posts
    house.clock.advance(-1)  # X is a moment ahead of our own books
    house.say("40 of us", in_reply_to_post_id=ours.id)

    thread = house.store.queries.thread(house.brand_id, m.PersonId("7"))

    assert [post.who for post in thread] == ["person", "bot", "person"]
    house.close()
