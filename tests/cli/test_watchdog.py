"""Who watches from outside: the service manager, and a monitor that asks `leadbot status --max-age`."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from leadbot.cli import call
from leadbot.daemon import Daemon, Part, tell_service_manager
from tests.cli.living import wait_until


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """A command sends its log to the terminal of this test; the next test has its own."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


class Deaf:
    """A listener that listens to nothing."""

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def health(self) -> dict[str, Any]:
        return {"alive": True, "well": True}


def test_a_part_that_hangs_is_seen_though_its_thread_is_alive(tmp_path: Path) -> None:
    let_go = threading.Event()

    def works(stop: threading.Event) -> None:
        while not stop.wait(0.01):
            pass

    def waits_for_long(stop: threading.Event) -> None:
        stop.wait(60)

    def hangs(stop: threading.Event) -> None:
        let_go.wait(60)

    parts = [Part("works", works), Part("waits", waits_for_long), Part("hangs", hangs)]
    daemon = Daemon(Deaf(), parts, heartbeat=tmp_path / "health.json", stuck_after_s=0.2)
    daemon.start()
    try:
        wait_until(lambda: daemon.health()["parts"]["hangs"]["stuck"], "it is seen", within_s=10)
        health = daemon.health()
        assert not health["well"]
        assert health["parts"]["hangs"]["alive"]
        assert not health["parts"]["works"]["stuck"]
        assert not health["parts"]["waits"]["stuck"], "to wait to be stopped is no fault"
    finally:
        let_go.set()
        daemon.stop()


def test_the_service_manager_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_service_manager("READY=1")  # nobody there: no harm
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        tell_service_manager("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"
        Daemon(Deaf(), [], heartbeat=tmp_path / "health.json").stop()
        assert manager.recv(100) == b"STOPPING=1"
    tell_service_manager("READY=1")  # gone meanwhile: no harm


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        (None, 1, "never told"),
        ({"running": True, "age": 400}, 1, "has not told how it is"),
        ({"running": False}, 1, "has not told how it is"),
        ({"running": True, "alarms": [{"what": "the disk is full"}]}, 1, "the disk is full"),
        ({"running": True, "parts": {"relay": {"stuck": True}}}, 1, "relay hangs"),
        ({"running": True, "parts": {"relay": {"stuck": False}}, "alarms": []}, 0, ""),
    ],
)
def test_a_monitor_reads_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], told: dict[str, Any] | None, code: int, says: str
) -> None:
    toml = '[x]\nbase_url = "http://127.0.0.1:8765"\n[[brands]]\nhandle = "acme"\nplaybooks = []\n'
    (tmp_path / "leadbot.toml").write_text(toml, encoding="utf-8")
    if told is not None:
        health = {**told, "at": time.time() - told.get("age", 0)}
        (tmp_path / "leadbot.db.health.json").write_text(json.dumps(health), encoding="utf-8")
    assert call(["status", "--project", str(tmp_path), "--max-age", "5 min"]) == code
    assert says in capsys.readouterr().err
