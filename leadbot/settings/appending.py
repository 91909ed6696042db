"""Adds an account to leadbot.toml without touching what is there: not a comment, not a blank line."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from leadbot.errors import ConfigError, Problem

_TABLE = """
[[brands]]
handle = "{handle}"
mode = "watch"                          # listens, says nothing; leadbot brand mode {handle} draft raises it
playbooks = {playbooks}
"""


def append_brand(file: Path, handle: str) -> bool:
    """Append a ``[[brands]]`` table in mode "watch" unless the handle has one; whether it was appended.

    Raises ConfigError if the file cannot be read or written, or if nothing can be appended to what it says;
    the fix then shows the lines to write by hand.
    """
    file = file.resolve()
    try:
        text = file.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
        if _has(document, handle):
            return False
        fresh = text + ("" if text.endswith("\n") or not text else "\n") + _table(file.parent, handle)
        if not _has(tomllib.loads(fresh), handle):
            raise ValueError
        _replace(file, fresh)
    except (OSError, ValueError):
        fix = "add these lines by hand: " + " / ".join(_table(file.parent, handle).split("\n")[1:-1])
        raise ConfigError(
            [Problem(file.name, "nothing can be appended to it", fix, "not-appended")]
        ) from None
    return True


def _table(folder: Path, handle: str) -> str:
    has_playbooks = any(folder.glob("playbooks/*.yaml"))
    return _TABLE.format(handle=handle, playbooks='["playbooks/*.yaml"]' if has_playbooks else "[]")


def _has(document: dict[str, object], handle: str) -> bool:
    brands = document.get("brands", [])
    names = [one.get("handle") for one in brands if isinstance(one, dict)] if isinstance(brands, list) else []
    return handle.lower() in [name.lstrip("@").lower() for name in names if isinstance(name, str)]


def _replace(file: Path, text: str) -> None:
    """Write a new file beside the old one and put it in its place, so that no crash leaves half of it."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        with fresh.open("w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.chmod(file.stat().st_mode & 0o777)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
