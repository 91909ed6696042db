"""The fake account keeps the contract the real one is held to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from leadbot.errors import AccountError, PermanentError, TransientError, UnknownOutcome
from leadbot.model import PostId
from leadbot.ports import PostWriter
from tests.contracts.post_writer import PostWriterContract
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND
from tests.fakes.writer import FakeWriter, When

FAULTS: dict[str, tuple[When, Callable[[], Exception]]] = {
    "busy": (When.BEFORE, lambda: TransientError("503")),
    "refused": (When.BEFORE, lambda: PermanentError("forbidden")),
    "account": (When.BEFORE, lambda: AccountError("suspended")),
    "lost_before": (When.BEFORE, lambda: UnknownOutcome("time-out")),
    "lost_after": (When.AFTER, lambda: UnknownOutcome("time-out")),
}


class TestFakeWriter(PostWriterContract):
    """The suite, on the fake."""

    @pytest.fixture
    def writer(self) -> FakeWriter:
        return FakeWriter(BRAND, ManualClock())

    @pytest.fixture
    def mention(self, writer: PostWriter) -> PostId:
        return PostId("2124805152568246273")

    @pytest.fixture
    def misbehave(self, writer: PostWriter) -> Callable[[str], Any]:
        assert isinstance(writer, FakeWriter)
        fake = writer
        return lambda how: fake.fail(*FAULTS[how])
