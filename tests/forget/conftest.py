from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from leadbot.store import open_database
from tests.forget.rooms import Records


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database: making its tables takes longer than most tests here."""
    file = tmp_path_factory.mktemp("template") / "leadbot.db"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def records(tmp_path: Path, template: Path) -> Iterator[Records]:
    records = Records(tmp_path, template)
    yield records
    records.close()
