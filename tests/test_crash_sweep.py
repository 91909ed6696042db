"""The program is killed before every line it runs and started again: nothing is lost, nothing is said twice.

What the listener had put is delivered once more after every restart, as X does. The world outside (timeline,
CRM, clock) lives on.
"""

from __future__ import annotations

import linecache
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from leadbot import model as m
from leadbot.store import open_database
from leadbot.store.states import UNSETTLED, InboxState
from leadbot.store.tables import CONVERSATION, DECISION, HANDOFF, INBOX, OUTBOX, SUPPRESSION, TASK
from tests.fakes.house import House
from tests.fakes.kill import Killed, Lines, Point

FEWEST_POINTS = 80
CHUNKS = 6
EFFECT = re.compile(
    r"execute\(|\.write\(|\.send\(|\.notify\(|self\.crm\.|self\.store\.|self\._store\.|outcomes\.|settle\(|"
    r"breaker\.|yield connection|_log\."
)
"""Lines that change something outside, or stand right before or after one that does."""


@dataclass
class Story:
    """What happens to the house, in steps that are done again when they were cut short."""

    house: House
    lines: Lines
    delivered: list[m.Post] = field(default_factory=list)
    kills: int = 0

    def play(self) -> None:
        """Three people: one says yes and becomes a lead, one writes twice and once more, one says stop."""
        house = self.house
        self.hear(house.post("pricing?", by=7), house.post("how much?", by=8), house.post("prices?", by=9))
        house.clock.advance(4)
        self.hear(house.post("about 40 of us", by=8))
        self.work(seconds=10)
        self.hear(house.post("stop", by=9))
        self.work(seconds=21)
        house.writer.lose_answer()
        self.work(seconds=5)
        self.hear(house.post("yes", by=7), house.post("and for 60?", by=8))
        for _ in range(8):
            self.work(seconds=45)

    def hear(self, *posts: m.Post) -> None:
        """Posts arrive; the poll is complete."""
        self.delivered.extend(posts)
        self._do(lambda: self.house.hear(*self.delivered))

    def work(self, *, seconds: float) -> None:
        """Time passes, then engine and relay work until nothing is due."""
        self.house.clock.advance(seconds)
        self._do(self.house.settle)

    def _do(self, step: object) -> None:
        assert callable(step)
        while True:
            try:
                with self.lines.watching():
                    step()
                return
            except Killed:
                self.kills += 1
                faults = self.house.writer.faults
                self.house.restart()
                self.house.writer.faults = faults
                self.house.hear(*self.delivered)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "leadbot.db"
    open_database(f"sqlite:///{file}").close()
    return file


def tell(folder: Path, template: Path, lines: Lines) -> Story:
    folder.mkdir()
    house = House(folder, template=template)
    story = Story(house, lines)
    try:
        with capture_logs():
            story.play()
            check(story)
    finally:
        house.close()
    return story


def check(story: Story) -> None:
    house = story.house
    said = Counter(post.in_reply_to for post in house.timeline.posts)
    by_text = {post.said: post for post in story.delivered}
    answered = ["pricing?", "about 40 of us", "yes", "and for 60?"]
    expected = Counter(by_text[text].id for text in answered)
    assert said == expected, "lost, doubled or unwanted replies"
    order = [post.in_reply_to for post in house.timeline.posts]
    assert order.index(by_text["about 40 of us"].id) < order.index(by_text["and for 60?"].id)
    assert len(house.crm.leads) == 1
    assert len(house.crm.notes) == 1
    assert len(house.notifier.notices) == 1
    with house.store.database.read() as connection:

        def count(table: object, *where: object) -> int:
            query = select(func.count()).select_from(table).where(*where)  # type: ignore[arg-type]
            return connection.execute(query).scalar() or 0

        assert count(INBOX, INBOX.c.state != InboxState.DONE) == 0
        assert count(OUTBOX, OUTBOX.c.state.in_(UNSETTLED)) == 0
        assert count(TASK) == 0
        assert count(HANDOFF) == 1
        assert count(SUPPRESSION) == 1
        decided = select(func.count()).where(DECISION.c.inbox_id.is_not(None)).group_by(DECISION.c.inbox_id)
        assert set(connection.execute(decided).scalars()) == {1}, "an event was decided twice"
        states = connection.execute(select(CONVERSATION.c.state)).scalars().all()
    assert all('"in_flight":null' in state for state in states)


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory, template: Path) -> list[Point]:
    """Before the first and the last run of every line that runs in an undisturbed story."""
    lines = Lines()
    story = tell(tmp_path_factory.mktemp("plain") / "house", template, lines)
    assert story.kills == 0
    found = [Point(file, line, 1) for file, line in lines.seen]
    return found + [Point(file, line, times) for (file, line), times in lines.seen.items() if times > 1]


def has_effect(point: Point) -> bool:
    """Whether a kill there can leave something half done."""
    return any(EFFECT.search(linecache.getline(point.file, point.line + near)) for near in (-1, 0))


def test_the_sweep_has_many_points(points: list[Point]) -> None:
    assert len([point for point in points if has_effect(point)]) >= FEWEST_POINTS


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_kill_round_any_effect_loses_nothing_and_says_nothing_twice(
    chunk: int, points: list[Point], template: Path, tmp_path: Path
) -> None:
    sweep(
        [point for point in points if has_effect(point) and point.nth == 1][chunk::CHUNKS], template, tmp_path
    )


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_kill_before_any_line_loses_nothing_and_says_nothing_twice(
    chunk: int, points: list[Point], template: Path, tmp_path: Path
) -> None:
    sweep(points[chunk::CHUNKS], template, tmp_path)


def sweep(points: list[Point], template: Path, tmp_path: Path) -> None:
    for number, point in enumerate(points):
        try:
            story = tell(tmp_path / str(number), template, Lines(point))
        except AssertionError as error:
            raise AssertionError(f"killed before {point}: {error}") from error
        assert story.kills == 1, f"{point} was never reached"
