"""The real daemon as a process, killed in mid-dialog."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.run import Plan, run


@pytest.mark.slow
def test_nothing_is_lost_or_said_twice_when_the_daemon_is_killed_while_people_talk(tmp_path: Path) -> None:
    verdict = run(tmp_path / "shop", Plan(people=24, kills=4, storm_s=120, calm_s=240, begins_s=10, seed=7))
    assert verdict.faults == []
    assert verdict.counts["handoffs"] >= 3
    assert verdict.counts["opted out"] >= 3
