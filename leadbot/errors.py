"""The error tree, sorted by who acts next. Each docstring says what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file or a setting.

    where: ``file:line:column`` (1-based) or the name of a setting; what: the fault in plain words;
    fix: what to write instead; rule: a short stable name such as ``unknown-key``.
    """

    where: str
    what: str
    fix: str = ""
    rule: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"\n    fix: {self.fix}" if self.fix else "")


class LeadbotError(Exception):
    """The root of all errors leadbot raises on purpose."""


class _ProblemsError(LeadbotError):
    """Carries every problem found, not only the first."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(_ProblemsError):
    """The operator acts: leadbot.toml, the environment or the database URL needs a fix."""


class PlaybookError(_ProblemsError):
    """The author acts: a playbook file needs a fix."""


class TransientError(LeadbotError):
    """The machine acts: try again at `retry_at` (UTC), or by its own back-off when that is None."""

    def __init__(self, why: str, *, retry_at: datetime | None = None) -> None:
        self.retry_at = retry_at
        super().__init__(why)


class PermanentError(LeadbotError):
    """The machine stops and a rep sees it. `reason` is a short stable name such as ``not_summoned``."""

    def __init__(self, reason: str, why: str = "") -> None:
        self.reason = reason
        super().__init__(why or reason)


class AccountError(PermanentError):
    """The operator acts: X refuses the account or app (401, 402, suspended). Nothing is sent meanwhile."""


class UnknownOutcome(LeadbotError):
    """The machine reconciles: the request may have been carried out. Look before trying again."""


class InvariantError(LeadbotError):
    """A bug: something that can't be has happened. Report it with the log."""
