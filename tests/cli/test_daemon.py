"""`leadbot simulator` and `leadbot run` as two processes in one folder, as the README of a project says."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from leadbot.simulator import Player
from tests.cli.living import as_json, asked, free_port, is_ready, is_serving, leadbot, process, wait_until

BUYER = {"followers_count": 80, "tweet_count": 300}

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Shop:
    folder: Path
    base_url: str


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A project of `leadbot init` with its simulator up."""
    port = free_port()
    leadbot("init", ".", "--port", str(port), cwd=tmp_path)
    toml = tmp_path / "leadbot.toml"
    text = toml.read_text(encoding="utf-8").replace('"1s to 3s"', "0").replace("poll_s = 5", "poll_s = 0.5")
    toml.write_text(text, encoding="utf-8")
    base_url = f"http://127.0.0.1:{port}"
    with process("simulator", cwd=tmp_path):
        wait_until(lambda: is_serving(base_url), "the simulator serves")
        yield Shop(tmp_path, base_url)


def test_a_question_is_answered_and_a_buyer_handed_over_with_a_receipt(shop: Shop) -> None:
    with process("run", cwd=shop.folder), Player(shop.base_url, "ana", **BUYER) as ana:
        wait_until(lambda: is_ready(shop.folder), "the daemon is ready")
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


@pytest.mark.parametrize("asked_by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_within_two_seconds(shop: Shop, asked_by: signal.Signals) -> None:
    with process("run", cwd=shop.folder) as running:
        wait_until(lambda: is_ready(shop.folder), "the daemon is ready")
        began = time.monotonic()
        running.send_signal(asked_by)
        assert running.wait(timeout=10) == 0
        assert (
            time.monotonic() - began <= 2.5
        )  # two seconds to stop, and a little for the interpreter to leave


def test_a_second_daemon_on_the_same_database_is_refused(shop: Shop) -> None:
    with process("run", cwd=shop.folder):
        wait_until(lambda: is_ready(shop.folder), "the daemon is ready")

        second = leadbot("run", cwd=shop.folder)

    assert second.returncode == 2
    assert "another leadbot works on this database" in second.stderr


def test_in_draft_mode_nothing_is_said_until_a_person_approves(shop: Shop) -> None:
    toml = shop.folder / "leadbot.toml"
    text = toml.read_text(encoding="utf-8").replace('mode = "live"', 'mode = "draft"')
    toml.write_text(text, encoding="utf-8")
    with process("run", cwd=shop.folder), Player(shop.base_url, "ana", **BUYER) as ana:
        wait_until(lambda: is_ready(shop.folder), "the daemon is ready")
        post_id = ana.post("@acme how much is it for 12 of us?")
        drafts = wait_until(
            lambda: as_json(leadbot("drafts", "list", "--json", cwd=shop.folder)), "there is a draft"
        )
        assert ana.replies_to(post_id) == []

        number = str(drafts[0]["id"])
        assert "would say" in leadbot("drafts", "show", number, cwd=shop.folder).stdout
        assert leadbot("drafts", "approve", number, cwd=shop.folder).returncode == 0
        assert ana.await_reply(post_id, timeout_s=30) is not None


def test_a_paused_brand_is_silent_until_it_is_resumed(shop: Shop) -> None:
    with process("run", cwd=shop.folder), Player(shop.base_url, "ana", **BUYER) as ana:
        wait_until(lambda: is_ready(shop.folder), "the daemon is ready")
        leadbot("brand", "pause", "acme", "--why", "a bad day", cwd=shop.folder)
        post_id = ana.post("@acme pricing?")
        assert ana.await_reply(post_id, timeout_s=3) is None
        assert "a bad day" in leadbot("status", cwd=shop.folder).stdout

        leadbot("brand", "resume", "acme", cwd=shop.folder)
        assert ana.await_reply(post_id, timeout_s=30) is not None
