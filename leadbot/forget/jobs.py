"""Twice a day X is handed the list of all posts that are kept, and of who wrote them, and says what must go.

Where that is offered it costs nothing, and the daily look finds all posts freshly checked. Where it is not,
the look goes on alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from leadbot.errors import LeadbotError, PermanentError, TransientError
from leadbot.model import PersonId, PostId
from leadbot.ports import Clock, ComplianceJobs, JobKind, Standing
from leadbot.store import Store

_log = structlog.get_logger()

EVERY = timedelta(hours=12)
"""With a job at most this old the daily look, which begins after 20 hours, has nothing to do."""

AGAIN_AFTER = timedelta(hours=24)
"""When to ask anew whether X offers jobs after it refused one."""

GIVES_UP_AFTER = timedelta(hours=6)
CHUNK = 400
_OF_AUTHOR = ("protected", "suspended", "deactivated")
NAMES = {JobKind.POSTS: "compliance job: posts", JobKind.PEOPLE: "compliance job: people"}


@dataclass(frozen=True, slots=True)
class _Open:
    kind: JobKind
    job_id: str
    ids: tuple[str, ...]  # empty: begun by an earlier process, nobody knows any more what it was about
    at: datetime


@dataclass(slots=True)
class JobChecking:
    """One step a round: begin what is due, or look whether it is done."""

    store: Store
    clock: Clock
    jobs: ComplianceJobs
    _open: _Open | None = None
    _not_before: datetime | None = field(default=None)

    def step(self) -> int:
        """Returns how many posts and people were found to be gone. Raises TransientError when the database is
        busy.
        """
        now = self.clock.now()
        if self._not_before is not None and now < self._not_before:
            return 0
        try:
            if self._open is None:
                self._open = self._begin(now)
            return self._finish(self._open) if self._open is not None else 0
        except PermanentError as error:
            self._give_up(str(error), now + AGAIN_AFTER)
        except LeadbotError as error:
            _log.warning("compliance.postponed", why=str(error))
            if self._open is not None and now >= self._open.at + GIVES_UP_AFTER:
                self._give_up(str(error), now)
        return 0

    def _give_up(self, why: str, not_before: datetime) -> None:
        kind = self._open.kind if self._open is not None else JobKind.POSTS
        self._open, self._not_before = None, not_before
        _log.warning("compliance.refused", kind=kind.value, why=why)
        outcome = f"refused, so posts are looked at one by one: {why}"
        self.store.chores.done(NAMES[kind], self.clock.now(), outcome)

    def _begin(self, now: datetime) -> _Open | None:
        # People first: an account that is away takes all along, its name and profile too.
        for kind in (JobKind.PEOPLE, JobKind.POSTS):
            last = self.store.chores.last(NAMES[kind])
            if last is not None and now < last + EVERY:
                continue
            running = self.jobs.running(kind)
            if running is not None:
                return _Open(kind, running, (), now)
            ids = self._ids(kind)
            if ids:
                return _Open(kind, self.jobs.start(kind, ids), tuple(ids), now)
            self.store.chores.done(NAMES[kind], now, "nothing is kept")
        return None

    def _ids(self, kind: JobKind) -> list[str]:
        checks = self.store.checks
        return list(checks.all_posts() if kind is JobKind.POSTS else checks.all_authors())

    def _finish(self, job: _Open) -> int:
        found = self.jobs.results(job.job_id)
        if found is None:
            if self.clock.now() >= job.at + GIVES_UP_AFTER:
                raise TransientError("X has not answered for hours")
            return 0
        self._open = None
        now = self.clock.now()
        is_posts = job.kind is JobKind.POSTS
        gone = self._posts(job, found, now) if is_posts else self._people(found, now)
        self.store.chores.done(NAMES[job.kind], now, f"{len(job.ids)} asked about, {gone} gone")
        return gone

    def _posts(self, job: _Open, found: dict[str, str], now: datetime) -> int:
        gone = [PostId(one) for one in found]
        standing = [PostId(one) for one in job.ids if one not in found]
        for start in range(0, len(standing), CHUNK):
            self.store.checks.stand_everywhere(standing[start : start + CHUNK], job.at)
        for start in range(0, len(gone), CHUNK):
            chunk = gone[start : start + CHUNK]
            self.store.checks.posts_gone(chunk, now)
            self._authors_away({one: found[one] for one in chunk}, now)
        return len(gone)

    def _authors_away(self, found: dict[PostId, str], now: datetime) -> None:
        """Posts that are gone because of their author."""
        authors = self.store.checks.authors_of(list(found))
        away = {who: found[post_id] for post_id, who in authors.items() if found[post_id] in _OF_AUTHOR}
        self._people(dict(away), now)

    def _people(self, found: Mapping[PersonId, str] | Mapping[str, str], now: datetime) -> int:
        protected = Standing.PROTECTED.value
        away = [
            (PersonId(one), protected if why == protected else Standing.GONE.value)
            for one, why in found.items()
        ]
        for start in range(0, len(away), CHUNK):
            self.store.checks.people_gone(away[start : start + CHUNK], now)
        return len(away)
