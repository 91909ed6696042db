"""A file of JSON lines in which every key stands once, and which a crash cannot spoil. It grows; only words
that must go are ever taken out again.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog

from leadbot.errors import AccountError, TransientError

log = structlog.get_logger(__name__)

_BUSY = frozenset({"ENOSPC", "EDQUOT", "EIO", "EAGAIN", "EMFILE", "ENFILE"})


class Journal:
    """Appends events and forces each to the disk before it counts. Safe for threads; for one process."""

    def __init__(self, path: Path) -> None:
        """Reads what is there; a last line cut short by a crash is dropped.

        Raises TransientError, AccountError.
        """
        self.path = path
        self._lock = threading.Lock()
        self._events: dict[str, dict[str, Any]] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for event in self._read():
                self._events.setdefault(str(event["key"]), event)
        except OSError as error:
            raise trouble(error, path) from error

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """All events, oldest first."""
        with self._lock:
            return iter(list(self._events.values()))

    def get(self, key: str) -> Mapping[str, Any] | None:
        """The event of this key, if it happened."""
        with self._lock:
            return self._events.get(key)

    def append(self, event: Mapping[str, Any]) -> bool:
        """Write an event down unless its ``key`` is there already; whether it was new.

        Raises TransientError when the disk is full or busy, AccountError when the file may not be written.
        """
        key = str(event["key"])
        with self._lock:
            if key in self._events:
                return False
            line = _line(event)
            try:
                self._write(line)
            except OSError as error:
                raise trouble(error, self.path) from error
            self._events[key] = json.loads(line)
            return True

    def strip(self, keys: Collection[str], member: str) -> None:
        """Take one member out of these events, on the disk as well; the events themselves stay, with their
        keys.

        The file is replaced in one step. Raises as `append`.
        """
        with self._lock:
            if not any(member in self._events.get(key, {}) for key in keys):
                return
            kept = {
                key: {name: value for name, value in event.items() if key not in keys or name != member}
                for key, event in self._events.items()
            }
            fresh = self.path.with_suffix(".new")
            try:
                with fresh.open("wb") as file:
                    file.writelines(_line(event) for event in kept.values())
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(self.path)
                sync_folder(self.path.parent)
            except OSError as error:
                raise trouble(error, self.path) from error
            self._events = kept

    def _write(self, line: bytes) -> None:
        is_new = not self.path.exists()
        with self.path.open("ab") as file:
            before = file.tell()
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                # Half a line in the middle would spoil the next one.
                os.ftruncate(file.fileno(), before)
                raise
        if is_new:
            sync_folder(self.path.parent)

    def _read(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        content = self.path.read_bytes()
        whole, torn = content[: content.rfind(b"\n") + 1], content[content.rfind(b"\n") + 1 :]
        if torn:
            # A line without its end was never confirmed to anybody: the caller will come again with its key.
            log.warning("journal.repaired", path=str(self.path), dropped_bytes=len(torn))
            os.truncate(self.path, len(whole))
        for number, line in enumerate(whole.split(b"\n"), start=1):
            if not line:
                continue
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict) and "key" in event:
                yield event
            else:
                log.error("journal.line_unreadable", path=str(self.path), line=number)


def _line(event: Mapping[str, Any]) -> bytes:
    line = json.dumps(dict(event), ensure_ascii=False, separators=(",", ":"), default=str)
    return line.encode("utf-8", "replace") + b"\n"


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file in `folder` outlive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def trouble(error: OSError, path: Path) -> TransientError | AccountError:
    """A file error by who acts next: wait for a full or busy disk, call the operator for a missing right.

    A missing right is never about one lead: AccountError holds them all until it is mended.
    """
    name = errno.errorcode.get(error.errno or 0, "")
    why = f"{path.name}: {error.strerror or error}"
    return TransientError(why) if name in _BUSY else AccountError("file", why)
