"""`leadbot run` with a CRM over HTTP: a lead gets there once although CRM and daemon fall in between, and
what becomes of it comes back.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadbot.simulator import Player
from tests.cli.living import as_json, leadbot, wait_until
from tests.cli.test_daemon import BUYER, Shop

from .hubspot_stand_in import TOKEN, HubspotStandIn
from .stand_in import How

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("daemon")]


@pytest.fixture
def server() -> Iterator[HubspotStandIn]:
    server = HubspotStandIn()
    server.lag = timedelta(0)
    server.now = datetime.now(UTC)
    yield server
    server.close()


def test_a_lead_outlives_a_crm_that_fails_and_a_daemon_that_is_killed(
    server: HubspotStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADBOT_CRM_TOKEN", TOKEN)
    with ExitStack() as processes:
        shop = Shop(tmp_path, processes)
        crm = f'[crm]\nadapter = "hubspot"\nbase_url = "{server.url}"\npull_every = "1s"\ntimeout_s = 2\n'
        shop.set('[crm]\nadapter = "file"', crm)
        shop.set('path = "crm"', '[crm.fields]\nusername = "twitterhandle"')
        server.faults = {1: How.TIMEOUT_AFTER, 4: How.ERROR_AFTER, 6: How.LIMIT, 8: How.CUT_AFTER}
        shop.open("live")
        with Player(shop.base_url, "ana", **BUYER) as ana:
            first = ana.await_reply(ana.post("@acme pricing? about 40 of us, all in excel"), timeout_s=30)
            assert first is not None
            second = ana.await_reply(ana.reply(first["id"], "this month"), timeout_s=30)
            assert second is not None
            ana.reply(second["id"], "yes please")
            wait_until(lambda: server.contacts, "the contact is made")
        assert shop._daemon is not None
        os.kill(shop._daemon.pid, signal.SIGKILL)
        shop._daemon.wait()
        shop.open("live")
        handoff = wait_until(lambda: of(shop, "crm_ref"), "the daemon knows that the lead is there")
        assert list(server.contacts) == [handoff["crm_ref"]]
        assert len(server.notes()) == 1
        assert "about 40 of us" in server.notes()[0]

        contact = server.contacts[handoff["crm_ref"]]
        contact |= {"leadbot_outcome": "won", "lastmodifieddate": datetime.now(UTC).isoformat()}
        wait_until(lambda: of(shop, "outcome"), "the outcome came back")
        assert of(shop, "outcome")["outcome"] == "won"

        assert leadbot("handoffs", "close", "@ana", "later", cwd=shop.folder).returncode == 0
        wait_until(lambda: contact["leadbot_outcome"] == "later", "the CRM was told")
        shop.close(signal.SIGTERM)


def of(shop: Shop, member: str) -> dict[str, str]:
    """The handoff, once it has this."""
    (handoff,) = as_json(leadbot("handoffs", "list", "--all", "--json", cwd=shop.folder))
    return handoff if handoff[member] else {}
