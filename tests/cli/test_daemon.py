"""`leadbot simulator` and `leadbot run` as two processes in one folder, as the README of a project says."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from leadbot.simulator import Player
from tests.cli.living import as_json, asked, free_port, is_ready, is_serving, leadbot, process, wait_until

BUYER = {"followers_count": 80, "tweet_count": 300}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("daemon")]


class Shop:
    """A project of `leadbot init` with its simulator up, and a daemon once a test wants one."""

    def __init__(self, folder: Path, processes: ExitStack) -> None:
        self.folder = folder
        port = free_port()
        self.base_url = f"http://127.0.0.1:{port}"
        leadbot("init", ".", "--port", str(port), cwd=folder)
        self.set('"1s to 3s"', "0")
        self.set("poll_s = 5", "poll_s = 0.5")
        processes.enter_context(process("simulator", cwd=folder))
        wait_until(lambda: is_serving(self.base_url), "the simulator serves")
        self._processes = processes
        self._daemon: subprocess.Popen[bytes] | None = None
        self._mode = "live"
        self.started_within_s = 0.0

    def set(self, old: str, new: str) -> None:
        """Change leadbot.toml."""
        toml = self.folder / "leadbot.toml"
        text = toml.read_text(encoding="utf-8")
        assert old in text
        toml.write_text(text.replace(old, new), encoding="utf-8")

    def open(self, mode: str) -> None:
        """Have a daemon in that mode; the one of an earlier test if there is one."""
        if self._daemon is None or self._daemon.poll() is not None:
            self._start()
        if self._mode != mode:
            done = leadbot("brand", "mode", "acme", mode, "--confirm", "@acme", cwd=self.folder)
            assert done.returncode == 0, done.stderr
            self._mode = mode

    def _start(self) -> None:
        began = time.monotonic()
        (self.folder / "run.log").unlink(missing_ok=True)
        self._daemon = self._processes.enter_context(process("run", cwd=self.folder))
        wait_until(lambda: is_ready(self.folder), "the daemon is ready")
        self.started_within_s = time.monotonic() - began

    def close(self, asked_by: signal.Signals) -> float:
        """Ask the daemon to stop; returns after how many seconds it had."""
        if self._daemon is None or self._daemon.poll() is not None:
            return 0.0
        began = time.monotonic()
        self._daemon.send_signal(asked_by)
        assert self._daemon.wait(timeout=20) == 0
        return time.monotonic() - began


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with ExitStack() as processes:
        yield Shop(tmp_path_factory.mktemp("shop"), processes)


def test_a_question_is_answered_and_a_buyer_handed_over_with_a_receipt(shop: Shop) -> None:
    shop.open("live")
    with Player(shop.base_url, "ana", **BUYER) as ana:
        first = ana.await_reply(ana.post("@acme pricing? about 40 of us, all in excel"), timeout_s=30)
        assert first is not None
        assert "$6" in first["said"]
        second = ana.await_reply(ana.reply(first["id"], "this month"), timeout_s=30)
        assert second is not None
        ana.reply(second["id"], "yes please")

        wait_until(lambda: (shop.folder / "crm" / "leads.jsonl").exists(), "the lead is in the CRM")
        (handoff,) = as_json(leadbot("handoffs", "list", "--json", cwd=shop.folder))
        assert handoff["score"] == sum(line["points"] for line in handoff["receipt"]) == 65
        assert handoff["consent"] == "yes"
        story = leadbot("handoffs", "show", "@ana", cwd=shop.folder).stdout
        assert "about 40 of us" in story
        assert "team-plan@" in story
        assert as_json(leadbot("status", "--json", cwd=shop.folder))["daemon"]["running"]

    assert asked(shop.base_url, "violations")["violations"] == []


def test_a_second_daemon_on_the_same_database_is_refused(shop: Shop) -> None:
    shop.open("live")

    second = leadbot("run", cwd=shop.folder)

    assert second.returncode == 2
    assert "another leadbot works on this database" in second.stderr


def test_a_paused_brand_is_silent_until_it_is_resumed(shop: Shop) -> None:
    shop.open("live")
    with Player(shop.base_url, "ben", **BUYER) as ben:
        leadbot("brand", "pause", "acme", "--why", "a bad day", cwd=shop.folder)
        post_id = ben.post("@acme pricing?")
        assert ben.await_reply(post_id, timeout_s=3) is None
        assert "a bad day" in leadbot("status", cwd=shop.folder).stdout

        leadbot("brand", "resume", "acme", cwd=shop.folder)
        assert ben.await_reply(post_id, timeout_s=30) is not None


def test_in_draft_mode_nothing_is_said_until_a_person_approves(shop: Shop) -> None:
    shop.open("draft")
    with Player(shop.base_url, "cleo", **BUYER) as cleo:
        post_id = cleo.post("@acme how much is it for 12 of us?")
        drafts = wait_until(
            lambda: as_json(leadbot("drafts", "list", "--json", cwd=shop.folder)), "there is a draft"
        )
        assert cleo.replies_to(post_id) == []

        number = str(drafts[0]["id"])
        assert "would say" in leadbot("drafts", "show", number, cwd=shop.folder).stdout
        assert leadbot("drafts", "approve", number, cwd=shop.folder).returncode == 0
        assert cleo.await_reply(post_id, timeout_s=30) is not None


def test_a_mode_set_by_hand_counts_in_the_running_daemon_and_watching_writes_nothing(shop: Shop) -> None:
    def writes() -> int:
        log = asked(shop.base_url, "log")["requests"]
        return sum(one["client"] == "api" and one["route"] == "POST /2/tweets" for one in log)

    shop.open("watch")
    before = writes()
    with Player(shop.base_url, "dora", **BUYER) as dora, Player(shop.base_url, "emil", **BUYER) as emil:
        watched = dora.post("@acme how much is it for 12 of us?")
        wait_until(
            lambda: "would have replied" in leadbot("tasks", "list", cwd=shop.folder).stdout,
            "what it would have said is shown",
        )
        assert dora.replies_to(watched) == []
        assert writes() == before
        shop.open("live")
        assert emil.await_reply(emil.post("@acme how much is it for 12 of us?"), timeout_s=30) is not None
        assert dora.replies_to(watched) == []


@pytest.mark.parametrize(("mode", "asked_by"), [("draft", signal.SIGINT), ("live", signal.SIGTERM)])
def test_a_signal_stops_it_within_two_seconds(shop: Shop, mode: str, asked_by: signal.Signals) -> None:
    shop.open(mode)

    stopped_within_s = shop.close(asked_by)

    # Two seconds to stop, and for the interpreter to leave a share of what it took to come.
    assert 0 < stopped_within_s <= 2.0 + 0.25 * shop.started_within_s
