"""Each trap that X sets for a daemon has a test that springs it, and docs/traps.md says which."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadbot.model import PostId
from leadbot.store import Store, open_database
from leadbot.x.mapping import MalformedItem, heard_in, post_and_author
from leadbot.x.snowflake import newest
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND

ROOT = Path(__file__).parents[2]
TRAPS = 21
_ROW = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def test_each_of_the_traps_has_a_test_and_each_test_is_there() -> None:
    page = (ROOT / "docs" / "traps.md").read_text(encoding="utf-8")
    rows = {int(number): _TEST.findall(tests) for number, tests in _ROW.findall(page)}
    assert sorted(rows) == list(range(1, TRAPS + 1))
    assert [number for number, tests in rows.items() if not tests] == []
    named = [(file, name) for tests in rows.values() for file, name in tests]
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_trap_16_ids_stay_whole_and_are_compared_as_numbers(tmp_path: Path) -> None:
    large = "9007199254740993"  # 2^53 + 1, which a float turns into …992
    post, person = post_and_author({"id": large, "author_id": large, "text": "hi", "conversation_id": large})
    assert (post.id, post.root_id, person.id) == (large, large, large)
    line = b'{"data": {"id": 9007199254740993, "author_id": "1", "text": "a number is no id"}}'
    with pytest.raises(MalformedItem):
        heard_in(line)  # it may have lost its end on the way
    assert newest(PostId("999"), PostId(large), PostId("1000")) == large
    store = Store(open_database(f"sqlite:///{tmp_path}/leadbot.db"), ManualClock())
    store.inbox.move_watermark(BRAND, PostId("999"))
    store.inbox.move_watermark(BRAND, PostId(large))
    assert store.inbox.watermark(BRAND) == large
    store.close()
