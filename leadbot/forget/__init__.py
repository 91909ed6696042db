"""What must leave our records, and when: words that are gone from X within a day, old ones after a while."""

from leadbot.forget.checking import Checking
from leadbot.forget.jobs import JobChecking
from leadbot.forget.keeper import Keeper
from leadbot.forget.subscribing import Subscribing
from leadbot.forget.sweeping import Sweeping

__all__ = ["Checking", "JobChecking", "Keeper", "Subscribing", "Sweeping"]
