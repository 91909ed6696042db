"""What holds for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logs_begin_anew() -> Iterator[None]:
    """A command called in this process sets logging up for a stderr that ends with its test."""
    yield
    structlog.reset_defaults()
