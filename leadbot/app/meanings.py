"""What every reason of a decision and every rule of the gate means, as docs/reasons.md says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_ITEM = re.compile(r"^- `([a-z_]+)`: (.*?)(?=^- `|^#|^\n|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Meanings:
    """Name → sentence."""

    reasons: Mapping[str, str]
    rules: Mapping[str, str]


@cache
def meanings() -> Meanings:
    """The page, read once."""
    page = files("leadbot").joinpath("templates", "reasons.md").read_text(encoding="utf-8")
    reasons, _, rules = page.partition("## Rules of the gate")
    return Meanings(_sentences(reasons), _sentences(rules))


def _sentences(part: str) -> dict[str, str]:
    return {name: " ".join(text.split()) for name, text in _ITEM.findall(part)}
