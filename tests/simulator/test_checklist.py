"""docs/simulator.md names a test for each thing a faithful X needs, and everything the simulator can do."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from leadbot.simulator import activity, api, compliance, dms
from leadbot.simulator.control import ENDPOINTS as CONTROL
from leadbot.simulator.control import PROFILE
from leadbot.simulator.faults import REQUEST, STREAM_ITEM, STREAM_NOW, TIMELINES
from leadbot.simulator.settings import SimSettings

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_page_names_exists() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:tests/\w+/)?(test_\w+)(?:\.py)?`", page))
    files = list((ROOT / "tests").rglob("test_*.py"))
    there = {file.stem for file in files}
    for file in files:
        there.update(re.findall(r"(?m)^def (test_\w+)", file.read_text(encoding="utf-8")))
    assert len(named) > 50
    assert named - there == set()


def test_the_page_tells_every_switch_fault_request_and_endpoint() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    switches = {field.name for field in fields(SimSettings)}
    faults = STREAM_NOW | STREAM_ITEM | REQUEST | TIMELINES
    requests = {name for _, name in CONTROL}
    paths = {route.path for route in (*api.ROUTES, *dms.ROUTES, *activity.ROUTES, *compliance.ROUTES)}
    profile = set(PROFILE)
    assert {name for name in switches | faults | profile if name not in page} == set()
    assert {name for name in requests if not re.search(rf"`[^`]*\b{name}\b", page)} == set()
    assert {path for path in paths if path not in page} == set()
