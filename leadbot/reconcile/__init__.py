"""What became of a reply: writes it down when X tells, and looks for it when nobody did."""

from leadbot.reconcile.looking import DEEPEST, Reconciler
from leadbot.reconcile.outcomes import Outcomes, same_words

__all__ = ["DEEPEST", "Outcomes", "Reconciler", "same_words"]
