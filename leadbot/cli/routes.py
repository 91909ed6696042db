"""Where a handoff went, as `leadbot handoffs why` tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadbot.flows.routing import Route


def routes_as_text(routes: Sequence[Route]) -> list[str]:
    """Every step: when, who, why, and why not the others."""
    lines = []
    for one in routes:
        lines.append(f"{one.step}. {one.at:%Y-%m-%d %H:%M} UTC  {_whom(one)}: {one.why.value}")
        lines += [f"     not {rep}: {why.value}" for rep, why in one.passed]
        if one.due_at is not None:
            lines.append(f"     the next is asked at {one.due_at:%Y-%m-%d %H:%M} UTC unless somebody claims")
    return lines or ["Nobody was asked yet: `leadbot run` does that."]


def routes_as_json(key: str, routes: Sequence[Route]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "key": key,
        "routes": [
            {
                "step": one.step,
                "stage": one.stage.value,
                "team": one.team,
                "rep": one.rep,
                "why": one.why.name.lower(),
                "passed": {rep: why.name.lower() for rep, why in one.passed},
                "at": one.at.isoformat(),
                "next_at": one.due_at.isoformat() if one.due_at else None,
            }
            for one in routes
        ],
    }


def _whom(one: Route) -> str:
    if one.stage == "manager":
        return f"{one.rep or 'nobody is left'} (manager of {one.team})"
    return one.rep or f"everybody in {one.team}"
