"""Writes what is made from the models of a playbook: the editors' schema and the docs' tables of keys.

.venv/bin/python tools/make_keys.py
"""

from __future__ import annotations

import json
from pathlib import Path

from leadbot.flows.reference import editor_schema, with_tables

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Write both files."""
    schema = json.dumps(editor_schema(), indent=2, ensure_ascii=False)
    (ROOT / "schemas" / "playbook.v1.json").write_text(schema + "\n", encoding="utf-8")
    page = ROOT / "docs" / "playbook-keys.md"
    page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
