"""A CSV file that opens in any spreadsheet and runs nothing there."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from leadbot.crm.journal import sync_folder, trouble

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(value: object) -> str:
    """A cell that no spreadsheet runs as a formula (OWASP, "CSV Injection"): strangers wrote the words."""
    text = "" if value is None else str(value)
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.lstrip(" \n").startswith(_STARTS_FORMULA) else text


def write_sheet(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Replace the file in one step: a reader sees the old one or the new one.

    Raises TransientError, PermanentError.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([[harmless(row.get(column)) for column in columns] for row in rows])
    try:
        _replace(path, text.getvalue().encode("utf-8-sig", "replace"))
    except OSError as error:
        raise trouble(error, path) from error


def _replace(path: Path, content: bytes) -> None:
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
