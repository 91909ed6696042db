"""A local X: the API v2 over real HTTP, with people anybody can play, scripted faults and a judge of conduct.

The room imports nothing else of leadbot, so that it judges from the outside.
"""

from leadbot.simulator.accounts import credentials_for, user_id_for
from leadbot.simulator.people import Player, Refused
from leadbot.simulator.server import SimulatorServer, serve_forever
from leadbot.simulator.world import World

__all__ = ["Player", "Refused", "SimulatorServer", "World", "credentials_for", "serve_forever", "user_id_for"]
