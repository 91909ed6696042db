"""Writes down what became of a reply, and tells the engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from leadbot.model import PostId
from leadbot.ports import Clock
from leadbot.store import Store
from leadbot.store.outbox import OutboxEntry

_log = structlog.get_logger()
_LINK = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:[/?#]\S*)?", re.IGNORECASE
)  # X links bare names too


def same_words(normalise: Callable[[str], str], one: str, other: str) -> bool:
    """Whether two texts are one reply: X shortens links and may touch spaces, nothing else."""
    return normalise(_LINK.sub(" ", one)).split() == normalise(_LINK.sub(" ", other)).split()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The two ways a reply can end. price: what X charges for these words. Both raise TransientError."""

    store: Store
    clock: Clock
    price: Callable[[str], float]

    def sent(self, entry: OutboxEntry, post_id: PostId) -> None:
        """X has it, as its answer or the brand's timeline says."""
        self.store.outbox.reply_sent(entry, post_id, self.clock.now(), cost_usd=self.price(entry.text))
        _log.info("reply.sent", key=entry.key, post_id=post_id, brand=entry.brand_id)
        self.store.heard.send()

    def refused(self, entry: OutboxEntry, reason: str, why: str) -> None:
        """It will not be sent; the engine turns that into a task."""
        self.store.outbox.reply_refused(entry, reason, self.clock.now(), why=why)
        _log.warning("reply.refused", key=entry.key, reason=reason, why=why, brand=entry.brand_id)
        self.store.heard.send()
