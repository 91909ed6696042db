"""Past dialogs through a draft: who would have been treated otherwise, and how the scores move.

Both sides are played anew on the same stage with the same readings, so that nothing differs but the playbook:
no pause, no rep who stepped in, no mode. What people wrote answered the old questions; what they would have
said to new ones nobody knows, and nothing is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from leadbot.flows.cards import Deck
from leadbot.flows.stage import Stage
from leadbot.model import Person, Reading, ReadRequest
from leadbot.ports import Reader


@dataclass(frozen=True, slots=True)
class PastPost:
    """Something a person wrote. text: what they typed."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """All a person wrote to a brand in some time, oldest first."""

    person: Person
    posts: tuple[PastPost, ...]


@dataclass(frozen=True, slots=True)
class Fate:
    """How a person was treated. playbook: what their last dialog ran on, "" if none began."""

    dialogs: int
    playbook: str
    score: int
    handed_over: bool
    ending: str | None
    said: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """In a few words."""
        if not self.dialogs:
            return "no dialog"
        stands = "handed over" if self.handed_over else self.ending or "open"
        return f"{stands} with {self.score} points, {len(self.said)} messages"


@dataclass(frozen=True, slots=True)
class Compared:
    """One person, before and after."""

    past: Past
    before: Fate
    after: Fate

    @property
    def is_otherwise(self) -> bool:
        """Whether anything but wording differs."""
        old, new = self.before, self.after
        return (old.dialogs, old.score, old.handed_over, old.ending, len(old.said)) != (
            new.dialogs,
            new.score,
            new.handed_over,
            new.ending,
            len(new.said),
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of one side. median_score: of those a dialog began with; None if there are none."""

    dialogs: int
    handed_over: int
    median_score: float | None


def compare(people: Sequence[Past], old: Deck, new: Deck, reader: Reader) -> tuple[Compared, ...]:
    """Everybody through both decks. Each post is read once, all in one batch, with the phrases of both."""
    readings = iter(reader.read(list(_requests(people, old, new))))
    compared = []
    for past in people:
        read = [next(readings) for _ in past.posts]
        compared.append(Compared(past, _fate(past, read, old, reader), _fate(past, read, new, reader)))
    return tuple(compared)


def totals(fates: Iterable[Fate]) -> Totals:
    """Figures of one side."""
    all_of_them = list(fates)
    scores = [fate.score for fate in all_of_them if fate.dialogs]
    return Totals(
        dialogs=sum(fate.dialogs for fate in all_of_them),
        handed_over=sum(fate.handed_over for fate in all_of_them),
        median_score=median(scores) if scores else None,
    )


def _requests(people: Sequence[Past], old: Deck, new: Deck) -> Iterator[ReadRequest]:
    phrases = old.phrases | new.phrases
    zone, examples = old.brand.zone, old.examples
    for past in people:
        for post in past.posts:
            yield ReadRequest(post.text, post.at, zone, phrases, "en", examples)


def _fate(past: Past, read: Sequence[Reading], deck: Deck, reader: Reader) -> Fate:
    stage = Stage(deck, reader, person=past.person, begins_at=past.posts[0].at)
    for post, reading in zip(past.posts, read, strict=True):
        stage.pass_time(post.at)
        stage.take(post.text, reading)
    dialog = stage.conversation.dialog
    return Fate(
        dialogs=stage.conversation.dialogs,
        playbook=dialog.playbook if dialog else "",
        score=dialog.score if dialog else 0,
        handed_over=stage.handoff is not None,
        ending=dialog.ending if dialog else None,
        said=tuple(words for who, words in stage.chat if who == "bot"),
    )
