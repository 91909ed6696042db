"""What a dialog costs at X when the brand listens by poll: by the simulator's meter, not by our ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leadbot.clock import FollowedClock
from leadbot.engine import Engine
from leadbot.flows import gate
from leadbot.model import Brand, Mode
from leadbot.relay import Relay
from leadbot.simulator import Player
from leadbot.store import Store, open_database
from leadbot.x.account import Account
from leadbot.x.listener import Listener
from leadbot.x.spend import cost_of
from leadbot.x.writer import XWriter
from tests.fakes import decide as fake
from tests.fakes.house import deck
from tests.fakes.reader import FakeReader
from tests.fakes.simulated import ann, base_url, person, simulator
from tests.x.rooms import BRIEF, SHORT, Control, account_of, until

__all__ = ["ann", "base_url", "person", "simulator"]

MESSAGES = 4
FLOOR_USD = MESSAGES * (cost_of("summoned_reply") + cost_of("owned_read", 2))
"""Four summoned replies, and each of the person's posts and of ours read once with the brand's own token."""


class Shop:
    """Listener and writer as they are, between them a bot that answers everything."""

    def __init__(self, folder: Path, clock: FollowedClock, account: Account, control: Control) -> None:
        self.control, self.account = control, account
        self.store = Store(open_database(f"sqlite:///{folder}/leadbot.db"), clock)
        decks = {account.brand_id: deck(Brand(account.brand_id, account.handle, mode=Mode.LIVE))}
        self.writer = XWriter(account, clock, base_url=control.base_url, time_outs=SHORT)
        self.engine = Engine(
            self.store, FakeReader(), decks, clock, decide=fake.decide, new_conversation=fake.new_conversation
        )
        writers = {account.brand_id: self.writer}
        self.relay = Relay(
            self.store, decks, writers, clock, ask=gate.ask, normalise=gate.normalise, workers=0
        )
        self.relay.recover()
        self.listener = Listener(
            [account],
            self.store.inbox,
            clock,
            base_url=control.base_url,
            mode="poll",
            poll_s=0.05,
            patience=BRIEF,
            time_outs=SHORT,
            on_poll_completed=self.store.brands.poll_completed,
        )

    def talk(self, person: Player, messages: int = MESSAGES) -> float:
        """A dialog; returns what X billed for it."""
        before = self.billed_usd()
        under = person.post("@acme what does it cost?")
        for number in range(messages):
            under = self._answer(person, under)
            if number < messages - 1:
                under = person.reply(under, f"answer {number}")
        self.writer.own_posts(since_id=None)  # the next dialog's look at the timeline reads our last word
        return self.billed_usd() - before

    def billed_usd(self) -> float:
        return float(self.control.ask("GET", "spend")["total_usd"])

    def _answer(self, person: Player, post_id: str) -> str:
        until(lambda: self._worked() and self.store.queries.decisions_of_post(post_id))
        self.control.ask("POST", "clock", json={"advance_s": fake.PACE_S + 1})
        until(lambda: self._worked() and person.replies_to(post_id))
        return str(person.replies_to(post_id)[0]["id"])

    def _worked(self) -> bool:
        self.engine.step()
        self.relay.step()
        return True

    def close(self) -> None:
        self.listener.stop()
        self.relay.close()
        self.writer.close()
        self.store.close()


@pytest.fixture
def control(base_url: str) -> Iterator[Control]:
    control = Control(base_url)
    yield control
    control.close()


@pytest.fixture
def shop(tmp_path: Path, control: Control, base_url: str, ann: Player) -> Iterator[Shop]:
    control.settings(rate_limits=False)
    with FollowedClock(base_url, every_s=0.02) as clock:
        shop = Shop(tmp_path, clock, account_of("acme"), control)
        shop.listener.start()
        until(lambda: shop.store.brands.state(shop.account.brand_id).has_caught_up)
        yield shop
        shop.close()


def test_in_poll_mode_a_dialog_costs_within_a_tenth_of_its_floor(
    shop: Shop, control: Control, person: Callable[..., Player], ann: Player
) -> None:
    first = shop.talk(ann)
    assert first == pytest.approx(FLOOR_USD + cost_of("user_read")), "whose token it is, once a process"
    second = shop.talk(person("ben"))
    assert FLOOR_USD <= second + 1e-9 <= 1.1 * FLOOR_USD, control.ask("GET", "spend")
    assert control.count("GET /2/users/me") == 1
    assert control.count("GET /2/tweets") == 0, "no look-ups of parents at five times the price"


def test_a_day_later_the_token_is_not_paid_for_again(shop: Shop, control: Control, ann: Player) -> None:
    shop.talk(ann, messages=1)
    control.ask("POST", "clock", json={"advance_s": 2 * 86_400})
    until(lambda: shop.store.brands.state(shop.account.brand_id).has_caught_up)
    shop.talk(ann, messages=1)
    assert control.count("GET /2/users/me") == 1


def test_if_x_bills_the_authors_of_posts_a_dialog_costs_a_cent_more_for_each_person(
    shop: Shop, control: Control, ann: Player
) -> None:
    control.settings(bill_includes=True)
    assert shop.talk(ann) == pytest.approx(FLOOR_USD + cost_of("user_read", 2))  # whose token, and who ann is
