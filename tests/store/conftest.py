from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadbot.store import Store, open_database
from tests.fakes.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    store = Store(open_database(f"sqlite:///{tmp_path}/leadbot.db"), clock)
    yield store
    store.close()
