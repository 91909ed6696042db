"""The real daemon as a process, killed in mid-dialog."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.run import run_with_kills


@pytest.mark.slow
def test_nothing_is_lost_or_said_twice_when_the_daemon_is_killed_while_people_talk(tmp_path: Path) -> None:
    verdict = run_with_kills(tmp_path / "shop", people=24, kills=4, seed=7)
    assert verdict.faults == []
    assert verdict.handoffs >= 3
    assert verdict.opted_out >= 3
