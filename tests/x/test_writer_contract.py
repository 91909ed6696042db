"""The contract every PostWriter keeps, run on the real one: tweepy over TCP against the local X."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from leadbot.model import PostId
from leadbot.simulator import Player
from leadbot.x.writer import XWriter
from tests.contracts.post_writer import PostWriterContract

from .rooms import Control

SEND = "POST /2/tweets"
FAULTS: dict[str, list[dict[str, Any]]] = {
    "busy": [{"on": SEND, "kind": "status", "status": 429, "times": 1}],
    "refused": [{"on": SEND, "kind": "status", "status": 403, "times": 1}],
    "account": [{"on": SEND, "kind": "status", "status": 402, "times": 1}],
    "lost_before": [{"on": SEND, "kind": "drop_before", "times": 1}],
    "lost_after": [{"on": SEND, "kind": "drop_after_accept", "times": 1}],
}


class TestXWriter(PostWriterContract):
    """The suite, on the real writer."""

    @pytest.fixture
    def writer(self, writer_at: Callable[..., XWriter], base_url: str) -> XWriter:
        writer = writer_at(base_url)
        writer.token_account_id()  # as before every write
        return writer

    @pytest.fixture
    def mention(self, ann: Player) -> PostId:
        return PostId(ann.post("@acme what does it cost for 40 people?"))

    @pytest.fixture
    def misbehave(self, control: Control) -> Callable[[str], Any]:
        return lambda how: control.ask("POST", "faults", json=FAULTS[how])
