"""Writes the project that a newcomer starts from."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from leadbot.errors import ConfigError, Problem

_FILES = ("leadbot.toml", "README.md", "playbooks/team-plan.yaml")


def write_project(directory: Path, handle: str, *, name: str = "", port: int = 8765) -> list[Path]:
    """Write the template's files. Raises ConfigError if one is there already or the handle is none."""
    problems = [
        Problem(
            str(directory / file), "is there already", "choose another folder; nothing was written", "exists"
        )
        for file in _FILES
        if (directory / file).exists()
    ]
    if not re.fullmatch(r"[A-Za-z0-9_]{1,15}", handle):
        problems.append(
            Problem("--handle", f'"{handle}" is no handle', "1 to 15 letters, digits or _", "handle")
        )
    if problems:
        raise ConfigError(problems)
    values = {
        "HANDLE": handle,
        "UPPER": handle.upper(),
        "NAME": _plain(name) or handle.capitalize(),
        "PORT": str(port),
    }
    template = files("leadbot").joinpath("templates", "project")
    written = [_write(directory / file, template.joinpath(*file.split("/")), values) for file in _FILES]
    return [*written, write_schema(directory)]


def write_schema(directory: Path) -> Path:
    """What editors complete the keys of playbooks from; the first line of each says that it lies there.

    It is made from leadbot's own models, so an older one is replaced.
    """
    from leadbot.flows.playbook import json_schema

    file = directory / "schemas" / "playbook.v1.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def _write(target: Path, source: Traversable, values: dict[str, str]) -> Path:
    text = source.read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@@{key}@@", value)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def _plain(name: str) -> str:
    """A name that can stand between quotes in TOML."""
    return re.sub(r'[\\"\x00-\x1f]', "", name).strip()
