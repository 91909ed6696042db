"""The vault: keys by name, kept so that a crash loses none."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from leadbot.errors import ConfigError, Problem
from leadbot.keys import files
from leadbot.keys.stored import StoredKeys
from leadbot.model.secret import Secret


class Vault(Protocol):
    """Keys by name. Safe for several threads and processes: whoever changes an entry holds its lock."""

    def load(self, name: str) -> StoredKeys | None:
        """The entry; None if there is none. Raises ConfigError."""

    def save(self, name: str, keys: StoredKeys) -> None:
        """Keep the entry; it is durable when this returns. Raises ConfigError, and the old one stays."""

    def load_text(self, name: str) -> Secret | None:
        """An entry that is not an account's, as it was kept; None if there is none. Raises ConfigError."""

    def save_text(self, name: str, text: Secret) -> None:
        """Keep an entry that is not an account's, as durably as `save`. Raises ConfigError."""

    def remove(self, name: str) -> bool:
        """Forget the entry; whether there was one. Raises ConfigError."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Wait until nobody else works on the entry, and hold it. Entering raises ConfigError."""

    def where(self, name: str) -> str:
        """How people call the place of the entry."""


def entry_name(handle: str, *, is_local: bool) -> str:
    """The name of an account's entry. Keys for a simulator are no keys for X, so they never share one."""
    return handle.lower() + ("@simulator" if is_local else "")


class FileVault:
    """One file an entry, for its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, name: str) -> StoredKeys | None:
        """The entry. Raises ConfigError if others may read its file, or it makes no sense."""
        text = self.load_text(name)
        try:
            return None if text is None else StoredKeys.from_text(text)
        except ValueError:
            raise ConfigError([files.unreadable(self.where(name))]) from None

    def save(self, name: str, keys: StoredKeys) -> None:
        """Replace the file. Raises ConfigError when the folder cannot be written."""
        self.save_text(name, keys.as_text())

    def load_text(self, name: str) -> Secret | None:
        """The whole file. Raises ConfigError if others may read it."""
        return files.read_private(self._file(name), shown=self.where(name))

    def save_text(self, name: str, text: Secret) -> None:
        """Replace the file. Raises ConfigError when the folder cannot be written."""
        try:
            files.write_private(self._file(name), text)
        except OSError as error:
            what = f"cannot be written: {error.strerror}"
            fix = f"the folder {self.folder.name} must be writable, and the disk must not be full"
            raise ConfigError([Problem(self.where(name), what, fix, "keys-file")]) from None

    def remove(self, name: str) -> bool:
        """Delete the file."""
        try:
            self._file(name).unlink()
        except FileNotFoundError:
            return False
        files.sync_folder(self.folder)
        return True

    def lock(self, name: str) -> AbstractContextManager[None]:
        """A lock file beside the entry."""
        return files.locked(self.folder / f".{name}.lock")

    def where(self, name: str) -> str:
        """Folder and file."""
        return f"{self.folder.name}/{name}.json"

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"
