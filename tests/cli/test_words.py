"""What strangers and secrets may not do to a terminal or a log."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from leadbot.cli.words import plain
from tests.cli.living import leadbot
from tests.fakes.house import BRAND, House, person

HOSTILE = "\x1b[2J\x1b]0;pwned\x07\u202egnp.exe\x9b31m about [red]40[/red] of us\nbrand.resumed forged=1"


def test_nothing_of_a_text_commands_the_terminal_and_emoji_stay() -> None:
    assert plain("\x1b[2J\u202eabc\x9b") == "\\u001b[2J\\u202eabc\\u009b"
    assert plain("👩\u200d💻 ça va?\n") == "👩\u200d💻 ça va?\n"
    assert json.loads(plain(json.dumps("a\x9bb", ensure_ascii=False))) == "a\x9bb"


def test_a_hostile_post_is_shown_and_obeyed_by_no_terminal(tmp_path: Path) -> None:
    assert leadbot("init", ".", cwd=tmp_path).returncode == 0
    house = House(tmp_path)
    post = house.post(HOSTILE)
    house.store.inbox.put_posts(BRAND, [(post, person(7, description=HOSTILE))], channel="poll")
    house.store.brands.poll_completed(BRAND)
    house.wait_out(2)
    yes = house.post("yes")
    house.store.inbox.put_posts(BRAND, [(yes, person(7))], channel="poll")
    house.wait_out(2)
    house.close()
    for command in (["handoffs", "list"], ["handoffs", "show", "1"], ["tasks", "list"], ["status"]):
        shown = leadbot(*command, cwd=tmp_path)
        assert shown.returncode == 0, shown.stderr
        assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(shown.stdout)
        assert not [line for line in shown.stdout.splitlines() if line.startswith("brand.resumed")]
    story = leadbot("handoffs", "show", "1", cwd=tmp_path).stdout
    assert "\\u001b[2J" in story


def test_a_traceback_in_the_log_shows_no_key(tmp_path: Path) -> None:
    program = """
from leadbot.cli.project import configure_logs
configure_logs({0!r}, "info")
import structlog
from leadbot.clock import SystemClock
from leadbot.x.account import Account
from leadbot.x.credentials import Credentials
from leadbot.x.writer import XWriter
keys = Credentials("K-consumer", "K-secret", "K-access", "K-access-secret", "K-bearer", "K-oauth2")
writer = XWriter(Account("1", "acme", keys), SystemClock(), base_url="http://127.0.0.1:1")
try:
    writer.own_posts(since_id=None)
except Exception as error:
    structlog.get_logger().exception("part.failed")
    structlog.get_logger().error("outcome.lost", exc_info=error, why="a\\x1b[2Jb\\nc")
"""
    for form in ("console", "json"):
        done = subprocess.run(
            [sys.executable, "-c", program.format(form)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        )
        assert "Traceback" in done.stderr
        assert "K-" not in done.stderr
        assert "\x1b[2J" not in done.stderr
        assert "\nc" not in done.stderr
