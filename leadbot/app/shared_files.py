"""The files of shared cards that a playbook asks for, read from its folder."""

from __future__ import annotations

from pathlib import Path

from leadbot.flows import shared
from leadbot.flows.playbook import PlaybookSource
from leadbot.flows.yamltext import MAX_BYTES


def source_of(shown: str, text: str, folder: Path) -> PlaybookSource:
    """A playbook with the files it uses. shown: how problems name it; folder: where it lies.

    A file that can't be read is left out, and the loader tells where it was asked for.
    """
    used = {name: words for name in shared.names_in(text) if (words := _text(folder / name)) is not None}
    return PlaybookSource(shown, text, used)


def _text(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1).decode("utf-8", errors="replace")
    except OSError:
        return None
