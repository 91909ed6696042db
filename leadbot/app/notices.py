"""What tells teams and reps, as the settings say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from leadbot.crm.channels import Address, ChannelNotifier
from leadbot.crm.notify import FileNotifier
from leadbot.desk import links
from leadbot.ports import Notifier
from leadbot.settings import Settings
from leadbot.store import Store

LINK_LASTS = timedelta(days=3)
"""A link in a chat is seen by whoever reads along, so it ends; the desk itself stays."""


def notifier_of(settings: Settings, store: Store) -> Notifier:
    """Into the file alone, or to channels besides."""
    if not settings.channels:
        return FileNotifier(settings.folder)
    return ChannelNotifier(settings.folder, addresses_of(settings), _links(settings, store))


def addresses_of(settings: Settings) -> list[Address]:
    """Every channel that has an address."""
    return [Address(one.team, one.rep, one.name, one.url) for one in settings.channels]


def reachable(settings: Settings) -> frozenset[tuple[str, str]]:
    """(team, rep) who are told by themselves."""
    return frozenset((one.team, one.rep) for one in settings.channels if one.rep)


def _links(settings: Settings, store: Store) -> Callable[[str, str], str]:
    desk = settings.desk
    base = desk.public_url.rstrip("/") or f"http://{desk.host}:{desk.port}"

    def link(handoff_key: str, rep: str) -> str:
        """A rep who may sign in gets one that claims by a button; everybody else the person's page."""
        if not rep or store.desk_access.user(rep) is None:
            return f"{base}/talk/{':'.join(handoff_key.split(':')[:2])}"
        ends_at = (datetime.now(UTC) + LINK_LASTS).timestamp()
        secret = store.desk_access.secret(links.SECRET)
        return f"{base}/claim/{links.sign(secret, links.ClaimLink(rep, handoff_key, ends_at))}"

    return link
