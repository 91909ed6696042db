"""What X cost, shared out: every cent of the ledger stands somewhere, once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from leadbot.cli import call
from leadbot.store.costs import BrandCost, costs
from leadbot.x.spend import cost_of
from tests.fakes.house import BRAND, House


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """A command sends its log to the terminal of this test; the next test has its own."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, price=lambda text: cost_of("summoned_reply", text=text))
    house.store.brands.introduce(BRAND, "acme")
    yield house
    house.close()


def spend(house: House, days: int = 7) -> BrandCost:
    (found,) = costs(house.store.database, house.clock.now(), days=days)
    assert sum(line.usd for line in found.lines) == pytest.approx(found.usd)
    assert sum(one.usd for one in found.playbooks) + found.listening_usd == pytest.approx(found.usd)
    return found


def read(house: House, count: int) -> None:
    now = house.clock.now()
    house.store.spend.record_spend(BRAND, "owned_read", count, count * 0.001, now)


def test_a_dialogs_reads_are_its_share_of_the_posts_heard_that_day(house: House) -> None:
    house.say("pricing?")
    house.wait_out(2)
    house.say("for 40", by=7)
    house.wait_out(2)
    house.say("stop", by=8)
    house.say("stop", by=9)
    house.settle()
    read(house, 8)
    found = spend(house)
    (playbook,) = found.playbooks
    assert (playbook.playbook, playbook.dialogs, playbook.replies) == ("team-plan", 1, 2)
    assert (playbook.replies_usd, playbook.reads_usd) == (pytest.approx(0.02), pytest.approx(0.004))
    assert found.listening_usd == pytest.approx(0.004), "two of four posts were left in peace"


def test_a_lead_is_told_with_its_price(house: House) -> None:
    house.say("pricing?")
    house.wait_out(2)
    assert spend(house).per_lead_usd is None
    house.say("yes")
    house.wait_out(2)
    read(house, 10)
    found = spend(house)
    assert (found.leads, found.playbooks[0].leads) == (1, 1)
    assert found.per_lead_usd == pytest.approx(0.03)


def test_what_somebody_writes_before_their_dialog_or_long_after_it_is_listening(house: House) -> None:
    house.store.inbox.put_posts(BRAND, [], channel="poll")
    house.say("pricing?")
    house.wait_out(2)
    house.clock.advance(31 * 86_400)
    house.say("stop")
    house.settle()
    read(house, 5)
    found = spend(house, days=1)
    assert (found.playbooks, found.listening_usd) == ((), pytest.approx(0.005))


def test_a_reply_with_a_link_is_written_down_at_its_own_price(house: House) -> None:
    house.say("see example.com please")
    house.wait_out(2)
    assert spend(house).usd == pytest.approx(0.200)


def test_days_outside_the_span_do_not_count(house: House) -> None:
    read(house, 5)
    house.clock.advance(86_400)
    read(house, 7)
    assert spend(house, days=1).usd == pytest.approx(0.007)
    assert [line.count for line in spend(house, days=2).lines] == [5, 7]


def test_the_command_tells_it_to_people_and_to_programs(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = '[x]\nbase_url = "http://127.0.0.1:8765"\n[[brands]]\nhandle = "acme"\nplaybooks = []\n'
    (tmp_path / "leadbot.toml").write_text(toml, encoding="utf-8")
    house.say("pricing?")
    house.wait_out(2)
    at = ["--project", str(tmp_path), "--days", "3660"]
    assert call(["spend", *at]) == 0
    assert "team-plan: $0.010 for 1 dialogs" in capsys.readouterr().out
    assert call(["spend", "--json", "--brand", "@Acme", *at]) == 0
    (told,) = json.loads(capsys.readouterr().out)["brands"]
    assert (told["usd"], told["playbooks"][0]["per_lead_usd"]) == (pytest.approx(0.01), None)
    assert call(["spend", "--brand", "nobody", *at]) == 2
