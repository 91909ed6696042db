"""The stage: a simulated X in this process, the real daemon in its own, and people at their keyboards."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from leadbot.demo.cast import BRAND, Role
from leadbot.errors import TransientError
from leadbot.settings.scaffold import write_project
from leadbot.simulator import Player, Refused, SimulatorServer, World

DAEMON_STARTS_WITHIN_S = 45.0
WEEK_S = 7 * 86400
_STOPS_WITHIN_S = 5.0
_ASKS_EVERY_S = 0.5


@dataclass(slots=True)
class Stage:
    """A running demo."""

    base_url: str
    folder: Path
    daemon: subprocess.Popen[bytes]
    ended: threading.Event = field(default_factory=threading.Event)

    def wait_until_it_listens(self, *, deadline: float | None = None) -> None:
        """Raises TransientError, with the daemon's last words, if it does not by then (monotonic)."""
        latest = time.monotonic() + DAEMON_STARTS_WITHIN_S
        while time.monotonic() < min(latest, deadline or latest) and self.daemon.poll() is None:
            if self.ask("GET", "stream", params={"wait_s": "0.5"})["connections"]:
                return
        log = (self.folder / "daemon.log").read_text(encoding="utf-8", errors="replace")
        raise TransientError(f"the daemon did not begin to listen; it said:\n{log[-2000:]}")

    def ask(self, method: str, name: str, **more: Any) -> Any:
        """One request to the simulator's own endpoints."""
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(method, f"{self.base_url}/_sim/{name}", timeout=70, **more)
        return response.json()

    def posts(self, *, since: str = "0", wait_s: float = 0.0) -> list[dict[str, Any]]:
        """What was posted after `since`, waiting for news so many real seconds."""
        query = {"since": since, "wait_s": str(wait_s), "requests": "0"}
        found: list[dict[str, Any]] = self.ask("GET", "log", params=query)["posts"]
        return found


@contextmanager
def open_stage(*, seed: int, pace: str = "0s to 0s") -> Iterator[Stage]:
    """Simulator and daemon, started. Everything is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadbot-demo-")))
        server = stack.enter_context(SimulatorServer(World(seed=seed, brands=[BRAND])))
        _write_project(folder, server.base_url, pace)
        stage = Stage(server.base_url, folder, stack.enter_context(_daemon(folder)))
        stack.callback(stage.ended.set)
        yield stage


def _write_project(folder: Path, base_url: str, pace: str) -> None:
    """The project of `leadbot init`, at the pace of a demo."""
    write_project(folder, BRAND)
    file = folder / "leadbot.toml"
    text = file.read_text(encoding="utf-8")
    for key, value in {"pace": f'"{pace}"', "poll_s": "1", "format": '"json"'}.items():
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
    file.write_text(re.sub(r"http://127\.0\.0\.1:\d+", base_url, text), encoding="utf-8")


@contextmanager
def _daemon(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "leadbot", "run", "--project", str(folder)]
    with (
        (folder / "daemon.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as daemon,
    ):
        try:
            yield daemon
        finally:
            daemon.terminate()
            try:
                daemon.wait(_STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                daemon.kill()


@dataclass(slots=True)
class Actor:
    """One of the cast at a keyboard, on a thread of its own.

    is_settled: whether all has been decided and said about this post of this person, so that nobody waits
    for an answer that will never come. thinks_s: how long they take to answer.
    """

    role: Role
    stage: Stage
    is_settled: Callable[[str, str], bool]
    thinks_s: float = 0.0
    enters_after_s: float = 0.0
    fault: str = ""
    _said: set[str] = field(default_factory=set)

    def play(self) -> None:
        """Post, wait for an answer, answer it, until there is nothing more to say."""
        if not self.stage.ended.wait(self.enters_after_s):
            self._talk(self.role.opening)

    def return_after_a_week(self) -> None:
        """Say what is said a week later."""
        self._talk(self.role.week_later)

    def _talk(self, opening: str) -> None:
        try:
            with Player(self.stage.base_url, self.role.handle, **self.role.account) as player:
                versions = [player.post(opening)]
                if self.role.edit and opening == self.role.opening:
                    versions.append(player.edit(versions[0], self.role.edit))
                self._answer_on(player, versions)
        except (Refused, requests.RequestException) as error:
            if not self.stage.ended.is_set():
                self.fault = f"{type(error).__name__}: {error}"

    def _answer_on(self, player: Player, versions: list[str]) -> None:
        while (heard := self._await(player, versions)) is not None:
            words = self.role.answer_to(heard["said"], frozenset(self._said))
            if words is None or self.stage.ended.wait(self.thinks_s):
                return
            self._said.add(words)
            versions = [player.reply(heard["id"], words)]

    def _await(self, player: Player, versions: list[str]) -> dict[str, Any] | None:
        """The answer to any version of a post; None when it is settled that there will be none."""
        while not self.stage.ended.is_set():
            is_settled = self.is_settled(
                self.role.handle, versions[-1]
            )  # before looking: it may come meanwhile
            wait_s = 0.0 if is_settled else _ASKS_EVERY_S / len(versions)
            for version in versions:
                if heard := player.await_reply(version, timeout_s=wait_s):
                    return heard
            if is_settled:
                return None
        return None
