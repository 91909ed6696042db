"""Whose deletions X tells us at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadbot.errors import PermanentError
from leadbot.forget import Subscribing
from leadbot.model import PersonId
from tests.forget.rooms import ANN, Records


@dataclass
class FakeSubscriptions:
    """Those of an X app."""

    known: dict[PersonId, str] = field(default_factory=dict)
    refuses: bool = False
    taken: frozenset[str] = frozenset()
    asked: int = 0

    def all(self) -> dict[PersonId, str]:
        self.asked += 1
        if self.refuses:
            raise PermanentError("forbidden", "not part of your access")
        return dict(self.known)

    def add(self, person_id: PersonId) -> None:
        if person_id in self.taken:
            raise PermanentError("bad_request", "there is such a subscription")
        self.known[person_id] = f"s{person_id}"

    def remove(self, subscription_ids: Sequence[str]) -> None:
        self.known = {one: name for one, name in self.known.items() if name not in subscription_ids}


def test_the_people_we_last_had_words_with_come_first_and_those_forgotten_go(records: Records) -> None:
    for number in (8, 9, 10):
        records.say("we want it", by=number)
        records.settle(seconds=120)
    subscriptions = FakeSubscriptions()
    subscribing = Subscribing(records.store, records.clock, subscriptions, 2)
    assert subscribing.step() == 2
    assert set(subscriptions.known) == {"9", "10"}
    records.say("we want it", by=8)
    records.settle(seconds=1)
    assert subscribing.step() == 2
    assert set(subscriptions.known) == {"8", "10"}
    records.store.checks.people_gone([(PersonId("8"), "gone")], records.clock.now())
    records.settle(seconds=1)
    subscribing.step()
    assert set(subscriptions.known) == {"9", "10"}
    assert subscribing.step() == 0


def test_where_it_is_not_offered_x_is_asked_again_a_day_later(records: Records) -> None:
    records.say("we want it", by=int(ANN))
    records.settle(seconds=1)
    subscriptions = FakeSubscriptions(refuses=True)
    subscribing = Subscribing(records.store, records.clock, subscriptions, 2)
    subscribing.step()
    subscribing.step()
    assert subscriptions.asked == 1
    (chore,) = records.store.chores.all()
    assert "found by looking: not part of your access" in chore.outcome
    records.clock.advance(86_400)
    subscriptions.refuses = False
    assert subscribing.step() == 1


def test_one_that_another_program_has_stops_not_the_rest(records: Records) -> None:
    for number in (8, 9):
        records.say("we want it", by=number)
        records.settle(seconds=120)
    subscriptions = FakeSubscriptions(taken=frozenset({"9"}))
    assert Subscribing(records.store, records.clock, subscriptions, 10).step() == 1
    assert set(subscriptions.known) == {"8"}
