"""The shipped reader, loaded once, and the day on which most texts here are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from leadbot.model import Reading, ReadRequest
from leadbot.nlp import SpacyReader, load_reader

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday


@pytest.fixture(scope="session")
def reader() -> SpacyReader:
    return load_reader()


@pytest.fixture(scope="session")
def read(reader: SpacyReader) -> Callable[..., Reading]:
    def read_one(
        text: str,
        *,
        at: datetime = NOON,
        zone: str = "UTC",
        phrases: tuple[str, ...] = (),
        lang: str | None = None,
    ) -> Reading:
        return reader.read([ReadRequest(text, at, zone, frozenset(phrases), lang)])[0]

    return read_one
