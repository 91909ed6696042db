"""docs/simulator.md names a test for each thing a faithful X needs: those tests exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_page_names_exists() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:tests/\w+/)?(test_\w+)(?:\.py)?`", page))
    files = list((ROOT / "tests").rglob("test_*.py"))
    there = {file.stem for file in files}
    for file in files:
        there.update(re.findall(r"(?m)^def (test_\w+)", file.read_text(encoding="utf-8")))
    assert len(named) > 50
    assert named - there == set()
