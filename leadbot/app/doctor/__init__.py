"""``leadbot doctor``: everything that must be right before an account may be left alone, each fault with its
fix (docs/accounts.md).
"""

from leadbot.app.doctor.examine import Report, examine
from leadbot.app.doctor.findings import CHECKS, Finding, State, Thresholds

__all__ = ["CHECKS", "Finding", "Report", "State", "Thresholds", "examine"]
