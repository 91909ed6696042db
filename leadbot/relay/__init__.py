"""Takes rows from the outbox, asks the gate again at the last moment, and carries them out.

The only way out.
"""

from leadbot.relay.loop import Relay
from leadbot.relay.watch import Patience, Watch

__all__ = ["Patience", "Relay", "Watch"]
