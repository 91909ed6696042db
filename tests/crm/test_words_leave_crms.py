"""SCENARIOS 25 at each CRM: what somebody takes back on X leaves record and note there too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from leadbot.crm import registry
from tests.fakes.house import House
from tests.forget.rooms import WORDS, Records

from . import test_hubspot, test_salesforce, test_tryton
from .hubspot_stand_in import HubspotStandIn
from .salesforce_stand_in import SalesforceStandIn
from .stand_in import StandIn
from .tryton_stand_in import TrytonStandIn


class AtCrm(Records):
    """The house of @acme with a CRM over HTTP."""

    def __init__(self, folder: Path, adapter: str, options: Mapping[str, Any]) -> None:
        self._build = lambda: registry.build(adapter, options)
        super().__init__(folder)

    def open(self) -> None:
        self.crm = self._build()  # type: ignore[assignment]
        House.open(self)


def hubspot() -> tuple[StandIn, str, Mapping[str, Any], Callable[[], object]]:
    server = HubspotStandIn()
    fields = {"receipt": "twitterhandle", "consent_words": "firstname"}
    options = test_hubspot.options(server, fields=fields)
    return server, "hubspot", options, lambda: (server.contacts, server.notes_by_id)


def salesforce() -> tuple[StandIn, str, Mapping[str, Any], Callable[[], object]]:
    server = SalesforceStandIn()
    options = test_salesforce.options(server, fields={"receipt": "Handle__c"})
    return server, "salesforce", options, lambda: server.records


def tryton() -> tuple[StandIn, str, Mapping[str, Any], Callable[[], object]]:
    server = TrytonStandIn()
    options = test_tryton.options(server, fields={"receipt": "comment"})
    return server, "tryton", options, lambda: server.rows


@pytest.fixture(
    params=[
        pytest.param(hubspot, id="hubspot"),
        pytest.param(salesforce, id="salesforce", marks=pytest.mark.long),
        pytest.param(tryton, id="tryton", marks=pytest.mark.long),
    ]
)
def at(
    request: pytest.FixtureRequest,
) -> Iterator[tuple[StandIn, str, Mapping[str, Any], Callable[[], object]]]:
    made = request.param()
    with capture_logs():
        yield made
    made[0].close()


def test_scenario_25_words_of_deleted_posts_leave_the_crms_record_and_note(
    at: tuple[StandIn, str, Mapping[str, Any], Callable[[], object]], tmp_path: Path
) -> None:
    _, adapter, options, everything = at
    records = AtCrm(tmp_path, adapter, options)

    def words_there() -> list[str]:
        told = json.dumps(everything(), default=str)
        return [word for word in WORDS if word in told]

    posts = records.dialog()
    assert "zebraforty" in words_there()
    records.store.checks.posts_gone([post.id for post in posts], records.clock.now())
    records.settle(seconds=60)
    assert words_there() == []
    (handoff,) = records.store.queries.handoffs()
    assert handoff.crm_ref is not None
    records.close()
