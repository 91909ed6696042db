"""A local X: the API v2 over real HTTP, with people anybody can play, scripted faults and a judge of conduct.

The room imports nothing else of leadbot, so that it judges from the outside.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadbot.simulator.accounts import credentials_for, user_id_for
    from leadbot.simulator.people import Player, Refused
    from leadbot.simulator.server import SimulatorServer, serve_forever
    from leadbot.simulator.world import World

__all__ = ["Player", "Refused", "SimulatorServer", "World", "credentials_for", "serve_forever", "user_id_for"]

_HOMES = {
    "credentials_for": "accounts",
    "user_id_for": "accounts",
    "Player": "people",
    "Refused": "people",
    "SimulatorServer": "server",
    "serve_forever": "server",
    "World": "world",
}


def __getattr__(name: str) -> object:
    # The daemon asks for the keys of a local brand only: it should not wait for a web server's imports.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
