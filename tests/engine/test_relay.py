"""What leaves the house, and what doesn't."""

from __future__ import annotations

from tests.fakes.house import House


def test_a_mention_gets_one_answer_under_it(house: House) -> None:
    post = house.say("pricing?")
    house.settle()
    assert house.timeline.posts == [], "the pace is not over"
    house.settle(seconds=31)
    assert len(house.timeline.replies_to(post.id)) == 1
    house.wait_out(5)
    assert len(house.timeline.posts) == 1
