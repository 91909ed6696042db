"""Looks once a day at every post that is kept, whether X still shows it (X_API §3: 24 hours at the latest).

Longest ago first, within a budget. A post that is missing is asked for a second time an hour later before its
words go: X has had hours in which it did not find what was there, and words do not come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil, floor, log10

import structlog

from leadbot.errors import LeadbotError
from leadbot.model import BrandId, Channel, PostId
from leadbot.ports import Clock, PostWatch, Standing
from leadbot.store import Store

_log = structlog.get_logger()

AT_THE_LATEST = timedelta(hours=24)
"""What X allows (developer agreement IV.B)."""

CHECK_AFTER = timedelta(hours=20)
"""A look this old is repeated: with the second look it leaves three hours for bad weather."""

SECOND_LOOK = timedelta(hours=1)
BATCH = 100  # what X answers for at once
MOST_BATCHES = 10
"""Requests a round and brand; the rest waits for the next one, minutes later."""

POST_USD, USER_USD = 0.005, 0.010
"""X's prices for a post and an account that it shows. What is gone costs nothing (X_API §0.6)."""

KIND = "relookup"
"""Under which these reads stand among a brand's costs."""

NAME = "check posts"


@dataclass(slots=True)
class Checking:
    """One round after the other over all brands. watches: whom to ask for each brand's posts.

    budget_usd: for each brand and UTC day.
    """

    store: Store
    clock: Clock
    watches: Mapping[BrandId, PostWatch]
    budget_usd: float
    _missing: dict[tuple[BrandId, PostId], datetime] = field(default_factory=dict)

    def step(self) -> int:
        """One round. Returns how many posts were found to be gone for good. Raises TransientError when the
        database is busy.
        """
        return sum(self._round(brand_id, watch) for brand_id, watch in self.watches.items())

    def _round(self, brand_id: BrandId, watch: PostWatch) -> int:
        gone, why = 0, ""
        try:
            for _ in range(MOST_BATCHES):
                ids = self._due(brand_id)
                if not ids:
                    break
                if not (ids := ids[: self._affordable(brand_id)]):
                    why = "the budget for it is used up"
                    break
                gone += self._look(brand_id, watch, ids)
        except LeadbotError as error:
            why = f"X cannot be asked: {error}"
            _log.warning("check.postponed", brand=brand_id, why=str(error))
        self._tell(brand_id, why)
        return gone

    def _due(self, brand_id: BrandId) -> list[PostId]:
        now = self.clock.now()
        # Some left by other ways meanwhile: nobody waits for their second look.
        self._missing = {key: at for key, at in self._missing.items() if now < at + AT_THE_LATEST}
        resting = {
            post_id for (brand, post_id), at in self._missing.items() if brand == brand_id and now < at
        }
        posts = self.store.checks.due(brand_id, now - CHECK_AFTER, limit=BATCH + len(resting))
        return [post.id for post in posts if post.id not in resting][:BATCH]

    def _affordable(self, brand_id: BrandId) -> int:
        spent = self.store.spend.spent_on(brand_id, KIND, self.clock.now())
        return max(int((self.budget_usd - spent) / POST_USD + 1e-9), 0)

    def _look(self, brand_id: BrandId, watch: PostWatch, ids: list[PostId]) -> int:
        now = self.clock.now()
        looked = watch.look(ids)
        self._spent(brand_id, len(looked.there), POST_USD)
        # An answer that says nothing about a post counts as "there" for the pace alone: it is asked tomorrow.
        self.store.checks.stand(brand_id, set(ids) - looked.gone, now)
        for post_id in looked.there:
            self._missing.pop((brand_id, post_id), None)
        if looked.newer:
            self._take_edits(brand_id, watch, sorted(set(looked.newer.values())))
        surely = [one for one in looked.gone if self._is_second_look(brand_id, one, now)]
        if surely:
            self._forget(brand_id, watch, surely, now)
        return len(surely)

    def _take_edits(self, brand_id: BrandId, watch: PostWatch, ids: list[PostId]) -> None:
        """An edit that took our handle out comes by neither stream nor poll: it is heard now."""
        heard = watch.fetch(ids)
        self._spent(brand_id, len(heard), POST_USD)
        self.store.inbox.put_posts(brand_id, heard, channel=Channel.CHECK)

    def _is_second_look(self, brand_id: BrandId, post_id: PostId, now: datetime) -> bool:
        again_at = self._missing.setdefault((brand_id, post_id), now + SECOND_LOOK)
        return now >= again_at

    def _forget(self, brand_id: BrandId, watch: PostWatch, ids: list[PostId], now: datetime) -> None:
        authors = sorted(self.store.checks.authors(brand_id, ids))
        self.store.checks.posts_gone(ids, now)
        for post_id in ids:
            self._missing.pop((brand_id, post_id), None)
        _log.info("posts.gone", brand=brand_id, posts=len(ids))
        for start in range(0, len(authors), BATCH):
            found = watch.standing(authors[start : start + BATCH])
            self._spent(brand_id, sum(one is not Standing.GONE for one in found.values()), USER_USD)
            away = [(who, how.value) for who, how in found.items() if how is not Standing.THERE]
            if away:
                self.store.checks.people_gone(away, now)
                _log.info("people.gone", brand=brand_id, people=len(away))

    def _spent(self, brand_id: BrandId, count: int, usd: float) -> None:
        if count:
            self.store.spend.record_spend(brand_id, KIND, count, count * usd, self.clock.now())

    def _tell(self, brand_id: BrandId, why: str) -> None:
        """Note how things stand, and raise the alarm when the day cannot be kept."""
        now = self.clock.now()
        backlog = self.store.checks.backlog(brand_id, now - AT_THE_LATEST)
        outcome = f"{backlog.kept} posts kept, {backlog.overdue} not looked at for a day"
        self.store.chores.done(NAME, now, f"{outcome}; {why}" if why else outcome, brand_id=brand_id)
        key = f"posts.unchecked:{brand_id}"
        if not backlog.overdue:
            self.store.alarms.clear(key)
            return
        what = (
            f"{why or 'too many posts'}: posts of people were not looked at for more than 24 hours, so words "
        )
        what += "that are gone from X may still be here"
        fix = (
            f"to look at all once a day costs about ${_in_round_words(backlog.kept * POST_USD)}, and "
            f"privacy.relookup_budget_usd is {self.budget_usd:g}: raise it, or keep words for fewer days "
            "(privacy.keep_days); `leadbot status` tells how many wait"
        )
        self.store.alarms.raise_alarm(key, what=what, fix=fix, brand_id=brand_id)


def _in_round_words(usd: float) -> str:
    """To one figure, upward: an alarm's words should not change with every post."""
    step = 10.0 ** floor(log10(max(usd, 0.01)))
    return f"{ceil(usd / step - 1e-9) * step:.2f}"
