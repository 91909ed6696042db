"""What is asked before each send must not cost more with the years: it is looked up by ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event

from leadbot import model as m
from leadbot.ports import SentPost
from leadbot.store import Store, facts, open_database
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND

NOW = ManualClock().now()
MANY = range(10, 42)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_database(f"sqlite:///{tmp_path}/leadbot.db") as database:
        yield Store(database, ManualClock())


@pytest.fixture
def plans(store: Store) -> dict[str, str]:
    """How SQLite goes about each question about our replies and own posts."""
    found: dict[str, str] = {}

    def explain(connection: Any, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT") and ("FROM outbox" in statement or "FROM own_post" in statement):
            raw = connection.connection.driver_connection
            plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            found[statement] = "; ".join(step[3] for step in plan)

    event.listen(store.database.engine, "before_cursor_execute", explain)
    return found


def all_said(plans: dict[str, str]) -> list[str]:
    """Questions for which SQLite goes through all a brand ever said."""
    return [
        one for one, plan in plans.items() if "(brand_id=?)" in plan or "state=?" in plan or "SCAN" in plan
    ]


def test_own_posts_are_compared_with_what_was_said_by_their_ids(store: Store, plans: dict[str, str]) -> None:
    posts = [SentPost(m.PostId(str(one)), "hi", "hi", m.PostId("9"), m.PostId("9"), NOW) for one in MANY]
    store.own_posts.keep(BRAND, posts, NOW, same_words=str.__eq__)
    assert len(plans) == 4
    assert all_said(plans) == []


def test_the_gate_asks_about_replies_by_their_ids(store: Store, plans: dict[str, str]) -> None:
    rows: list[Any] = [
        SimpleNamespace(
            id=one, key=f"k{one}", person_id=f"{one}", conversation_id=f"1:{one}", parent_id=f"9{one}"
        )
        for one in MANY
    ]
    with store.database.read() as connection:
        facts.gather(
            connection,
            BRAND,
            rows,
            parent_at=dict.fromkeys(MANY, NOW),
            text_keys={one: f"text {one}" for one in MANY},
            now=NOW,
            same_text_window=timedelta(hours=24),
        )
    assert len(plans) == 4
    assert all_said(plans) == []


def test_what_waits_is_found_without_going_through_all_that_was_ever_heard(store: Store) -> None:
    asked: dict[str, str] = {}

    def explain(connection: Any, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT") and "FROM inbox" in statement:
            raw = connection.connection.driver_connection
            plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            asked[statement] = "; ".join(step[3] for step in plan)

    store.brands.introduce(BRAND, "acme")
    store.brands.poll_completed(BRAND, 7)
    event.listen(store.database.engine, "before_cursor_execute", explain)
    store.work.claim([BRAND], NOW, limit=200)
    store.queries.status()

    assert len(asked) == 4
    assert [plan for plan in asked.values() if "USING INDEX ix_inbox_" not in plan] == []
