"""What is made from the models is made anew whenever they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.flows.reference import tables, with_tables

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "playbook-keys.md").read_text(encoding="utf-8")
FILES = sorted((ROOT / "playbooks").glob("*.yaml"))


def test_the_table_of_keys_in_the_docs_is_up_to_date() -> None:
    assert with_tables(PAGE) == PAGE, "run python tools/make_keys.py in the .venv"


def test_every_key_says_what_it_is_for() -> None:
    rows = [line for line in tables().splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    assert [row for row in rows if len(row.split("|")[3].strip()) < 5] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_editors_complete_the_keys_of_every_playbook_that_is_shipped(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (file.parent / first.partition("=")[2]).resolve() == ROOT / "schemas" / "playbook.v1.json"
