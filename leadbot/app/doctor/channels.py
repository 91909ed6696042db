"""Checks where teams and reps are told. Nobody is told anything: `leadbot teams test` does that."""

from __future__ import annotations

from collections.abc import Iterator

from leadbot.app.doctor.findings import Finding, green, red
from leadbot.crm.channels import is_understood
from leadbot.settings import Settings


def told(settings: Settings) -> Iterator[Finding]:
    """Every variable of `notify`: whether it is set, and whether it holds an address. None is shown."""
    for one in settings.channels:
        whom = one.rep or one.team
        if not one.url:
            yield red("notify", f"{one.name} is not set: {whom} hears nothing", f"set {one.name}")
        elif not is_understood(one.url):
            fix = "copy it again; apprise's documentation shows each kind of address"
            yield red("notify", f"{one.name} holds no address that can be used, for {whom}", fix)
    if not settings.channels:
        yield green("notify", "teams have no channel: notices stand in the log and notifications.jsonl")
    else:
        count = len(settings.channels)
        shown = "one channel has an address" if count == 1 else f"{count} channels have addresses"
        yield green("notify", f"{shown}; `leadbot teams test NAME` tries them")
