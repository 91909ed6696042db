"""Leadbot as its users have it: commands and processes in a folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

LEADBOT = [sys.executable, "-m", "leadbot"]
STARTS_WITHIN_S = 60.0


def leadbot(*args: str, cwd: Path, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*LEADBOT, *args], cwd=cwd, capture_output=True, text=True, timeout=timeout_s, check=False
    )


@contextmanager
def process(*args: str, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the background; its output is in <name>.log."""
    with (
        (cwd / f"{args[0]}.log").open("ab") as log,
        subprocess.Popen([*LEADBOT, *args], cwd=cwd, stdout=log, stderr=log, env={**os.environ}) as running,
    ):
        try:
            yield running
        finally:
            if running.poll() is None:
                running.terminate()
                running.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], Any], what: str, *, within_s: float = STARTS_WITHIN_S) -> Any:
    deadline, turn = time.monotonic() + within_s, threading.Event()
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        turn.wait(0.05)
    raise AssertionError(f"not within {within_s:g} s: {what}")


def is_serving(base_url: str) -> bool:
    try:
        requests.get(f"{base_url}/_sim/clock", timeout=2).close()
    except requests.ConnectionError:
        return False
    return True


def is_ready(folder: Path) -> bool:
    log = folder / "run.log"
    return log.exists() and "Ready." in log.read_text(encoding="utf-8")


def asked(base_url: str, name: str, **query: str) -> Any:
    with requests.get(f"{base_url}/_sim/{name}", params=query, timeout=70) as response:
        return response.json()


def as_json(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
