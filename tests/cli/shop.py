"""Verbs of a project in this process, on a database that a test works on as well."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from leadbot import model as m
from leadbot.cli import call
from leadbot.simulator.accounts import user_id_for
from tests.fakes.clock import ManualClock
from tests.fakes.house import House

HANDLE = "acme"
ACME = m.Brand(m.BrandId(str(user_id_for(HANDLE))), HANDLE, "Acme", mode=m.Mode.LIVE)
TOML = """
[x]
base_url = "http://127.0.0.1:8765"
[[brands]]
handle = "acme"
mode = "live"
playbooks = []
"""


@dataclass
class Said:
    """What a verb said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run one command line in the project of this test."""
    if not (tmp_path / "leadbot.toml").exists():
        (tmp_path / "leadbot.toml").write_text(TOML, encoding="utf-8")

    def run(*words: str, project: bool = True) -> Said:
        capsys.readouterr()
        code = call([*words, *(["--project", str(tmp_path)] if project else [])])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    yield run
    structlog.reset_defaults()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Engine and relay on the database of the project, as a daemon has them; its clock begins now."""
    house = House(tmp_path, clock=ManualClock(datetime.now(UTC)), brand=replace(ACME))
    house.store.brands.introduce(ACME.id, HANDLE)
    yield house
    house.close()
