"""Malformed and hostile lines: no crash, each counted, every honest mention heard, memory flat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from leadbot.store.aside import KEPT_A_DAY
from tests.hostile.run import flood


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.mark.parametrize("count", [2_000, pytest.param(200_000, marks=pytest.mark.long)])
def test_no_line_of_the_stream_harms_anybody(tmp_path: Path, count: int) -> None:
    outcome = flood(tmp_path, count)
    assert outcome.problems == []
    assert outcome.counts["dropped"] == 0
    assert outcome.counts["malformed"] > count / 4
    assert 0 < outcome.kept <= KEPT_A_DAY
    assert outcome.kept < outcome.counted_aside <= outcome.counts["malformed"]
