"""Kill the daemon at random moments while a crowd talks to it and X fails, then judge."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.kills.crowd import Crowd
from tests.kills.judge import Verdict, is_all_heard, is_quiet, judge
from tests.kills.project import Project
from tests.kills.temperaments import EVERYBODY, PLAIN, Temperament
from tests.kills.weather import REFUSALS, USUAL, change_mood, storm

Say = Callable[[str], None]
TURN_S = 0.2
REFUSED_SOMETIMES = 0.3
LEAVES_SOMETIMES = 0.2
QUIET_S = 3.0
"""For so long nothing may stir before all is taken to be over: a poll of everybody fits in."""


@dataclass(frozen=True)
class Plan:
    """What a run is made of. rate: virtual seconds a second; storm_s and calm_s: real seconds at most.

    In the storm people begin (within begins_s, else over the whole of it), X fails and the daemon is killed;
    in the calm all is brought to its end. life_s: how long the daemon works on average until it is killed.
    chance: how likely everything at X fails each time.
    """

    people: int
    kills: int
    storm_s: float
    calm_s: float
    brands: Sequence[str] = ("acme",)
    temperaments: Sequence[Temperament] = PLAIN
    rate: float = 20.0
    seed: int = 1
    chance: float = 0.0
    bursts: bool = False
    reps_answer: float = 0.0
    timeout_s: float = 1.0
    begins_s: float = 0.0
    life_s: float = 1.0
    burst_s: float = 4.0

    @property
    def settings(self) -> dict[str, str]:
        """Paces are those of a real account, waits for X those of this clock."""
        return {
            "same_text_per_hour": "100000",
            "daily_budget_usd": "100000",
            "poll_s": "45" if self.rate > 20 else "5",
            "pace": '"20s to 90s"' if self.rate > 20 else '"0s to 0s"',
            "x.timeout_s": str(self.timeout_s),
            "x.silence_s": str(2 * self.timeout_s),
        }

    @property
    def x_settings(self) -> dict[str, Any]:
        """A reply under way cannot be called back: neither by a stop that nobody has heard of yet."""
        return {
            "keep_alive_s": 1.5 * self.timeout_s,
            "in_flight_s": 300,
            "rule_activation_s": 20,
            "unknown_fields": True,
        }


def run(folder: Path, plan: Plan, say: Say = lambda line: None) -> Verdict:
    """Returns what was found. Takes about `storm_s + calm_s` real seconds at most, whatever happens."""
    with Project(
        folder, rate=plan.rate, settings=plan.settings, brands=plan.brands, seed=plan.seed
    ) as project:
        project.tell("settings", {**USUAL, **plan.x_settings})
        crowd = Crowd(
            project,
            plan.people,
            seed=plan.seed,
            temperaments=plan.temperaments,
            reps_answer=plan.reps_answer,
        )
        talk = _Talk(crowd, plan.begins_s or plan.storm_s * 0.9)
        project.start()
        talk.start()
        try:
            kills = _storm(project, crowd, plan, say)
            struck = project.sim("faults")["struck"]
            _calm(project, crowd, plan, say)
        finally:
            talk.stop()
        verdict = judge(project, crowd)
        verdict.struck = struck
        verdict.kills = kills
        crowd.close()
        return verdict


class _Talk:
    """The crowd on a thread of its own. What goes wrong in there comes out of `stop`."""

    def __init__(self, crowd: Crowd, begins_within_s: float) -> None:
        self._crowd = crowd
        self._within_s = begins_within_s
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        began, people = time.monotonic(), len(self._crowd.people)
        try:
            while not self._stop.wait(TURN_S):
                due = people * min(1.0, (time.monotonic() - began) / self._within_s)
                self._crowd.begin(int(due) - (people - len(self._crowd.silent)))
                self._crowd.turn()
        except BaseException as error:
            self._error = error


def _storm(project: Project, crowd: Crowd, plan: Plan, say: Say) -> int:
    """Returns how often the daemon was killed: on a slow machine fewer times than planned."""
    chance, ends = random.Random(plan.seed), time.monotonic() + plan.storm_s
    _set_weather(project, plan)
    kills = 0
    while kills < plan.kills and _is_alive_by(ends, project, crowd):
        _live(
            project,
            plan,
            chance,
            say,
            until=min(ends, time.monotonic() + plan.life_s * chance.uniform(0.2, 1.8)),
        )
        if plan.bursts and chance.random() < LEAVES_SOMETIMES:
            project.stop()
            say(f"asked to leave; X saw {_said(project)} replies")
        else:
            project.kill()
            kills += 1
            say(f"killed {kills} of {plan.kills}; X saw {_said(project)} replies")
        project.start()
        _resume(project, say)
    while not crowd.have_all_begun and time.monotonic() < ends:
        _live(project, plan, chance, say, until=min(ends, time.monotonic() + plan.burst_s))
    return kills


def _live(project: Project, plan: Plan, chance: random.Random, say: Say, *, until: float) -> None:
    """Let it work. Every now and then X fails in a burst, which is over by the next one."""
    while plan.bursts and time.monotonic() + plan.burst_s < until:
        _set_weather(project, plan)
        what = storm(project, chance)
        if chance.random() < REFUSED_SOMETIMES:
            what += storm(project, chance, faults=REFUSALS, most=1)
        say(f"burst: {', '.join(what)}; X is {change_mood(project, chance)}")
        _wait(plan.burst_s / 2)
        _set_weather(project, plan)
        _wait(plan.burst_s / 2)
        _resume(project, say)
    _wait(min(until - time.monotonic(), plan.life_s))


def _set_weather(project: Project, plan: Plan) -> None:
    """Only what may go wrong at any time."""
    project.http.delete(f"{project.base_url}/_sim/faults", timeout=30).close()
    if plan.chance:
        project.tell("weather", {"chance": plan.chance, "seconds": 1.5 * plan.timeout_s})


def _calm(project: Project, crowd: Crowd, plan: Plan, say: Say) -> None:
    """No more faults, until everybody is heard and everything said, or the time is over."""
    _set_weather(project, replace(plan, chance=0.0))
    project.tell("settings", USUAL)
    began, quiet_since = time.monotonic(), 0.0
    while time.monotonic() < began + plan.calm_s:
        before = _said(project)
        _wait(1.0)
        _resume(project, say)
        if not crowd.have_all_begun or not is_quiet(project) or _said(project) != before:
            quiet_since = 0.0
        elif not quiet_since:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > QUIET_S and is_all_heard(project):
            say(f"all quiet after {time.monotonic() - began:.0f} s")
            return
    say(f"not all quiet after {plan.calm_s:.0f} s")


def _wait(seconds: float) -> None:
    threading.Event().wait(max(0.0, seconds))


def _said(project: Project) -> int:
    posts = project.sim("log", requests=0)["posts"]
    return sum(post["client"] == "api" for post in posts)


def _resume(project: Project, say: Say) -> None:
    """The operator: looks at a brand that rests because X refused it, and lets it go on."""
    for handle, why in project.rows("SELECT handle, paused_why FROM brand_state WHERE paused_at IS NOT NULL"):
        say(f"operator resumes @{handle}: {why}")
        project.run("resume", "--brand", handle, "--answer", "fresh")


def _is_alive_by(ends: float, project: Project, crowd: Crowd) -> bool:
    """Let the daemon decide something new before it dies again, or it would only ever die while starting.

    When everything is said there is nothing new to do.
    """
    before = project.rows("SELECT count(*) FROM decision")
    while project.rows("SELECT count(*) FROM decision") == before:
        if crowd.have_all_begun and is_quiet(project):
            return True
        if time.monotonic() > ends:
            return False
        _wait(0.05)
    return True


SOAK = Plan(
    people=240,
    kills=6,
    storm_s=115,
    calm_s=90,
    brands=("acme", "globex", "initech"),
    temperaments=EVERYBODY,
    rate=60.0,
    life_s=8.0,
    chance=0.01,
    bursts=True,
    reps_answer=0.03,
)
"""What `make soak` runs."""
