"""SCENARIOS 22, "brand storms": reading stays within the day's budget, and comes back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadbot.clock import FollowedClock
from leadbot.model import BrandId
from leadbot.simulator import Player, SimulatorServer
from leadbot.store import Store, open_database
from leadbot.x.account import Account
from leadbot.x.listener import Listener
from leadbot.x.spend import cost_of
from leadbot.x.thrift import CLIMB_S, Rung, Thrift
from tests.fakes.clock import ManualClock

from .rooms import BRIEF, SHORT, Control, blow, until

BRAND = BrandId("100")
PAGE_USD = cost_of("owned_read", 100)
BUDGET_USD = 1.0
A_DAY = timedelta(days=1)


class Ledger:
    """What was spent today, said by the test."""

    def __init__(self) -> None:
        self.usd = 0.0
        self.told: list[Rung] = []

    def thrift(self, clock: ManualClock, *, has_poll: bool = True, budget: float = 1.0) -> Thrift:
        return Thrift(
            clock,
            budgets={BRAND: budget},
            spent=lambda brand_id: self.usd,
            has_poll=has_poll,
            on_rung=lambda brand_id, rung, why: self.told.append(rung),
        )


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_each_share_of_the_budget_takes_one_step_down(ledger: Ledger) -> None:
    thrift = ledger.thrift(ManualClock())
    seen = []
    for usd in (0.0, 0.499, 0.5, 0.74, 0.75, 0.994, 0.9955):
        ledger.usd = usd
        seen.append(thrift.look(BRAND).name)
    assert seen == ["FULL", "FULL", "NO_STREAM", "NO_STREAM", "SLOW", "SLOW", "STOPPED"]
    assert ledger.told == [Rung.FULL, Rung.NO_STREAM, Rung.SLOW, Rung.STOPPED]


def test_a_new_day_climbs_one_step_at_a_time_so_that_a_storm_does_not_make_it_flap(ledger: Ledger) -> None:
    clock = ManualClock()
    thrift = ledger.thrift(clock)
    ledger.usd = 1.0
    assert thrift.look(BRAND) is Rung.STOPPED
    clock.advance(13 * 3600)
    assert thrift.look(BRAND) is Rung.STOPPED, "the same day"
    clock.at, ledger.usd = datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC), 0.0
    climbed = [thrift.look(BRAND)]
    for _ in range(3):
        clock.advance(CLIMB_S - 1)
        climbed.append(thrift.look(BRAND))
        clock.advance(1)
        climbed.append(thrift.look(BRAND))
    assert [rung.name for rung in climbed] == [
        "SLOW", "SLOW", "NO_STREAM", "NO_STREAM", "FULL", "FULL", "FULL",
    ]  # fmt: skip


def test_more_money_climbs_back_and_a_little_more_does_not(ledger: Ledger) -> None:
    clock = ManualClock()
    budgets = {BRAND: 1.0}
    thrift = Thrift(clock, budgets=budgets, spent=lambda brand_id: 0.76)
    assert thrift.look(BRAND) is Rung.SLOW
    clock.advance(CLIMB_S)
    budgets[BRAND] = 1.05
    assert thrift.look(BRAND) is Rung.SLOW, "back and forth over a cent helps nobody"
    budgets[BRAND] = 2.0
    assert thrift.look(BRAND) is Rung.NO_STREAM
    clock.advance(CLIMB_S)
    assert thrift.look(BRAND) is Rung.FULL


def test_after_a_restart_the_day_goes_on_where_it_was(ledger: Ledger) -> None:
    ledger.usd = 0.8
    assert ledger.thrift(ManualClock()).look(BRAND) is Rung.SLOW


def test_with_a_stream_alone_there_is_nothing_between_all_and_nothing(ledger: Ledger) -> None:
    thrift = ledger.thrift(ManualClock(), has_poll=False)
    ledger.usd = 0.9
    assert thrift.look(BRAND) is Rung.FULL
    ledger.usd = 0.98
    assert thrift.look(BRAND) is Rung.STOPPED


def test_a_brand_without_a_budget_reads_what_it_wants(ledger: Ledger) -> None:
    thrift = ledger.thrift(ManualClock())
    assert thrift.look(BrandId("200")) is Rung.FULL
    assert thrift.affordable(BrandId("200"), "owned_read", 100) == 100


@pytest.mark.parametrize(("spent", "posts"), [(0.0, 100), (0.95, 50), (0.999, 1), (1.0, 0), (1.2, 0)])
def test_a_page_is_never_larger_than_what_is_left(ledger: Ledger, spent: float, posts: int) -> None:
    ledger.usd = spent
    assert ledger.thrift(ManualClock()).affordable(BRAND, "owned_read", 100) == posts


@pytest.fixture
def noon(control: Control, base_url: str) -> Iterator[FollowedClock]:
    """The simulator's clock, at noon of tomorrow."""
    tomorrow = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + A_DAY
    control.ask("POST", "clock", json={"now": tomorrow.isoformat()})
    with FollowedClock(base_url, every_s=0.02) as clock:
        yield clock


@pytest.fixture
def store(tmp_path: Path, noon: FollowedClock) -> Iterator[Store]:
    store = Store(open_database(f"sqlite:///{tmp_path}/leadbot.db"), noon)
    yield store
    store.close()


class Stormed:
    """A listener with a budget of a dollar, its ledger in the database, and X's own meter beside it."""

    def __init__(self, store: Store, clock: FollowedClock, acme: Account, control: Control) -> None:
        self.rungs: list[Rung] = []
        self.deaf: list[BrandId] = []
        self.completed: list[BrandId] = []
        self._store, self._control, self._brand = store, control, acme.brand_id
        self.listener = Listener(
            [acme],
            store.inbox,
            clock,
            base_url=control.base_url,
            poll_s=0.05,
            patience=BRIEF,
            time_outs=SHORT,
            on_spend=lambda brand_id, kind, count: store.spend.record_spend(
                brand_id, kind, count, cost_of(kind, count), clock.now()
            ),
            reads_spent=lambda brand_id: store.spend.reads_spent(brand_id, clock.now()),
            read_budgets={acme.brand_id: BUDGET_USD},
            on_rung=lambda brand_id, rung, why: self.rungs.append(rung),
            on_deaf=self.deaf.append,
            on_poll_completed=self.completed.append,
        )

    def heard(self) -> int:
        return self._store.queries.counts(datetime(2000, 1, 1, tzinfo=UTC)).heard

    def rung(self) -> str:
        return str(self.listener.health()["reads"][self._brand]["rung"])

    def billed_usd(self) -> float:
        return float(self._control.ask("GET", "spend")["total_usd"])


@pytest.fixture
def stormed(
    store: Store, noon: FollowedClock, acme: Account, control: Control, ann: Player
) -> Iterator[Stormed]:
    control.settings(rate_limits=False)
    stormed = Stormed(store, noon, acme, control)
    stormed.listener.start()
    control.wait_connected()
    until(lambda: stormed.completed)
    yield stormed
    stormed.listener.stop()


def test_scenario_22_a_storm_costs_no_more_than_the_day_allows_and_the_next_day_hears_again(
    stormed: Stormed, simulator: SimulatorServer, control: Control, ann: Player
) -> None:
    said, steps = 0, 1
    while Rung.STOPPED not in stormed.rungs:
        before = stormed.heard()
        blow(simulator, count := 25 if steps == 1 else 60)
        said += count
        assert said < 3000, stormed.listener.health()
        until(lambda before=before: stormed.heard() > before or Rung.STOPPED in stormed.rungs)
        if len(stormed.rungs) > steps:
            steps = len(stormed.rungs)
            control.ask("POST", "clock", json={"advance_s": 700})  # beyond the overlap of the polls
    assert stormed.rungs == sorted(stormed.rungs), "one step down after the other"
    blow(simulator, 100)
    until(lambda: stormed.deaf)
    assert not control.is_connected()
    assert BUDGET_USD - PAGE_USD <= stormed.billed_usd() <= BUDGET_USD + PAGE_USD
    assert stormed.listener.health()["polls"][str(account_id(stormed))]["reason"] == "reads_spent"

    control.ask("POST", "clock", json={"advance_s": A_DAY.total_seconds() / 2 + 1})
    stormed.completed.clear()
    until(lambda: stormed.completed)
    assert stormed.heard() == said + 100, "what the day could not pay for is heard on the next"
    assert stormed.billed_usd() <= 2 * BUDGET_USD
    for advance_s in (A_DAY.total_seconds(), CLIMB_S, CLIMB_S):
        control.ask("POST", "clock", json={"advance_s": advance_s})
        stormed.completed.clear()
        until(lambda: stormed.completed)
    control.wait_connected()
    ann.post("@acme all quiet again")
    until(lambda: stormed.heard() == said + 101)
    assert stormed.rung() == "full"


def account_id(stormed: Stormed) -> BrandId:
    return stormed.completed[0] if stormed.completed else stormed.deaf[0]
