"""Who waited while a brand was paused, and what becomes of each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadbot.errors import ConfigError, Problem
from leadbot.flows import render, wording
from leadbot.model import Brand, BrandId
from leadbot.store.brake import Choice, Chosen, Waiting

ALL = "all"


@dataclass(frozen=True, slots=True)
class Waited:
    """Somebody who waited. choice: what becomes of the reply; None: it goes on as it would.

    is_stale: the post is too old to be answered by itself.
    """

    waiting: Waiting
    waited_s: float
    is_stale: bool
    choice: Choice | None
    text: str

    @property
    def number(self) -> int:
        """What the options call the reply; 0 where no words were chosen yet."""
        return self.waiting.id


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for: ``all``, a handle or a number in each of drop and apologise."""

    answers_stale: bool = False
    drop: tuple[str, ...] = ()
    apologise: tuple[str, ...] = ()


def plan(
    waiting: Sequence[Waiting], brands: Mapping[BrandId, Brand], wishes: Wishes, *, now: datetime
) -> list[Waited]:
    """What becomes of each. Raises ConfigError with everything that does not fit, and nothing has happened.

    Unless somebody says otherwise the fresh are answered and the stale become tasks.
    """
    problems = _unknown(waiting, wishes)
    found = []
    for one in waiting:
        brand = brands.get(one.brand_id) or Brand(one.brand_id, one.brand)
        is_stale = now - one.post_at > timedelta(seconds=brand.too_late_s)
        choice = _choice(one, wishes, is_stale=is_stale) if one.id else None
        text = apology(brand, one) if choice is Choice.APOLOGISE else one.text
        if choice is Choice.APOLOGISE and render.weighted_length(text) > one.max_length:
            what = f"is too long by X's count for reply {one.id}: {one.max_length} characters fit"
            problems.append(
                Problem(f"apology of @{one.brand}", what, "shorten it in leadbot.toml", "too-long")
            )
        found.append(Waited(one, max((now - one.post_at).total_seconds(), 0.0), is_stale, choice, text))
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return found


def chosen(waited: Sequence[Waited]) -> dict[int, Chosen]:
    """The plan as the store carries it out: reply → what becomes of it."""
    return {one.number: Chosen(one.choice, one.text) for one in waited if one.choice is not None}


def apology(brand: Brand, one: Waiting) -> str:
    """The brand's line, said by a bot that says it is one."""
    disclosures = brand.disclosures or ("",)
    disclosure = disclosures[wording.seed(one.key, "apology") % len(disclosures)]
    return render.with_disclosure(brand.apology, disclosure)


def _choice(one: Waiting, wishes: Wishes, *, is_stale: bool) -> Choice | None:
    names = (str(one.id), one.person.lower())
    for options in (names, (ALL,)):
        if any(_name(wish) in options for wish in wishes.drop):
            return Choice.DROP
        if any(_name(wish) in options for wish in wishes.apologise):
            return Choice.APOLOGISE
    if is_stale:
        return Choice.ANSWER if wishes.answers_stale else Choice.TO_HUMAN
    return None


def _unknown(waiting: Sequence[Waiting], wishes: Wishes) -> list[Problem]:
    known = {ALL} | {str(one.id) for one in waiting if one.id} | {w.person.lower() for w in waiting if w.id}
    problems = []
    for option, wanted in (("--drop", wishes.drop), ("--apologise", wishes.apologise)):
        for wish in wanted:
            if _name(wish) not in known:
                fix = "name a handle or a number of the list, or `all`"
                problems.append(Problem(f"{option} {wish}", "nobody of that name waits", fix, "not-waiting"))
    for wish in {_name(wish) for wish in wishes.drop} & {_name(wish) for wish in wishes.apologise}:
        problems.append(Problem(wish, "is to be dropped and apologised to", "choose one", "two-wishes"))
    return problems


def _name(wish: str) -> str:
    return wish.strip().lstrip("@").lower()
