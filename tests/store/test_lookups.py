"""Own posts are compared with what was said before each send, which must not cost more with the years."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event

from leadbot import model as m
from leadbot.ports import SentPost
from leadbot.store import Store, open_database
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND


def test_no_look_at_own_posts_goes_through_all_a_brand_ever_said(tmp_path: Path) -> None:
    clock = ManualClock()
    store = Store(open_database(f"sqlite:///{tmp_path}/leadbot.db"), clock)
    now, plans = clock.now(), dict[str, str]()

    def explain(connection: Any, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT") and "FROM outbox" in statement:
            raw = connection.connection.driver_connection
            plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            plans[statement] = "; ".join(step[3] for step in plan)

    event.listen(store.database.engine, "before_cursor_execute", explain)
    ids = [m.PostId(str(number)) for number in range(10, 110)]
    posts = [SentPost(one, "hi", "hi", m.PostId("9"), m.PostId("9"), now) for one in ids]
    store.own_posts.keep(BRAND, posts, now, same_words=str.__eq__)
    store.close()
    assert len(plans) == 2
    for statement, plan in plans.items():
        assert "ix_outbox_post" in plan, statement
        assert "(brand_id=?" not in plan, statement
        assert "state=?" not in plan, statement
