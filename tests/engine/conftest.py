from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes.house import House


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Logs are kept, not drawn: drawing a traceback takes longer than the test."""
    with capture_logs():
        yield


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()
