"""The real Tryton: the same contract, and a lead that outlives a server that is down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from leadbot.crm import registry
from leadbot.crm.base import MemoryLedger, Surroundings
from leadbot.errors import AccountError
from leadbot.model import SlotType
from leadbot.model.secret import Secret
from leadbot.ports import CrmAdapter
from leadbot.relay.pulling import Pulling
from tests.fakes.house import House

from .contract import CrmContract, a_lead
from .test_outcomes import both
from .tryton_server import DATABASE, USER, TrytonServer

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("tryton")]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    server = TrytonServer(tmp_path_factory.mktemp("tryton"))
    yield server
    server.stop()


@pytest.fixture
def server(running: TrytonServer) -> TrytonServer:
    running.clear()
    return running


def options(server: TrytonServer, **more: Any) -> Mapping[str, Any]:
    return {
        "url": server.url,
        "database": DATABASE,
        "user": USER,
        "secrets": {"password": Secret(server.password)},
        "fields": {"value.team": "amount", "receipt": "comment", "consent_at": "end_date"},
        "cards": {"team": SlotType.COUNT},
        **more,
    }


@pytest.fixture
def crm(server: TrytonServer) -> CrmAdapter:
    return registry.build("tryton", options(server), Surroundings(MemoryLedger()))


class TestTrytonLive(CrmContract):
    pass


def test_a_lead_is_found_again_after_a_change_of_handle_and_a_lost_ledger(server: TrytonServer) -> None:
    ref = registry.build("tryton", options(server)).upsert(a_lead(), key="k1")
    again = registry.build("tryton", options(server))
    assert again.upsert(a_lead(username="ann_now"), key="k2") == ref
    (lead,) = server.rows("sale.opportunity", "reference", "state", "comment")
    assert (lead["reference"], lead["state"]) == ("x:2200000000000000001", "lead")
    assert lead["comment"] == "+15 team = many: “about 40”"
    values = {row["name"]: row["value"] for row in server.rows("party.contact_mechanism", "name", "value")}
    assert values == {"X": "https://x.com/i/user/2200000000000000001", "X handle": "https://x.com/ann_now"}


def test_what_a_rep_does_in_tryton_comes_back(server: TrytonServer, tmp_path: Path) -> None:
    with capture_logs():
        house = House(tmp_path, decide=both)
        house.crm = registry.build("tryton", options(server), Surroundings(house.store.crm))  # type: ignore[assignment]
        house.restart()
        house.say("yes")
        house.settle()
        (item,) = house.store.queries.handoffs()
        server.call("sale.opportunity", "lost", [int(str(item.crm_ref))])
        pull = Pulling(house.store, house.crm, timedelta(minutes=5))
        assert pull.step() == 1
        house.settle()
        story = house.store.queries.handoff(item.key)
        assert story is not None
        assert story.item.outcome == "not_a_fit"
        house.close()


def test_a_server_that_is_down_for_a_while_loses_nothing_and_doubles_nothing(
    server: TrytonServer, tmp_path: Path
) -> None:
    with capture_logs():
        house = House(tmp_path, decide=both)
        house.crm = registry.build("tryton", options(server), Surroundings(house.store.crm))  # type: ignore[assignment]
        house.restart()
        server.stop()
        house.say("yes")
        house.wait_out(10)
        assert house.store.queries.handoffs()[0].crm_ref is None
        server.start()
        house.wait_out(10)
        (item,) = house.store.queries.handoffs()
        server.stop()
        house.store.desk.close_handoff(item.key, "won", by="Ana Ruiz")
        house.wait_out(10)
        server.start()
        house.wait_out(10)
        house.close()
    (lead,) = server.rows("sale.opportunity", "reference", "state")
    assert (str(lead["id"]), lead["reference"], lead["state"]) == (item.crm_ref, "x:7", "won")
    assert len(server.rows("ir.note", "message")) == 1


def test_a_wrong_password_is_for_the_operator(server: TrytonServer) -> None:
    crm = registry.build("tryton", options(server, secrets={"password": Secret("not-this-one")}))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "crm_unauthorized"
