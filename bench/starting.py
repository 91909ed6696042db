"""How long a command and the daemon take to be there."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from leadbot.simulator.people import Player
from tests.kills.project import LEADBOT, Project


def help_s(times: int = 5) -> float:
    """Seconds of `leadbot --help`, the middle of several."""
    return median(_timed_help() for _ in range(times))


def _timed_help() -> float:
    began = time.perf_counter()
    subprocess.run([*LEADBOT, "--help"], check=True, capture_output=True)
    return time.perf_counter() - began


def cold_start_s() -> float:
    """Seconds from starting the daemon on an empty folder to its first reply to somebody who waits."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Project(Path(folder) / "shop") as project,
        Player(project.base_url, "early", name="Early Bird") as early,
    ):
        post = early.post("@acme can I talk to a human?")
        began = time.perf_counter()
        project.start()
        assert early.await_reply(post, timeout_s=30)
        return time.perf_counter() - began
