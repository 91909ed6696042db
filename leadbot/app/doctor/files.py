"""Checks of what stands on this machine: settings, files, CRM, model, disk. Nothing is asked of X."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from leadbot.app.doctor.findings import Finding, Thresholds, green, red, yellow
from leadbot.errors import LeadbotError, Problem
from leadbot.keys.files import is_loose
from leadbot.model import ReadRequest
from leadbot.ports import Reader
from leadbot.settings import Settings

_BY_RULE = {
    "no-secrets": "credentials",
    "keys-file": "credentials",
    "oauth1-address": "credentials",
    "odd-key": "credentials",
    "keys-mode": "file-modes",
    "secrets-mode": "file-modes",
    "no-keyring": "keyring",
    "keys-of-another": "account",
    "same-account": "accounts",
    "twice": "accounts",
    "no-playbook": "playbooks",
    "mode-by-hand": "mode",
}


def told(problems: Iterable[Problem], settings: Settings) -> Iterator[Finding]:
    """Faults of settings, playbooks and CRM as findings; the checks that have none are green."""
    found = [_finding(problem) for problem in problems]
    yield from found
    ids = {finding.id for finding in found}
    count = sum(len(brand.playbooks) for brand in settings.brands)
    shown = {
        "settings": f"leadbot.toml names {_many(len(settings.brands), 'account')}",
        "accounts": "every brand is an account of its own",
        "playbooks": f"{_many(count, 'file')}, all valid" if count else "none: these accounts only listen",
        "keyring": f'keys.store = "{settings.keys.store}"',
    }
    for name, what in shown.items():
        if name not in ids:
            yield green(name, what)


def _finding(problem: Problem) -> Finding:
    name = _BY_RULE.get(problem.rule, "settings")
    if problem.file.endswith((".yaml", ".yml")) or problem.where.partition(":")[0].endswith(
        (".yaml", ".yml")
    ):
        name = "playbooks"
    elif problem.where.startswith("crm") or "[crm]" in problem.what:
        name = "crm"
    return red(name, f"{problem.where}: {problem.what}", problem.fix or "see docs/settings.md")


def modes(settings: Settings, problems: Iterable[Problem]) -> Iterator[Finding]:
    """Who else may read what is private. Files of keys are refused by the settings themselves."""
    is_red = False
    database = Path(settings.database_url.partition(":///")[2])
    secret = [settings.folder / "secrets.toml", database.parent / "secrets.toml", settings.keys.folder]
    secret += sorted(settings.keys.folder.glob("*.json")) if settings.keys.folder.is_dir() else []
    known = {problem.where for problem in problems if _BY_RULE.get(problem.rule) == "file-modes"}
    for path in dict.fromkeys(secret):
        name = _shown(path, settings)
        if path.exists() and is_loose(path.stat().st_mode):
            is_red = True
            if name not in known:
                mode = "700" if path.is_dir() else "600"
                yield red("file-modes", f"others may look into {name}", f"chmod {mode} {name}")
    open_to_all = [
        path
        for suffix in ("", "-wal", "-shm")
        if (path := Path(f"{database}{suffix}")).exists() and path.stat().st_mode & 0o007
    ]
    if open_to_all:
        names = " ".join(_shown(path, settings) for path in open_to_all)
        what = "everybody on this machine may read what people wrote"
        yield yellow("file-modes", what, f"chmod 600 {names}")
    elif not is_red and not known:
        yield green("file-modes", "keys and database are for you alone")


def crm(settings: Settings, *, is_broken: bool) -> Iterator[Finding]:
    """Whether leads can be written down. is_broken: its settings are at fault already."""
    if is_broken:
        return
    if settings.crm.adapter != "file":
        return  # the CRM itself is asked, see crm.py
    folder = Path(str(settings.crm.options.get("path", "crm")))
    if why := why_not_writable(folder):
        fix = f"make {_shown(folder, settings)} a folder that leadbot may write, or change crm.path"
        yield red("crm", f"leads cannot be written to {_shown(folder, settings)}: {why}", fix)
    else:
        yield green("crm", f"leads go to {_shown(folder, settings)}")


def why_not_writable(folder: Path) -> str:
    """Why no file can be made in a folder (or in the one that will hold it); empty if one can."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        return f"{there.name} is no folder"
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".leadbot-"):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__


def disk(settings: Settings, limits: Thresholds) -> Iterator[Finding]:
    """Room for the database and for keys: a full disk stops everything."""
    database = Path(settings.database_url.partition(":///")[2])
    folder = database.parent if database.parent.is_dir() else settings.folder
    free = shutil.disk_usage(folder).free
    what = f"{free / 1e9:.1f} GB are free where the database is"
    fix = "make room, or point database.url at a larger disk"
    if free < limits.disk_red:
        yield red("disk", what, fix)
    elif free < limits.disk_yellow:
        yield yellow("disk", what, fix)
    else:
        yield green("disk", what)


def model(load: Callable[[], Reader]) -> Iterator[Finding]:
    """Whether the reader loads and understands a plain question."""
    asked = ReadRequest("what does it cost for 40 people?", datetime(2026, 1, 1, tzinfo=UTC))
    try:
        (reading,) = load().read([asked])
    except (LeadbotError, OSError, ValueError, KeyError, RuntimeError) as error:
        fix = "install leadbot again: pip install --force-reinstall leadbot; or make it: leadbot nlp train"
        yield red("model", f"the reader's model does not load: {error}", fix)
        return
    yield green("model", f"reads a price question as {reading.intent.value}")


def _shown(path: Path, settings: Settings) -> str:
    return os.path.relpath(path, settings.folder)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
