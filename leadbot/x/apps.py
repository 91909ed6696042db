"""The brands of a project, app by app: X allows each app one stream, and bills and limits it as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from leadbot.model import BrandId
from leadbot.x.account import Account
from leadbot.x.listener import Listener


@dataclass(frozen=True, slots=True)
class App:
    """The accounts of one X app. name: stands in logs and on pages; says nothing of its keys."""

    name: str
    accounts: tuple[Account, ...]


def apps_of(accounts: Sequence[Account]) -> list[App]:
    """Accounts by the app they were authorised in: by its bearer token, else by its consumer key.

    Accounts of which neither is known are taken to be of one app.
    """
    groups: dict[str, list[Account]] = {}
    for account in accounts:
        keys = account.credentials
        app = keys.bearer_token or keys.consumer_key
        digest = sha256(app.reveal().encode()).hexdigest()[:12] if app else "unnamed"
        groups.setdefault(digest, []).append(account)
    return [App(digest, tuple(members)) for digest, members in groups.items()]


class Listeners:
    """One `Listener` an app, behind one start and one stop."""

    def __init__(self, accounts: Sequence[Account], make: Callable[[App, frozenset[str]], Listener]) -> None:
        """make(app, ids of all our accounts) builds the listener of one app. Raises ConfigError."""
        siblings = frozenset(str(account.brand_id) for account in accounts)
        self._listeners = {app.name: make(app, siblings) for app in apps_of(accounts)}

    def start(self) -> None:
        """Begin to listen; returns at once."""
        for listener in self._listeners.values():
            listener.start()

    def stop(self) -> None:
        """End all of them within a second together."""
        for listener in self._listeners.values():
            listener.begin_stop()
        for listener in self._listeners.values():
            listener.stop()

    def poll_now(self) -> None:
        """Poll all brands at once."""
        for listener in self._listeners.values():
            listener.poll_now()

    def beats(self) -> dict[BrandId, datetime]:
        """See `Listener.beats`."""
        return {brand: at for listener in self._listeners.values() for brand, at in listener.beats().items()}

    def health(self) -> dict[str, Any]:
        """As `Listener.health`: ``stream`` is the one that needs a look first, ``apps`` are all of them."""
        apps = {name: listener.health() for name, listener in self._listeners.items()}
        shown = sorted(apps.values(), key=lambda one: one["well"])
        return {
            "alive": all(one["alive"] for one in shown),
            "well": all(one["well"] for one in shown),
            "mode": shown[0]["mode"],
            "stream": shown[0]["stream"],
            "polls": {brand: poll for one in shown for brand, poll in one["polls"].items()},
            "reads": {brand: read for one in shown for brand, read in one["reads"].items()},
            "limits": {
                (f"app {name}" if owner == "app" and len(apps) > 1 else owner): limits
                for name, one in apps.items()
                for owner, limits in one["limits"].items()
            },
            "apps": {name: {"well": one["well"], "stream": one["stream"]} for name, one in apps.items()},
        }
