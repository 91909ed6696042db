"""The desk beside a demo: the real page on the demo's database, with a link that opens it once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from leadbot.app.desk import desk_of
from leadbot.app.look import open_store
from leadbot.app.project import load_project
from leadbot.demo.stage import Stage
from leadbot.store.desk_access import Role

REP = "Maya Lindqvist"
"""Of the template's team; on the demo's desk she may do everything."""

_LASTS = timedelta(hours=12)


@contextmanager
def open_desk(stage: Stage, *, port: int = 0) -> Iterator[str]:
    """Serves it on this machine and hands out its address, which signs one browser in."""
    settings = load_project(stage.folder, {}).settings
    stop = threading.Event()
    with (
        open_store(settings) as (store, clock),
        desk_of(settings, store, clock, port=port) as (server, address),
    ):
        now = datetime.now(UTC)
        store.desk_access.add_user(REP, Role.OPERATOR, password="", now=now)
        user = store.desk_access.user(REP)
        assert user is not None, "just added"
        token = store.desk_access.make_pass(user, now=now, lasts=_LASTS)
        thread = threading.Thread(target=server.run, args=(stop,), name="desk", daemon=True)
        thread.start()
        try:
            yield f"{address.url}/sign-in/once/{token}"
        finally:
            stop.set()
            thread.join(4.0)
