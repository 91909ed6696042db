"""A reader that understands only what a test taught it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadbot.model import Intent, OptOut, Reading, ReadRequest

STOP = Reading(opt_out=OptOut.CLEAR, intent=Intent.OPT_OUT)
LEAD = Reading(intent=Intent.PRICING, warmth=0.9, asks_price=True)


class FakeReader:
    """Looks the words up; everything else is a lead asking a price, except "stop"."""

    def __init__(self, known: Mapping[str, Reading] | None = None) -> None:
        self.known = {"stop": STOP, **(known or {})}
        self.poison: set[str] = set()
        self.batches: list[int] = []

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        """One reading a request; a poisoned text raises for the whole batch."""
        self.batches.append(len(requests))
        if any(request.text in self.poison for request in requests):
            raise ValueError("the model choked")
        return [self.known.get(request.text, LEAD) for request in requests]
