"""What a check finds: green, yellow or red, and for the last two what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CHECKS: Mapping[str, str] = {
    "settings": "leadbot.toml can be read, and every setting makes sense",
    "accounts": "no two brands are the same account",
    "playbooks": "every playbook is valid and names teams that exist",
    "file-modes": "nobody but you can read keys and the database",
    "keyring": "the system's keyring answers, if keys are kept there",
    "crm": "the CRM takes our keys, and every field of the map is there and of the right kind",
    "notify": "every channel of teams and reps has an address",
    "database": "it opens, its tables are up to date, and it can be written now",
    "model": "the reader's model loads and reads",
    "disk": "there is room",
    "daemon": "how `leadbot run` is, if it runs",
    "credentials": "there are keys, and X takes them",
    "token": "tokens of OAuth 2.0 are good and can be renewed",
    "scopes": "tokens of OAuth 2.0 may do what leadbot does",
    "account": "the keys are those of this account, and X lets it work",
    "x": "X can be reached",
    "credits": "X has credits to charge, and no cap is reached",
    "clock": "this machine's clock agrees with X's",
    "label": "the account carries X's label Automated",
    "bio-bot": "its bio says that a bot writes",
    "bio-operator": "its bio says who runs it",
    "visibility": "the account is not protected",
    "stream": "the app may use the filtered stream",
    "rules": "the stream's rules are there, fit the caps, and nobody else's are in the way",
    "connections": "nobody else holds the app's only connection",
    "zone": "in which zone the brand lives",
    "mode": "whether it only listens, drafts, or speaks",
    "budget": "what is left of today's budget is enough for a dialog",
    "pile": "nothing waits that nobody looks at",
}
"""Every check by its id, in the order in which they are shown."""


class State(StrEnum):
    """How bad it is. Only red is a failure."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. id: a key of CHECKS; brand: a handle, or empty for the whole project."""

    id: str
    state: State
    what: str
    fix: str = ""
    brand: str = ""

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "id": self.id,
            "brand": self.brand,
            "state": self.state.value,
            "what": self.what,
            "fix": self.fix,
        }


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where green ends. Bytes, seconds, posts. busy_s: how long another program may lock the database."""

    disk_red: int = 200_000_000
    disk_yellow: int = 2_000_000_000
    skew_yellow_s: float = 30.0
    skew_red_s: float = 240.0  # OAuth 1.0a servers turn away time stamps a few minutes off
    waits_s: float = 900.0
    waiting_posts: int = 200
    busy_s: float = 2.0


def green(name: str, what: str, *, brand: str = "") -> Finding:
    """All is well."""
    return Finding(name, State.GREEN, what, brand=brand)


def yellow(name: str, what: str, fix: str, *, brand: str = "") -> Finding:
    """Worth a look."""
    return Finding(name, State.YELLOW, what, fix, brand)


def red(name: str, what: str, fix: str, *, brand: str = "") -> Finding:
    """It will not work, or somebody may come to harm."""
    return Finding(name, State.RED, what, fix, brand)
