"""A keyring in memory, as the library `keyring` shows one."""

from __future__ import annotations


class MemoryKeyring:
    """`is_locked`: it refuses to answer, as one does whose owner is away."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        del self.entries[service, username]

    def _open(self) -> None:
        if self.is_locked:
            raise RuntimeError("locked, and here is a secret: K-in-an-error")
