"""What an operator reads about alarms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from leadbot.cli import call
from leadbot.store import Store, open_database
from tests.fakes.clock import ManualClock


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """A command sends its log to the terminal of this test; the next test has its own."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    base = '[x]\nbase_url = "http://127.0.0.1:8765"\n[[brands]]\nhandle = "acme"\nplaybooks = []\n'
    (tmp_path / "leadbot.toml").write_text(base, encoding="utf-8")
    store = Store(open_database(f"sqlite:///{tmp_path}/leadbot.db"), ManualClock())
    store.alarms.raise_alarm("disk", what="the disk is full", fix="make room")
    store.close()
    return tmp_path


def test_alarms_are_listed_with_their_fix_and_can_be_ticked_off(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--project", str(project)]
    assert call(["alarms", "list", *at]) == 0
    listed = capsys.readouterr().out
    assert "the disk is full" in listed
    assert "fix: make room" in listed
    assert call(["status", *at]) == 0
    assert "ALARM       the disk is full; make room" in capsys.readouterr().out
    assert call(["alarms", "list", "--json", *at]) == 0
    assert [one["key"] for one in json.loads(capsys.readouterr().out)] == ["disk"]
    assert call(["alarms", "clear", "disk", *at]) == 0
    assert call(["alarms", "clear", "disk", *at]) == 1
    assert "no alarm disk is raised" in capsys.readouterr().err
    assert call(["alarms", "list", *at]) == 0
    assert "No alarm is raised." in capsys.readouterr().out
