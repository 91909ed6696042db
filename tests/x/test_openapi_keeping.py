"""Compliance jobs and subscriptions as they go over the wire, held to X's own OpenAPI document where it lies
beside the project.
"""

from __future__ import annotations

import json

import pytest

from leadbot.errors import LeadbotError
from leadbot.ports import JobKind
from leadbot.simulator import Player, SimulatorServer
from leadbot.simulator.accounts import user_id_for
from leadbot.x.account import Account
from leadbot.x.activity import Subscriptions
from leadbot.x.compliance import XComplianceJobs

from .openapi import DOCUMENT, OpenApi, faults_in
from .rooms import SHORT, Control, RealClock

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="X's OpenAPI document is not on this machine")


def test_jobs_and_subscriptions_are_asked_for_and_answered_as_x_writes_it(
    simulator: SimulatorServer,
    control: Control,
    base_url: str,
    acme: Account,
    clock: RealClock,
    ann: Player,
) -> None:
    control.settings(keeps_exchanges=True)
    jobs = XComplianceJobs(acme, clock, base_url=base_url, time_outs=SHORT)
    subscriptions = Subscriptions(acme, clock, base_url=base_url, time_outs=SHORT)
    assert jobs.running(JobKind.PEOPLE) is None
    assert jobs.results(jobs.start(JobKind.POSTS, ["7"])) == {"7": "deleted"}
    who = user_id_for("ann")
    subscriptions.add(str(who))  # type: ignore[arg-type]
    with pytest.raises(LeadbotError):
        subscriptions.add(str(who))  # type: ignore[arg-type]
    subscriptions.remove(list(subscriptions.all().values()))
    jobs.close()
    subscriptions.close()
    every = simulator.call(lambda world: list(world.exchanges))
    found = [one for one in every if one["path"].startswith("/2/")]
    document = OpenApi(json.loads(DOCUMENT.read_text(encoding="utf-8")))
    assert faults_in(document, found) == []
    asked = {f"{one['method']} {document.path_of(one['path'].partition('?')[0])}" for one in found}
    assert {
        "POST /2/compliance/jobs",
        "GET /2/compliance/jobs",
        "GET /2/compliance/jobs/{id}",
        "POST /2/activity/subscriptions",
        "GET /2/activity/subscriptions",
        "DELETE /2/activity/subscriptions",
    } <= asked
