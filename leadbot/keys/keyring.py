"""The system's keyring as a vault, through the library ``keyring`` (``pip install 'leadbot[keyring]'``)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from leadbot.errors import ConfigError, Problem
from leadbot.keys import files
from leadbot.keys.stored import StoredKeys
from leadbot.model.secret import Secret


class Keyring(Protocol):
    """What a vault needs of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """The entry; None if there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the entry."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget the entry."""


def system_keyring() -> Keyring:
    """The keyring of this system. Raises ConfigError when the library or the keyring itself is missing."""
    try:
        import keyring
        from keyring.backends import fail
    except ImportError:
        fix = "pip install 'leadbot[keyring]', or take keys.store out (keys then are in files)"
        raise ConfigError([Problem("keys.store", "there is no keyring library", fix, "no-keyring")]) from None
    found = keyring.get_keyring()
    if isinstance(found, fail.Keyring):
        fix = 'unlock or install one (gnome-keyring, KWallet), or write keys.store = "file"'
        raise ConfigError([Problem("keys.store", "this system has no keyring", fix, "no-keyring")])
    service: Keyring = found
    return service


class KeyringVault:
    """Entries in a keyring, apart from those of other projects. Only the lock files are in the folder."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self.folder = folder
        self._keyring = keyring
        self._service = f"leadbot:{folder.resolve()}"

    def load(self, name: str) -> StoredKeys | None:
        """The entry. Raises ConfigError if the keyring is locked, or the entry makes no sense."""
        text = self._ask(self._keyring.get_password, name)
        try:
            return None if text is None else StoredKeys.from_text(Secret(text))
        except ValueError:
            raise ConfigError([files.unreadable(self.where(name))]) from None

    def save(self, name: str, keys: StoredKeys) -> None:
        """Keep the entry; how durable that is, is the keyring's affair. Raises ConfigError."""
        self._ask(self._keyring.set_password, name, keys.as_text())

    def load_text(self, name: str) -> Secret | None:
        """The entry as it was kept. Raises ConfigError."""
        text = self._ask(self._keyring.get_password, name)
        return None if text is None else Secret(text)

    def save_text(self, name: str, text: Secret) -> None:
        """Keep the entry. Raises ConfigError."""
        self._ask(self._keyring.set_password, name, text)

    def remove(self, name: str) -> bool:
        """Forget the entry. Raises ConfigError."""
        if self._ask(self._keyring.get_password, name) is None:
            return False
        self._ask(self._keyring.delete_password, name)
        return True

    def lock(self, name: str) -> AbstractContextManager[None]:
        """A lock file in the project."""
        return files.locked(self.folder / f".{name}.lock")

    def where(self, name: str) -> str:
        """The keyring and the entry."""
        return f"the system's keyring, entry {name}"

    def _ask(self, question: Any, name: str, *text: Secret) -> Any:
        try:
            return question(self._service, name, *(one.reveal() for one in text))
        except Exception as error:  # each backend raises errors of its own
            what = f"the keyring does not answer: {type(error).__name__}"
            fix = 'unlock it, or write keys.store = "file" and run leadbot brand add'
            raise ConfigError([Problem(self.where(name), what, fix, "no-keyring")]) from None
