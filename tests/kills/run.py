"""Kill the daemon at random moments while a crowd talks, then judge."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

from tests.kills.crowd import Crowd
from tests.kills.judge import Verdict, is_quiet, judge
from tests.kills.project import Project, wait_until
from tests.kills.weather import storm

RATE = 20.0  # the shared clock: X's window of 15 minutes then passes in 45 s


def run_with_kills(
    folder: Path,
    *,
    people: int,
    kills: int,
    seed: int = 1,
    faults: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> Verdict:
    """People begin one after another over the whole time; between them the daemon dies `kills` times.

    With `faults`, X fails at random as well. Its limit of 100 posts in 15 minutes holds, so the time allowed
    grows with the people.
    """
    chance = random.Random(seed)
    settings = {"same_text_per_hour": "100000", "daily_budget_usd": "100000", "poll_s": "5"}
    with Project(folder, rate=RATE, settings=settings) as project:
        crowd = Crowd(project, people, seed=seed)
        stop = threading.Event()
        talking = threading.Thread(target=_talk, args=(crowd, kills, stop), daemon=True)
        project.start()
        talking.start()
        try:
            for number in range(kills):
                _await_life(project, crowd)
                if faults:
                    say(f"faults: {', '.join(storm(project, chance))}")
                stop.wait(chance.uniform(0.05, 1.5))
                project.kill()
                say(f"killed {number + 1} of {kills}; X saw {len(_said(project))} replies")
                project.start()
            project.http.delete(f"{project.base_url}/_sim/faults", timeout=30)
            wait_until(
                lambda: len(crowd._by_post) >= people and is_quiet(project) and not _moved(project),
                within_s=240 + 4 * people,
                what="everybody was heard and everything said",
            )
        finally:
            stop.set()
            talking.join(timeout=30)
        verdict = judge(project, crowd)
        crowd.close()
        return verdict


def _talk(crowd: Crowd, kills: int, stop: threading.Event) -> None:
    per_turn = max(1, len(crowd.people) // max(kills * 10, 20))
    silent = list(crowd.people)
    while not stop.is_set():
        for _ in range(min(per_turn, len(silent))):
            crowd.begin(silent.pop())
        crowd.turn()
        stop.wait(0.2)


def _said(project: Project) -> list[str]:
    return [p["id"] for p in project.sim("log", requests=0)["posts"] if p["username"] == "acme"]


def _await_life(project: Project, crowd: Crowd) -> None:
    """Let the daemon do something new before it is killed again, or it would only ever die while starting.

    When everything is said there is nothing new to do.
    """
    before = project.rows("SELECT count(*) FROM decision")
    wait_until(
        lambda: (
            project.rows("SELECT count(*) FROM decision") != before
            or (len(crowd._by_post) >= len(crowd.people) and is_quiet(project))
        ),
        within_s=120,
        what="the daemon decides something",
    )


def _moved(project: Project) -> bool:
    """Whether anything is said within a second of quiet."""
    before = _said(project)
    threading.Event().wait(1.0)
    return _said(project) != before
