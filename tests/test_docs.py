"""The pages about how leadbot is built say what is there: no more, no less."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from leadbot import model

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def told(title: str) -> list[str]:
    """The names in the first column of a section's table that have words beside them."""
    return re.findall(r"^\| `(\w+)` \| \S", section(title), flags=re.MULTILINE)


def test_every_event_is_documented_in_its_order() -> None:
    assert told("What goes into `decide`") == [event.__name__ for event in get_args(model.Event)]


def test_every_effect_is_documented_in_its_order() -> None:
    assert told("What comes out") == [effect.__name__ for effect in get_args(model.Effect)]


def test_every_room_is_documented_and_exists() -> None:
    rooms = {
        path.name + ("/" if path.is_dir() else "")
        for path in (ROOT / "leadbot").iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or any(path.rglob("*.*")))
        if path.name != "py.typed"
    }
    assert set(re.findall(r"`leadbot/([\w.]+/?)`", section("Rooms"))) == rooms


def test_every_link_between_the_pages_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in (ROOT / "docs").glob("*.md")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
