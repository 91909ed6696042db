"""Files that only their owner may read, written so that a crash leaves the old one or the new one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from leadbot.errors import ConfigError, Problem
from leadbot.model.secret import Secret

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""Every right of the group and of all others."""


def is_loose(mode: int) -> bool:
    """Whether anybody but the owner may do anything with a file or folder of this mode."""
    return bool(stat.S_IMODE(mode) & OTHERS)


def read_private(path: Path, *, shown: str) -> Secret | None:
    """The text of a file; None if there is none. Raises ConfigError if others may read it, or nobody can.

    shown: how the file is called in messages.
    """
    try:
        with path.open("rb") as file:
            if is_loose(os.fstat(file.fileno()).st_mode):
                raise ConfigError([loose(shown)])
            return Secret(file.read().decode("utf-8"))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise ConfigError([unreadable(shown)]) from None
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise ConfigError([Problem(shown, what, f"chmod 600 {shown}, as its owner", "keys-file")]) from None


def write_private(path: Path, text: Secret) -> None:
    """Replace a file durably: it is on disk, whole and readable by its owner alone, when this returns.

    Raises OSError; the old file is then as it was.
    """
    make_private_folder(path.parent)
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}."
    )  # mkstemp: mode 600, new for sure
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.reveal().encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    sync_folder(path.parent)


def make_private_folder(folder: Path) -> None:
    """A folder for its owner alone, kept out of version control. One that is there stays as it is."""
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def sync_folder(folder: Path) -> None:
    """Have a rename or a removal in this folder survive a loss of power."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; whoever else wants it waits. The kernel frees it when its holder ends.

    Raises ConfigError when it cannot be made: the folder is read-only, or the disk is full.
    """
    try:
        make_private_folder(path.parent)
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        what, folder = f"cannot be locked: {error.strerror}", path.parent.name
        fix = f"the folder {folder} must be writable, and the disk must not be full"
        raise ConfigError([Problem(f"{folder}/{path.name}", what, fix, "keys-file")]) from None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def loose(shown: str) -> Problem:
    """The problem of a file that others may read."""
    return Problem(shown, "others may read this file", f"chmod 600 {shown}", "keys-mode", shown)


def unreadable(shown: str) -> Problem:
    """The problem of a file of keys that makes no sense."""
    return Problem(
        shown, "is not what leadbot wrote", "remove it and run leadbot brand add again", "keys-file"
    )
