"""The real daemon while X fails: it says nothing it should not, and leaves when asked."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from leadbot.simulator.people import Player
from tests.kills.project import Project, wait_until
from tests.kills.weather import HEAR, LOOK, SAY

pytestmark = pytest.mark.slow


def script(project: Project, **fault: Any) -> None:
    project.http.post(f"{project.base_url}/_sim/faults", json=fault, timeout=30).raise_for_status()


def outbox(project: Project) -> list[tuple[str, str]]:
    return project.rows("SELECT state, rule FROM outbox WHERE kind = 'SendReply' ORDER BY id")


@pytest.mark.long
def test_a_stop_said_while_the_daemon_was_deaf_is_obeyed(tmp_path: Path) -> None:
    settings = {"listen": '"poll"', "pace": '"4s to 4s"'}
    with Project(tmp_path / "shop", settings=settings) as project, Player(project.base_url, "ana") as ana:
        project.start()
        asked = ana.post("@acme pricing? about 40 of us")
        wait_until(lambda: project.rows("SELECT 1 FROM timer"), within_s=60, what="the question is heard")
        script(project, on=HEAR, kind="status", status=503, times=4)
        ana.post("@acme stop")
        wait_until(lambda: outbox(project), within_s=60, what="words are chosen")
        wait_until(
            lambda: project.rows("SELECT 1 FROM suppression"), within_s=120, what="the stop is heard at last"
        )
        wait_until(
            lambda: outbox(project)[0][0] not in ("pending", "held"), within_s=60, what="the row is settled"
        )
        assert ana.replies_to(asked) == []


@pytest.mark.long
def test_it_leaves_in_time_although_x_does_not_answer_and_the_reply_is_found_at_the_next_start(
    tmp_path: Path,
) -> None:
    with Project(tmp_path / "shop") as project, Player(project.base_url, "ana") as ana:
        project.start()
        script(project, on=SAY, kind="timeout_after_accept", seconds=19)
        asked = ana.post("@acme pricing? about 40 of us")
        wait_until(lambda: outbox(project) == [("sending", "")], within_s=60, what="the reply is under way")
        assert project.daemon is not None
        began = time.monotonic()
        project.daemon.send_signal(signal.SIGTERM)
        assert project.daemon.wait(timeout=30) == 0
        assert time.monotonic() - began < 10.0, "it does not wait for X"
        project.start()
        wait_until(lambda: outbox(project) == [("sent", "")], within_s=60, what="the reply is found")
        assert len(ana.replies_to(asked)) == 1


@pytest.mark.long
def test_a_timeline_x_refuses_to_show_holds_replies_with_a_reason_and_ends_nothing(tmp_path: Path) -> None:
    with Project(tmp_path / "shop") as project, Player(project.base_url, "ana") as ana:
        script(project, on=LOOK, kind="status", status=403, times=3)
        project.start()
        asked = ana.post("@acme pricing? about 40 of us")
        wait_until(
            lambda: outbox(project) == [("held", "x_unavailable")], within_s=60, what="the reply is held"
        )
        assert ana.await_reply(asked, timeout_s=60) is not None
        assert "part.failed" not in (project.folder / "daemon.log").read_text(encoding="utf-8")
