"""A real project on disk: `leadbot init`, a simulator process, and a daemon process that may be killed."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import requests

from tests.cli.living import LEADBOT, free_port, wait_until


class Project:
    """The folder, the simulator and the daemon of one test. `rate`: how fast the shared clock runs.

    settings: keys of the brands, or of another table (`"x.timeout_s"`). All `brands` have the same settings
    and a playbook each.
    """

    def __init__(
        self,
        folder: Path,
        *,
        rate: float = 1.0,
        settings: dict[str, str] | None = None,
        brands: Sequence[str] = ("acme",),
        seed: int = 0,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.rate = rate
        self.seed = seed
        self.brands = tuple(brands)
        self._run(["init", str(folder), "--port", str(self.port)], cwd=folder.parent)
        self._change({"pace": '"0s to 0s"', "poll_s": "0.5", **(settings or {})})
        self._found_brands()
        self.http = requests.Session()
        self.http.trust_env = False
        self._simulator: subprocess.Popen[bytes] | None = None
        self.daemon: subprocess.Popen[bytes] | None = None
        self.deaths: list[str] = []

    def __enter__(self) -> Project:
        with (self.folder / "simulator.log").open("ab") as log:
            command = [*LEADBOT, "simulator", "--port", str(self.port), "--rate", str(self.rate)]
            self._simulator = subprocess.Popen(
                [*command, "--seed", str(self.seed)], cwd=self.folder, stdout=log, stderr=log
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
        """Kill -9, in the middle of whatever it was doing. An end of its own is written down."""
        assert self.daemon is not None
        if self.daemon.poll() is not None:
            self.deaths.append(f"ended by itself with {self.daemon.returncode}: {self._last_words()}")
            return
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait(timeout=10)

    def stop(self) -> None:
        """Ask it to leave, and wait until it has: what was under way is found again at the next start."""
        assert self.daemon is not None
        self.daemon.terminate()
        if (code := self.daemon.wait(timeout=30)) != 0:
            self.deaths.append(f"asked to leave it ended with {code}: {self._last_words()}")

    def sim(self, path: str, **query: Any) -> Any:
        """Ask the simulator's control interface."""
        return self.http.get(f"{self.base_url}/_sim/{path}", params=query, timeout=30).json()

    def tell(self, path: str, body: Any) -> Any:
        """Tell the simulator's control interface something."""
        with self.http.post(f"{self.base_url}/_sim/{path}", json=body, timeout=30) as answer:
            assert answer.ok, answer.text
            return answer.json()

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

    def run(self, *args: str) -> str:
        """Run a verb to its end."""
        return self._run(list(args), cwd=self.folder)

    def leadbot(self, *args: str) -> Any:
        """Run a verb that prints JSON."""
        return json.loads(self.run(*args))

    def _last_words(self) -> str:
        return (self.folder / "daemon.log").read_text(encoding="utf-8", errors="replace")[-500:]

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
            table, _, key = name.rpartition(".")
            text, found = re.subn(rf"(?m)^{key} = \S+( to \w+\")?", f"{key} = {value}", text)
            if not found:
                header = f"[{table}]" if table else "[[brands]]"
                text = text.replace(header, f"{header}\n{key} = {value}", 1)
        file.write_text(text, encoding="utf-8")

    def _found_brands(self) -> None:
        """Give every other brand a copy of the first one's settings and playbook."""
        file, first = self.folder / "leadbot.toml", self.folder / "playbooks" / "team-plan.yaml"
        text, playbook = file.read_text(encoding="utf-8"), first.read_text(encoding="utf-8")
        table = re.search(r"(?ms)^\[\[brands\]\].*?(?=^\[)", text)
        assert table is not None
        for brand in self.brands[1:]:
            text += "\n" + table[0].replace('"acme"', f'"{brand}"')
            (first.parent / f"{brand}.yaml").write_text(_for(brand, playbook), encoding="utf-8")
        file.write_text(text, encoding="utf-8")


def _for(brand: str, playbook: str) -> str:
    named = playbook.replace("playbook: team-plan", f"playbook: {brand}-plan", 1)
    return re.sub(r"(?m)^brand: acme\b", f"brand: {brand}", named.replace("@acme", f"@{brand}"))
