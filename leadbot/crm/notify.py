"""Tells teams through the log and through a file that anything may watch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog

from leadbot.crm.journal import Journal

log = structlog.get_logger(__name__)


class FileNotifier:
    """ports.Notifier: each key is one line of ``notifications.jsonl`` and of the log, also after a restart.

    Labels only, never a person's words: X wants those removable within a day, and a notice is not.
    """

    def __init__(self, folder: Path) -> None:
        """Touches nothing yet."""
        self._path = folder / "notifications.jsonl"
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
        """Tell once per key. Raises TransientError, PermanentError."""
        event = {
            "key": key,
            "at": datetime.now(UTC).isoformat(),
            "team": team,
            "subject": subject,
            "labels": list(labels),
            **({"rep": rep} if rep else {}),
        }
        if self._open().append(event):
            log.info("team.notified", team=team, subject=subject, labels=list(labels), key=key)

    def _open(self) -> Journal:
        with self._lock:
            if self._journal is None:
                self._journal = Journal(self._path)
            return self._journal
