"""Tells teams and reps where they are: chat, mail, phone, whatever apprise knows an address of.

An address holds a token, so it is a `Secret`, and apprise's own log, which may quote it, is off. Each
channel is told once per key, also after a restart: what got through is written down before it counts. An
address that was told and whose yes was lost is told again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from leadbot.crm.journal import Journal
from leadbot.crm.notify import FileNotifier
from leadbot.errors import TransientError
from leadbot.model.secret import Secret

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """A channel. rep: empty for the whole team; name: what people call it, for it has no secret in it."""

    team: str
    rep: str
    name: str
    url: Secret


class ChannelNotifier:
    """ports.Notifier: writes what FileNotifier writes, then tells the rep's channels, or those of the team
    where the rep has none. A rep's channel that fails is made up for by the team's, and asked again.
    """

    def __init__(
        self,
        folder: Path,
        addresses: Sequence[Address],
        link: Callable[[str, str], str] = lambda handoff_key, rep: "",
    ) -> None:
        """Touches nothing yet. link: where a handoff is seen (key, rep); empty: nowhere."""
        self._file = FileNotifier(folder)
        self._path = folder / "delivered.jsonl"
        self._addresses = tuple(addresses)
        self._link = link
        self._lock = threading.Lock()
        self._journal: Journal | None = None

    def notify(
        self,
        team: str,
        subject: str,
        labels: Sequence[str],
        *,
        key: str,
        rep: str = "",
        handoff_key: str = "",
    ) -> None:
        """Tell each channel once per key. Raises TransientError naming the channels that failed,
        PermanentError.
        """
        self._file.notify(team, subject, labels, key=key, rep=rep)
        whole_team = self._of(team, "")
        own = self._of(team, rep) if rep else []
        lines = [*labels, self._link(handoff_key, rep) if handoff_key else ""]
        body = "\n".join(line for line in lines if line) or subject
        title = f"{rep or team}: {subject}"
        failed = self._tell(own or whole_team, title, body, key)
        if own and failed:
            failed += self._tell(whole_team, title, body, key)
        if failed:
            raise TransientError(f"not reached: {', '.join(dict.fromkeys(failed))}")

    def _of(self, team: str, rep: str) -> list[Address]:
        return [one for one in self._addresses if (one.team, one.rep) == (team, rep)]

    def _tell(self, addresses: Iterable[Address], title: str, body: str, key: str) -> list[str]:
        """The names of those that failed."""
        failed = []
        for one in addresses:
            mark = f"{key}>{one.name}"
            if self._open().get(mark) is not None:
                continue
            if send(one.url, title, body):
                self._open().append({"key": mark, "at": datetime.now(UTC).isoformat()})
            else:
                log.warning("channel.failed", channel=one.name, team=one.team, rep=one.rep)
                failed.append(one.name)
        return failed

    def _open(self) -> Journal:
        with self._lock:
            if self._journal is None:
                self._journal = Journal(self._path)
            return self._journal


def send(url: Secret, title: str, body: str) -> bool:
    """Whether the channel took it."""
    service = _service(url)
    if service is None:
        return False
    try:
        return bool(service.notify(body=body, title=title, body_format="text"))
    except Exception as error:  # many plug-ins by many hands; their words may quote the address
        log.warning("channel.broke", kind=type(error).__name__)
        return False


def is_understood(url: Secret) -> bool:
    """Whether apprise knows this kind of address and it is whole. Asks nobody."""
    return _service(url) is not None


def _service(url: Secret) -> Any:
    import apprise  # a third of a second, only where somebody is told

    logging.getLogger("apprise").disabled = True
    return apprise.Apprise.instantiate(url.reveal()) if url else None
