"""Takes events from the inbox, has them read and decided, and commits what follows."""

from leadbot.engine.fold import Decide
from leadbot.engine.loop import Engine

__all__ = ["Decide", "Engine"]
