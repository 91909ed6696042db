"""The stage: a simulated X in this process, the real daemon in its own, and people at their keyboards."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
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


@dataclass(slots=True)
class Stage:
    """A running demo."""

    base_url: str
    folder: Path
    daemon: subprocess.Popen[bytes]
    ended: threading.Event = field(default_factory=threading.Event)

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
    """Simulator and daemon, up and listening. Everything is gone afterwards. Raises TransientError."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadbot-demo-")))
        server = stack.enter_context(SimulatorServer(World(seed=seed, brands=[BRAND])))
        _write_project(folder, server.base_url, pace)
        daemon = stack.enter_context(_daemon(folder))
        stage = Stage(server.base_url, folder, daemon)
        _wait_until_it_listens(stage)
        yield stage
        stage.ended.set()


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


def _wait_until_it_listens(stage: Stage) -> None:
    deadline = time.monotonic() + DAEMON_STARTS_WITHIN_S
    while time.monotonic() < deadline and stage.daemon.poll() is None:
        if stage.ask("GET", "stream", params={"wait_s": "0.5"})["connections"]:
            return
    log = (stage.folder / "daemon.log").read_text(encoding="utf-8", errors="replace")
    raise TransientError(f"the daemon did not begin to listen; it said:\n{log[-2000:]}")


@dataclass(slots=True)
class Actor:
    """One of the cast at a keyboard, on a thread of its own. thinks_s: how long they take to answer."""

    role: Role
    stage: Stage
    patience_s: float
    thinks_s: float = 0.0
    enters_after_s: float = 0.0
    fault: str = ""
    _said: set[str] = field(default_factory=set)

    def play(self) -> None:
        """Post, wait for an answer, answer it, until there is nothing more to say."""
        self._talk(self.role.opening, enters_after_s=self.enters_after_s)

    def return_after_a_week(self) -> None:
        """Say what is said a week later."""
        if self.role.week_later:
            self._talk(self.role.week_later, enters_after_s=0.0)

    def _talk(self, opening: str, *, enters_after_s: float) -> None:
        try:
            if self.stage.ended.wait(enters_after_s):
                return
            with Player(self.stage.base_url, self.role.handle, **self.role.account) as player:
                last_id = player.post(opening)
                if self.role.edit and opening == self.role.opening:
                    last_id = player.edit(last_id, self.role.edit)
                self._answer_on(player, last_id)
        except (Refused, requests.RequestException) as error:
            if not self.stage.ended.is_set():
                self.fault = f"{type(error).__name__}: {error}"

    def _answer_on(self, player: Player, last_id: str) -> None:
        while not self.stage.ended.is_set():
            heard = player.await_reply(last_id, timeout_s=self.patience_s)
            if heard is None:
                return
            words = self.role.answer_to(heard["said"], frozenset(self._said))
            if words is None or self.stage.ended.wait(self.thinks_s):
                return
            self._said.add(words)
            last_id = player.reply(heard["id"], words)


def play_all(actors: list[Actor], *, deadline: float) -> None:
    """Let all of them act at once and wait for them until `deadline` (monotonic)."""
    threads = [threading.Thread(target=actor.play, name=actor.role.handle, daemon=True) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
