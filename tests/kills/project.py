"""A real project on disk: `leadbot init`, a simulator process, and a daemon process that may be killed."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import requests

from tests.cli.living import LEADBOT, free_port, wait_until


class Project:
    """The folder, the simulator and the daemon of one test. `rate`: how fast the shared clock runs."""

    def __init__(self, folder: Path, *, rate: float = 1.0, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.rate = rate
        self._run(["init", str(folder), "--port", str(self.port)], cwd=folder.parent)
        self._change({"pace": '"0s to 0s"', "poll_s": "0.5", **(settings or {})})
        self.http = requests.Session()
        self.http.trust_env = False
        self._simulator: subprocess.Popen[bytes] | None = None
        self.daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Project:
        with (self.folder / "simulator.log").open("ab") as log:
            self._simulator = subprocess.Popen(
                [*LEADBOT, "simulator", "--port", str(self.port), "--rate", str(self.rate)],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        wait_until(self._is_simulator_up, within_s=20, what="the simulator answers")
        return self

    def __exit__(self, *error: object) -> None:
        for process in (self.daemon, self._simulator):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(timeout=30)
        self.http.close()

    def start(self) -> None:
        """Start the daemon."""
        with (self.folder / "daemon.log").open("ab") as log:
            self.daemon = subprocess.Popen([*LEADBOT, "run"], cwd=self.folder, stdout=log, stderr=log)

    def kill(self) -> None:
        """Kill -9, in the middle of whatever it was doing."""
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait(timeout=10)

    def sim(self, path: str, **query: Any) -> Any:
        """Ask the simulator's control interface."""
        return self.http.get(f"{self.base_url}/_sim/{path}", params=query, timeout=30).json()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the daemon's database from outside; nothing yet when it is not there."""
        file = self.folder / "leadbot.db"
        if not file.exists():
            return []
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()

    def leadbot(self, *args: str) -> Any:
        """Run a verb that prints JSON."""
        return json.loads(self._run(list(args), cwd=self.folder))

    def _is_simulator_up(self) -> bool:
        try:
            return self.http.get(f"{self.base_url}/_sim/clock", timeout=1).ok
        except requests.ConnectionError:
            return False

    def _run(self, args: list[str], *, cwd: Path) -> str:
        done = subprocess.run(
            [*LEADBOT, *args], cwd=cwd, capture_output=True, text=True, check=False, env=os.environ
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _change(self, settings: dict[str, str]) -> None:
        file = self.folder / "leadbot.toml"
        text = file.read_text(encoding="utf-8")
        for name, value in settings.items():
            text, found = re.subn(rf"(?m)^{name} = \S+( to \w+\")?", f"{name} = {value}", text)
            if not found:
                text = text.replace("[[brands]]", f"[[brands]]\n{name} = {value}", 1)
        file.write_text(text, encoding="utf-8")
