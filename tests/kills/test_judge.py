"""The judge of the kills and the soak: it passes what is right and finds each thing that is wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from leadbot.simulator.clock import iso, parse_iso
from tests.kills.judge import CHECKS, Evidence, Verdict
from tests.kills.project import Project
from tests.soak.__main__ import report

BEGAN = parse_iso("2026-11-22T10:00:00Z")
MICROS = int(BEGAN.timestamp() * 1e6)
TABLES = """
CREATE TABLE inbox (id, brand_id, key, post_id, kind, state, put_at, channel, payload);
CREATE TABLE decision (id, inbox_id, reason);
CREATE TABLE outbox (key, kind, brand_id, person_id, state, rule, why, post_id, parent_id, sending_at);
CREATE TABLE suppression (brand_id, person_id, lifted_at);
INSERT INTO inbox VALUES (1, 'b', 'post:1', '1', 'PostReceived', 'done', :now, 'poll', 'pricing?'),
                         (2, 'b', 'post:3', '3', 'PostReceived', 'done', :now, 'poll', 'stop');
INSERT INTO decision VALUES (1, 1, 'pace'), (2, 2, 'opt_out');
INSERT INTO outbox VALUES ('reply:1', 'SendReply', 'b', 'a', 'sent', '', '', '2', '1', :now - 1);
INSERT INTO suppression VALUES ('b', 'a', NULL);
"""

TWICE = "INSERT INTO inbox SELECT 9, brand_id, 'x', post_id, kind, state, put_at, channel, payload FROM inbox"
UNSENT = "INSERT INTO outbox VALUES ('k', 'SendReply', 'b', 'a', {}, '', '3', 0)"


class Town:
    """A small town in memory, read as a Project is: Ana asks, the bot answers, Ana says stop."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.brands, self.deaths = folder, ("acme",), list[str]()
        self.log = [
            post("1", "ana", "pricing?", names=["acme"]),
            post("2", "acme", "Hi, a bot.", client="api", in_reply_to="1", names=["ana"]),
            post("3", "ana", "stop", in_reply_to="2", names=["acme"]),
        ]
        self.waited_s, self.rate = 2_000.0, 20.0
        self.violations: list[dict[str, str]] = []
        self.database = sqlite3.connect(":memory:")
        self.database.executescript(TABLES.replace(":now", str(MICROS)))
        (folder / "daemon.log").write_text("Ready.\n", encoding="utf-8")

    def sim(self, path: str, **query: Any) -> Any:
        plain = {"protected": False, "suspended": False, "deactivated": False}
        users = [{"username": "ana", "id": "a", **plain}, {"username": "acme", "id": "b", **plain}]
        return {
            "log": {"posts": self.log},
            "users": {"users": users},
            "violations": {"violations": self.violations},
            "clock": {"now": iso(BEGAN + timedelta(seconds=self.waited_s))},
        }[path]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.database.execute(sql).fetchall()


def post(post_id: str, username: str, said: str, **more: Any) -> dict[str, Any]:
    usual = {"client": "native", "in_reply_to": None, "repost_of": None, "edit_of": None, "deleted": False}
    usual |= {"deleted_at": None}
    ids = {"id": post_id, "author": {"ana": "a", "acme": "b"}[username], "username": username, "said": said}
    return {**usual, **ids, "names": [], "created_at": iso(BEGAN), **more}


def violation(kind: str) -> dict[str, str]:
    return {"kind": kind, "brand": "acme", "person": "ana", "text": "hm", "why": "said so"}


def failed(town: Town) -> set[str]:
    evidence = Evidence(cast(Project, town))
    return {name for name, check in CHECKS.items() if list(check(evidence))}


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_town_where_all_went_well_passes(town: Town) -> None:
    assert failed(town) == set()


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("DELETE FROM inbox WHERE id = 1", "0 posts lost"),
        (TWICE, "0 posts lost"),
        ("DELETE FROM decision WHERE id = 1", "each post decided once"),
        ("INSERT INTO decision VALUES (9, 1, 'pace')", "each post decided once"),
        ("UPDATE inbox SET state = 'failed' WHERE id = 1", "each post decided once"),
        ("UPDATE inbox SET state = 'new'", "each post decided once"),
        ("UPDATE decision SET reason = ''", "each decision has its reason"),
        ("DELETE FROM suppression", "0 after an opt-out"),
        ("UPDATE outbox SET sending_at = sending_at + 21000000", "0 after an opt-out"),
        ("UPDATE outbox SET brand_id = 'c'", "0 by the wrong account"),
        ("DELETE FROM outbox", "what was said is what was recorded"),
        ("UPDATE outbox SET post_id = '7'", "what was said is what was recorded"),
        (UNSENT.format("'held', '', ''"), "each held or refused reply says why"),
        (UNSENT.format("'refused', 'x', ''"), "each held or refused reply says why"),
    ],
)  # fmt: skip
def test_the_judge_finds_what_is_wrong_in_the_database(town: Town, sql: str, check: str) -> None:
    town.database.execute(sql)
    assert check in failed(town)


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("after_opt_out", "0 after an opt-out"),
        ("wrong_account", "0 by the wrong account"),
        ("undisclosed", "0 undisclosed"),
        ("second_reply", "0 unsummoned, too long, too many, or to nobody's post"),
    ],
)
def test_the_judge_repeats_what_x_saw(town: Town, kind: str, check: str) -> None:
    town.violations.append(violation(kind))
    assert failed(town) == {check}


def answer_again(town: Town) -> None:
    town.log.append(post("4", "acme", "Hi again.", client="api", in_reply_to="1"))


def answer_backwards(town: Town) -> None:
    town.log.append(post("4", "ana", "so?", names=[]))
    town.log.append(post("5", "acme", "A bot.", client="api", in_reply_to="4"))
    town.log.append(post("6", "acme", "A bot!", client="api", in_reply_to="3"))


def speak_beside_a_human(town: Town) -> None:
    long_before = iso(parse_iso("2026-11-22T09:00:00Z"))
    town.log.append(post("4", "acme", "Maya here.", in_reply_to="1", created_at=long_before))


def keep_what_was_taken_back(town: Town) -> None:
    long_ago = iso(parse_iso("2026-11-20T09:00:00Z"))
    town.log[0] |= {"deleted": True, "deleted_at": long_ago}


def fall(town: Town) -> None:
    (town.folder / "daemon.log").write_text("part.failed part=engine\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (answer_again, "0 double replies"),
        (answer_backwards, "answers in the order of the posts"),
        (speak_beside_a_human, "0 beside a human"),
        (keep_what_was_taken_back, "words taken back are gone within a day"),
        (fall, "no part of the daemon fell"),
        (lambda town: town.deaths.append("ended by itself with 1"), "no part of the daemon fell"),
    ],
)
def test_the_judge_finds_what_is_wrong_on_x_and_in_the_log(
    town: Town, spoil: Callable[[Town], None], check: str
) -> None:
    spoil(town)
    assert check in failed(town)


@pytest.mark.parametrize(
    "why",
    [{"deleted": True}, {"repost_of": "9"}, {"id": "8", "edit_of": None}],
    ids=["deleted", "a repost", "an older version"],
)
def test_a_post_that_x_no_longer_shows_need_not_have_been_heard(town: Town, why: dict[str, Any]) -> None:
    town.log.append(post("8", "ana", "hm", names=["acme"], **why) | why)
    if "edit_of" in why:
        town.log.append(post("9", "ana", "hm!", names=[], edit_of="8"))
    assert failed(town) == set()


def test_the_last_line_of_the_report_counts_the_checks() -> None:
    verdict = Verdict(checks={"0 posts lost": [], "0 double replies": ["post 1 was answered twice"]})
    lines = report(verdict)
    assert lines[-1] == "1 passed, 1 failed"
    assert any("post 1 was answered twice" in line for line in lines)
    assert verdict.faults == ["0 double replies: post 1 was answered twice"]


def test_what_was_said_just_before_the_end_may_still_be_on_its_way(town: Town) -> None:
    town.waited_s = 60.0
    town.database.execute("DELETE FROM inbox WHERE id = 1")
    town.database.execute("UPDATE inbox SET state = 'new'")
    assert failed(town) == set()
