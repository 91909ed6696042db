"""A team is told once."""

from __future__ import annotations

import json
from pathlib import Path

from leadbot.crm.notify import FileNotifier


def test_a_notice_is_one_line_also_after_a_restart(tmp_path: Path) -> None:
    for notifier in (FileNotifier(tmp_path), FileNotifier(tmp_path)):
        notifier.notify("sales", "@ann waits", ["team size", "this month"], key="n1")
    notifier.notify("sales", "@bob waits", [], key="n2")
    lines = [json.loads(line) for line in (tmp_path / "notifications.jsonl").read_text().splitlines()]
    assert [(line["key"], line["subject"]) for line in lines] == [("n1", "@ann waits"), ("n2", "@bob waits")]
    assert lines[0]["labels"] == ["team size", "this month"]
